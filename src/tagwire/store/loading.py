"""Loading: whole stories, put together from the rows of their copies, sources and tags."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, Row, select

from tagwire.model import Copy, Enclosure, Story
from tagwire.store.conditions import ALIVE
from tagwire.store.rows import LISTED, chunks, listed
from tagwire.store.schema import article_tags, articles, sources, stories, story_tags
from tagwire.store.visits import about

_STORIES_AT_ONCE = 400


def every_story(connection: Connection) -> Iterator[Story]:
    """Give every story that is kept, the first kept one first."""
    return load(
        connection, list(connection.execute(select(stories.c.id).where(ALIVE).order_by(stories.c.id)).scalars())
    )


def load(connection: Connection, ids: Iterable[int]) -> Iterator[Story]:
    """Give stories in the order of their ids as asked for."""
    for some in chunks(ids, _STORIES_AT_ONCE):
        rows = {row.id: row for row in connection.execute(_STORIES, listed(some))}
        copies = _by_story(connection.execute(_COPIES, listed(some)))
        tags = _by_story(connection.execute(_TAGS, listed(some)))
        reasons = _reasons(connection, some)
        for each in some:
            carried = [(row.tag, reasons.get((each, row.key), _BY_HAND)) for row in tags.get(each, ())]
            yield _story(rows[each], copies[each], carried)


_BY_HAND = "given by hand"


_STORIES = select(stories).where(stories.c.id.in_(LISTED))
_COPIES = (
    select(articles, sources.c.name, sources.c.title.label("source_title"), sources.c.about)
    .join(sources, sources.c.id == articles.c.source)
    .where(articles.c.story.in_(LISTED))
    .order_by(articles.c.id)
)
_TAGS = select(story_tags).where(story_tags.c.story.in_(LISTED)).order_by(story_tags.c.key)
_REASONS = (
    select(articles.c.story, article_tags.c.key, article_tags.c.reason)
    .join(articles, articles.c.id == article_tags.c.article)
    .where(articles.c.story.in_(LISTED))
    .order_by(article_tags.c.origin, articles.c.id)
)


def _reasons(connection: Connection, some: list[int]) -> dict[tuple[int, str], str]:
    """Give why stories carry the tags that their copies have, by story and key; what was earned counts most."""
    reasons: dict[tuple[int, str], str] = {}
    for story, key, reason in connection.execute(_REASONS, listed(some)):
        reasons.setdefault((story, key), reason)
    return reasons


def _by_story(rows: Iterable[Row[Any]]) -> dict[int, list[Row[Any]]]:
    found: dict[int, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(row.story, []).append(row)
    return found


def _story(row: Row[Any], copies: list[Row[Any]], carried: list[tuple[str, str]]) -> Story:
    shown = next(each for each in copies if each.id == row.shown)
    return Story(
        id=row.uri, published=row.published, updated=row.updated, day=row.day, title=shown.title, link=shown.link,
        summary=shown.summary, content=shown.content, authors=tuple(shown.authors), language=shown.language,
        enclosures=tuple(Enclosure(**each) for each in shown.enclosures), image=shown.image, rights=shown.rights,
        tags=tuple(tag for tag, _ in carried), reasons=tuple(reason for _, reason in carried),
        shown=_copy(shown), copies=tuple(_copy(each) for each in copies),
    )  # fmt: skip


def _copy(row: Row[Any]) -> Copy:
    said = about(row.about)
    return Copy(
        source=row.name, guid=row.guid, link=row.link, title=row.title, published=row.published, reason=row.reason,
        about=said if not row.source_title else about({**row.about, "title": row.source_title}),
    )  # fmt: skip
