"""The rules of a vocabulary put together: one for each tag, and which tags are broader than which."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeAlias

from tagwire.model import TagRule, tag_key

Loop: TypeAlias = tuple[str, ...]
"""Tags of which each names the next one as broader; the last is the first again."""

_FIELDS = ("title", "summary", "text")


def merged(rules: Iterable[TagRule]) -> dict[str, TagRule]:
    """Give one rule for each tag, by its key; the order and the files of the rules do not matter.

    Words of several tables add up; the narrowest `fields` and the highest `min_hits` hold.
    """
    one: dict[str, TagRule] = {}
    for rule in sorted(rules, key=lambda rule: (tag_key(rule.name), rule.name, rule.file, rule.line or 0)):
        key = tag_key(rule.name)
        one[key] = _joined(one[key], rule) if key in one else rule
    return one


def deciding(rule: TagRule) -> TagRule:
    """Give a rule without what decides nothing about tags: its examples, its file and its line."""
    return replace(rule, examples=(), file="", line=None)


def all_broader(rules: Mapping[str, TagRule]) -> dict[str, tuple[str, ...]]:
    """Give for each tag's key the names of all its broader tags, the nearest first; loops end where they close."""
    return {key: tuple(_climb(key, rules).values()) for key in rules}


def loops(rules: Mapping[str, TagRule]) -> list[Loop]:
    """Give every loop in `broader` once, beginning with its first tag in alphabetical order."""
    found: dict[frozenset[str], Loop] = {}
    for start in sorted(rules):
        if way := _way_back(start, rules):
            found.setdefault(frozenset(map(tag_key, way)), way)
    return list(found.values())


def _joined(one: TagRule, other: TagRule) -> TagRule:
    return replace(
        one,
        aliases=one.aliases + other.aliases,
        ambiguous=one.ambiguous + other.ambiguous,
        context=one.context + other.context,
        exclude=one.exclude + other.exclude,
        broader=one.broader + other.broader,
        fields=tuple(field for field in _FIELDS if field in one.fields and field in other.fields),
        min_hits=max(one.min_hits, other.min_hits),
        examples=one.examples + other.examples,
    )


def _climb(key: str, rules: Mapping[str, TagRule]) -> dict[str, str]:
    above: dict[str, str] = {}
    level = [key]
    while level:
        names = [name for each in level if each in rules for name in rules[each].broader]
        level = []
        for name in names:
            if (up := tag_key(name)) not in above and up != key:
                above[up] = name
                level.append(up)
    return above


def _way_back(start: str, rules: Mapping[str, TagRule]) -> Loop | None:
    """Give the shortest way from a tag over its broader ones back to itself, if there is one."""
    ways: list[Loop] = [(rules[start].name,)]
    seen = set[str]()
    for way in ways:  # grows while it is walked: breadth first
        for name in rules[tag_key(way[-1])].broader:
            key = tag_key(name)
            if key == start:
                return (*way, rules[start].name)
            if key in rules and key not in seen:
                seen.add(key)
                ways.append((*way, rules[key].name))
    return None
