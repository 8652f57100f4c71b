"""Which sources there are, and how the visits to them ended."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from sqlalchemy import Connection, Update, bindparam, func, insert, null, select, update

from tagwire.model import About, Attendance, Habit, Learnt, Next, Outcome, Source
from tagwire.store import facts, health, holds
from tagwire.store.rows import LISTED, Raw, all_in_one, listed, one_of, run_raw
from tagwire.store.schema import articles, compact, memos, microseconds, moment, sources
from tagwire.text import one_line


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
    history: tuple[Outcome, ...]
    """How its last visits ended, the oldest first."""
    next_at: datetime
    next_reason: str
    moved_to: str
    """Where its permanent redirects lead; empty: nowhere."""
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
            _insert(connection, each.source, values, now)
            continue
        changes = {key: value for key, value in values.items() if getattr(row, key) != value}
        if changes.keys() & {"definition", "defined", "reader"}:
            connection.execute(update(memos).where(memos.c.source == row.id).values(memo={}))
        if changes.keys() & {"definition", "defined"}:
            changes |= {"moved_to": "", "next_at": now, "next_reason": "its definition changed"}
        if changes:
            connection.execute(update(sources).where(sources.c.id == row.id).values(changes))
            retagged |= "generation" in changes
    for row in known.values():
        wanted = generation(rules, row.tags)
        if row.defined or row.generation != wanted:
            undefined = {"defined": False, "generation": wanted}
            connection.execute(update(sources).where(sources.c.id == row.id).values(undefined))
            retagged |= row.generation != wanted
    holds.put_off(connection, now)
    if retagged:
        facts.put(connection, facts.RETAG, "due")


def _insert(connection: Connection, source: Source, values: Mapping[str, object], now: datetime) -> None:
    fresh = {
        "address": source.address, "host": urlsplit(source.address).hostname or "", "about": {}, "habit": {},
        "learnt": {}, "warnings": [], "next_at": now, "next_reason": "never visited",
    }  # fmt: skip
    number = connection.execute(insert(sources).values({**fresh, **values}).returning(sources.c.id)).scalar_one()
    connection.execute(insert(memos).values(source=number, memo={}))


def _values(defined: Defined, rules: str) -> dict[str, object]:
    source = defined.source
    return {
        "name": source.name, "key": source.name.casefold(), "kind": source.kind, "title": source.title,
        "tags": list(source.tags), "defined": True, "definition": definition_digest(source),
        "reader": defined.reader, "generation": generation(rules, source.tags),
    }  # fmt: skip


class Standing(NamedTuple):
    """What keeping must know of a source."""

    id: int
    address: str
    generation: str
    failures: int
    history: str
    habit: Habit
    next_at: datetime
    well_at: datetime | None


def known(connection: Connection, addresses: Iterable[str]) -> dict[str, Standing]:
    """Give what keeping must know of some sources, by address."""
    found = connection.execute(_KNOWN, listed(addresses)).scalar_one()
    return {each.address: each for each in map(_known, json.loads(found))}


_KNOWN = select(all_in_one(*(sources.c[name] for name in Standing._fields))).where(sources.c.address.in_(LISTED))


def _known(values: Sequence[Any]) -> Standing:
    number, address, generation, failures, history, rhythm, next_at, well_at = values
    return Standing(
        number, address, generation, failures, history, habit(rhythm), moment(next_at), well_at and moment(well_at)
    )  # fmt: skip


class Ended(NamedTuple):
    """How a visit ended, and what was decided then."""

    row: Standing
    attendance: Attendance
    outcome: Outcome
    following: Next


def record(connection: Connection, ended: Sequence[Ended]) -> None:
    """Remember how visits ended and when the next ones are due; a visit that failed leaves the memo as it was."""
    well = [each for each in ended if each.attendance.reading.outcome.well]
    failed = [each for each in ended if not each.attendance.reading.outcome.well]
    remembered = [each for each in well if not each.attendance.reading.memo_stays]
    run_raw(connection, _ENDED, [_ended(each) for each in failed])
    run_raw(connection, _ENDED_WELL, [_ended_well(each) for each in well])
    run_raw(connection, _REMEMBERED, [_remembered(each) for each in remembered])
    told = ((each.row.id, each.attendance.reading.about) for each in ended)
    run_raw(connection, _ABOUT, [{"of": number, "new_about": compact(asdict(it))} for number, it in told if it])
    _hold(connection, ended)
    health.note(connection, map(_visited, ended))


def _visited(each: Ended) -> health.Visited:
    attendance = each.attendance
    error = one_line(attendance.reading.error)
    return health.Visited(each.row.id, each.row.history, each.outcome, error, attendance.now)


def _ending(*names: str) -> Update:
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
    return update(sources).where(sources.c.id == bindparam("of")).values(**values, leased_until=null())


_COLUMNS = ("last_at", "outcome", "error", "warnings", "failures", "history", "next_at", "next_reason", "habit")
_ENDED = _ending(*_COLUMNS)
_ENDED_WELL = _ending(*_COLUMNS, "well_at", "moved_to")
_LEARNT = update(sources).where(sources.c.id == bindparam("of")).values(learnt=bindparam("new_learnt"))
_ABOUT = update(sources).where(sources.c.id == bindparam("of")).values(about=bindparam("new_about"))
_REMEMBERED = update(memos).where(memos.c.source == bindparam("of")).values(memo=bindparam("new_memo"))


def _ended(each: Ended) -> Raw:
    reading, following = each.attendance.reading, each.following
    return {
        "of": each.row.id, "new_last_at": microseconds(each.attendance.now), "new_outcome": each.outcome.value,
        "new_error": one_line(reading.error), "new_warnings": compact(reading.warnings),
        "new_failures": each.attendance.failures, "new_history": health.lengthened(each.row.history, each.outcome),
        "new_next_at": microseconds(following.at), "new_next_reason": following.reason,
        "new_habit": compact(_habit(following.habit)),
    }  # fmt: skip


def _ended_well(each: Ended) -> Raw:
    row = _ended(each)
    row["new_well_at"] = row["new_last_at"]
    row["new_moved_to"] = each.attendance.reading.moved_to
    return row


def _remembered(each: Ended) -> Raw:
    return {"of": each.row.id, "new_memo": compact(dict(each.attendance.reading.memo))}


def _hold(connection: Connection, ended: Sequence[Ended]) -> None:
    """Let whole hosts alone that asked for patience: their other sources wait as long."""
    for each in ended:
        host, until = each.attendance.reading.hints.asked_by, each.following.hold
        if host and until is not None:
            holds.hold(connection, host, until)


def status(connection: Connection) -> list[SourceStatus]:
    """Give what is known of every source that is defined, by name."""
    counted = select(articles.c.source, func.count().label("articles")).group_by(articles.c.source).subquery()
    query = (
        select(sources, func.coalesce(counted.c.articles, 0).label("articles"))
        .outerjoin(counted, counted.c.source == sources.c.id)
        .where(sources.c.defined)
        .order_by(sources.c.name)
    )
    return [
        SourceStatus(
            name=row.name, kind=row.kind, address=row.address, last_at=row.last_at,
            outcome=Outcome(row.outcome) if row.outcome else None, error=row.error,
            warnings=tuple(row.warnings), failures=row.failures, history=health.outcomes(row.history),
            next_at=row.next_at, next_reason=row.next_reason, moved_to=row.moved_to,
            missed=habit(row.habit).missed, articles=row.articles,
        )
        for row in connection.execute(query)
    ]  # fmt: skip


def last_lessons(connection: Connection, wanted: Iterable[int]) -> dict[int, Learnt]:
    """Give what the articles of some sources have taught the matcher so far, by the sources' numbers."""
    query = select(sources.c.id, sources.c.learnt).where(sources.c.id.in_(one_of(wanted)))
    return {row.id: learnt(row.learnt) for row in connection.execute(query)}


def remember_learnt(connection: Connection, lessons: Mapping[int, Learnt]) -> None:
    """Remember what the articles of some sources, by their numbers, have taught the matcher."""
    run_raw(connection, _LEARNT, [{"of": number, "new_learnt": _kept(learnt)} for number, learnt in lessons.items()])


def _kept(learnt: Learnt) -> str:
    values = {name: getattr(learnt, name) for name in Learnt.__dataclass_fields__}
    return compact({name: sorted(each) if isinstance(each, frozenset) else each for name, each in values.items()})


def learnt(values: Mapping[str, Any]) -> Learnt:
    """Read back what a source's articles have taught the matcher."""
    sets: dict[str, Any] = {key: frozenset(each) if isinstance(each, list) else each for key, each in values.items()}
    return Learnt(**sets)


def about(values: Mapping[str, str]) -> About:
    """Read back what a source says of itself."""
    return About(**values)


def _habit(habit: Habit) -> dict[str, object]:
    """Give what differs from a new source's; asdict would copy deeply."""
    told = {name: getattr(habit, name) for name in _USUAL}
    return {name: value for name, value in told.items() if value != _USUAL[name]}


_USUAL = asdict(Habit())


def habit(values: Mapping[str, Any]) -> Habit:
    """Read back what was learnt of a source."""
    skips = {key: tuple(value) for key, value in values.items() if isinstance(value, list)}
    return Habit(**{**values, **skips})
