"""Folders of article files: which of them are new or changed since the last visit.

The memo is ``{"files": {path: {"stamp": [mtime in ns, size in bytes], "digest": text, "problem": text}}}``. A file
whose stamp is the remembered one is not opened again; what is wrong with it is told at every visit until it is mended.
"""

import os
import stat
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tagwire.model import Article, Memo, Outcome, Precision, Reading, Source, Visit
from tagwire.sources.articlefile import SUFFIXES, Parsed, parse
from tagwire.sources.border import RULES
from tagwire.text import one_line, xml_safe

_SIZE_LIMIT = 10_000_000
_SETTLED = timedelta(seconds=2)
"""A file changed later than this before a visit may change again within one tick of its file system's clock."""


@dataclass(frozen=True, slots=True)
class FilesOptions:
    """What a definition of this kind may set."""

    path: str
    """The folder, relative to the one that holds the definition."""


class Files:
    """Article files in a folder and the folders in it: ``.txt``, ``.md``, ``.html`` and ``.htm``."""

    version = f"1.{RULES}"
    options = FilesOptions
    every = timedelta(0)
    own = True

    def address(self, options: FilesOptions, home: Path) -> str:
        """Give the folder, relative to `home` where it lies inside it, so that a site can be moved.

        Raises:
            ValueError: the path names no folder.

        """
        if not options.path.strip() or "\0" in options.path:
            raise ValueError('path names no folder; write it like path = "articles"')
        folder, inside = _normal(home / options.path), _normal(home)
        return (folder.relative_to(inside) if folder.is_relative_to(inside) else folder).as_posix()

    def folder(self, source: Source) -> Path:
        """Give the folder to watch."""
        return _normal(source.home / source.options.path)

    def read(self, visits: Iterable[Visit | None], now: datetime) -> Iterator[Reading]:
        """Read what is new or changed in each folder; a file that is dated ahead of `now` waits for its day."""
        for visit in filter(None, visits):
            yield _read_folder(visit, self.folder(visit.source), now)


def read_file(file: Path, source: Source, now: datetime) -> Reading:
    """Read one article file by itself, whatever its name, even if it is dated ahead; its guid is its name."""
    try:
        data, status = _loaded(file)
    except OSError as error:
        return Reading(source=source, outcome=Outcome.FAILED, error=f"{file}: {error.strerror}")
    parsed = _parsed(_name(file.name), data, source, _changed(status, now))
    articles = (parsed.article,) if parsed.article else ()
    return Reading(source=source, outcome=Outcome.NEW, articles=articles, warnings=parsed.warnings)


def _normal(path: Path) -> Path:
    return Path(os.path.normpath(path.absolute()))


# ---------------------------------------------------------------- one visit


@dataclass(slots=True)
class _Gathered:
    """What a visit has brought together so far."""

    articles: list[Article] = field(default_factory=list)
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def warn(self, name: str, problem: str) -> None:
        self.warnings.append(one_line(f"{name}: {problem}"))


def _read_folder(visit: Visit, folder: Path, now: datetime) -> Reading:
    gathered = _Gathered()
    try:
        found = sorted(_article_files(folder.resolve(strict=True), gathered))
    except (OSError, RuntimeError) as error:
        return Reading(source=visit.source, outcome=Outcome.FAILED, error=_why_not(folder, error))
    seen: set[str] = set()
    for name, path in found:
        if name in seen:
            gathered.warn(name, "two files have this name, written in different bytes; rename one")
            continue
        seen.add(name)
        try:
            _read_if_changed(name, path, visit, now, gathered)
        except FileNotFoundError:
            continue  # removed a moment ago
        except OSError as error:
            gathered.warn(name, f"cannot be read ({error.strerror})")
    return Reading(
        source=visit.source,
        outcome=Outcome.NEW if gathered.articles else Outcome.UNCHANGED,
        articles=tuple(gathered.articles),
        memo={"files": gathered.files},
        warnings=tuple(gathered.warnings),
    )


def _read_if_changed(name: str, path: Path, visit: Visit, now: datetime, gathered: _Gathered) -> None:
    """Read one file unless its stamp is the remembered one, and remember it unless it waits for its day.

    Raises:
        OSError: it cannot be read; nothing is remembered, so that the next visit tries again.

    """
    known = _known(visit.memo, name)
    if known.get("stamp") == _stamp(path.stat()):
        gathered.files[name] = known
        if known.get("problem"):
            gathered.warn(name, known["problem"])
        return
    data, status = _loaded(path)
    parsed = _parsed(name, data, visit.source, _changed(status, now))
    digest = ""
    if parsed.article:
        if _is_ahead(parsed.article, visit.source, now):
            return
        digest = parsed.article.digest
        if known.get("digest") != digest:
            gathered.articles.append(parsed.article)
    problem = one_line("; ".join(parsed.warnings))
    if problem:
        gathered.warn(name, problem)
    settled = status.st_mtime < (now - _SETTLED).timestamp()
    gathered.files[name] = {"stamp": _stamp(status) if settled else None, "digest": digest, "problem": problem}


def _known(memo: Memo, name: str) -> dict[str, Any]:
    return dict(memo.get("files", {}).get(name, {}))


def _is_ahead(article: Article, source: Source, now: datetime) -> bool:
    if article.dated is Precision.DAY:
        return article.day > now.astimezone(ZoneInfo(source.timezone)).date()
    return article.dated is Precision.MINUTE and article.published > now


def _parsed(name: str, data: bytes, source: Source, changed: datetime) -> Parsed:
    if len(data) > _SIZE_LIMIT:
        return Parsed(None, (f"is larger than {_SIZE_LIMIT // 1_000_000} MB",))
    return parse(name, data, source, changed)


# ---------------------------------------------------------------- the disk


def _article_files(root: Path, gathered: _Gathered) -> Iterator[tuple[str, Path]]:
    """Give the names and paths of the article files under a folder; hidden files and leftovers are none.

    Raises:
        OSError: `root` cannot be listed. A folder in it that cannot is a warning.

    """
    folders = [root]
    while folders:
        folder = folders.pop()
        try:
            entries = list(os.scandir(folder))
        except OSError as error:
            if folder == root:
                raise
            gathered.warn(_name(str(folder.relative_to(root))), f"cannot be listed ({error.strerror})")
            continue
        for entry in entries:
            if entry.name.startswith((".", "~")):
                continue
            if entry.is_dir(follow_symlinks=False):
                folders.append(Path(entry.path))
            elif Path(entry.name).suffix.lower() in SUFFIXES:
                yield from _article_file(Path(entry.path), root, gathered)


def _article_file(path: Path, root: Path, gathered: _Gathered) -> Iterator[tuple[str, Path]]:
    name = _name(str(path.relative_to(root)))
    try:
        target = path.resolve()
        if not target.is_relative_to(root):
            gathered.warn(name, "is a link that leads out of the folder; not followed")
        elif target.is_file():
            yield name, target
    except (OSError, RuntimeError) as error:
        gathered.warn(name, f"cannot be read ({error})")


def _name(path: str) -> str:
    """Give the name by which a file is known: UTF-8 in composed form (NFC), whatever wrote its bytes."""
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return xml_safe(unicodedata.normalize("NFC", text)).strip()


def _loaded(path: Path) -> tuple[bytes, os.stat_result]:
    """Read a regular file, at most one byte more than the limit, and give how it was before.

    Raises:
        OSError: it cannot be read, or is no regular file: a pipe would keep us waiting.

    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(0, "no regular file")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read(_SIZE_LIMIT + 1), status
    finally:
        os.close(descriptor)


def _stamp(status: os.stat_result) -> list[int]:
    return [status.st_mtime_ns, status.st_size]


def _changed(status: os.stat_result, now: datetime) -> datetime:
    """Give when a file was last changed; where its clock runs ahead of ours, or is absurd, now."""
    try:
        return min(datetime.fromtimestamp(status.st_mtime, UTC), now)
    except (ValueError, OverflowError, OSError):
        return now


def _why_not(folder: Path, error: Exception) -> str:
    match error:
        case FileNotFoundError():
            return one_line(f"there is no folder {folder}")
        case NotADirectoryError():
            return one_line(f"{folder} is no folder")
        case OSError():
            return one_line(f"{folder} cannot be read ({error.strerror})")
    return one_line(f"{folder} cannot be read ({error})")
