"""Pages: the stories that have no page of their own but ours, and whether it lies in ``output/``."""

from dataclasses import dataclass

from sqlalchemy import Connection, and_, exists, func, not_, or_, select, update

from tagwire.store import facts
from tagwire.store.conditions import ALIVE, OPEN, PUBLIC
from tagwire.store.rows import IN_ONE_QUERY, chunks
from tagwire.store.schema import articles, feed_stories, feeds, stories, story_tags

_MADE_FROM = "pages_made_from"
_SEEN = "pages_seen"


@dataclass(frozen=True, slots=True)
class PagesBehind:
    """The stories whose own pages are behind."""

    wanted: tuple[int, ...]
    """Those whose pages are to be written."""
    gone: tuple[str, ...]
    """The ids of those whose pages are to go."""
    change: int
    """The last change of a story that was looked at."""


_private = feeds.alias()
_without_link = select(articles.c.id).where(articles.c.link.is_(None))
_held = exists().where(
    feed_stories.c.story == stories.c.id,
    or_(feed_stories.c.left_at.is_(None), feed_stories.c.archive.is_not(None)),  # an archive tells it for ever
    feed_stories.c.feed.not_in(select(_private.c.id).where(_private.c.audience == "private")),
)
_tagged = exists().where(story_tags.c.story == stories.c.id, story_tags.c.key == feeds.c.tag_key)
_HAS_PAGE = and_(ALIVE, OPEN, stories.c.shown.in_(_without_link), or_(_held, and_(PUBLIC, _tagged)))
"""Holds for the stories that have a page of ours: those without a link that a public feed or a tag's feed holds."""


def behind(connection: Connection, made_from: str, *, everything: bool) -> PagesBehind:
    """Give the stories whose own pages are behind; all are where they were made from something else."""
    everything = everything or facts.get(connection, _MADE_FROM) != made_from
    newest = int(connection.execute(select(func.max(stories.c.change))).scalar() or 0)
    seen = 0 if everything else int(facts.get(connection, _SEEN) or 0)
    changed = or_(not_(stories.c.page), stories.c.relinked, stories.c.change > seen)
    # Said once more so that what has a link is not looked at.
    possible = stories.c.id.in_(select(articles.c.story).where(articles.c.link.is_(None)))
    wanted = select(stories.c.id).where(possible, _HAS_PAGE, changed).order_by(stories.c.id)
    gone = select(stories.c.uri).where(stories.c.page, not_(_HAS_PAGE))
    return PagesBehind(tuple(connection.execute(wanted).scalars()), tuple(connection.execute(gone).scalars()), newest)


def settle(connection: Connection, settled: PagesBehind, made_from: str) -> None:
    """Remember which stories have a page of their own, and up to which change of a story they are right."""
    facts.put(connection, _MADE_FROM, made_from)
    facts.put(connection, _SEEN, str(settled.change))
    for some in chunks(settled.wanted, IN_ONE_QUERY):
        connection.execute(update(stories).where(stories.c.id.in_(some)).values(page=True, relinked=False))
    for ids in chunks(settled.gone, IN_ONE_QUERY):
        connection.execute(update(stories).where(stories.c.uri.in_(ids)).values(page=False))
