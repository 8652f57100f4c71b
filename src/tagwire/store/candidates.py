"""Which stories a newcomer could belong to: those that share enough of its keys, near enough in time.

The index is asked once for all newcomers of a reading. What the same transaction has already decided on, and not
written yet, is looked through as well.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection, Row, select

from tagwire.model import Article, Candidate, Change, Decision, Known, Precision
from tagwire.store.rows import IN_ONE_QUERY, chunks
from tagwire.store.schema import article_keys, articles, sources, stories


class Matcher(Protocol):
    """Decides which story an article belongs to; pure."""

    @property
    def reach(self) -> timedelta:
        """Give how far apart in time two copies of one story can lie."""

    @property
    def most(self) -> int:
        """Give how many candidates are worth weighing."""

    def keys(self, article: Article | Known) -> tuple[str, ...]:
        """Give the keys of which a copy of the same story shares some."""

    def lasting_keys(self, article: Article | Known) -> tuple[str, ...]:
        """Give the keys that find a story at any distance in time."""

    def are_enough(self, shared: Iterable[str]) -> bool:
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
        self._found: defaultdict[str, list[tuple[datetime, int]]] = defaultdict(list)
        self._decided: defaultdict[str, list[tuple[datetime, int]]] = defaultdict(list)
        self._stories: dict[int, list[Known]] = {}
        self._shown: dict[int, int] = {}

    def look_up(self, newcomers: Sequence[Article]) -> None:
        """Ask the index about all the newcomers of a reading at once."""
        self._found.clear()
        if not newcomers:
            return
        reach = self._matcher.reach
        times = [article.published for article in newcomers]
        near = article_keys.c.published.between(min(times) - reach, max(times) + reach)
        self._ask({key for article in newcomers for key in self._matcher.keys(article)}, near)
        self._ask({key for article in newcomers for key in self._matcher.lasting_keys(article)})

    def _ask(self, keys: set[str], *near: Any) -> None:
        for some in chunks(sorted(keys), IN_ONE_QUERY):
            query = (
                select(article_keys.c.key, article_keys.c.published, articles.c.story)
                .join(articles, articles.c.id == article_keys.c.article)
                .where(article_keys.c.key.in_(some), *near)
            )
            for key, published, story in self._connection.execute(query):
                self._found[key].append((published, story))

    def of(self, article: Article) -> list[Candidate]:
        """Give the candidates of a newcomer, those that share the most keys first."""
        shared: defaultdict[int, set[str]] = defaultdict(set)
        for key in self._matcher.keys(article):
            for story in self._near(key, article.published):
                shared[story].add(key)
        for key in self._matcher.lasting_keys(article):
            for _, story in (*self._found.get(key, ()), *self._decided.get(key, ())):
                shared[story].add(key)
        worth = [story for story, keys in shared.items() if self._matcher.are_enough(keys)]
        worth.sort(key=lambda story: (-len(shared[story]), -story))
        worth = worth[: self._matcher.most]
        self._load(worth)
        return [self.candidate(story) for story in worth]

    def _near(self, key: str, published: datetime) -> Iterator[int]:
        for when, story in (*self._found.get(key, ()), *self._decided.get(key, ())):
            if abs(when - published) <= self._matcher.reach:
                yield story

    def candidate(self, story: int) -> Candidate:
        """Give a story with its copies, the first kept one first."""
        self._load([story])
        return Candidate(story, tuple(self._stories[story]), self._shown[story])

    def _load(self, wanted: Iterable[int]) -> None:
        missing = [story for story in wanted if story not in self._stories]
        for some in chunks(missing, IN_ONE_QUERY):
            for row in self._connection.execute(_copies(some)):
                copies = self._stories.setdefault(row.story, [])
                if row.id == row.shown:
                    self._shown[row.story] = len(copies)
                copies.append(known(row))

    def add(self, story: int, article: Article) -> None:
        """Take in a copy that was just decided on; newcomers after it may belong to its story."""
        copies = self._stories.setdefault(story, [])
        self._shown.setdefault(story, 0)
        copies.append(as_known(article))
        for key in (*self._matcher.keys(article), *self._matcher.lasting_keys(article)):
            self._decided[key].append((article.published, story))

    def forget(self, story: int) -> None:
        """Load a story anew when it is asked for again: it was changed."""
        self._stories.pop(story, None)
        self._shown.pop(story, None)

    def choose_shown(self, story: int) -> int:
        """Let the matcher choose which copy of a story is shown; give its place among the copies."""
        self._shown[story] = self._matcher.shown(self._stories[story])
        return self._shown[story]


def _copies(some: Sequence[int]) -> Any:
    return (
        select(articles, sources.c.name.label("source_name"), stories.c.shown)
        .join(sources, sources.c.id == articles.c.source)
        .join(stories, stories.c.id == articles.c.story)
        .where(articles.c.story.in_(some))
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
