"""What publishing asks of the store: which feeds are behind in output/, what stands in them, and what is rendered.

Every method is one transaction.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Engine, delete, insert, select, update

from tagwire.model import Feed, Story, TagFeeds
from tagwire.store import archives, facts, fragments, listing, loading, marking, pages, picking, pings, tagfeeds
from tagwire.store.engine import reading, writing
from tagwire.store.fragments import Body
from tagwire.store.listing import Line, Listing
from tagwire.store.rows import IN_ONE_QUERY, chunks
from tagwire.store.schema import feeds, files
from tagwire.store.touched import Judge


class State(NamedTuple):
    """What is remembered of a feed between two times of publishing."""

    number: int
    stale: bool
    made_from: str
    stories: int
    """How many it held when it was written."""


class Told(NamedTuple):
    """What the pages of all feeds say of a feed."""

    stories: int
    """How many it held when it was written."""
    card: str
    """In HTML."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A feed that is written."""

    feed: Feed
    listing: Listing
    made_from: str
    card: str
    """What the pages of all feeds say of it, in HTML."""
    documents: tuple[str, ...]
    """The paths of those of its files that people subscribe to, and that a hub is told of."""


class Publishing:
    """The store as publishing sees it."""

    def __init__(self, engine: Engine) -> None:
        """Ask nothing yet."""
        self._engine = engine
        self._at_hand = fragments.AtHand()

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
            if marking.name_sources(connection):
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
            query = select(feeds.c.name, feeds.c.id, feeds.c.stale, feeds.c.made_from, feeds.c.stories)
            return {name: State._make(values) for name, *values in connection.execute(query).all()}

    def told(self) -> dict[str, Told]:
        """Give what the pages of all feeds say of each, by the feed's name."""
        with reading(self._engine) as connection:
            query = select(feeds.c.name, feeds.c.stories, feeds.c.card)
            return {name: Told(stories, card) for name, stories, card in connection.execute(query).all()}

    def published(self, began: datetime, ended: datetime) -> None:
        """Remember when something was published, and how long it took."""
        with writing(self._engine) as connection:
            facts.published(connection, began, ended)

    def settle(self, written: Iterable[Settled], now: datetime) -> None:
        """Remember that feeds are written, and forget the fragments of what left their current documents.

        Where a hub is to be told of them, those of their documents wait for it that changed.
        """
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
                fragments.forget(connection, set(before) - set(shown))
                pings.want(connection, each.feed.name, each.documents, now)

    # ------------------------------------------------------------ what stands in a feed

    def listing(self, feed: Feed) -> Listing:
        """Give what a feed publishes now."""
        with reading(self._engine) as connection:
            return listing.listing(connection, feed)

    def lines(self, ids: Sequence[int]) -> tuple[Line, ...]:
        """Give stories without their texts, in the order of their numbers as asked for."""
        with reading(self._engine) as connection:
            return listing.lines(connection, ids)

    def load(self, ids: Sequence[int]) -> list[Story]:
        """Give whole stories in the order of their numbers as asked for."""
        with reading(self._engine) as connection:
            return list(loading.load(connection, ids))

    # ------------------------------------------------------------ fragments

    def fragments(self, made_as: str, lines: Sequence[Line]) -> dict[int, bytes]:
        """Give the fragments that are still right, by the number of their story."""
        found = self._at_hand.get(made_as, lines)
        if len(found) < len(lines):
            with reading(self._engine) as connection:
                kept = fragments.kept(connection, made_as, [line for line in lines if line.story not in found])
            self._at_hand.put(made_as, kept)
            found |= {story: body for story, (_, body) in kept.items()}
        return found

    def have_fragments(self, made_as: str, made: Mapping[int, Body]) -> None:
        """Have fragments at hand that will be kept."""
        self._at_hand.put(made_as, made)

    def keep_fragments(self, made: Mapping[str, Mapping[int, Body]]) -> None:
        """Keep fragments: for each way in which they are made, by the number of their story, with its change."""
        with writing(self._engine) as connection:
            fragments.keep(connection, made)

    def forget_fragments(self, ways: Collection[str]) -> None:
        """Forget the fragments that are made in none of these ways: of another version, or for another address."""
        self._at_hand.forget_others(ways)
        with writing(self._engine) as connection:
            fragments.forget_others(connection, ways)

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

    def pages_behind(self, made_from: str, *, everything: bool) -> pages.PagesBehind:
        """Give the stories whose own pages are behind; all are where they were made from something else."""
        with reading(self._engine) as connection:
            return pages.behind(connection, made_from, everything=everything)

    def settle_pages(self, behind: pages.PagesBehind, made_from: str) -> None:
        """Remember which stories have a page of their own, and up to which change of a story they are right."""
        with writing(self._engine) as connection:
            pages.settle(connection, behind, made_from)

    # ------------------------------------------------------------ files

    def owners(self) -> dict[str, str]:
        """Give the files that we have written to ``output/``, each with the feed that it belongs to."""
        with reading(self._engine) as connection:
            return dict(connection.execute(select(files.c.path, files.c.owner)).all())

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
                these = files.c.path.in_(some)
                settled = {row.path: row.settled for row in connection.execute(select(files).where(these))}
                connection.execute(delete(files).where(these))
                rows = [
                    {
                        "path": path, "owner": owned[path][0], "digest": owned[path][1],
                        "settled": settled.get(path, ""),
                    }
                    for path in some
                ]  # fmt: skip
                connection.execute(insert(files), rows)

    def forget_files(self, paths: Iterable[str]) -> None:
        """Forget files that are removed."""
        gone = list(paths)
        if gone:
            with writing(self._engine) as connection:
                for some in chunks(gone, IN_ONE_QUERY):
                    connection.execute(delete(files).where(files.c.path.in_(some)))
                pings.forget(connection, gone)
