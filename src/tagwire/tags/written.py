"""A filter's tree, walked and written down."""

import re
from collections.abc import Iterator
from datetime import timedelta

from tagwire.model import (
    After,
    And,
    Before,
    Everything,
    Filter,
    FromSource,
    Has,
    HasPattern,
    HasTag,
    HasWords,
    InLanguage,
    Leaf,
    Not,
    Or,
    Searched,
    Within,
)
from tagwire.tags.fields import UNITS

_BARE = re.compile(r"(?!(?:and|or|not)$)\w+", re.IGNORECASE)


def leaves(tree: Filter) -> Iterator[Leaf]:
    """Give what a filter asks for, whether it asks for it or for its absence."""
    match tree:
        case Not(part):
            yield from leaves(part)
        case And(parts) | Or(parts):
            for part in parts:
                yield from leaves(part)
        case _:
            yield tree


def show(tree: Filter) -> str:
    """Write a filter so that `filters.parse` gives back an equal tree; `And` and `Or` need two parts or more."""
    match tree:
        case Not(part):
            return f"not {_inner(part)}"
        case And(parts):
            return " and ".join(_inner(part) for part in parts)
        case Or(parts):
            return " or ".join(_inner(part) for part in parts)
        case _:
            field, value = _leaf(tree)
            return f"{field}:{value}" if field not in {"", Searched.TEXT} else value


def _inner(tree: Filter) -> str:
    return f"({show(tree)})" if isinstance(tree, And | Or) else show(tree)


def _leaf(leaf: Leaf) -> tuple[str, str]:  # noqa: C901 - one case for each kind of leaf, nothing else
    """Give the field and the value of a leaf."""
    match leaf:
        case Everything():
            pair = "", "*"
        case HasTag(tag):
            pair = "tag", _value(tag)
        case HasWords(words, where):
            pair = where, _value(words)
        case HasPattern(pattern, where):
            pair = where, f"/{pattern}/"
        case FromSource(source):
            pair = "source", _value(source)
        case InLanguage(language):
            pair = "lang", language
        case After(day):
            pair = "after", day.isoformat()
        case Before(day):
            pair = "before", day.isoformat()
        case Within(span):
            pair = "within", _span(span)
        case Has(part):
            pair = "has", part
    return pair


def _value(text: str) -> str:
    return text if _BARE.fullmatch(text) else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _span(span: timedelta) -> str:
    letter, unit = next((letter, unit) for letter, unit in UNITS.items() if not span % unit)
    return f"{span // unit}{letter}"
