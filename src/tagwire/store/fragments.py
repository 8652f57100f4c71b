"""Fragments: stories as formats render them, kept so that only what changed is rendered."""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from sqlalchemy import Connection, bindparam, delete, insert, select

from tagwire.store import facts
from tagwire.store.listing import Line
from tagwire.store.rows import IN_ONE_QUERY, LISTED, chunks, listed
from tagwire.store.schema import fragments

_WAYS = "ways"
_BYTES_AT_HAND = 32 * 1024 * 1024

Body: TypeAlias = tuple[int, bytes]
"""The change of a story when its fragment was made, and the fragment."""


class AtHand:
    """The fragments that a process has used, so that it does not read them again; it forgets all when they are many."""

    def __init__(self) -> None:
        """Have nothing at hand."""
        self._bodies: dict[str, dict[int, Body]] = {}
        self._size = 0

    def get(self, made_as: str, lines: Iterable[Line]) -> dict[int, bytes]:
        """Give those that are still right, by the number of their story."""
        mine = self._bodies.get(made_as, {})
        return {
            line.story: each[1] for line in lines if (each := mine.get(line.story)) and each[0] == line.change
        }  # fmt: skip

    def put(self, made_as: str, bodies: Mapping[int, Body]) -> None:
        """Have some more at hand."""
        size = sum(len(body) for _, body in bodies.values())
        if self._size + size > _BYTES_AT_HAND:
            self._bodies.clear()
            self._size = 0
        self._size += size
        self._bodies.setdefault(made_as, {}).update(bodies)

    def forget_others(self, ways: Iterable[str]) -> None:
        """Forget those that are made in none of these ways."""
        for made_as in self._bodies.keys() - set(ways):
            del self._bodies[made_as]


def kept(connection: Connection, made_as: str, lines: Iterable[Line]) -> dict[int, Body]:
    """Give the fragments that are still right, by the number of their story."""
    changes = {line.story: line.change for line in lines}
    rows = connection.execute(_KEPT, {"way": made_as, **listed(changes)}).all()
    return {story: (at, body) for story, at, body in rows if at == changes[story]}


_KEPT = select(fragments.c.story, fragments.c.change, fragments.c.body).where(
    fragments.c.made_as == bindparam("way"), fragments.c.story.in_(LISTED)
)


def keep(connection: Connection, made: Mapping[str, Mapping[int, Body]]) -> None:
    """Keep fragments: for each way in which they are made, by the number of their story, with its change."""
    rows = [
        {"way": made_as, "of": story, "change": change, "body": body}
        for made_as, bodies in made.items()
        for story, (change, body) in bodies.items()
    ]
    if rows:
        connection.execute(_FORGOTTEN, rows)
        connection.execute(_MADE, rows)


_FORGOTTEN = delete(fragments).where(fragments.c.made_as == bindparam("way"), fragments.c.story == bindparam("of"))
_MADE = insert(fragments).values(
    made_as=bindparam("way"), story=bindparam("of"), change=bindparam("change"), body=bindparam("body")
)


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
