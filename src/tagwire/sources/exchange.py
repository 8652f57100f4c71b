"""One source's exchange with the web: from its request over the redirects to one response. Knows no library."""

import tempfile
from collections.abc import Container
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import IO

from tagwire.sources import addresses
from tagwire.sources.addresses import Address
from tagwire.sources.guard import refused
from tagwire.sources.limits import Limits
from tagwire.text import without_keys

WITHOUT_LEAVE = "without allow_private = true"
"""How a refusal ends that the source's own definition could lift."""
_IN_MEMORY = 256 * 1024
"""A larger body waits for its parser on disk, so that memory stays flat whatever servers send."""
_PERMANENT = frozenset({301, 308})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_BLANKS = " \t\r\n"
"""What may stand around a header's value (RFC 9110, 5.5); a no-break space belongs to it: validators are echoed."""
_BREAKS = frozenset("\r\n\0")
_LENGTHS = frozenset({"content-length", "transfer-encoding"})
_FORM_REDIRECTS = frozenset({307, 308})
"""After the others a form would be asked for as a document (RFC 9110, 15.4)."""
_OK = 200
_FIRST_FINAL = 200
_UNREAD_BODY = 64 * 1024
"""How much of a body nobody wants is taken in, so that its connection can be used again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked of the web for one source."""

    address: Address
    own: Address
    """Whose privileges the source has: credentials and private addresses; where it moved, `address` is another one."""
    caller: object = None
    """Given back with the response."""
    etag: str = ""
    """As the server gave it, byte for byte (in latin-1), as `last_modified`."""
    last_modified: str = ""
    validated: str = ""
    """The address that these two belong to; no other is told them."""
    authorization: str = ""
    """The value of the header of this name; told to the origin of `own` alone."""
    allow_private: bool = False
    """Whether host and port of `own` may be private."""
    verify: bool = True
    """Whether the server's certificate must hold."""
    let_alone: Container[str] = frozenset()
    """Hosts that nothing is sent to, wherever a redirect leads."""
    form: str = ""
    """A form that is posted, URL-encoded; empty: the document is asked for."""


@dataclass(slots=True, kw_only=True)
class Response:
    """How the exchange ended."""

    request: Request
    address: Address
    """Where the last answer came from."""
    status: int = 0
    """0: there was no answer."""
    headers: dict[str, str] = field(default_factory=dict)
    """By lower-case name, in latin-1; repeated ones joined with commas."""
    body: IO[bytes] | None = None
    """Of a 200, unpacked and whole; to be closed by whoever takes it."""
    moved_to: str | None = None
    """Where the permanent redirects at the begin of the chain led."""
    conditional: bool = False
    """Whether a 304 was possible: the last request carried a condition."""
    ends_with_connection: bool = False
    """Whether no length was named, so that a connection that broke off looks like the end (RFC 9112, 6.3)."""
    error: str = ""
    """Why there is no whole answer, in plain words."""


class Exchange:
    """The state of one exchange; each hop is sent by `http`, which reports here what comes."""

    def __init__(self, request: Request, limits: Limits) -> None:
        self.request = request
        self.address = request.address
        self.spent = 0.0
        """Seconds that the hops so far took."""
        self.stopped = ""
        """Why we broke the transfer off ourselves."""
        self.refusal = ""
        """Which network address of this hop's host we did not connect to, and why."""
        self.head: list[bytes] = []
        """The lines of all header blocks of this hop, as they come."""
        self.status = 0
        self.body: IO[bytes] | None = None
        self.may_be_private = False
        """Whether this hop may go to a private address: only the source's own host and port, where it is allowed."""
        self._limits = limits
        self._seen = {request.address.href}
        self._permanent = True
        self._moved_to: str | None = None
        self._fields: list[bytes] = []
        self._head_whole = False
        self._first_version = True
        self._body_bytes = 0

    # ------------------------------------------------------------ the request of this hop

    def may_go_to(self, ip: str) -> bool:
        """Judge the network address that this hop is about to be sent to."""
        if (why := refused(ip)) is None or self.may_be_private:
            return True
        self.refusal = f"{self.address.host} is at {ip} ({why}), where sources may not go"
        if self.address.href == self.request.own.href:
            self.refusal += f" {WITHOUT_LEAVE}"
        return False

    @property
    def conditional(self) -> bool:
        """Whether this hop asks for the document only if it has changed."""
        request = self.request
        return bool(request.etag or request.last_modified) and request.validated == self.address.href

    def headers(self) -> list[bytes]:
        """Give the headers that this hop carries beyond those that all requests have."""
        request = self.request
        named = []
        if self.conditional:
            named += [("If-None-Match", request.etag), ("If-Modified-Since", request.last_modified)]
        if self.address.origin == request.own.origin:
            named.append(("Authorization", request.authorization))
        return [f"{name}: {value}".encode("latin-1", "replace") for name, value in named if _sendable(value)]

    def time_left(self) -> float:
        """Give the seconds that are left of the deadline."""
        return max(self._limits.deadline - self.spent, 0.001)

    # ------------------------------------------------------------ what comes, while it comes

    def begin_hop(self) -> None:
        """Forget the last answer."""
        own = self.request.own
        mine = (self.address.host, self.address.port) == (own.host, own.port)
        self.may_be_private = self.request.allow_private and mine
        self.head, self._fields, self._head_whole = [], [], False
        self.status, self._body_bytes, self.refusal = 0, 0, ""
        self.discard()

    @property
    def heard(self) -> int:
        """How much of this hop has come; the same number means that nothing has since."""
        return len(self.head) + self._body_bytes

    def take_body(self, chunk: bytes) -> int | None:
        """Take a piece of the unpacked body in; -1 breaks the transfer off."""
        if not self._body_bytes:
            self._read_head()
        self._body_bytes += len(chunk)
        if self.status != _OK:
            return -1 if self._body_bytes > _UNREAD_BODY else None
        if self._body_bytes > self._limits.body_bytes:
            self.stopped = f"the document is larger than {self._limits.body_bytes:,} bytes"
            return -1
        if self.body is None:
            self.body = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - outlives this function
        self.body.write(chunk)
        return None

    def end_hop(self) -> None:
        """Read the headers of the answer; libcurl itself has seen to it that they are not endless."""
        self._read_head()
        if sum(map(len, self.head)) > self._limits.header_bytes:
            self.stopped = f"the answer's headers are larger than {self._limits.header_bytes:,} bytes"

    def _read_head(self) -> None:
        """Read the last header block; what comes behind its end are trailers."""
        begins = [place for place, line in enumerate(self.head) if line.startswith(b"HTTP/")]
        if not begins:
            return
        begin = begins[-1]
        fields = self.head[begin + 1 :]
        end = next((place for place, line in enumerate(fields) if not line.strip()), None)
        self.status = _status(self.head[begin])
        self._first_version = self.head[begin].startswith(b"HTTP/1")
        self._fields, self._head_whole = fields[:end], end is not None and self.status >= _FIRST_FINAL

    # ------------------------------------------------------------ what it comes to

    def redirected(self) -> bool:
        """Follow the answer if it is a redirect: the next hop's address stands, or why there is none."""
        followed = _FORM_REDIRECTS if self.request.form else _REDIRECTS
        if self.stopped or self.status not in followed or not self._head_whole:
            return False
        there = self._next()
        if there is None:
            return False
        self._permanent = self._permanent and self.status in _PERMANENT
        if self._permanent:
            self._moved_to = there.href
        self._seen.add(there.href)
        self.address = there
        return True

    def _next(self) -> Address | None:
        location = _text(self._headers().get("location", ""))
        if not location:
            self.stopped = f"{describe(self.status)}, which does not say where to"
            return None
        try:
            there = addresses.parse(location, self.address.href)
        except ValueError as error:
            self.stopped = f"it redirects to {shortened(without_keys(location))}, which is {error}"
            return None
        if there.href in self._seen:
            self.stopped = "its redirects lead round in a circle"
        elif len(self._seen) > self._limits.redirects:
            self.stopped = f"it redirects more than {self._limits.redirects} times"
        return None if self.stopped else there

    def response(self, error: str = "") -> Response:
        """Give the response; `error` says why the last transfer failed."""
        if self._head_whole and self.status != _OK and not self.stopped:
            error = ""  # the status tells more than how the page that came with it broke off
        error = self.stopped or error
        if error:
            self.discard()
        body, self.body = self.body, None
        headers = self._headers()
        return Response(
            request=self.request,
            address=self.address,
            status=0 if error else self.status,
            headers=headers,
            body=body,
            moved_to=self._moved_to,
            conditional=self.conditional,
            ends_with_connection=self._first_version and headers.keys().isdisjoint(_LENGTHS),
            error=error,
        )

    def discard(self) -> None:
        """Let go of the body."""
        if self.body is not None:
            self.body.close()
            self.body = None

    def _headers(self) -> dict[str, str]:
        headers: dict[str, str] = {}
        for line in self._fields:
            raw_name, colon, raw_value = line.decode("latin-1").partition(":")
            if colon:
                name, value = raw_name.strip().lower(), raw_value.strip(_BLANKS)
                headers[name] = f"{headers[name]}, {value}" if name in headers else value
        return headers


def describe(status: int) -> str:
    """Write a status as its standard does: ``404 Not Found``; a server's own phrase is not repeated."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"status {status}"


def shortened(text: str, most: int = 100) -> str:
    """Give text that a server sent, fit for a line of a message."""
    line = "".join(c if c.isprintable() else "?" for c in text)
    return line if len(line) <= most else line[:most] + "…"


def _status(line: bytes) -> int:
    try:
        return int(line.split(None, 2)[1])
    except (IndexError, ValueError):
        return 0


def _sendable(value: str) -> bool:
    return bool(value) and _BREAKS.isdisjoint(value)


def _text(value: str) -> str:
    """Read a header's value as UTF-8, which addresses are sent in against the rules."""
    try:
        return value.encode("latin-1").decode()
    except UnicodeDecodeError:
        return value
