"""Trying out a feed's file or a filter on what is stored, before it is in force; nothing is written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import islice
from pathlib import Path

from tagwire.definitions import Loaded
from tagwire.definitions.draft import rules_in_force, with_draft
from tagwire.errors import DefinitionError
from tagwire.model import Everything, Feed, Filter, Or, Origin, Site, Story, TagReason, tag_key
from tagwire.store.looking import Looked, View
from tagwire.store.store import Store
from tagwire.tags import changes
from tagwire.tags.checks import unknown_tags
from tagwire.tags.filters import FilterError, parse
from tagwire.tags.matching import matches
from tagwire.tags.vocabulary import Vocabulary

MOST = 20_000
"""Stories that are tagged in memory at most: ten seconds' work."""
_ASKED_AT_ONCE = 200
"""Parts of one question to the database; SQLite takes no deeper ones than a thousand."""


class Move(StrEnum):
    """What becomes of a story."""

    STAYS = "stays"
    ENTERS = "enters"
    LEAVES = "leaves"


@dataclass(frozen=True, slots=True)
class Tried:
    """A story, what would become of it, and the tags it would carry with the reason of each."""

    move: Move
    story: Story
    tags: tuple[TagReason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a feed's file or a filter would publish."""

    feed: str
    """The name of the feed that it is compared with; empty for a filter."""
    total: int
    """Stories that would belong."""
    entering: int
    leaving: int
    tried: tuple[Tried, ...]
    """The first stories of the feed in their order, then more that enter, then those that leave."""
    unsure: int
    """Stories that the changed rules may concern, but that were taken with the tags they have: there were too many."""
    warnings: tuple[str, ...]


def attempt(loaded: Loaded, target: str) -> tuple[Site, Feed]:
    """Give the site as it would be, and the feed to try: a file's, or a nameless one with the filter.

    Raises:
        DefinitionError: the file or the filter is wrong.

    """
    if target.casefold().endswith(".toml"):
        there = Path(target)
        return with_draft(loaded, there if there.exists() else loaded.site.root / target)
    try:
        return loaded.site, Feed(name="", title="", filter=parse(target))
    except FilterError as error:
        raise DefinitionError("wrong filter", detail=str(error)) from error


def run(site: Site, feed: Feed, store: Store, limit: int, now: datetime) -> Trial:
    """Try a feed on what is stored.

    Args:
        site: as it would be, with the feed's rules among its own.
        feed: with the filter as it is written.
        store: only read.
        limit: how many stories to show of those that stay, of those that enter, and of those that leave.
        now: what ``within:`` counts back from.

    """
    vocabulary = Vocabulary(site.rules)
    with store.look(now) as view:
        chosen = vocabulary.resolved(feed.filter)
        concerned = sorted(_concerned(view, site, vocabulary), reverse=True)
        belonging = view.matching(chosen)
        for looked in view.looked(concerned[:MOST]):
            tags = frozenset(tag_key(each.tag) for each in tags_of(looked, vocabulary))
            if matches(chosen, replace(looked.seen, tags=tags), now):
                belonging.add(looked.story)
            else:
                belonging.discard(looked.story)
        carried = (*view.carried(), *(tag for source in site.sources for tag in source.tags))
        members = view.members(feed.name) if feed.name else {}
        moves = _moves(view, belonging, members, min(limit, feed.limit), limit)
        return Trial(
            feed=feed.name,
            total=len(belonging),
            entering=len(belonging - members.keys()) if feed.name else 0,
            leaving=len(members.keys() - belonging),
            tried=tuple(_tried(view, moves if feed.name else dict.fromkeys(moves, Move.STAYS), vocabulary)),
            unsure=max(0, len(concerned) - MOST),
            warnings=unknown_tags(feed.filter, vocabulary, carried),
        )


def tags_of(looked: Looked, vocabulary: Vocabulary) -> tuple[TagReason, ...]:
    """Give the tags that a story would carry, one reason each: its words before what it was given."""
    found: dict[str, TagReason] = {}
    for copy, source_tags in zip(looked.seen.copies, looked.source_tags, strict=True):
        for each in vocabulary.tags(copy, source_tags):
            key = tag_key(each.tag)
            if key not in found or (each.origin is Origin.EARNED and found[key].origin is not Origin.EARNED):
                found[key] = each
    given = {
        key: TagReason(tag, Origin.GIVEN, "given by hand") for key, (tag, plus) in looked.by_hand.items() if plus
    }  # fmt: skip
    kept = {key: each for key, each in found.items() if key not in looked.by_hand}
    return tuple(each for _, each in sorted((kept | given).items()))


def _concerned(view: View, site: Site, vocabulary: Vocabulary) -> set[int]:
    """Give the stories whose tags may be others by the rules that are tried."""
    in_force = view.rules()
    if in_force == vocabulary.generation:
        return set()
    before = rules_in_force(site.root)
    if Vocabulary(before).generation != in_force:  # not known: everything may be otherwise
        return view.matching(Everything())
    asked = changes.concerned(changes.changed(before, site.rules), view.carried())
    parts: Iterable[tuple[Filter, ...]] = (
        asked[first : first + _ASKED_AT_ONCE] for first in range(0, len(asked), _ASKED_AT_ONCE)
    )
    return {story for part in parts for story in view.matching(Or(part))}


def _moves(
    view: View, belonging: set[int], members: Mapping[int, tuple[datetime, datetime, int]], first: int, limit: int
) -> dict[int, Move]:
    """Give the stories to show in their order: the first of the feed, then more that enter, then those that leave."""
    entering = sorted(belonging - members.keys(), reverse=True)[: max(first, limit)]
    places = view.places(entering) | {story: place for story, place in members.items() if story in belonging}
    shown = sorted(places, key=places.__getitem__, reverse=True)[:first]
    more = [story for story in entering if story not in shown]
    out = sorted(members.keys() - belonging, key=members.__getitem__, reverse=True)
    moves = {story: Move.STAYS if story in members else Move.ENTERS for story in shown}
    moves |= dict.fromkeys(more[: max(0, limit - list(moves.values()).count(Move.ENTERS))], Move.ENTERS)
    return moves | dict.fromkeys(islice(out, limit), Move.LEAVES)


def _tried(view: View, moves: Mapping[int, Move], vocabulary: Vocabulary) -> Iterable[Tried]:
    tags = {looked.story: tags_of(looked, vocabulary) for looked in view.looked(moves)}
    for (story, move), told in zip(moves.items(), view.stories(moves), strict=True):
        yield Tried(move, told, tags.get(story, ()))
