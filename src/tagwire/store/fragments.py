"""Fragments: stories as formats render them, kept so that only what changed is rendered."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, and_, delete, insert, select

from tagwire.store import facts
from tagwire.store.rows import IN_ONE_QUERY, chunks
from tagwire.store.schema import fragments

_WAYS = "ways"


def kept(connection: Connection, made_as: str, changes: Mapping[int, int]) -> dict[int, bytes]:
    """Give the fragments that are still right, by the number of their story; `changes` has the last change of each."""
    found: dict[int, bytes] = {}
    for some in chunks(changes, IN_ONE_QUERY):
        query = select(fragments.c.story, fragments.c.change, fragments.c.body).where(
            fragments.c.made_as == made_as, fragments.c.story.in_(some)
        )
        found |= {story: body for story, at, body in connection.execute(query) if at == changes[story]}
    return found


def keep(connection: Connection, made: Mapping[str, Mapping[int, tuple[int, bytes]]]) -> None:
    """Keep fragments: for each way in which they are made, by the number of their story, with its change."""
    for made_as, bodies in made.items():
        rows = [
            {"made_as": made_as, "story": story, "change": change, "body": body}
            for story, (change, body) in bodies.items()
        ]
        for some in chunks(rows, IN_ONE_QUERY):
            ids = [row["story"] for row in some]
            old = and_(fragments.c.made_as == made_as, fragments.c.story.in_(ids))
            connection.execute(delete(fragments).where(old))
            connection.execute(insert(fragments), some)


def forget(connection: Connection, stories: Iterable[int]) -> None:
    """Forget the fragments of stories."""
    for some in chunks(sorted(stories), IN_ONE_QUERY):
        connection.execute(delete(fragments).where(fragments.c.story.in_(some)))


def forget_others(connection: Connection, ways: Iterable[str]) -> None:
    """Forget the fragments that are made in none of these ways: of another version, or for another address."""
    wanted = sorted(ways)
    if facts.get(connection, _WAYS) != repr(wanted):
        facts.put(connection, _WAYS, repr(wanted))
        connection.execute(delete(fragments).where(fragments.c.made_as.not_in(wanted)))
