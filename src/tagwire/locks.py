"""Locks between processes: one daemon for a site, one publisher at a time."""

import fcntl
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from tagwire.errors import HeldError, TagwireError

STATE = ".tagwire"
"""The folder beside the user's own that holds locks and last good definitions; safe to delete while nothing runs."""


@contextmanager
def held(root: Path, name: str, *, wait: bool) -> Iterator[None]:
    """Hold a lock of a site; it goes with the process, however that ends.

    Args:
        root: the site's folder.
        name: of the lock.
        wait: until another process lets go; else that is an error.

    Raises:
        HeldError: another process holds it; the message says which.
        TagwireError: the lock's file cannot be written.

    """
    with _opened(root, name) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError as error:
            file.seek(0)
            raise HeldError("another process holds this site", root, file.read().strip() or "unknown") from error
        _sign(file, root)
        yield


def _sign(file: TextIO, root: Path) -> None:
    """Write down who holds the lock, for whoever is refused."""
    try:
        file.truncate(0)
        file.write(f"process {os.getpid()} on {socket.gethostname()}")
        file.flush()
    except OSError as error:
        raise TagwireError("cannot lock the site", root, error.strerror or "") from error


@contextmanager
def shared(root: Path, name: str, *, alone: Callable[[], object]) -> Iterator[None]:
    """Hold a lock of a site together with others; it goes with the process, however that ends.

    Args:
        root: the site's folder.
        name: of the lock.
        alone: called first if nobody else holds it, and before anybody else can.

    Raises:
        TagwireError: the lock's file cannot be written.

    """
    with _opened(root, name) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pass
        else:
            alone()
        fcntl.flock(file, fcntl.LOCK_SH)
        yield


def is_held(root: Path, name: str) -> bool:
    """Tell whether some process holds a lock of a site, alone or together with others; one that was killed does not."""
    try:
        file = (root / STATE / f"{name}.lock").open(encoding="utf-8")
    except FileNotFoundError:
        return False
    except OSError:
        return True  # nobody can say
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _opened(root: Path, name: str) -> TextIO:
    path = root / STATE / f"{name}.lock"
    try:
        path.parent.mkdir(exist_ok=True)
        return path.open("a+", encoding="utf-8")
    except OSError as error:
        raise TagwireError("cannot lock the site", path, error.strerror or "") from error
