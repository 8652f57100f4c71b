"""How fast ten thousand web sources are read, against a bare curl loop over the same addresses.

Documents are made up here (seeded) and served on loopback by a small server of our own, each from a host of its own
(127.x.y.z), with ETag and Last-Modified. Three sides take turns over the same addresses, each in a process of its own:

floor    a bare curl multi loop; where documents are new, feedparser (sanitising and resolving off) and nh3 on two cores
tagwire  the whole pipeline: claim, read, tag, match, keep
reader   the PyPI package of that name, where it is installed

Run it with ``python bench/poll.py [SOURCES [ROUNDS]]``; 1,000 sources and 5 rounds if nothing is said.
"""

import asyncio
import gc
import io
import multiprocessing
import os
import random
import resource
import shutil
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from email.utils import formatdate
from html import escape
from importlib.util import find_spec
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Self

SOURCES, ROUNDS = 1_000, 5
ENTRIES = 12
CHANGED = 10
"""Every so manieth source has something new in a round of the last kind."""
PATIENCE = 3_600

SYLLABLES = [
    "ba",
    "co",
    "di",
    "fu",
    "ge",
    "ha",
    "ir",
    "jo",
    "ka",
    "le",
    "mi",
    "no",
    "or",
    "pa",
    "qui",
    "ra",
    "sa",
    "te",
    "um",
    "va",
    "we",
    "xi",
    "yo",
    "za",
]
HAN = "的一是了在人有我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后"
SCENES = ("cold", "warm, 304", "warm, equal bodies", "one in ten changed")


# ---------------------------------------------------------------- documents


class Author:
    """Writes documents as publishers do, good ones and bad ones, always the same for a number."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.wire = [self._entry(random.Random(-number), f"wire-{number}") for number in range(200)]

    def write(self, number: int, news: int = 0) -> None:
        """Write a source's document; `news` entries of this round stand on top of its old ones."""
        rnd = random.Random(number)
        entries = [
            rnd.choice(self.wire)
            if rnd.random() < 0.1
            else self._entry(rnd, f"{number}-{place}", chinese=number % 10 == 3)
            for place in range(ENTRIES)
        ]
        fresh = [
            self._entry(random.Random(f"{number}.{news}.{n}"), f"{number}-{news}-{n}") for n in range(2 * (news > 0))
        ]
        head = '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>'
        about = f"<title>Source {number}</title><link>http://{host(number)}/</link>"
        text = f"{head}{about}{''.join(fresh + entries)}</channel></rss>"
        if number % 50 == 7:
            text = text.replace("</title>", " & more</title>", 2)  # not well-formed
        target = self.folder / f"{number}.xml"
        (self.folder / "new").write_text(text)
        (self.folder / "new").replace(target)

    def _entry(self, rnd: random.Random, name: str, *, chinese: bool = False) -> str:
        words = self._chinese if chinese else self._english
        paragraphs = "".join(f"<p>{words(rnd, 40)}</p>" for _ in range(rnd.randint(2, 5)))
        extra = f'<p><a href="/more/{name}">{words(rnd, 3)}</a> <img src="/{name}.jpg" alt=""><br/></p>'
        when = formatdate(1_760_000_000 + rnd.randint(0, 10_000_000))
        return (
            f"<item><title>{words(rnd, 9)}</title><link>http://news.example/{name}</link><guid>{name}</guid>"
            f"<pubDate>{when}</pubDate><category>{words(rnd, 1)}</category>"
            f"<description>{escape(paragraphs + extra)}</description></item>"
        )

    def _english(self, rnd: random.Random, size: int) -> str:
        return " ".join("".join(rnd.choices(SYLLABLES, k=rnd.randint(1, 4))) for _ in range(size)).capitalize()

    def _chinese(self, rnd: random.Random, size: int) -> str:
        return "".join(rnd.choices(HAN, k=size * 2))


def host(number: int) -> str:
    """Give each source a host of its own."""
    return f"127.{1 + number // 62_500}.{number // 250 % 250}.{1 + number % 250}"


# ---------------------------------------------------------------- the server


class Serving(asyncio.Protocol):
    """Answers ``GET /NUMBER.xml`` from the folder; ``/with`` and ``/without`` switch validators on and off."""

    folder: Path
    validators = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to answer."""
        self.transport: Any = transport

    def data_received(self, data: bytes) -> None:
        """Answer a request; ours fit into one packet."""
        path = data[5 : data.index(b" ", 5)].decode()
        if path.startswith("with"):
            Serving.validators = path == "with"
            self.transport.write(b"HTTP/1.1 204 No Content\r\n\r\n")
            return
        file = os.open(self.folder / path, os.O_RDONLY)
        stat = os.fstat(file)
        tag = b'"%x"' % stat.st_mtime_ns
        if Serving.validators and b"If-None-Match: " + tag in data:
            self.transport.write(b"HTTP/1.1 304 Not Modified\r\nETag: %s\r\n\r\n" % tag)
        else:
            said = b"ETag: %s\r\nLast-Modified: %s\r\n" % (tag, formatdate(stat.st_mtime, usegmt=True).encode())
            head = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n%sContent-Length: %d\r\n\r\n"
            body = os.read(file, stat.st_size)
            self.transport.write(head % (said if Serving.validators else b"", stat.st_size) + body)
        os.close(file)


def serve(folder: Path, pipe: Connection) -> None:
    """Serve on all of loopback, and on nothing else, until the pipe closes."""

    async def main() -> None:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo\0")
        listener.bind(("", 0))
        Serving.folder = folder
        loop = asyncio.get_running_loop()
        server = await loop.create_server(Serving, sock=listener, backlog=4096)
        ended = asyncio.Event()
        loop.add_reader(pipe.fileno(), ended.set)
        pipe.send(listener.getsockname()[1])
        await ended.wait()
        server.close()

    asyncio.run(main())


# ---------------------------------------------------------------- the sides


@dataclass
class Bare:
    """A curl multi loop that keeps ETags, and nothing else."""

    urls: list[str]

    def __post_init__(self) -> None:
        self.tags: dict[str, str] = {}
        self.pool: Any = None

    def scene(self, scene: str) -> None:
        """Fetch everything; parse and sanitise what is new."""
        if scene == SCENES[0]:
            self.tags = {}
        parses = scene in {SCENES[0], SCENES[3]}
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
        kept = list(self.pipeline.collect(["web"], everything=True))
        ended = {str(each.reading.outcome) for each in kept}
        failed = [each.reading.error for each in kept if each.failed]
        assert not failed, failed[:3]
        assert len(kept) == len(self.urls), (scene, len(kept), ended)

    def prepare(self, scene: str) -> None:
        """Begin anew where everything shall be new."""
        if scene == SCENES[0]:
            self._begin()

    def _begin(self) -> None:
        from datetime import UTC, datetime

        from tagwire.model import Site, Source, TagRule
        from tagwire.pipeline import Pipeline, database
        from tagwire.sources.web import Web, WebOptions
        from tagwire.store.store import Store

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
        if scene == SCENES[0]:
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


def work(side: str, urls: list[str], pipe: Connection) -> None:
    """Be one side: run scenes as asked for, and tell how long each took and how large we are."""
    worker = SIDES[side](urls)
    while scene := pipe.recv():
        if hasattr(worker, "prepare"):
            worker.prepare(scene)
        gc.collect()
        with Scales() as scales:
            start, cpu = time.perf_counter(), time.process_time()
            worker.scene(scene)
            took, spent = time.perf_counter() - start, time.process_time() - cpu
        pipe.send((took, spent, scales.most))
    if hasattr(worker, "end"):
        worker.end()


class Scales:
    """Weighs us and our children again and again, in a thread of its own."""

    def __init__(self) -> None:
        self.most = 0
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._weigh)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.thread.join()

    def _weigh(self) -> None:
        while True:
            children = [pid for task in Path("/proc/self/task").iterdir() for pid in _read(task / "children").split()]
            pages = [int((_read(Path("/proc") / pid / "statm") or "0 0").split()[1]) for pid in ["self", *children]]
            self.most = max(self.most, sum(pages) * resource.getpagesize())
            if self.ended.wait(0.25):
                return


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # it has ended meanwhile
        return ""


# ---------------------------------------------------------------- the rounds


@contextmanager
def process(target: Callable[..., None], *arguments: object) -> Iterator[Connection]:
    """Run a function in a process of its own, with a pipe to it; it ends with its pipe."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    child = context.Process(target=target, args=(*arguments, theirs))
    child.start()
    theirs.close()
    try:
        yield ours
        if target is work:
            ours.send("")
    finally:
        ours.close()
        child.join(60)
        child.kill()


def switch(port: int, how: str) -> None:
    """Let the server send validators, or none."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"GET /%s HTTP/1.1\r\n\r\n" % how.encode())
        connection.recv(64)


def main(count: int, rounds: int) -> None:
    """Let the sides take turns, and print the medians."""
    found: dict[str, dict[str, list[tuple[float, float, int]]]] = {
        scene: {side: [] for side in SIDES} for scene in SCENES
    }
    folder = Path(tempfile.mkdtemp(prefix="tagwire-bench-documents-"))
    try:
        author = Author(folder)
        for number in range(count):
            author.write(number)
        size = sum(file.stat().st_size for file in folder.iterdir())
        print(f"{count:,} sources, {size / count / 1024:.0f} KiB each with {ENTRIES} entries; {rounds} rounds")
        with process(serve, folder) as server:
            port = server.recv()
            urls = [f"http://{host(number)}:{port}/{number}.xml" for number in range(count)]
            play(found, urls, port, author, rounds)
    finally:
        shutil.rmtree(folder)
    report(found)


def play(found: dict[str, dict[str, list[Any]]], urls: list[str], port: int, author: Author, rounds: int) -> None:
    """Play all scenes in each round, the sides in turns within each scene."""
    with ExitStack() as stack:
        pipes = {side: stack.enter_context(process(work, side, urls)) for side in SIDES}
        for turn in range(1, rounds + 1):
            for scene in SCENES:
                if scene == SCENES[3]:
                    for number in range(turn % CHANGED, len(urls), CHANGED):
                        author.write(number, news=turn)
                switch(port, "without" if scene == SCENES[2] else "with")
                for side, pipe in pipes.items():
                    pipe.send(scene)
                    found[scene][side].append(pipe.recv())
            print(f"round {turn} of {rounds} done", file=sys.stderr)


def report(found: dict[str, dict[str, list[tuple[float, float, int]]]]) -> None:
    """Print seconds, processor seconds of the main process, and ratios to the floor."""
    print(f"\n{'':22}" + "".join(f"{side:>26}" for side in SIDES))
    for scene, sides in found.items():
        floor = statistics.median(took for took, _, _ in sides["floor"])
        cells = []
        for times in sides.values():
            took = statistics.median(each[0] for each in times)
            spent = statistics.median(each[1] for each in times)
            cells.append(f"{took:9.2f} s {spent:6.2f} cpu {took / floor:5.2f}x")
        print(f"{scene:22}" + "".join(f"{cell:>26}" for cell in cells))
    for side in SIDES:
        peak = max(each[2] for sides in found.values() for each in sides[side])
        print(f"peak memory of {side}: {peak / 1e6:.0f} MB with its workers")


if __name__ == "__main__":
    said = [int(text) for text in sys.argv[1:3]]
    main(*said, *(SOURCES, ROUNDS)[len(said) :])
