"""How the tags are going: each with its stories, and with what its owner may want to look at."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tagwire.model import Filter, HasTag, Site, tag_key
from tagwire.store.counting import TagCount
from tagwire.store.looking import View
from tagwire.tags.filters import leaves
from tagwire.tags.names import near_duplicates
from tagwire.tags.vocabulary import Vocabulary

WEEKS = 8
_BARS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class TagLine:
    """A tag, its stories, and what is odd about it."""

    count: TagCount
    remarks: tuple[str, ...]


def lines(site: Site, view: View) -> list[TagLine]:
    """Give every tag that a story carries or that a rule could give, the one with the most stories first."""
    vocabulary = Vocabulary(site.rules)
    counts = {each.key: each for each in view.tags(WEEKS)}
    for name in vocabulary.names():
        key = tag_key(name)
        counts.setdefault(key, TagCount(key, name, 0, (0,) * WEEKS, given=0, source=0, earned=0, by_hand=0))
    ruled = {tag_key(rule.name) for rule in site.rules}
    asked = _asked(vocabulary.resolved(feed.filter) for feed in site.feeds)
    doubles = _doubles(vocabulary, [each.tag for each in counts.values()])
    is_settled = view.rules() == vocabulary.generation
    found = []
    for key, count in counts.items():
        remarks = [f"perhaps the same as {', '.join(doubles[key])}: an alias?"] if key in doubles else []
        if key in ruled and not count.earned and is_settled:
            remarks.append("its rule never earned it")
        if asked.isdisjoint((key, *vocabulary.owners(count.tag))):
            remarks.append("no feed asks for it")
        found.append(TagLine(count, tuple(remarks)))
    return found


def sparkline(numbers: Sequence[int]) -> str:
    """Draw numbers as bars, each in proportion to the greatest; nothing is a blank bar at the bottom."""
    most = max(numbers, default=0)
    return "".join(_BARS[-(-number * (len(_BARS) - 1) // most)] if most else _BARS[0] for number in numbers)


def _asked(filters: Iterable[Filter]) -> set[str]:
    return {tag_key(leaf.tag) for tree in filters for leaf in leaves(tree) if isinstance(leaf, HasTag)}


def _doubles(vocabulary: Vocabulary, tags: Sequence[str]) -> dict[str, list[str]]:
    """Give for each tag those that look like it, unless the vocabulary makes them one already."""
    found: dict[str, list[str]] = {}
    for group in near_duplicates(tags):
        one = set.intersection(*({tag_key(tag), *vocabulary.owners(tag)} for tag in group))
        if not one:
            found |= {tag_key(tag): [f"“{other}”" for other in group if other != tag] for tag in group}
    return found
