"""Which tags an article carries, and why: those it was given and those that its words earn."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace

from tagwire.model import And, Article, Filter, HasTag, Not, Or, Origin, TagReason, TagRule, tag_key
from tagwire.tags.evidence import Evidence, counting, weighed
from tagwire.tags.lexicon import Lexicon, Role
from tagwire.tags.rules import all_broader, deciding, merged
from tagwire.tags.spelling import origins
from tagwire.text import plain

ENGINE = "2"
"""The version of the matching; another one makes another generation, so that what is stored is tagged anew."""

_EARNING = {Role.EARNS, Role.EARNS_IN_CONTEXT}


class Vocabulary:
    """The rules of all tags, ready to tag.

    An alias counts in title, summary and text: as a whole word where it begins or ends with a letter of a script
    that puts blanks between words, anywhere in Chinese; acronyms of up to five capitals in their own case. The
    longest alias wins, excluded phrases are passed over, ambiguous aliases need their context. A tag's own name is
    one of its aliases. Given tags that are aliases of a tag earn it.
    """

    def __init__(self, rules: Iterable[TagRule]) -> None:
        """Build it; rules of tags that compare alike are one, and the order of the rules does not matter."""
        self._rules = merged(rules)
        self._lexicon = Lexicon(self._rules)
        self._broader = all_broader(self._rules)
        self._narrower: dict[str, list[str]] = {}
        for key, names in self._broader.items():
            for name in names:
                self._narrower.setdefault(tag_key(name), []).append(self._rules[key].name)
        self.generation = _generation(self._rules)
        """Names these rules and this engine; what was tagged under another one has to be tagged anew."""

    def tags(self, article: Article, source_tags: tuple[str, ...] = ()) -> tuple[TagReason, ...]:
        """Give the tags of an article, one reason for each tag and origin.

        Args:
            article: its own tags stay as given.
            source_tags: what the definition of its source gives to all its articles.

        """
        given = _reasons(article.tags, Origin.GIVEN, "given by the source")
        defined = _reasons(source_tags, Origin.SOURCE, "given by the source's definition")
        earned = self._earned(article, (*article.tags, *source_tags))
        for each in (*given, *defined, *earned.values()):
            for name in self._broader.get(tag_key(each.tag), ()):
                reason = TagReason(self._name(name), Origin.EARNED, f"broader than “{each.tag}”")
                earned.setdefault(tag_key(name), reason)
        return (*given, *defined, *earned.values())

    def names(self) -> tuple[str, ...]:
        """Give the names of all tags that have a rule or are broader than one that has."""
        names = {key: rule.name for key, rule in self._rules.items()}
        for above in self._broader.values():
            for name in above:
                names.setdefault(tag_key(name), name)
        return tuple(names.values())

    def highlights(self, text: str, tags: Iterable[str]) -> tuple[tuple[int, int], ...]:
        """Give from where to where in a text of one line words stand that earn one of these tags."""
        wanted = {tag_key(tag) for tag in tags}
        places = origins(text)
        return tuple(
            (places[start], places[end])
            for entry, start, end in counting(self._lexicon.hits(text))
            if entry.role in _EARNING and entry.tag in wanted
        )

    def knows(self, tag: str) -> bool:
        """Say whether a tag has a rule, is an alias of one, or is broader than one."""
        key = tag_key(tag)
        return key in self._rules or key in self._narrower or bool(self.owners(tag))

    def owners(self, tag: str) -> list[str]:
        """Give the keys of the tags that a tag earns, because it is an alias of theirs."""
        return [entry.tag for entry in self._lexicon.named(tag) if entry.role in _EARNING]

    def former(self) -> Iterator[tuple[str, str]]:
        """Give each alias that stands for one tag alone, and the tag."""
        for rule in self._rules.values():
            for alias in (*rule.aliases, *rule.ambiguous):
                if self.owners(alias) == [tag_key(rule.name)] and tag_key(alias) != tag_key(rule.name):
                    yield alias, rule.name

    def resolved(self, tree: Filter) -> Filter:
        """Give a filter whose tags stand for their narrower ones too, and whose aliases stand for their tags."""
        match tree:
            case HasTag(tag):
                tags = {tag_key(name): HasTag(name) for name in reversed(self._meant(tag))}
                return Or(tuple(reversed(tags.values()))) if len(tags) > 1 else tree
            case Not(part):
                return Not(self.resolved(part))
            case And(parts) | Or(parts):
                return replace(tree, parts=tuple(self.resolved(part) for part in parts))
        return tree

    def _earned(self, article: Article, given: tuple[str, ...]) -> dict[str, TagReason]:
        texts = {"title": article.title, "summary": article.summary, "text": plain(article.content)}
        hits = {field: self._lexicon.hits(text) for field, text in texts.items() if text}
        evidence = weighed(hits)
        for tag in given:
            for entry in self._lexicon.named(tag):
                if entry.role in _EARNING and entry.tag != tag_key(tag):
                    evidence.setdefault(entry.tag, Evidence()).add("tags", entry)
        return {
            key: TagReason(self._rules[key].name, Origin.EARNED, reason)
            for key, each in evidence.items()
            if (reason := each.verdict(self._rules[key]))
        }

    def _meant(self, tag: str) -> list[str]:
        """Give all tags that carry what a filter means by a tag: itself, its owners, and all narrower ones."""
        meant = [tag, *(self._rules[key].name for key in self.owners(tag))]
        return meant + [name for each in meant for name in self._narrower.get(tag_key(each), ())]

    def _name(self, name: str) -> str:
        rule = self._rules.get(tag_key(name))
        return rule.name if rule else name


def _reasons(tags: tuple[str, ...], origin: Origin, reason: str) -> list[TagReason]:
    once: dict[str, str] = {}
    for tag in tags:
        once.setdefault(tag_key(tag), tag)
    return [TagReason(tag, origin, reason) for tag in once.values()]


def _generation(rules: dict[str, TagRule]) -> str:
    """Digest what decides about tags."""
    digested = [deciding(rule) for rule in rules.values()]
    return hashlib.blake2b(repr((ENGINE, digested)).encode(), digest_size=8).hexdigest()
