"""How sources are: a letter for each of their last visits, when they began to fail, and when they were well again.

It is written in the transaction that records the visits: a letter in a row that is written anyway, a count for each
outcome, and a row where a source began to fail or was well again.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, insert, select

from tagwire.model import Outcome
from tagwire.store import facts
from tagwire.store.schema import incidents, sources

REMEMBERED = 60
"""Visits of each source."""
_INCIDENTS = 1_000
"""In all, the last ones."""
_LETTERS = {each.value[0]: each for each in Outcome}
_COUNT = "visits."


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """A source began to fail, or was well again."""

    number: int
    source: str
    address: str
    at: datetime
    outcome: Outcome
    error: str

    @property
    def well(self) -> bool:
        """Whether it was well again."""
        return self.outcome.well


class Visited(NamedTuple):
    """What is noted of one visit."""

    source: int
    history: str
    """A letter for each visit before it."""
    outcome: Outcome
    error: str
    at: datetime


def lengthened(history: str, outcome: Outcome) -> str:
    """Give a history with one visit more, as far back as it is remembered."""
    return (history + outcome.value[0])[-REMEMBERED:]


def outcomes(history: str) -> tuple[Outcome, ...]:
    """Give how the last visits to a source ended, the oldest first."""
    return tuple(_LETTERS[letter] for letter in history)


def note(connection: Connection, visits: Iterable[Visited]) -> None:
    """Count visits, and remember where a source began to fail or was well again."""
    counts: Counter[Outcome] = Counter()
    turned = []
    for each in visits:
        counts[each.outcome] += 1
        before = _LETTERS[each.history[-1:]].well if each.history else True
        if before != each.outcome.well:
            turned.append(
                {"source": each.source, "at": each.at, "outcome": each.outcome.value, "error": each.error}
            )  # fmt: skip
    for outcome, count in counts.items():
        key = _COUNT + outcome.value
        facts.put(connection, key, str(int(facts.get(connection, key) or 0) + count))
    if turned:
        connection.execute(insert(incidents), turned)
        last = connection.execute(select(func.max(incidents.c.id))).scalar_one()
        connection.execute(delete(incidents).where(incidents.c.id <= last - _INCIDENTS))


def counted(connection: Connection) -> dict[Outcome, int]:
    """Give how many visits there ever were, by how they ended."""
    return {each: int(facts.get(connection, _COUNT + each.value) or 0) for each in Outcome}


def last_incidents(connection: Connection, limit: int) -> list[Incident]:
    """Give when sources began to fail and were well again, the last time first."""
    query = select(incidents, sources.c.name, sources.c.address).join(sources, sources.c.id == incidents.c.source)
    return [
        Incident(
            number=row.id, source=row.name, address=row.address, at=row.at, outcome=Outcome(row.outcome),
            error=row.error,
        )
        for row in connection.execute(query.order_by(incidents.c.id.desc()).limit(limit))
    ]  # fmt: skip
