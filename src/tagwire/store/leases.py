"""Who is visiting which source: what is due is leased, so that nobody visits it twice at once."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import Boolean, Connection, bindparam, not_, or_, select, update

from tagwire.model import Memo
from tagwire.store import holds
from tagwire.store.rows import LISTED, all_in_one, listed, one_of
from tagwire.store.schema import Moment, memos, sources

LEASE = timedelta(minutes=10)
"""How long a claimed source is left alone by others; `renew` makes it longer, so only a crash lets it run out."""
_AT_ONCE = 500
PER_HOST = 8
"""How many sources of one host are claimed at a time: more would only wait for one another, and hold up others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a pass asks for."""

    kind: str
    """Only sources of this kind."""
    due_by: datetime
    """Those that are due by then, and have not been visited since."""
    everything: bool = False
    """Also those not due yet; none is visited twice since `due_by`."""
    by: str = ""
    """Names the pass, and no other one."""
    pause: timedelta = timedelta()
    """How long a host is left alone after another pass was there; our own pass sees to that itself."""


# The statements are made once: to make one costs more than to run it, and a pass asks them several times.
_at, _until = bindparam("at", type_=Moment), bindparam("until", type_=Moment)
_since, _due_by = bindparam("since", type_=Moment), bindparam("due_by", type_=Moment)
_leased = sources.c.leased_until.between(_at, _until)
_ours = sources.c.leased_by == bindparam("by")
_just_now = (sources.c.last_at > _since) & (sources.c.last_at <= _at)
_THERE = select(sources.c.host, _leased.label("leased"), _ours.label("ours")).where(
    sources.c.host != "", or_(_leased, _just_now & not_(_ours))
)
_ahead = sources.c.last_at > _at
"""What was written while the clock was ahead of today's holds up nothing."""
_DUE = (
    select(sources.c.id, sources.c.host)
    .where(
        sources.c.defined,
        sources.c.kind == bindparam("kind"),
        or_(bindparam("everything", type_=Boolean), sources.c.next_at <= _due_by, _ahead),
        or_(sources.c.last_at.is_(None), sources.c.last_at < _due_by, _ahead),
        or_(sources.c.leased_until.is_(None), not_(_leased)),
    )
    .order_by(sources.c.next_at, sources.c.id)
)

_LEASE = update(sources).where(sources.c.id.in_(LISTED)).values(leased_until=_until, leased_by=bindparam("by"))
_VISITS = (
    select(all_in_one(sources.c.id, sources.c.address, memos.c.memo))
    .join_from(sources, memos)
    .where(sources.c.id.in_(LISTED))
)


def claim(connection: Connection, at: datetime, limit: int, wanted: Claim) -> list[tuple[str, Memo]]:
    """Lease the sources that are due: no other process visits them until they are kept, or the lease runs out.

    Of one host only a few are leased at a time, so that many sources on it hold up no other; and none of a host where
    another pass is, or was a moment ago, or that asked for patience.

    Args:
        connection: in a writing transaction.
        at: the time.
        limit: how many at most.
        wanted: which.

    Returns:
        address and memo of each, the longest due first.

    """
    chosen = list(islice(_free(connection, at, wanted), limit))
    if not chosen:
        return []
    connection.execute(_LEASE, {"until": at + LEASE, "by": wanted.by} | listed(chosen))
    found = connection.execute(_VISITS, listed(chosen)).scalar_one()
    visits = {number: (address, memo) for number, address, memo in json.loads(found)}
    return [visits[number] for number in chosen]


def waits(connection: Connection, at: datetime, wanted: Claim) -> bool:
    """Tell whether something could be claimed if no other pass were at its host."""
    _, others = _there(connection, at, wanted)
    held = holds.held(connection, at)
    return bool(others) and any(host in others and host not in held for _, host in _due(connection, at, wanted))


def _free(connection: Connection, at: datetime, wanted: Claim) -> Iterator[int]:
    """Give the sources that may be leased, the longest due first; no further than they are taken from here."""
    crowd, others = _there(connection, at, wanted)
    closed = others | holds.held(connection, at).keys()
    for number, host in _due(connection, at, wanted):
        if not host or (host not in closed and crowd[host] < PER_HOST):
            crowd[host] += 1
            yield number


def _there(connection: Connection, at: datetime, wanted: Claim) -> tuple[Counter[str], set[str]]:
    """Give how many sources of each host are leased, and the hosts where another pass is, or was a moment ago."""
    asked = {"at": at, "until": at + LEASE, "since": at - wanted.pause, "by": wanted.by}
    found = connection.execute(_THERE, asked).all()
    return Counter(row.host for row in found if row.leased), {row.host for row in found if not row.ours}


def _due(connection: Connection, at: datetime, wanted: Claim) -> Iterator[tuple[int, str]]:
    """Give number and host of what is due and not leased, the longest due first."""
    asked = {"at": at, "until": at + LEASE, "due_by": wanted.due_by}
    with connection.execute(_DUE, asked | {"kind": wanted.kind, "everything": wanted.everything}) as found:
        for some in found.partitions(_AT_ONCE):
            yield from some


def renew(connection: Connection, addresses: Iterable[str], at: datetime) -> None:
    """Make the leases of sources that are still under way last longer."""
    renewed = update(sources).where(sources.c.address.in_(one_of(addresses)))
    connection.execute(renewed.values(leased_until=at + LEASE))


def release(connection: Connection, addresses: Iterable[str]) -> None:
    """Give back what was claimed and not visited; it is due as before."""
    connection.execute(update(sources).where(sources.c.address.in_(one_of(addresses))).values(leased_until=None))


def release_all(connection: Connection) -> None:
    """Give back whatever is claimed, by whomever."""
    connection.execute(update(sources).where(sources.c.leased_until.is_not(None)).values(leased_until=None))
