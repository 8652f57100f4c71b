"""How results look: tables and colours on a terminal, plain lines in a pipe, JSON where asked for."""

import dataclasses
import json
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from tagwire.model import Face, Feed

_ESCAPED = {ord(each): f"\\u{ord(each):04x}" for each in "\x85\u2028\u2029"}
"""The ends of lines that JSON may hold as they are."""
_PARTS = "\t\n\u2028\u2029"
"""What parts lines and cells."""


def on_terminal() -> bool:
    """Tell whether somebody looks at the output."""
    return sys.stdout.isatty()


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], long: Sequence[str] = ()) -> None:
    """Print rows: a table on a terminal, else a line each, the cells parted by tabs.

    Args:
        columns: their headings.
        rows: a text for each column.
        long: the columns that may take several lines where a terminal is narrow.

    """
    if not on_terminal():
        for row in rows:
            click.echo("\t".join(map(harmless, row)))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        drawn.add_column(column, no_wrap=bool(long) and column not in long)
    for row in rows:
        drawn.add_row(*(Text(harmless(cell)) for cell in row))
    Console().print(drawn)


def harmless(text: str) -> str:
    """Give text on one line in which nothing can steer a terminal (ISO 6429 has its commands in C0 and C1)."""
    return "".join(" " if c in _PARTS else "�" if unicodedata.category(c) == "Cc" else c for c in text)


def as_json(value: Any) -> str:
    """Give a value as one line of JSON, also for readers that end a line where Unicode does; moments in ISO 8601."""
    return json.dumps(_plain(value), ensure_ascii=False).translate(_ESCAPED)


def fields(value: Any) -> dict[str, Any]:
    """Give the fields of a frozen value by name."""
    return {each.name: getattr(value, each.name) for each in dataclasses.fields(value)}


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = fields(value)
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | frozenset | set):
        return [_plain(each) for each in value]
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, datetime | date) else value


def moment(value: datetime | None) -> str:
    """Give a moment in the reader's own time zone, to the minute."""
    return value.astimezone().strftime("%Y-%m-%d %H:%M") if value else "-"


def near(value: datetime | None) -> str:
    """Give a moment of these days; on a terminal, where lines are short, without its year."""
    return moment(value)[5:] if value and on_terminal() else moment(value)


def feed_addresses(root: Path, face: "Face", feeds: "Iterable[Feed]") -> dict[str, str]:
    """Give where people subscribe to each feed, by its name; of a private one the address that nobody guesses."""
    from tagwire.output import formats_of
    from tagwire.output.addresses import address, feed_path
    from tagwire.publishing.private import placed

    return {each.name: address(face, feed_path(each, formats_of(each)[0].suffix)) for each in placed(root, feeds)}


def count(number: int, singular: str, plural: str = "") -> str:
    """Give a number with its noun."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"
