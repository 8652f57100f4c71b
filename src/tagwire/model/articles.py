"""What one source tells."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Precision(StrEnum):
    """How exactly an article is dated."""

    MINUTE = "minute"
    DAY = "day"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A file that comes with an article (RFC 4287, 4.2.7.2); `length` in bytes, `duration` in seconds."""

    url: str
    type: str = ""
    length: int | None = None
    duration: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One piece, as one source tells it."""

    source: str
    """The name of the source."""
    guid: str
    """The source's own name for it; its link or path where it gives none."""
    link: str | None
    """None: it has no page of its own but ours."""
    title: str
    """Plain text, never empty: the kind sees to it."""
    published: datetime
    day: date
    dated: Precision
    updated: datetime | None = None
    summary: str = ""
    """Plain text."""
    content: str = ""
    """HTML, sanitised, every URL absolute."""
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    """The tags its source gave it, as given."""
    language: str | None = None
    enclosures: tuple[Enclosure, ...] = ()
    image: str | None = None
    rights: str = ""
    digest: str = ""
    """``RULES:HASH`` of what a reader would see; another hash is an edit, another RULES is adopted silently."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a web feed says of itself, for ``atom:source``."""

    id: str = ""
    title: str = ""
    link: str = ""
