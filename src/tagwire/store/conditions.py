"""Filter tree -> one SQL condition over `stories`; one tree, one meaning.

The meaning itself is written down once more, in plain Python, in `tags/matching.py`; a test holds the two together.
Every leaf asks an index for the stories that it chooses, so that what a filter costs depends on what it finds. Only
regular expressions cannot be asked of an index: they are handed to a function that the engine was given, for the
rows that the rest of the condition left.

A list of all stories with a common word is long. Who wants a few stories only looks through a `Window` of the newest
first, and at more where that was not enough; see `looking.newest`.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, column, exists, false, func, literal, not_, or_, select, table, true

from tagwire.model import (
    After,
    And,
    Before,
    Filter,
    FromSource,
    Has,
    HasPattern,
    HasTag,
    HasWords,
    InLanguage,
    Leaf,
    Not,
    Or,
    Part,
    Searched,
    Within,
    tag_key,
)
from tagwire.store.schema import articles, feeds, sources, stories, story_tags
from tagwire.text import plain, words

# The index of words: one row for each article, the words of each column parted by blanks.
article_words = table("article_words", column("rowid"), *(column(each.value) for each in Searched))

_FILLED: dict[Part, ColumnElement[bool]] = {
    Part.AUTHOR: articles.c.authors != literal([], articles.c.authors.type),
    Part.ENCLOSURE: articles.c.enclosures != literal([], articles.c.enclosures.type),
    Part.IMAGE: articles.c.image.is_not(None),
    Part.LINK: articles.c.link.is_not(None),
    Part.SUMMARY: articles.c.summary != "",
    Part.TEXT: articles.c.content != "",
}


ALIVE = and_(stories.c.withdrawn_at.is_(None), stories.c.merged_into.is_(None))
"""Holds for the stories that may be published at all."""
_defined = feeds.alias()
OPEN = or_(not_(exists().where(_defined.c.audience == "private")), stories.c.picked)
"""Holds for the stories that all may learn of: as long as some feed is private, those that a public feed has picked."""
PUBLIC = and_(ALIVE, not_(stories.c.quiet), OPEN)
"""Holds for those that may stand where nobody picked them: in feeds of tags, live filters and searches."""


@dataclass(frozen=True, slots=True)
class Window:
    """Stories whose numbers lie from the first to the last, both included."""

    stories: tuple[int, int]
    articles: tuple[int, int] | None
    """Where the numbers of their copies lie, if that is known."""


def condition(chosen: Filter, now: datetime, window: Window | None = None) -> ColumnElement[bool]:
    """Give the SQL condition that holds for the stories that a filter chooses at a time.

    Args:
        chosen: the filter.
        now: what ``within:`` counts back from.
        window: the stories that are asked about, in the order of their numbers; None: any.

    """
    match chosen:
        case Not(part):
            return not_(condition(part, now, window))
        case And(parts):
            return and_(true(), *(condition(part, now, window) for part in parts))
        case Or(parts):
            # No index knows a sum: the stories of a window are walked, not gathered from several lists and sorted.
            nowhere = stories.c.id + 0 < 0 if window else false()
            return or_(nowhere, *(condition(part, now, window) for part in parts))
        case HasTag(tag):
            return _tagged(tag_key(tag), window)
        case HasWords(wanted, where):
            return _worded(wanted, where, window)
        case _:
            return _leaf(chosen, now)


def depends_on_time(chosen: Filter) -> bool:
    """Tell whether stories may enter or leave by time alone."""
    return _has_span(chosen, among={True, False})


def grows_by_time(chosen: Filter) -> bool:
    """Tell whether stories may enter by time alone, as they do where ``within:`` is denied."""
    return _has_span(chosen, among={True})


def _has_span(chosen: Filter, among: set[bool], *, denied: bool = False) -> bool:
    match chosen:
        case Not(part):
            return _has_span(part, among, denied=not denied)
        case And(parts) | Or(parts):
            return any(_has_span(part, among, denied=denied) for part in parts)
        case _:
            return isinstance(chosen, Within) and denied in among


def _leaf(leaf: Leaf, now: datetime) -> ColumnElement[bool]:  # noqa: PLR0911 - one answer for each kind
    match leaf:
        case HasPattern(pattern, where):
            return _patterned(pattern, where)
        case FromSource(source):
            return _some_copy(articles.c.source.in_(select(sources.c.id).where(sources.c.key == source.casefold())))
        case InLanguage(language):
            spoken = func.lower(func.replace(articles.c.language, "_", "-")) + "-"
            return _some_copy(spoken.startswith(f"{language.lower()}-", autoescape=True))
        case After(day):
            return stories.c.day >= day
        case Before(day):
            return stories.c.day < day
        case Within(span):
            return stories.c.published >= _back(now, span)
        case Has(Part.TAG):
            return exists().where(story_tags.c.story == stories.c.id)
        case Has(part):
            return _some_copy(_FILLED[part])
        case _:
            return true()  # Everything


def _tagged(key: str, window: Window | None) -> ColumnElement[bool]:
    chosen = select(story_tags.c.story).where(story_tags.c.key == key)
    return _among(chosen.where(story_tags.c.story.between(*window.stories)) if window else chosen)


def _among(chosen: Select[tuple[int]]) -> ColumnElement[bool]:
    """Hold for the stories of a list that is made once, however many stories are asked about."""
    return stories.c.id.in_(chosen)


def _some_copy(holds: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(articles.c.story == stories.c.id, holds)


def _worded(wanted: str, where: Searched, window: Window | None) -> ColumnElement[bool]:
    """Hold where the words stand one after the other; each character of Chinese is a word."""
    phrase = " ".join(words(wanted))
    if not phrase:
        return false()
    asked = select(article_words.c.rowid).where(column("article_words").op("MATCH")(f'{where.value} : "{phrase}"'))
    if window and window.articles:
        asked = asked.where(article_words.c.rowid.between(*window.articles))
    return _among(select(articles.c.story).where(articles.c.id.in_(asked)))


def _patterned(pattern: str, where: Searched) -> ColumnElement[bool]:
    looked_at: dict[Searched, tuple[tuple[ColumnElement[str], str], ...]] = {
        Searched.TEXT: ((articles.c.title, "text"), (articles.c.summary, "text"), (articles.c.content, "html")),
        Searched.TITLE: ((articles.c.title, "text"),),
        Searched.AUTHOR: ((articles.c.authors, "list"),),
        Searched.LINK: ((articles.c.link, "text"),),
    }
    return _some_copy(or_(*(func.tagwire_found(pattern, value, form) == 1 for value, form in looked_at[where])))


def finder(found: Callable[[str, str], bool]) -> Callable[[str, str | None, str], bool]:
    """Give the function that the database calls for a regular expression: with the pattern, a value, and its form."""

    def in_value(pattern: str, value: str | None, form: str) -> bool:
        texts = json.loads(value or "[]") if form == "list" else [plain(value or "") if form == "html" else value or ""]
        return any(found(pattern, text) for text in texts)

    return in_value


def _back(now: datetime, span: timedelta) -> datetime:
    try:
        return now - span
    except OverflowError:
        return datetime.min.replace(tzinfo=now.tzinfo)
