"""Feeds catch up with a few stories: each story is asked what chooses it, in place of asking for each feed.

A thousand feeds are a thousand questions to the database, whatever has changed; one new story is one question to it,
and a thousand to the story in hand. The meaning of a filter is the same either way.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, Row, Select, insert, select, update

from tagwire.model import Feed, Filter, Seen
from tagwire.store.retagging import article
from tagwire.store.schema import articles, feed_stories, sources, stories, story_tags

FEW = 100
"""From more changed stories on, the database is quicker."""


class Judged(Protocol):
    """Says of one story which filters choose it."""

    def chooses(self, tree: Filter) -> bool:
        """Say whether a filter chooses the story."""


Judge = Callable[[Seen, datetime], Judged]
"""Makes up its mind about a story, at a time."""


@dataclass(frozen=True, slots=True)
class _Changed:
    """A story that changed, and which feeds it is or was in."""

    row: Row[Any]
    seen: Seen
    inside: dict[int, bool]
    """For each feed that it ever entered, by number, whether it has left."""


def take_in(
    connection: Connection, behind: Sequence[tuple[Row[Any], Feed]], judge: Judge, now: datetime
) -> set[int] | None:
    """Let feeds take in and let go what changed; give the numbers of those that did.

    None if more than a few stories changed: then nothing was done.
    """
    since = min(row.seen for row, _ in behind)
    query = select(stories).where(stories.c.change > since).limit(FEW + 1)
    rows = connection.execute(query).all()
    if len(rows) > FEW:
        return None
    touched: set[int] = set()
    for changed in _loaded(connection, rows):
        judged = judge(changed.seen, now)
        alive = changed.row.withdrawn_at is None and changed.row.merged_into is None
        chosen = {
            row.id for row, feed in behind if row.seen < changed.row.change and alive and judged.chooses(feed.filter)
        }
        asked = {row.id for row, _ in behind if row.seen < changed.row.change}
        touched |= _move(connection, changed, chosen, asked - chosen, now)
    return touched


def _loaded(connection: Connection, rows: Sequence[Row[Any]]) -> list[_Changed]:
    ids = [row.id for row in rows]
    told = (
        select(articles, sources.c.name)
        .join(sources, sources.c.id == articles.c.source)
        .where(articles.c.story.in_(ids))
        .order_by(articles.c.id)
    )
    copies = _by_story(connection, told)
    tags = _by_story(connection, select(story_tags).where(story_tags.c.story.in_(ids)))
    inside = _by_story(connection, select(feed_stories).where(feed_stories.c.story.in_(ids)))
    return [
        _Changed(
            row,
            Seen(
                copies=tuple(map(article, copies.get(row.id, ()))),
                tags=frozenset(each.key for each in tags.get(row.id, ())),
                published=row.published,
                day=row.day,
            ),
            {each.feed: each.left_at is not None for each in inside.get(row.id, ())},
        )
        for row in rows
    ]


def _by_story(connection: Connection, query: Select[Any]) -> dict[int, list[Row[Any]]]:
    found: dict[int, list[Row[Any]]] = {}
    for row in connection.execute(query):
        found.setdefault(row.story, []).append(row)
    return found


def _move(connection: Connection, changed: _Changed, chosen: set[int], others: set[int], now: datetime) -> set[int]:
    """Put a story into the feeds that chose it, and take it out of the others; give those where that is news."""
    row, inside = changed.row, changed.inside
    entering = chosen - inside.keys()
    # By new rules a story takes its place by when it was kept, and is not sent to the top as news.
    entered_at = row.kept_at if row.change == row.settled else now
    if entering:
        place = {"story": row.id, "entered_at": entered_at, "published": row.published}
        connection.execute(insert(feed_stories), [{"feed": feed, **place} for feed in sorted(entering)])
    returning = {feed for feed in chosen if inside.get(feed)}
    leaving = {feed for feed in others if inside.get(feed) is False}
    for feeds, left_at in ((returning, None), (leaving, now)):
        if feeds:
            mine = (feed_stories.c.story == row.id) & feed_stories.c.feed.in_(feeds)
            connection.execute(update(feed_stories).where(mine).values(left_at=left_at))
    return entering | returning | leaving
