"""When two titles in words that are not equal are the same all the same."""

import re
from itertools import combinations

from tagwire.stories.english import HEARSAY, NEGATIONS, OPPOSITES, ORDINALS, PHASES, STAGES
from tagwire.stories.headline import Headline
from tagwire.stories.similar import Comparison
from tagwire.stories.words import stems

_TURNS = stems(NEGATIONS | PHASES)
_OPPOSED = tuple((stems(one), stems(other)) for one, other in OPPOSITES)
_STAGES = tuple(stems(stage) for stage in STAGES)
_VERB = re.compile("(?:[^su]s|ed)$")
_COMING = frozenset({"to", "will", "be"})
"""What stands before a verb whose time is still to come."""
_COMMON = 5
"""Words that must be common; one less where a title only goes on."""
_ADDED = 0.45
_BOTH_ADDED = 0.55
_BUT_FOR_A_VERB = 0.7


def agree(one: Headline, other: Headline, found: Comparison, *, same_source: bool) -> bool:
    """Tell whether all that differs between two titles is explained, and nothing objects."""
    mine, yours = found.only
    if (mine | yours) & _TURNS or _opposed(mine, yours) or _another_in_line(one, other, found):
        return False
    if _another_tense(one, other) or _turned_round(one, other, found) or _hearsay(one, other, found):
        return False
    if same_source and ((mine and yours) or (found.moved and (mine or yours))):
        return False
    if mine and yours:
        return _both_add_little(one, other, found)
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
    mine, yours = found.only
    return any(
        word in ORDINALS and unit in added
        for title, added in ((one, mine), (other, yours))
        for unit, word in zip(title.units, title.spoken, strict=True)
    )


def _another_tense(one: Headline, other: Headline) -> bool:
    """Tell whether one title announces what the other reports: "to attend" and "attends"."""
    for first, second in ((one, other), (other, one)):
        coming = {unit for unit, lead in zip(first.units, first.lead, strict=True) if lead in _COMING}
        told = {
            unit
            for unit, word, lead in zip(second.units, second.spoken, second.lead, strict=True)
            if lead not in _COMING and word.endswith(("s", "ed"))
        }
        if coming & told:
            return True
    return False


def _turned_round(one: Headline, other: Headline, found: Comparison) -> bool:
    """Tell whether what changed places changed parts too: who did it, and to whom.

    A phrase may move ("in Lima …", "…, minister says"), and a passive turns a sentence round; but two that change
    places at the front, or words that change places with nothing before them, play other parts.
    """
    if not found.moved:
        return False
    if _exchanged(one, other, found.moved):
        return True
    if one.units[0] == other.units[0]:
        return False
    mine, yours = one.leads(), other.leads()
    first, second = one.units[0], other.units[0]
    if first in yours and second in mine and yours[first] == mine[second]:
        return True
    crossing = _crossing(one, other)
    return not any(
        leads[unit] not in {"", *_COMING} or title.units.index(unit) in title.breaks
        for title, leads in ((one, mine), (other, yours))
        for unit in crossing
    )


def _exchanged(one: Headline, other: Headline, moved: frozenset[str]) -> bool:
    """Tell whether two words stand in each other's place, and what stands between them in its own."""
    places = {pair: place for place, pair in enumerate(zip(one.units, other.units, strict=False))}
    return any(
        moved & {mine, yours} and any(one.units[i] == other.units[i] for i in range(place + 1, places[yours, mine]))
        for (mine, yours), place in places.items()
        if (yours, mine) in places
    )


def _crossing(one: Headline, other: Headline) -> set[str]:
    """Give the words that stand before another word in one title and behind it in the other."""
    places = {unit: place for place, unit in reversed(list(enumerate(other.units)))}
    common = [unit for unit in dict.fromkeys(one.units) if unit in places]
    return {
        unit
        for earlier, later in combinations(common, 2)
        if places[earlier] > places[later]
        for unit in (earlier, later)
    }


def _hearsay(one: Headline, other: Headline, found: Comparison) -> bool:
    """Tell whether one title begins with something newer and goes on with the other: "… arrested over", "… backs"."""
    mine, yours = found.only
    return _begins_newer(one, other, mine) or _begins_newer(other, one, yours)


def _begins_newer(longer: Headline, shorter: Headline, added: set[str]) -> bool:
    """Tell whether a title has something for itself before the words that the other begins with."""
    if shorter.units[0] not in longer.units:
        return False
    start = longer.units.index(shorter.units[0])
    if not added & set(longer.units[:start]):
        return False
    last = longer.units[start - 1]
    verb = not longer.lead[start] and start not in longer.breaks and _VERB.search(longer.spoken[start - 1]) is not None
    return longer.lead[start] in HEARSAY or (verb and last in added and last not in (longer.names or ()))


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
