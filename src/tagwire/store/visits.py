"""Which sources there are, which are due, who is visiting them, and how their visits ended."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, or_, select, true, update

from tagwire.model import About, Memo, Next, Outcome, Reading, Source
from tagwire.store import facts
from tagwire.store.schema import sources

LEASE = timedelta(minutes=10)
"""How long a claimed source is left alone by others; longer than any visit, so only a crash lets it run out."""


@dataclass(frozen=True, slots=True)
class Defined:
    """A source as today's definitions have it."""

    source: Source
    reader: str
    """The version of its kind's reader."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStatus:
    """What is known of a source and its visits."""

    name: str
    kind: str
    address: str
    last_at: datetime | None
    outcome: Outcome | None
    error: str
    warnings: tuple[str, ...]
    failures: int
    next_at: datetime
    next_reason: str
    articles: int = 0


def definition_digest(source: Source) -> str:
    """Give a digest of all that shapes a reading of this source, and of its schedule, but not of its name."""
    shaping = [
        source.kind, asdict(source.options), source.timezone, source.language, source.title,
        source.every.total_seconds() if source.every is not None else None, source.cron,
    ]  # fmt: skip
    return hashlib.blake2b(json.dumps(shaping, sort_keys=True, default=str).encode(), digest_size=16).hexdigest()


def generation(rules: str, tags: Iterable[str]) -> str:
    """Give the generation of an article's tags: from the vocabulary's own, and from the tags of its source."""
    return hashlib.blake2b(json.dumps([rules, sorted(tags)]).encode(), digest_size=12).hexdigest()


def adopt(connection: Connection, defined: Iterable[Defined], rules: str, now: datetime) -> None:
    """Take over today's definitions: new sources are due at once, changed ones too and without their memo.

    Sources whose definition is gone are remembered, but not visited.

    Args:
        connection: in a writing transaction.
        defined: every source that is defined today.
        rules: the generation of the vocabulary.
        now: the time.

    """
    known = {row.address: row for row in connection.execute(select(sources))}
    retagged = False
    for each in defined:
        row = known.pop(each.source.address, None)
        values = _values(each, rules)
        if row is None:
            fresh = {"memo": {}, "about": {}, "warnings": [], "next_at": now, "next_reason": "never visited"}
            connection.execute(insert(sources).values(address=each.source.address, **values, **fresh))
            continue
        changes = {key: value for key, value in values.items() if getattr(row, key) != value}
        if "definition" in changes or "defined" in changes:
            changes |= {"memo": {}, "next_at": now, "next_reason": "its definition changed"}
        elif "reader" in changes:
            changes["memo"] = {}
        if changes:
            connection.execute(update(sources).where(sources.c.id == row.id).values(changes))
            retagged |= "generation" in changes
    for row in known.values():
        wanted = generation(rules, row.tags)
        if row.defined or row.generation != wanted:
            undefined = {"defined": False, "generation": wanted}
            connection.execute(update(sources).where(sources.c.id == row.id).values(undefined))
            retagged |= row.generation != wanted
    if retagged:
        facts.put(connection, facts.RETAG, "due")


def _values(defined: Defined, rules: str) -> dict[str, object]:
    source = defined.source
    return {
        "name": source.name, "kind": source.kind, "title": source.title, "tags": list(source.tags), "defined": True,
        "definition": definition_digest(source), "reader": defined.reader, "generation": generation(rules, source.tags),
    }  # fmt: skip


def claim(
    connection: Connection, now: datetime, limit: int, *, kinds: Sequence[str], everything: bool
) -> list[tuple[str, Memo]]:
    """Lease the sources that are due: no other process visits them until they are kept, or the lease runs out.

    Args:
        connection: in a writing transaction.
        now: the time of this pass.
        limit: how many at most.
        kinds: only sources of these kinds.
        everything: also those not due yet; none is visited twice in a pass.

    Returns:
        address and memo of each, the longest due first.

    """
    due = true() if everything else sources.c.next_at <= now
    unvisited = or_(sources.c.last_at.is_(None), sources.c.last_at < now)  # by this pass
    free = or_(sources.c.leased_until.is_(None), sources.c.leased_until < now)
    rows = connection.execute(
        select(sources.c.id, sources.c.address, sources.c.memo)
        .where(sources.c.defined, sources.c.kind.in_(kinds), due, unvisited, free)
        .order_by(sources.c.next_at, sources.c.id)
        .limit(limit)
    ).all()
    ids = [row.id for row in rows]
    connection.execute(update(sources).where(sources.c.id.in_(ids)).values(leased_until=now + LEASE))
    return [(row.address, row.memo) for row in rows]


def release(connection: Connection, addresses: Sequence[str]) -> None:
    """Give back what was claimed and not visited; it is due as before."""
    connection.execute(update(sources).where(sources.c.address.in_(addresses)).values(leased_until=None))


def record(
    connection: Connection, source_id: int, reading: Reading, following: Next, *, now: datetime, failures: int
) -> None:
    """Remember how a visit ended and when the next one is due; a failed visit leaves the memo as it was."""
    well = reading.outcome in {Outcome.NEW, Outcome.UNCHANGED}
    values: dict[str, object] = {
        "last_at": now, "outcome": reading.outcome.value, "error": reading.error, "warnings": list(reading.warnings),
        "failures": failures, "next_at": following.at, "next_reason": following.reason, "leased_until": None,
    }  # fmt: skip
    if well:
        values["memo"] = dict(reading.memo)
    if well and reading.about is not None:
        values["about"] = asdict(reading.about)
    connection.execute(update(sources).where(sources.c.id == source_id).values(values))


def about(values: Mapping[str, str]) -> About:
    """Read back what a source says of itself."""
    return About(**values)
