"""Keeping: candidates, decision, articles, stories, tags, memo and next visit, in one transaction.

Matched before the transaction, two siblings of one batch (or of two processes) would both be new, and be published
twice; and a memo kept before its articles would lose them for good in a crash.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from tagwire.model import (
    Article,
    Attendance,
    Candidate,
    Decision,
    Known,
    Next,
    Outcome,
    Precision,
    Reading,
    Searched,
    TaggedReading,
    TagReason,
    tag_key,
)
from tagwire.store import facts, visits
from tagwire.store.conditions import article_words
from tagwire.store.schema import article_keys, article_tags, articles, sources, stories, story_tags
from tagwire.text import plain, words

_FIRST = "the first of its story"
_FAILURES = frozenset({Outcome.FAILED, Outcome.HELD})
_IN_ONE_QUERY = 500  # bound parameters; every SQLite takes more

Item = TypeVar("Item")


class Matcher(Protocol):
    """Decides which story an article belongs to; pure."""

    @property
    def reach(self) -> timedelta:
        """How far apart in time two copies of one story can lie."""

    def keys(self, article: Article) -> tuple[str, ...]:
        """Give what a copy of the same story would share at least one of."""

    def decide(self, article: Article, candidates: Sequence[Candidate]) -> Decision:
        """Decide which of the candidates the article belongs to, if any."""


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
        return self.reading.outcome not in {Outcome.NEW, Outcome.UNCHANGED}


def keep(
    connection: Connection, tagged: Sequence[TaggedReading], matcher: Matcher, plan: Plan, now: datetime
) -> list[Kept]:
    """Keep some readings, all of them or none; keeping the same reading twice changes nothing."""
    change = int(connection.execute(select(func.max(stories.c.change))).scalar() or 0) + 1
    keeper = _Keeper(connection, matcher, now, change)
    kept, ended = [], []
    rows: dict[str, Row[Any]] = {}
    for some in chunks([each.reading.source.address for each in tagged], _IN_ONE_QUERY):
        rows |= visits.known(connection, some)
    for each in tagged:
        row = rows[each.reading.source.address]
        new, edited = keeper.articles(row, each)
        attendance = _attendance(row, each.reading, new, now)
        following = plan(attendance)
        kept.append(Kept(each.reading, new, edited, following))
        ended.append(visits.Ended(row, attendance, kept[-1].outcome, following))
    visits.record(connection, ended)
    return kept


def _attendance(row: Row[Any], reading: Reading, new: int, now: datetime) -> Attendance:
    return Attendance(
        reading=reading, new=new, failures=row.failures + 1 if reading.outcome in _FAILURES else 0,
        habit=visits.habit(row.habit), due_at=row.next_at, last_well=row.well_at, now=now,
    )  # fmt: skip


class _Keeper:
    """Keeps the articles of one reading; holds what all its steps need."""

    def __init__(self, connection: Connection, matcher: Matcher, now: datetime, change: int) -> None:
        self.connection = connection
        self.matcher = matcher
        self.now = now
        self.change = change
        self.authority = facts.authority(connection)

    def articles(self, source: Row[Any], tagged: TaggedReading) -> tuple[int, int]:
        """Keep the articles of a reading; give how many of them are new, and how many edited."""
        reading = tagged.reading
        if not reading.articles:
            return 0, 0
        if tagged.generation != source.generation:
            facts.put(self.connection, facts.RETAG, "due")  # the rules changed between tagging and keeping
        known = self.known(source.id, [article.guid for article in reading.articles])
        new = edited = 0
        for article, tags in zip(reading.articles, tagged.tags, strict=True):
            old = known.get(article.guid)
            if old is None:
                known[article.guid] = self.newcomer(source, article, tags, tagged.generation)
                new += 1
            elif old.digest != article.digest:
                known[article.guid] = self.edit(old, article, tags, tagged)
                edited += old.digest.partition(":")[0] == article.digest.partition(":")[0]
        return new, edited

    def known(self, source: int, guids: list[str]) -> "dict[str, Row[Any]]":
        found: dict[str, Row[Any]] = {}
        for some in chunks(guids, _IN_ONE_QUERY):
            query = select(articles).where(articles.c.source == source, articles.c.guid.in_(some))
            found |= {row.guid: row for row in self.connection.execute(query)}
        return found

    def newcomer(self, source: Row[Any], article: Article, tags: tuple[TagReason, ...], generation: str) -> Row[Any]:
        keys = self.matcher.keys(article)
        decision = self.matcher.decide(article, self.candidates(article, keys))
        story = decision.story if decision.story is not None else self.story(source, article)
        values = columns(article) | {
            "source": source.id, "guid": article.guid, "story": story, "kept_at": self.now,
            "reason": decision.reason if decision.story is not None else _FIRST, "generation": generation,
            "published": article.published, "day": article.day, "dated": article.dated.value,
        }  # fmt: skip
        row = self.connection.execute(insert(articles).values(values).returning(*articles.c)).one()
        touched = {"change": self.change} | ({"shown": row.id} if decision.story is None else {})
        self.connection.execute(update(stories).where(stories.c.id == story).values(touched))
        self.index(row.id, keys, article.published)
        set_tags(self.connection, row.id, story, tags)
        self.connection.execute(insert(article_words), [words_of(row.id, article)])
        return row

    def story(self, source: Row[Any], article: Article) -> int:
        values = {
            "uri": self.uri(source.address, article), "published": article.published, "day": article.day,
            "updated": max(article.published, article.updated or article.published), "kept_at": self.now,
            "change": self.change, "shown": 0,
        }  # fmt: skip
        return int(self.connection.execute(insert(stories).values(values).returning(stories.c.id)).scalar_one())

    def uri(self, address: str, article: Article) -> str:
        """Give the story's id: from its first copy's key, so that a lost database gives the same ids again."""
        for turn in range(1_000):
            key = json.dumps([address, article.guid, *([turn] if turn else [])])
            hashed = hashlib.blake2b(key.encode(), digest_size=10).hexdigest()
            uri = f"tag:{self.authority},{article.day.isoformat()}:{hashed}"
            if self.connection.execute(select(stories.c.id).where(stories.c.uri == uri)).first() is None:
                return uri
        raise AssertionError(address, article.guid)  # pragma: no cover - a thousand stories under one guid and day

    def candidates(self, article: Article, keys: tuple[str, ...]) -> list[Candidate]:
        reach = self.matcher.reach
        near = article_keys.c.published.between(article.published - reach, article.published + reach)
        found = (
            select(articles.c.story)
            .join(article_keys, article_keys.c.article == articles.c.id)
            .where(article_keys.c.key.in_(keys), near)
        )
        columns_ = (articles, sources.c.name.label("source_name"))
        query = (
            select(*columns_)
            .join(sources, sources.c.id == articles.c.source)
            .where(articles.c.story.in_(found))
            .order_by(articles.c.story, articles.c.id)
        )
        copies: dict[int, list[Known]] = {}
        for row in self.connection.execute(query):
            copies.setdefault(row.story, []).append(_known(row))
        return [Candidate(story, tuple(each)) for story, each in copies.items()]

    def edit(self, old: Row[Any], article: Article, tags: tuple[TagReason, ...], tagged: TaggedReading) -> Row[Any]:
        """Update an article; its story's id and place stay, and `updated` moves if the shown text changed."""
        values = columns(article) | {"generation": tagged.generation}
        if tagged.own:
            values |= {"published": article.published, "day": article.day, "dated": article.dated.value}
        row = self.connection.execute(
            update(articles).where(articles.c.id == old.id).values(values).returning(*articles.c)
        ).one()
        story = self.connection.execute(select(stories).where(stories.c.id == old.story)).one()
        changes: dict[str, object] = {"change": self.change}
        if tagged.own and story.shown == old.id:
            changes |= {"published": article.published, "day": article.day}
        if story.shown == old.id and old.digest.partition(":")[0] == article.digest.partition(":")[0]:
            said = article.updated if article.updated and article.updated > story.updated else self.now
            changes["updated"] = max(said, row.published)
        self.connection.execute(update(stories).where(stories.c.id == old.story).values(changes))
        if (row.title, row.published) != (old.title, old.published):
            self.connection.execute(delete(article_keys).where(article_keys.c.article == old.id))
            self.index(old.id, self.matcher.keys(article), row.published)
        set_tags(self.connection, old.id, old.story, tags)
        self.connection.execute(delete(article_words).where(article_words.c.rowid == old.id))
        self.connection.execute(insert(article_words), [words_of(old.id, article)])
        return row

    def index(self, article: int, keys: tuple[str, ...], published: datetime) -> None:
        rows = [{"key": key, "published": published, "article": article} for key in keys]
        if rows:
            self.connection.execute(insert(article_keys), rows)


def set_tags(connection: Connection, article: int, story: int, tags: Iterable[TagReason]) -> None:
    """Give an article its tags, and its story the union over the copies."""
    connection.execute(delete(article_tags).where(article_tags.c.article == article))
    rows = {
        (tag_key(each.tag), each.origin): {
            "article": article, "key": tag_key(each.tag), "origin": each.origin.value,
            "tag": each.tag, "reason": each.reason,
        }
        for each in reversed(tuple(tags)) if tag_key(each.tag)
    }  # fmt: skip
    if rows:
        connection.execute(insert(article_tags), list(rows.values()))
    connection.execute(delete(story_tags).where(story_tags.c.story == story))
    # An earned tag is spelt as the vocabulary spells it, and so wins over the spelling of the one that was given.
    spelt = (
        select(article_tags.c.key, articles.c.story, article_tags.c.tag)
        .join(articles, articles.c.id == article_tags.c.article)
        .where(articles.c.story == story)
        .order_by(article_tags.c.key, article_tags.c.origin, articles.c.id)
    )
    union = {row.key: dict(row._mapping) for row in reversed(connection.execute(spelt).all())}  # noqa: SLF001 - public
    if union:
        connection.execute(insert(story_tags), list(union.values()))


def columns(article: Article) -> dict[str, object]:
    """Give the columns that an edit replaces."""
    return {
        "digest": article.digest, "updated": article.updated, "link": article.link, "language": article.language,
        "title": article.title, "authors": list(article.authors), "tags": list(article.tags),
        "enclosures": [asdict(each) for each in article.enclosures], "image": article.image, "rights": article.rights,
        "summary": article.summary, "content": article.content,
    }  # fmt: skip


def words_of(number: int, article: Article) -> dict[str, object]:
    """Give an article's row in the index of words; a mark that is no word stands where one text ends."""
    texts = {
        Searched.TEXT: (article.title, article.summary, plain(article.content)),
        Searched.TITLE: (article.title,),
        Searched.AUTHOR: article.authors,
        Searched.LINK: (article.link or "",),
    }
    return {"rowid": number} | {
        where.value: " _ ".join(" ".join(words(text)) for text in several) for where, several in texts.items()
    }


def chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Give the items in lists of at most `size`."""
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some


def _known(row: Row[Any]) -> Known:
    return Known(
        source=row.source_name, guid=row.guid, title=row.title, published=row.published, day=row.day,
        dated=Precision(row.dated), link=row.link, language=row.language,
    )  # fmt: skip
