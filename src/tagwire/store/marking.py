"""Marking: which feeds, and which of their archives, are behind in ``output/`` after feeds caught up."""

from collections.abc import Iterable

from sqlalchemy import Connection, and_, exists, func, select, update

from tagwire.store.rows import IN_ONE_QUERY, chunks
from tagwire.store.schema import archives, feed_stories, feeds, stories


def mark(connection: Connection, moved: Iterable[int], since: int, newest: int) -> None:
    """Mark what is behind.

    Args:
        connection: in a writing transaction.
        moved: the numbers of the feeds that a story entered or left, be it by time alone.
        since: the last change of a story that every feed had seen.
        newest: the last change that they have seen now.

    """
    for some in chunks(sorted(moved), IN_ONE_QUERY):
        connection.execute(update(feeds).where(feeds.c.id.in_(some)).values(stale=True))
    if since < newest:
        _mark_holders(connection, since)
        _tell_again(connection, since)
        _mark_archives(connection, since)


def _mark_holders(connection: Connection, since: int) -> None:
    """Mark the feeds that hold a story that changed."""
    holding = (
        select(feed_stories.c.feed)
        .join(stories, stories.c.id == feed_stories.c.story)
        .where(stories.c.change > since, feed_stories.c.left_at.is_(None))
    )
    connection.execute(update(feeds).where(feeds.c.id.in_(holding)).values(stale=True))


def _tell_again(connection: Connection, since: int) -> None:
    """Let the current document tell the stories that were edited after their archive was closed."""
    changed = select(stories.c.id).where(stories.c.change > since)
    updated = select(stories.c.updated).where(stories.c.id == feed_stories.c.story).scalar_subquery()
    archived = and_(feed_stories.c.archive.is_not(None), feed_stories.c.story.in_(changed))
    edited = and_(archived, updated > func.coalesce(feed_stories.c.again_at, feed_stories.c.told_at))
    connection.execute(update(feed_stories).where(edited).values(again_at=updated))


def _mark_archives(connection: Connection, since: int) -> None:
    """Mark the archives with a story that changed by hand or by new rules: it may be withdrawn, or be back."""
    settled = select(stories.c.id).where(stories.c.change > since, stories.c.change == stories.c.settled)
    told = exists().where(
        feed_stories.c.feed == archives.c.feed,
        feed_stories.c.archive == archives.c.number,
        feed_stories.c.story.in_(settled),
    )
    connection.execute(update(archives).where(told).values(stale=True))
