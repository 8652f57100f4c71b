"""Curl handles as Tagwire sets them up: guarded, bounded, anonymous. The only place that knows pycurl."""

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
_PATIENCE = 1.0
"""Seconds that nothing is done for while transfers are under way."""
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
        self._heard = 0
        """How much had come when it was looked at last."""
        self._heard_at = 0.0
        """When more had come than before, by the monotonic clock."""
        self._limits = limits
        self._proxy = proxy
        self._set: dict[int, object] = {}
        """What holds on from one request to the next."""
        for option, value in _settings(limits, agent, proxy):
            self.curl.setopt(option, value)
        self.curl.setopt(pycurl.WRITEFUNCTION, self._body)
        self.curl.setopt(pycurl.OPENSOCKETFUNCTION, self._open_socket)
        self.curl.setopt(pycurl.PREREQFUNCTION, self._before_request)

    def load(self, exchange: Exchange) -> None:
        """Get ready for an exchange's next hop."""
        exchange.begin_hop()
        self.exchange = exchange
        self._heard, self._heard_at = 0, monotonic()
        curl, request = self.curl, exchange.request
        curl.setopt(pycurl.URL, exchange.address.href)
        curl.setopt(pycurl.HTTPHEADER, [_ACCEPT, *exchange.headers()])
        curl.setopt(pycurl.HEADERFUNCTION, exchange.head.append)  # no code of ours runs for each line
        self._keep(pycurl.TIMEOUT_MS, max(int(exchange.time_left() * 1000), 1))
        self._keep(pycurl.SSL_VERIFYPEER, int(request.verify))
        self._keep(pycurl.SSL_VERIFYHOST, 2 if request.verify else 0)
        if request.form:
            curl.setopt(pycurl.POSTFIELDS, request.form)
            self._set.pop(pycurl.HTTPGET, None)
        else:
            self._keep(pycurl.HTTPGET, 1)

    def _keep(self, option: int, value: object) -> None:
        """Set an option that holds until it is set anew; most are what they were."""
        if self._set.get(option) != value:
            self.curl.setopt(option, value)
            self._set[option] = value

    def unload(self, code: int, message: str) -> tuple[Exchange, str]:
        """Give the exchange back, its hop over, and what went wrong (nothing: empty)."""
        exchange, self.exchange = self.exchange, None
        assert exchange is not None
        exchange.spent += self.curl.getinfo(pycurl.TOTAL_TIME)
        exchange.end_hop()
        if not code:
            return exchange, ""
        if self._proxy and code in _PROXY_FAILED:
            return exchange, "could not connect to the proxy, or it did not connect us"
        return exchange, _words(code, message, exchange, self._limits)

    def is_silent(self, now: float) -> bool:
        """Tell whether nothing has come for too long, as far as was looked."""
        heard = self.exchange.heard if self.exchange else 0
        if heard != self._heard:
            self._heard, self._heard_at = heard, now
        return self._heard_at <= now - self._limits.stall

    def _body(self, chunk: bytes) -> int | None:
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
    """One curl multi, and the transfers under way in it."""

    def __init__(self, limits: Limits) -> None:
        self._lines: dict[pycurl.Curl, Line] = {}
        self._curl = pycurl.CurlMulti()
        self._curl.setopt(pycurl.M_MAXCONNECTS, limits.at_once)

    def add(self, line: Line) -> None:
        """Begin a transfer."""
        self._lines[line.curl] = line
        self._curl.add_handle(line.curl)

    def waits_for(self) -> tuple[list[int], list[int], float]:
        """Give the sockets that it waits to read from, those it waits to write to, and for how many seconds at most.

        Sockets numbered 1,024 and above are not told (libcurl speaks of ``fd_set``), so that it never waits for long.
        """
        reads, writes, _ = self._curl.fdset()
        milliseconds = self._curl.timeout()
        return reads, writes, min(milliseconds / 1000, _PATIENCE) if milliseconds >= 0 else _PATIENCE

    def perform(self) -> Iterator[tuple[Line, int, str]]:
        """Let all transfers go on; give each that has ended, with curl's code (0: well) and message."""
        self._curl.perform()
        left = 1
        while left:
            left, well, badly = self._curl.info_read()
            for curl, code, message in [*((curl, 0, "") for curl in well), *badly]:
                self._curl.remove_handle(curl)
                yield self._lines.pop(curl), code, message

    def give_up_silent(self, now: float) -> Iterator[tuple[Line, int, str]]:
        """Break off, and give, each transfer of which nothing has been heard for too long."""
        for line in [line for line in self._lines.values() if line.is_silent(now)]:
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
    # libcurl looks through all names that it remembers at each new connection; one that is used again asks for none.
    yield pycurl.DNS_CACHE_TIMEOUT, 0
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
