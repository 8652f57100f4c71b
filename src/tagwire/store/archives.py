"""Archives (RFC 5005, 4): so that a reader can walk a feed's whole past.

A story stands in no archive while the current document surely holds it. As soon as one of these would not be in it,
all of them are closed into archives, in the order of the feed. From then on its archive is fixed, whatever the filter
says later: every story that a feed ever published stands in exactly one archive, or in the current document.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, and_, func, insert, select, update

from tagwire.model import Feed, Withdrawn
from tagwire.store import picking
from tagwire.store.rows import chunks
from tagwire.store.schema import archives, feed_stories, stories

_STORIES_IN_ONE = 100


@dataclass(frozen=True, slots=True)
class Archive:
    """A closed archive."""

    number: int
    stories: int
    stale: bool
    """Whether a story in it, or the feed of a tag on its page, may have come or gone since it was written."""
    base_url: str
    """That it was written for; empty: it is not written yet."""


@dataclass(frozen=True, slots=True)
class Archived:
    """What stands in an archive."""

    stories: tuple[int, ...]
    """Their numbers, last come first."""
    updated: datetime
    """The last time of any of them, as it was when the archive was closed."""
    withdrawn: tuple[Withdrawn, ...]


def count(connection: Connection, feed: int) -> int:
    """Give how many archives of a feed are closed."""
    last = select(func.coalesce(func.max(archives.c.number), 0)).where(archives.c.feed == feed)
    return int(connection.execute(last).scalar_one())


def close(connection: Connection, feed: Feed, number: int) -> None:
    """Close archives where the current document can no longer hold every story that stands in none."""
    open_ = and_(feed_stories.c.feed == number, feed_stories.c.archive.is_(None), feed_stories.c.left_at.is_(None))
    in_order = (feed_stories.c.entered_at, feed_stories.c.published, feed_stories.c.story)
    waiting = list(connection.execute(select(feed_stories.c.story).where(open_).order_by(*in_order)).scalars())
    shown = set(picking.current(connection, number, feed))
    if shown.issuperset(waiting):
        return
    pages = list(chunks(waiting, _STORIES_IN_ONE))
    if len(pages) > 1 and shown.issuperset(pages[-1]):
        pages.pop()  # may stay open, and fill up
    for at, some in enumerate(pages, count(connection, number) + 1):
        values = {"feed": number, "number": at, "stories": len(some), "stale": True, "base_url": ""}
        connection.execute(insert(archives).values(values))
        told = select(stories.c.updated).where(stories.c.id == feed_stories.c.story).scalar_subquery()
        mine = and_(feed_stories.c.feed == number, feed_stories.c.story.in_(some))
        connection.execute(update(feed_stories).where(mine).values(archive=at, told_at=told))


def closed(connection: Connection, feed: int) -> list[Archive]:
    """Give the archives of a feed, the oldest first."""
    query = select(archives).where(archives.c.feed == feed).order_by(archives.c.number)
    return [Archive(row.number, row.stories, row.stale, row.base_url) for row in connection.execute(query)]


def archived(connection: Connection, feed: int, number: int) -> Archived:
    """Give what stands in an archive."""
    query = (
        select(feed_stories, stories.c.uri, stories.c.withdrawn_at, stories.c.merged_into)
        .join(stories, stories.c.id == feed_stories.c.story)
        .where(feed_stories.c.feed == feed, feed_stories.c.archive == number)
        .order_by(feed_stories.c.entered_at.desc(), feed_stories.c.published.desc(), feed_stories.c.story.desc())
    )
    rows = connection.execute(query).all()
    return Archived(
        stories=tuple(row.story for row in rows if not _gone(row)),
        updated=max(row.told_at for row in rows),
        withdrawn=tuple(Withdrawn(row.uri, row.withdrawn_at or row.left_at) for row in rows if _gone(row)),
    )


def _gone(row: Row[tuple[int]]) -> bool:
    return row.withdrawn_at is not None or (row.merged_into is not None and row.left_at is not None)


def settle(connection: Connection, feed: int, number: int, base_url: str) -> None:
    """Remember that an archive is written."""
    mine = and_(archives.c.feed == feed, archives.c.number == number)
    connection.execute(update(archives).where(mine).values(stale=False, base_url=base_url))
