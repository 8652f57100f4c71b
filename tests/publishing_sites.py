"""Sites that are published in tests: a real store, a real folder, and stories that come and go."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from lxml import etree

import rfc4287
from examples import NOON, RULES, article, hourly, source, tagged
from tagwire.model import Article, Face, Feed, Site, TagFeeds
from tagwire.publishing import Published, Publisher
from tagwire.store.store import Store
from tagwire.store.visits import Defined
from tagwire.stories.match import Matcher

ATOM = "{http://www.w3.org/2005/Atom}"
FACE = Face(base_url="https://feeds.example.org/", title="News")
NO_TAG_FEEDS = TagFeeds(enabled=False)
TOMBSTONE = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"


@dataclass
class Publishing:
    """One site whose stories a test makes up, and whose clock it turns."""

    root: Path
    store: Store
    feeds: list[Feed]
    face: Face = FACE
    tag_feeds: TagFeeds = NO_TAG_FEEDS
    now: datetime = NOON
    written: list[Published] = field(default_factory=list)

    def keep(self, *articles: Article, tags: tuple[str, ...] = (), of: Any = None) -> None:
        self.now += timedelta(minutes=1)
        self.store.keep([tagged(*articles, of=of, each=tags)], Matcher(), hourly(self.now), self.now)

    def publish(self) -> list[str]:
        """Publish; give the names of the feeds that were written."""
        self.now += timedelta(minutes=1)
        site = Site(root=self.root, face=self.face, feeds=tuple(self.feeds), tag_feeds=self.tag_feeds)
        self.written = Publisher(site, self.feeds, self.store, lambda: self.now).publish()
        return [each.name for each in self.written if each.written]

    def files(self) -> dict[str, bytes]:
        folder = self.root / "output"
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    def read(self, path: str) -> etree._Element:
        data = (self.root / "output" / path).read_bytes()
        assert rfc4287.problems(data) == []
        return etree.fromstring(data)

    def titles(self, path: str = "all.atom") -> list[str]:
        return [title.text or "" for title in self.read(path).iterfind(f"{ATOM}entry/{ATOM}title")]

    def link(self, path: str, rel: str) -> str | None:
        """Give the path of what a document links to."""
        found = self.read(path).find(f"{ATOM}link[@rel='{rel}']")
        return None if found is None else found.get("href", "").removeprefix(self.face.base_url)

    def history(self, feed: str = "all") -> list[str]:
        """Walk the archives from the current document back; give their paths, the newest first."""
        paths, path = [], self.link(f"{feed}.atom", "prev-archive")
        while path:
            paths.append(path)
            assert self.link(path, "current") == f"{feed}.atom"
            path = self.link(path, "prev-archive")
        return paths


def make(root: Path, *feeds: Feed, **changes: Any) -> Publishing:
    """Make a site with some feeds; by default one of everything."""
    store = Store(f"sqlite+pysqlite:///{root / 'tagwire.db'}")
    store.adopt([Defined(source(), "1"), Defined(source("car-times"), "1")], RULES, "news.example", NOON)
    return Publishing(root, store, list(feeds) or [Feed(name="all", title="All")], **changes)


def numbered(*numbers: int, **changes: Any) -> list[Article]:
    """Give different articles, each an hour after the one of the number before."""
    return [
        replace(
            article(
                f"{_WORDS[each % 10]} {_WORDS[each // 10 % 10]} {each} {_WORDS[(each * 7 + 3) % 10]}", guid=str(each)
            ),
            published=NOON + timedelta(hours=each),
            day=(NOON + timedelta(hours=each)).date(),
            **changes,
        )
        for each in numbers
    ]


_WORDS = ("crane", "quay", "ship", "tide", "pilot", "rope", "anchor", "harbour", "lighthouse", "ferry")
