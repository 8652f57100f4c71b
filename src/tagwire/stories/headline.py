"""A clean title taken apart: the words that carry news, its figures, days and names, who is speaking."""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

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
_TICKER = re.compile(r"<([A-Za-z]+)(?:\.[A-Za-z]+)?>|\((?:NYSE|NASDAQ|LON|HKG|SHA|TSE|ASX)\s?: ?([A-Za-z0-9.]+)\)")
_ASIDE_WORDS = 6
_MOSTLY = 0.7
_REST_WORDS = 4
_SHORT = 16
_SHORT_HAN = 6


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

    def leads(self) -> dict[str, str]:
        """Give the small word before each unit, at its first place."""
        return dict(zip(reversed(self.units), reversed(self.lead), strict=True))


@lru_cache(maxsize=32768)
def headline(title: str, names: frozenset[str] = frozenset()) -> Headline:
    """Clean a title of a source that goes by `names`, and take it apart."""
    clean = stripped(title, names)
    letters = sum(c.isalpha() for c in clean.text)
    if len(HAN.findall(clean.text)) * 3 >= letters > 0:
        return _of_characters(clean)
    return _of_words(clean)


def _of_words(title: Stripped) -> Headline:
    tickers = frozenset(found[0].casefold() or found[1].casefold() for found in _TICKER.findall(title.text))
    plain = spelt_out(unaccented(_TICKER.sub(" ", title.text)))
    rest, asides = _parted(plain)
    words = tokens(rest)
    low = [word.casefold() for word in words]
    sentence = _is_sentence_case(words)
    units: list[str] = []
    spoken: list[str] = []
    lead: list[str] = []
    named = set()
    before = ""
    for place, word in enumerate(low):
        if word in SMALL:
            before = word
            continue
        unit = stem(word)
        units.append(unit)
        spoken.append(word)
        lead.append(before)
        before = ""
        if sentence and place > 0 and words[place][0].isupper():
            named.add(unit)
    aside = [stem(word.casefold()) for each in asides for word in tokens(each)]
    everything = tokens(plain)
    folded = plain.casefold()
    return Headline(
        text=" ".join(word.casefold() for word in everything) or folded,
        han=False,
        units=tuple(units),
        spoken=tuple(spoken),
        lead=tuple(lead),
        breaks=_breaks(rest),
        aside=frozenset(aside),
        names=frozenset(named) if sentence else None,
        figures=frozenset(unit for unit in (*units, *aside) if unit[0].isdigit()),
        days=frozenset(_days([word.casefold() for word in everything])),
        tickers=tickers,
        forms=forms(title.text),
        routine=is_routine(title.text),
        short=len("".join(units)) < _SHORT,
        cut=title.cut,
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


def _is_sentence_case(words: list[str]) -> bool:
    """Tell whether capitals mean names: most words of a sentence are not capitalised."""
    inner = [word for word in words[1:] if word[0].isalpha()]
    capital = sum(word[0].isupper() for word in inner if word.casefold() not in SMALL)
    count = sum(word.casefold() not in SMALL for word in inner)
    return count > 0 and capital / count <= _MOSTLY


def _breaks(text: str) -> frozenset[int]:
    """Give before which units a clause begins: after a comma, a semicolon, a colon, a dash."""
    count, places = 0, []
    for clause in re.split(r"[,;:] | -{1,2} ", text):
        places.append(count)
        count += _content(clause)
    return frozenset(places[1:])


def _days(words: list[str]) -> list[str]:
    found = [f"month {MONTHS[word]}" for word in words if word in MONTHS and word not in {"may", "mar", "march"}]
    found += [f"weekday {WEEKDAYS[word]}" for word in words if word in WEEKDAYS and word not in {"sun", "sat", "wed"}]
    found += [word for word in words if word in RELATIVE_DAYS]
    # "may" and "march" are months beside a figure only
    pairs = pairwise(words)
    found += [
        f"month {MONTHS[word]}"
        for pair in pairs
        for word, other in (pair, pair[::-1])
        if word in {"may", "mar", "march"} and other[0].isdigit()
    ]
    return found
