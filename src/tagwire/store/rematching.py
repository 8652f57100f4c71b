"""Matching anew what is stored: what today's rules would make of it, as moves of copies between stories."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import Connection, Row, select, update

from tagwire.store.candidates import Candidates, Matcher
from tagwire.store.corrections import make_story, move, pinned, refresh
from tagwire.store.retagging import article
from tagwire.store.schema import articles, sources, stories


@dataclass(frozen=True, slots=True)
class Moved:
    """A copy that belongs to another story by today's rules."""

    source: str
    title: str
    origin: str
    """The id of the story that it is in."""
    target: str
    """The id of the story that it belongs to; empty: one of its own."""
    reason: str


def rematch(connection: Connection, matcher: Matcher, now: datetime, *, dry: bool) -> list[Moved]:
    """Match every copy anew, in the order in which they were kept; stories that were corrected by hand stay.

    Args:
        connection: in a transaction, a writing one unless it is dry.
        matcher: with today's rules.
        now: the time.
        dry: only tell what would be done.

    """
    moves = _plan(connection, matcher)
    uris = {row.id: row.uri for row in connection.execute(select(stories.c.id, stories.c.uri))}
    if moves and not dry:
        _carry_out(connection, matcher, moves, now)
    return [
        Moved(each.row.name, each.row.title, uris[each.row.story], uris.get(each.target, ""), each.reason)
        for each in moves
    ]


@dataclass(frozen=True, slots=True)
class _Move:
    row: Row[Any]
    target: int
    """A story; negative: one that is not there yet."""
    reason: str
    score: float


def _plan(connection: Connection, matcher: Matcher) -> list[_Move]:
    fixed = pinned(connection)
    candidates = Candidates(connection, matcher)
    begun: set[int] = set()
    fresh = count(-1, -1)
    moves = []
    for row in connection.execute(_every_copy()):
        told = article(row)
        if row.story in fixed:
            target, reason, score = row.story, row.reason, row.score
        else:
            decision = matcher.decide(told, candidates.of(told))
            reason, score = decision.reason, decision.score
            # A story keeps its id as long as the copy it began with, or the first that is left of it, stays alone.
            own = row.story if row.story not in begun else next(fresh)
            target = decision.story if decision.story is not None else own
        begun.add(target)
        candidates.add(target, told, row.id)
        candidates.choose_shown(target)
        if target != row.story:
            moves.append(_Move(row, target, reason, score))
    return moves


def _every_copy() -> Any:
    return (
        select(articles, sources.c.name, sources.c.address)
        .join(sources, sources.c.id == articles.c.source)
        .order_by(articles.c.id)
    )


def _carry_out(connection: Connection, matcher: Matcher, moves: Sequence[_Move], now: datetime) -> None:
    made: dict[int, int] = {}
    touched: dict[int, None] = {}
    for each in moves:
        target = each.target
        if target < 0:
            target = made[target] if target in made else made.setdefault(target, make_story(connection, each.row, now))
        move(connection, [each.row.id], target)
        why = {"reason": each.reason, "score": each.score}
        connection.execute(update(articles).where(articles.c.id == each.row.id).values(why))
        touched |= {each.row.story: None, target: None}
        loud = select(stories.c.id).where(stories.c.id == each.row.story, ~stories.c.quiet)
        connection.execute(update(stories).where(stories.c.id == target, loud.exists()).values(quiet=False))
        _close(connection, each.row.story, target)
    refresh(connection, matcher, list(touched))


def _close(connection: Connection, story: int, target: int) -> None:
    """Let a story without copies be another name for the one that its last copy went to."""
    left = connection.execute(select(articles.c.id).where(articles.c.story == story).limit(1)).first()
    if left is None:
        connection.execute(update(stories).where(stories.c.id == story).values(merged_into=target))
