"""Looking at what is stored: the newest stories of a filter, and all that a trial of other rules needs to know."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, func, not_, select

from tagwire.model import Filter, Seen, Story
from tagwire.store import counting, facts, loading
from tagwire.store.conditions import ALIVE, Window, condition
from tagwire.store.rows import IN_ONE_QUERY, chunks
from tagwire.store.schema import articles, feed_stories, feeds, hand_tags, sources, stories, story_tags
from tagwire.store.touched import load

_FIRST_WINDOW = 4_000
_WIDER = 8
"""How much wider each window is than the one before: rare words are soon looked for in everything."""


def newest(
    connection: Connection, chosen: Filter, limit: int, now: datetime, among: ColumnElement[bool] = ALIVE
) -> list[int]:
    """Give the numbers of the stories of a filter that were kept last, the last one first.

    Most filters find what they need among the newest stories, so that these are looked at first, and then ever more.
    """
    found: list[int] = []
    below = int(connection.execute(select(func.max(stories.c.id))).scalar() or 0) + 1
    size = _FIRST_WINDOW
    while below > 1 and len(found) < limit:
        window = _window(connection, max(1, below - size), below - 1)
        found += [row.id for row in connection.execute(in_window(chosen, window, limit - len(found), now, among))]
        below, size = window.stories[0], size * _WIDER
    return found


def in_window(
    chosen: Filter, window: Window, limit: int, now: datetime, among: ColumnElement[bool] = ALIVE
) -> Select[tuple[int]]:
    """Give the query for the newest stories of a window; it walks in the order of the numbers, and sorts nothing."""
    wanted = select(stories.c.id).where(stories.c.id.between(*window.stories), among, condition(chosen, now, window))
    return wanted.order_by(stories.c.id.desc()).limit(limit)


def _window(connection: Connection, first: int, last: int) -> Window:
    if first == 1:  # all the rest: no better than everything
        return Window((first, last), None)
    # Not from the numbers of the stories alone: what was split or merged by hand has copies from before or after.
    copies = select(func.min(articles.c.id), func.max(articles.c.id)).where(articles.c.story.between(first, last))
    least, greatest = connection.execute(copies).one()
    return Window((first, last), (least or 0, greatest or 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A stored story, and all that its tags come from."""

    story: int
    seen: Seen
    source_tags: tuple[tuple[str, ...], ...]
    """What the definition of its source gives to each copy."""
    by_hand: Mapping[str, tuple[str, bool]]
    """Tags by their keys, and whether somebody gave them or took them away."""


class View:
    """What is stored at one moment, for as long as one looks; nothing is written."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        """Look through a connection in a reading transaction; `now` is what ``within:`` counts back from."""
        self._connection = connection
        self._now = now

    def rules(self) -> str:
        """Give the generation of the rules that all tags come from; empty while some come from older ones."""
        retagging = facts.get(self._connection, facts.RETAG)
        return "" if retagging else facts.get(self._connection, facts.RULES)

    def matching(self, chosen: Filter) -> set[int]:
        """Give the numbers of all stories that may be published, and that a filter chooses by the tags they carry."""
        query = select(stories.c.id).where(ALIVE, not_(stories.c.quiet), condition(chosen, self._now))
        return set(self._connection.execute(query).scalars())

    def members(self, feed: str) -> dict[int, tuple[datetime, datetime, int]]:
        """Give the stories that a feed holds, and the places that they have in it."""
        places = select(feed_stories).join(feeds, feeds.c.id == feed_stories.c.feed)
        rows = self._connection.execute(places.where(feeds.c.name == feed, feed_stories.c.left_at.is_(None)))
        return {row.story: (row.entered_at, row.published, row.story) for row in rows}

    def places(self, newcomers: Iterable[int]) -> dict[int, tuple[datetime, datetime, int]]:
        """Give the places that stories take in a feed that they enter by its rules: by when they were kept."""
        query = select(stories.c.id, stories.c.kept_at, stories.c.published)
        return {
            row.id: (row.kept_at, row.published, row.id)
            for some in chunks(newcomers, IN_ONE_QUERY)
            for row in self._connection.execute(query.where(stories.c.id.in_(some)))
        }

    def looked(self, some: Iterable[int]) -> Iterator[Looked]:
        """Give those of some stories that may be published, with all that their tags come from."""
        for part in chunks(some, IN_ONE_QUERY):
            defined, by_hand = self._source_tags(part), self._by_hand(part)
            for story, seen in load(self._connection, part):
                yield Looked(
                    story=story, seen=seen, source_tags=tuple(defined[story]), by_hand=by_hand.get(story, {})
                )  # fmt: skip

    def stories(self, some: Iterable[int]) -> list[Story]:
        """Give stories in the order of their numbers as asked for."""
        return list(loading.load(self._connection, some))

    def tags(self, weeks: int) -> list[counting.TagCount]:
        """Give every tag that a story carries; see `counting.tags`."""
        return counting.tags(self._connection, weeks, self._now)

    def carried(self) -> list[str]:
        """Give the name of every tag that a story carries."""
        return list(self._connection.execute(select(func.min(story_tags.c.tag)).group_by(story_tags.c.key)).scalars())

    def _source_tags(self, some: Collection[int]) -> dict[int, list[tuple[str, ...]]]:
        query = (
            select(articles.c.story, sources.c.tags)
            .join(sources, sources.c.id == articles.c.source)
            .where(articles.c.story.in_(some))
            .order_by(articles.c.id)
        )
        found: dict[int, list[tuple[str, ...]]] = {}
        for story, tags in self._connection.execute(query):
            found.setdefault(story, []).append(tuple(tags))
        return found

    def _by_hand(self, some: Collection[int]) -> dict[int, dict[str, tuple[str, bool]]]:
        found: dict[int, dict[str, tuple[str, bool]]] = {}
        for row in self._connection.execute(select(hand_tags).where(hand_tags.c.story.in_(some))):
            found.setdefault(row.story, {})[row.key] = (row.tag, row.given)
        return found
