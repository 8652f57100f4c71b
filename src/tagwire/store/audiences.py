"""Audiences: for whom each feed is, which decides what all may learn of; see `conditions.OPEN`."""

from collections.abc import Sequence

from sqlalchemy import Connection, select, update

from tagwire.model import Feed
from tagwire.store.rows import IN_ONE_QUERY, chunks
from tagwire.store.schema import feeds


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
