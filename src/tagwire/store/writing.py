"""What a transaction writes: rows are gathered while articles are decided on, and written many at once."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, update

from tagwire.model import Article, Decision, TagReason
from tagwire.store import facts, keys
from tagwire.store.conditions import article_words
from tagwire.store.identity import Birth, new_uris
from tagwire.store.keys import Indexed, Keys
from tagwire.store.rows import dated, insert_all, number_after, one_of, tags_of, told, unite_tags, words_of
from tagwire.store.schema import article_tags, articles, stories
from tagwire.store.visits import Standing

FIRST = "the first of its story"
"""The reason of a copy that was no story yet."""


@dataclass(slots=True)
class _Rows:
    """What waits to be written."""

    stories: dict[int, dict[str, object]] = field(default_factory=dict)
    births: dict[int, Birth] = field(default_factory=dict)
    articles: list[dict[str, object]] = field(default_factory=list)
    keys: list[Indexed] = field(default_factory=list)
    tags: list[dict[str, object]] = field(default_factory=list)
    words: list[dict[str, object]] = field(default_factory=list)
    retold: list[int] = field(default_factory=list)
    """Articles whose keys, tags and words are written anew."""
    touched: dict[int, dict[str, object]] = field(default_factory=dict)
    """Stories that are stored, and what changes in them."""


class Writer:
    """Numbers stories and articles, and writes them when it is told to."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        """Take a writing transaction: nobody else numbers anything meanwhile."""
        self._connection = connection
        self._now = now
        self._authority = facts.authority(connection)
        self._change = number_after(connection, stories.c.change)
        self._story = number_after(connection, stories.c.id)
        self._article = number_after(connection, articles.c.id)
        self._rows = _Rows()

    def article(
        self, article: Article, source: Standing, generation: str, decision: Decision, *, turn: int, quiet: bool
    ) -> tuple[int, int]:
        """Take in an article, and its story unless it joins one that is there; give the numbers of both.

        Args:
            article: a new one.
            source: the row of its source.
            generation: of the rules its tags came from.
            decision: the story it joins, if any, and why.
            turn: how many articles had its guid before.
            quiet: whether a new story is no news.

        """
        number, self._article = self._article, self._article + 1
        story = decision.story
        if story is None:
            story = self._begin(number, article, source.address, quiet=quiet)
        reason = decision.reason if decision.story is not None else FIRST
        self._rows.articles.append(
            told(article) | dated(article) | {
                "id": number, "source": source.id, "guid": article.guid, "turn": turn, "story": story,
                "kept_at": self._now, "generation": generation, "score": decision.score, "reason": reason,
            }
        )  # fmt: skip
        return number, story

    def _begin(self, number: int, article: Article, address: str, *, quiet: bool) -> int:
        story, self._story = self._story, self._story + 1
        self._rows.stories[story] = {
            "id": story, "published": article.published, "day": article.day,
            "updated": max(article.published, article.updated or article.published), "kept_at": self._now,
            "change": self._change, "settled": 0, "shown": number, "quiet": quiet,
        }  # fmt: skip
        self._rows.births[story] = Birth(address, article.guid, article.day)
        return story

    def found_by(self, number: int, article: Article, tags: Iterable[TagReason], by: Keys, published: datetime) -> None:
        """Take in what an article is found by: its tags, its words, and its keys with the date they count from."""
        self._rows.tags += tags_of(number, tags)
        self._rows.words.append(words_of(number, article))
        self._rows.keys += keys.rows(by, published, number)

    def retold(self, number: int, values: dict[str, object]) -> None:
        """Replace columns of a stored article at once; what it was found by goes with the next writing."""
        self._connection.execute(update(articles).where(articles.c.id == number).values(values))
        self._rows.retold.append(number)

    def touch(self, story: int, **values: object) -> None:
        """Let the feeds look at a story again, and replace some of its columns."""
        if story in self._rows.stories:
            self._rows.stories[story] |= values
        else:
            self._rows.touched.setdefault(story, {}).update(values)

    def write(self) -> None:
        """Write all that was taken in since the last time."""
        rows, self._rows = self._rows, _Rows()
        if rows.births:
            for story, uri in new_uris(self._connection, self._authority, rows.births).items():
                rows.stories[story]["uri"] = uri
        if rows.retold:
            self._forget(rows.retold)
        for table, values in (
            (stories, list(rows.stories.values())), (articles, rows.articles), (article_tags, rows.tags),
            (article_words, rows.words),
        ):  # fmt: skip
            insert_all(self._connection, table, values)
        keys.write(self._connection, rows.keys)
        self._change_stories(rows.touched)
        unite_tags(self._connection, [*rows.stories, *rows.touched])

    def _forget(self, retold: list[int]) -> None:
        keys.erase(self._connection, retold)
        self._connection.execute(delete(article_tags).where(article_tags.c.article.in_(one_of(retold))))
        self._connection.execute(delete(article_words).where(article_words.c.rowid.in_(one_of(retold))))

    def _change_stories(self, touched: dict[int, dict[str, object]]) -> None:
        """Change stored stories, those together in which the same columns change."""
        alike: defaultdict[tuple[str, ...], list[dict[str, object]]] = defaultdict(list)
        for story, values in touched.items():
            row = {f"new_{name}": value for name, value in values.items()}
            alike[tuple(sorted(values))].append(row | {"of": story, "new_change": self._change})
        for names, some in alike.items():
            columns: dict[str, Any] = {name: bindparam(f"new_{name}") for name in (*names, "change")}
            self._connection.execute(update(stories).where(stories.c.id == bindparam("of")).values(columns), some)
