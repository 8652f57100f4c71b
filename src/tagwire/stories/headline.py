"""A clean title taken apart: the words that carry news, its figures, days and names, who is speaking."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tagwire.stories import chinese
from tagwire.stories.english import MONTHS, RELATIVE_DAYS, SMALL, WEEKDAYS
from tagwire.stories.forms import forms, is_routine
from tagwire.stories.titles import HAN, Stripped, stripped
from tagwire.stories.words import spelt_out, stem, tokens, unaccented

_KICKER = re.compile(r"^(?P<aside>[^:]{2,60}?)(?:: | -{1,2} )(?P<rest>.*\S)$")
_CREDIT = re.compile(
    r"^(?P<rest>.*\S)(?:: | -{1,2} |,? (?=(?:says?|said|according to) \S)"
    r"|, (?=[^,]{2,40} (?:says?|said|finds?|shows?|reports?)$))(?P<aside>[^:]{2,60})$"
)
_BREAK = re.compile(r"[,;:] | -{1,2} ")
_TICKER = re.compile(r"<([A-Za-z]+)(?:\.[A-Za-z]+)?>|\((?:NYSE|NASDAQ|LON|HKG|SHA|TSE|ASX)\s?: ?([A-Za-z0-9.]+)\)")
_ASIDE_WORDS, _REST_WORDS = 6, 4
"""How long a label or speaker is at most, and how much must be left without it."""
_MOSTLY = 0.7
_SHORT, _SHORT_HAN = 16, 6
"""Letters, and characters, under which a title means little."""
_NONE: frozenset[Any] = frozenset()
_DOUBTFUL = frozenset({"may", "mar", "march", "sun", "sat", "wed"})


@dataclass(frozen=True, slots=True)
class Headline:
    """A clean title, taken apart for comparing."""

    text: str
    """All its words in one form: equal texts are the same clean title."""
    han: bool
    """Written without blanks between words; its units are characters."""
    units: tuple[str, ...]
    """What carries the news, in order: stems of words, or characters."""
    spoken: tuple[str, ...]
    """The same units as they are written, lower case."""
    lead: tuple[str, ...]
    """The small word that stands directly before each unit, or nothing."""
    breaks: frozenset[int]
    """Before which units a clause begins."""
    aside: frozenset[str]
    """Who speaks, or a label: taken off either end of the units."""
    names: frozenset[str] | None
    """Units that are capitalised inside a sentence; None: the title's case does not tell."""
    figures: frozenset[str]
    days: frozenset[str]
    """Months, weekdays, today and tomorrow."""
    tickers: frozenset[str]
    forms: frozenset[str]
    routine: bool
    """It reads like one that returns under the same words."""
    short: bool
    """Too short to mean much."""
    cut: bool

    def __post_init__(self) -> None:
        """Let all share one empty set: most sets are empty, and thousands of headlines are remembered."""
        for name in ("breaks", "aside", "names", "figures", "days", "tickers", "forms"):
            if getattr(self, name) == _NONE:
                object.__setattr__(self, name, _NONE)

    def leads(self) -> dict[str, str]:
        """Give the small word before each unit, at its first place."""
        return dict(zip(reversed(self.units), reversed(self.lead), strict=True))


@lru_cache(maxsize=8_192)
def headline(title: str, names: frozenset[str] = frozenset()) -> Headline:
    """Clean a title of a source that goes by `names`, and take it apart."""
    clean = stripped(title, names)
    return _of_characters(clean) if _is_han(clean.text) else _of_words(clean)


def _is_han(text: str) -> bool:
    """Tell whether a third of the letters or more are such as are written without blanks."""
    return not text.isascii() and len(HAN.findall(text)) * 3 >= sum(c.isalpha() for c in text) > 0


def _of_words(title: Stripped) -> Headline:
    plain = spelt_out(unaccented(_TICKER.sub(" ", title.text)))
    rest, asides = _parted(plain)
    words = tokens(rest)
    small = [word.casefold() for word in words]
    units, spoken, lead = _weighed(small)
    aside = frozenset(stem(word.casefold()) for each in asides for word in tokens(each))
    everything = [word.casefold() for word in tokens(plain)] if asides else small
    return Headline(
        text=" ".join(everything) or plain.casefold(),
        han=False,
        units=units,
        spoken=spoken,
        lead=lead,
        breaks=_breaks(rest),
        aside=aside,
        names=_names(words),
        figures=frozenset(unit for unit in (*units, *aside) if unit[0].isdigit()),
        days=frozenset(_days(everything)),
        tickers=frozenset((found[0] or found[1]).casefold() for found in _TICKER.findall(title.text)),
        forms=forms(title.text),
        routine=is_routine(title.text),
        short=len("".join(units)) < _SHORT,
        cut=title.cut,
    )


def _weighed(words: list[str]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Give the stems of the words that carry news, as they were written, and the small word before each."""
    places = [place for place, word in enumerate(words) if word not in SMALL]
    return (
        tuple(stem(words[place]) for place in places),
        tuple(words[place] for place in places),
        tuple(words[place - 1] if place and words[place - 1] in SMALL else "" for place in places),
    )


def _of_characters(title: Stripped) -> Headline:
    text = chinese.spelt_out(title.text.casefold())
    units, breaks = chinese.units(text)
    figures = frozenset(unit for unit in units if unit[0].isdigit())
    return Headline(
        text="".join(f" {unit}" if unit[0].isdigit() else unit for unit in units) or text,
        han=True,
        units=units,
        spoken=units,
        lead=("",) * len(units),
        breaks=breaks,
        aside=frozenset(),
        names=None,
        figures=figures,
        days=chinese.days(text),
        tickers=frozenset(),
        forms=forms(title.text),
        routine=is_routine(title.text),
        short=len(units) < _SHORT_HAN,
        cut=title.cut,
    )


def _parted(text: str) -> tuple[str, list[str]]:
    """Part a title from a label before it and a speaker behind it, where enough is left to compare."""
    asides = []
    for pattern in (_KICKER, _CREDIT):
        found = pattern.match(text)
        if found and len(tokens(found["aside"])) <= _ASIDE_WORDS and _content(found["rest"]) >= _REST_WORDS:
            asides.append(found["aside"])
            text = found["rest"]
    return text, asides


def _content(text: str) -> int:
    return sum(word.casefold() not in SMALL for word in tokens(text))


def _names(words: list[str]) -> frozenset[str] | None:
    """Give the words that capitals make names; None where most words have them, or none can."""
    inner = [word for word in words[1:] if word[0].isalpha() and word.casefold() not in SMALL]
    capital = [word for word in inner if word[0].isupper()]
    if not inner or len(capital) > _MOSTLY * len(inner):
        return None
    return frozenset(stem(word.casefold()) for word in capital)


def _breaks(text: str) -> frozenset[int]:
    """Give before which units a clause begins: after a comma, a semicolon, a colon, a dash."""
    count, places = 0, []
    clauses = _BREAK.split(text)
    for clause in clauses if len(clauses) > 1 else ():
        places.append(count)
        count += _content(clause)
    return frozenset(places[1:])


def _days(words: list[str]) -> Iterator[str]:
    """Give the months, weekdays and relative days; what may be another word ("may", "sat") needs a figure beside it."""
    for place, word in enumerate(words):
        if word in _DOUBTFUL and not any(each[0].isdigit() for each in words[max(0, place - 1) : place + 2]):
            continue
        if word in MONTHS:
            yield f"month {MONTHS[word]}"
        elif word in WEEKDAYS:
            yield f"weekday {WEEKDAYS[word]}"
        elif word in RELATIVE_DAYS:
            yield word
