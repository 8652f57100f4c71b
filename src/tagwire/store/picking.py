"""Picking: feeds catch up with the stories that changed, and remember what they have published.

A story enters a feed once and keeps its place. The order of a feed is the order of entering; the stories of one pass
enter by their dates. Every story carries the number of its last change, every feed the last one that it has seen, so
that a crash between keeping and picking loses nothing, and a new filter is only a feed that has seen nothing yet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    insert,
    not_,
    null,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.sql.expression import literal

from tagwire.model import Feed, Filter, Story, tag_key
from tagwire.store import audiences, facts, loading, marking
from tagwire.store.conditions import ALIVE, PUBLIC, condition, depends_on_time, grows_by_time
from tagwire.store.rows import IN_ONE_QUERY, chunks
from tagwire.store.schema import feed_stories, feeds, stories, story_tags
from tagwire.store.touched import Judge, touched

_FEW = 200
"""Changed stories that are looked at in memory, once for all feeds."""


@dataclass(frozen=True, slots=True)
class Picked:
    """What a feed publishes now."""

    uri: str
    since: datetime
    stories: tuple[Story, ...]
    """Newest first."""


@dataclass(frozen=True, slots=True)
class FeedStatus:
    """What is known of a feed."""

    name: str
    stories: int
    newest: datetime | None


def catch_up(connection: Connection, defined: Sequence[Feed], now: datetime, judge: Judge | None = None) -> None:
    """Let each feed take in the stories that changed and now belong to it, and let go those that no longer do.

    Args:
        connection: in a writing transaction.
        defined: the feeds.
        now: the time.
        judge: says which filters choose a story, so that a few changed stories are looked at once for all feeds;
            None: the database is asked for each feed.

    """
    newest = int(connection.execute(select(func.max(stories.c.change))).scalar() or 0)
    _rename(connection, defined)
    known = {row.name: row for row in connection.execute(_KNOWN)}
    since = min((known[feed.name].seen for feed in defined if feed.name in known), default=newest)
    behind: dict[int, list[tuple[int, Filter]]] = {}
    moved: set[int] = set()
    anew: set[int] = set()
    timed: set[int] = set()
    for feed in defined:
        row = _remembered(connection, known.get(feed.name), feed, now)
        if not row.seen:
            anew.add(row.id)
        if depends_on_time(feed.filter):
            timed.add(row.id)
            changed, chosen = _perhaps_moved(row, feed.filter), condition(feed.filter, now)
            moved |= _take_in(connection, row.id, row.seen, changed, chosen, now=now)
        elif row.seen < newest:
            behind.setdefault(row.seen, []).append((row.id, feed.filter))
    for seen, waiting in behind.items():
        moved |= _advance(connection, seen, waiting, now, judge)
    marking.mark(connection, moved, since, newest)
    turned, some_private = audiences.settle(connection, defined), any(feed.private for feed in defined)
    if turned:
        audiences.open_anew(connection)
    elif some_private:
        audiences.open_more(connection, since, moved & (anew | timed))
    if turned or (some_private and moved & anew):
        facts.put(connection, facts.OPENED, str(int(facts.get(connection, facts.OPENED) or 0) + 1))
        facts.put(connection, facts.TAG_FEEDS, "0")
    names = [feed.name for feed in defined]
    for some in chunks(names, IN_ONE_QUERY):
        connection.execute(update(feeds).where(feeds.c.name.in_(some), feeds.c.seen != newest).values(seen=newest))


_KNOWN: Select[Any] = select(feeds.c.id, feeds.c.name, feeds.c.filter, feeds.c.seen).where(feeds.c.tag_key == "")


def _advance(
    connection: Connection, seen: int, waiting: Sequence[tuple[int, Filter]], now: datetime, judge: Judge | None
) -> set[int]:
    """Let feeds that have seen the same changes see the later ones; give those that a story entered or left."""
    since = stories.c.change > seen
    changed = list(connection.execute(select(stories.c.id).where(since).limit(_FEW + 1)).scalars())
    moved: set[int] = set()
    if judge is None or not seen or len(changed) > _FEW:
        for feed, chosen in waiting:
            moved |= _take_in(connection, feed, seen, since if seen else true(), condition(chosen, now), now=now)
        return moved
    among = stories.c.id.in_(changed)
    for feed, belonging in touched(connection, dict(waiting), changed, judge, now).items():
        moved |= _take_in(connection, feed, seen, among, stories.c.id.in_(belonging), now=now)
    return moved


def _perhaps_moved(row: Row[Any], chosen: Filter) -> ColumnElement[bool]:
    """Hold for the stories that may enter or leave a feed whose filter depends on time."""
    if not row.seen or grows_by_time(chosen):
        return true()
    inside = select(feed_stories.c.story).where(feed_stories.c.feed == row.id, feed_stories.c.left_at.is_(None))
    return or_(stories.c.change > row.seen, stories.c.id.in_(inside))


def _rename(connection: Connection, defined: Sequence[Feed]) -> None:
    """Let a feed that has another name now go on as what it is: with its id, its order and its archives."""
    names = {feed.name for feed in defined}
    for feed in defined:
        if not feed.was:
            continue
        rows = connection.execute(select(feeds.c.name).where(feeds.c.name.in_([feed.name, *feed.was]))).scalars()
        known = set(rows)
        former = [name for name in feed.was if name in known - names]
        if former and feed.name not in known:
            renamed = update(feeds).where(feeds.c.name == former[-1]).values(name=feed.name, stale=True)
            connection.execute(renamed)


def _remembered(connection: Connection, row: Row[Any] | None, feed: Feed, now: datetime) -> Row[Any]:
    """Give what is remembered of a feed; one that is new, or has another filter now, has seen nothing."""
    chosen = repr(feed.filter)
    if row is None:
        return first_seen(connection, feed, chosen, now)
    if row.filter != chosen:
        changed = update(feeds).where(feeds.c.id == row.id).values(filter=chosen, seen=0)
        return connection.execute(changed.returning(*feeds.c)).one()
    return row


def first_seen(connection: Connection, feed: Feed, chosen: str, now: datetime) -> Row[Any]:
    """Remember a new feed."""
    # The year is a constant: a lost database must give the same id again.
    uri = f"tag:{facts.authority(connection)},2026:feed:{quote(feed.name)}"
    if not feed.tag and connection.execute(select(feeds.c.id).where(feeds.c.uri == uri)).first():
        # It is the id of a feed that had this name before, and keeps it (RFC 4287, 4.2.6).
        uri += f":{int(now.timestamp())}"
    values = {"name": feed.name, "uri": uri, "since": now, "filter": chosen, "seen": 0}
    values |= {"tag": feed.tag, "tag_key": tag_key(feed.tag)}
    return connection.execute(insert(feeds).values(values).returning(*feeds.c)).one()


def _take_in(
    connection: Connection,
    feed: int,
    seen: int,
    changed: ColumnElement[bool],
    chosen: ColumnElement[bool],
    *,
    now: datetime,
) -> set[int]:
    """Move the changed stories that a feed chooses into it, the others out of it; give the feed if there was any."""
    belongs = and_(ALIVE, chosen)
    mine = feed_stories.c.feed == feed
    inside = exists().where(mine, feed_stories.c.story == stories.c.id)
    # By new rules a story takes its place by when it was kept, and is not sent to the top as news.
    by_rules = stories.c.change == stories.c.settled if seen else true()
    entered_at = case((by_rules, stories.c.kept_at), else_=literal(now, feed_stories.c.entered_at.type))
    entering = select(literal(feed), stories.c.id, entered_at, stories.c.published, stories.c.day).where(
        changed, belongs, not_(stories.c.quiet), not_(inside)
    )
    taking = insert(feed_stories).from_select(["feed", "story", "entered_at", "published", "day"], entering)
    back = select(stories.c.id).where(changed, belongs)
    returned = and_(mine, feed_stories.c.left_at.is_not(None), feed_stories.c.story.in_(back))
    out = select(stories.c.id).where(changed, not_(belongs))
    leaving = and_(mine, feed_stories.c.left_at.is_(None), feed_stories.c.story.in_(out))
    moves = (
        taking,
        update(feed_stories).where(returned).values(left_at=null()),
        update(feed_stories).where(leaving).values(left_at=now),
    )
    return {feed} if sum(connection.execute(move).rowcount for move in moves) else set()


def pick(connection: Connection, feed: Feed) -> Picked:
    """Give the stories that a feed publishes now: the last ones that entered, last come first."""
    row = connection.execute(select(feeds).where(feeds.c.name == feed.name)).one()
    return Picked(row.uri, row.since, tuple(loading.load(connection, current(connection, row.id, feed))))


def current(connection: Connection, number: int, feed: Feed) -> list[int]:
    """Give the stories of a feed's current document, last come first.

    These are the last ones that entered, and after them those of the archives that were edited since the first of the
    last ones entered: an archive never changes, so that the edit is told here.
    """
    if feed.tag:
        # None is remembered: every story with the tag is in it.
        return list(connection.execute(_TAGGED, {"key": tag_key(feed.tag), "most": feed.limit}).scalars())
    window = connection.execute(_LAST_COME, {"feed": number, "most": feed.limit}).all()
    ids = [row.story for row in window]
    if len(ids) < feed.limit:
        return ids
    since = {"feed": number, "since": window[-1].entered_at, "most": 2 * feed.limit}
    inside = set(ids)
    again = connection.execute(_EDITED, since).scalars()
    return ids + [each for each in again if each not in inside][: feed.limit]


_MINE = (feed_stories.c.feed == bindparam("feed"), feed_stories.c.left_at.is_(None))
_LAST_COME_FIRST = (
    feed_stories.c.entered_at.desc(),
    feed_stories.c.published.desc(),
    feed_stories.c.story.desc(),
)
_LAST_COME = (
    select(feed_stories.c.story, feed_stories.c.entered_at)
    .where(*_MINE)
    .order_by(*_LAST_COME_FIRST)
    .limit(bindparam("most"))
)
_EDITED = (
    select(feed_stories.c.story)
    .where(*_MINE, feed_stories.c.again_at > bindparam("since"))
    .order_by(*_LAST_COME_FIRST)
    .limit(bindparam("most"))
)
_TAGGED = (
    select(stories.c.id)
    .join(story_tags, story_tags.c.story == stories.c.id)
    .where(story_tags.c.key == bindparam("key"), PUBLIC)
    .order_by(stories.c.kept_at.desc(), stories.c.published.desc(), stories.c.id.desc())
    .limit(bindparam("most"))
)


def status(connection: Connection, defined: Sequence[Feed]) -> list[FeedStatus]:
    """Give for each feed how many stories it has published and still holds, and when the newest was published."""
    counted = (
        select(feeds.c.name, func.count(), func.max(feed_stories.c.published))
        .join(feed_stories, and_(feed_stories.c.feed == feeds.c.id, feed_stories.c.left_at.is_(None)))
        .group_by(feeds.c.name)
    )
    found = {name: (count, newest) for name, count, newest in connection.execute(counted)}
    return [FeedStatus(feed.name, *found.get(feed.name, (0, None))) for feed in defined]
