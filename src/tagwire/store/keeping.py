"""Keeping: candidates, decision, articles, stories, tags, memo and next visit, in one transaction.

Matched before the transaction, two siblings of one batch (or of two processes) would both be new, and be published
twice; and a memo kept before its articles would lose them for good in a crash.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, update

from tagwire.model import (
    Article,
    Attendance,
    Candidate,
    Change,
    Known,
    Learnt,
    Next,
    Outcome,
    Reading,
    TaggedReading,
    TagReason,
)
from tagwire.store import facts, visits
from tagwire.store.candidates import Candidates, Matcher, keys_of, known
from tagwire.store.conditions import article_words
from tagwire.store.identity import Birth, new_uris
from tagwire.store.rows import IN_ONE_QUERY, chunks, dated, number_after, tags_of, told, unite_tags, words_of
from tagwire.store.schema import article_keys, article_tags, articles, sources, stories

FIRST = "the first of its story"
"""The reason of a copy that was no story yet."""
_FAILURES = frozenset({Outcome.FAILED, Outcome.HELD})
_RESTLESS = timedelta(days=1)
"""After a longer rest, an article's changes are counted anew."""

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
        return not visits.is_well(self.reading)


def keep(
    connection: Connection, tagged: Sequence[TaggedReading], matcher: Matcher, plan: Plan, now: datetime
) -> list[Kept]:
    """Keep some readings, all of them or none; keeping the same reading twice changes nothing."""
    keeper = _Keeper(connection, matcher, now)
    kept, ended = [], []
    rows: dict[str, Row[Any]] = {}
    for some in chunks([each.reading.source.address for each in tagged], IN_ONE_QUERY):
        rows |= visits.known(connection, some)
    for each in tagged:
        row = rows[each.reading.source.address]
        new, edited = keeper.articles(row, each)
        attendance = _attendance(row, each.reading, new, now)
        following = plan(attendance)
        kept.append(Kept(each.reading, new, edited, following))
        ended.append(visits.Ended(row, attendance, kept[-1].outcome, following))
    keeper.write()
    visits.record(connection, ended)
    return kept


def _no_news(reading: Reading) -> frozenset[str]:
    """Give the guids of the articles that are only kept: all but the newest of a backlog."""
    if reading.backlog is None:
        return frozenset()
    newest = sorted(reading.articles, key=lambda article: article.published, reverse=True)
    return frozenset(article.guid for article in newest[reading.backlog :])


def _attendance(row: Row[Any], reading: Reading, new: int, now: datetime) -> Attendance:
    return Attendance(
        reading=reading, new=new, failures=row.failures + 1 if reading.outcome in _FAILURES else 0,
        habit=visits.habit(row.habit), due_at=row.next_at, last_well=row.well_at, now=now,
    )  # fmt: skip


@dataclass(slots=True)
class _Told:
    """The last telling of an article that is known by its guid."""

    article: int
    story: int
    digest: str
    turn: int


@dataclass(slots=True)
class _Rows:
    """What is written at the end of the transaction, many rows at once."""

    stories: dict[int, dict[str, object]] = field(default_factory=dict)
    births: dict[int, Birth] = field(default_factory=dict)
    articles: list[dict[str, object]] = field(default_factory=list)
    keys: list[dict[str, object]] = field(default_factory=list)
    tags: list[dict[str, object]] = field(default_factory=list)
    words: list[dict[str, object]] = field(default_factory=list)


class _Keeper:
    """Keeps the articles of some readings; decides on each in turn, and writes them all at the end."""

    def __init__(self, connection: Connection, matcher: Matcher, now: datetime) -> None:
        self._connection = connection
        self._matcher = matcher
        self._now = now
        self._candidates = Candidates(connection, matcher)
        self._authority = facts.authority(connection)
        self._change = number_after(connection, stories.c.change)
        self._story = number_after(connection, stories.c.id)
        self._article = number_after(connection, articles.c.id)
        self._rows = _Rows()
        self._touched: dict[int, dict[str, object]] = {}
        self._members: dict[int, list[int]] = {}
        self._quiet: frozenset[str] = frozenset()

    # ------------------------------------------------------------ deciding

    def articles(self, source: Row[Any], tagged: TaggedReading) -> tuple[int, int]:
        """Decide on the articles of a reading; give how many of them are new, and how many edited."""
        reading = tagged.reading
        if not reading.articles:
            return 0, 0
        if tagged.generation != source.generation:
            facts.put(self._connection, facts.RETAG, "due")  # the rules changed between tagging and keeping
        if tagged.learnt is not None:
            self._take_lesson(source, tagged.learnt)
        # After the first visit nothing is a backlog, also where a memo was dropped and a document is read anew.
        self._quiet = _no_news(reading) if source.well_at is None else frozenset()
        known_ones = self._known(source.id, [article.guid for article in reading.articles])
        told_now = list(zip(reading.articles, tagged.tags, strict=True))
        changes = [
            self._again(source, known_ones[article.guid], article, tags, tagged)
            for article, tags in told_now
            if article.guid in known_ones and known_ones[article.guid].digest != article.digest
        ]
        if changes:
            self.write()  # newcomers are compared with what was edited as it is now
        newcomers = [(article, tags) for article, tags in told_now if article.guid not in known_ones]
        self._candidates.look_up([article for article, _ in newcomers])
        begun: dict[str, _Told] = {}
        for article, tags in newcomers:
            if article.guid not in begun:  # of one guid told twice in a document the first counts
                begun[article.guid] = self._newcomer(source, article, tags, tagged, turn=0)
        another = changes.count(Change.ANOTHER)
        return len(begun) + another, changes.count(Change.EDIT)

    def _take_lesson(self, source: Row[Any], learnt: Learnt) -> None:
        """Remember what was learnt; where titles are cleaned otherwise now, the source's latest copies get new keys."""
        before = visits.last_lesson(self._connection, source.id)
        if learnt == before:
            return
        visits.remember_learnt(self._connection, source.id, learnt)
        if (before.suffixes, before.links) != (learnt.suffixes, learnt.links):
            self.write()
            near = articles.c.published > self._now - self._matcher.reach
            index(self._connection, self._matcher, articles.c.source == source.id, near)

    def _known(self, source: int, guids: list[str]) -> dict[str, _Told]:
        found: dict[str, _Told] = {}
        columns = (articles.c.guid, articles.c.id, articles.c.story, articles.c.digest, articles.c.turn)
        for some in chunks(guids, IN_ONE_QUERY):
            query = select(*columns).where(articles.c.source == source, articles.c.guid.in_(some))
            for row in self._connection.execute(query.order_by(articles.c.turn)):
                found[row.guid] = _Told(row.id, row.story, row.digest, row.turn)
        return found

    def _newcomer(
        self, source: Row[Any], article: Article, tags: tuple[TagReason, ...], tagged: TaggedReading, *, turn: int
    ) -> _Told:
        candidates = self._candidates.of(article)
        decision = self._matcher.decide(article, candidates)
        number, self._article = self._article, self._article + 1
        story = decision.story if decision.story is not None else self._new_story(source.address, article, number)
        self._rows.articles.append(
            told(article) | dated(article) | {
                "id": number, "source": source.id, "guid": article.guid, "turn": turn, "story": story,
                "kept_at": self._now, "generation": tagged.generation, "score": decision.score,
                "reason": decision.reason if decision.story is not None else FIRST,
            }
        )  # fmt: skip
        self._index(number, article)
        self._rows.tags += tags_of(number, tags)
        self._rows.words.append(words_of(number, article))
        self._candidates.add(story, article)
        if decision.story is not None:
            self._joined(story, number)
            if self._is_news_of(story, article, candidates):
                self._touch(story, quiet=False)
        return _Told(number, story, article.digest, turn)

    def _new_story(self, address: str, article: Article, shown: int) -> int:
        number, self._story = self._story, self._story + 1
        self._rows.stories[number] = {
            "id": number, "published": article.published, "day": article.day,
            "updated": max(article.published, article.updated or article.published), "kept_at": self._now,
            "change": self._change, "settled": 0, "shown": shown, "quiet": article.guid in self._quiet,
        }  # fmt: skip
        self._rows.births[number] = Birth(address, article.guid, article.day)
        self._members[number] = [shown]
        return number

    def _joined(self, story: int, article: int) -> None:
        self._ids_of(story).append(article)
        self._choose_shown(story)

    def _choose_shown(self, story: int) -> None:
        """Let the matcher choose the shown copy again; id, date and place of the story stay."""
        self._candidates.candidate(story)
        self._touch(story, shown=self._ids_of(story)[self._candidates.choose_shown(story)])

    def _ids_of(self, story: int) -> list[int]:
        """Give the numbers of a story's copies, in the order of the candidates' copies."""
        if story not in self._members:
            stored = select(articles.c.id).where(articles.c.story == story).order_by(articles.c.id)
            self._members[story] = list(self._connection.execute(stored).scalars())
        return self._members[story]

    def _is_news_of(self, story: int, article: Article, candidates: Sequence[Candidate]) -> bool:
        """Tell whether a copy is news: what its own source told before, and renews only, is none."""
        copies = next(each.copies for each in candidates if each.story == story)
        return article.guid not in self._quiet and all(copy.source != article.source for copy in copies)

    def _touch(self, story: int, **values: object) -> None:
        if story in self._rows.stories:
            self._rows.stories[story] |= values
        else:
            self._touched[story] = self._touched.get(story, {}) | values

    def _index(self, number: int, article: Article) -> None:
        keys = self._candidates.keys(article).all()
        self._rows.keys += [{"key": key, "published": article.published, "article": number} for key in keys]

    # ------------------------------------------------------------ editing

    def _again(
        self, source: Row[Any], old: _Told, article: Article, tags: tuple[TagReason, ...], tagged: TaggedReading
    ) -> Change:
        """Take in an article that its source tells anew, differently."""
        self.write()
        row = self._connection.execute(_WITH_NAME.where(articles.c.id == old.article)).one()
        before = known(row)
        change = self._matcher.change(before, article, own=tagged.own)
        if change is Change.ANOTHER:
            self._candidates.look_up([article])
            fresh = self._newcomer(source, article, tags, tagged, turn=old.turn + 1)
            old.article, old.story, old.digest, old.turn = fresh.article, fresh.story, fresh.digest, fresh.turn
            return change
        if old.digest.partition(":")[0] != article.digest.partition(":")[0]:
            change = Change.NONE  # read by other rules: adopted silently
        self._edit(row, article, tags, tagged, change)
        old.digest = article.digest
        return change

    def _edit(
        self, row: Row[Any], article: Article, tags: tuple[TagReason, ...], tagged: TaggedReading, change: Change
    ) -> None:
        """Update an article; its story's id and place stay, and `updated` moves if what is shown was edited."""
        resting = row.changed_at is None or self._now - row.changed_at > _RESTLESS
        changes = 1 if resting else row.changes + 1
        values = told(article) | {"generation": tagged.generation}
        if tagged.own:
            values |= dated(article)
        if change is Change.EDIT:
            values |= {"changes": changes, "changed_at": self._now}
        self._connection.execute(update(articles).where(articles.c.id == row.id).values(values))
        story = self._connection.execute(select(stories).where(stories.c.id == row.story)).one()
        if story.shown == row.id:
            self._touch(story.id, **self._shown_edit(story, article, changes, tagged, change))
        else:
            self._touch(story.id)
        self._index_anew(row, article, tagged)
        self._connection.execute(delete(article_tags).where(article_tags.c.article == row.id))
        self._rows.tags += tags_of(row.id, tags)
        self._connection.execute(delete(article_words).where(article_words.c.rowid == row.id))
        self._rows.words.append(words_of(row.id, article))
        self._candidates.forget(story.id)
        self._choose_shown(story.id)

    def _shown_edit(
        self, story: Row[Any], article: Article, changes: int, tagged: TaggedReading, change: Change
    ) -> dict[str, object]:
        values: dict[str, object] = {"published": article.published, "day": article.day} if tagged.own else {}
        if change is Change.EDIT and self._matcher.may_update(changes, story.updated, self._now):
            said = article.updated if article.updated and article.updated > story.updated else self._now
            values["updated"] = max(said, article.published if tagged.own else story.published)
        return values

    def _index_anew(self, row: Row[Any], article: Article, tagged: TaggedReading) -> None:
        published = article.published if tagged.own else row.published
        keys = self._candidates.keys(article).all()
        self._connection.execute(delete(article_keys).where(article_keys.c.article == row.id))
        self._rows.keys += [{"key": key, "published": published, "article": row.id} for key in keys]

    # ------------------------------------------------------------ writing

    def write(self) -> None:
        """Write all that was decided since the last time."""
        rows, self._rows = self._rows, _Rows()
        for story, uri in new_uris(self._connection, self._authority, rows.births).items():
            rows.stories[story]["uri"] = uri
        for table, values in (
            (stories, list(rows.stories.values())), (articles, rows.articles), (article_keys, rows.keys),
            (article_tags, rows.tags), (article_words, rows.words),
        ):  # fmt: skip
            if values:
                self._connection.execute(insert(table), values)
        for story, changed in self._touched.items():
            self._connection.execute(
                update(stories).where(stories.c.id == story).values(change=self._change, **changed)
            )
        unite_tags(self._connection, [*rows.stories, *self._touched])
        self._touched = {}


_WITH_NAME = select(articles, sources.c.name.label("source_name")).join(sources, sources.c.id == articles.c.source)


def index(connection: Connection, matcher: Matcher, *chosen: ColumnElement[bool]) -> None:
    """Index some copies anew, by what the matcher makes of them now."""
    rows = connection.execute(_WITH_NAME.where(*chosen)).all()
    fresh = [
        {"key": key, "published": row.published, "article": row.id}
        for row in rows
        for key in keys_of(matcher, known(row)).all()
    ]
    for some in chunks([row.id for row in rows], IN_ONE_QUERY):
        connection.execute(delete(article_keys).where(article_keys.c.article.in_(some)))
    if fresh:
        connection.execute(insert(article_keys), fresh)


def latest(connection: Connection, address: str, limit: int) -> list[Known]:
    """Give the latest articles of a source, the last kept one first."""
    query = _WITH_NAME.where(sources.c.address == address).order_by(articles.c.id.desc()).limit(limit)
    return [known(row) for row in connection.execute(query)]
