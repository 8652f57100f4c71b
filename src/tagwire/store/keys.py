"""The index that stories are found by: the keys of all copies, each behind the week of its article.

Newcomers are dated alike, and so they touch one small part of the index, however much is stored. A key that stood
alone would lie at a random place, and among a million stories each would cost a page of the disk.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from sqlalchemy import BigInteger, Connection, delete, insert, select, type_coerce

from tagwire.model import Article, Known
from tagwire.store.rows import one_of, table_of
from tagwire.store.schema import article_keys, articles, microseconds

_WEEK = timedelta(weeks=1) // timedelta(microseconds=1)
_FIRST_WEEK = 110_000
"""Added to the weeks since 1970, so that none that a date can name is negative."""
_EVER = (-(2**62), 2**62)


class Keyed(Protocol):
    """Gives the keys of articles; a matcher."""

    def keys(self, article: Article | Known) -> tuple[str, ...]:
        """Give the keys of which a copy of the same story shares some; they begin with a letter."""

    def lasting_keys(self, article: Article | Known) -> tuple[str, ...]:
        """Give the keys that find a story at any distance in time; likewise."""


class Keys(NamedTuple):
    """By what an article is found."""

    near: tuple[str, ...]
    """Within the matcher's reach."""
    lasting: tuple[str, ...]
    """At any distance in time."""

    def all(self) -> tuple[str, ...]:
        """Give both."""
        return self.near + self.lasting


def keys_of(matcher: Keyed, article: Article | Known) -> Keys:
    """Give the keys of an article."""
    return Keys(tuple(dict.fromkeys(matcher.keys(article))), matcher.lasting_keys(article))


Indexed = tuple[str, int, int]
"""A key as it is kept, the moment of its article, the article's number."""


def rows(keys: Keys, published: datetime, article: int) -> list[Indexed]:
    """Give an article's rows in the index."""
    moment = microseconds(published)
    week = _week(moment)
    return [(week + key, moment, article) for key in keys.near] + [(key, moment, article) for key in keys.lasting]


def write(connection: Connection, some: Iterable[Indexed]) -> None:
    """Write rows into the index."""
    names = ("key", "published", "article")
    connection.execute(insert(article_keys).from_select(names, select(table_of(some, *names))))


def erase(connection: Connection, some: Iterable[int]) -> None:
    """Take articles out of the index."""
    connection.execute(delete(article_keys).where(article_keys.c.article.in_(one_of(some))))


def find(
    connection: Connection, wanted: Iterable[tuple[Keys, datetime]], reach: timedelta
) -> Iterator[tuple[str, int, int]]:
    """Ask the index about many articles at once, by their keys and dates.

    Returns:
        key, moment in microseconds, and story of each copy that is found.

    """
    spans: defaultdict[str, tuple[int, int]] = defaultdict(lambda: (_EVER[1], _EVER[0]))
    far = reach // timedelta(microseconds=1)
    for keys, published in wanted:
        first, last = microseconds(published) - far, microseconds(published) + far
        weeks = {_week(moment) for moment in (*range(first, last, _WEEK), last)}
        for key in (week + key for week in weeks for key in keys.near):
            earliest, latest = spans[key]
            spans[key] = (min(earliest, first), max(latest, last))
        spans.update(dict.fromkeys(keys.lasting, _EVER))
    if not spans:
        return
    asked = table_of(((key, *span) for key, span in spans.items()), "key", "first", "last")
    moment = type_coerce(article_keys.c.published, BigInteger)
    query = (
        select(article_keys.c.key, moment, articles.c.story)
        .join_from(asked, article_keys, article_keys.c.key == asked.c.key)
        .join(articles, articles.c.id == article_keys.c.article)
        .where(moment.between(asked.c.first, asked.c.last))
    )
    for key, when, story in connection.execute(query):
        yield key.lstrip("0123456789"), when, story


def _week(moment: int) -> str:
    return f"{moment // _WEEK + _FIRST_WEEK:06}"
