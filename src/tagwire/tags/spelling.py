"""How words are compared: in one spelling, as whole words, acronyms in their case."""

import re
from unicodedata import category

from tagwire.text import UNSPACED, unified

_ACRONYM = re.compile(r"(?=.*[A-Z])[A-Z0-9]{1,5}")
_COMMON = re.compile(
    "a|all|an|and|are|as|at|be|but|by|can|do|for|from|go|has|have|he|how|if|in|is|it|its|may|me|my|new|no|not|of|on|one"
    "|or|our|she|so|that|the|their|they|this|to|up|us|was|we|were|what|when|who|why|will|with|you"
    "|我们|他们|你们|一个|没有|这个|可以|自己|什么|就是"
)
_LATIN_WORD = re.compile("[A-Z]+")
_HEADLINE = 4
"""Latin words that a line in capitals has at least; WHO and AI in a line of Chinese are not shouted."""
_UNSPACED = re.compile(f"[{UNSPACED}]")
_SEAM = re.compile(f"(?<=[{UNSPACED}]) ?(?=[a-z0-9])|(?<=[a-z0-9]) ?(?=[{UNSPACED}])")
_FIRST_UNSPACED = "\u0e00"
"""No script below this one joins its words."""


def spelt(text: str) -> tuple[str, str]:
    """Give text of one line in the spelling in which words compare, as it is and case-folded; of the same length.

    Hyphens and underscores are blanks, so that a dash between blanks still parts phrases; see `text.unified`.
    """
    cased = unified(text).replace("-", " ").replace("_", " ")
    folded = cased.casefold()
    if len(folded) != len(cased):  # ß becomes ss
        cased = "".join(c if len(c.casefold()) == 1 else c.casefold() for c in cased)
        folded = cased.casefold()
    return cased, folded


def origins(text: str) -> list[int]:
    """Give for each index of a spelt text, its end among them, the index that it comes from."""
    size = len(spelt(text)[0])
    if size == len(text):
        return list(range(size + 1))
    places = [at for at, sign in enumerate(text) for _ in spelt(sign)[0]]
    # Where accents are joined with their letters there are fewer than sign by sign: marks then sit a little early.
    return [*places[:size], *[len(text)] * (size - len(places)), len(text)]


def form(word: str) -> str:
    """Give the form in which words are the same word."""
    return " ".join(spelt(word)[1].split())


def forms(word: str) -> frozenset[str]:
    """Give all forms in which a word is looked for: writers differ about a blank between Chinese and Latin."""
    one = form(word)
    return frozenset(each for each in (one, _SEAM.sub("", one), _SEAM.sub(" ", one)) if each)


def is_acronym(word: str) -> bool:
    """Say whether a word counts only in its own case: up to five capitals and digits, such as WHO."""
    return _ACRONYM.fullmatch(unified(word).strip()) is not None


def is_common(form: str) -> bool:
    """Say whether a form is one of the commonest words, which stand in nearly every article."""
    return _COMMON.fullmatch(form) is not None


def is_shouted(cased: str) -> bool:
    """Say whether a text is all in capitals, so that case says nothing."""
    return cased.isupper() and len(_LATIN_WORD.findall(cased)) >= _HEADLINE


def needs_edge(character: str) -> bool:
    """Say whether a word that begins or ends with this may not be a piece of a longer one."""
    return character < _FIRST_UNSPACED or not _UNSPACED.match(character)


class Neighbours(dict[str, bool]):
    """Says of a character whether a word goes on with it: a letter, digit or accent of a script that has blanks.

    It remembers its answers, because one is asked for beside every word that is found.
    """

    def __missing__(self, character: str) -> bool:
        """Look at a character that was not asked for before."""
        letter = character.isalnum() or category(character).startswith("M")
        self[character] = letter and not _UNSPACED.match(character)
        return self[character]
