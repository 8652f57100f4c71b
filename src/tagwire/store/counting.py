"""How often each tag is carried, lately and in all, and where it comes from."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import BigInteger, Connection, func, literal, select, type_coerce

from tagwire.model import Origin
from tagwire.store.conditions import ALIVE
from tagwire.store.schema import article_tags, articles, hand_tags, stories, story_tags

WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class TagCount:
    """A tag, and the stories that carry it."""

    key: str
    tag: str
    stories: int
    weeks: tuple[int, ...]
    """Stories published in each of the last weeks, the oldest first; weeks begin on Monday, in UTC."""
    given: int
    """Stories to which a source gave it with an article, …"""
    source: int
    """… to which the definition of a source gave it, …"""
    earned: int
    """… whose words earned it, or a narrower tag, …"""
    by_hand: int
    """… and to which somebody gave it by hand."""


def tags(connection: Connection, weeks: int, now: datetime) -> list[TagCount]:
    """Give every tag that a story carries, the one with the most stories first.

    Args:
        connection: in a transaction.
        weeks: how many to count, up to the week of the newest story that is not dated ahead.
        now: the time.

    """
    carried = (
        select(story_tags.c.key, func.min(story_tags.c.tag).label("tag"), func.count().label("stories"))
        .join(stories, stories.c.id == story_tags.c.story)
        .where(ALIVE)
        .group_by(story_tags.c.key)
    )
    lately, origins = _lately(connection, weeks, now), _origins(connection)
    nowhere = dict.fromkeys((*Origin, "hand"), 0)
    found = [
        TagCount(row.key, row.tag, row.stories, tuple(lately.get(row.key, [0] * weeks)), *from_where.values())
        for row in connection.execute(carried)
        for from_where in [nowhere | origins.get(row.key, {})]
    ]
    return sorted(found, key=lambda each: (-each.stories, each.key))


def _lately(connection: Connection, weeks: int, now: datetime) -> dict[str, list[int]]:
    newest = connection.execute(select(func.max(stories.c.published)).where(stories.c.published <= now)).scalar()
    if newest is None:
        return {}
    monday = datetime.combine(newest.date() - timedelta(days=newest.weekday()), time(), UTC)
    first, end = monday - (weeks - 1) * WEEK, monday + WEEK
    since = type_coerce(stories.c.published, BigInteger) - literal(first, stories.c.published.type)  # microseconds
    week = (type_coerce(since, BigInteger) // (WEEK // timedelta(microseconds=1))).label("week")
    counted = (
        select(story_tags.c.key, week, func.count())
        .join(stories, stories.c.id == story_tags.c.story)
        .where(ALIVE, stories.c.published >= first, stories.c.published < end)
        .group_by(story_tags.c.key, week)
    )
    found: dict[str, list[int]] = {}
    for key, at, count in connection.execute(counted):
        found.setdefault(key, [0] * weeks)[at] = count
    return found


def _origins(connection: Connection) -> dict[str, dict[str, int]]:
    from_articles = (
        select(article_tags.c.key, article_tags.c.origin, func.count(articles.c.story.distinct()))
        .join(articles, articles.c.id == article_tags.c.article)
        .join(stories, stories.c.id == articles.c.story)
        .where(ALIVE)
        .group_by(article_tags.c.key, article_tags.c.origin)
    )
    by_hand = (
        select(hand_tags.c.key, func.count())
        .join(stories, stories.c.id == hand_tags.c.story)
        .where(ALIVE, hand_tags.c.given)
        .group_by(hand_tags.c.key)
    )
    found: dict[str, dict[str, int]] = {}
    for key, origin, count in connection.execute(from_articles):
        found.setdefault(key, {})[Origin(origin)] = count
    for key, count in connection.execute(by_hand):
        found.setdefault(key, {})["hand"] = count
    return found
