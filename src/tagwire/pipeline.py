"""The pipeline: the only place that knows the order of the steps.

    read | tag | keep(match) | pick | render | write

`collect` walks the first half for each source that is due, `publish` the second half for each feed.
Each hands the values of one step to the next; none of the steps knows another.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from tagwire.locks import held
from tagwire.model import Attendance, Next, Reading, Site, TaggedReading, Visit
from tagwire.publishing import Published, Publisher
from tagwire.sources import Kind, kinds, schedule
from tagwire.store.keeping import Kept
from tagwire.store.store import Store
from tagwire.store.visits import Defined, generation
from tagwire.stories.match import Matcher
from tagwire.tags.vocabulary import Vocabulary

_CLAIMED_AT_ONCE = 20
_ARTICLES_AT_ONCE = 2_000
_LONGEST_BATCH = timedelta(seconds=1)


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
            stopping: tells whether no new visit shall begin.

        """
        self.site = site
        self.store = store
        self.clock = clock
        self.stopping = stopping
        self.kinds: dict[str, Kind] = kinds()
        self.matcher = Matcher()
        self.vocabulary = Vocabulary(site.rules)
        self.feeds = tuple(replace(feed, filter=self.vocabulary.resolved(feed.filter)) for feed in site.feeds)
        self._sources = {source.address: source for source in site.sources}

    def adopt(self) -> int:
        """Take over the definitions; what is stored is tagged anew where their rules changed.

        Returns:
            the number of articles that were tagged anew.

        """
        authority = urlsplit(self.site.face.base_url).hostname or "localhost"
        defined = [Defined(source, self.kinds[source.kind].version) for source in self.site.sources]
        self.store.adopt(defined, self.vocabulary.generation, authority, self.clock())
        return self.retag()

    def retag(self) -> int:
        """Tag anew what was tagged by other rules than today's; give the number of articles."""
        return self.store.retag(self.vocabulary.tags, self.vocabulary.generation)

    # ------------------------------------------------------------ read | tag | keep

    def collect(self, names: Sequence[str], *, everything: bool = False) -> Iterator[Kept]:
        """Visit the sources of some kinds that are due, and keep what they bring, a batch at a time.

        Args:
            names: of the kinds.
            everything: also visit sources that are not due yet.

        """
        for name in names:
            yield from self._collect(name, everything=everything)

    def _collect(self, name: str, *, everything: bool) -> Iterator[Kept]:
        now = self.clock()
        claimed: dict[str, Visit] = {}
        readings = self.kinds[name].read(self._visits(name, now, claimed, everything=everything), now)
        try:
            for batch in self._batches(readings):
                tagged = [self._tagged(reading) for reading in batch]
                yield from self.store.keep(tagged, self.matcher, self._plan, now)
                for reading in batch:
                    claimed.pop(reading.source.address, None)
        finally:
            self.store.release(list(claimed))

    def _visits(self, name: str, now: datetime, claimed: dict[str, Visit], *, everything: bool) -> Iterator[Visit]:
        while not self.stopping() and (
            due := self.store.claim(now, _CLAIMED_AT_ONCE, kinds=(name,), everything=everything)
        ):
            visits = [Visit(self._sources[address], memo) for address, memo in due if address in self._sources]
            claimed |= {visit.source.address: visit for visit in visits}
            yield from visits

    def _batches(self, readings: Iterator[Reading]) -> Iterator[list[Reading]]:
        """Gather readings until they are worth a transaction, or the first has waited long enough."""
        batch: list[Reading] = []
        weight, since = 0, self.clock()
        for reading in readings:
            batch.append(reading)
            weight += 1 + len(reading.articles)
            if weight >= _ARTICLES_AT_ONCE or self.clock() - since >= _LONGEST_BATCH:
                yield batch
                batch, weight, since = [], 0, self.clock()
        if batch:
            yield batch

    def _tagged(self, reading: Reading) -> TaggedReading:
        tags = tuple(self.vocabulary.tags(article, reading.source.tags) for article in reading.articles)
        generated = generation(self.vocabulary.generation, reading.source.tags)
        return TaggedReading(reading, tags, generated, own=self.kinds[reading.source.kind].own)

    def _plan(self, attendance: Attendance) -> Next:
        source = attendance.reading.source
        return schedule.plan(source, self.kinds[source.kind].every, attendance)

    # ------------------------------------------------------------ pick | render | write

    def publish(self) -> list[Published]:
        """Let the feeds catch up, and write what changed to ``output/``.

        Raises:
            TagwireError: a file cannot be written.

        """
        with held(self.site.root, "publishing", wait=True):
            self.retag()
            return Publisher(self.site, self.feeds, self.store, self.clock).publish()


def database(site: Site) -> str:
    """Give the address of a site's database."""
    return site.database or f"sqlite+pysqlite:///{site.root / 'tagwire.db'}"


def output_folder(root: Path) -> Path:
    """Give the folder that people subscribe from."""
    return root / "output"
