"""The feeds of tags: each tag with enough stories has one, and nobody defines them.

Their stories follow from the tags alone, so that only the feeds themselves are remembered. Each story says in which of
them it was counted last, so that a tag that it lost is noticed.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, delete, func, or_, select, true, update

from tagwire.model import Feed, HasTag, TagFeeds
from tagwire.store import facts, marking
from tagwire.store.conditions import PUBLIC
from tagwire.store.picking import first_seen
from tagwire.store.rows import IN_ONE_QUERY, chunks
from tagwire.store.schema import feed_stories, feeds, stories, story_tags

_RULES = "tag_feeds_rules"


def catch_up(connection: Connection, rules: TagFeeds, name_of: Callable[[str], str], now: datetime) -> None:
    """Let the feeds of tags follow the stories that changed.

    Args:
        connection: a transaction that may write.
        rules: whether there are such feeds, and from how many stories on.
        name_of: gives the feed's name for a tag.
        now: the time.

    """
    if facts.get(connection, _RULES) != repr(rules):
        facts.put(connection, _RULES, repr(rules))
        facts.put(connection, facts.TAG_FEEDS, "0")
    if not rules.enabled:
        keys = set(connection.execute(select(feeds.c.tag_key).where(feeds.c.tag_key != "")).scalars())
        _forget(connection, keys)
        _relink(connection, keys)
        return
    seen = int(facts.get(connection, facts.TAG_FEEDS) or 0)
    newest = int(connection.execute(select(func.max(stories.c.change))).scalar() or 0)
    if newest > seen:
        keys = _touched(connection, seen)
        for some in chunks(sorted(keys), IN_ONE_QUERY):
            _recount(connection, some, rules.least, name_of, now)
        facts.put(connection, facts.TAG_FEEDS, str(newest))


def defined(connection: Connection) -> list[Feed]:
    """Give the feeds of tags, by name."""
    query = select(feeds.c.name, feeds.c.tag).where(feeds.c.tag_key != "").order_by(feeds.c.name)
    return [feed_of(name, tag) for name, tag in connection.execute(query)]


def feed_of(name: str, tag: str) -> Feed:
    """Give the feed of a tag; it has no archives, since every one of its stories is in the feeds that have."""
    return Feed(name=name, title=tag, filter=HasTag(tag), tag=tag, retain=0)


def _touched(connection: Connection, seen: int) -> set[str]:
    """Give the keys of the tags that changed stories carry or lost, and let the stories say what they carry now."""
    changed = (stories.c.change > seen) if seen else true()
    query = select(stories.c.id, stories.c.listed, PUBLIC.label("alive")).where(changed).order_by(stories.c.id)
    touched: set[str] = set()
    for some in chunks(connection.execute(query).all(), IN_ONE_QUERY):
        carried: dict[int, list[str]] = {row.id: [] for row in some if row.alive}
        tags = select(story_tags.c.story, story_tags.c.key).where(story_tags.c.story.in_(carried))
        for story, key in connection.execute(tags.order_by(story_tags.c.key)):
            carried[story].append(key)
        news = [{"of": row.id, "new": carried.get(row.id, [])} for row in some if row.listed != carried.get(row.id, [])]
        if news:
            connection.execute(_LISTED, news)
        touched.update(*(row.listed for row in some), *carried.values())
    return touched


_LISTED = (
    update(stories).where(stories.c.id == bindparam("of")).values(listed=bindparam("new", type_=stories.c.listed.type))
)


def _recount(connection: Connection, keys: list[str], least: int, name_of: Callable[[str], str], now: datetime) -> None:
    """Let tags have a feed if they have enough stories, and none if they have not; those that have are stale."""
    counted = (
        select(story_tags.c.key, func.count(), func.max(story_tags.c.tag))
        .join(stories, stories.c.id == story_tags.c.story)
        .where(story_tags.c.key.in_(keys), PUBLIC)
        .group_by(story_tags.c.key)
        .having(func.count() >= least)
    )
    enough = {key: tag for key, _, tag in connection.execute(counted)}
    known = set(connection.execute(select(feeds.c.tag_key).where(feeds.c.tag_key.in_(keys))).scalars())
    stay = known & enough.keys()
    connection.execute(update(feeds).where(feeds.c.tag_key.in_(stay)).values(stale=True))
    for key in sorted(enough.keys() - known):
        feed = feed_of("tags/" + name_of(enough[key]), enough[key])
        first_seen(connection, feed, "", now)
    _forget(connection, known - enough.keys())
    _relink(connection, (enough.keys() - known) | (known - enough.keys()))


def _forget(connection: Connection, keys: Iterable[str]) -> None:
    for some in chunks(keys, IN_ONE_QUERY):
        connection.execute(delete(feeds).where(feeds.c.tag_key.in_(some)))


def _relink(connection: Connection, keys: Iterable[str]) -> None:
    """Mark what shows tags that got a feed or lost theirs: pages link to it."""
    for some in chunks(sorted(keys), IN_ONE_QUERY):
        carrying = select(story_tags.c.story).where(story_tags.c.key.in_(some))
        holding = select(feed_stories.c.feed).where(feed_stories.c.story.in_(carrying))
        beside = select(story_tags.c.key).where(story_tags.c.story.in_(carrying))
        shown = or_(feeds.c.id.in_(holding), and_(feeds.c.tag_key != "", feeds.c.tag_key.in_(beside)))
        connection.execute(update(feeds).where(shown).values(stale=True))
        marking.mark_archives(connection, carrying)
        connection.execute(update(stories).where(stories.c.page, stories.c.id.in_(carrying)).values(relinked=True))
