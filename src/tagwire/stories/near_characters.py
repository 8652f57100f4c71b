"""When two Chinese titles that are not equal are the same all the same."""

from tagwire.stories import chinese
from tagwire.stories.headline import Headline
from tagwire.stories.similar import Comparison, Gap

_COMMON = 7
"""Characters that must be common where what one title adds stands inside."""
_COMMON_BEFORE_MORE = 14
"""Where it only goes on at the end: "truce" and "text of the truce published" are two things."""
_COMMON_BEHIND_MORE = 8
_COMMON_BY_CLAUSE = 6
_COMMON_BY_BOTH = 9
_COMMON_BY_SWAP = 14
_SWAPPED = 2
_ADDED = 0.45
_BOTH_ADDED = 0.75
_BUT_FOR_A_SWAP = 0.8


def agree(one: Headline, other: Headline, found: Comparison, *, same_source: bool) -> bool:
    """Tell whether all that differs between two titles is explained."""
    mine = "".join(unit for gap in found.gaps for unit in gap.mine)
    yours = "".join(unit for gap in found.gaps for unit in gap.yours)
    if _object(mine, yours, "".join(one.units), "".join(other.units)) or (mine and yours and same_source):
        return False
    if found.swaps:
        short = len(mine) <= _SWAPPED and len(yours) <= _SWAPPED
        return short and found.common >= _COMMON_BY_SWAP and found.score >= _BUT_FOR_A_SWAP
    if mine and yours:
        return found.common >= _COMMON_BY_BOTH and found.score >= _BOTH_ADDED
    if found.common >= _least_common(one, other, found):
        return found.score >= _ADDED
    by_clause = all(_is_clause(one, other, gap) for gap in found.gaps)
    return by_clause and found.common >= _COMMON_BY_CLAUSE


def _is_clause(one: Headline, other: Headline, gap: Gap) -> bool:
    """Tell whether what one title adds is a clause of its own."""
    longer, start, end = (one, gap.start, gap.end) if gap.mine else (other, gap.across, gap.across_end)
    edges = longer.breaks | {0, len(longer.units)}
    return start in edges and end in edges


def _object(mine: str, yours: str, one: str, other: str) -> bool:
    """Tell whether the titles hold opposites, or one alone holds a negation or a word for another moment."""
    turns = (word for word in chinese.TURNS if word in mine + yours)
    return chinese.opposed(mine, yours, one, other) or any((word in one) != (word in other) for word in turns)


def _least_common(one: Headline, other: Headline, found: Comparison) -> int:
    ends = [gap for gap in found.gaps if gap.end == len(one.units) and gap.across_end == len(other.units)]
    if any(not _is_clause(one, other, gap) for gap in ends):
        return _COMMON_BEFORE_MORE
    return _COMMON_BEHIND_MORE if any(not gap.start and not gap.across for gap in found.gaps) else _COMMON
