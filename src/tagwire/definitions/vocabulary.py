"""The vocabulary: every ``[tags."NAME"]`` table of every file, as one set of rules."""

from collections.abc import Iterable
from dataclasses import replace

from tagwire.definitions.document import Document, shown
from tagwire.definitions.schema import TagTable
from tagwire.errors import Problem
from tagwire.model import TagRule, tag_key
from tagwire.text import folded, one_line

_WORDS = (
    "a an and are as at be but by for from has have he his i in is it its not of on or she that the their they this "
    "to was we were will with you 的 了 是 在 和 与 有 不 一 为 年 月 日 上 中 人 也 就 这 个"
)
_EVERYWHERE = frozenset(_WORDS.split())
"""Words that nearly every text holds."""


def rules_of(document: Document, tables: dict[str, TagTable]) -> list[TagRule]:
    """Give the rules of a file's tables, and warn of aliases that match nearly everything."""
    for name, table in tables.items():
        for position, alias in enumerate(table.aliases):
            if _matches_nearly_everything(alias):
                what = f"the alias {shown(alias)} of the tag {shown(name)} matches nearly everything"
                document.report(("tags", name, "aliases", position), what, "make it longer", warning=True)
    return [
        TagRule(
            name=one_line(name), aliases=tuple(table.aliases), file=document.file, line=document.line(("tags", name))
        )
        for name, table in tables.items()
    ]


def merged(rules: Iterable[TagRule]) -> tuple[TagRule, ...]:
    """Give one rule a tag: what several files say of it is put together under the first one's spelling."""
    by_key: dict[str, TagRule] = {}
    for rule in rules:
        first = by_key.setdefault(tag_key(rule.name), rule)
        if first is not rule:
            both = tuple(dict.fromkeys((*first.aliases, *rule.aliases)))
            by_key[tag_key(rule.name)] = replace(first, aliases=both)
    return tuple(by_key.values())


def claimed_twice(rules: Iterable[TagRule]) -> list[Problem]:
    """Warn of every alias that earns two tags."""
    owners: dict[str, TagRule] = {}
    problems = []
    for rule in rules:
        for alias in dict.fromkeys(rule.aliases):
            owner = owners.setdefault(folded(alias), rule)
            if tag_key(owner.name) != tag_key(rule.name):
                what = f"the alias {shown(alias)} of the tag {shown(rule.name)} is one of {shown(owner.name)} too"
                right = f"keep it here or in {owner.file}:{owner.line}"
                problems.append(Problem(rule.file, rule.line, what, right, warning=True))
    return problems


def _matches_nearly_everything(alias: str) -> bool:
    word = folded(alias)
    single = len(word) == 1 and word.isascii()
    return single or word in _EVERYWHERE or not any(c.isalnum() for c in word)
