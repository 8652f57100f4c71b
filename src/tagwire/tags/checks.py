"""What is wrong or doubtful about the rules of a vocabulary, and whether they do what their examples say."""

import html
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime

from tagwire.errors import Problem
from tagwire.model import Article, Example, Filter, HasTag, Origin, Precision, TagRule, tag_key
from tagwire.tags.fields import did_you_mean
from tagwire.tags.lexicon import Lexicon, Role
from tagwire.tags.rules import loops, merged
from tagwire.tags.spelling import form, is_acronym, is_common
from tagwire.tags.vocabulary import Vocabulary
from tagwire.tags.written import leaves

_QUOTED = 60


def problems(rules: Sequence[TagRule]) -> tuple[Problem, ...]:
    """Give every loop of broader tags as an error, and a warning for every word that will surprise its author."""
    found = [*_loops(rules), *_claimed_twice(rules)]
    for rule in rules:
        found += _doubtful(rule)
    return tuple(sorted(set(found), key=lambda each: (each.file, each.line or 0, each.what)))


def check_examples(rules: Sequence[TagRule]) -> tuple[Problem, ...]:
    """Try the examples of all rules on the whole vocabulary; give a problem for each that turns out otherwise."""
    vocabulary = Vocabulary(rules)
    found = []
    for rule in rules:
        for example in rule.examples:
            reason = _earned(vocabulary, example).get(tag_key(rule.name), "")
            if bool(reason) != example.expect:
                found.append(_disappointed(rule, example, reason))
    return tuple(found)


def unknown_tags(tree: Filter, vocabulary: Vocabulary, carried: Iterable[str] = ()) -> tuple[str, ...]:
    """Give a message for each tag of a filter that no rule earns and that is not among those stories `carried`."""
    known = {tag_key(tag): tag for tag in (*carried, *vocabulary.names())}
    asked = dict.fromkeys(leaf.tag for leaf in leaves(tree) if isinstance(leaf, HasTag))
    return tuple(
        f"nothing known gives the tag “{tag}”{did_you_mean(tag, known.values())}"
        for tag in asked
        if tag_key(tag) not in known and not vocabulary.knows(tag)
    )


def _loops(rules: Sequence[TagRule]) -> Iterator[Problem]:
    one = merged(rules)
    for loop in loops(one):
        rule = one[tag_key(loop[0])]
        yield Problem(
            rule.file, rule.line, f"broader tags go in a circle: {' > '.join(loop)}", "take one of these steps out"
        )


def _claimed_twice(rules: Sequence[TagRule]) -> Iterator[Problem]:
    claims: dict[str, dict[str, tuple[TagRule, str]]] = {}
    for rule in rules:
        weak = {form(word) for word in rule.ambiguous}
        for word in (*rule.aliases, rule.name):
            if form(word) not in weak:
                claims.setdefault(form(word), {}).setdefault(tag_key(rule.name), (rule, word))
    for claimants in claims.values():
        (first, _), *others = claimants.values()
        for rule, word in others:
            where = f" ({first.file})" if first.file not in {"", rule.file} else ""
            yield _warning(
                rule,
                f"“{word}” earns “{rule.name}” and “{first.name}”{where} alike",
                "leave it to one of them, or make it ambiguous in both and give each its context",
            )


def _doubtful(rule: TagRule) -> Iterator[Problem]:
    for word in (*rule.aliases, rule.name):
        if _matches_nearly_everything(word) and form(word) not in {form(each) for each in rule.ambiguous}:
            yield _warning(
                rule,
                f"“{word}” of “{rule.name}” stands in nearly every article",
                "use a longer word, or make it ambiguous",
            )
    if rule.ambiguous and not rule.context:
        yield _warning(
            rule, f"the ambiguous words of “{rule.name}” never count", "name words in context that make them count"
        )
    excluded = Lexicon({tag_key(rule.name): TagRule(name=rule.name, exclude=rule.exclude)})
    for word in (*rule.aliases, *rule.ambiguous):
        if any(entry.role is Role.EXCLUDES for entry, _, _ in excluded.hits(word)):
            yield _warning(
                rule, f"“{word}” of “{rule.name}” never counts, it is excluded", "exclude longer phrases around it"
            )


def _matches_nearly_everything(word: str) -> bool:
    text = form(word)
    if is_acronym(word) and len(text) > 1:
        return False
    return len(text) == 1 or is_common(text) or not any(map(str.isalnum, text))


def _warning(rule: TagRule, what: str, right: str) -> Problem:
    return Problem(rule.file, rule.line, what, right, warning=True)


def _earned(vocabulary: Vocabulary, example: Example) -> dict[str, str]:
    article = Article(
        source="example",
        guid="example",
        link=None,
        title=example.title,
        published=datetime.min.replace(tzinfo=UTC),
        day=date.min,
        dated=Precision.UNKNOWN,
        summary=example.summary,
        content=html.escape(example.text),
    )
    return {tag_key(each.tag): each.reason for each in vocabulary.tags(article) if each.origin is Origin.EARNED}


def _disappointed(rule: TagRule, example: Example, reason: str) -> Problem:
    words = example.title or example.summary or example.text
    quoted = f"“{words[:_QUOTED]}…”" if len(words) > _QUOTED else f"“{words}”"
    if reason:
        what, right = (
            f"should not earn “{rule.name}” but does: {reason}",
            "exclude the phrase or make the word ambiguous",
        )
    else:
        what, right = f"should earn “{rule.name}” but does not", "add the word that should earn it"
    return Problem(rule.file, example.line or rule.line, f"the example {quoted} {what}", right)
