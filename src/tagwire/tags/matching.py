"""Which stories a filter chooses: the meaning of the language, in plain Python.

A leaf holds for a story if it holds for any of its copies; `not` means that it holds for none.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from tagwire.model import (
    After,
    And,
    Article,
    Before,
    Everything,
    Filter,
    FromSource,
    Has,
    HasPattern,
    HasTag,
    HasWords,
    InLanguage,
    Leaf,
    Not,
    Or,
    Part,
    Searched,
    Seen,
    Within,
    tag_key,
)
from tagwire.tags.patterns import found
from tagwire.text import plain, words


def matches(tree: Filter, seen: Seen, now: datetime) -> bool:
    """Say whether a filter chooses a story; `now` is what ``within:`` counts back from."""
    return Judge(seen, now).chooses(tree)


def judge(seen: Seen, now: datetime) -> Callable[[Filter], bool]:
    """Give what says of any filter whether it chooses a story."""
    return Judge(seen, now).chooses


class Judge:
    """Says of one story which filters choose it; its texts are read once, however many filters ask."""

    def __init__(self, seen: Seen, now: datetime) -> None:
        """Take the story, and the time that ``within:`` counts back from."""
        self._seen = seen
        self._now = now
        self._texts: dict[Searched, list[str]] = {}
        self._words: dict[Searched, list[str]] = {}

    def chooses(self, tree: Filter) -> bool:
        """Say whether a filter chooses the story."""
        match tree:
            case Not(part):
                return not self.chooses(part)
            case And(parts):
                return all(self.chooses(part) for part in parts)
            case Or(parts):
                return any(self.chooses(part) for part in parts)
            case _:
                return self._holds(tree)

    def _holds(self, leaf: Leaf) -> bool:  # noqa: C901 - one case for each kind of leaf
        seen = self._seen
        match leaf:
            case Everything():
                holds = True
            case HasTag(tag):
                holds = tag_key(tag) in seen.tags
            case HasWords(wanted, where):
                holds = self._has_words(wanted, where)
            case HasPattern(pattern, where):
                holds = any(found(pattern, text) for text in self._texts_of(where))
            case FromSource(source):
                holds = any(copy.source.casefold() == source.casefold() for copy in seen.copies)
            case InLanguage(language):
                holds = any(_speaks(copy, language) for copy in seen.copies)
            case After(day):
                holds = seen.day >= day
            case Before(day):
                holds = seen.day < day
            case Within(span):
                holds = self._now - seen.published <= span
            case Has(part):
                holds = bool(seen.tags) if part is Part.TAG else any(_part(copy, part) for copy in seen.copies)
        return holds

    def _has_words(self, wanted: str, where: Searched) -> bool:
        if where not in self._words:
            self._words[where] = [f" {' '.join(words(text))} " for text in self._texts_of(where)]
        phrase = f" {' '.join(words(wanted))} "
        return any(phrase in text for text in self._words[where])

    def _texts_of(self, where: Searched) -> list[str]:
        if where not in self._texts:
            self._texts[where] = [text for copy in self._seen.copies for text in _read(copy, where)]
        return self._texts[where]


def _speaks(copy: Article, language: str) -> bool:
    spoken = (copy.language or "").replace("_", "-").lower()
    return f"{spoken}-".startswith(f"{language.lower()}-")


def _read(copy: Article, where: Searched) -> Iterator[str]:
    match where:
        case Searched.TITLE:
            yield copy.title
        case Searched.AUTHOR:
            yield from copy.authors
        case Searched.LINK:
            yield copy.link or ""
        case Searched.TEXT:
            yield copy.title
            yield copy.summary
            yield plain(copy.content)


def _part(copy: Article, part: Part) -> bool:
    parts: dict[Part, object] = {
        Part.AUTHOR: copy.authors,
        Part.ENCLOSURE: copy.enclosures,
        Part.IMAGE: copy.image,
        Part.LINK: copy.link,
        Part.SUMMARY: copy.summary,
        Part.TEXT: copy.content,
    }
    return bool(parts[part])
