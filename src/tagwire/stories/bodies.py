"""How much of two articles' text is the same, by shingles: runs of words, or of characters for Chinese."""

import re
from functools import lru_cache
from zlib import crc32

from tagwire.stories.titles import HAN
from tagwire.text import folded, plain

ENOUGH_WORDS = 50
ENOUGH_CHARACTERS = 100
"""A shorter text proves nothing, neither way."""
_WORDS = 5
_CHARACTERS = 8
_READ_WORDS = 300
_READ_CHARACTERS = 600
"""How far a text is read: enough to know it, and a bound on the work."""
_WORD = re.compile(r"\w+")


@lru_cache(maxsize=1024)
def shingles(content: str, summary: str) -> frozenset[int]:
    """Give the shingles of an article's text (its content, without one its summary); none of a text too short."""
    if len(content) + len(summary) < ENOUGH_CHARACTERS:
        return frozenset()
    text = plain(content)
    text = folded(text if len(text) >= len(summary) else summary)
    if len(HAN.findall(text[:400])) * 3 >= len(text[:400]):
        letters = "".join(_WORD.findall(text))[:_READ_CHARACTERS]
        return _runs(list(letters), _CHARACTERS, "") if len(letters) >= ENOUGH_CHARACTERS else frozenset()
    words = _WORD.findall(text)[:_READ_WORDS]
    return _runs(words, _WORDS, " ") if len(words) >= ENOUGH_WORDS else frozenset()


def _runs(units: list[str], length: int, glue: str) -> frozenset[int]:
    return frozenset(crc32(glue.join(units[i : i + length]).encode()) for i in range(len(units) - length + 1))


def overlap(one: frozenset[int], other: frozenset[int]) -> float | None:
    """Give how much of the shorter text stands in the longer, from 0 to 1; None where one is too short to tell."""
    if not one or not other:
        return None
    return len(one & other) / min(len(one), len(other))


def as_long(one: frozenset[int], other: frozenset[int]) -> bool:
    """Tell whether neither text is more than twice the other: a digest that quotes an article is not that article."""
    return 2 * min(len(one), len(other)) >= max(len(one), len(other))
