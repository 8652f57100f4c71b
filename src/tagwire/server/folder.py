"""The published folder, kept in memory: of each file the bytes that lie there now, and nothing from outside of it."""

import errno
import os
import stat
from collections import OrderedDict
from collections.abc import Callable
from email.utils import formatdate
from pathlib import Path
from typing import TypeAlias
from urllib.parse import quote, unquote

from tagwire.server.answers import Answer

_KEPT = 128 * 1024 * 1024
"""Bytes that stay in memory, at most; a file that is larger by itself is the only one then."""
_NOT_THERE = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EACCES, errno.ENAMETOOLONG}
"""What a wrong address leads to; any other error is this machine's trouble and no "not found"."""

_Version: TypeAlias = tuple[int, int, int, int]


class Folder:
    """A published folder, of which nothing hidden and nothing outside is ever seen."""

    def __init__(self, root: Path, answer: Callable[[str, bytes, str], Answer]) -> None:
        """Look at nothing yet.

        Args:
            root: the folder; it may come into being later.
            answer: makes what is sent of a file's path, its bytes, and when it was modified as HTTP writes it.

        """
        self._root = root
        self._answer = answer
        self._kept: OrderedDict[bytes, tuple[str, _Version, Answer]] = OrderedDict()

    def get(self, raw_path: bytes) -> Answer | None:
        """Give the file that a request's path names, as it is now; None: there is none for the world.

        A file that is kept is looked at by one `stat`: while it is the same file in the same version, it is the one
        that was found to lie inside, wherever its path may lead by now.
        """
        if kept := self._kept.get(raw_path):
            path, version, answer = kept
            try:
                if _version(os.stat(path)) == version:  # noqa: PTH116 - a Path would cost as much as the look itself
                    self._kept.move_to_end(raw_path)
                    return answer
            except OSError:
                pass  # gone, or out of reach: found out below
            del self._kept[raw_path]
        names = _names(raw_path)
        if names is None:
            return None
        try:
            return self._read(raw_path, names)
        except ValueError:  # a name that no file can have: NUL, or not in the file system's encoding
            return None
        except OSError as error:
            if error.errno in _NOT_THERE:
                return None
            raise

    def _read(self, raw_path: bytes, names: list[str]) -> Answer | None:
        path = Path(os.path.realpath(self._root, strict=True), *names)
        if os.path.realpath(path, strict=True) != str(path):
            return None  # a symbolic link on the way: it could lead anywhere
        if not stat.S_ISREG(path.lstat().st_mode):
            return None  # opening a pipe would wait for whoever writes into it
        with path.open("rb") as file:
            now = os.fstat(file.fileno())
            body = file.read()
        answer = self._answer("/".join(names), body, formatdate(int(now.st_mtime), usegmt=True))
        # Kept under one spelling alone: an address can be written in thousands of ways, all of them the same file.
        if b"%" not in raw_path or raw_path == quote("/" + "/".join(names)).encode():
            self._keep(raw_path, (str(Path(self._root, *names)), _version(now), answer))
        return answer

    def _keep(self, raw_path: bytes, kept: tuple[str, _Version, Answer]) -> None:
        self._kept[raw_path] = kept
        held = sum(answer.size for _, _, answer in self._kept.values())
        while held > _KEPT and len(self._kept) > 1:
            _, (_, _, gone) = self._kept.popitem(last=False)
            held -= gone.size


def _version(status: os.stat_result) -> _Version:
    return status.st_mtime_ns, status.st_size, status.st_ino, status.st_dev


def _names(raw_path: bytes) -> list[str] | None:
    """Give the names that a path is made of; None for a path that leads to nothing that is published."""
    # Split before decoding: an encoded slash is part of a name, not a step (RFC 3986, 2.2).
    names = [unquote(name) for name in raw_path.decode(errors="replace").split("/")[1:]]
    if not names[-1]:
        names[-1] = "index.html"
    published = all(name and "/" not in name and not name.startswith(".") for name in names)
    return names if published else None
