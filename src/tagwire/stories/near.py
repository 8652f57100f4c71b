"""When two titles that are not equal are the same all the same: what objects always, then words or characters."""

from tagwire.stories import near_characters, near_words
from tagwire.stories.english import MONTHS, WEEKDAYS
from tagwire.stories.headline import Headline
from tagwire.stories.similar import compare
from tagwire.stories.words import stems

_DATES = stems((*MONTHS, *WEEKDAYS)) | {"月", "日"}
_SHARED_WORDS = 4
_SHARED_CHARACTERS = 5


def likeness(one: Headline, other: Headline, *, same_source: bool) -> float:
    """Give how alike two titles are, from 0 to 1; 0 where a difference stays unexplained or something objects."""
    if one.han != other.han or not _worth_it(one, other) or _apart(one, other):
        return 0.0
    if other.units < one.units:
        one, other = other, one  # of two equally long alignments the same one is taken, whichever title came first
    found = compare(one, other)
    agree = near_characters.agree if one.han else near_words.agree
    return found.score if agree(one, other, found, same_source=same_source) else 0.0


def differ_in_figures_only(one: Headline, other: Headline) -> bool:
    """Tell whether two titles are one template with other figures or days: a report that returns, not one story."""
    if one.figures == other.figures and one.days == other.days:
        return False
    mine, yours = (
        [unit for unit in each.units if unit not in each.figures and unit not in _DATES] for each in (one, other)
    )
    return mine == yours


def _worth_it(one: Headline, other: Headline) -> bool:
    """Tell cheaply whether the titles share enough to be laid side by side."""
    shared = len(set(one.units) & set(other.units))
    least = min(len(one.units), len(other.units))
    return shared >= (_SHARED_CHARACTERS if one.han else _SHARED_WORDS) and 2 * shared >= least


def _apart(one: Headline, other: Headline) -> bool:
    """Tell whether the titles name other figures, days or tickers, or announce another kind of piece."""
    return bool(
        (one.figures - other.figures and other.figures - one.figures)
        or (one.days - other.days and other.days - one.days)
        or (one.tickers and other.tickers and not one.tickers & other.tickers)
        or one.forms != other.forms
    )
