"""How alike two clean titles are: laid side by side, every difference between them has to be explained."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tagwire.stories.chinese import SOFT
from tagwire.stories.headline import Headline
from tagwire.stories.words import skeleton

_LONG = 5
"""Letters from which on a word that differs in a vowel is the same word."""
_LONGEST = 60
"""Units that are compared; no headline is longer."""


@dataclass(slots=True)
class Gap:
    """What stands in each title between two things that both say."""

    mine: list[str]
    yours: list[str]
    start: int
    """Where it begins, in units of the first title."""
    end: int
    across: int
    """Where it begins in the second."""
    across_end: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two titles side by side."""

    gaps: list[Gap] = field(default_factory=list)
    """Differences that nothing explained; one-sided (something was added) or two-sided (something was swapped)."""
    common: int = 0
    """Units that both say."""
    moved: frozenset[str] = frozenset()
    """Units that both say in another place."""

    @property
    def score(self) -> float:
        """Give how much of both titles together is common, from 0 to 1."""
        return self.common / max(1, self.common + sum(len(gap.mine) + len(gap.yours) for gap in self.gaps))

    @property
    def swaps(self) -> list[Gap]:
        """Give the differences where one title says one thing and the other another."""
        return [gap for gap in self.gaps if gap.mine and gap.yours]

    @property
    def only(self) -> tuple[set[str], set[str]]:
        """Give what each title has for itself."""
        return {unit for gap in self.gaps for unit in gap.mine}, {unit for gap in self.gaps for unit in gap.yours}


def compare(one: Headline, other: Headline) -> Comparison:
    """Lay two titles side by side, and explain away what spelling, order, speaker, truncation and small words make."""
    gaps = _gaps(one.units[:_LONGEST], other.units[:_LONGEST])
    moved = _cancel_moved(gaps)
    for gap in gaps:
        if one.han:
            gap.mine = [unit for unit in gap.mine if unit not in SOFT]
            gap.yours = [unit for unit in gap.yours if unit not in SOFT]
        else:
            gap.mine = [unit for unit in gap.mine if unit not in other.aside]
            gap.yours = [unit for unit in gap.yours if unit not in one.aside]
        _cancel_spellings(gap)
        _cancel_initials(gap.mine, gap.yours)
        _cancel_initials(gap.yours, gap.mine)
    if gaps and one.cut:
        _cancel_cut(gaps[-1].mine, gaps[-1].yours)
    if gaps and other.cut:
        _cancel_cut(gaps[-1].yours, gaps[-1].mine)
    common = min(len(one.units), _LONGEST) - sum(len(gap.mine) for gap in gaps)
    return Comparison([gap for gap in gaps if gap.mine or gap.yours], common, frozenset(moved))


def _gaps(mine: Sequence[str], yours: Sequence[str]) -> list[Gap]:
    """Align by the longest common subsequence, and give what lies between its members."""
    gaps: list[Gap] = []
    left = right = 0
    for i, j in [*_common(mine, yours), (len(mine), len(yours))]:
        if i > left or j > right:
            gaps.append(Gap(list(mine[left:i]), list(yours[right:j]), left, i, right, j))
        left, right = i + 1, j + 1
    return gaps


def _common(mine: Sequence[str], yours: Sequence[str]) -> list[tuple[int, int]]:
    """Give the places of a longest common subsequence."""
    head = 0
    while head < min(len(mine), len(yours)) and mine[head] == yours[head]:
        head += 1
    tail = 0
    while tail < min(len(mine), len(yours)) - head and mine[-1 - tail] == yours[-1 - tail]:
        tail += 1
    middle = _longest(mine[head : len(mine) - tail], yours[head : len(yours) - tail])
    return [
        *((place, place) for place in range(head)),
        *((head + i, head + j) for i, j in middle),
        *((len(mine) - place, len(yours) - place) for place in range(tail, 0, -1)),
    ]


def _longest(mine: Sequence[str], yours: Sequence[str]) -> list[tuple[int, int]]:
    rows = [[0] * (len(yours) + 1) for _ in range(len(mine) + 1)]
    for i in range(len(mine) - 1, -1, -1):
        unit, row, below = mine[i], rows[i], rows[i + 1]
        for j in range(len(yours) - 1, -1, -1):
            row[j] = below[j + 1] + 1 if unit == yours[j] else max(below[j], row[j + 1])
    pairs = []
    i = j = 0
    while i < len(mine) and j < len(yours):
        if mine[i] == yours[j]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif rows[i + 1][j] >= rows[i][j + 1]:
            i += 1
        else:
            j += 1
    return pairs


def _cancel_moved(gaps: list[Gap]) -> set[str]:
    """Take out what both titles say, in another place."""
    mine, yours = [gap.mine for gap in gaps], [gap.yours for gap in gaps]
    moved = {unit for run in mine for unit in run} & {unit for run in yours for unit in run}
    for unit in moved:
        times = min(sum(run.count(unit) for run in runs) for runs in (mine, yours))
        _take_out(unit, times, mine)
        _take_out(unit, times, yours)
    return moved


def _take_out(unit: str, times: int, runs: list[list[str]]) -> None:
    for run in runs:
        while times and unit in run:
            run.remove(unit)
            times -= 1


def _cancel_spellings(gap: Gap) -> None:
    """Take out names and words that differ in a vowel, an s for a z: Qaida and Qaeda, adviser and advisor."""
    for unit in list(gap.mine):
        twin = next((each for each in gap.yours if _spelt_alike(unit, each)), None)
        if twin is not None:
            gap.mine.remove(unit)
            gap.yours.remove(twin)


def _spelt_alike(one: str, other: str) -> bool:
    long = min(len(one), len(other)) >= _LONG and one.isascii() and other.isascii()
    return long and abs(len(one) - len(other)) <= 1 and skeleton(one) == skeleton(other)


def _cancel_initials(short: list[str], long: list[str]) -> None:
    """Take out a name and its initials: GM and General Motors."""
    for unit in list(short):
        size = len(unit)
        for place in range(len(long) - size + 1 if size > 1 else 0):
            if "".join(word[0] for word in long[place : place + size]) == unit:
                del long[place : place + size]
                short.remove(unit)
                break


def _cancel_cut(rest: list[str], more: list[str]) -> None:
    """Take out what a title that breaks off no longer says: its last word may be the beginning of one."""
    if not rest or (len(rest) == 1 and more and more[0].startswith(rest[0])):
        rest.clear()
        more.clear()
