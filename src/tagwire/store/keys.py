"""The index that stories are found by: the keys of all copies, each behind the week of its article.

Newcomers are dated alike, and so they touch one small part of the index, however much is stored. A key that stood
alone would lie at a random place, and among a million stories each would cost a page of the disk.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from sqlalchemy import BigInteger, Connection, Text, bindparam, delete, func, select, type_coerce

from tagwire.model import Article, Known
from tagwire.store.rows import insert_raw, one_of
from tagwire.store.schema import article_keys, articles, microseconds

_WEEK = timedelta(weeks=1) // timedelta(microseconds=1)
_FIRST_WEEK = 110_000
"""Added to the weeks since 1970, so that none that a date can name is negative."""
_EVER = (-(2**62), 2**62)
_COLUMNS = ("key", "published", "article")


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
    insert_raw(connection, article_keys, _COLUMNS, list(some))


def erase(connection: Connection, some: Iterable[int]) -> None:
    """Take articles out of the index."""
    connection.execute(delete(article_keys).where(article_keys.c.article.in_(one_of(some))))


def find(
    connection: Connection, wanted: Iterable[tuple[Keys, datetime]], reach: timedelta
) -> Iterator[tuple[str, int, int]]:
    """Ask the index about many articles at once, by their keys and dates.

    Returns:
        key, moment in microseconds, and story of each copy that is found; all copies that one of them could be near
        to, and some that lie a little further off.

    """
    far = reach // timedelta(microseconds=1)
    near: dict[str, str] = {}
    lasting: dict[str, str] = {}
    earliest, latest = _EVER[1], _EVER[0]
    for keys, published in wanted:
        moment = microseconds(published)
        first, last = moment - far, moment + far
        earliest, latest = min(earliest, first), max(latest, last)
        for week in {_week(each) for each in (*range(first, last, _WEEK), last)}:
            near.update({week + key: key for key in keys.near})
        lasting.update({key: key for key in keys.lasting})
    yield from _find(connection, near, earliest, latest)
    yield from _find(connection, lasting, *_EVER)


def _find(connection: Connection, wanted: dict[str, str], first: int, last: int) -> Iterator[tuple[str, int, int]]:
    """Ask for keys within a span of time; `wanted` tells how each is called that is kept under another name."""
    if wanted:
        names = list(wanted.values())
        asked = {"keys": json.dumps(list(wanted)), "first": first, "last": last}
        for place, moment, story in connection.execute(_BY_KEY, asked).all():
            yield names[place], moment, story


def _week(moment: int) -> str:
    return f"{moment // _WEEK + _FIRST_WEEK:06}"


_asked = func.json_each(bindparam("keys", type_=Text)).table_valued("key", "value")
_moment = type_coerce(article_keys.c.published, BigInteger)
_BY_KEY = (
    select(_asked.c.key, _moment, articles.c.story)
    .join_from(_asked, article_keys, article_keys.c.key == _asked.c.value)
    .join(articles, articles.c.id == article_keys.c.article)
    .where(_moment.between(bindparam("first", type_=BigInteger), bindparam("last", type_=BigInteger)))
)
"""The place among the keys, the moment and the story of each copy that is found."""
