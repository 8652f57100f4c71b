"""The fields that filters know, in one table: what each takes, what it means, how its value is read."""

import difflib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from tagwire.model import (
    After,
    Before,
    Filter,
    FromSource,
    Has,
    HasPattern,
    HasTag,
    HasWords,
    InLanguage,
    Part,
    Searched,
    Within,
)
from tagwire.tags.patterns import PatternError, compiled
from tagwire.text import words

_SPAN = re.compile(r"(\d{1,5})([mhdw])", re.IGNORECASE)
UNITS = {
    "w": timedelta(weeks=1),
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
}
"""The units of a span, the longest first."""


class FilterError(ValueError):
    """A filter that cannot be read; the message names the column, what was found and what was expected."""

    def __init__(self, column: int, what: str) -> None:
        """Remember the column, counted from 1 at the start of the text."""
        super().__init__(f"column {column}: {what}")
        self.column = column


@dataclass(frozen=True, slots=True)
class Value:
    """What stands behind a field's colon, and where."""

    text: str
    column: int
    is_pattern: bool = False

    def error(self, what: str) -> FilterError:
        """Make an error that points here."""
        return FilterError(self.column, what)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the language."""

    name: str
    takes: str
    meaning: str
    example: str
    make: Callable[[Value], Filter]
    patterns: bool = False
    """Whether it takes a regular expression as well."""


def _searched(where: Searched) -> Callable[[Value], Filter]:
    def make(value: Value) -> Filter:
        if value.is_pattern:
            try:
                compiled(value.text)
            except PatternError as error:
                raise value.error(str(error)) from None
            return HasPattern(value.text, where)
        if not words(value.text):
            raise value.error(f"“{value.text}” has no letters or digits to search for")
        return HasWords(value.text, where)

    return make


def _day(value: Value) -> date:
    try:
        # date.fromisoformat knows more forms than the one that is promised
        return date(*map(int, re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", value.text, re.ASCII).groups()))  # type: ignore[union-attr]
    except (AttributeError, ValueError):
        raise value.error(f"“{value.text}” is not a day, expected YEAR-MONTH-DAY as in 2026-01-31") from None


def _span(value: Value) -> Filter:
    found = _SPAN.fullmatch(value.text)
    if not found or not int(found[1]):
        raise value.error(f"“{value.text}” is not a span of time, expected a number and m, h, d or w as in 30d")
    return Within(int(found[1]) * UNITS[found[2].lower()])


def _part(value: Value) -> Filter:
    try:
        return Has(Part(value.text.casefold()))
    except ValueError:
        known = list(Part)
        raise value.error(
            f"“{value.text}” is nothing that a story has, expected {', '.join(known)}{did_you_mean(value.text, known)}"
        ) from None


def _language(value: Value) -> Filter:
    if not re.fullmatch(r"[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*", value.text):
        raise value.error(f"“{value.text}” is not a language, expected a code as in en, zh or zh-TW")
    return InLanguage(value.text.replace("_", "-").lower())


FIELDS = (
    Field("tag", "a tag", "carries the tag or a narrower one", 'tag:"SAIC Motor"', lambda value: HasTag(value.text)),
    Field("title", "words", "has them in its title", "title:record", _searched(Searched.TITLE), patterns=True),
    Field(
        "text",
        "words",
        "has them in its title, summary or text, as words without a field do",
        'text:"joint venture"',
        _searched(Searched.TEXT),
        patterns=True,
    ),
    Field("author", "words", "has them in an author's name", "author:doe", _searched(Searched.AUTHOR), patterns=True),
    Field("link", "words", "has them in its address", "link:example.com/cars", _searched(Searched.LINK), patterns=True),
    Field("source", "a source", "was carried by the source", "source:shine", lambda value: FromSource(value.text)),
    Field("lang", "a language", "is in the language, with or without a region", "lang:zh", _language),
    Field("after", "a day", "is dated on the day or later", "after:2026-01-01", lambda value: After(_day(value))),
    Field("before", "a day", "is dated before the day", "before:2026-02-01", lambda value: Before(_day(value))),
    Field("within", "a span", "was published at most so long ago (m, h, d, w)", "within:30d", _span),
    Field("has", "a part", f"has such a part: {', '.join(Part)}", "has:enclosure", _part),
)
"""Every field, in the order in which messages and the reference name them."""

_BY_NAME = {field.name: field for field in FIELDS}


def make_leaf(name: str, column: int, value: Value) -> Filter:
    """Make the leaf of a field and its value; an empty name is the default field.

    Raises:
        FilterError: there is no such field, or it does not take such a value.

    """
    field = _BY_NAME.get(name.casefold() or "text")
    if field is None:
        hint = did_you_mean(name, _BY_NAME) or f', or "{name}:…" in quotation marks to search for it'
        raise FilterError(column, f"there is no field “{name}”, expected one of {', '.join(_BY_NAME)}{hint}")
    if value.is_pattern and not field.patterns:
        raise value.error(f"{field.name} takes {field.takes}, not a regular expression")
    return field.make(value)


def is_field(name: str) -> bool:
    """Say whether there is such a field."""
    return name.casefold() in _BY_NAME


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Give ``; did you mean X?`` if something known is near, else nothing."""
    folded = {each.casefold(): each for each in known}
    near = difflib.get_close_matches(name.casefold(), folded, n=1)
    return f"; did you mean {folded[near[0]]}?" if near else ""


def reference() -> str:
    """Give the table of the fields as Markdown, for the reference."""
    rows = [
        f"| `{each.name}:` | {each.takes}{_or_pattern(each)} | {each.meaning} | `{each.example}` |" for each in FIELDS
    ]
    return "\n".join(("| field | takes | a story that | example |", "|---|---|---|---|", *rows, ""))


def _or_pattern(field: Field) -> str:
    return " or `/pattern/`" if field.patterns else ""
