"""Marking: which feeds, and which of their archives, are behind in ``output/`` after feeds caught up.

Feeds say where stories come from, so that a source that is called otherwise changes its stories.
"""

from collections.abc import Iterable

from sqlalchemy import Connection, Select, Text, and_, exists, func, select, type_coerce, update

from tagwire.store.rows import IN_ONE_QUERY, chunks, number_after
from tagwire.store.schema import archives, articles, feed_stories, feeds, sources, stories


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
        _follow_days(connection, since)
        _tell_again(connection, since)
        # What changed by hand or by new rules: it may be withdrawn, or be back.
        changed = stories.c.change > since
        mark_archives(connection, select(stories.c.id).where(changed, stories.c.change == stories.c.settled))


def _mark_holders(connection: Connection, since: int) -> None:
    """Mark the feeds that hold a story that changed."""
    holding = (
        select(feed_stories.c.feed)
        .join(stories, stories.c.id == feed_stories.c.story)
        .where(stories.c.change > since, feed_stories.c.left_at.is_(None))
    )
    connection.execute(update(feeds).where(feeds.c.id.in_(holding)).values(stale=True))


def _follow_days(connection: Connection, since: int) -> None:
    """Let feeds know the day of a story that was dated otherwise."""
    changed = select(stories.c.id).where(stories.c.change > since)
    day = select(stories.c.day).where(stories.c.id == feed_stories.c.story).scalar_subquery()
    connection.execute(
        update(feed_stories).where(feed_stories.c.story.in_(changed), feed_stories.c.day != day).values(day=day)
    )


def _tell_again(connection: Connection, since: int) -> None:
    """Let the current document tell the stories that were edited after their archive was closed."""
    changed = select(stories.c.id).where(stories.c.change > since)
    updated = select(stories.c.updated).where(stories.c.id == feed_stories.c.story).scalar_subquery()
    archived = and_(feed_stories.c.archive.is_not(None), feed_stories.c.story.in_(changed))
    edited = and_(archived, updated > func.coalesce(feed_stories.c.again_at, feed_stories.c.told_at))
    connection.execute(update(feed_stories).where(edited).values(again_at=updated))


def mark_archives(connection: Connection, some: Select[tuple[int]]) -> None:
    """Mark the archives that tell some stories."""
    told = exists().where(
        feed_stories.c.feed == archives.c.feed,
        feed_stories.c.archive == archives.c.number,
        feed_stories.c.story.in_(some),
    )
    connection.execute(update(archives).where(told).values(stale=True))


def name_sources(connection: Connection) -> bool:
    """Let the stories of a source that is called otherwise now count as changed: feeds say where stories come from.

    Tells whether there was any such source. It is done when all that is news has entered its feeds: this is none.
    """
    called = sources.c.name + "\n" + sources.c.title + "\n" + type_coerce(sources.c.about, Text)
    renamed = connection.execute(select(sources.c.id, sources.c.named).where(sources.c.named != called)).all()
    if not renamed:
        return False
    again = [row.id for row in renamed if row.named]
    change = number_after(connection, stories.c.change)
    for some in chunks(again, IN_ONE_QUERY):
        told = exists().where(articles.c.story == stories.c.id, articles.c.source.in_(some))
        connection.execute(update(stories).where(told).values(change=change, settled=change))
    connection.execute(update(sources).where(sources.c.named != called).values(named=called))
    return bool(again)
