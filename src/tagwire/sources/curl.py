"""Curl handles as Tagwire sets them up: guarded, bounded, anonymous. The only place that knows pycurl."""

import selectors
import socket
import ssl
from collections.abc import Iterator
from time import monotonic
from typing import Any

import pycurl

from tagwire.sources.exchange import Exchange, shortened
from tagwire.sources.limits import Limits

_ACCEPT = (
    b"Accept: application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    b"application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"
)
_HTTP2_STREAM = 92
"""CURLE_HTTP2_STREAM; pycurl has no name for it."""
_PROXY = 97
"""CURLE_PROXY; likewise."""
_SUPPRESS_CONNECT_HEADERS = 265
"""CURLOPT_SUPPRESS_CONNECT_HEADERS; likewise."""
_WORDS = {
    pycurl.E_COULDNT_RESOLVE_HOST: "could not find the host {host}",
    pycurl.E_COULDNT_CONNECT: "could not connect to {host}, port {port}",
    pycurl.E_PARTIAL_FILE: "the answer broke off before its end",
    pycurl.E_GOT_NOTHING: "the server closed the connection without an answer",
    pycurl.E_RECV_ERROR: "the connection broke off",
    pycurl.E_SEND_ERROR: "the connection broke off",
    pycurl.E_HTTP2: "the connection broke off",
    _HTTP2_STREAM: "the connection broke off",
    pycurl.E_FTP_WEIRD_SERVER_REPLY: "the answer is not HTTP",  # the same code, under its first name
    pycurl.E_UNSUPPORTED_PROTOCOL: "the answer is not HTTP",
    pycurl.E_BAD_CONTENT_ENCODING: "the document cannot be unpacked",
    pycurl.E_FILESIZE_EXCEEDED: "the document is larger than {size:,} bytes",
    pycurl.E_SSL_CONNECT_ERROR: "could not agree on TLS with {host}: {message}",
    pycurl.E_PEER_FAILED_VERIFICATION: "the certificate of {host} does not hold: {message}",
}


_PROXY_FAILED = frozenset({
    pycurl.E_COULDNT_RESOLVE_PROXY, pycurl.E_COULDNT_CONNECT, pycurl.E_RECV_ERROR, _PROXY
})  # fmt: skip


class Line:
    """One curl handle, used for one hop after another; its callbacks report to the exchange it is loaded with."""

    def __init__(self, limits: Limits, agent: str, proxy: str = "") -> None:
        self.curl = pycurl.Curl()
        self.exchange: Exchange | None = None
        self.heard_at = 0.0
        """When something came last, by the monotonic clock."""
        self._limits = limits
        self._proxy = proxy
        for option, value in _settings(limits, agent, proxy):
            self.curl.setopt(option, value)
        self.curl.setopt(pycurl.HEADERFUNCTION, self._header)
        self.curl.setopt(pycurl.WRITEFUNCTION, self._body)
        self.curl.setopt(pycurl.OPENSOCKETFUNCTION, self._open_socket)
        self.curl.setopt(pycurl.PREREQFUNCTION, self._before_request)

    def load(self, exchange: Exchange) -> None:
        """Get ready for an exchange's next hop."""
        exchange.begin_hop()
        self.exchange = exchange
        self.heard_at = monotonic()
        curl = self.curl
        curl.setopt(pycurl.URL, exchange.address.href)
        curl.setopt(pycurl.HTTPHEADER, [_ACCEPT, *exchange.headers()])
        if exchange.request.form:
            curl.setopt(pycurl.POSTFIELDS, exchange.request.form)
        else:
            curl.setopt(pycurl.HTTPGET, 1)
        curl.setopt(pycurl.TIMEOUT_MS, max(int(exchange.time_left() * 1000), 1))
        curl.setopt(pycurl.SSL_VERIFYPEER, int(exchange.request.verify))
        curl.setopt(pycurl.SSL_VERIFYHOST, 2 if exchange.request.verify else 0)

    def unload(self, code: int, message: str) -> tuple[Exchange, str]:
        """Give the exchange back, its hop over, and what went wrong (nothing: empty)."""
        exchange, self.exchange = self.exchange, None
        assert exchange is not None
        exchange.spent += self.curl.getinfo(pycurl.TOTAL_TIME)
        if not code:
            return exchange, ""
        if self._proxy and code in _PROXY_FAILED:
            return exchange, "could not connect to the proxy, or it did not connect us"
        return exchange, _words(code, message, exchange, self._limits)

    def _header(self, line: bytes) -> int | None:
        self.heard_at = monotonic()
        return self.exchange.take_header(line) if self.exchange else -1

    def _body(self, chunk: bytes) -> int | None:
        self.heard_at = monotonic()
        return self.exchange.take_body(chunk) if self.exchange else -1

    def _open_socket(self, _purpose: int, peer: Any) -> socket.socket | int:
        """Connect only to what was judged: this is the very address that libcurl is about to connect to."""
        if not self._allowed(peer.addr[0]):
            return int(pycurl.SOCKET_BAD)
        return _Lent(peer.family, peer.socktype, peer.protocol)

    def _before_request(self, peer: str, _own: str, _peer_port: int, _own_port: int) -> int:
        """Judge again before the request is sent: no socket is opened for a connection that is used again."""
        return int(pycurl.PREREQFUNC_OK if self._allowed(peer) else pycurl.PREREQFUNC_ABORT)

    def _allowed(self, peer: str | bytes) -> bool:
        if self._proxy:
            return True  # it is the proxy's; where that is to go has been judged
        ip = peer.decode() if isinstance(peer, bytes) else peer
        return self.exchange is not None and self.exchange.may_go_to(ip)


class _Lent(socket.socket):
    """A socket that pycurl takes a duplicate of; ours is closed as soon as it has."""

    def __del__(self) -> None:
        """Close it without a warning."""
        self.close()


class Multi:
    """One curl multi, driven by a selector."""

    def __init__(self, selector: selectors.BaseSelector, limits: Limits) -> None:
        self.alarm: float | None = None
        self._selector = selector
        self._lines: dict[pycurl.Curl, Line] = {}
        self._watched: set[int] = set()
        self._curl = pycurl.CurlMulti()
        self._curl.setopt(pycurl.M_SOCKETFUNCTION, self._watch)
        self._curl.setopt(pycurl.M_TIMERFUNCTION, self._set_alarm)
        self._curl.setopt(pycurl.M_MAXCONNECTS, limits.at_once)

    def add(self, line: Line) -> None:
        """Begin a transfer."""
        self._lines[line.curl] = line
        self._curl.add_handle(line.curl)

    def act(self, fd: int, events: int) -> None:
        """Tell curl what happened on one of its sockets."""
        mask = pycurl.CSELECT_IN if events & selectors.EVENT_READ else 0
        mask |= pycurl.CSELECT_OUT if events & selectors.EVENT_WRITE else 0
        self._curl.socket_action(fd, mask)

    def tick(self) -> None:
        """Tell curl that its alarm has gone off, if it has."""
        if self.alarm is not None and self.alarm <= monotonic():
            self.alarm = None
            self._curl.socket_action(pycurl.SOCKET_TIMEOUT, 0)

    def finished(self) -> Iterator[tuple[Line, int, str]]:
        """Give each transfer that has ended, with curl's code (0: well) and message."""
        left = 1
        while left:
            left, well, badly = self._curl.info_read()
            for curl, code, message in [*((curl, 0, "") for curl in well), *badly]:
                self._curl.remove_handle(curl)
                yield self._lines.pop(curl), code, message

    def give_up_silent(self, since: float) -> Iterator[tuple[Line, int, str]]:
        """Break off, and give, each transfer of which nothing has been heard since then."""
        for line in [line for line in self._lines.values() if line.heard_at <= since]:
            self._curl.remove_handle(line.curl)
            del self._lines[line.curl]
            yield line, int(pycurl.E_OPERATION_TIMEDOUT), "silent"

    def __len__(self) -> int:
        """Count the transfers under way."""
        return len(self._lines)

    def close(self) -> None:
        """Break off what is under way, and close the connections."""
        for curl, line in self._lines.items():
            self._curl.remove_handle(curl)
            if line.exchange is not None:
                line.exchange.discard()
            curl.close()
        self._lines.clear()
        self._curl.close()

    def _watch(self, what: int, fd: int, _multi: object, _data: object) -> None:
        known = fd in self._watched
        if what == pycurl.POLL_REMOVE:
            self._watched.discard(fd)
            if known:
                self._selector.unregister(fd)
            return
        events = selectors.EVENT_READ if what & pycurl.POLL_IN else 0
        events |= selectors.EVENT_WRITE if what & pycurl.POLL_OUT else 0
        if known:
            self._selector.modify(fd, events, self)
        else:
            self._watched.add(fd)
            self._selector.register(fd, events, self)

    def _set_alarm(self, milliseconds: int) -> None:
        self.alarm = None if milliseconds < 0 else monotonic() + milliseconds / 1000


def _settings(limits: Limits, agent: str, proxy: str) -> Iterator[tuple[int, object]]:
    """Give what holds for every request."""
    yield pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS
    yield pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_2TLS
    yield pycurl.ACCEPT_ENCODING, ""  # all that curl can unpack
    yield pycurl.USERAGENT, agent
    yield pycurl.PROXY, proxy  # whatever the environment says
    yield pycurl.NOPROXY, ""
    yield _SUPPRESS_CONNECT_HEADERS, 1  # they are the proxy's, not the server's
    yield pycurl.NOSIGNAL, 1
    yield pycurl.FOLLOWLOCATION, 0  # each hop is judged by us
    yield pycurl.CONNECTTIMEOUT_MS, max(int(limits.connecting * 1000), 1)
    yield pycurl.MAXFILESIZE_LARGE, limits.wire_bytes
    # The wheel's own OpenSSL does not know where this system keeps its certificates; Python does.
    trusted = ssl.get_default_verify_paths()
    if trusted.cafile:
        yield pycurl.CAINFO, trusted.cafile
    if trusted.capath:
        yield pycurl.CAPATH, trusted.capath


def _words(code: int, message: str, exchange: Exchange, limits: Limits) -> str:
    """Say in plain words what curl's code means."""
    if exchange.refusal and code in {pycurl.E_COULDNT_CONNECT, pycurl.E_ABORTED_BY_CALLBACK}:
        return exchange.refusal
    if code == pycurl.E_OPERATION_TIMEDOUT:
        if exchange.spent >= limits.deadline:
            return f"no whole answer within {limits.deadline:g} s"
        if not exchange.status and "onnect" in message:
            return f"no connection to {exchange.address.host} within {limits.connecting:g} s"
        return f"the server sent nothing for {limits.stall:g} s"
    words = _WORDS.get(code, "{message}")
    address = exchange.address
    return words.format(host=address.host, port=address.port, size=limits.wire_bytes, message=shortened(message))
