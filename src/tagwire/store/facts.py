"""Facts about the whole site, decided once: a key and a value each."""

from sqlalchemy import Connection, insert, select, update

from tagwire.store.schema import meta

RETAG = "retag"
"""``due`` while some articles carry tags of other rules than today's."""
DEFINITIONS = "definitions"
"""The version of the definitions that were taken over last."""
MATCHER = "matcher"
"""The version of the matcher whose keys the copies are indexed by."""
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
