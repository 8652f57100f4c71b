"""Which tags an article carries, and why: those it was given and those that its words earn."""

import hashlib
import re
from collections.abc import Iterable, Iterator

from ahocorasick_rs import AhoCorasick

from tagwire.model import Article, Origin, TagReason, TagRule, tag_key
from tagwire.text import folded, plain

ENGINE = "1"
"""The version of the matching below; another one makes another generation, so that what is stored is tagged anew."""

_HYPHENS = re.compile(r"[\s_-]+")
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""Scripts that are written without blanks or join particles to words (Chinese, Japanese, Korean, Thai, …)."""


class Vocabulary:
    """Every alias of every tag in one automaton: matching costs the same for ten aliases and for ten thousand.

    An alias counts in title, summary and text: as a whole word where it begins or ends with a letter or digit of a
    script that puts blanks between words, anywhere in Chinese. A tag's own name is one of its aliases.
    """

    def __init__(self, rules: Iterable[TagRule]) -> None:
        """Build the automaton; rules of tags that compare alike are one tag, under the first one's name."""
        self._names: dict[str, str] = {}
        self._aliases: dict[str, dict[str, str]] = {}
        described = []
        for rule in rules:
            described.append((rule.name, rule.aliases))
            self._add(rule)
        self._patterns = list(self._aliases)
        self._automaton = AhoCorasick(self._patterns)
        self.generation = hashlib.blake2b(repr((ENGINE, described)).encode(), digest_size=8).hexdigest()
        """Names these rules and this engine; what was tagged under another one has to be tagged anew."""

    def tags(self, article: Article, source_tags: tuple[str, ...] = ()) -> tuple[TagReason, ...]:
        """Give the tags of an article, one reason for each tag and origin.

        Args:
            article: its own tags stay as given.
            source_tags: what the definition of its source gives to all its articles.

        """
        given = _reasons(article.tags, Origin.GIVEN, "given by the source")
        defined = _reasons(source_tags, Origin.SOURCE, "given by the source's definition")
        earned: dict[str, TagReason] = {}
        for key, word, field in self._found(article, source_tags):
            reason = TagReason(self._names[key], Origin.EARNED, f"“{word}” in the {field}")
            earned.setdefault(key, reason)
        return (*given, *defined, *earned.values())

    def _add(self, rule: TagRule) -> None:
        key = tag_key(rule.name)
        self._names.setdefault(key, rule.name)
        for alias in (*rule.aliases, rule.name):
            if form := _form(alias):
                self._aliases.setdefault(form, {}).setdefault(key, alias)

    def _found(self, article: Article, source_tags: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
        """Yield the key of every tag that is earned, with the alias and the field that earned it."""
        for tag in (*article.tags, *source_tags):
            for key, word in self._aliases.get(_form(tag), {}).items():
                if key != tag_key(tag):
                    yield key, word, "tags"
        for field, text in (("title", article.title), ("summary", article.summary), ("text", plain(article.content))):
            form = _form(text)
            for pattern, start, end in self._automaton.find_matches_as_indexes(form, overlapping=True):
                if _whole(form, start, end):
                    for key, word in self._aliases[self._patterns[pattern]].items():
                        yield key, word, field


def _reasons(tags: tuple[str, ...], origin: Origin, reason: str) -> list[TagReason]:
    once = {tag_key(tag): tag for tag in reversed(tags)}
    return [TagReason(tag, origin, reason) for tag in reversed(once.values())]


def _form(text: str) -> str:
    """Give the form in which words compare: folded, hyphens and blanks alike."""
    return _HYPHENS.sub(" ", folded(text)).strip()


def _whole(text: str, start: int, end: int) -> bool:
    """Say whether text[start:end] is not a piece of a longer word."""
    before = start == 0 or _parts(text[start - 1], text[start])
    return before and (end == len(text) or _parts(text[end], text[end - 1]))


def _parts(outer: str, inner: str) -> bool:
    """Say whether a word may end between these neighbours."""
    return not outer.isalnum() or bool(_UNSPACED.match(outer) or _UNSPACED.match(inner))
