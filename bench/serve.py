"""How many times faster a feed is served than by starlette: FileResponse for 200, StaticFiles for 304.

Run it with ``python bench/serve.py [REQUESTS]``. The applications are called in this process, as uvicorn calls them, in
rounds one after the other; the figures are the medians of the rounds.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from tagwire.server import Application

REQUESTS = 1_000
ROUNDS = 7
FEED = "feed.atom"
ENTRY = (
    b"<entry><title>SAIC Motor at the expo</title><content type='html'>Once upon a time in Shanghai.</content></entry>"
)
BODY = b"<feed xmlns='http://www.w3.org/2005/Atom'>" + ENTRY * 1_000 + b"</feed>"

App = Callable[[Any, Any, Any], Awaitable[None]]


def ours(folder: Path) -> App:
    return Application(folder.parent, lambda: datetime.now(UTC))


def file_response(folder: Path) -> App:
    async def answer(_request: Request) -> FileResponse:
        return FileResponse(folder / FEED, media_type="application/atom+xml")

    return Starlette(routes=[Route(f"/{FEED}", answer)])


def static_files(folder: Path) -> App:
    return Starlette(routes=[Mount("/", StaticFiles(directory=folder))])


APPS: dict[str, Callable[[Path], App]] = {
    "tagwire": ours, "FileResponse": file_response, "StaticFiles": static_files,
}  # fmt: skip


async def ask(app: App, headers: list[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Ask for the feed once; give the answer's headers, and its status as one of them."""
    path = f"/{FEED}"
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": path, "raw_path": path.encode(), "root_path": "", "query_string": b"", "headers": headers,
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
    }  # fmt: skip
    told: dict[bytes, bytes] = {}

    async def receive() -> dict[str, Any]:
        await asyncio.Event().wait()  # the reader stays, and sends nothing more
        return {}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            told.update(message["headers"], status=str(message["status"]).encode())

    await app(scope, receive, send)
    return told


async def inside(
    folder: Path, names: list[str], requests: int, status: bytes, condition: bytes = b""
) -> dict[str, float]:
    """Measure the seconds that a request takes inside each application."""
    apps = {name: APPS[name](folder) for name in names}
    times: dict[str, list[float]] = {name: [] for name in apps}
    sent: dict[str, list[tuple[bytes, bytes]]] = {}
    for name, app in apps.items():
        sent[name] = [(condition, (await ask(app, []))[b"etag"])] if condition else []
        assert (await ask(app, sent[name]))["status"] == status, name  # type: ignore[index]  # beside the headers
    for _ in range(ROUNDS):
        for name, app in apps.items():
            begun = time.perf_counter()
            for _ in range(requests):
                await ask(app, sent[name])
            times[name].append((time.perf_counter() - begun) / requests)
    return {name: statistics.median(each) for name, each in times.items()}


def say(what: str, times: dict[str, float]) -> None:
    (_, ours), (name, theirs) = times.items()
    print(f"{what}: {ours * 1e6:.0f} µs, {name} {theirs * 1e6:.0f} µs: {theirs / ours:.1f} times faster")


def main() -> None:
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else REQUESTS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "output"
        folder.mkdir()
        (folder / FEED).write_bytes(BODY)
        print(f"a feed of {len(BODY):,} bytes, {requests} requests in each of {ROUNDS} rounds")
        whole, known = ["tagwire", "FileResponse"], ["tagwire", "StaticFiles"]
        say("200 inside the application", asyncio.run(inside(folder, whole, requests, b"200")))
        say("304 inside the application", asyncio.run(inside(folder, known, requests, b"304", b"if-none-match")))


if __name__ == "__main__":
    main()
