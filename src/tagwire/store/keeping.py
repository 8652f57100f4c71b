"""Keeping: candidates, decision, articles, stories, tags, memo and next visit, in one transaction.

Matched before the transaction, two siblings of one batch (or of two processes) would both be new, and be published
twice; and a memo kept before its articles would lose them for good in a crash.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, select

from tagwire.model import (
    Article,
    Attendance,
    Candidate,
    Change,
    Learnt,
    Next,
    Outcome,
    Reading,
    TaggedReading,
    TagReason,
)
from tagwire.store import facts, visits
from tagwire.store.candidates import Candidates, Matcher, index
from tagwire.store.editing import Editor
from tagwire.store.rows import table_of
from tagwire.store.schema import articles
from tagwire.store.visits import Standing
from tagwire.store.writing import Writer

_FAILURES = frozenset({Outcome.FAILED, Outcome.HELD})

Plan = Callable[[Attendance], Next]
"""Decides when a source is due after a visit."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a reading."""

    reading: Reading
    new: int
    """Articles that were not known before."""
    edited: int
    following: Next

    @property
    def outcome(self) -> Outcome:
        """How the visit ended for a user: a document that changed and brought nothing is unchanged."""
        idle = self.reading.outcome is Outcome.NEW and not self.new and not self.edited
        return Outcome.UNCHANGED if idle else self.reading.outcome

    @property
    def failed(self) -> bool:
        """Whether the visit ended as it should not."""
        return not self.reading.outcome.well


def keep(
    connection: Connection, tagged: Sequence[TaggedReading], matcher: Matcher, plan: Plan, now: datetime
) -> list[Kept]:
    """Keep some readings, all of them or none; keeping the same reading twice changes nothing."""
    kept, ended = [], []
    rows = visits.known(connection, [each.reading.source.address for each in tagged])
    readings = [(rows[each.reading.source.address], each) for each in tagged]
    for (row, each), (new, edited) in zip(readings, _take_in(connection, readings, matcher, now), strict=True):
        attendance = _attendance(row, each.reading, new, now)
        following = plan(attendance)
        kept.append(Kept(each.reading, new, edited, following))
        ended.append(visits.Ended(row, attendance, kept[-1].outcome, following))
    visits.record(connection, ended)
    return kept


def _take_in(
    connection: Connection, readings: Sequence[tuple[Standing, TaggedReading]], matcher: Matcher, now: datetime
) -> list[tuple[int, int]]:
    """Keep the articles of some readings; give how many of each are new, and how many edited."""
    if not any(each.reading.articles for _, each in readings):
        return [(0, 0)] * len(readings)  # as most visits end: nothing is asked for numbers that nobody needs
    keeper = _Keeper(connection, matcher, now)
    keeper.look_up(readings)
    counted = [keeper.articles(row, each) for row, each in readings]
    keeper.write()
    return counted


def _no_news(reading: Reading) -> frozenset[str]:
    """Give the guids of the articles that are only kept: all but the newest of a backlog."""
    if reading.backlog is None:
        return frozenset()
    newest = sorted(reading.articles, key=lambda article: article.published, reverse=True)
    return frozenset(article.guid for article in newest[reading.backlog :])


def _attendance(row: Standing, reading: Reading, new: int, now: datetime) -> Attendance:
    return Attendance(
        reading=reading, new=new, failures=row.failures + 1 if reading.outcome in _FAILURES else 0,
        habit=row.habit, due_at=row.next_at, last_well=row.well_at, now=now,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Told:
    """The last telling of an article that is known by its guid."""

    number: int
    digest: str
    turn: int


class _Keeper:
    """Keeps the articles of some readings; decides on each in turn, and writes them all at the end."""

    def __init__(self, connection: Connection, matcher: Matcher, now: datetime) -> None:
        self._connection = connection
        self._matcher = matcher
        self._now = now
        self._candidates = Candidates(connection, matcher)
        self._writer = Writer(connection, now)
        self._editor = Editor(connection, matcher, self._candidates, self._writer, now)
        self._told: dict[tuple[int, str], _Told] = {}
        self._quiet: frozenset[str] = frozenset()

    def look_up(self, readings: Sequence[tuple[Standing, TaggedReading]]) -> None:
        """Ask once, for all readings, what is known of their articles and what new ones could belong to."""
        self._take_lessons([(source, tagged.learnt) for source, tagged in readings if tagged.learnt is not None])
        told = [(source.id, article) for source, tagged in readings for article in tagged.reading.articles]
        if told:
            self._told = _told(self._connection, [(source, article.guid) for source, article in told])
            self._candidates.look_up([each for source, each in told if (source, each.guid) not in self._told])

    def _take_lessons(self, lessons: Sequence[tuple[Standing, Learnt]]) -> None:
        """Remember what was learnt; where titles are cleaned otherwise now, the source's latest copies get new keys."""
        before = visits.last_lessons(self._connection, [source.id for source, _ in lessons])
        changed = {source.id: learnt for source, learnt in lessons if learnt != before[source.id]}
        visits.remember_learnt(self._connection, changed)
        for source, learnt in changed.items():
            if (before[source].suffixes, before[source].links) != (learnt.suffixes, learnt.links):
                near = articles.c.published > self._now - self._matcher.reach
                index(self._connection, self._matcher, articles.c.source == source, near)

    def articles(self, source: Standing, tagged: TaggedReading) -> tuple[int, int]:
        """Decide on the articles of a reading; give how many of them are new, and how many edited."""
        reading = tagged.reading
        if not reading.articles:
            return 0, 0
        if tagged.generation != source.generation:
            facts.put(self._connection, facts.RETAG, "due")  # the rules changed between tagging and keeping
        # After the first visit nothing is a backlog, also where a memo was dropped and a document is read anew.
        self._quiet = _no_news(reading) if source.well_at is None else frozenset()
        once: dict[str, tuple[Article, tuple[TagReason, ...]]] = {}
        for article, tags in zip(reading.articles, tagged.tags, strict=True):
            once.setdefault(article.guid, (article, tags))  # of one guid told twice in a document the first counts
        new = [guid for guid in once if (source.id, guid) not in self._told]
        changes = [
            self._again(source, self._told[source.id, guid], article, tags, tagged)
            for guid, (article, tags) in once.items()
            if (source.id, guid) in self._told and self._told[source.id, guid].digest != article.digest
        ]
        for guid in new:
            self._newcomer(source, *once[guid], tagged, turn=0)
        return len(new) + changes.count(Change.ANOTHER), changes.count(Change.EDIT)

    def _again(
        self, source: Standing, before: _Told, article: Article, tags: tuple[TagReason, ...], tagged: TaggedReading
    ) -> Change:
        """Take in an article that its source tells anew, differently."""
        change = self._editor.take_in(before.number, article, tags, tagged)
        if change is Change.ANOTHER:
            self._candidates.look_up([article])
            self._newcomer(source, article, tags, tagged, turn=before.turn + 1)
        else:
            self._told[source.id, article.guid] = replace(before, digest=article.digest)
        return change

    def _newcomer(
        self, source: Standing, article: Article, tags: tuple[TagReason, ...], tagged: TaggedReading, *, turn: int
    ) -> None:
        candidates = self._candidates.of(article)
        decision = self._matcher.decide(article, candidates)
        quiet = article.guid in self._quiet
        number, story = self._writer.article(article, source, tagged.generation, decision, turn=turn, quiet=quiet)
        self._writer.found_by(number, article, tags, self._candidates.keys(article), article.published)
        self._candidates.add(story, article, number)
        if decision.story is not None:
            self._writer.touch(story, shown=self._candidates.choose_shown(story))
            if not quiet and _is_news_of(story, article, candidates):
                self._writer.touch(story, quiet=False)
        self._told[source.id, article.guid] = _Told(number, article.digest, turn)

    def write(self) -> None:
        """Write all that was decided."""
        self._writer.write()


def _is_news_of(story: int, article: Article, candidates: Sequence[Candidate]) -> bool:
    """Tell whether a copy is news: what its own source told before, and renews only, is none."""
    copies = next(each.copies for each in candidates if each.story == story)
    return all(copy.source != article.source for copy in copies)


def _told(connection: Connection, wanted: Sequence[tuple[int, str]]) -> dict[tuple[int, str], _Told]:
    """Give the last telling of those articles that are known, by source and guid."""
    asked = table_of(wanted, "source", "guid")
    mine = (articles.c.source == asked.c.source) & (articles.c.guid == asked.c.guid)
    columns = (articles.c.source, articles.c.guid, articles.c.id, articles.c.digest, articles.c.turn)
    query = select(*columns).join_from(asked, articles, mine).order_by(articles.c.turn)
    return {(row.source, row.guid): _Told(row.id, row.digest, row.turn) for row in connection.execute(query)}
