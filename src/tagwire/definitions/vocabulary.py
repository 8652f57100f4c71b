"""The vocabulary: every ``[tags."NAME"]`` table of every file, each as a rule of its own."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from tagwire.definitions.document import Document
from tagwire.definitions.schema import TagTable
from tagwire.model import Example, TagRule, tag_key
from tagwire.tags.rules import loops, merged
from tagwire.text import one_line


def rules_of(document: Document, tables: dict[str, TagTable]) -> list[TagRule]:
    """Give the rules of a file's tables; those of tags that compare alike are put together by who tags."""
    return [_rule(document, name, table) for name, table in tables.items()]


def circling(rules: Iterable[TagRule]) -> list[TagRule]:
    """Give the rules of tags that are broader than themselves, by whatever way."""
    rules = list(rules)
    tags = {tag_key(name) for loop in loops(merged(rules)) for name in loop}
    return [rule for rule in rules if tag_key(rule.name) in tags]


def without_circles(rules: list[TagRule], before: Sequence[TagRule] = ()) -> list[TagRule]:
    """Give the rules with other broader tags where those go in a circle: the ones they had `before`, else none."""
    circle = circling(rules)
    if not circle:
        return rules
    had = {(rule.file, rule.name): rule.broader for rule in before}
    # Together with what is new, what was there before may go in a circle too: then they have none.
    return without_circles(
        [replace(rule, broader=had.get((rule.file, rule.name), ())) if rule in circle else rule for rule in rules]
    )


def _rule(document: Document, name: str, table: TagTable) -> TagRule:
    place = ("tags", name)
    examples = (
        Example(
            title=each.title,
            summary=each.summary,
            text=each.text,
            expect=each.expect,
            line=document.line((*place, "examples", position)),
        )
        for position, each in enumerate(table.examples)
    )
    return TagRule(
        name=one_line(name),
        aliases=tuple(table.aliases),
        ambiguous=tuple(table.ambiguous),
        context=tuple(table.context),
        exclude=tuple(table.exclude),
        broader=tuple(table.broader),
        fields=tuple(table.fields),
        min_hits=table.min_hits,
        examples=tuple(examples),
        file=document.file,
        line=document.line(place),
    )
