"""How much of two articles' text is the same, by shingles: runs of words, or of characters for Chinese."""

from functools import lru_cache
from zlib import crc32

from tagwire.stories.titles import HAN
from tagwire.text import plain, words

ENOUGH_WORDS = 50
ENOUGH_CHARACTERS = 100
"""A shorter text proves nothing, neither way."""
_WORDS = 5
_CHARACTERS = 8
_READ_WORDS = 300
_READ_CHARACTERS = 600
_READ = 4_000
"""How far a text is read, in words, in characters, and before it is split: a bound on the work."""


@lru_cache(maxsize=2_500)
def shingles(content: str, summary: str) -> frozenset[int]:
    """Give the shingles of an article's text (its content, without one its summary); none of a text too short."""
    if len(content) + len(summary) < ENOUGH_CHARACTERS:
        return frozenset()
    text = plain(content)
    text = text if len(text) >= len(summary) else summary
    units = words(text[:_READ])
    if len(HAN.findall(text[:400])) * 3 >= len(text[:400]):
        letters = list("".join(units)[:_READ_CHARACTERS])
        return _runs(letters, _CHARACTERS) if len(letters) >= ENOUGH_CHARACTERS else frozenset()
    return _runs(units[:_READ_WORDS], _WORDS) if len(units) >= ENOUGH_WORDS else frozenset()


def _runs(units: list[str], length: int) -> frozenset[int]:
    """Hash each run of so many units, the same on every machine."""
    runs = zip(*(units[start:] for start in range(length)), strict=False)
    return frozenset(map(crc32, map(str.encode, map(" ".join, runs))))


def overlap(one: frozenset[int], other: frozenset[int]) -> float | None:
    """Give how much of the shorter text stands in the longer, from 0 to 1; None where one is too short to tell."""
    if not one or not other:
        return None
    return len(one & other) / min(len(one), len(other))


def as_long(one: frozenset[int], other: frozenset[int]) -> bool:
    """Tell whether neither text is more than twice the other: a digest that quotes an article is not that article."""
    return 2 * min(len(one), len(other)) >= max(len(one), len(other))
