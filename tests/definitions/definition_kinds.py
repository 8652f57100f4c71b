"""A site to write definitions into, and two small kinds of source that read nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tagwire.definitions import Loaded, load
from tagwire.model import Reading, Source, Visit


@dataclass(frozen=True, slots=True)
class WebOptions:
    url: str
    allow_private: bool = False
    headers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FilesOptions:
    path: str

    def __post_init__(self) -> None:
        if self.path.startswith("/"):
            raise ValueError("path starts with a slash; write it relative to sources/")


class Silent:
    version = "1"
    every = timedelta(hours=1)

    def folder(self, _source: Source) -> Path | None:
        return None

    def read(self, _visits: Iterable[Visit], _now: datetime) -> Iterator[Reading]:
        yield from ()


class Web(Silent):
    options = WebOptions

    def address(self, options: Any, _home: Path) -> str:
        if not options.url.startswith(("http://", "https://")):
            raise ValueError('url is neither http nor https; write url = "https://…"')
        return str(options.url).rstrip("/")


class Files(Silent):
    options = FilesOptions

    def address(self, options: Any, home: Path) -> str:
        return str(home / options.path)


KINDS = {"web": Web(), "files": Files()}


def write(root: Path, files: dict[str, str | bytes]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return root


def loaded(root: Path, files: dict[str, str | bytes] | None = None) -> Loaded:
    return load(write(root, files or {}), kinds=KINDS)


def said(result: Loaded) -> list[str]:
    """Every problem as the user sees it, but that base_url is not set."""
    return [str(problem) for problem in result.problems if "base_url is not set" not in problem.what]
