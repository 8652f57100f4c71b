"""Names of sources and feeds: the file's name is the thing's name, in addresses and on every file system."""

import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath

from tagwire.definitions.document import Document, shown
from tagwire.errors import Problem
from tagwire.tags import names

RESERVED = names.RESERVED | {"feed", "healthz", "metrics", "style"}
"""Names in output/ and over HTTP that no feed may take, and those that Windows cannot have; in small letters."""

_LONGEST = 200
"""Bytes, so that suffixes and the names of half-written files fit into the 255 of a file system."""


def name_of(file: str) -> str:
    """Give the name that a file gives to what it defines, composed (NFC) as addresses are."""
    return unicodedata.normalize("NFC", PurePosixPath(file).stem)


def is_usable(document: Document, reserved: frozenset[str] = frozenset()) -> bool:
    """Tell whether a document's name is one; if not, that is a problem."""
    name = name_of(document.file)
    usable = "".join(c if unicodedata.category(c)[0] in "LMN" or c in "-_." else "-" for c in name).rstrip(".")
    if usable != name:
        right = "letters, digits, - _ and . inside make a name: rename it to " + shown(usable + ".toml")
        document.report(None, f"{shown(name)} cannot be a name", right)
    elif len(name.encode()) > _LONGEST:
        document.report(None, "its name is too long", f"a name has at most {_LONGEST} bytes")
    elif name.casefold() in reserved:
        document.report(None, f"{shown(name)} is a name that Tagwire or Windows needs", "give the file another name")
    else:
        return True
    return False


def once(files: Iterable[str], problems: list[Problem]) -> list[str]:
    """Give the files without those that differ from an earlier one in nothing but case."""
    first: dict[str, str] = {}
    for file in files:
        taken = first.setdefault(name_of(file).casefold(), file)
        if taken != file:
            problems.append(Problem(file, None, f"has the same name as {taken}", "give it another name"))
    return list(first.values())
