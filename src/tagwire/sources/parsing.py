"""Documents are parsed in worker processes with a deadline and a memory limit for each document.

Parsers take minutes and gigabytes over documents made for it, and a thread cannot be stopped. Each worker is led by a
thread of its own over a pipe of its own: a stuck or dead worker costs its one document and nothing is shared that it
could leave locked.
"""

import queue
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from time import monotonic
from types import TracebackType
from typing import IO, Self, TypeAlias

from tagwire.model import About, Article, Source
from tagwire.sources import identity
from tagwire.sources.limits import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is to be known to read a document."""

    source: Source
    url: str
    """Where it came from."""
    content_type: str
    open_ended: bool
    """Whether nothing but the document itself tells where it ends."""
    now: datetime
    limit: int
    """The most articles."""
    rule: str = identity.GUID
    """By what this source's articles have been told apart."""
    marks: tuple[str, ...] = ()
    """Of the entries of the last document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What a document says."""

    articles: tuple[Article, ...]
    """Those that were not in the last document, or not like this."""
    about: About
    rule: str
    marks: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    entries: int = 0
    """How many there are, those of the last document too."""
    oldest: datetime | None = None
    """When the oldest of them was published, where all are dated."""
    fresh_for: timedelta | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What became of a document."""

    caller: object
    """As it was handed in."""
    result: Understood | None = None
    error: str = ""
    """Why there is no result."""
    instead: tuple[str, ...] | None = None
    """Of a web page: the feeds that it names."""


Answer: TypeAlias = tuple[Understood | None, str, tuple[str, ...] | None]
"""What a worker says of a document: as in `Parsed`."""


class Parsers:
    """The worker processes of one reading; use it as a context manager, so that they end with it.

    A worker starts when there is a document for it; spare ones start while documents wait and all others have long
    been busy, and end when nothing waits. `deliver` is called in a worker's thread, once for each document.
    """

    def __init__(self, limits: Limits, deliver: Callable[[Parsed | BaseException], None]) -> None:
        self._limits = limits
        self._deliver = deliver
        self._documents: queue.SimpleQueue[tuple[object, IO[bytes], Job] | None] = queue.SimpleQueue()
        self._leads: list[_Lead] = []
        self._closing = False

    def __enter__(self) -> Self:
        """Start nothing yet."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Break off what is being parsed, and end the workers."""
        self._closing = True
        for lead in self._leads:
            lead.worker.kill()
            self._documents.put(None)
        for lead in self._leads:
            lead.thread.join()
            lead.worker.forget()

    def start(self, caller: object, body: IO[bytes], job: Job) -> None:
        """Have a document parsed; its body is read, and closed, when it is its turn."""
        self._documents.put((caller, body, job))
        if sum(not lead.spare for lead in self._leads) < self._limits.parsers:
            self._lead_one_more(spare=False)

    def relieve(self) -> None:
        """Start a spare worker if documents wait and every worker is busy with one that takes long."""
        self._leads = [lead for lead in self._leads if lead.thread.is_alive()]
        long_ago = monotonic() - self._limits.parser_relief
        stuck = all(lead.busy_since is not None and lead.busy_since < long_ago for lead in self._leads)
        most = self._limits.parsers + self._limits.spare_parsers
        if stuck and self._leads and len(self._leads) < most and not self._documents.empty():
            self._lead_one_more(spare=True)

    def _lead_one_more(self, *, spare: bool) -> None:
        lead = _Lead(_Worker(self._limits), spare=spare)
        lead.thread = threading.Thread(target=self._run, args=(lead,), name="tagwire-parser", daemon=True)
        self._leads.append(lead)
        lead.thread.start()

    def _run(self, lead: "_Lead") -> None:
        try:
            while (document := self._next(lead)) is not None:
                lead.busy_since = monotonic()
                self._parse(lead.worker, *document)
                lead.busy_since = None
        finally:
            if lead.spare:
                lead.worker.forget()

    def _next(self, lead: "_Lead") -> tuple[object, IO[bytes], Job] | None:
        try:
            return self._documents.get(block=not lead.spare)
        except queue.Empty:
            return None

    def _parse(self, worker: "_Worker", caller: object, body: IO[bytes], job: Job) -> None:
        with body:
            if self._closing:
                return
            body.seek(0)
            content = body.read()
        try:
            result, error, instead = worker.parse(content, job)
            self._deliver(Parsed(caller=caller, result=result, error=error, instead=instead))
        except BaseException as error:  # noqa: BLE001 - the consumer would wait for ever; it is raised there
            self._deliver(error)


class _Lead:
    """A thread, and the worker that it leads."""

    thread: threading.Thread

    def __init__(self, worker: "_Worker", *, spare: bool) -> None:
        self.worker = worker
        self.spare = spare
        self.busy_since: float | None = None
        """By the monotonic clock."""


class _Worker:
    """One worker process, started again when it has been lost."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: Connection | None = None
        self._over = False

    def parse(self, content: bytes, job: Job) -> Answer:
        """Give what the worker makes of a document, or why it does not."""
        answer: Answer
        try:
            pipe = self._pipe or self._start()
            pipe.send((content, job))
            if pipe.poll(self._limits.parse_deadline):
                answer = pipe.recv()
                return answer
            why = f"the document took longer than {self._limits.parse_deadline:g} s to parse"
        except (EOFError, ConnectionError):
            why = "the parser died of the document"
        except OSError as error:
            why = f"no parser could be started: {error}"
        self.forget()
        return None, why, None

    def kill(self) -> None:
        """End the process for good, from another thread; what it is busy with is lost."""
        with self._lock:
            self._over = True
            if self._process is not None:
                self._process.kill()

    def forget(self) -> None:
        """End the process, so that the next document gets a new one."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None

    def _start(self) -> Connection:
        ours, theirs = socket.socketpair()
        pipe = self._pipe = Connection(ours.detach())
        with theirs, self._lock:
            if self._over:
                raise EOFError
            numbers = (theirs.fileno(), self._limits.parse_memory, self._limits.parse_deadline)
            # A fresh interpreter: one forked from a process with threads could find their locks taken for ever.
            self._process = subprocess.Popen(  # noqa: S603 - our own module in our own interpreter
                [sys.executable, "-m", "tagwire.sources.worker", *map(str, numbers)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        if not pipe.poll(self._limits.parser_start):
            raise TimeoutError(f"not ready within {self._limits.parser_start:g} s")
        pipe.recv()
        return pipe
