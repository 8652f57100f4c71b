"""Holds: hosts that asked for patience, and are left alone as a whole until it is over (RFC 9110, 10.2.3)."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, func, not_, select, update
from sqlalchemy.dialects.sqlite import insert

from tagwire.model import LONGEST_HOLD
from tagwire.store.schema import holds, sources


def hold(connection: Connection, host: str, until: datetime) -> None:
    """Leave a host alone until then; one that is held already stays held for the longer time."""
    asked = insert(holds).values(host=host, until=until)
    longer = {"until": func.max(holds.c.until, asked.excluded.until)}
    connection.execute(asked.on_conflict_do_update(index_elements=[holds.c.host], set_=longer))
    _put_off(connection, host, until)


def held(connection: Connection, now: datetime) -> dict[str, datetime]:
    """Give the hosts that are left alone now, and until when each is."""
    found = connection.execute(select(holds).where(_in_force(now)))
    return {row.host: row.until for row in found}


def put_off(connection: Connection, now: datetime) -> None:
    """Put off what has become due on hosts that are held: sources that are new, or whose definition changed."""
    connection.execute(delete(holds).where(not_(_in_force(now))))
    for row in connection.execute(select(holds)).all():
        _put_off(connection, row.host, row.until)


def _put_off(connection: Connection, host: str, until: datetime) -> None:
    waiting = (sources.c.host == host) & (sources.c.next_at < until)
    values = {"next_at": until, "next_reason": f"{host} asked us to wait"}
    connection.execute(update(sources).where(waiting).values(values))


def _in_force(now: datetime) -> ColumnElement[bool]:
    # What is held longer was written while the clock was ahead of today's.
    return holds.c.until.between(now, now + LONGEST_HOLD)
