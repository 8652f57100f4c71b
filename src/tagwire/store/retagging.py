"""Tagging anew: what is stored follows the vocabulary by itself."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from tagwire.model import Article, Enclosure, Precision, TagReason
from tagwire.store.keeping import set_tags
from tagwire.store.schema import articles, sources, stories

Tag = Callable[[Article, tuple[str, ...]], tuple[TagReason, ...]]
"""Gives the tags that an article carries, from itself and from its source's own tags."""


def retag(connection: Connection, tag: Tag, limit: int) -> int:
    """Tag anew some articles whose tags come from older rules; give how many there were."""
    stale = (
        select(articles, sources.c.name, sources.c.tags.label("source_tags"), sources.c.generation.label("wanted"))
        .join(sources, sources.c.id == articles.c.source)
        .where(articles.c.generation != sources.c.generation)
        .limit(limit)
    )
    rows = connection.execute(stale).all()
    change = int(connection.execute(select(func.max(stories.c.change))).scalar() or 0) + 1
    for row in rows:
        set_tags(connection, row.id, row.story, tag(article(row), tuple(row.source_tags)))
        connection.execute(update(articles).where(articles.c.id == row.id).values(generation=row.wanted))
        connection.execute(update(stories).where(stories.c.id == row.story).values(change=change, retagged=change))
    return len(rows)


def article(row: Row[Any]) -> Article:
    """Read an article back as its source told it."""
    return Article(
        source=row.name, guid=row.guid, link=row.link, title=row.title, published=row.published, day=row.day,
        dated=Precision(row.dated), updated=row.updated, summary=row.summary, content=row.content,
        authors=tuple(row.authors), tags=tuple(row.tags), language=row.language,
        enclosures=tuple(Enclosure(**each) for each in row.enclosures), image=row.image, rights=row.rights,
        digest=row.digest,
    )  # fmt: skip
