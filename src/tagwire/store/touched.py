"""Which feeds some changed stories touch: asked once for all feeds, so that it costs what changed and not what is kept.

The stories are loaded once, and a judge that is handed in says of each which filters choose it. A thousand feeds are
then a thousand answers in memory, and only those that are touched are asked of the database.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from tagwire.model import Article, Filter, Seen
from tagwire.store.conditions import ALIVE
from tagwire.store.retagging import article
from tagwire.store.rows import IN_ONE_QUERY, chunks
from tagwire.store.schema import articles, feed_stories, sources, stories, story_tags

Judge = Callable[[Seen, datetime], Callable[[Filter], bool]]
"""Takes a story and the time; what it gives says of any filter whether it chooses the story."""


def touched(
    connection: Connection, filters: Mapping[int, Filter], changed: Sequence[int], judge: Judge, now: datetime
) -> dict[int, list[int]]:
    """Give the feeds that some changed stories belong to, or did, each with those that belong to it now.

    Args:
        connection: in a transaction.
        filters: of each feed, by its number.
        changed: the numbers of the stories.
        judge: says which filters choose a story.
        now: the time.

    """
    found: dict[int, list[int]] = {feed: [] for feed in _of(connection, changed) if feed in filters}
    for story, seen in load(connection, changed):
        chooses = judge(seen, now)
        for feed, chosen in filters.items():
            if chooses(chosen):
                found.setdefault(feed, []).append(story)
    return found


def _of(connection: Connection, some: Sequence[int]) -> set[int]:
    """Give the feeds that have or had some stories."""
    query = select(feed_stories.c.feed).distinct()
    return {
        feed
        for part in chunks(some, IN_ONE_QUERY)
        for feed in connection.execute(query.where(feed_stories.c.story.in_(part))).scalars()
    }


def load(connection: Connection, some: Iterable[int]) -> list[tuple[int, Seen]]:
    """Give those of some stories that may be published, as filters see them."""
    found: list[tuple[int, Seen]] = []
    for part in chunks(some, IN_ONE_QUERY):
        alive = connection.execute(select(stories).where(stories.c.id.in_(part), ALIVE)).all()
        copies: dict[int, list[Article]] = {row.id: [] for row in alive}
        for row in connection.execute(_COPIES.where(articles.c.story.in_(copies))):
            copies[row.story].append(article(row))
        tags: dict[int, list[str]] = {row.id: [] for row in alive}
        for story, key in connection.execute(_TAGS.where(story_tags.c.story.in_(tags))):
            tags[story].append(key)
        found += [
            (
                row.id,
                Seen(copies=tuple(copies[row.id]), tags=frozenset(tags[row.id]), published=row.published, day=row.day),
            )
            for row in alive
        ]
    return found


_COPIES = select(articles, sources.c.name).join(sources, sources.c.id == articles.c.source).order_by(articles.c.id)
_TAGS = select(story_tags.c.story, story_tags.c.key)
