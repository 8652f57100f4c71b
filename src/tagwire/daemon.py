"""The daemon: a clock with a handful of jobs, a watch on the user's files, and the server as a process of its own.

The jobs share nothing but the store: reading files, reading the web, publishing and reloading run side by side,
each of them never twice at once.
"""

import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import watchfiles
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from tagwire import definitions
from tagwire.errors import StoreError, TagwireError
from tagwire.locks import held
from tagwire.pipeline import Pipeline, database, output_folder
from tagwire.store.keeping import Kept
from tagwire.store.retagging import Progress
from tagwire.store.store import Store
from tagwire.tags.patterns import found

Say = Callable[[str], object]

_TICK_SECONDS = 1
_RESCAN_SECONDS = 10
"""How often folders are looked through although nothing was noticed: a watch can miss changes (network disks)."""
_AGEING = timedelta(minutes=1)
"""How often feeds whose filters depend on time are looked through although no story changed."""
_PATIENCE = timedelta(seconds=5)
"""How long tagging anew goes on between two lines about it."""


def run(root: Path, *, clock: Callable[[], datetime], listen: tuple[str, int] | None, say: Say) -> None:
    """Run until SIGTERM or SIGINT: visit what is due, publish what changed, serve ``output/``.

    Args:
        root: the site's folder.
        clock: gives the time, aware and in UTC.
        listen: host and port of the server; None: no server.
        say: takes one line for the operator.

    Raises:
        HeldError: another daemon holds the site.
        DefinitionError: there is no site.
        StoreError: the store cannot be opened.
        TagwireError: the server cannot start.

    """
    stop = threading.Event()
    with _signals(stop):
        site = definitions.load(root).trusted()
        with held(site.root, "daemon", wait=False), Store(database(site), found) as store:
            daemon = _Daemon(site.root, store, clock, say, stop)
            with _server(site.root, listen, say) as server, daemon.jobs():
                while not stop.wait(_TICK_SECONDS):
                    if server is not None and server.poll() is not None:
                        raise TagwireError("the server ended", f"exit code {server.returncode}")
            if daemon.failure is not None:
                raise daemon.failure


class _Daemon:
    """A site that is kept up to date; each public method is one job."""

    def __init__(
        self, root: Path, store: Store, clock: Callable[[], datetime], say: Say, stop: threading.Event
    ) -> None:
        self._root = root
        self._store = store
        self._clock = clock
        self._say = say
        self._stop = stop
        self._moved = threading.Event()
        self._definitions: dict[Path, tuple[int, int]] = {}
        self._published = -1
        self._published_at = clock()
        self._said: dict[str, str] = {}
        self._looked = False
        self.failure: StoreError | None = None
        self._pipeline = self._take_over()

    def _take_over(self) -> Pipeline:
        """Put the definitions in force; what is wrong is said, and its last good version stays."""
        self._definitions = _stamps(self._root)
        loaded = definitions.load(self._root)
        for problem in loaded.problems:
            self._say(str(problem))
        pipeline = Pipeline(loaded.trusted(), self._store, self._clock, self._stop.is_set)
        definitions.remember(loaded)
        retagged = pipeline.adopt(self._progress())
        if retagged:
            self._say(f"tagged {retagged:,} stored articles anew")
        return pipeline

    def _progress(self) -> Progress:
        """Give what says every few seconds how far the tagging is."""
        said = self._clock()

        def say(done: int, total: int) -> None:
            nonlocal said
            if done < total and self._clock() - said >= _PATIENCE:
                said = self._clock()
                self._say(f"tagged {done:,} of {total:,} stored articles anew; the feeds rest until all are")

        return say

    @contextmanager
    def jobs(self) -> Iterator[None]:
        """Run the jobs; at the end no new step begins, and the ones in hand are waited for."""
        scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(4)},
            # APScheduler's own defaults drop a job that is a second late, and run a backlog one by one.
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
            timezone="UTC",
        )
        for job, seconds in (
            (self.reload, _RESCAN_SECONDS),
            (self.read_files, _RESCAN_SECONDS),
            (self.read_web, _TICK_SECONDS),
            (self.publish, _TICK_SECONDS),
        ):
            scheduler.add_job(
                self._guarded, "interval", (job,), seconds=seconds, id=job.__name__, next_run_time=self._clock()
            )
        scheduler.start()
        watch = threading.Thread(target=self._watch, args=(scheduler,), name="watch")
        watch.start()
        try:
            yield
        finally:
            self._stop.set()
            watch.join()
            scheduler.shutdown(wait=True)

    def read_files(self) -> None:
        """Read the article files that changed."""
        self._read("files")
        self._looked = True

    def read_web(self) -> None:
        """Visit the web sources that are due."""
        self._read("web")

    def publish(self) -> None:
        """Publish if a story or a definition changed since the last time; first of all the files are looked at."""
        change = self._store.newest_change()
        if (change == self._published and not self._aged()) or not self._looked:
            return
        now, feeds = self._clock(), self._pipeline.publish()
        if feeds is None:
            return
        for feed in feeds:
            if feed.written:
                self._say(f"wrote {feed.name}: {feed.stories} stories")
        self._published, self._published_at = change, now

    def _aged(self) -> bool:
        """Tell whether stories may have entered or left a feed by time alone since the last publishing."""
        return self._clock() - self._published_at >= _AGEING and self._pipeline.depends_on_time

    def reload(self) -> None:
        """Put changed definitions in force."""
        if _stamps(self._root) == self._definitions:
            return
        self._pipeline = self._take_over()
        self._published = -1
        self._moved.set()

    def _read(self, kind: str) -> None:
        for kept in self._pipeline.collect([kind]):
            for line in _told(kept):
                self._say(line)

    def _guarded(self, job: Callable[[], None]) -> None:
        """Run a job; an error is said once, and the next run tries again, unless the store is the one that failed."""
        try:
            job()
        except StoreError as error:
            self.failure = error
            self._stop.set()
        except TagwireError as error:
            if self._said.get(job.__name__) != str(error):
                self._say(f"tagwire: {error}")
            self._said[job.__name__] = str(error)
        else:
            self._said.pop(job.__name__, None)

    def _watch(self, scheduler: BackgroundScheduler) -> None:
        """Wake the jobs that a changed file may concern; what goes unnoticed is found by the next rescan."""
        while not self._stop.is_set():
            self._moved.clear()
            try:
                for _ in watchfiles.watch(
                    *self._watched(), stop_event=self, debounce=200, step=50, rust_timeout=500, raise_interrupt=False
                ):
                    for job in ("reload", "read_files"):
                        scheduler.modify_job(job, next_run_time=self._clock())
            except OSError:  # a folder went away, or the system has no more watches
                self._stop.wait(_RESCAN_SECONDS)

    def is_set(self) -> bool:
        """Tell the watch whether to look again at what it watches."""
        return self._stop.is_set() or self._moved.is_set()

    def _watched(self) -> list[Path]:
        kinds = self._pipeline.kinds
        folders = {kinds[source.kind].folder(source) for source in self._pipeline.site.sources}
        wanted = {self._root / "sources", self._root / "feeds", *filter(None, folders)}
        return sorted(folder for folder in wanted if folder.is_dir())


def _stamps(root: Path) -> dict[Path, tuple[int, int]]:
    """Give what tells that a definition changed."""
    patterns = ("tagwire.toml", "sources/*.toml", "sources/*.opml", "feeds/*.toml")
    found = {path: path.stat() for pattern in patterns for path in root.glob(pattern) if path.is_file()}
    stamps = {path: (stat.st_mtime_ns, stat.st_size) for path, stat in found.items()}
    return stamps | {folder: (0, 0) for folder in [root / "sources" / "articles"] if folder.is_dir()}


def _told(kept: Kept) -> Iterator[str]:
    """Say what a visit brought, if there is anything to say."""
    name = kept.reading.source.name
    if kept.failed:
        yield f"{kept.reading.outcome}: {name}: {kept.reading.error}; next visit {kept.following.at:%Y-%m-%d %H:%M} UTC"
    elif kept.new or kept.edited:
        yield f"read {name}: {kept.new} new, {kept.edited} edited"
        yield from (f"{name}: {warning}" for warning in kept.reading.warnings)


@contextmanager
def _signals(stop: threading.Event) -> Iterator[None]:
    """Let SIGTERM and SIGINT ask for the end, once."""
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _server(root: Path, listen: tuple[str, int] | None, say: Say) -> Iterator[subprocess.Popen[bytes] | None]:
    """Serve in a process of its own, so that reading and serving never wait for each other; it ends with us."""
    if listen is None:
        yield None
        return
    host, port = listen
    output_folder(root).mkdir(exist_ok=True)
    command = [sys.executable, "-m", "tagwire", "--site", str(root), "serve", "--host", host, "--port", str(port)]
    # Its standard input is a pipe from here: it ends when we do, however we end.
    with subprocess.Popen(  # noqa: S603 - our own program
        [*command, "--with-parent"], stdin=subprocess.PIPE, start_new_session=True
    ) as process:
        say(f"serving on http://{host}:{port}/")
        try:
            yield process
        finally:
            process.terminate()
