"""How fast publishing is: one new story in a large feed, and in a site of a thousand feeds.

The first figures compare, for one Atom feed of 500 entries and after one new story, what feedgen needs for the whole
with what rendering the new one and joining it to the others needs: with all at hand in memory, as a process does that
has published before, and as one that starts empty. The second ones publish whole sites, from the store to the disk.

Run it with ``python bench/publish.py``; with ``--small`` for a tenth of the stories.
"""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from feedgen.feed import FeedGenerator

from tagwire.model import (
    Article,
    Document,
    Face,
    Feed,
    HasTag,
    Known,
    Next,
    Or,
    Origin,
    Outcome,
    Precision,
    Reading,
    Site,
    Source,
    Story,
    TagFeeds,
    TaggedReading,
    TagReason,
)
from tagwire.output.atom import Atom, feed_entry, feed_head
from tagwire.output.entry import make_entry
from tagwire.publishing import Publisher
from tagwire.publishing.fragments import Fragments
from tagwire.store.listing import Listing
from tagwire.store.publishing import Publishing
from tagwire.store.store import Store
from tagwire.store.visits import Defined, generation
from tagwire.stories.match import Matcher

START = datetime(2026, 1, 1, tzinfo=UTC)
RULES = "bench"
FEEDS = 1_000
STORIES = 10_000 if "--small" in sys.argv else 100_000
ENTRIES = 500
ROUNDS = 9
TAGS = [f"Tag {number}" for number in range(3_000)]
SENTENCE = "The harbour was busy on that day, and nobody knew when the next ship would leave for the north. "


@dataclass(frozen=True)
class Nothing:
    """The options of a source that has none."""


SOURCE = Source(name="bench", kind="web", address="https://bench.example/feed", options=Nothing())


class EveryArticleIsNew(Matcher):
    """A matcher that finds nothing: matching is not what is measured."""

    def keys(self, _article: Article | Known) -> tuple[str, ...]:
        """Give nothing to be found by."""
        return ()

    lasting_keys = keys


class Site1000:
    """A store full of stories, and feeds over their tags."""

    def __init__(self, root: Path) -> None:
        """Open an empty store."""
        self.root = root
        self.url = f"sqlite+pysqlite:///{root / 'tagwire.db'}"
        self.random = random.Random(7)
        self.now = START
        self.store = Store(self.url)
        self.store.adopt([Defined(SOURCE, "1")], RULES, "bench.example", START)
        self.count = 0

    def keep(self, number: int) -> None:
        """Keep so many new stories, with four tags each."""
        self.now += timedelta(minutes=1)
        for first in range(self.count, self.count + number, 2_000):
            articles = [self._article(at) for at in range(first, min(first + 2_000, self.count + number))]
            tags = [
                tuple(TagReason(tag, Origin.EARNED, "a word") for tag in self.random.sample(TAGS, 4)) for _ in articles
            ]
            reading = Reading(source=SOURCE, outcome=Outcome.NEW, articles=tuple(articles))
            tagged = TaggedReading(reading, tuple(tags), generation(RULES, ()))
            self.store.keep([tagged], EveryArticleIsNew(), lambda _: Next(self.now, "always"), self.now)
        self.count += number

    def publisher(self, feeds: list[Feed], tag_feeds: TagFeeds) -> Publisher:
        """Give what publishes some feeds."""
        site = Site(root=self.root, face=Face(), feeds=tuple(feeds), tag_feeds=tag_feeds)
        return Publisher(site, feeds, self.store, lambda: self.now)

    def _article(self, number: int) -> Article:
        published = START - timedelta(minutes=STORIES - number)
        return Article(
            source="bench",
            guid=str(number),
            link=f"https://bench.example/{number}",
            title=f"Story {number} of the harbour",
            published=published,
            day=published.date(),
            dated=Precision.MINUTE,
            summary=SENTENCE,
            content=f"<p>{SENTENCE * 3}</p>" * 5,
            authors=("Ann Archer",),
            digest=f"1:{number}",
        )


def whole(document: Document) -> bytes:
    """Render a feed as feedgen does by itself."""
    feed: FeedGenerator = feed_head(document)
    for story in document.stories:
        feed.add_entry(feed_entry(make_entry(document.face, document.feed, story)), order="append")
    return bytes(feed.atom_str(pretty=True))


def seconds(action: Callable[[], Any], repeated: int = 1) -> float:
    """Measure the best of some runs: what else the machine does is not what is measured."""
    runs = []
    for _ in range(repeated):
        start = time.perf_counter()
        action()
        runs.append(time.perf_counter() - start)
    return min(runs)


@contextmanager
def site() -> Iterator[Site1000]:
    """Make a site in a folder that goes away."""
    with tempfile.TemporaryDirectory() as folder:
        made = Site1000(Path(folder))
        yield made
        made.store.close()


def one_feed() -> None:
    """Compare feedgen's whole with fragments, after one new story."""
    with site() as made:
        made.keep(ENTRIES + ROUNDS)
        feed = Feed(name="all", title="All", limit=ENTRIES)
        made.publisher([feed], TagFeeds(enabled=False)).publish()
        rounds = [one_story_more(made, feed) for _ in range(ROUNDS)]
        loaded, slow, fast, warm, cold, listed = (statistics.median(each) * 1e3 for each in zip(*rounds, strict=True))
        print(f"{ENTRIES} entries, one new: feedgen {slow:.1f} ms (and {loaded:.0f} ms to load its stories)")
        print(f"  joined from fragments at hand {fast:.2f} ms: {slow / fast:.0f}x")
        print(f"  with the new one loaded, and kept in the store {warm:.2f} ms: {slow / warm:.0f}x")
        print(f"  in a process that starts empty, all others read out of the store {cold:.2f} ms: {slow / cold:.0f}x")
        print(f"  beside that, either has to know what stands in the feed: {listed:.1f} ms")


def one_story_more(made: Site1000, feed: Feed) -> tuple[float, ...]:
    """Render a feed after one new story, whole and joined; give the seconds that each took."""
    document, listing = one_more(made, feed)
    stories: list[Story] = []
    loaded = seconds(lambda: stories.extend(made.store.publishing.load([line.story for line in listing.lines])))
    document = replace(document, stories=tuple(stories))
    results = [whole(document)]
    atom, kept = Atom(), Fragments(Face(), made.store.publishing).of(Atom(), feed, listing.lines)[1:]

    def joined() -> None:
        entry = make_entry(document.face, feed, document.stories[0])
        results.append(atom.join(document, [atom.fragment(entry), *kept]))

    def stored(store: Publishing, document: Document, listing: Listing) -> None:
        fragments = Fragments(Face(), store)
        results.append(atom.join(document, fragments.of(atom, feed, listing.lines)))
        fragments.keep()

    took = [loaded, seconds(lambda: whole(document), 5), seconds(joined, 5)]
    took.append(seconds(lambda: stored(made.store.publishing, document, listing)))
    assert len(set(results)) == 1
    document, listing = one_more(made, feed)
    with Store(made.url) as empty:
        listed = seconds(lambda: empty.publishing.listing(feed), 5)
        took += [seconds(lambda: stored(empty.publishing, document, listing)), listed]
    return tuple(took)


def one_more(made: Site1000, feed: Feed) -> tuple[Document, Listing]:
    """Keep a story; give what the feed publishes now."""
    made.keep(1)
    made.store.catch_up([feed], made.now)
    listing = made.store.publishing.listing(feed)
    return Document(face=Face(), feed=feed, id=listing.uri, updated=listing.updated), listing


def many_feeds() -> None:
    """Publish one new story in a site of a thousand feeds, and of as many feeds of tags as there are tags."""
    with site() as made:
        print(f"keeping {STORIES} stories", flush=True)
        made.keep(STORIES)
        # Without archives: to write what a feed has behind it is done once, and took most of the time of this.
        feeds = [
            Feed(
                name=f"feed-{at}", title=f"Feed {at}", filter=Or((HasTag(TAGS[at]), HasTag(TAGS[at + FEEDS]))), retain=0
            )
            for at in range(FEEDS)
        ]
        for what, tag_feeds in (("without", TagFeeds(enabled=False)), ("and with", TagFeeds())):
            publisher = made.publisher(feeds, tag_feeds)
            first = seconds(publisher.publish)
            rounds = [publish_one_more(made, publisher) for _ in range(ROUNDS)]
            took, worked, touched = (statistics.median(each) for each in zip(*rounds, strict=True))
            idle = seconds(publisher.publish, 3)
            print(f"{FEEDS} feeds {what} {len(TAGS)} feeds of tags, {made.count} stories: first {first:.0f} s,")
            print(f"  one new story {took:.2f} s, {worked:.2f} s of the processor; nothing new {idle:.2f} s;")
            print(f"  {touched:.0f} named feeds were written for it", flush=True)


def publish_one_more(made: Site1000, publisher: Publisher) -> tuple[float, float, int]:
    """Publish one new story; give the seconds that it took, those of the processor, and how many feeds were written."""
    made.keep(1)
    start, working = time.perf_counter(), time.process_time()
    published = publisher.publish()
    took, worked = time.perf_counter() - start, time.process_time() - working
    return took, worked, sum(each.written for each in published or ())


if __name__ == "__main__":
    one_feed()
    many_feeds()
