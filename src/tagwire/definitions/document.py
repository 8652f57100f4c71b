"""One of the user's files while it is read: its text, its values, and the problems found in it."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

from tagwire.definitions import toml
from tagwire.definitions.lines import Path, line_of, lines
from tagwire.errors import Problem

Where: TypeAlias = Path | int | None
"""A place in a document: the path of a TOML value, a line, or None for the file as a whole."""

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SHOWN = 60


@dataclass
class Document:
    """A file's text on its way to a definition."""

    file: str
    """Relative to the site."""
    text: str
    problems: list[Problem] = field(default_factory=list)
    last_good: bool = False
    """Whether the text is no longer the file's, so that its lines are nowhere to be found."""

    @cached_property
    def lines(self) -> dict[Path, int]:
        """The lines of a TOML document's keys; found only when there is something to say about one."""
        return lines(self.text)

    def table(self) -> dict[str, Any] | None:
        """Read the text as TOML; None if it is none, which is then a problem."""
        try:
            return toml.parse(self.text)
        except toml.NotTomlError as error:
            self.report(error.line, str(error), error.right)
            return None

    def line(self, where: Where) -> int | None:
        """Give the line of a place; of a path that is not there, the line of what is nearest around it."""
        if self.last_good:
            return None
        return line_of(where, self.lines) if isinstance(where, tuple) else where

    def report(self, where: Where, what: str, right: str = "", *, warning: bool = False) -> None:
        """Remember a problem with what stands at a place."""
        self.problems.append(Problem(self.file, self.line(where), what, right, warning=warning))


def printable(text: str) -> str:
    """Give text in which nothing can steer a terminal."""
    return "".join(c if c.isprintable() else "�" for c in text)


def shown(value: object) -> str:
    """Give a value as TOML writes it, short and on one line, for messages."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            text = printable(value[: _SHOWN + 1])
            return f'"{text}"' if len(text) <= _SHOWN else f'"{text[:_SHOWN]}…"'
        case int():
            return str(value) if abs(value) < 10**_SHOWN else "a number of many digits"
        case list():
            return "a list"
        case dict():
            return "a table"
        case _:  # a float, a date, a time
            return str(value)


def dotted(path: Path) -> str:
    """Give a path as TOML writes it: ``tags."SAIC Motor".aliases``; list items are counted by their list."""
    names = [part for part in path if isinstance(part, str)]
    return ".".join(name if _BARE.fullmatch(name) else shown(name) for name in names)


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """Give ``did you mean X?`` if one of the words is near enough, else nothing."""
    folded = {each.casefold(): each for each in words}
    near = difflib.get_close_matches(word[:_SHOWN].casefold(), folded, n=1)
    return f"did you mean {folded[near[0]]}?" if near else ""
