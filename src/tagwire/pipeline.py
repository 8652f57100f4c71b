"""The pipeline: the only place that knows the order of the steps.

    read | tag | keep(match) | pick | render | write

`collect` walks the first half for each source that is due, `publish` the second half for each feed.
Each hands the values of one step to the next; none of the steps knows another.
"""

import hashlib
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from time import sleep
from urllib.parse import urlsplit
from uuid import uuid4

from tagwire import collector
from tagwire.errors import TagwireError
from tagwire.locks import held
from tagwire.model import Attendance, Learnt, Next, Outcome, Reading, Site, TaggedReading, Visit
from tagwire.output import folder
from tagwire.publishing import Published, Publisher, hub
from tagwire.sources import Kind, kinds, schedule
from tagwire.sources.drive import Manner
from tagwire.sources.http import user_agent
from tagwire.sources.limits import Limits
from tagwire.store.conditions import depends_on_time
from tagwire.store.keeping import Kept
from tagwire.store.leases import LEASE, Claim
from tagwire.store.store import Store
from tagwire.store.visits import Defined, generation
from tagwire.stories.learnt import ENOUGH
from tagwire.stories.match import Matcher
from tagwire.stories.outlets import Outlets
from tagwire.tags.vocabulary import Vocabulary

_log = logging.getLogger(__name__)
_CLAIMED_AT_ONCE = 1_000
_ARTICLES_AT_ONCE = 2_000
_LONGEST_BATCH = timedelta(seconds=1)
_LONGEST_PASS = timedelta(minutes=5)
"""What falls due later than this waits for the next pass: a pass dates its readings by its begin."""
_PAUSE = timedelta(seconds=Limits().pause)
_LOOK_AGAIN, _LONGEST_WAIT = 0.1, 120.0
"""Seconds after which it is seen whether another pass has left a host, and for how long."""


Progress = Callable[[int, int], object]
"""Takes how many stored articles were tagged anew, and of how many."""


def _nothing_said(_done: int, _total: int) -> None:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pass:
    """One pass over the sources of one kind that are due."""

    kind: str
    begun: datetime
    everything: bool
    lasting: bool
    name: str = field(default_factory=lambda: uuid4().hex)
    """No other pass has it."""
    claimed: set[str] = field(default_factory=set)
    """Addresses that we have leased and whose readings are not kept yet."""
    away: set[str] = field(default_factory=set)
    """Those of them that have not come home."""


class Pipeline:
    """One site at work: its definitions, what they compile to, and its store."""

    def __init__(
        self, site: Site, store: Store, clock: Callable[[], datetime], stopping: Callable[[], bool] = lambda: False
    ) -> None:
        """Compile the site's rules; reads and writes nothing yet.

        Args:
            site: the definitions in force.
            store: open.
            clock: gives the time, aware and in UTC.
            stopping: tells whether reading shall end: what has come home is kept, the rest is due as before.

        """
        self.site = site
        self.store = store
        self.clock = clock
        self.stopping = stopping
        self.kinds: dict[str, Kind] = kinds(site.contact, site.proxy)
        self.outlets = Outlets(site.sources, {})
        self.matcher = Matcher(self.outlets, site.matching)
        self.vocabulary = Vocabulary(site.rules)
        self.feeds = tuple(replace(feed, filter=self.vocabulary.resolved(feed.filter)) for feed in site.feeds)
        # Another process that has taken over other definitions publishes by those; see `publish`.
        rules = repr((site.sources, site.feeds, site.tag_feeds, site.face, self.vocabulary.generation))
        self._version = hashlib.blake2b(rules.encode(), digest_size=12).hexdigest()
        self._sources = {source.address: source for source in site.sources}

    def adopt(self) -> None:
        """Take over the definitions; where rules changed, what is stored is tagged anew before it is published."""
        authority = urlsplit(self.site.face.base_url).hostname or "localhost"
        defined = [Defined(source, self.kinds[source.kind].version) for source in self.site.sources]
        self.store.adopt(defined, self.vocabulary.generation, authority, self.clock())
        self.store.put_in_force(self._version)
        self.store.pings.adopt(hub.address_of(self.site.face))
        self.outlets = Outlets(self.site.sources, self.store.learnt())
        self.matcher = Matcher(self.outlets, self.site.matching)
        self.store.index(self.matcher, self.matcher.version)
        collector.settle()

    # ------------------------------------------------------------ read | tag | keep

    def take_back(self) -> None:
        """Give back what killed processes had claimed; only while no other process reads."""
        self.store.release_all()

    def collect(self, names: Sequence[str], *, everything: bool = False, lasting: bool = False) -> Iterator[Kept]:
        """Visit the sources of some kinds that are due, and keep what they bring, a batch at a time.

        Args:
            names: of the kinds.
            everything: also visit sources that are not due yet.
            lasting: also visit what falls due while others are under way.

        """
        for name in names:
            yield from self._collect(_Pass(kind=name, begun=self.clock(), everything=everything, lasting=lasting))

    def _collect(self, current: _Pass) -> Iterator[Kept]:
        readings = self.kinds[current.kind].read(self._visits(current), current.begun)
        try:
            for batch in self._batches(current, self._leased(current, readings)):
                kept = self._keep(batch)
                current.claimed.difference_update(reading.source.address for reading in batch)
                yield from kept
        except (KeyboardInterrupt, GeneratorExit):  # somebody has had enough; others need not wait for it
            self.store.release(list(current.claimed))
            raise
        # Not after an error that nobody foresaw: what led to it is left alone until the lease runs out.
        self.store.release(list(current.claimed))

    def _keep(self, batch: list[Reading]) -> list[Kept]:
        """Keep readings together; one that cannot be kept, which nobody foresaw, fails by itself."""
        try:
            with self.outlets.taken_back_on_error([reading.source.name for reading in batch]):
                tagged = [self._tagged(reading) for reading in batch]
                return self.store.keep(tagged, self.matcher, self._plan, self.clock())
        except TagwireError:
            raise
        except Exception as error:
            if len(batch) > 1:
                return [kept for reading in batch for kept in self._keep([reading])]
            if batch[0].outcome is Outcome.FAILED:
                raise
            _log.exception("what %s brought cannot be kept", batch[0].source.name)
            why = f"what it brought cannot be kept ({type(error).__name__}); please report this"
            return self._keep([replace(batch[0], outcome=Outcome.FAILED, articles=(), warnings=(), error=why)])

    def _visits(self, current: _Pass) -> Iterator[Visit | None]:
        """Claim what is due, some at a time, as far as the kind has room for it."""
        waited = 0.0
        while not self.stopping():
            visits = self._claim(current)
            yield from visits
            if visits:
                waited = 0.0
            elif current.away:
                yield None
            elif waited < _LONGEST_WAIT and not current.lasting and self._is_kept_waiting(current):
                sleep(_LOOK_AGAIN)
                waited += _LOOK_AGAIN
            else:
                return  # what another pass is in the way of is due as before

    def _is_kept_waiting(self, current: _Pass) -> bool:
        now = self.clock()
        return self.store.waits(now, self._wanted(current, now))

    def _wanted(self, current: _Pass, now: datetime) -> Claim:
        due_by = min(now, current.begun + _LONGEST_PASS) if current.lasting else current.begun
        return Claim(
            kind=current.kind, due_by=due_by, everything=current.everything, by=current.name, pause=_PAUSE
        )  # fmt: skip

    def _claim(self, current: _Pass) -> list[Visit]:
        now = self.clock()
        due = self.store.claim(now, _CLAIMED_AT_ONCE, self._wanted(current, now))
        # Another process may have taken over newer definitions; what they added is for those who know it.
        self.store.release([address for address, _ in due if address not in self._sources])
        held = self.store.held(now) if due else {}
        visits = [Visit(self._sources[address], memo, held) for address, memo in due if address in self._sources]
        for waiting in (current.claimed, current.away):
            waiting.update(visit.source.address for visit in visits)
        return visits

    def _leased(self, current: _Pass, readings: Iterator[Reading | None]) -> Iterator[Reading | None]:
        """Pass readings on, and see to it that nobody else claims what is away for long."""
        renewed = self.clock()
        for reading in readings:
            if self.clock() - renewed > LEASE / 4:
                renewed = self.clock()
                self.store.renew(sorted(current.claimed), renewed)
            yield reading

    def _batches(self, current: _Pass, readings: Iterator[Reading | None]) -> Iterator[list[Reading]]:
        """Gather readings until they are worth a transaction, or nothing more has come home for a while."""
        batch: list[Reading] = []
        weight, since = 0, self.clock()
        for reading in readings:
            if reading is not None:
                batch.append(reading)
                weight += 1 + len(reading.articles)
                current.away.discard(reading.source.address)
            # With nobody away the kind asks for more: those who waited for their host's turn are only free once kept.
            idle = reading is None or not current.away or self.clock() - since >= _LONGEST_BATCH
            if batch and (idle or weight >= _ARTICLES_AT_ONCE):
                yield batch
                batch, weight, since = [], 0, self.clock()
            if self.stopping():
                break  # who is still away is broken off, and due as before
        if batch:
            yield batch

    def _tagged(self, reading: Reading) -> TaggedReading:
        if not reading.articles:
            return TaggedReading(reading)
        tags = tuple(self.vocabulary.tags(article, reading.source.tags) for article in reading.articles)
        generated = generation(self.vocabulary.generation, reading.source.tags)
        own = self.kinds[reading.source.kind].own
        return TaggedReading(reading, tags, generated, own=own, learnt=self._lesson(reading))

    def _lesson(self, reading: Reading) -> Learnt | None:
        """Learn of a source from what it brings, before that is matched: a link given to everything joins nothing."""
        source = reading.source
        if not self.outlets.wants_lesson(source.name, reading.articles):
            return None
        stored = self.store.latest(source.address, ENOUGH) if self.outlets.has_taught(source.name) else []
        return self.outlets.learn(source.name, [*stored, *reading.articles])

    def _plan(self, attendance: Attendance) -> Next:
        source = attendance.reading.source
        return schedule.plan(source, self.kinds[source.kind].every, attendance)

    # ------------------------------------------------------------ pick | render | write

    def publish(self, progress: Progress = _nothing_said) -> list[Published] | None:
        """Tag anew what was tagged by older rules, let the feeds catch up, and write what changed to ``output/``.

        Args:
            progress: called now and then while stored articles are tagged anew.

        Returns:
            what became of each feed. None: some articles still carry tags of other rules, because this was stopped or
            because newer definitions are in force; until none does, the feeds rest, and then change in one stroke.

        Raises:
            TagwireError: a file cannot be written.

        """
        with held(self.site.root, "publishing", wait=True):
            return self._publish(progress) if self.store.is_in_force(self._version) else None

    def tell_hub(self, patience: timedelta | None = None) -> int:
        """Tell the hub, where there is one, which documents changed, and give how many it took.

        Args:
            patience: what is not told by then is told another time; None: as long as this is not stopped.

        """
        begun = self.clock()
        manner = Manner(user_agent(self.site.contact), self.site.proxy)
        telling = hub.Hub(self.site, self.store.pings, self.clock, manner)
        return telling.tell(lambda: not self.stopping() and (patience is None or self.clock() - begun < patience))

    def _retag(self, progress: Progress) -> None:
        def going_on(done: int, total: int) -> bool:
            progress(done, total)
            return not self.stopping()

        self.store.retag(self.vocabulary.tags, self.vocabulary.generation, going_on)

    @property
    def depends_on_time(self) -> bool:
        """Whether stories may enter or leave a feed by time alone."""
        return any(depends_on_time(feed.filter) for feed in self.feeds)

    def _publish(self, progress: Progress) -> list[Published] | None:
        self._retag(progress)
        return Publisher(self.site, self.feeds, self.store, self.clock).publish()


def database(site: Site) -> str:
    """Give the address of a site's database."""
    return site.database or f"sqlite+pysqlite:///{site.root / 'tagwire.db'}"


def output_folder(root: Path) -> Path:
    """Give the folder that people subscribe from; it is made if it is not there.

    Raises:
        TagwireError: it cannot be made, or is no folder.

    """
    made = root / "output"
    folder.make(made)
    return made
