"""A headline in words: numbers, abbreviations and inflections made one."""

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from unicodedata import normalize

from tagwire.stories.english import NUMBERS
from tagwire.stories.synonyms import ABBREVIATIONS, IRREGULAR, SYNONYMS

_PHRASES = tuple(
    (needle, re.compile(pattern), word)
    for needle, pattern, word in (
        (".", r"\bU\.\s?S\.(?:A\.)?(?=\W|$)", "USA"),
        ("us", r"\bUSA?\b", "USA"),
        ("united states", r"\bUnited States\b", "USA"),
        (".", r"\bU\.K\.(?=\W|$)", "UK"),
        ("united kingdom", r"\bUnited Kingdom\b", "UK"),
        ("great britain", r"\bGreat Britain\b", "UK"),
        (".", r"\bU\.N\.(?=\W|$)", "UN"),
        ("united nations", r"\bUnited Nations\b", "UN"),
        (".", r"\bE\.U\.(?=\W|$)", "EU"),
        ("european union", r"\bEuropean Union\b", "EU"),
        ("minister", r"(?i)\bprime minister\b", "PM"),
        ("minister", r"(?i)\bforeign minister\b", "FM"),
        ("executive", r"(?i)\bchief executive officer\b", "CEO"),
        ("covid", r"(?i)\bcovid-?19\b", "Covid"),
        ("per cent", r"(?i)\bper cent\b", " percent"),
        ("gov't", r"(?i)\bgov't\b", "government"),
        ("on board", r"(?i)\bon board\b", "aboard"),
        ("federal reserve", r"(?i)\b(?:US |USA )?federal reserve\b", "Fed"),
        (" off", r"(?i)\bcall(s|ed|ing)? off\b", "cancel"),
        ("step", r"(?i)\bstep(s|ped|ping)? down\b", "resign"),
        (
            "'t",
            r"(?i)\b(ca|wo|do|does|did|is|are|was|were|has|have|had|should|would|could)n?'t\b",
            r"\1 not",
        ),
        (".", r"\b([A-Za-z])\.(?=[A-Za-z]\b)", r"\1"),
    )
)
"""What is written in several ways: what a title in small letters contains then, how it is written, and our way."""
_FIGURES = tuple(
    (re.compile(pattern), word)
    for pattern, word in (
        (r"(?<=\d) ?%", " percent"),
        (r"(?i)(?<=\d)(?:st|nd|rd|th)\b", ""),
        (r"(?<=\d),(?=\d{3}\b)", ""),
        (r"(?<=\d)(?=(?:m|mn|mln|bn|bln|tn|k)\b)", " "),
        (r"\b([A-Za-z])-(?=\d)", r"\1"),
    )
)
_FIGURE = re.compile(r"\d")
_TOKEN = re.compile(r"\d+(?:[.:/-]\d+)*|[^\W\d_]+\d*[^\W_]*")
_ENDINGS = tuple(
    (re.compile(pattern), end)
    for pattern, end in (
        (r"(..+)ies", "y"),
        (r"(.+(?:sh|ch|x|ss))es", ""),
        (r"(..+[^sui])s", ""),
        (r"(.*[aeiouy].*[^aeiou])(?:ing|ed)", ""),
        (r"(.*[aeiouy].*)(?:ing|ed)", ""),
        (r"(.*([bcdfgkmnprtv]))\2", ""),
        (r"(..+)e", ""),
        (r"(.+)y", "i"),
    )
)
_VOWELS = frozenset("aeiouy")


def spelt_out(title: str) -> str:
    """Give a title with its abbreviations and figures in one spelling; the case stays as it is."""
    small = title.lower()
    for needle, pattern, word in _PHRASES:
        if needle in small:  # ten times cheaper than the pattern, and seldom so
            title = pattern.sub(word, title)
    if _FIGURE.search(title):
        for pattern, word in _FIGURES:
            title = pattern.sub(word, title)
    return title


def unaccented(title: str) -> str:
    """Give Latin letters without their accents, which outlets set or leave out; other scripts stay as they are."""
    if title.isascii():
        return title
    return "".join(c for c in normalize("NFKD", title) if not "\u0300" <= c <= "\u036f")


def tokens(title: str) -> list[str]:
    """Split into words and figures, possessive endings gone; the case stays as it is."""
    return _TOKEN.findall(title.replace("'s ", " ").replace("s' ", "s ").replace("'", ""))


@lru_cache(maxsize=16_384)
def stem(word: str) -> str:
    """Give the form in which a lower-case English word compares, whatever its inflection, or a figure its value."""
    word = ABBREVIATIONS.get(word, word)
    if word in NUMBERS:
        return str(NUMBERS[word])
    if word[0].isdigit():
        return re.sub("[:/]", "-", word)
    root = _root(word)
    return _synonyms().get(root, root)


@cache
def _synonyms() -> dict[str, str]:
    return {_root(word): _root(first) for word, first in SYNONYMS.items()}


def _root(word: str) -> str:
    """Cut plural, tense and a silent e, a little as Porter (1980) does; what is left has two letters or more."""
    word = IRREGULAR.get(word, word)
    for pattern, end in _ENDINGS:
        if found := pattern.fullmatch(word):
            word = found[1] + end
    return word


def stems(words: Iterable[str]) -> frozenset[str]:
    """Give the forms in which the words of a table compare."""
    return frozenset(stem(word) for word in words)


@lru_cache(maxsize=16_384)
def skeleton(word: str) -> str:
    """Give what different spellings of a name or word have in common: its consonants, c and z as s."""
    return word[0] + "".join(
        letter for letter in word[1:].replace("c", "s").replace("z", "s").replace("q", "k") if letter not in _VOWELS
    )
