"""The store: all that is remembered between two visits, behind one door.

Every method is one transaction, or says how many. It is safe to use from several threads and processes.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Self

from sqlalchemy import func, select

from tagwire.model import Feed, Filter, Known, Learnt, Memo, Story, TaggedReading
from tagwire.store import (
    candidates,
    corrections,
    explaining,
    facts,
    holds,
    keeping,
    leases,
    loading,
    looking,
    picking,
    rematching,
    retagging,
    visits,
)
from tagwire.store.candidates import Matcher
from tagwire.store.conditions import finder
from tagwire.store.engine import connect, reading, writing
from tagwire.store.migrate import migrate
from tagwire.store.pings import Pings
from tagwire.store.publishing import Publishing
from tagwire.store.schema import articles, sources, stories
from tagwire.store.touched import Judge

_RETAGGED_AT_ONCE = 2_000
_INDEXED_AT_ONCE = 2_000


def _nothing_found(_pattern: str, _text: str) -> bool:
    return False


class Store:
    """What is remembered: sources and their memos, stories, tags, and what each feed has published."""

    def __init__(self, url: str, found: Callable[[str, str], bool] = _nothing_found) -> None:
        """Open the database at an SQLAlchemy URL, and bring it to today's schema.

        Args:
            url: the database.
            found: tells whether a regular expression is found in a text; filters with one need it.

        Raises:
            StoreError: it cannot be opened, or comes from a newer Tagwire.

        """
        self._engine = connect(url, finder(found))
        migrate(self._engine)
        self.publishing = Publishing(self._engine)
        self.pings = Pings(self._engine)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    # ------------------------------------------------------------ definitions

    def adopt(self, defined: Iterable[visits.Defined], rules: str, authority: str, now: datetime) -> None:
        """Take over today's definitions.

        Args:
            defined: every source that is defined today.
            rules: the generation of the vocabulary.
            authority: names the site in its ids; only the first one ever counts.
            now: the time.

        """
        with writing(self._engine) as connection:
            facts.settle(connection, "authority", authority)
            facts.put(connection, facts.RULES, rules)
            visits.adopt(connection, defined, rules, now)

    def is_retagging(self) -> bool:
        """Tell whether some articles still carry tags of other rules than today's, so that no feed should change."""
        with reading(self._engine) as connection:
            return bool(facts.get(connection, facts.RETAG))

    def put_in_force(self, version: str) -> None:
        """Remember by which version of the definitions is published from now on."""
        with writing(self._engine) as connection:
            facts.put(connection, facts.DEFINITIONS, version)

    def is_in_force(self, version: str) -> bool:
        """Tell whether a version of the definitions is the one that was taken over last."""
        with reading(self._engine) as connection:
            return facts.get(connection, facts.DEFINITIONS) == version

    def retag(self, tag: retagging.Tag, rules: str, progress: retagging.Progress = lambda *_: True) -> int:
        """Tag anew all that was tagged by other rules than today's, in several transactions.

        Args:
            tag: gives the tags of an article.
            rules: the generation of the vocabulary behind it; nothing is done if today's is another one.
            progress: called after each of them; says whether to go on.

        Returns:
            the number of articles.

        """
        with reading(self._engine) as connection:
            if not facts.get(connection, facts.RETAG):
                return 0
            total = retagging.waiting(connection)
        done = 0
        while some := self._retag_some(tag, rules):
            done += some
            if not progress(done, max(done, total)):
                break
        return done

    def _retag_some(self, tag: retagging.Tag, rules: str) -> int:
        with writing(self._engine) as connection:
            if not facts.get(connection, facts.RETAG) or facts.get(connection, facts.RULES) != rules:
                return 0
            done = retagging.retag(connection, tag, _RETAGGED_AT_ONCE)
            if not done:
                facts.put(connection, facts.RETAG, "")
            return done

    def index(self, matcher: Matcher, version: str) -> None:
        """Index every copy anew if another version of the matcher did it last, in several transactions."""
        with reading(self._engine) as connection:
            if facts.get(connection, facts.MATCHER) == version:
                return
            last = int(connection.execute(select(func.max(articles.c.id))).scalar() or 0)
        for first in range(1, last + 1, _INDEXED_AT_ONCE):
            with writing(self._engine) as connection:
                candidates.index(connection, matcher, articles.c.id.between(first, first + _INDEXED_AT_ONCE - 1))
        with writing(self._engine) as connection:
            facts.put(connection, facts.MATCHER, version)

    def learnt(self) -> dict[str, Learnt]:
        """Give what the articles of each source have taught, by its address."""
        with reading(self._engine) as connection:
            query = select(sources.c.address, sources.c.learnt).where(sources.c.defined)
            return {address: visits.learnt(values) for address, values in connection.execute(query)}

    def latest(self, address: str, limit: int) -> list[Known]:
        """Give the latest articles of a source."""
        with reading(self._engine) as connection:
            return candidates.latest(connection, address, limit)

    # ------------------------------------------------------------ visits and articles

    def claim(self, at: datetime, limit: int, wanted: leases.Claim) -> list[tuple[str, Memo]]:
        """Lease the sources that are due by then or now, so that no other process visits them; see `leases.claim`."""
        with writing(self._engine) as connection:
            return leases.claim(connection, at, limit, wanted)

    def waits(self, at: datetime, wanted: leases.Claim) -> bool:
        """Tell whether something could be claimed if no other pass were at its host."""
        with reading(self._engine) as connection:
            return leases.waits(connection, at, wanted)

    def held(self, at: datetime) -> dict[str, datetime]:
        """Give the hosts that asked for patience, and until when each is left alone."""
        with reading(self._engine) as connection:
            return holds.held(connection, at)

    def renew(self, addresses: Sequence[str], at: datetime) -> None:
        """Keep what was claimed and is still under way from being claimed by others."""
        with writing(self._engine) as connection:
            leases.renew(connection, addresses, at)

    def release(self, addresses: Sequence[str]) -> None:
        """Give back what was claimed and not visited."""
        if addresses:
            with writing(self._engine) as connection:
                leases.release(connection, addresses)

    def release_all(self) -> None:
        """Give back whatever is claimed; only while nobody is reading."""
        with writing(self._engine) as connection:
            leases.release_all(connection)

    def keep(
        self, tagged: Sequence[TaggedReading], matcher: Matcher, plan: keeping.Plan, now: datetime
    ) -> list[keeping.Kept]:
        """Keep some readings, all or none: articles, stories, tags, memos and next visits."""
        with writing(self._engine) as connection:
            return keeping.keep(connection, tagged, matcher, plan, now)

    def sources(self) -> list[visits.SourceStatus]:
        """Give what is known of every source that is defined, by name."""
        with reading(self._engine) as connection:
            return visits.status(connection)

    # ------------------------------------------------------------ feeds

    def newest_change(self) -> int:
        """Give the number of the last change of any story; another number means that there is something to publish."""
        with reading(self._engine) as connection:
            return int(connection.execute(select(func.max(stories.c.change))).scalar() or 0)

    def catch_up(self, feeds: Sequence[Feed], now: datetime, judge: Judge | None = None) -> bool:
        """Let every feed take in what changed since it last did; see `picking.catch_up`.

        Returns:
            whether they did: they rest while some articles carry tags of other rules than today's.

        """
        with writing(self._engine) as connection:
            if facts.get(connection, facts.RETAG):
                return False
            picking.catch_up(connection, feeds, now, judge)
            return True

    @contextmanager
    def look(self, now: datetime) -> Iterator[looking.View]:
        """Look at what is stored, all as of one moment; nothing is written."""
        with reading(self._engine) as connection:
            yield looking.View(connection, now)

    def newest(self, chosen: Filter, limit: int, now: datetime) -> list[Story]:
        """Give the stories of a filter that were kept last, the last one first."""
        with reading(self._engine) as connection:
            return list(loading.load(connection, looking.newest(connection, chosen, limit, now)))

    def pick(self, feeds: Sequence[Feed]) -> list[picking.Picked]:
        """Give what each feed publishes now, all as of one moment."""
        with reading(self._engine) as connection:
            return [picking.pick(connection, feed) for feed in feeds]

    def stories(self) -> Iterator[Story]:
        """Give every story, the first kept one first, all as of one moment."""
        with reading(self._engine) as connection:
            yield from loading.every_story(connection)

    def feeds(self, feeds: Sequence[Feed]) -> list[picking.FeedStatus]:
        """Give what is known of each feed."""
        with reading(self._engine) as connection:
            return picking.status(connection, feeds)

    # ------------------------------------------------------------ by hand

    def linked(self, key: str) -> str | None:
        """Give the id of the one story that has a copy under a lasting key; None: there is none, or there are several.

        Args:
            key: as `candidates.Matcher` gives it.

        """
        with reading(self._engine) as connection:
            return corrections.linked(connection, key)

    def explain(self, name: str) -> explaining.Explained:
        """Explain every decision about the story that a user means."""
        with reading(self._engine) as connection:
            return explaining.explain(connection, name)

    def split(self, matcher: Matcher, name: str, copy: str, now: datetime) -> str:
        """Take a copy out of a story; give the id of the new story."""
        with writing(self._engine) as connection:
            return corrections.split(connection, matcher, corrections.find(connection, name), copy, now)

    def merge(self, matcher: Matcher, one: str, other: str, now: datetime) -> str:
        """Make two stories one; give the id that stays."""
        with writing(self._engine) as connection:
            first, second = corrections.find(connection, one), corrections.find(connection, other)
            return corrections.merge(connection, matcher, first, second, now)

    def withdraw(self, name: str, now: datetime) -> None:
        """Take a story out of every feed for good."""
        with writing(self._engine) as connection:
            corrections.withdraw(connection, corrections.find(connection, name), now)

    def tag(self, name: str, given: Sequence[str], taken: Sequence[str], now: datetime) -> None:
        """Give a story tags, and take some from it."""
        with writing(self._engine) as connection:
            corrections.tag(connection, corrections.find(connection, name), given, taken, now)

    def undo(self, matcher: Matcher, now: datetime) -> corrections.Corrected:
        """Undo the last correction that stands."""
        with writing(self._engine) as connection:
            return corrections.undo(connection, matcher, now)

    def rematch(self, matcher: Matcher, now: datetime, *, dry: bool) -> list[rematching.Moved]:
        """Match anew what is stored, or only tell what that would change."""
        with (reading if dry else writing)(self._engine) as connection:
            return rematching.rematch(connection, matcher, now, dry=dry)
