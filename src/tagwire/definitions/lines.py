"""Finds the lines of a TOML document's keys, which tomllib forgets.

The document has been read before, so the scanner may trust that it is TOML 1.0.
"""

import re
import tomllib
from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

Path: TypeAlias = tuple[str | int, ...]
"""The way to a value: keys, and positions in lists counted from 0."""

# Without possessive quantifiers: Python 3.11 before 3.11.5 takes wrong turns in them.
_TOKEN = re.compile(
    r"""
      (?P<text>
          \"{3} (?: [^"\\] | \\. | "(?!"") )* \"{3,5}  # two quotes may touch the closing three
        | '{3} (?: [^'] | '(?!'') )* '{3,5}
        | " (?: [^"\\\n] | \\. )* "
        | ' [^'\n]* '
      )
    | (?P<newline> \n)
    | (?P<sign> [][{},=.])
    | (?P<bare> [^][{},=."'\#\s]+)
    | \#[^\n]* | [^\S\n]+                               # comments and blanks
    """,
    re.VERBOSE | re.DOTALL,
)
_OPENING, _CLOSING = ("[", "{"), ("]", "}")


class _Token(NamedTuple):
    kind: str
    value: str
    line: int

    def is_sign(self, *signs: str) -> bool:
        return self.kind == "sign" and self.value in signs


def lines(text: str) -> dict[Path, int]:
    """Give the line of each table, key and list item, counted from 1.

    Of a list within a list, and of an inline table, only the beginning is found.
    """
    found: dict[Path, int] = {}
    lengths: dict[Path, int] = {}
    table: Path = ()
    for statement in _statements(text):
        if statement[0].is_sign("["):
            is_list = statement[1].is_sign("[")
            table = _resolved(_names(statement), lengths, is_list=is_list)
            path = table
        else:
            equals = next(at for at, token in enumerate(statement) if token.is_sign("="))
            path = table + tuple(_names(statement[:equals]))
            found |= {(*path, item): line for item, line in _items(statement[equals + 1 :])}
        for length in range(1, len(path) + 1):
            found.setdefault(path[:length], statement[0].line)
    return found


def line_of(path: Path, found: dict[Path, int]) -> int:
    """Give the line of a path, else of the nearest table or list around it, else the first."""
    return next((found[path[:length]] for length in range(len(path), 0, -1) if path[:length] in found), 1)


def _statements(text: str) -> Iterator[list[_Token]]:
    """Give the tokens of each ``[header]`` and each ``key = value``, however many lines it takes."""
    statement: list[_Token] = []
    line, depth = 1, 0
    for match in _TOKEN.finditer(text):
        kind, value = match.lastgroup, match[0]
        if kind == "newline":
            if statement and depth == 0:
                yield statement
                statement = []
        elif kind:
            token = _Token(kind, value, line)
            depth += token.is_sign(*_OPENING) - token.is_sign(*_CLOSING)
            statement.append(token)
        line += value.count("\n")
    if statement:
        yield statement


def _names(tokens: list[_Token]) -> list[str]:
    return [
        token.value if token.kind == "bare" else str(tomllib.loads(f"name = {token.value}")["name"])
        for token in tokens
        if token.kind != "sign"
    ]


def _resolved(names: list[str], lengths: dict[Path, int], *, is_list: bool) -> Path:
    """Give a header's path: a table under a ``[[list]]`` belongs to the list's last item."""
    path: Path = ()
    for name in names[:-1]:
        path = (*path, name)
        if path in lengths:
            path = (*path, lengths[path] - 1)
    path = (*path, names[-1])
    if is_list:
        lengths[path] = lengths.get(path, 0) + 1
        path = (*path, lengths[path] - 1)
    return path


def _items(value: list[_Token]) -> Iterator[tuple[int, int]]:
    """Give position and line of each item of a list."""
    if not value[0].is_sign("["):
        return
    position, depth, expected = 0, 1, True
    for token in value[1:]:
        if depth == 1 and token.is_sign(","):
            position, expected = position + 1, True
        elif expected and not token.is_sign(*_CLOSING):
            yield position, token.line
            expected = False
        depth += token.is_sign(*_OPENING) - token.is_sign(*_CLOSING)
