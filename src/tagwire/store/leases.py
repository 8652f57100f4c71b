"""Who is visiting which source: what is due is leased, so that nobody visits it twice at once."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import ColumnElement, Connection, not_, or_, select, true, update

from tagwire.model import Memo
from tagwire.store import holds
from tagwire.store.rows import one_of
from tagwire.store.schema import memos, sources

LEASE = timedelta(minutes=10)
"""How long a claimed source is left alone by others; `renew` makes it longer, so only a crash lets it run out."""
PER_HOST = 8
"""How many sources of one host are claimed at a time: more would only wait for one another, and hold up others."""


def claim(
    connection: Connection, at: datetime, limit: int, *, kinds: Sequence[str], due_by: datetime, everything: bool
) -> list[tuple[str, Memo]]:
    """Lease the sources that are due: no other process visits them until they are kept, or the lease runs out.

    Of one host only a few are leased at a time, by whomever, so that many sources on it hold up no other; and none of
    a host that asked for patience.

    Args:
        connection: in a writing transaction.
        at: the time.
        limit: how many at most.
        kinds: only sources of these kinds.
        due_by: those that are due by then, and have not been visited since.
        everything: also those not due yet; none is visited twice since `due_by`.

    Returns:
        address and memo of each, the longest due first.

    """
    chosen = list(islice(_free(connection, at, kinds, due_by, everything=everything), limit))
    _lease(connection, sources.c.id.in_(one_of(chosen)), at)
    query = select(sources.c.id, sources.c.address, memos.c.memo).join_from(sources, memos)
    found = {row.id: row for row in connection.execute(query.where(sources.c.id.in_(one_of(chosen))))}
    return [(found[number].address, found[number].memo) for number in chosen]


def _free(
    connection: Connection, at: datetime, kinds: Sequence[str], due_by: datetime, *, everything: bool
) -> Iterator[int]:
    """Give the sources that may be leased, the longest due first; no further than they are taken from here."""
    # What was written while the clock was ahead of today's holds up nothing.
    ahead = sources.c.last_at > at
    due = true() if everything else or_(sources.c.next_at <= due_by, ahead)
    unvisited = or_(sources.c.last_at.is_(None), sources.c.last_at < due_by, ahead)
    leased = sources.c.leased_until.between(at, at + LEASE)
    held = holds.held(connection, at)
    crowd = Counter(connection.execute(select(sources.c.host).where(leased)).scalars())
    waiting = (
        select(sources.c.id, sources.c.host)
        .where(sources.c.defined, sources.c.kind.in_(kinds), due, unvisited)
        .where(or_(sources.c.leased_until.is_(None), not_(leased)))
        .order_by(sources.c.next_at, sources.c.id)
    )
    with connection.execute(waiting) as found:
        for number, host in found:
            if not host or (host not in held and crowd[host] < PER_HOST):
                crowd[host] += 1
                yield number


def renew(connection: Connection, addresses: Iterable[str], at: datetime) -> None:
    """Make the leases of sources that are still under way last longer."""
    _lease(connection, sources.c.address.in_(one_of(addresses)), at)


def _lease(connection: Connection, chosen: ColumnElement[bool], at: datetime) -> None:
    connection.execute(update(sources).where(chosen).values(leased_until=at + LEASE))


def release(connection: Connection, addresses: Iterable[str]) -> None:
    """Give back what was claimed and not visited; it is due as before."""
    connection.execute(update(sources).where(sources.c.address.in_(one_of(addresses))).values(leased_until=None))


def release_all(connection: Connection) -> None:
    """Give back whatever is claimed, by whomever."""
    connection.execute(update(sources).where(sources.c.leased_until.is_not(None)).values(leased_until=None))
