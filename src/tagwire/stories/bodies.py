"""How much of two articles' text is the same, by shingles: runs of words, or of characters for Chinese."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from operator import itemgetter
from zlib import crc32

from tagwire.stories.titles import HAN
from tagwire.text import plain, word_line, words

ENOUGH_WORDS = 50
ENOUGH_CHARACTERS = 100
"""A shorter text proves nothing, neither way."""
_WORDS = 5
_CHARACTERS = 8
_SKETCH = 4
_READ_WORDS = 300
_READ_CHARACTERS = 600
_READ = 4_000
"""How far a text is read, in words, in characters, and before it is split: a bound on the work."""


@lru_cache(maxsize=512)
def shingles(content: str, summary: str) -> frozenset[int]:
    """Give the shingles of an article's text (its content, without one its summary); none of a text too short."""
    units, length = _units(content, summary)
    return _hashed(zip(*(units[start:] for start in range(length)), strict=False))


def sketch(content: str, summary: str) -> list[int]:
    """Give the smallest of an article's shingles, of which nearly equal texts have some in common.

    About every fourth is looked at, the same ones in whichever text they stand: their first word ends with certain
    letters (sampling by content, Manber 1994). All are wanted only where two texts are compared.
    """
    units, length = _units(content, summary)
    ends = map(ord, map(itemgetter(-1), units[: 1 - length]))
    starts = [start for start, end in enumerate(ends) if not end % 4]
    return sorted(_hashed(units[start : start + length] for start in starts))[:_SKETCH]


def _units(content: str, summary: str) -> tuple[list[str], int]:
    """Give the words or characters that a text is compared by, and how many make a shingle; none of a short text."""
    if len(content) + len(summary) < ENOUGH_CHARACTERS:
        return [], _WORDS
    text = plain(content)
    if len(text) >= len(summary):
        units = word_line(content)[:_READ].split()  # the index of words has read all of it, or will
    else:
        text, units = summary, words(summary[:_READ])
    if len(HAN.findall(text[:400])) * 3 >= len(text[:400]):
        letters = list("".join(units)[:_READ_CHARACTERS])
        return (letters, _CHARACTERS) if len(letters) >= ENOUGH_CHARACTERS else ([], _CHARACTERS)
    return (units[:_READ_WORDS], _WORDS) if len(units) >= ENOUGH_WORDS else ([], _WORDS)


def _hashed(runs: Iterable[Sequence[str]]) -> frozenset[int]:
    """Hash each run, the same on every machine."""
    return frozenset(map(crc32, map(str.encode, map(" ".join, runs))))


def overlap(one: frozenset[int], other: frozenset[int]) -> float | None:
    """Give how much of the shorter text stands in the longer, from 0 to 1; None where one is too short to tell."""
    if not one or not other:
        return None
    return len(one & other) / min(len(one), len(other))


def as_long(one: frozenset[int], other: frozenset[int]) -> bool:
    """Tell whether neither text is more than twice the other: a digest that quotes an article is not that article."""
    return 2 * min(len(one), len(other)) >= max(len(one), len(other))
