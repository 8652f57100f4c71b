"""Editing: what happens to a kept article that its source tells anew under the same guid."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from tagwire.model import Article, Change, TaggedReading, TagReason
from tagwire.store.candidates import Candidates, Matcher, known
from tagwire.store.rows import dated, told
from tagwire.store.schema import articles, sources, stories
from tagwire.store.writing import Writer

_RESTLESS = timedelta(days=1)
"""After a longer rest, an article's changes are counted anew."""
_WITH_NAME = select(articles, sources.c.name.label("source_name")).join(sources, sources.c.id == articles.c.source)


class Editor:
    """Takes in articles that are told anew; each is written at once, so that newcomers meet it as it is now."""

    def __init__(
        self, connection: Connection, matcher: Matcher, candidates: Candidates, writer: Writer, now: datetime
    ) -> None:
        """Take what the keeper of the same transaction works with."""
        self._connection = connection
        self._matcher = matcher
        self._candidates = candidates
        self._writer = writer
        self._now = now

    def take_in(self, number: int, article: Article, tags: tuple[TagReason, ...], tagged: TaggedReading) -> Change:
        """Edit a kept article as its source tells it now, unless it is another one under the same guid.

        Its story's id and place stay, and `updated` moves if what is shown was edited. An article that was only read
        by other rules of the digest than before is adopted silently.

        Args:
            number: the kept article's.
            article: as it is told now.
            tags: those it carries now.
            tagged: the reading that brought it.

        """
        self._writer.write()
        row = self._connection.execute(_WITH_NAME.where(articles.c.id == number)).one()
        change = self._matcher.change(known(row), article, own=tagged.own)
        if change is Change.ANOTHER:
            return change
        if row.digest.partition(":")[0] != article.digest.partition(":")[0]:
            change = Change.NONE
        self._edit(row, article, tags, tagged, change)
        return change

    def _edit(
        self, row: Row[Any], article: Article, tags: tuple[TagReason, ...], tagged: TaggedReading, change: Change
    ) -> None:
        resting = row.changed_at is None or self._now - row.changed_at > _RESTLESS
        changes = 1 if resting else row.changes + 1
        published = article.published if tagged.own else row.published
        values = told(article) | {"generation": tagged.generation}
        if tagged.own:
            values |= dated(article)
        if change is Change.EDIT:
            values |= {"changes": changes, "changed_at": self._now}
        self._writer.retold(row.id, values)
        self._writer.found_by(row.id, article, tags, self._candidates.keys(article), published)
        story = self._connection.execute(select(stories).where(stories.c.id == row.story)).one()
        edited = self._shown_edit(story, article, changes, tagged, change) if story.shown == row.id else {}
        self._candidates.tell_anew(story.id, article, published)
        self._writer.touch(story.id, **edited, shown=self._candidates.choose_shown(story.id))

    def _shown_edit(
        self, story: Row[Any], article: Article, changes: int, tagged: TaggedReading, change: Change
    ) -> dict[str, object]:
        values: dict[str, object] = {"published": article.published, "day": article.day} if tagged.own else {}
        if change is Change.EDIT and self._matcher.may_update(changes, story.updated, self._now):
            said = article.updated if article.updated and article.updated > story.updated else self._now
            values["updated"] = max(said, article.published if tagged.own else story.published)
        return values
