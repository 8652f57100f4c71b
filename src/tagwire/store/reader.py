"""The store as the server sees it: another process writes, and nothing is written here."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, func, select
from sqlalchemy.engine import make_url

from tagwire.errors import StoreError
from tagwire.model import Filter, Outcome, Story
from tagwire.store import facts, health, loading, looking, visits
from tagwire.store.conditions import ALIVE, PUBLIC, finder
from tagwire.store.engine import connect, reading
from tagwire.store.migrate import is_newest
from tagwire.store.schema import articles, feeds, files, sources, stories, story_tags
from tagwire.store.writing import FIRST

_INCIDENTS_TOLD = 100
_STEPS = 10_000
"""Of SQLite's virtual machine, between two looks at the clock."""
_INTERRUPTED = "interrupted"
_NEVER = datetime(2026, 1, 1, tzinfo=UTC)
"""When a filter without a story changed: another moment at each asking would be a change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What is counted of a site."""

    visits: dict[Outcome, int]
    sources: int
    failing: int
    lag: timedelta
    """How long the source that is due longest waits for its visit."""
    stories: int
    articles: int
    feeds: int
    files: int
    publishing: facts.Publishings


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The newest stories of a filter."""

    authority: str
    """Of all ids."""
    stories: tuple[Story, ...]
    updated: datetime
    """When something in them changed last."""
    tag_pages: dict[str, str]
    """The path of each tag's page, by the tag's key."""


@dataclass(frozen=True, slots=True)
class State:
    """What answers to filters depend on."""

    change: int
    """The last one of any story."""
    opened: str
    retagging: bool
    """Whether some articles carry tags of other rules than today's."""


class TooLongError(StoreError):
    """A question took longer than it may."""


class Reader:
    """What the server asks of the store; safe to use from several threads."""

    def __init__(self, url: str, found: Callable[[str, str], bool]) -> None:
        """Open nothing yet; the arguments are those of `Store`."""
        self._url = url
        self._engine = connect(url, finder(found), writes=False)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def check(self) -> None:
        """Make sure that the store can be read.

        Raises:
            StoreError: it is not there, is of another version of Tagwire, or failed.

        """
        with self._reading():
            pass

    def sources(self) -> list[visits.SourceStatus]:
        """Give what is known of every source that is defined, by name."""
        with self._reading() as connection:
            return visits.status(connection)

    def duplicates(self) -> dict[str, int]:
        """Give how many articles of each source told a story that was known already, by the source's name."""
        with self._reading() as connection:
            query = (
                select(sources.c.name, func.count().label("told"))
                .join(articles, articles.c.source == sources.c.id)
                .where(sources.c.defined, articles.c.reason != FIRST)
                .group_by(sources.c.name)
            )
            return {row.name: row.told for row in connection.execute(query)}

    def incidents(self) -> list[health.Incident]:
        """Give when sources began to fail and were well again, the last time first."""
        with self._reading() as connection:
            return health.last_incidents(connection, _INCIDENTS_TOLD)

    def state(self) -> State:
        """Give what is another whenever other stories may be found."""
        with self._reading() as connection:
            return State(
                change=int(connection.execute(select(func.max(stories.c.change))).scalar() or 0),
                opened=facts.get(connection, facts.OPENED),
                retagging=bool(facts.get(connection, facts.RETAG)),
            )

    def found(self, chosen: Filter, limit: int, now: datetime, *, seconds: float) -> Found:
        """Give the newest stories of a filter that may enter a feed.

        Args:
            chosen: the filter, its tags resolved.
            limit: how many stories, at most.
            now: what ``within:`` counts back from.
            seconds: how long SQLite may look for them.

        Raises:
            TooLongError: it has not found them by then.
            StoreError: the store cannot be read.

        """
        try:
            with self._reading() as connection, _at_most(connection, seconds):
                numbers = looking.newest(connection, chosen, limit, now, PUBLIC)
                told = tuple(loading.load(connection, numbers))
                tagged = select(feeds.c.tag_key, feeds.c.name).where(feeds.c.tag_key != "")
                return Found(
                    authority=facts.authority(connection),
                    stories=told,
                    updated=max((story.updated for story in told), default=_NEVER),
                    tag_pages={row.tag_key: f"{row.name}.html" for row in connection.execute(tagged)},
                )
        except StoreError as error:
            if _INTERRUPTED in str(error):
                raise TooLongError("the question took too long", "", f"{seconds} seconds") from error
            raise

    def tags(self) -> list[str]:
        """Give the name of every tag that a published story carries."""
        with self._reading() as connection:
            published = (
                select(func.min(story_tags.c.tag)).join(stories, stories.c.id == story_tags.c.story).where(PUBLIC)
            )
            query = published.group_by(story_tags.c.key)
            return list(connection.execute(query).scalars())

    def authority(self) -> str:
        """Give the authority of all ids."""
        with self._reading() as connection:
            return facts.authority(connection)

    def figures(self, now: datetime) -> Figures:
        """Count what there is."""
        with self._reading() as connection:
            due = select(func.min(sources.c.next_at)).where(sources.c.defined)
            waiting = connection.execute(due).scalar() or now
            failing = select(func.count()).where(sources.c.defined, sources.c.failures > 0)
            return Figures(
                visits=health.counted(connection),
                sources=_count(connection, sources, sources.c.defined),
                failing=connection.execute(failing).scalar_one(),
                lag=max(now - waiting, timedelta()),
                stories=_count(connection, stories, ALIVE),
                articles=_count(connection, articles),
                feeds=_count(connection, feeds),
                files=_count(connection, files),
                publishing=facts.publishings(connection),
            )

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        url = make_url(self._url)
        if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
            raise StoreError("there is no database yet", url.render_as_string())
        with reading(self._engine) as connection:
            if not is_newest(connection):
                raise StoreError("the database is of another version of Tagwire", url.render_as_string())
            yield connection


@contextmanager
def _at_most(connection: Connection, seconds: float) -> Iterator[None]:
    """Let SQLite give up after a time; other databases have timeouts of their own."""
    driver: Any = connection.connection.dbapi_connection
    if not hasattr(driver, "set_progress_handler"):
        yield
        return
    end = time.monotonic() + seconds
    driver.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
    try:
        yield
    finally:
        driver.set_progress_handler(None, 0)


def _count(connection: Connection, table: object, *where: object) -> int:
    return int(connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one())  # type: ignore[arg-type]  # any table and condition
