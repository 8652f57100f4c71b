"""Audiences: for whom each feed is, which decides what all may learn of; see `conditions.OPEN`."""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Connection, exists, not_, select, update

from tagwire.model import Feed
from tagwire.store.rows import IN_ONE_QUERY, chunks
from tagwire.store.schema import feed_stories, feeds, stories

_public = select(feeds.c.id).where(feeds.c.audience == "public")
# No index knows a sum: what a story stands in is looked up, and not a thousand feeds for each story.
_PICKED = exists().where(feed_stories.c.story == stories.c.id, (feed_stories.c.feed + 0).in_(_public))


def settle(connection: Connection, defined: Sequence[Feed]) -> bool:
    """Remember for whom each feed is; tell whether that may have opened stories to all, or closed them.

    A feed without a definition is for nobody: it neither opens nor closes anything.
    """
    wanted = {feed.name: "private" if feed.private else "public" for feed in defined}
    query = select(feeds.c.name, feeds.c.audience).where(feeds.c.tag_key == "")
    known = {name: audience for name, audience in connection.execute(query).all() if audience != wanted.get(name, "")}
    for audience in ("", "public", "private"):
        names = [name for name in known if wanted.get(name, "") == audience]
        for some in chunks(names, IN_ONE_QUERY):
            connection.execute(update(feeds).where(feeds.c.name.in_(some)).values(audience=audience))
    return bool(known) and "private" in {*known.values(), *wanted.values()}


def open_anew(connection: Connection) -> None:
    """Let every story say whether a public feed has picked it."""
    connection.execute(update(stories).where(stories.c.picked != _PICKED).values(picked=_PICKED))


def open_more(connection: Connection, since: int, whole: Iterable[int]) -> None:
    """Let stories that a public feed has picked say so.

    Args:
        connection: in a writing transaction.
        since: which of them have changed after this.
        whole: the numbers of feeds that may have picked others, too.

    """
    _open(connection, stories.c.change > since)
    for feed in whole:
        _open(connection, stories.c.id.in_(select(feed_stories.c.story).where(feed_stories.c.feed == feed)))


def _open(connection: Connection, some: ColumnElement[bool]) -> None:
    connection.execute(update(stories).where(some, not_(stories.c.picked), _PICKED).values(picked=True))
