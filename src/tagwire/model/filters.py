"""The parts of a filter, an expression that chooses stories."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from tagwire.model.articles import Article


@dataclass(frozen=True, slots=True)
class Everything:
    """Every story."""


@dataclass(frozen=True, slots=True)
class HasTag:
    """Stories that carry a tag, compared by `tag_key`."""

    tag: str


class Searched(StrEnum):
    """What words and patterns are looked for in."""

    TEXT = "text"
    """Title, summary and text."""
    TITLE = "title"
    AUTHOR = "author"
    LINK = "link"


class Part(StrEnum):
    """What a story may have or lack."""

    AUTHOR = "author"
    ENCLOSURE = "enclosure"
    IMAGE = "image"
    LINK = "link"
    SUMMARY = "summary"
    TAG = "tag"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class HasWords:
    """Stories with these words one after the other, compared as `text.words` gives them."""

    words: str
    where: Searched = Searched.TEXT


@dataclass(frozen=True, slots=True)
class HasPattern:
    """Stories in which a regular expression (RE2 syntax, any case) is found."""

    pattern: str
    where: Searched = Searched.TEXT


@dataclass(frozen=True, slots=True)
class FromSource:
    """Stories of which a source, compared case-folded, carried a copy."""

    source: str


@dataclass(frozen=True, slots=True)
class InLanguage:
    """Stories in a language: ``zh`` holds for zh-CN too (RFC 4647, 3.3.1)."""

    language: str


@dataclass(frozen=True, slots=True)
class After:
    """Stories of this day or a later one; the day is the one of the story, in its source's time zone."""

    day: date


@dataclass(frozen=True, slots=True)
class Before:
    """Stories of a day before this one."""

    day: date


@dataclass(frozen=True, slots=True)
class Within:
    """Stories published at most this long ago."""

    span: timedelta


@dataclass(frozen=True, slots=True)
class Has:
    """Stories that have such a part."""

    part: Part


@dataclass(frozen=True, slots=True)
class Not:
    """Stories that `part` does not choose."""

    part: "Filter"


@dataclass(frozen=True, slots=True)
class And:
    """Stories that every part chooses."""

    parts: tuple["Filter", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Stories that any part chooses."""

    parts: tuple["Filter", ...]


Leaf: TypeAlias = Everything | HasTag | HasWords | HasPattern | FromSource | InLanguage | After | Before | Within | Has
Filter: TypeAlias = Leaf | Not | And | Or


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What filters see of a story."""

    copies: tuple[Article, ...]
    tags: frozenset[str]
    """As `tag_key` gives them, over all copies."""
    published: datetime
    day: date
