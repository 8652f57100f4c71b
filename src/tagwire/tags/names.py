"""Names made of tags: safe file names, and which tags look like one tag spelt twice."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable

from tagwire.model import tag_key
from tagwire.text import folded

RESERVED = frozenset(
    {"index", "tags", "stories", "health", "status", "sources"}
    | {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))}
)
"""Names that Tagwire needs itself, and those that Windows cannot have."""
_HASHED = re.compile(r"(^|-)[0-9a-f]{12}$")
_BYTES = 100
"""Of a name: file systems take 255, and a suffix and the name of a temporary file come on top."""


def file_name(tag: str) -> str:
    """Give the name of a tag's own feed: readable, safe on every file system, and no other tag's.

    It follows from the tag alone, so that it never changes. Letters and digits of every script stay; where anything
    else was lost, a hash of the tag's key keeps names apart.
    """
    key = tag_key(tag)
    name = "-".join("".join(sign if sign.isalnum() else " " for sign in unicodedata.normalize("NFKC", key)).split())
    if name and name == key and name not in RESERVED and not _HASHED.search(name) and len(name.encode()) <= _BYTES:
        return name
    digest = hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
    short = name.encode("utf-8", "ignore")[: _BYTES - len(digest) - 1].decode("utf-8", "ignore").strip("-")
    return f"{short}-{digest}" if short else digest


def near_duplicates(tags: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Give groups of different tags that are perhaps one: spelt with other signs, blanks or an English plural."""
    groups: dict[str, dict[str, str]] = {}
    for tag in sorted(tags):
        groups.setdefault(_core(tag), {}).setdefault(tag_key(tag), tag)
    return tuple(tuple(group.values()) for core, group in sorted(groups.items()) if core and len(group) > 1)


def _core(tag: str) -> str:
    """Give what remains of a tag without signs and plurals."""
    return "".join(_singular("".join(filter(str.isalnum, word))) for word in folded(tag).replace("-", " ").split())


def _singular(word: str) -> str:
    if not word.isascii() or len(word) < 3 or word.endswith(("ss", "us", "is")):  # noqa: PLR2004 - "EVs", but not "US"
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word.removesuffix("s")
