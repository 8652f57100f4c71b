"""A web server on loopback that does exactly what it is told, byte for byte, well or badly.

It proves what a source may do to us: a test hands it a script for each path, reads it, and looks at what came home and
at what was asked. Every wait in it is bounded, and it ends with its ``with`` block.
"""

import base64
import gzip
import socket
import ssl
import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from email.utils import formatdate

import brotli

_LONGEST = 60.0
"""Seconds that any answer may take, however endless it is meant to be."""


_BROTLI_BOMB = (
    "eNo7//9//Q91hkcbHRS+/5v/////D/4MRxIZG979tQdyHs5n6DisxHD3d/2///8P2zMKtLMy7Pr+/8///+31TAp83Awl"
    "7////P+f/z+Lg4wYw4t7/z///y//j7PBQofhwt7/z///t/8jzFAYwbCg+v95qEUbGBxwWcQ0atGoRUPUInsAVujmqA=="
)


@dataclass(frozen=True)
class Asked:
    """A request that came in."""

    path: str
    headers: Mapping[str, str]
    at: float
    connection: int
    """The client's port: the same for requests over one connection."""


@dataclass
class Conversation:
    """One request and the socket that its answer goes to; what an answer is written with."""

    asked: Asked
    socket: socket.socket
    stop: threading.Event
    answered: Callable[[], None]
    """Called before the last of an answer is sent: the client may go on before we come to say so afterwards."""
    close: bool = False
    """Whether the connection ends with this answer."""

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def wait(self, seconds: float) -> None:
        self.stop.wait(min(seconds, _LONGEST))

    def drip(self, pieces: Iterator[bytes], pause: float) -> None:
        """Send pieces with a pause after each until the client has had enough."""
        end = time.monotonic() + _LONGEST
        for piece in pieces:
            if self.stop.is_set() or time.monotonic() > end:
                break
            self.send(piece)
            if pause:
                self.wait(pause)
        self.close = True

    def reset(self) -> None:
        """Break the connection off as a crash does."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        self.close = True


Answer = Callable[[Conversation], None]


def page(
    body: bytes = b"",
    status: str = "200 OK",
    *,
    kind: str = "application/xml",
    length: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Answer with a body; `length` is what is claimed of it."""

    def answer(conversation: Conversation) -> None:
        lines = {"Content-Type": kind, "Content-Length": str(len(body) if length is None else length)}
        lines |= headers or {}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
        conversation.answered()
        conversation.send(f"HTTP/1.1 {status}\r\n{head}\r\n".encode("latin-1") + body)
        if length is not None:
            conversation.close = True

    return answer


def conditional(body: bytes, etag: str = '"1"', modified: str | None = None, **more: str) -> Answer:
    """Answer as a good server does: 304 to who has it."""
    modified = modified if modified is not None else formatdate(1_700_000_000, usegmt=True)

    def answer(conversation: Conversation) -> None:
        headers = {"ETag": etag, "Last-Modified": modified, **more}
        known = conversation.asked.headers.get("if-none-match") == etag or (
            not etag and conversation.asked.headers.get("if-modified-since") == modified
        )
        page(b"" if known else body, "304 Not Modified" if known else "200 OK", headers=headers)(conversation)

    return answer


def redirect(to: str, status: int = 301) -> Answer:
    return page(b"moved", f"{status} Moved", headers={"Location": to})


def in_turn(*answers: Answer) -> Answer:
    """Give one answer after another, the last one for ever."""
    left = list(answers)

    def answer(conversation: Conversation) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(conversation)

    return answer


def packed(body: bytes, encoding: str = "gzip", cut: int | None = None) -> Answer:
    """Answer with a compressed body, perhaps cut off where its length says that it ends."""
    data = {"gzip": gzip.compress, "br": brotli.compress}.get(encoding, bytes)(body)
    return page(data[:cut], headers={"Content-Encoding": encoding})


def gzip_bomb(mebibytes: int = 1024) -> bytes:
    """Give a mebibyte of blanks a kilobyte long, as often as asked, as one gzip stream without an end."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    begin = packer.compress(b" " * 2**20) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(b" " * 2**20) + packer.flush(zlib.Z_FULL_FLUSH)  # knows nothing of what came before it
    return begin + again * (mebibytes - 1)


def brotli_bomb() -> bytes:
    """Give a gibibyte of zeros as 841 bytes of brotli, made once: there is no packer in the standard library."""
    return zlib.decompress(base64.b64decode(_BROTLI_BOMB))


@dataclass
class Server:
    """What a test holds of the server."""

    port: int
    scheme: str
    answers: dict[str, Answer]
    asked: list[Asked] = field(default_factory=list)
    busiest: int = 0
    """The most requests that were answered at the same time."""
    busiest_of: dict[str, int] = field(default_factory=dict)
    """The same, of those to one host, as they name it."""

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    def requests(self, path: str) -> list[Asked]:
        return [each for each in self.asked if each.path == path]


class _Serving:
    def __init__(self, server: Server, listeners: Sequence[socket.socket], tls: ssl.SSLContext | None) -> None:
        self.server = server
        self.listeners = listeners
        self.tls = tls
        self.stop = threading.Event()
        self.lock = threading.Lock()
        self.busy: Counter[str] = Counter()
        self.open: set[socket.socket] = set()
        self.threads = [threading.Thread(target=self.accept, args=(each,), daemon=True) for each in listeners]
        for thread in self.threads:
            thread.start()

    def accept(self, listener: socket.socket) -> None:
        while not self.stop.is_set():
            try:
                client, address = listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self.talk, args=(client, address[1]), daemon=True)
            with self.lock:
                self.open.add(client)
                self.threads.append(thread)
            thread.start()

    def talk(self, client: socket.socket, port: int) -> None:
        client.settimeout(_LONGEST)
        with suppress(OSError, ValueError):
            if self.tls is not None:
                client = self.tls.wrap_socket(client, server_side=True)
            with client:
                while self.one(client, port):
                    pass
        with self.lock:
            self.open.discard(client)
        client.close()

    def one(self, client: socket.socket, port: int) -> bool:
        data = b""
        while b"\r\n\r\n" not in data:
            more = client.recv(65536)
            if not more:
                return False
            data += more
        first, *lines = data.decode("latin-1").split("\r\n\r\n")[0].split("\r\n")
        headers = {name.lower(): value.strip(" \t") for name, _, value in (line.partition(":") for line in lines)}
        asked = Asked(first.split()[1], headers, time.monotonic(), port)
        host = headers.get("host", "")
        busy = [host]

        def answered() -> None:
            with self.lock:
                self.busy.subtract(busy)
                busy.clear()

        conversation = Conversation(asked, client, self.stop, answered)
        with self.lock:
            self.server.asked.append(asked)
            self.busy[host] += 1
            self.server.busiest = max(self.server.busiest, self.busy.total())
            self.server.busiest_of[host] = max(self.server.busiest_of.get(host, 0), self.busy[host])
        try:
            self.server.answers.get(asked.path, page(b"", "404 Not Found"))(conversation)
        finally:
            answered()
        return not conversation.close and not self.stop.is_set()

    def end(self) -> None:
        self.stop.set()
        with self.lock:
            left = [*self.listeners, *self.open]
        for each in left:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in list(self.threads):
            thread.join(_LONGEST)


@contextmanager
def serving(
    answers: Mapping[str, Answer] | None = None,
    hosts: Sequence[str] = ("127.0.0.1",),
    tls: ssl.SSLContext | None = None,
) -> Iterator[Server]:
    """Serve scripts by path, on one free port of some addresses of loopback; what has none gets a 404."""
    with ExitStack() as stack:
        first = stack.enter_context(socket.create_server((hosts[0], 0), backlog=512))
        port = first.getsockname()[1]
        others = [stack.enter_context(socket.create_server((host, port), backlog=512)) for host in hosts[1:]]
        server = Server(port, "https" if tls else "http", dict(answers or {}))
        serving = _Serving(server, [first, *others], tls)
        try:
            yield server
        finally:
            serving.end()
