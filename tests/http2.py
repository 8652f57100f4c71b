"""A web server on loopback that speaks HTTP/2 over TLS and nothing else, as a client agrees to by ALPN.

It answers each request with the page of its path, and logs what was asked over which connection. It ends with its
``with`` block.
"""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import RequestReceived

_LONGEST = 20.0


@dataclass(frozen=True)
class Asked:
    """A request that came in."""

    path: str
    headers: Mapping[str, str]
    connection: int
    """The client's port: the same for requests over one connection."""


Answer = Callable[[H2Connection, int, Asked], None]


@dataclass
class Server:
    """What a test holds of the server."""

    port: int
    answers: dict[str, Answer]
    asked: list[Asked] = field(default_factory=list)
    agreed: list[str | None] = field(default_factory=list)
    """The protocol of each connection, as ALPN names it."""

    def url(self, path: str) -> str:
        return f"https://127.0.0.1:{self.port}{path}"


def page(body: bytes, etag: str = '"1"', **more: str) -> Answer:
    """Answer as a good server does: 304 to who has it."""

    def answer(connection: H2Connection, stream: int, asked: Asked) -> None:
        known = asked.headers.get("if-none-match") == etag
        head = [(":status", "304" if known else "200"), ("etag", etag), ("content-type", "application/rss+xml")]
        connection.send_headers(stream, [*head, *more.items()], end_stream=known)
        if not known:
            connection.send_data(stream, body, end_stream=True)

    return answer


def broken_off(body: bytes) -> Answer:
    """Send a part, and break the stream off."""

    def answer(connection: H2Connection, stream: int, _asked: Asked) -> None:
        connection.send_headers(stream, [(":status", "200"), ("etag", '"1"')])
        connection.send_data(stream, body)
        connection.reset_stream(stream, 2)

    return answer


def _talk(server: Server, client: ssl.SSLSocket, port: int) -> None:
    connection = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
    connection.initiate_connection()
    client.sendall(connection.data_to_send())
    while data := client.recv(65536):
        for event in connection.receive_data(data):
            if isinstance(event, RequestReceived):
                headers = dict(event.headers)
                asked = Asked(headers[":path"], headers, port)
                server.asked.append(asked)
                server.answers[asked.path](connection, event.stream_id, asked)
        client.sendall(connection.data_to_send())


def _accept(server: Server, listener: socket.socket, tls: ssl.SSLContext, talks: list[threading.Thread]) -> None:
    def begin(client: socket.socket, port: int) -> None:
        client.settimeout(_LONGEST)
        with suppress(OSError), client, tls.wrap_socket(client, server_side=True) as secured:
            server.agreed.append(secured.selected_alpn_protocol())
            _talk(server, secured, port)

    with suppress(OSError):
        while True:
            client, address = listener.accept()
            talks.append(threading.Thread(target=begin, args=(client, address[1])))
            talks[-1].start()


@contextmanager
def serving(answers: Mapping[str, Answer], tls: ssl.SSLContext) -> Iterator[Server]:
    """Serve pages by their path on a free port; whoever has connected must have gone at the end."""
    tls.set_alpn_protocols(["h2"])
    talks: list[threading.Thread] = []
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        server = Server(listener.getsockname()[1], dict(answers))
        thread = threading.Thread(target=_accept, args=(server, listener, tls, talks))
        thread.start()
        try:
            yield server
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(_LONGEST)
            for each in talks:
                each.join(_LONGEST)
