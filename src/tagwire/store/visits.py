"""Which sources there are, which are due, who is visiting them, and how their visits ended."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, Row, bindparam, insert, or_, select, true, update

from tagwire.model import About, Attendance, Habit, Learnt, Memo, Next, Outcome, Reading, Source
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
    missed: int
    """Articles that may have come and gone between two visits: an estimate."""
    articles: int


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
            fresh = {
                "memo": {},
                "about": {},
                "habit": {},
                "learnt": {},
                "warnings": [],
                "next_at": now,
                "next_reason": "never visited",
            }
            host = urlsplit(each.source.address).hostname or ""
            connection.execute(insert(sources).values(address=each.source.address, host=host, **values, **fresh))
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
        "name": source.name, "key": source.name.casefold(), "kind": source.kind, "title": source.title,
        "tags": list(source.tags), "defined": True, "definition": definition_digest(source),
        "reader": defined.reader, "generation": generation(rules, source.tags),
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


def known(connection: Connection, addresses: Sequence[str]) -> dict[str, Row[Any]]:
    """Give what keeping must know of some sources, by address."""
    columns = (
        sources.c.id, sources.c.address, sources.c.host, sources.c.generation, sources.c.failures, sources.c.habit,
        sources.c.well_at, sources.c.next_at, sources.c.learnt,
    )  # fmt: skip
    query = select(*columns).where(sources.c.address.in_(addresses))
    found: list[Any] = list(connection.execute(query))
    return {row.address: row for row in found}


@dataclass(frozen=True, slots=True)
class Ended:
    """How a visit ended, and what was decided then."""

    row: Row[Any]
    attendance: Attendance
    outcome: Outcome
    following: Next


def record(connection: Connection, ended: Sequence[Ended]) -> None:
    """Remember how visits ended and when the next ones are due; a visit that failed leaves the memo as it was."""
    well = [each for each in ended if is_well(each.attendance.reading)]
    if ended:
        connection.execute(_ENDED, [_ended(each) for each in ended])
    if well:
        connection.execute(_ENDED_WELL, [_ended_well(each) for each in well])
    for each in ended:
        if each.attendance.reading.about is not None:
            about_it = asdict(each.attendance.reading.about)
            connection.execute(update(sources).where(sources.c.id == each.row.id).values(about=about_it))
        if each.attendance.reading.outcome is Outcome.HELD and each.row.host:
            _hold(connection, each)


_COLUMNS = ("last_at", "outcome", "error", "warnings", "failures", "next_at", "next_reason", "habit", "leased_until")
_ENDED = (
    update(sources).where(sources.c.id == bindparam("of")).values({name: bindparam(f"new_{name}") for name in _COLUMNS})
)
_ENDED_WELL = (
    update(sources)
    .where(sources.c.id == bindparam("of"))
    .values(well_at=bindparam("new_well_at"), memo=bindparam("new_memo"))
)


def _ended(each: Ended) -> dict[str, object]:
    reading, following = each.attendance.reading, each.following
    return {
        "of": each.row.id, "new_last_at": each.attendance.now, "new_outcome": each.outcome.value,
        "new_error": reading.error, "new_warnings": list(reading.warnings), "new_failures": each.attendance.failures,
        "new_next_at": following.at, "new_next_reason": following.reason, "new_habit": asdict(following.habit),
        "new_leased_until": None,
    }  # fmt: skip


def _ended_well(each: Ended) -> dict[str, object]:
    reading = each.attendance.reading
    return {"of": each.row.id, "new_well_at": each.attendance.now, "new_memo": dict(reading.memo)}


def _hold(connection: Connection, each: Ended) -> None:
    """Let a whole host alone when it asked for patience: its other sources wait as long."""
    same_host = (sources.c.host == each.row.host) & (sources.c.next_at < each.following.at)
    held = {"next_at": each.following.at, "next_reason": f"{each.row.host} asked us to wait"}
    connection.execute(update(sources).where(same_host).values(held))


def is_well(reading: Reading) -> bool:
    """Tell whether a visit ended as it should."""
    return reading.outcome in {Outcome.NEW, Outcome.UNCHANGED}


def remember_learnt(connection: Connection, source_id: int, learnt: Learnt) -> None:
    """Remember what a source's articles have taught the matcher."""
    values = {
        "version": learnt.version, "suffixes": sorted(learnt.suffixes), "recurring": sorted(learnt.recurring),
        "links": sorted(learnt.links),
    }  # fmt: skip
    connection.execute(update(sources).where(sources.c.id == source_id).values(learnt=values))


def learnt(values: Mapping[str, Any]) -> Learnt:
    """Read back what a source's articles have taught the matcher."""
    sets: dict[str, Any] = {key: frozenset(each) if isinstance(each, list) else each for key, each in values.items()}
    return Learnt(**sets)


def about(values: Mapping[str, str]) -> About:
    """Read back what a source says of itself."""
    return About(**values)


def habit(values: Mapping[str, Any]) -> Habit:
    """Read back what was learnt of a source."""
    skips = {key: tuple(value) for key, value in values.items() if isinstance(value, list)}
    return Habit(**{**values, **skips})
