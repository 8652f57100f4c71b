"""Writing into ``output/``: each file is replaced in one stroke, and only if its bytes differ.

A reader, or a web server, sees the old file or the new one, never a part; a killed process leaves at most a file
with a dotted name, which `sweep` takes away.
"""

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from tagwire.errors import TagwireError

_PREFIX, _SUFFIX = ".tagwire-", ".tmp"


def make(root: Path, mode: int = 0o777) -> None:
    """Make the folder itself if it is not there; of its mode, the umask takes away.

    Raises:
        TagwireError: it cannot be made, or is no folder.

    """
    with _blame(root, "cannot make the folder"):
        root.mkdir(mode=mode, exist_ok=True)


def write(root: Path, path: str, data: bytes) -> bool:
    """Write a file below `root` if its bytes differ, and tell whether it was written; see `write_all`."""
    return bool(write_all(root, {path: data}))


def write_all(root: Path, files: Mapping[str, bytes]) -> list[str]:
    """Write those files below `root` whose bytes differ; give their paths.

    Folders are made as needed. When this returns, the files outlive a power cut.

    Args:
        root: the folder that nothing is written outside of; it may be a symbolic link itself.
        files: whole files by their paths, relative to `root`, with slashes.

    Raises:
        TagwireError: a path leads out of `root`, or the disk or the permissions do not allow it; names the file.

    """
    written = []
    folders = set()
    for path, data in files.items():
        target = _inside(root, path)
        with _blame(target, "cannot write"):
            if _holds(target, data):
                continue
            _make_folder(target.parent)
            _replace(target, data)
        written.append(path)
        folders.add(target.parent)
    for folder in sorted(folders):
        with _blame(folder, "cannot write"):
            _sync_folder(folder)
    return written


def remove(root: Path, path: str) -> bool:
    """Remove a file below `root`, and tell whether there was one.

    Raises:
        TagwireError: the path leads out of `root`, or the permissions do not allow it; names the file.

    """
    target = _inside(root, path)
    with _blame(target, "cannot remove"):
        try:
            target.unlink()
        except (FileNotFoundError, NotADirectoryError):
            return False
        _sync_folder(target.parent)
    return True


def sweep(root: Path) -> set[str]:
    """Take away what killed processes left half-written below `root`; give the paths of all other files, with slashes.

    Only for the one process that writes there: another's file in hand would be taken away too.

    Raises:
        TagwireError: the permissions do not allow it; names the folder.

    """
    found: set[str] = set()
    for folder, _, names in os.walk(root):
        inside = folder[len(str(root)) + 1 :]  # a Path for each would cost more than the walk
        found.update(f"{inside}/{name}" if inside else name for name in names)
    left = [path for path in found if _is_half_written(path) and not (root / path).is_symlink()]
    with _blame(root, "cannot sweep"):
        for path in left:
            (root / path).unlink(missing_ok=True)
    return found.difference(left)


def _is_half_written(path: str) -> bool:
    name = path.rpartition("/")[2]
    return name.startswith(_PREFIX) and name.endswith(_SUFFIX)


def prune(root: Path) -> None:
    """Remove the empty folders below `root`."""
    for inside, _, _ in os.walk(root, topdown=False):
        if inside != str(root):
            with suppress(OSError):  # not empty
                Path(inside).rmdir()


def _inside(root: Path, path: str) -> Path:
    """Give the whole path, or refuse one that leads out of `root`, be it by a symbolic link."""
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts or "\0" in path:
        raise TagwireError("cannot write outside of the output folder", path, "the path must be relative, without ..")
    folder = root
    for part in parts[:-1]:
        folder /= part
        if folder.is_symlink():
            raise TagwireError("cannot write outside of the output folder", folder, "it is a symbolic link")
    return folder / parts[-1]


def _holds(target: Path, data: bytes) -> bool:
    """Tell whether the file is there with these bytes; a symbolic link is not the file."""
    try:
        return not target.is_symlink() and target.stat().st_size == len(data) and target.read_bytes() == data
    except (FileNotFoundError, NotADirectoryError):
        return False


def _replace(target: Path, data: bytes) -> None:
    fresh = target.with_name(f"{_PREFIX}{secrets.token_hex(8)}{_SUFFIX}")
    try:
        # "x" leaves the mode to the umask, which the tempfile module does not: a web server must be able to read it.
        with fresh.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _come_later(fresh, target)
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)


def _come_later(fresh: Path, target: Path) -> None:
    """Let a file's time be a whole second later, at least, than that of the one that it replaces.

    HTTP counts in seconds: of two versions within one, readers that ask by date (newsboat) never get the second, and
    nginx gives both the same ETag where they are of one size.
    """
    try:
        before = int(target.lstat().st_mtime)
    except FileNotFoundError:
        return
    if int(fresh.stat().st_mtime) <= before:
        os.utime(fresh, (before + 1, before + 1))


def _make_folder(folder: Path) -> None:
    """Make a folder and those above it, each of them lasting before anything is put into it."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    """Make the names in a folder last: a rename alone may be lost with the power."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _blame(target: Path, what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise TagwireError(what, target, error.strerror or str(error)) from error
