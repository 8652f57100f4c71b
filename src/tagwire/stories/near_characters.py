"""When two Chinese titles that are not equal are the same all the same."""

from tagwire.stories import chinese
from tagwire.stories.headline import Headline
from tagwire.stories.similar import Comparison, Gap

_COMMON = 8
"""Characters that must be common; one less where what differs stands inside, fewer where it is a clause of its own."""
_COMMON_BY_CLAUSE = 6
_COMMON_BY_SWAP = 14
_SWAPPED = 2
_ADDED = 0.45
_BOTH_ADDED = 0.6
_BUT_FOR_A_SWAP = 0.8


def agree(one: Headline, other: Headline, found: Comparison, *, same_source: bool) -> bool:
    """Tell whether all that differs between two titles is explained."""
    mine = "".join(unit for gap in found.gaps for unit in gap.mine)
    yours = "".join(unit for gap in found.gaps for unit in gap.yours)
    whole = "".join(one.units), "".join(other.units)
    if chinese.opposed(mine, yours, *whole):
        return False
    if any(word in mine + yours and (word in whole[0]) != (word in whole[1]) for word in chinese.TURNS):
        return False
    if mine and yours and same_source:
        return False
    if found.swaps:
        short = len(mine) <= _SWAPPED and len(yours) <= _SWAPPED
        return short and found.common >= _COMMON_BY_SWAP and found.score >= _BUT_FOR_A_SWAP
    inside = all(gap.end < len(one.units) and gap.across_end < len(other.units) for gap in found.gaps)
    if found.common >= _COMMON - inside:
        return found.score >= (_BOTH_ADDED if mine and yours else _ADDED)
    by_clause = not (mine and yours) and all(_is_clause(one, other, gap) for gap in found.gaps)
    return by_clause and found.common >= _COMMON_BY_CLAUSE


def _is_clause(one: Headline, other: Headline, gap: Gap) -> bool:
    """Tell whether what one title adds is a clause of its own."""
    longer, start, end = (one, gap.start, gap.end) if gap.mine else (other, gap.across, gap.across_end)
    edges = longer.breaks | {0, len(longer.units)}
    return start in edges and end in edges
