"""Why a story is what it is: its copies, its tags, its feeds and what was done by hand."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from tagwire.model import Story
from tagwire.store import corrections, loading
from tagwire.store.schema import article_tags, articles, feed_stories, feeds, hand_tags, sources


@dataclass(frozen=True, slots=True)
class Telling:
    """One copy, and why it belongs to its story."""

    source: str
    guid: str
    title: str
    link: str | None
    published: datetime
    reason: str
    score: float
    shown: bool


@dataclass(frozen=True, slots=True)
class Carried:
    """One tag of a story, and why a copy earns it."""

    tag: str
    source: str
    """Whose copy; empty: by hand."""
    reason: str


@dataclass(frozen=True, slots=True)
class Entered:
    """One feed that chose a story."""

    feed: str
    entered_at: datetime
    left_at: datetime | None


@dataclass(frozen=True, slots=True)
class Explained:
    """Every decision about a story."""

    story: Story
    withdrawn_at: datetime | None
    copies: tuple[Telling, ...]
    tags: tuple[Carried, ...]
    feeds: tuple[Entered, ...]
    corrections: tuple[tuple[datetime, str], ...]


def explain(connection: Connection, name: str) -> Explained:
    """Explain the story that a user means; see `corrections.find`.

    Raises:
        DefinitionError: there is none, or there are several.

    """
    row = corrections.find(connection, name)
    return Explained(
        story=next(loading.load(connection, [row.id])),
        withdrawn_at=row.withdrawn_at,
        copies=tuple(_telling(each, row.shown) for each in corrections.copies(connection, row.id)),
        tags=tuple(_tags(connection, row.id)),
        feeds=tuple(_feeds(connection, row.id)),
        corrections=tuple((each.at, each.kind) for each in corrections.standing(connection, row.id)),
    )


def _telling(row: Row[Any], shown: int) -> Telling:
    return Telling(
        source=row.source_name, guid=row.guid, title=row.title, link=row.link, published=row.published,
        reason=row.reason, score=row.score, shown=row.id == shown,
    )  # fmt: skip


def _tags(connection: Connection, story: int) -> list[Carried]:
    carried = (
        select(article_tags.c.tag, sources.c.name, article_tags.c.reason)
        .join(articles, articles.c.id == article_tags.c.article)
        .join(sources, sources.c.id == articles.c.source)
        .where(articles.c.story == story)
        .order_by(article_tags.c.key, articles.c.id, article_tags.c.origin)
    )
    by_hand = select(hand_tags).where(hand_tags.c.story == story).order_by(hand_tags.c.key)
    hand = [
        Carried(row.tag, "", "given by hand" if row.given else "taken away by hand")
        for row in connection.execute(by_hand)
    ]
    return [*(Carried(*row) for row in connection.execute(carried)), *hand]


def _feeds(connection: Connection, story: int) -> list[Entered]:
    query = (
        select(feeds.c.name, feed_stories.c.entered_at, feed_stories.c.left_at)
        .join(feeds, feeds.c.id == feed_stories.c.feed)
        .where(feed_stories.c.story == story)
        .order_by(feeds.c.name)
    )
    return [Entered(*row) for row in connection.execute(query)]
