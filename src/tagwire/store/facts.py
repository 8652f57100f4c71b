"""Facts about the whole site, decided once: a key and a value each."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from tagwire.store.schema import meta

RETAG = "retag"
"""``due`` while some articles carry tags of other rules than today's."""
DEFINITIONS = "definitions"
"""The version of the definitions that were taken over last."""
MATCHER = "matcher"
"""The version of the matcher whose keys the copies are indexed by."""
OPENED = "opened"
"""Grows when other stories than before may be open to all, without having changed."""
TAG_FEEDS = "tag_feeds_seen"
"""The last change of a story that the feeds of tags have seen."""
RULES = "rules"
"""The generation of today's vocabulary."""


def get(connection: Connection, key: str) -> str:
    """Give a fact, or an empty text where it is not known."""
    return connection.execute(select(meta.c.value).where(meta.c.key == key)).scalar() or ""


def put(connection: Connection, key: str, value: str) -> None:
    """Remember a fact in place of an older one."""
    if connection.execute(update(meta).where(meta.c.key == key).values(value=value)).rowcount == 0:
        connection.execute(insert(meta).values(key=key, value=value))


def settle(connection: Connection, key: str, value: str) -> str:
    """Remember a fact unless it is decided already, and give the one that holds."""
    held = get(connection, key)
    if not held:
        put(connection, key, value)
    return held or value


def authority(connection: Connection) -> str:
    """Give the authority of all ``tag:`` ids (RFC 4151, 2.1), fixed at the first run."""
    return get(connection, "authority") or "localhost"


@dataclass(frozen=True, slots=True)
class Publishings:
    """How often something was published, and how long that took in all."""

    count: int
    took: timedelta
    last_at: datetime | None


def published(connection: Connection, began: datetime, ended: datetime) -> None:
    """Remember that something was published."""
    before = publishings(connection)
    took = before.took + max(ended - began, timedelta())
    put(connection, _PUBLISHED, f"{before.count + 1} {took.total_seconds():.6f} {ended.timestamp():.6f}")


def publishings(connection: Connection) -> Publishings:
    """Give how often something was published."""
    if not (known := get(connection, _PUBLISHED)):
        return Publishings(0, timedelta(), None)
    count, took, last = known.split()
    return Publishings(int(count), timedelta(seconds=float(took)), datetime.fromtimestamp(float(last), UTC))


_PUBLISHED = "published"
