"""Rows of many at once: what is written for an article and its story, and how lists are cut to fit a query."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache
from itertools import islice
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Dialect,
    FromClause,
    Insert,
    Select,
    TableClause,
    UpdateBase,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
    union_all,
)

from tagwire.model import Article, Searched, TagReason, tag_key
from tagwire.store.schema import Json, article_tags, articles, hand_tags, story_tags
from tagwire.text import word_line, words

IN_ONE_QUERY = 500
"""Bound parameters; every SQLite takes more."""

Raw: TypeAlias = dict[str, str | int | float | None]
"""A row by the names of a statement's parameters, each value as the database keeps it."""

Item = TypeVar("Item")
Keep: TypeAlias = Callable[[Any], Any]


def chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Give the items in lists of at most `size`."""
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some


def one_of(values: Iterable[str | int]) -> Select[Any]:
    """Give values as a query, for ``IN``: one parameter however many, because each by itself costs ten times the time.

    A list travels as JSON; PostgreSQL's function for the same is called otherwise.
    """
    return select(func.json_each(json.dumps(list(values))).table_valued("value").c.value)


LISTED = select(func.json_each(bindparam("listed")).table_valued("value").c.value)
"""The same for statements that are made once, which cost more to make than to run; `listed` gives its values."""


def listed(values: Iterable[str | int]) -> dict[str, str]:
    """Give the parameter that `LISTED` stands for."""
    return {"listed": json.dumps(list(values))}


def run_raw(connection: Connection, statement: UpdateBase, rows: Sequence[Raw]) -> None:
    """Run a statement for each of many rows; values that it has itself are written in it, not bound.

    SQLAlchemy would look at each value for longer than the database does.
    """
    if rows:
        text, order = _compiled(statement, connection.dialect)
        values = [tuple(map(row.__getitem__, order)) for row in rows] if order is not None else list(rows)
        connection.exec_driver_sql(text, values)


def insert_all(connection: Connection, table: TableClause[Any], rows: Sequence[Mapping[str, object]]) -> None:
    """Insert rows that name the same columns; see `run_raw`."""
    if rows:
        kept_as = _kept_as(table, frozenset().union(*rows), connection.dialect)
        raw = [tuple([keep(row[name]) if keep else row[name] for name, keep in kept_as]) for row in rows]
        insert_raw(connection, table, tuple(name for name, _ in kept_as), raw)


def insert_raw(
    connection: Connection, table: TableClause[Any], names: tuple[str, ...], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Insert rows of values as the database keeps them; the columns are named in the order of the table."""
    if rows:
        text, order = _compiled(_insertion(table, names), connection.dialect)
        named = rows if order is not None else [dict(zip(names, row, strict=True)) for row in rows]
        connection.exec_driver_sql(text, named)


@lru_cache(maxsize=32)
def _insertion(table: TableClause[Any], names: tuple[str, ...]) -> Insert:
    return insert(table).values({name: bindparam(name) for name in names})


@lru_cache(maxsize=32)
def _kept_as(table: TableClause[Any], names: frozenset[str], dialect: Dialect) -> list[tuple[str, Keep | None]]:
    """Give columns in the order of their table, and how each makes of a value what it keeps; None: as it is."""
    return [
        (column.name, column.type.dialect_impl(dialect).bind_processor(dialect))
        for column in table.c
        if column.name in names
    ]


@lru_cache(maxsize=32)
def _compiled(statement: UpdateBase, dialect: Dialect) -> tuple[str, list[str] | None]:
    """Give a statement in the words of a database, and the order of its values where they have no names."""
    compiled = statement.compile(dialect=dialect)
    return str(compiled), compiled.positiontup


def table_of(rows: Iterable[Iterable[str | int]], *names: str) -> FromClause:
    """Give rows of texts and numbers as a table with such columns, to be joined or inserted; see `one_of`."""
    each = func.json_each(json.dumps([list(row) for row in rows])).table_valued("value").c.value
    columns = (func.json_extract(each, f"$[{place}]").label(name) for place, name in enumerate(names))
    return select(*columns).subquery()


def all_in_one(*columns: ColumnElement[Any]) -> ColumnElement[str]:
    """Give the rows of a query as one JSON text, a list of lists: to be taken out one by one costs ten times the time.

    Each value is as the database keeps it; a JSON column's stands in it as it is.
    """
    values = (func.json(column) if isinstance(column.type, Json) else column for column in columns)
    return func.json_group_array(func.json_array(*values))


def told(article: Article) -> dict[str, object]:
    """Give the columns that an edit replaces."""
    return {
        "digest": article.digest, "updated": article.updated, "link": article.link, "language": article.language,
        "title": article.title, "authors": list(article.authors), "tags": list(article.tags),
        "enclosures": [asdict(each) for each in article.enclosures], "image": article.image, "rights": article.rights,
        "summary": article.summary, "content": article.content,
    }  # fmt: skip


def dated(article: Article) -> dict[str, object]:
    """Give the columns of an article's date, which only an operator's edit replaces."""
    return {"published": article.published, "day": article.day, "dated": article.dated.value}


def words_of(number: int, article: Article) -> dict[str, object]:
    """Give an article's row in the index of words; a mark that is no word stands where one text ends."""
    title = _searched(article.title)
    return {
        "rowid": number,
        Searched.TEXT.value: f"{title} _ {_searched(article.summary)} _ {word_line(article.content)}",
        Searched.TITLE.value: title,
        Searched.AUTHOR.value: " _ ".join(map(_searched, article.authors)),
        Searched.LINK.value: _searched(article.link or ""),
    }


def _searched(text: str) -> str:
    return " ".join(words(text))


def tags_of(number: int, tags: Iterable[TagReason]) -> list[dict[str, object]]:
    """Give the rows of an article's tags, one for each tag and origin."""
    rows: dict[tuple[str, str], dict[str, object]] = {}
    for each in tags:
        if key := tag_key(each.tag):
            row = {"article": number, "key": key, "origin": each.origin.value, "tag": each.tag, "reason": each.reason}
            rows.setdefault((key, each.origin.value), row)
    return list(rows.values())


def unite_tags(connection: Connection, stories: Iterable[int]) -> None:
    """Give stories the union of their copies' tags, less those taken away by hand, and those given by hand.

    An earned tag is spelt as the vocabulary spells it, and so goes before the spelling of the one that was given.
    """
    these = one_of(sorted(set(stories)))
    connection.execute(delete(story_tags).where(story_tags.c.story.in_(these)))
    by_hand = select(hand_tags.c.key).where(hand_tags.c.story == articles.c.story)
    best = func.row_number().over(
        partition_by=(articles.c.story, article_tags.c.key), order_by=(article_tags.c.origin, articles.c.id)
    )
    carried = (
        select(article_tags.c.key, articles.c.story, article_tags.c.tag, best.label("place"))
        .join(articles, articles.c.id == article_tags.c.article)
        .where(articles.c.story.in_(these), article_tags.c.key.not_in(by_hand))
        .subquery()
    )
    given = select(hand_tags.c.key, hand_tags.c.story, hand_tags.c.tag, literal(1)).where(
        hand_tags.c.story.in_(these), hand_tags.c.given
    )
    both = union_all(select(carried), given).subquery()
    chosen = select(both.c.key, both.c.story, both.c.tag).where(both.c.place == 1)
    connection.execute(insert(story_tags).from_select(["key", "story", "tag"], chosen))


def number_after(connection: Connection, column: Any) -> int:
    """Give the number after the greatest of a column; the caller holds the database's lock."""
    return int(connection.execute(select(func.max(column))).scalar() or 0) + 1
