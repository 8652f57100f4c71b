"""Which stories a newcomer could belong to: those that share enough of its keys, near enough in time.

The index is asked once for all newcomers of a transaction. What the transaction has already decided on, and not
written yet, is looked through as well.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Connection, Row, select

from tagwire.model import Article, Candidate, Change, Decision, Known, Precision
from tagwire.store import keys
from tagwire.store.keys import Keyed, Keys
from tagwire.store.rows import one_of
from tagwire.store.schema import articles, microseconds, sources, stories

_MICROSECOND = timedelta(microseconds=1)


class Matcher(Keyed, Protocol):
    """Decides which story an article belongs to; pure."""

    @property
    def reach(self) -> timedelta:
        """Give how far apart in time two copies of one story can lie."""

    @property
    def most(self) -> int:
        """Give how many candidates are worth weighing."""

    def are_enough(self, shared: AbstractSet[str]) -> bool:
        """Tell whether a story that shares these keys is worth weighing."""

    def decide(self, article: Article, candidates: Sequence[Candidate]) -> Decision:
        """Decide which of the candidates the article belongs to, if any."""

    def shown(self, copies: Sequence[Known]) -> int:
        """Give which copy of a story is shown."""

    def change(self, before: Known, after: Article, *, own: bool) -> Change:
        """Tell what it means that a source tells an article anew."""

    def may_update(self, changes: int, updated: datetime, now: datetime) -> bool:
        """Tell whether an edit may update its story now."""


class Candidates:
    """The stories that newcomers are compared with, for the length of one transaction."""

    def __init__(self, connection: Connection, matcher: Matcher) -> None:
        self._connection = connection
        self._matcher = matcher
        self._reach = matcher.reach // _MICROSECOND
        self._keys: dict[int, tuple[Article, Keys]] = {}
        self._found: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        self._decided: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        self._worth: dict[int, list[int]] = {}
        """By article: what is stored and worth weighing; each article is held in `_keys`."""
        self._copies: dict[int, list[Known]] = {}
        self._numbers: dict[int, list[int]] = {}
        self._shown: dict[int, int] = {}

    def look_up(self, newcomers: Sequence[Article]) -> None:
        """Ask the index about newcomers, many at once, and load what they could belong to."""
        wanted = [(self.keys(article), article.published) for article in newcomers]
        for key, when, story in keys.find(self._connection, wanted, self._matcher.reach):
            self._found[key].append((when, story))
        worth = {id(article): self._worth_weighing(article) for article in newcomers}
        self._worth |= worth
        self._load({story for some in worth.values() for story in some})

    def keys(self, article: Article) -> Keys:
        """Give the keys of an article, asking the matcher once."""
        held = self._keys.get(id(article))
        if held is None:  # the article is held as well, so that its number stays its own
            held = self._keys[id(article)] = (article, keys.keys_of(self._matcher, article))
        return held[1]

    def of(self, article: Article) -> list[Candidate]:
        """Give the candidates of a newcomer, those that share the most keys first."""
        worth = self._worth.get(id(article))
        if worth is None or not self._decided.keys().isdisjoint(self.keys(article).all()):
            worth = self._worth_weighing(article)
        self._load(worth)
        return [self.candidate(story) for story in worth]

    def _worth_weighing(self, article: Article) -> list[int]:
        shared: defaultdict[int, set[str]] = defaultdict(set)
        published = microseconds(article.published)
        earliest, latest = published - self._reach, published + self._reach
        near, lasting = self.keys(article)
        for seen in (self._found, self._decided):
            for key in near:
                for when, story in seen.get(key, ()):
                    if earliest <= when <= latest:
                        shared[story].add(key)
            for key in lasting:
                for _, story in seen.get(key, ()):
                    shared[story].add(key)
        worth = [story for story, some in shared.items() if self._matcher.are_enough(some)]
        worth.sort(key=lambda story: (-len(shared[story]), -story))
        return worth[: self._matcher.most]

    def candidate(self, story: int) -> Candidate:
        """Give a story with its copies, the first kept one first."""
        self._load([story])
        return Candidate(story, tuple(self._copies[story]), self._shown[story])

    def has_copies(self, story: int) -> bool:
        """Tell whether a story is more than a name."""
        self._load([story])
        return story in self._copies

    def _load(self, wanted: Iterable[int]) -> None:
        missing = [story for story in wanted if story not in self._copies]
        if not missing:
            return
        for row in self._connection.execute(_COPIES.where(articles.c.story.in_(one_of(missing)))):
            copies = self._copies.setdefault(row.story, [])
            self._shown.setdefault(row.story, 0)
            if row.id == row.shown:
                self._shown[row.story] = len(copies)
            copies.append(known(row))
            self._numbers.setdefault(row.story, []).append(row.id)

    def add(self, story: int, article: Article, number: int) -> None:
        """Take in a copy that was just decided on; newcomers after it may belong to its story."""
        self._copies.setdefault(story, []).append(as_known(article))
        self._numbers.setdefault(story, []).append(number)
        self._shown.setdefault(story, 0)
        self._find_by(story, article, article.published)

    def tell_anew(self, story: int, article: Article, published: datetime) -> None:
        """Take in that a copy of a story was edited, and is written: the story is loaded when it is asked for again."""
        self.forget(story)
        self._find_by(story, article, published)

    def _find_by(self, story: int, article: Article, published: datetime) -> None:
        when = microseconds(published)
        for key in self.keys(article).all():
            self._decided[key].append((when, story))

    def forget(self, story: int) -> None:
        """Load a story anew when it is asked for again: it was changed."""
        for held in (self._copies, self._numbers, self._shown):
            held.pop(story, None)

    def choose_shown(self, story: int) -> int:
        """Let the matcher choose which copy of a story is shown; give the number of the article."""
        self._load([story])
        self._shown[story] = self._matcher.shown(self._copies[story])
        return self._numbers[story][self._shown[story]]


_SEEN: Any = (
    articles.c.id, articles.c.story, articles.c.guid, articles.c.title, articles.c.published, articles.c.day,
    articles.c.dated, articles.c.link, articles.c.language, articles.c.summary, articles.c.content,
    sources.c.name.label("source_name"),
)  # fmt: skip
"""What `known` reads."""
_COPIES: Any = (
    select(*_SEEN, stories.c.shown)
    .join(sources, sources.c.id == articles.c.source)
    .join(stories, stories.c.id == articles.c.story)
    .order_by(articles.c.id)
)


def known(row: Row[Any]) -> Known:
    """Give what the matcher sees of a kept copy."""
    return Known(
        source=row.source_name, guid=row.guid, title=row.title, published=row.published, day=row.day,
        dated=Precision(row.dated), link=row.link, language=row.language, summary=row.summary, content=row.content,
    )  # fmt: skip


def as_known(article: Article) -> Known:
    """Give what the matcher sees of an article once it is kept."""
    return Known(
        source=article.source, guid=article.guid, title=article.title, published=article.published, day=article.day,
        dated=article.dated, link=article.link, language=article.language, summary=article.summary,
        content=article.content,
    )  # fmt: skip


def latest(connection: Connection, address: str, limit: int) -> list[Known]:
    """Give the latest articles of a source, the last kept one first."""
    mine = select(*_SEEN).join(sources, sources.c.id == articles.c.source).where(sources.c.address == address)
    return [known(row) for row in connection.execute(mine.order_by(articles.c.id.desc()).limit(limit))]


def index(connection: Connection, matcher: Keyed, *chosen: ColumnElement[bool]) -> None:
    """Index some copies anew, by what the matcher makes of them now."""
    stored = select(*_SEEN).join(sources, sources.c.id == articles.c.source).where(*chosen)
    found = connection.execute(stored).all()
    keys.erase(connection, (row.id for row in found))
    fresh = (keys.rows(keys.keys_of(matcher, known(row)), row.published, row.id) for row in found)
    keys.write(connection, (row for some in fresh for row in some))
