"""Listing: what a feed publishes now, without the texts of its stories."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from tagwire.model import Feed, Withdrawn
from tagwire.store import archives, picking
from tagwire.store.conditions import ALIVE, NEWS
from tagwire.store.rows import IN_ONE_QUERY, chunks
from tagwire.store.schema import articles, feed_stories, feeds, stories, story_tags

_WITHDRAWN_TOLD = 50
"""Of a feed's withdrawn stories, how many of the last are told in its current document."""
_TREND = timedelta(days=42)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A story in a feed, without its text."""

    story: int
    change: int
    """Grows with every change of the story."""
    uri: str
    day: date
    updated: datetime
    title: str
    link: str | None
    language: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a feed publishes now: its stories, and all that stands around them."""

    number: int
    uri: str
    since: datetime
    lines: tuple[Line, ...]
    """Last come first."""
    withdrawn: tuple[Withdrawn, ...]
    archives: int
    """How many archives are closed."""
    total: int
    """How many stories it has published and still holds."""
    trend: tuple[tuple[date, int], ...]
    """How many stories there were on each of the last days that had any, up to the newest story's day."""
    tags: tuple[tuple[str, int], ...]
    """The tags of its stories here, the commonest first, each with how many carry it."""

    @property
    def updated(self) -> datetime:
        """When something in it last changed; for an empty feed, when it was first known."""
        return max((line.updated for line in self.lines), default=self.since)


def listing(connection: Connection, feed: Feed) -> Listing:
    """Give what a feed publishes now."""
    row = connection.execute(select(feeds).where(feeds.c.name == feed.name)).one()
    ids = picking.current(connection, row.id, feed)
    return Listing(
        number=row.id,
        uri=row.uri,
        since=row.since,
        lines=lines(connection, ids),
        withdrawn=_withdrawn(connection, row.id),
        archives=archives.count(connection, row.id),
        total=connection.execute(select(func.count()).select_from(_held(row.id, feed))).scalar_one(),
        trend=_trend(connection, row.id, feed),
        tags=_tags(connection, ids),
    )


def lines(connection: Connection, ids: Sequence[int]) -> tuple[Line, ...]:
    """Give stories without their texts, in the order of their numbers as asked for."""
    found: dict[int, Line] = {}
    for some in chunks(ids, IN_ONE_QUERY):
        query = (
            select(stories, articles.c.title, articles.c.link, articles.c.language)
            .join(articles, articles.c.id == stories.c.shown)
            .where(stories.c.id.in_(some))
        )
        for row in connection.execute(query):
            found[row.id] = Line(
                story=row.id, change=row.change, uri=row.uri, day=row.day, updated=row.updated, title=row.title,
                link=row.link, language=row.language,
            )  # fmt: skip
    return tuple(found[each] for each in ids)


def _withdrawn(connection: Connection, number: int) -> tuple[Withdrawn, ...]:
    gone = or_(stories.c.withdrawn_at.is_not(None), stories.c.merged_into.is_not(None))
    at = func.coalesce(feed_stories.c.left_at, stories.c.withdrawn_at)
    query = (
        select(stories.c.uri, at.label("at"))
        .join(feed_stories, and_(feed_stories.c.story == stories.c.id, feed_stories.c.feed == number))
        .where(gone)
        .order_by(at.desc(), stories.c.id)
        .limit(_WITHDRAWN_TOLD)
    )
    return tuple(Withdrawn(uri, moment) for uri, moment in connection.execute(query))


def _held(number: int, feed: Feed) -> Any:
    """Give the stories that a feed holds, as a subquery of their days."""
    if feed.tag:
        mine = select(story_tags.c.story).where(story_tags.c.key == feeds.c.tag_key, feeds.c.id == number)
    else:
        mine = select(feed_stories.c.story).where(feed_stories.c.feed == number, feed_stories.c.left_at.is_(None))
    return select(stories.c.day).where(stories.c.id.in_(mine), NEWS if feed.tag else ALIVE).subquery()


def _trend(connection: Connection, number: int, feed: Feed) -> tuple[tuple[date, int], ...]:
    held = _held(number, feed)
    newest = connection.execute(select(func.max(held.c.day))).scalar()
    if newest is None:
        return ()
    counted = (
        select(held.c.day, func.count()).where(held.c.day > newest - _TREND).group_by(held.c.day).order_by(held.c.day)
    )
    return tuple((day, count) for day, count in connection.execute(counted))


def _tags(connection: Connection, ids: Sequence[int]) -> tuple[tuple[str, int], ...]:
    counts: dict[str, tuple[str, int]] = {}
    for some in chunks(ids, IN_ONE_QUERY):
        query = select(story_tags.c.key, func.max(story_tags.c.tag), func.count()).where(story_tags.c.story.in_(some))
        for key, tag, count in connection.execute(query.group_by(story_tags.c.key)):
            counts[key] = (tag, counts.get(key, (tag, 0))[1] + count)
    return tuple(sorted(counts.values(), key=lambda each: (-each[1], each[0])))
