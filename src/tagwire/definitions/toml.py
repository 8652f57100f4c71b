"""Reads TOML, and says in plain words where a text stops being TOML."""

import re
import tomllib
from typing import Any

_PLACE = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")
_ADVICE = {
    "Invalid value": "text stands in straight quotes, lists in [ ], true and false in small letters",
    "Expected '=' after a key": 'write NAME = "VALUE", and names with blanks in quotes',
    "Expected newline or end of document": "each NAME = VALUE has a line of its own",
    "Illegal character '\\n'": "close the quotes on the same line",
    "Unescaped '\\'": "write single quotes around text with backslashes",
    "Cannot": "write each name and each [table] only once",
}
"""What would be right, by the beginning of tomllib's message."""


class NotTomlError(ValueError):
    """A text that is no TOML: its first fault, what would be right, and the line, counted from 1."""

    def __init__(self, what: str, right: str, line: int) -> None:
        """Remember the parts of a problem."""
        super().__init__(what)
        self.right = right
        self.line = line


def parse(text: str) -> dict[str, Any]:
    """Read a TOML 1.0 document.

    Raises:
        NotTomlError: it is none; tomllib stops at the first fault.

    """
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise NotTomlError("lists or tables lie too deep within each other", "", 1) from None
    except ValueError as error:  # TOMLDecodeError is one, and int() raises one at thousands of digits
        raise _explained(str(error), text) from None


def _explained(message: str, text: str) -> NotTomlError:
    place = _PLACE.search(message)
    if place is None:
        return NotTomlError("a number has too many digits", "", 1)
    message = message[: place.start()]
    right = next((advice for start, advice in _ADVICE.items() if message.startswith(start)), "")
    if place[1] is None:
        return NotTomlError(f"not TOML: {message} at the end of the file", right, text.rstrip().count("\n") + 1)
    return NotTomlError(f"not TOML: {message} at column {place[2]}", right, int(place[1]))
