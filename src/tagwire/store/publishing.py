"""What publishing asks of the store: which feeds are behind in output/, what stands in them, and what is rendered.

Every method is one transaction.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Text, and_, delete, exists, func, insert, or_, select, type_coerce, update

from tagwire.model import Feed, Story, TagFeeds, Withdrawn
from tagwire.store import archives, facts, picking, tagfeeds
from tagwire.store.conditions import ALIVE, NEWS
from tagwire.store.engine import reading, writing
from tagwire.store.rows import IN_ONE_QUERY, chunks, number_after
from tagwire.store.schema import articles, feed_stories, feeds, files, fragments, sources, stories, story_tags
from tagwire.store.touched import Judge

_WITHDRAWN_TOLD = 50
"""Of a feed's withdrawn stories, how many of the last are told in its current document."""
_TREND = timedelta(days=42)
_WAYS = "ways"
_PAGES_SEEN = "pages_seen"


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What is remembered of a feed between two times of publishing."""

    number: int
    stale: bool
    made_from: str
    stories: int
    """How many it held when it was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A feed that is written."""

    feed: Feed
    listing: "Listing"
    made_from: str
    card: str
    """What the pages of all feeds say of it, in HTML."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A story in a feed, without its text."""

    story: int
    change: int
    """Grows with every change of the story."""
    uri: str
    day: date
    updated: datetime
    title: str
    link: str | None
    language: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a feed publishes now: its stories, and all that stands around them."""

    number: int
    uri: str
    since: datetime
    lines: tuple[Line, ...]
    """Last come first."""
    withdrawn: tuple[Withdrawn, ...]
    archives: int
    """How many archives are closed."""
    total: int
    """How many stories it has published and still holds."""
    trend: tuple[tuple[date, int], ...]
    """How many stories there were on each of the last days that had any, up to the newest story's day."""
    tags: tuple[tuple[str, int], ...]
    """The tags of its stories here, the commonest first, each with how many carry it."""

    @property
    def updated(self) -> datetime:
        """When something in it last changed; for an empty feed, when it was first known."""
        return max((line.updated for line in self.lines), default=self.since)


@dataclass(frozen=True, slots=True)
class PagesBehind:
    """The stories whose own pages are behind."""

    wanted: tuple[int, ...]
    """Those whose pages are to be written."""
    gone: tuple[str, ...]
    """The ids of those whose pages are to go."""
    change: int
    """The last change of a story that was looked at."""


class Publishing:
    """The store as publishing sees it."""

    def __init__(self, engine: Engine) -> None:
        """Ask nothing yet."""
        self._engine = engine

    # ------------------------------------------------------------ what is behind

    def catch_up(self, defined: Sequence[Feed], judge: Judge, now: datetime) -> bool:
        """Let feeds follow the stories that changed, and mark those that are behind in ``output/``.

        Returns:
            whether they did: they rest while some articles carry tags of other rules than today's.

        """
        with writing(self._engine) as connection:
            if facts.get(connection, facts.RETAG):
                return False
            picking.catch_up(connection, defined, now, judge)
            if _name_sources(connection):
                picking.catch_up(connection, defined, now, judge)
            return True

    def catch_up_tags(self, rules: TagFeeds, name_of: Callable[[str], str], now: datetime) -> list[Feed]:
        """Let the feeds of tags follow the stories that changed; give those that there are."""
        with writing(self._engine) as connection:
            tagfeeds.catch_up(connection, rules, name_of, now)
            return tagfeeds.defined(connection)

    def states(self) -> dict[str, State]:
        """Give what is remembered of every feed that was ever known, by name."""
        with reading(self._engine) as connection:
            return {
                name: State(number=number, stale=stale, made_from=made_from, stories=count)
                for name, number, stale, made_from, count in connection.execute(
                    select(feeds.c.name, feeds.c.id, feeds.c.stale, feeds.c.made_from, feeds.c.stories)
                )
            }

    def cards(self) -> dict[str, str]:
        """Give what the pages of all feeds say of each, by the feed's name, in HTML."""
        with reading(self._engine) as connection:
            return {row.name: row.card for row in connection.execute(select(feeds.c.name, feeds.c.card))}

    def settle(self, written: Iterable[Settled]) -> None:
        """Remember that feeds are written, and forget the fragments of what left their current documents."""
        with writing(self._engine) as connection:
            for each in written:
                shown = [line.story for line in each.listing.lines]
                mine = feeds.c.name == each.feed.name
                before = connection.execute(select(feeds.c.shown).where(mine)).scalar_one()
                values = {
                    "stale": False, "made_from": each.made_from, "shown": shown, "stories": each.listing.total,
                    "card": each.card,
                }  # fmt: skip
                connection.execute(update(feeds).where(mine).values(values))
                for some in chunks(sorted(set(before) - set(shown)), IN_ONE_QUERY):
                    connection.execute(delete(fragments).where(fragments.c.story.in_(some)))

    # ------------------------------------------------------------ what stands in a feed

    def listing(self, feed: Feed) -> Listing:
        """Give what a feed publishes now."""
        with reading(self._engine) as connection:
            row = connection.execute(select(feeds).where(feeds.c.name == feed.name)).one()
            ids = picking.current(connection, row.id, feed)
            return Listing(
                number=row.id,
                uri=row.uri,
                since=row.since,
                lines=_lines(connection, ids),
                withdrawn=_withdrawn(connection, row.id),
                archives=archives.count(connection, row.id),
                total=connection.execute(select(func.count()).select_from(_held(row.id, feed))).scalar_one(),
                trend=_trend(connection, row.id, feed),
                tags=_tags(connection, ids),
            )

    def lines(self, ids: Sequence[int]) -> tuple[Line, ...]:
        """Give stories without their texts, in the order of their numbers as asked for."""
        with reading(self._engine) as connection:
            return _lines(connection, ids)

    def load(self, ids: Sequence[int]) -> list[Story]:
        """Give whole stories in the order of their numbers as asked for."""
        with reading(self._engine) as connection:
            return list(picking.load(connection, ids))

    # ------------------------------------------------------------ fragments

    def fragments(self, made_as: str, lines: Sequence[Line]) -> dict[int, bytes]:
        """Give the fragments that are still right, by the number of their story."""
        change = {line.story: line.change for line in lines}
        found: dict[int, bytes] = {}
        with reading(self._engine) as connection:
            for some in chunks(change, IN_ONE_QUERY):
                query = select(fragments.c.story, fragments.c.change, fragments.c.body).where(
                    fragments.c.made_as == made_as, fragments.c.story.in_(some)
                )
                found |= {story: body for story, at, body in connection.execute(query) if at == change[story]}
        return found

    def keep_fragments(self, made: Mapping[str, Mapping[int, tuple[int, bytes]]]) -> None:
        """Keep fragments: for each way in which they are made, by the number of their story, with its change."""
        with writing(self._engine) as connection:
            for made_as, bodies in made.items():
                rows = [
                    {"made_as": made_as, "story": story, "change": change, "body": body}
                    for story, (change, body) in bodies.items()
                ]
                for some in chunks(rows, IN_ONE_QUERY):
                    ids = [row["story"] for row in some]
                    old = and_(fragments.c.made_as == made_as, fragments.c.story.in_(ids))
                    connection.execute(delete(fragments).where(old))
                    connection.execute(insert(fragments), some)

    def forget_fragments(self, ways: Iterable[str]) -> None:
        """Forget the fragments that are made in none of these ways: of another version, or for another address."""
        wanted = sorted(ways)
        with writing(self._engine) as connection:
            if facts.get(connection, _WAYS) != repr(wanted):
                facts.put(connection, _WAYS, repr(wanted))
                connection.execute(delete(fragments).where(fragments.c.made_as.not_in(wanted)))

    # ------------------------------------------------------------ archives

    def close_archives(self, written: Iterable[tuple[Feed, int]]) -> None:
        """Close archives where a current document can no longer hold every story that stands in none."""
        with writing(self._engine) as connection:
            for feed, number in written:
                archives.close(connection, feed, number)

    def closed_archives(self, number: int) -> list[archives.Archive]:
        """Give the closed archives of a feed, the oldest first."""
        with reading(self._engine) as connection:
            return archives.closed(connection, number)

    def archived(self, number: int, archive: int) -> archives.Archived:
        """Give what stands in an archive of a feed."""
        with reading(self._engine) as connection:
            return archives.archived(connection, number, archive)

    def settle_archive(self, number: int, archive: int, base_url: str) -> None:
        """Remember that an archive is written."""
        with writing(self._engine) as connection:
            archives.settle(connection, number, archive, base_url)

    # ------------------------------------------------------------ pages of stories

    def pages_behind(self, *, everything: bool) -> PagesBehind:
        """Give the stories whose own pages are behind."""
        with reading(self._engine) as connection:
            newest = int(connection.execute(select(func.max(stories.c.change))).scalar() or 0)
            seen = 0 if everything else int(facts.get(connection, _PAGES_SEEN) or 0)
            behind = or_(stories.c.page.is_(False), stories.c.change > seen)
            wanted = select(stories.c.id).where(picking.OWN_PAGE, behind).order_by(stories.c.id)
            gone = select(stories.c.uri).where(stories.c.page, ~picking.OWN_PAGE)
            return PagesBehind(
                tuple(connection.execute(wanted).scalars()), tuple(connection.execute(gone).scalars()), newest
            )

    def settle_pages(self, change: int, written: Iterable[int], gone: Iterable[str]) -> None:
        """Remember which stories have a page of their own, and up to which change of a story they are right."""
        with writing(self._engine) as connection:
            facts.put(connection, _PAGES_SEEN, str(change))
            for some in chunks(written, IN_ONE_QUERY):
                connection.execute(update(stories).where(stories.c.id.in_(some)).values(page=True))
            for ids in chunks(gone, IN_ONE_QUERY):
                connection.execute(update(stories).where(stories.c.uri.in_(ids)).values(page=False))

    # ------------------------------------------------------------ files

    def owners(self) -> dict[str, str]:
        """Give the files that we have written to ``output/``, each with the feed that it belongs to."""
        with reading(self._engine) as connection:
            return {row.path: row.owner for row in connection.execute(select(files.c.path, files.c.owner))}

    def outdate(self, owners: Iterable[str]) -> None:
        """Let feeds be behind: their files are removed."""
        with writing(self._engine) as connection:
            for some in chunks(owners, IN_ONE_QUERY):
                connection.execute(update(feeds).where(feeds.c.name.in_(some)).values(stale=True))

    def owned(self, owner: str) -> list[str]:
        """Give the files that belong to a feed."""
        with reading(self._engine) as connection:
            return list(connection.execute(select(files.c.path).where(files.c.owner == owner)).scalars())

    def remember_files(self, owned: Mapping[str, tuple[str, str]]) -> None:
        """Remember which files are ours, before they are written: by path, whose each is, and its digest."""
        with writing(self._engine) as connection:
            for some in chunks(owned, IN_ONE_QUERY):
                connection.execute(delete(files).where(files.c.path.in_(some)))
                rows = [{"path": path, "owner": owned[path][0], "digest": owned[path][1]} for path in some]
                connection.execute(insert(files), rows)

    def forget_files(self, paths: Iterable[str]) -> None:
        """Forget files that are removed."""
        gone = list(paths)
        if gone:
            with writing(self._engine) as connection:
                for some in chunks(gone, IN_ONE_QUERY):
                    connection.execute(delete(files).where(files.c.path.in_(some)))


def _lines(connection: Connection, ids: Sequence[int]) -> tuple[Line, ...]:
    found: dict[int, Line] = {}
    for some in chunks(ids, IN_ONE_QUERY):
        query = (
            select(stories, articles.c.title, articles.c.link, articles.c.language)
            .join(articles, articles.c.id == stories.c.shown)
            .where(stories.c.id.in_(some))
        )
        for row in connection.execute(query):
            found[row.id] = Line(
                story=row.id, change=row.change, uri=row.uri, day=row.day, updated=row.updated, title=row.title,
                link=row.link, language=row.language,
            )  # fmt: skip
    return tuple(found[each] for each in ids)


def _withdrawn(connection: Connection, number: int) -> tuple[Withdrawn, ...]:
    gone = or_(stories.c.withdrawn_at.is_not(None), stories.c.merged_into.is_not(None))
    at = func.coalesce(feed_stories.c.left_at, stories.c.withdrawn_at)
    query = (
        select(stories.c.uri, at.label("at"))
        .join(feed_stories, and_(feed_stories.c.story == stories.c.id, feed_stories.c.feed == number))
        .where(gone)
        .order_by(at.desc(), stories.c.id)
        .limit(_WITHDRAWN_TOLD)
    )
    return tuple(Withdrawn(uri, moment) for uri, moment in connection.execute(query))


def _held(number: int, feed: Feed) -> Any:
    """Give the stories that a feed holds, as a subquery of their days."""
    if feed.tag:
        mine = select(story_tags.c.story).where(story_tags.c.key == feeds.c.tag_key, feeds.c.id == number)
    else:
        mine = select(feed_stories.c.story).where(feed_stories.c.feed == number, feed_stories.c.left_at.is_(None))
    return select(stories.c.day).where(stories.c.id.in_(mine), NEWS if feed.tag else ALIVE).subquery()


def _trend(connection: Connection, number: int, feed: Feed) -> tuple[tuple[date, int], ...]:
    held = _held(number, feed)
    newest = connection.execute(select(func.max(held.c.day))).scalar()
    if newest is None:
        return ()
    counted = (
        select(held.c.day, func.count()).where(held.c.day > newest - _TREND).group_by(held.c.day).order_by(held.c.day)
    )
    return tuple((day, count) for day, count in connection.execute(counted))


def _tags(connection: Connection, ids: Sequence[int]) -> tuple[tuple[str, int], ...]:
    counts: dict[str, tuple[str, int]] = {}
    for some in chunks(ids, IN_ONE_QUERY):
        query = select(story_tags.c.key, func.max(story_tags.c.tag), func.count()).where(story_tags.c.story.in_(some))
        for key, tag, count in connection.execute(query.group_by(story_tags.c.key)):
            counts[key] = (tag, counts.get(key, (tag, 0))[1] + count)
    return tuple(sorted(counts.values(), key=lambda each: (-each[1], each[0])))


def _name_sources(connection: Connection) -> bool:
    """Let the stories of a source that is called otherwise now count as changed: feeds say where stories come from.

    Tells whether there was any such source. It is done when all that is news has entered its feeds: this is none.
    """
    called = sources.c.name + "\n" + sources.c.title + "\n" + type_coerce(sources.c.about, Text)
    renamed = connection.execute(select(sources.c.id, sources.c.named).where(sources.c.named != called)).all()
    if not renamed:
        return False
    again = [row.id for row in renamed if row.named]
    change = number_after(connection, stories.c.change)
    for some in chunks(again, IN_ONE_QUERY):
        told = exists().where(articles.c.story == stories.c.id, articles.c.source.in_(some))
        connection.execute(update(stories).where(told).values(change=change, settled=change, page=False))
    connection.execute(update(sources).where(sources.c.named != called).values(named=called))
    return bool(again)
