"""Serve: the files of ``output/`` over HTTP, as they lie there at the moment of asking.

Any web server over the folder does the same job; this one needs no configuration, gives strong ETags and never
shows a reader half a file, because files are replaced in one stroke and answered from one reading of their bytes.

Answers are not compressed: a strong ETag must differ for each encoding (RFC 9110, 8.8.3.3), and starlette's
compression leaves it as it is. A web server in front may compress as it likes.
"""

import errno
import hashlib
import logging
import os
import signal
import socket
import stat
import threading
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from tagwire.errors import TagwireError
from tagwire.output import FORMATS

log = logging.getLogger(__name__)

FEED_TYPES = {each.suffix: each.media_type for each in FORMATS}
"""Media types by suffix: what readers subscribe to. Pages of any other site may read these (CORS)."""

TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".txt": "text/plain",
    ".xml": "application/xml",
    ".opml": "text/x-opml",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
    **FEED_TYPES,
}
"""Media types by suffix; anything else is bytes that a browser does not show (nosniff)."""

_TEXTUAL = ("text/", "application/")

_HEADERS = {
    "Cache-Control": "max-age=60",
    "X-Content-Type-Options": "nosniff",
    # Pages bring other people's text: of all scripts only ours runs, and pictures come from where they lie.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src http: https: data:; "
        "media-src http: https:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
}

_KEPT = 128
"""How many files' bytes stay in memory."""

_NOT_THERE = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EACCES, errno.ENAMETOOLONG}
"""What a wrong address leads to; any other error is this machine's trouble and no "not found"."""

_LAST_ANSWERS = 2
"""Seconds that answers under way have to end when the server is told to."""


@dataclass(frozen=True, slots=True)
class _File:
    """One version of a published file."""

    body: bytes
    suffix: str
    etag: str
    """Strong: of the bytes, so that writing the same bytes again is no change."""
    modified: str


class _Folder:
    """A published folder, of which nothing hidden and nothing outside is ever seen."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._load = lru_cache(maxsize=_KEPT)(_load)

    def get(self, raw_path: bytes) -> _File | None:
        """Give the file that a request's path names; None: there is none for the world."""
        # Split before decoding: an encoded slash is part of a name, not a step (RFC 3986, 2.2).
        names = [unquote(name) for name in raw_path.decode(errors="replace").split("/")[1:]]
        if names == [""]:
            names = ["index.html"]
        if not all(name and "/" not in name and not name.startswith(".") for name in names):
            return None
        try:
            return self._read(names)
        except ValueError:  # a name that no file can have: NUL, or not in the file system's encoding
            return None
        except OSError as error:
            if error.errno in _NOT_THERE:
                return None
            raise

    def _read(self, names: list[str]) -> _File | None:
        path = Path(os.path.realpath(self._root, strict=True), *names)
        if os.path.realpath(path, strict=True) != str(path):
            return None  # a symbolic link on the way: it could lead anywhere
        now = path.stat()
        if not stat.S_ISREG(now.st_mode):
            return None
        return self._load(path, now.st_mtime_ns, now.st_size, now.st_ino)


def app(output: Path) -> Starlette:
    """Make the web application over `output`; the folder may come into being later."""
    folder = _Folder(output)

    # Small local files: read right here, which costs less than handing them to a thread.
    async def published(request: Request) -> Response:
        file = folder.get(request.scope["raw_path"])
        return PlainTextResponse("Not found.\n", 404) if file is None else _answer(request, file)

    async def health(_request: Request) -> Response:
        return PlainTextResponse("ok\n", headers={"Cache-Control": "no-store"})

    return Starlette(routes=[Route("/healthz", health), Route("/{path:path}", published)])


def serve(output: Path, host: str = "127.0.0.1", port: int = 8000, *, ends_with_stdin: bool = False) -> None:
    """Serve `output` until SIGTERM or Ctrl-C, then return.

    Call it from the main thread of a process of its own: it takes over the two signals.

    Args:
        output: the published folder.
        host: the address or name to listen at.
        port: 0 takes any that is free; the log says which.
        ends_with_stdin: whether to end when standard input does. A parent that holds the other end of that pipe
            takes this process with it, however the parent ends.

    Raises:
        TagwireError: the address cannot be listened at.

    """
    listener = _listen(host, port)
    config = uvicorn.Config(
        app(output),
        lifespan="off",
        ws="none",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_LAST_ANSWERS,
    )
    server = uvicorn.Server(config)

    def end(*_: object) -> None:
        server.should_exit = True

    # uvicorn takes both signals while it runs, but not before, and raises them again when it has ended:
    # with these, an early one is not lost, and a late one does not end the process as if it had been killed.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    if ends_with_stdin:
        threading.Thread(target=_at_end_of_stdin, args=(end,), daemon=True).start()
    log.info("serving %s at %s", output, _url(host, listener.getsockname()[1]))
    server.run(sockets=[listener])


def _load(path: Path, modified_ns: int, _size: int, _inode: int) -> _File:
    """Read a file; the arguments are its version, so that another version is read anew."""
    body = path.read_bytes()
    return _File(
        body=body,
        suffix=path.suffix.lower(),
        etag=f'"{hashlib.blake2b(body, digest_size=16).hexdigest()}"',
        modified=formatdate(modified_ns // 1_000_000_000, usegmt=True),
    )


def _answer(request: Request, file: _File) -> Response:
    headers = {**_HEADERS, "ETag": file.etag, "Last-Modified": file.modified}
    if file.suffix in FEED_TYPES:
        headers["Access-Control-Allow-Origin"] = "*"
    if _unchanged(request, file):
        return Response(status_code=304, headers=headers)
    media_type = TYPES.get(file.suffix)
    if media_type and media_type.startswith(_TEXTUAL) and "charset" not in media_type:
        media_type += "; charset=utf-8"
    return Response(file.body, headers=headers, media_type=media_type or "application/octet-stream")


def _unchanged(request: Request, file: _File) -> bool:
    """Tell whether the reader has these bytes already; If-None-Match outranks the date (RFC 9110, 13.2.2).

    Dates must be equal: a file put back from a backup is older than what a reader has, and new to it.
    """
    if held := ",".join(request.headers.getlist("if-none-match")):
        tags = {tag.strip().removeprefix("W/") for tag in held.split(",")}
        return file.etag in tags or "*" in tags
    return request.headers.get("if-modified-since") == file.modified


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server((str(address[0]), port), family=family, backlog=1024)
    except OSError as error:
        raise TagwireError("cannot serve", _url(host, port), _why_not(error)) from error


def _why_not(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "another program has this port, perhaps another tagwire; end it, or choose a port with --port"
    if error.errno == errno.EACCES:
        return "this user may not have this port; choose one above 1023 with --port"
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return "this machine has no such address; choose one with --host"
    return error.strerror or str(error)


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _at_end_of_stdin(end: Callable[[], None]) -> None:
    try:
        # Not by sys.stdin: a thread that waits in it aborts the interpreter's shutdown.
        while os.read(0, 4096):
            pass
    except OSError:  # closed from the start: nobody is there
        log.debug("standard input is closed")
    end()
