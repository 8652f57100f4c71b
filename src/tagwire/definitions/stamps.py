"""Tells that a definition changed, without reading any."""

from contextlib import suppress
from itertools import chain
from pathlib import Path

from tagwire.tokens import path_of

_PATTERNS = ("tagwire.toml", "sources/*.toml", "sources/*.opml", "feeds/*.toml")


def stamps(root: Path) -> dict[Path, tuple[int, ...]]:
    """Give what is another whenever a definition changed, or an address that is not for the world."""
    found: dict[Path, tuple[int, ...]] = {}
    for path in [*chain.from_iterable(map(root.glob, _PATTERNS)), path_of(root)]:
        with suppress(OSError):  # removed a moment ago, or not ours to see: that is a change, too
            status = path.stat()
            found[path] = (status.st_mtime_ns, status.st_ctime_ns, status.st_size)
    return found | {folder: (0, 0) for folder in [root / "sources" / "articles"] if folder.is_dir()}
