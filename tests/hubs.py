"""A WebSub hub on loopback: takes what it is told, or does as a test says, and writes it down."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs


@dataclass
class Told:
    """One request that came in."""

    form: dict[str, list[str]]
    headers: dict[str, str]
    seen: object = None
    """What the test looked at in that moment."""

    @property
    def topic(self) -> str:
        return self.form["hub.url"][0]


@dataclass
class Hub:
    """What a test holds of the hub."""

    url: str
    told: list[Told] = field(default_factory=list)
    answers: Callable[[Told], tuple[int, dict[str, str]]] = lambda _: (204, {})
    """Gives a status and headers for what it is told; it may take its time."""
    look: Callable[[Told], object] = lambda _: None

    @property
    def topics(self) -> list[str]:
        return sorted(each.topic for each in self.told)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    hub: Hub


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        told = Told(parse_qs(body, strict_parsing=True), dict(self.headers))
        told.seen = self.server.hub.look(told)
        self.server.hub.told.append(told)
        status, headers = self.server.hub.answers(told)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Keep quiet."""


@contextmanager
def serving() -> Iterator[Hub]:
    """Be a hub until the test is done."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.hub = Hub(f"http://127.0.0.1:{server.server_port}/hub")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.hub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def always(status: int, **headers: str) -> Callable[[Told], tuple[int, dict[str, str]]]:
    return lambda _: (status, {name.replace("_", "-"): value for name, value in headers.items()})
