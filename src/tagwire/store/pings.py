"""Pings: which documents the hub has not been told of yet (W3C WebSub, 7), and how the hub does.

A document waits at most once: a newer change takes the place of an older one. It waits from the transaction on in
which its feed is settled, so that no ping is lost by a crash, and none is sent before the file lies there.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Engine, and_, delete, exists, func, insert, null, or_, select, update

from tagwire.store.engine import reading, writing
from tagwire.store.rows import IN_ONE_QUERY, chunks, number_after
from tagwire.store.schema import files, hubs, pings

GIVEN_UP_AFTER = timedelta(days=3)
"""How long a document's ping is tried."""


@dataclass(frozen=True, slots=True)
class Ping:
    """A document that the hub is to be told of."""

    hub: str
    failures: int
    """How often in a row the hub was in no state to be told anything."""
    path: str
    """In ``output/``."""
    number: int
    """Of its last change: one with another number waits for itself."""
    tries: int
    """How often it was told without success."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HubStatus:
    """How telling the hub goes."""

    hub: str
    waiting: int
    """How many documents it is still to be told of."""
    given_up: int
    """Of how many it was not told for so long that nobody tries any more."""
    next_at: datetime | None
    """When it is told again; None: nothing waits."""
    error: str
    """What it said last; empty: it takes what it is told."""


def want(connection: Connection, owner: str, documents: Iterable[str], now: datetime) -> None:
    """Let those of a feed's documents wait whose bytes are others than when the feed was settled last."""
    changed = and_(files.c.owner == owner, files.c.digest != files.c.settled)
    fresh = set(connection.execute(select(files.c.path).where(changed)).scalars())
    if not fresh:
        return
    connection.execute(update(files).where(changed).values(settled=files.c.digest))
    fresh.intersection_update(documents)
    if fresh and connection.execute(select(hubs.c.address)).scalar():
        number = number_after(connection, pings.c.number)  # before what it replaces is gone
        forget(connection, fresh)
        rows = [{"path": path, "number": number, "since": now, "next_at": now} for path in sorted(fresh)]
        connection.execute(insert(pings), rows)


def forget(connection: Connection, paths: Iterable[str]) -> None:
    """Let documents wait no longer."""
    for some in chunks(sorted(paths), IN_ONE_QUERY):
        connection.execute(delete(pings).where(pings.c.path.in_(some)))


class Pings:
    """The store as whoever tells the hub sees it; every method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        """Ask nothing yet."""
        self._engine = engine

    def adopt(self, hub: str) -> None:
        """Take over today's hub (empty: none); what waited for another one is dropped."""
        with writing(self._engine) as connection:
            if (connection.execute(select(hubs.c.address)).scalar() or "") != hub:
                connection.execute(delete(pings))
                connection.execute(delete(hubs))
                if hub:
                    connection.execute(insert(hubs).values(address=hub))

    def due(self, hub: str, now: datetime, limit: int) -> list[Ping]:
        """Give what the hub is to be told now, the new before what failed.

        Nothing is due while the hub rests, or when it is no longer this one.
        """
        query = (
            select(hubs.c.address, hubs.c.failures, pings.c.path, pings.c.number, pings.c.tries)
            .join(pings, pings.c.next_at <= now)
            .where(hubs.c.address == hub, or_(hubs.c.next_at.is_(None), hubs.c.next_at <= now))
            .order_by(pings.c.tries, pings.c.number, pings.c.path)
        )
        with reading(self._engine) as connection:
            return [Ping(*row) for row in connection.execute(query.limit(limit))]

    def told(self, ping: Ping) -> None:
        """Let a document wait no longer: the hub took it."""
        with writing(self._engine) as connection:
            connection.execute(delete(pings).where(_same(ping)))
            well = update(hubs).where(hubs.c.address == ping.hub, hubs.c.failures > 0)
            connection.execute(well.values(failures=0, next_at=null(), error=""))

    def failed(self, ping: Ping, error: str, now: datetime, again_at: datetime, rest_until: datetime | None) -> None:
        """Remember that the hub did not take a document; what was tried for days is given up.

        Args:
            ping: as it was due.
            error: what the hub said.
            now: the time.
            again_at: when the document is told again.
            rest_until: how long the hub is left alone altogether; None: it takes others.

        """
        given_up = pings.c.since <= now - GIVEN_UP_AFTER
        with writing(self._engine) as connection:
            again = {"tries": ping.tries + 1, "next_at": again_at, "error": error}
            connection.execute(update(pings).where(_same(ping)).values(again))
            if rest_until is None:
                connection.execute(update(pings).where(_same(ping), given_up).values(next_at=null()))
                return
            resting = {"failures": ping.failures + 1, "next_at": rest_until, "error": error}
            if connection.execute(update(hubs).where(hubs.c.address == ping.hub).values(resting)).rowcount:
                connection.execute(update(pings).where(given_up).values(next_at=null(), error=error))

    def status(self) -> HubStatus | None:
        """Give how telling goes; None: there is no hub."""
        with reading(self._engine) as connection:
            hub = connection.execute(select(hubs)).one_or_none()
            if hub is None:
                return None
            counted = (func.count(pings.c.next_at), func.count(), func.min(pings.c.next_at), func.max(pings.c.error))
            waiting, everything, first, error = connection.execute(select(*counted)).one()
            return HubStatus(
                hub=hub.address,
                waiting=waiting,
                given_up=everything - waiting,
                next_at=first and max(first, hub.next_at or first),
                error=hub.error or error or "",
            )


def _same(ping: Ping) -> ColumnElement[bool]:
    # Of the hub that is told now: numbers begin again with another one.
    told_still = exists().where(hubs.c.address == ping.hub)
    return and_(pings.c.path == ping.path, pings.c.number == ping.number, told_still)
