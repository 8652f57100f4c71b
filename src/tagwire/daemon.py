"""The daemon: a clock with a handful of jobs, a watch on the user's files, and the server as a process of its own.

The jobs share nothing but the store: reading files, reading the web, publishing, telling the hub and reloading run side
by side, each of them never twice at once.
"""

import logging
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
from tagwire.errors import BusyError, StoreError, TagwireError
from tagwire.locks import held, shared
from tagwire.pipeline import Pipeline, Progress, database, output_folder
from tagwire.store.keeping import Kept
from tagwire.store.store import Store
from tagwire.tags.patterns import found

Say = Callable[[str], object]

_TICK_SECONDS = 1
_RESCAN = timedelta(seconds=10)
"""How often folders are looked through although nothing was noticed: a watch can miss changes (network disks)."""
_AGEING = timedelta(minutes=1)
"""How often feeds whose filters depend on time are published although no story changed."""
_PATIENCE = timedelta(seconds=5)
"""How long tagging anew goes on between two lines about it."""


def run(
    root: Path, *, clock: Callable[[], datetime], listen: tuple[str, int] | None, admin: str = "", say: Say
) -> None:
    """Run until SIGTERM or SIGINT: visit what is due, publish what changed, serve ``output/``.

    Args:
        root: the site's folder.
        clock: gives the time, aware and in UTC.
        listen: host and port of the server; None: no server.
        admin: an address of its own, as ``HOST:PORT``, for what only the operator sees; empty: there is none.
        say: takes one line for the operator.

    Raises:
        HeldError: another daemon holds the site.
        DefinitionError: there is no site.
        StoreError: the store cannot be opened.
        TagwireError: the server cannot start.

    """
    stop = threading.Event()
    with _signals() as asked:
        site = definitions.load(root).trusted()
        with held(site.root, "daemon", wait=False), Store(database(site), found) as store:
            daemon = _Daemon(site.root, store, clock, say, stop)
            with _server(site.root, listen, admin) as server, daemon.jobs():
                while not asked and not stop.wait(_TICK_SECONDS):
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
        self._definitions: dict[Path, tuple[int, ...]] = {}
        self._defining = _Alarm(clock)
        self._filing = _Alarm(clock)
        self._moved = threading.Event()
        self._published: tuple[Pipeline, int] | None = None
        self._published_at = clock()
        self._said: dict[str, str] = {}
        self._looked = False
        self.failure: StoreError | None = None
        self._pipeline = self._take_over()
        self._watched = self._folders()

    def _take_over(self) -> Pipeline:
        """Put the definitions in force; what is wrong is said, and its last good version stays."""
        self._definitions = definitions.stamps(self._root)
        loaded = definitions.load(self._root)
        for problem in loaded.problems:
            self._say(str(problem))
        # A pass by definitions that are no longer in force ends, too.
        pipeline = Pipeline(
            loaded.trusted(), self._store, self._clock, lambda: self._stop.is_set() or self._pipeline is not pipeline
        )
        definitions.remember(loaded)
        pipeline.adopt()
        return pipeline

    @contextmanager
    def jobs(self) -> Iterator[None]:
        """Run the jobs; at the end no new step begins, and the ones in hand are waited for."""
        scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(5)},
            # APScheduler's own defaults drop a job that is a second late, and run a backlog one by one.
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
            timezone="UTC",
        )
        # It warns whenever a job is still at work when its next turn comes, which is how long visits are.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        for job in (self.reload, self.read_files, self.read_web, self.publish, self.tell_hub):
            scheduler.add_job(
                self._guarded, "interval", (job,), seconds=_TICK_SECONDS, id=job.__name__, next_run_time=self._clock()
            )
        watch = threading.Thread(target=self._watch, name="watch")
        with shared(self._root, "reading", alone=self._pipeline.take_back):
            scheduler.start()
            watch.start()
            try:
                yield
            finally:
                self._stop.set()
                watch.join()
                scheduler.shutdown(wait=True)

    def reload(self) -> None:
        """Put changed definitions in force."""
        if not self._defining.rang():
            return
        if definitions.stamps(self._root) != self._definitions:
            self._pipeline = self._take_over()
            self._filing.ring()
        if self._folders() != self._watched:
            self._watched = self._folders()
            self._moved.set()

    def read_files(self) -> None:
        """Read the article files that changed."""
        if self._filing.rang():
            self._read("files")
            self._looked = True

    def read_web(self) -> None:
        """Visit the web sources that are due."""
        self._read("web", lasting=True)

    def publish(self) -> None:
        """Publish if a story or a definition changed since the last time; first of all the files are looked at."""
        pipeline, change, now = self._pipeline, self._store.newest_change(), self._clock()
        aged = pipeline.depends_on_time and now - self._published_at >= _AGEING
        if not self._looked or ((pipeline, change) == self._published and not aged):
            return
        feeds = pipeline.publish(self._progress())
        if feeds is None:
            return
        for feed in feeds:
            if feed.written:
                self._say(f"wrote {feed.name}: {feed.stories} stories")
        self._published, self._published_at = (pipeline, change), now

    def tell_hub(self) -> None:
        """Tell the hub, where there is one, which documents changed."""
        self._pipeline.tell_hub()

    def _progress(self) -> Progress:
        """Give what says every few seconds how far the tagging is, and its end."""
        said = self._clock()

        def say(done: int, total: int) -> None:
            nonlocal said
            if done == total:
                self._say(f"tagged {done:,} stored articles anew")
            elif self._clock() - said >= _PATIENCE:
                said = self._clock()
                self._say(f"tagged {done:,} of {total:,} stored articles anew; the feeds rest until all are")

        return say

    def _read(self, kind: str, *, lasting: bool = False) -> None:
        for kept in self._pipeline.collect([kind], lasting=lasting):
            for line in _told(kept):
                self._say(line)

    def _guarded(self, job: Callable[[], None]) -> None:
        """Run a job; an error is said once, and the next run tries again, unless the store is the one that failed."""
        try:
            job()
        except BusyError as error:
            self._say_once(job, error)
        except StoreError as error:
            self.failure = error
            self._stop.set()
        except TagwireError as error:
            self._say_once(job, error)
        else:
            self._said.pop(job.__name__, None)

    def _say_once(self, job: Callable[[], None], error: TagwireError) -> None:
        if self._said.get(job.__name__) != str(error):
            self._say(f"tagwire: {error}")
        self._said[job.__name__] = str(error)

    def _watch(self) -> None:
        """Wake the jobs that a changed file may concern; what goes unnoticed is found by the next rescan."""
        while not self._stop.is_set():
            self._moved.clear()
            watch = watchfiles.watch(
                *self._watched, stop_event=self, debounce=200, step=50, rust_timeout=500, raise_interrupt=False
            )
            try:
                for _ in watch:
                    self._defining.ring()
                    self._filing.ring()
            except (OSError, RuntimeError):  # a folder went away, or the system has no more watches
                self._stop.wait(_RESCAN.total_seconds())

    def is_set(self) -> bool:
        """Tell the watch whether to end, or to begin anew with other folders."""
        return self._stop.is_set() or self._moved.is_set()

    def _folders(self) -> list[Path]:
        """Give the folders to watch."""
        kinds = self._pipeline.kinds
        folders = {kinds[source.kind].folder(source) for source in self._pipeline.site.sources}
        wanted = {self._root / "sources", self._root / "feeds", *filter(None, folders)}
        return sorted(folder for folder in wanted if folder.is_dir())


class _Alarm:
    """Says that it is time to look for changes: when somebody noticed one, and every so often without."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._noticed = threading.Event()
        self._at = clock()

    def ring(self) -> None:
        """Say that something changed."""
        self._noticed.set()

    def rang(self) -> bool:
        """Tell whether to look now; what changes from here on rings again."""
        if not self._noticed.is_set() and self._clock() < self._at:
            return False
        self._noticed.clear()
        self._at = self._clock() + _RESCAN
        return True


def _told(kept: Kept) -> Iterator[str]:
    """Say what a visit brought, if there is anything to say."""
    name = kept.reading.source.name
    if kept.failed:
        yield f"{kept.reading.outcome}: {name}: {kept.reading.error}; next visit {kept.following.at:%Y-%m-%d %H:%M} UTC"
    elif kept.new or kept.edited:
        yield f"read {name}: {kept.new} new, {kept.edited} edited"
        yield from (f"{name}: {warning}" for warning in kept.reading.warnings)


@contextmanager
def _signals() -> Iterator[list[int]]:
    """Let SIGTERM and SIGINT ask for the end; give the list of those that came.

    They only add to a list: a handler runs between any two steps of the main thread, also where that holds the lock
    of an event.
    """
    came: list[int] = []
    handled = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.signal(number, lambda number, _frame: came.append(number)) for number in handled}
    try:
        yield came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _server(root: Path, listen: tuple[str, int] | None, admin: str) -> Iterator[subprocess.Popen[bytes] | None]:
    """Serve in a process of its own, so that reading and serving never wait for each other; it ends with us.

    It says itself where it serves, once it does, or why it cannot.
    """
    if listen is None:
        yield None
        return
    host, port = listen
    output_folder(root)
    command = [sys.executable, "-m", "tagwire", "--site", str(root), "serve", "--host", host, "--port", str(port)]
    if admin:
        command += ["--admin", admin]
    # Its standard input is a pipe from here: it ends when we do, however we end.
    with subprocess.Popen(  # noqa: S603 - our own program
        [*command, "--with-parent"], stdin=subprocess.PIPE, start_new_session=True
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
