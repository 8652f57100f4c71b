"""Listening: the server as a process of its own, by uvicorn, until it is told to end."""

import errno
import logging
import os
import signal
import socket
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import uvicorn

from tagwire.errors import TagwireError
from tagwire.server.application import Application

log = logging.getLogger(__name__)

_LAST_ANSWERS = 2
"""Seconds that answers under way have to end when the server is told to."""


Place = tuple[str, int]
"""A host, by name or number, and a port; 0 takes any port that is free."""


def serve(
    root: Path,
    place: Place = ("127.0.0.1", 8000),
    *,
    clock: Callable[[], datetime],
    admin: Place | None = None,
    ends_with_stdin: bool = False,
) -> None:
    """Serve a site until SIGTERM or Ctrl-C, then return; the log says where.

    Call it from the main thread of a process of its own: it takes over the two signals.

    Args:
        root: the site's folder.
        place: where to listen.
        clock: gives the time, aware and in UTC.
        admin: where to listen for the operator, who needs no token there; None: nowhere.
        ends_with_stdin: whether to end when standard input does. A parent that holds the other end of that pipe
            takes this process with it, however the parent ends.

    Raises:
        TagwireError: an address cannot be listened at.

    """
    listeners = [_listen(*each) for each in filter(None, (place, admin))]
    ports = [listener.getsockname()[1] for listener in listeners]
    if len(set(ports)) < len(ports):
        raise TagwireError("cannot serve", _url(*place), "what the operator sees needs a port of its own")
    config = uvicorn.Config(
        Application(root, clock, admin_port=ports[1] if admin else None),
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
    log.info("serving %s at %s", root / "output", _url(place[0], ports[0]))
    if admin:
        log.info("serving the operator at %s", _url(admin[0], ports[1]))
    server.run(sockets=listeners)


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
