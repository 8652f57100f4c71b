"""All words of a vocabulary in one automaton: finding costs the same for ten words and for ten thousand."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from typing import TypeAlias

from ahocorasick_rs import AhoCorasick

from tagwire.model import TagRule
from tagwire.tags.spelling import Neighbours, form, forms, is_acronym, is_common, is_shouted, needs_edge, spelt


class Role(Enum):
    """What a word does for its tag."""

    EARNS = 1
    EARNS_IN_CONTEXT = 2
    IS_CONTEXT = 3
    EXCLUDES = 4


@dataclass(frozen=True, slots=True)
class Entry:
    """A word as one tag's rule has it."""

    tag: str
    """The tag's key."""
    role: Role
    word: str
    """As its author wrote it."""
    only: frozenset[str] | None
    """The spellings that count, if case matters."""
    shouted: "Entry | None" = None
    """What it is in a text all in capitals, where WHO may be a question."""


Hit: TypeAlias = tuple[Entry, int, int]
"""A word that stands in a text, from here up to there in its spelt form. Plain, because very many are made."""


class Lexicon:
    """Finds the words of all rules in a text."""

    def __init__(self, rules: dict[str, TagRule]) -> None:
        """Build the automaton over the words of the rules, which come by their tags' keys."""
        found: dict[str, list[Entry]] = {}
        for key, rule in rules.items():
            for pattern, entry in _entries(key, rule):
                found.setdefault(pattern, []).append(entry)
        self._automaton = AhoCorasick(list(found))
        self._goes_on = Neighbours()
        self._patterns = [(needs_edge(text[0]), needs_edge(text[-1]), tuple(each)) for text, each in found.items()]
        self._by_form = {pattern: tuple(entries) for pattern, entries in found.items()}

    def named(self, tag: str) -> tuple[Entry, ...]:
        """Give the entries that a whole tag is a word of, in whatever case."""
        return self._by_form.get(form(tag), ())

    def hits(self, text: str) -> list[Hit]:
        """Give every word that stands whole in a text of one line, longer and shorter ones alike."""
        cased, folded = spelt(f"{text} ")  # the blank is the last word's neighbour, and by index -1 the first one's
        patterns, goes_on = self._patterns, self._goes_on
        hits = []
        for pattern, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            left, right, entries = patterns[pattern]
            if (left and goes_on[folded[start - 1]]) or (right and goes_on[folded[end]]):
                continue
            for entry in entries:
                if entry.only is None or cased[start:end] in entry.only:
                    meant = entry.shouted if entry.shouted and is_shouted(cased) else entry
                    hits.append((meant, start, end))
        return hits


def _entries(key: str, rule: TagRule) -> Iterator[tuple[str, Entry]]:
    """Give a rule's words by their forms; the tag's own name is an alias unless the rule itself spells it."""
    weak = _by_form(rule.ambiguous)
    firm = _by_form((rule.name,)) | _by_form(rule.aliases)
    firm = {pattern: words for pattern, words in firm.items() if pattern not in weak}
    for role, words in (
        (Role.EARNS, firm),
        (Role.EARNS_IN_CONTEXT, weak),
        (Role.IS_CONTEXT, _by_form(rule.context)),
        (Role.EXCLUDES, _by_form(rule.exclude)),
    ):
        for pattern, spellings in words.items():
            yield pattern, _entry(key, role, pattern, spellings)


def _entry(key: str, role: Role, pattern: str, spellings: list[str]) -> Entry:
    only = _only(spellings)
    entry = Entry(key, role, spellings[0], only)
    if only and role is Role.EARNS and is_common(pattern):
        return replace(entry, shouted=replace(entry, role=Role.EARNS_IN_CONTEXT))
    return entry


def _by_form(words: Iterable[str]) -> dict[str, list[str]]:
    by_form: dict[str, list[str]] = {}
    for word in words:
        for pattern in sorted(forms(word)):
            by_form.setdefault(pattern, []).append(word)
    return by_form


def _only(spellings: list[str]) -> frozenset[str] | None:
    """Give the spellings that count if all of them are acronyms."""
    return frozenset(spelt(word)[0] for word in spellings) if all(map(is_acronym, spellings)) else None
