"""Tagging anew: what is stored follows the vocabulary by itself."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from tagwire.model import Article, Enclosure, Precision, TagReason
from tagwire.store.rows import IN_ONE_QUERY, chunks, number_after, tags_of, unite_tags
from tagwire.store.schema import article_tags, articles, sources, stories

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
    change = number_after(connection, stories.c.change)
    fresh = [each for row in rows for each in tags_of(row.id, tag(article(row), tuple(row.source_tags)))]
    for some in chunks([row.id for row in rows], IN_ONE_QUERY):
        connection.execute(delete(article_tags).where(article_tags.c.article.in_(some)))
    if fresh:
        connection.execute(insert(article_tags), fresh)
    if rows:
        connection.execute(_TAGGED, [{"of": row.id, "new_generation": row.wanted} for row in rows])
        connection.execute(_CHANGED, [{"of": row.story, "new_change": change} for row in rows])
    unite_tags(connection, (row.story for row in rows))
    return len(rows)


_TAGGED = update(articles).where(articles.c.id == bindparam("of")).values(generation=bindparam("new_generation"))
_CHANGED = (
    update(stories)
    .where(stories.c.id == bindparam("of"))
    .values(change=bindparam("new_change"), settled=bindparam("new_change"))
)


def article(row: Row[Any]) -> Article:
    """Read an article back as its source told it."""
    return Article(
        source=row.name, guid=row.guid, link=row.link, title=row.title, published=row.published, day=row.day,
        dated=Precision(row.dated), updated=row.updated, summary=row.summary, content=row.content,
        authors=tuple(row.authors), tags=tuple(row.tags), language=row.language,
        enclosures=tuple(Enclosure(**each) for each in row.enclosures), image=row.image, rights=row.rights,
        digest=row.digest,
    )  # fmt: skip
