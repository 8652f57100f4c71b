"""What a change of the rules may change: other stories keep their tags, so that they need not be tagged anew."""

from collections.abc import Iterable

from tagwire.model import Everything, Filter, HasTag, HasWords, TagRule
from tagwire.tags.rules import deciding, merged
from tagwire.tags.spelling import form, forms
from tagwire.text import words


def changed(before: Iterable[TagRule], after: Iterable[TagRule]) -> tuple[TagRule, ...]:
    """Give the rules that two vocabularies have differently, as either has them."""
    one, other = merged(before), merged(after)
    differing = [key for key in one | other if _digested(one.get(key)) != _digested(other.get(key))]
    return tuple(rules[key] for key in differing for rules in (one, other) if key in rules)


def concerned(rules: Iterable[TagRule], carried: Iterable[str]) -> tuple[Filter, ...]:
    """Give filters of which one chooses each story whose tags may follow from some rules, and perhaps more stories.

    What matters to a tag's context and exclusions, matters only where one of its aliases stands.

    Args:
        rules: those in question.
        carried: the tags that stories carry: one that is an alias earns its tag.

    """
    rules = tuple(rules)
    aliases = dict.fromkeys(word for rule in rules for word in (rule.name, *rule.aliases, *rule.ambiguous))
    found = {each for word in aliases for each in forms(word)}
    tags = dict.fromkeys((*(rule.name for rule in rules), *(tag for tag in carried if form(tag) in found)))
    # An alias of signs alone is in no index of words, and may stand anywhere.
    texts = (HasWords(word) if words(word) else Everything() for word in aliases)
    return (*map(HasTag, tags), *dict.fromkeys(texts))


def _digested(rule: TagRule | None) -> TagRule | None:
    return deciding(rule) if rule else None
