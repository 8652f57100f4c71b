"""When two titles in words that are not equal are the same all the same."""

import re

from tagwire.stories.english import HEARSAY, NEGATIONS, OPPOSITES, ORDINALS, PHASES, STAGES
from tagwire.stories.headline import Headline
from tagwire.stories.similar import Comparison
from tagwire.stories.words import stems

_TURNS = stems(NEGATIONS | PHASES)
_OPPOSED = tuple((stems(one), stems(other)) for one, other in OPPOSITES)
_STAGES = tuple(stems(stage) for stage in STAGES)
_VERB = re.compile("(?:[^su]s|ed)$")
_COMMON = 5
"""Words that must be common; one less where a title only goes on."""
_ADDED = 0.45
_BOTH_ADDED = 0.55
_BUT_FOR_A_VERB = 0.7


def agree(one: Headline, other: Headline, found: Comparison, *, same_source: bool) -> bool:
    """Tell whether all that differs between two titles is explained, and nothing objects."""
    mine = {unit for gap in found.gaps for unit in gap.mine}
    yours = {unit for gap in found.gaps for unit in gap.yours}
    if (mine | yours) & _TURNS or _opposed(mine, yours) or _another_in_line(one, other, found):
        return False
    if _another_tense(one, other) or _turned_round(one, other, found) or _hearsay(one, other, found):
        return False
    if mine and yours:
        return not same_source and _both_add_little(one, other, found)
    if found.common >= _COMMON:
        return found.score >= _ADDED
    return found.common == _COMMON - 1 and (len(mine) + len(yours) <= 1 or _goes_on(one, other, found))


def _both_add_little(one: Headline, other: Headline, found: Comparison) -> bool:
    if found.common < _COMMON:
        return False
    return _mere_wording(one, other, found) if found.swaps else found.score >= _BOTH_ADDED


def _opposed(mine: set[str], yours: set[str]) -> bool:
    """Tell whether what one title has for itself is the opposite, or another stage, of what the other has."""
    if any((mine & left and yours & right) or (mine & right and yours & left) for left, right in _OPPOSED):
        return True
    return any(mine & stages and yours & stages for stages in _STAGES)


def _another_in_line(one: Headline, other: Headline, found: Comparison) -> bool:
    """Tell whether an ordinal stands in one title only: a second suspect is not the first."""
    mine = {unit for gap in found.gaps for unit in gap.mine}
    yours = {unit for gap in found.gaps for unit in gap.yours}
    return any(
        word in ORDINALS and unit in added
        for title, added in ((one, mine), (other, yours))
        for unit, word in zip(title.units, title.spoken, strict=True)
    )


def _another_tense(one: Headline, other: Headline) -> bool:
    """Tell whether one title announces what the other reports: "to attend" and "attends"."""
    for first, second in ((one, other), (other, one)):
        coming = {unit for unit, lead in zip(first.units, first.lead, strict=True) if lead in {"to", "will"}}
        told = {
            unit
            for unit, word, lead in zip(second.units, second.spoken, second.lead, strict=True)
            if lead not in {"to", "will"} and word.endswith(("s", "ed"))
        }
        if coming & told:
            return True
    return False


def _turned_round(one: Headline, other: Headline, found: Comparison) -> bool:
    """Tell whether names changed places: who did it to whom. In a title in capitals, any word may be a name."""
    if not found.moved:
        return False
    passive = "by" in one.lead or "by" in other.lead
    if not passive and {one.units[0], other.units[0]} & found.moved:
        return True
    if one.names is None and other.names is None:
        return True
    names = (one.names or frozenset()) | (other.names or frozenset())
    mine = [unit for unit in one.units if unit in names and unit in other.units]
    yours = [unit for unit in other.units if unit in names and unit in one.units]
    return mine != yours


def _hearsay(one: Headline, other: Headline, found: Comparison) -> bool:
    """Tell whether one title begins with something newer and goes on with the other: "… arrested over", "… backs"."""
    first = found.gaps[0] if found.gaps else None
    if first is None or first.start or first.across or (first.mine and first.yours):
        return False
    longer, end = (one, first.end) if first.mine else (other, first.across_end)
    if end >= len(longer.units):
        return False
    goes_on = longer.lead[end] in HEARSAY
    verb = not longer.lead[end] and end not in longer.breaks and _VERB.search(longer.spoken[end - 1]) is not None
    return goes_on or (verb and longer.units[end - 1] not in (longer.names or ()))


def _mere_wording(one: Headline, other: Headline, found: Comparison) -> bool:
    """Tell whether all that differs is one verb form for another, in titles whose case tells names from words.

    Only -ed and -ing: what ends in -s may be a noun ("closes schools", "closes ports"), and then it is other news.
    """
    gap = found.gaps[0]
    alone = len(found.gaps) == 1 and len(gap.mine) == len(gap.yours) == 1
    if not alone or found.score < _BUT_FOR_A_VERB or (one.names is None and other.names is None):
        return False
    mine, yours = one.spoken[one.units.index(gap.mine[0])], other.spoken[other.units.index(gap.yours[0])]
    return any(mine.endswith(ending) and yours.endswith(ending) for ending in ("ed", "ing"))


def _goes_on(one: Headline, other: Headline, found: Comparison) -> bool:
    """Tell whether the longer title goes on where the shorter ends, with a new clause or "after ...", "amid ..."."""
    if len(found.gaps) != 1:
        return False
    gap = found.gaps[0]
    longer, shorter, start = (one, other, gap.start) if gap.mine else (other, one, gap.across)
    return start == len(shorter.units) and (start in longer.breaks or longer.lead[start] in HEARSAY or shorter.cut)
