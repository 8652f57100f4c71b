"""Listing: what a feed publishes now, without the texts of its stories."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, Subquery, and_, bindparam, func, or_, select

from tagwire.model import Feed, Withdrawn
from tagwire.store import archives, picking
from tagwire.store.conditions import PUBLIC
from tagwire.store.rows import LISTED, listed
from tagwire.store.schema import articles, feed_stories, feeds, stories, story_tags

_WITHDRAWN_TOLD = 50
"""Of a feed's withdrawn stories, how many of the last are told in its current document."""
_SIX_WEEKS = timedelta(days=42)
_TAGS_TOLD = 6


class Line(NamedTuple):
    """A story in a feed, without its text; a tuple, since a feed has hundreds and most are only joined."""

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
    tags: tuple[str, ...]
    """The commonest tags of its stories here, the one that most of them carry first."""

    @property
    def updated(self) -> datetime:
        """When something in it last changed; for an empty feed, when it was first known."""
        return max((line.updated for line in self.lines), default=self.since)


def listing(connection: Connection, feed: Feed) -> Listing:
    """Give what a feed publishes now."""
    row = connection.execute(_FEED, {"name": feed.name}).one()
    ids = picking.current(connection, row.id, feed)
    held = {"feed": row.id, "key": row.tag_key}
    total, newest = connection.execute(_COUNTED[bool(feed.tag)], held).one()
    trend = connection.execute(_TREND[bool(feed.tag)], {**held, "after": newest - _SIX_WEEKS}) if newest else ()
    return Listing(
        number=row.id,
        uri=row.uri,
        since=row.since,
        lines=lines(connection, ids),
        withdrawn=tuple(Withdrawn(uri, at) for uri, at in connection.execute(_WITHDRAWN, held)),
        archives=archives.count(connection, row.id),
        total=total,
        trend=tuple((day, count) for day, count in trend),
        tags=tuple(connection.execute(_TAGS, listed(ids)).scalars()),
    )


def lines(connection: Connection, ids: Sequence[int]) -> tuple[Line, ...]:
    """Give stories without their texts, in the order of their numbers as asked for."""
    found = {row[0]: Line._make(row) for row in connection.execute(_LINES, listed(ids)).all()}
    return tuple(found[each] for each in ids)


def _held(*, by_tag: bool) -> Subquery:
    """Give the days of the stories that a feed holds, or that a tag's feed does."""
    if by_tag:
        mine = select(story_tags.c.story).where(story_tags.c.key == bindparam("key"))
        return select(stories.c.day).where(stories.c.id.in_(mine), PUBLIC).subquery()
    # An index alone answers that: what is withdrawn or merged has left.
    holding = (feed_stories.c.feed == bindparam("feed"), feed_stories.c.left_at.is_(None))
    return select(feed_stories.c.day).where(*holding).subquery()


def _counted(held: Subquery) -> Select[int, Any]:
    newest = select(func.max(held.c.day)).scalar_subquery()  # by itself, since the end of an index tells it
    return select(func.count(), newest).select_from(held)


def _trend(held: Subquery) -> Select[Any, int]:
    since = held.c.day > bindparam("after", type_=held.c.day.type)
    return select(held.c.day, func.count()).where(since).group_by(held.c.day).order_by(held.c.day)


_all = stories.alias()
_FEED = select(feeds.c.id, feeds.c.uri, feeds.c.since, feeds.c.tag_key).where(feeds.c.name == bindparam("name"))
_COUNTED = {by_tag: _counted(_held(by_tag=by_tag)) for by_tag in (False, True)}
_TREND = {by_tag: _trend(_held(by_tag=by_tag)) for by_tag in (False, True)}
_LEFT_AT = func.coalesce(feed_stories.c.left_at, stories.c.withdrawn_at)
# From these on, which are few, and not from all that the feed ever held.
_GONE = select(_all.c.id).where(or_(_all.c.withdrawn_at.is_not(None), _all.c.merged_into.is_not(None)))
_WITHDRAWN = (
    select(stories.c.uri, _LEFT_AT)
    .join(feed_stories, and_(feed_stories.c.story == stories.c.id, feed_stories.c.feed == bindparam("feed")))
    .where(feed_stories.c.story.in_(_GONE))
    .order_by(_LEFT_AT.desc(), stories.c.id)
    .limit(_WITHDRAWN_TOLD)
)
_LINES = (
    select(
        stories.c.id, stories.c.change, stories.c.uri, stories.c.day, stories.c.updated,
        articles.c.title, articles.c.link, articles.c.language,
    )
    .join(articles, articles.c.id == stories.c.shown)
    .where(stories.c.id.in_(LISTED))
)  # fmt: skip
_NAME = func.max(story_tags.c.tag)
_TAGS = (
    select(_NAME)
    .where(story_tags.c.story.in_(LISTED))
    .group_by(story_tags.c.key)
    .order_by(func.count().desc(), _NAME)
    .limit(_TAGS_TOLD)
)
