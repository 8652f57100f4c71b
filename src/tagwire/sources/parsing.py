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
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from time import monotonic
from types import TracebackType
from typing import IO, Self, TypeAlias

from tagwire.model import About, Article, Source
from tagwire.sources import identity
from tagwire.sources.limits import Limits

_LOOK_UP = 0.1
"""Seconds after which it is seen whether a document takes too long."""


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

    A worker starts when there is a document for it. A document that takes long while others wait is begun anew in a
    worker that such documents share, one after another, so that several of them hold up nobody else. `deliver` is
    called in a worker's thread, once for each document.
    """

    def __init__(self, limits: Limits, deliver: Callable[[Parsed | BaseException], None]) -> None:
        self._limits = limits
        self._deliver = deliver
        self._lanes = _Lane(limits.parsers, self._patience), _Lane(1, self._last_patience)
        self._short = min(limits.parse_patience, limits.parse_deadline)
        self._lock = threading.Lock()
        self._closing = False

    def __enter__(self) -> Self:
        """Start nothing yet."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Break off what is being parsed, and end the workers."""
        with self._lock:
            self._closing = True
        for lane in self._lanes:
            for worker, _ in lane.led:
                worker.kill()
                lane.documents.put(None)
        for lane in self._lanes:
            for worker, thread in lane.led:
                thread.join()
                worker.forget()

    def start(self, caller: object, body: IO[bytes], job: Job) -> None:
        """Have a document parsed; its body is read, and closed, when it is its turn."""
        self._wait(self._lanes[0], _Document(caller, body, job))

    def _wait(self, lane: "_Lane", document: "_Document") -> None:
        """Let a document wait for its turn in a lane, with one worker more there if there may be."""
        with self._lock:
            if self._closing:
                document.body.close()
                return
            lane.documents.put(document)
            if len(lane.led) < lane.workers:
                worker = _Worker(self._limits)
                thread = threading.Thread(target=self._run, args=(lane, worker), name="tagwire-parser", daemon=True)
                lane.led.append((worker, thread))
                thread.start()

    def _patience(self) -> float:
        """Give the seconds that a document may take now: fewer while others wait for it to end."""
        return self._limits.parse_deadline if self._lanes[0].documents.empty() else self._short

    def _last_patience(self) -> float:
        """Give the seconds that one may take which was begun anew: it shares them with those that wait behind it."""
        waiting = self._lanes[1].documents.qsize()
        return max(self._limits.parse_deadline / (1 + waiting), self._short)

    def _run(self, lane: "_Lane", worker: "_Worker") -> None:
        while (document := lane.documents.get()) is not None:
            if self._closing:
                document.body.close()
            else:
                self._parse(lane, worker, document)

    def _parse(self, lane: "_Lane", worker: "_Worker", document: "_Document") -> None:
        try:
            document.body.seek(0)
            result, why, instead = worker.parse(document.body.read(), document.job, lane.patience)
        except _TakesLongError as long:
            if lane is self._lanes[0] and long.seconds < self._limits.parse_deadline:
                self._wait(self._lanes[1], document)
                return
            result, why, instead = None, f"the document took longer than {long.seconds:.3g} s to parse", None
        except BaseException as error:  # noqa: BLE001 - the consumer would wait for ever; it is raised there
            self._deliver(error)
            return
        document.body.close()
        self._deliver(Parsed(caller=document.caller, result=result, error=why, instead=instead))


@dataclass(frozen=True, slots=True)
class _Document:
    """A document, as it was handed in."""

    caller: object
    body: IO[bytes]
    job: Job


@dataclass(frozen=True, slots=True, eq=False)
class _Lane:
    """Documents that wait for one another, and the workers that take them, each led by a thread."""

    workers: int
    """How many at most."""
    patience: Callable[[], float]
    documents: "queue.SimpleQueue[_Document | None]" = field(default_factory=queue.SimpleQueue)
    led: "list[tuple[_Worker, threading.Thread]]" = field(default_factory=list)


class _TakesLongError(Exception):
    """A document took longer than it may."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class _Worker:
    """One worker process, started again when it has been lost."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: Connection | None = None
        self._over = False

    def parse(self, content: bytes, job: Job, patience: Callable[[], float]) -> Answer:
        """Give what the worker makes of a document, or why it does not.

        Args:
            content: the document.
            job: what else is to be known.
            patience: gives the seconds that it may take, as things are now.

        Raises:
            _TakesLongError: it took longer.

        """
        try:
            pipe = self._pipe or self._start()
            pipe.send((content, job))
            answer = self._answer(pipe, patience)
        except (EOFError, ConnectionError):
            why = "the parser died of the document"
        except OSError as error:
            why = f"no parser could be started: {error}"
        else:
            return answer
        self.forget()
        return None, why, None

    def _answer(self, pipe: Connection, patience: Callable[[], float]) -> Answer:
        """Wait for an answer; one that does not come in time costs the process."""
        begun = monotonic()
        while not pipe.poll(_LOOK_UP):
            if monotonic() - begun >= (most := patience()):
                self.forget()
                raise _TakesLongError(most)
        answer: Answer = pipe.recv()
        return answer

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
