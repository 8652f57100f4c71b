"""Finds the user's files, and reads them as text whatever lies in their place."""

import stat
from pathlib import Path

SUFFIXES = (".toml", ".opml")
LONGEST = 1_000_000
"""Bytes of a definition."""
LONGEST_LIST = 20_000_000
"""Bytes of an OPML file: lists of ten thousand sources are two or three million."""


class UnreadableError(Exception):
    """A file that gives no text: why, what would be right, and the line, where one can be named."""

    def __init__(self, what: str, right: str = "", line: int | None = None) -> None:
        """Remember the parts of a problem."""
        super().__init__(what)
        self.right = right
        self.line = line


def is_folder(path: Path) -> bool:
    """Tell whether a folder is there and can be reached."""
    try:
        return path.is_dir()
    except OSError:
        return False


def listed(root: Path, folder: str) -> list[str]:
    """Give the definitions of a folder, relative to `root`, sorted without regard to case.

    Hidden files and others are passed over; a folder that is not there has none.

    Raises:
        UnreadableError: the folder cannot be listed.

    """
    try:
        names = [entry.name for entry in (root / folder).iterdir()]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise UnreadableError(f"cannot be listed: {error.strerror}") from None
    wanted = (name for name in names if name.casefold().endswith(SUFFIXES) and not name.startswith("."))
    return [f"{folder}/{name}" for name in sorted(wanted, key=lambda name: (name.casefold(), name))]


def text_of(path: Path) -> str:
    """Read a definition as UTF-8, with or without a byte order mark.

    Raises:
        UnreadableError: it is no file, cannot be read, is too large or is not UTF-8.

    """
    limit = LONGEST_LIST if path.suffix.casefold() == ".opml" else LONGEST
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):  # opening a pipe would wait for ever
            raise UnreadableError("is a folder, not a file" if stat.S_ISDIR(mode) else "is not a regular file")
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise UnreadableError(f"cannot be read: {error.strerror}") from None
    if len(data) > limit:
        raise UnreadableError(f"is longer than {limit // 1_000_000} MB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableError("is not UTF-8 text", "save it as UTF-8", line) from None
