"""Who reads the documents: a bare curl loop, Tagwire, and the package `reader` where it is installed."""

import io
import multiprocessing
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

COLD, WARM, CHANGED = "cold", "warm, 304", "one in ten changed"
SETTLED, EQUAL = "(validators gone)", "warm, equal bodies"
PATIENCE = 3_600


@dataclass
class Bare:
    """A curl multi loop that keeps ETags, and nothing else."""

    urls: list[str]

    def __post_init__(self) -> None:
        self.tags: dict[str, str] = {}
        self.pool: Any = None

    def scene(self, scene: str) -> None:
        """Fetch everything; parse and sanitise what is new."""
        if scene == COLD:
            self.tags = {}
        parses = scene in {COLD, CHANGED}
        if parses and self.pool is None:
            self.pool = multiprocessing.get_context("spawn").Pool(2)
            self.pool.map(parse, [b""] * 2)  # so that both are ready
        bodies = (body for body in self._fetched() if parses and body)
        for each in [self.pool.apply_async(parse, (body,)) for body in bodies]:
            each.get(PATIENCE)

    def _fetched(self) -> Iterator[bytes]:
        import pycurl

        multi, left, busy = pycurl.CurlMulti(), list(reversed(self.urls)), 0
        idle = [pycurl.Curl() for _ in range(128)]
        # Else it keeps four times as many connections, and takes seconds over them where there are many hosts.
        multi.setopt(pycurl.M_MAXCONNECTS, len(idle))
        kept: dict[Any, tuple[str, io.BytesIO, list[bytes]]] = {}
        while left or busy:
            while left and idle:
                curl, url, body, head = idle.pop(), left.pop(), io.BytesIO(), []
                known = [f"If-None-Match: {self.tags[url]}"] if url in self.tags else []
                curl.setopt(pycurl.URL, url)
                curl.setopt(pycurl.HTTPHEADER, known)
                curl.setopt(pycurl.ACCEPT_ENCODING, "")
                curl.setopt(pycurl.WRITEDATA, body)
                curl.setopt(pycurl.HEADERFUNCTION, head.append)
                kept[curl] = (url, body, head)
                multi.add_handle(curl)
                busy += 1
            multi.select(1.0)
            multi.perform()
            _, done, failed = multi.info_read()
            if failed:
                raise RuntimeError(failed)
            for curl in done:
                multi.remove_handle(curl)
                url, body, head = kept.pop(curl)
                tag = next((line[6:].strip().decode() for line in head if line.startswith(b"ETag: ")), "")
                if tag:
                    self.tags[url] = tag
                elif curl.getinfo(pycurl.RESPONSE_CODE) == 200:
                    self.tags.pop(url, None)
                idle.append(curl)
                busy -= 1
                yield body.getvalue()


def parse(body: bytes) -> int:
    """Do the least that reading a document can mean."""
    import feedparser
    import nh3

    found = feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
    return sum(len(nh3.clean(entry.get("summary", ""))) for entry in found.entries)


@dataclass
class Tagwire:
    """The whole pipeline over a database of its own."""

    urls: list[str]

    def __post_init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="tagwire-bench-"))
        self.store: Any = None

    def scene(self, scene: str) -> None:
        """Visit every source once."""
        ended: Counter[str] = Counter()
        for each in self.pipeline.collect(["web"], everything=True):
            assert not each.failed, each.reading.error
            ended[each.outcome] += 1
        assert ended.total() == len(self.urls), (scene, ended)
        new = {COLD: len(self.urls), CHANGED: ended["new"] if 0 < ended["new"] <= len(self.urls) / 5 else -1}
        assert ended["new"] == new.get(scene, 0), (scene, ended)

    def prepare(self, scene: str) -> None:
        """Begin anew where everything shall be new; else see to it that no pass waits for the pause after the last."""
        if scene == COLD:
            self._begin()
        else:
            from tagwire.sources.limits import Limits

            time.sleep(2 * Limits().pause)

    def _begin(self) -> None:
        from datetime import UTC, datetime

        from tagwire import collector
        from tagwire.model import Site, Source, TagRule
        from tagwire.pipeline import Pipeline, database
        from tagwire.sources.web import Web, WebOptions
        from tagwire.store.store import Store

        collector.tune()
        if self.store is not None:
            self.store.close()
        shutil.rmtree(self.folder)
        self.folder.mkdir()
        web = Web()
        options = [WebOptions(url=url, allow_private=True) for url in self.urls]
        sources = tuple(
            Source(name=f"s{n}", kind="web", address=web.address(each, Path()), options=each)
            for n, each in enumerate(options)
        )
        rules = (TagRule(name="Baco", aliases=("baco", "difu", "上国")),)
        site = Site(root=self.folder, sources=sources, rules=rules)
        self.store = Store(database(site))
        self.pipeline = Pipeline(site, self.store, lambda: datetime.now(UTC))
        self.pipeline.adopt()

    def end(self) -> None:
        """Leave nothing behind."""
        self.store.close()
        shutil.rmtree(self.folder)


@dataclass
class Reader:
    """The PyPI package `reader`, as its documentation says to use it."""

    urls: list[str]

    def __post_init__(self) -> None:
        self.reader: Any = None

    def prepare(self, scene: str) -> None:
        """Begin anew where everything shall be new."""
        if scene == COLD:
            from reader import make_reader

            if self.reader is not None:
                self.reader.close()
            self.reader = make_reader(":memory:")
            for url in self.urls:
                self.reader.add_feed(url)

    def scene(self, scene: str) -> None:
        """Update every feed."""
        del scene
        self.reader.update_feeds(scheduled=False, workers=16)


SIDES: dict[str, Callable[[list[str]], Any]] = {"floor": Bare, "tagwire": Tagwire}
if find_spec("reader"):
    SIDES["reader"] = Reader
