"""Many guarded, polite requests at once, by libcurl, in one thread of its own.

The thread is there for the deadlines: while nobody drives a curl multi its clocks run on, so that answers which came
in time would count as late whenever the consumer is busy.
"""

import socket
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

from tagwire import __version__
from tagwire.sources.drive import Drive, Manner, Report
from tagwire.sources.exchange import Exchange, Request, Response
from tagwire.sources.limits import Limits

_SOME = 16


def user_agent(contact: str = "") -> str:
    """Give the name that we go by: ``Tagwire/VERSION (+CONTACT)``; `contact` is an address or a mail address."""
    clean = "".join(c for c in contact if c.isascii() and c.isprintable() and c not in "()")
    return f"Tagwire/{__version__}" + (f" (+{clean})" if clean else "")


class Transfers:
    """All transfers of one reading; use it as a context manager, so that its thread and connections end with it.

    `start`, `release` and `wake` may be called from any thread, and never wait. `deliver` is called in the transfers'
    thread with each `Response`, once for each request, or with the exception that ended the thread (a bug). At most
    `limits.at_once` requests are begun and not yet released, so what is delivered to cannot overflow. Where
    `asks_to_wait` says of a response that its host does, nothing more is sent there: the others get an error.
    """

    def __init__(
        self,
        limits: Limits,
        manner: Manner,
        deliver: Callable[[Response | BaseException], None],
        asks_to_wait: Callable[[Response], bool],
    ) -> None:
        self._limits = limits
        self._manner = manner
        self._deliver = deliver
        self._asks_to_wait = asks_to_wait
        self._started: deque[Request] = deque()
        self._released: deque[None] = deque()
        self._resolved: deque[tuple[Exchange, tuple[str, ...]]] = deque()
        self._closing = False
        self._bell = _Bell()
        self._thread = threading.Thread(target=self._run, name="tagwire-transfers", daemon=True)

    def __enter__(self) -> Self:
        """Start the thread."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Break off what is under way, and end the thread."""
        self._closing = True
        self._bell.ring()
        self._thread.join()
        self._bell.close()

    def start(self, request: Request) -> None:
        """Send a request when it is its host's turn and there is room; `wake` makes it known."""
        self._started.append(request)

    def release(self) -> None:
        """Make room: a response that was delivered has been dealt with; `wake` makes it known, or some more of it."""
        self._released.append(None)
        if len(self._released) >= _SOME:
            self.wake()

    def wake(self) -> None:
        """Let the thread see to what was started and released since the last time: it costs less than one by one."""
        if self._started or self._released:
            self._bell.ring()

    def _take_resolved(self, exchange: Exchange, found: tuple[str, ...]) -> None:
        self._resolved.append((exchange, found))
        self._bell.ring()

    def _run(self) -> None:
        try:
            report = Report(self._deliver, self._asks_to_wait, self._take_resolved)
            drive = Drive(self._limits, self._manner, self._bell.fileno(), report)
            try:
                while self._heard(drive):
                    drive.step()
            finally:
                drive.close()
        except BaseException as error:  # noqa: BLE001 - the consumer would wait for ever; it is raised there
            self._deliver(error)

    def _heard(self, drive: Drive) -> bool:
        """Take in what was asked; False: it is time to end."""
        self._bell.hush()  # first: what is asked from here on rings again
        while self._started:
            drive.admit(self._started.popleft())
        while self._released:
            self._released.popleft()
            drive.room += 1
        while self._resolved:
            drive.judge(*self._resolved.popleft())
        return not self._closing


class _Bell:
    """Wakes the thread from its waiting; rung many times before it is heard, it wakes it once."""

    def __init__(self) -> None:
        self._reader, self._writer = socket.socketpair()
        self._reader.settimeout(0)
        self._rung = False

    def fileno(self) -> int:
        """Give what the thread waits for."""
        return self._reader.fileno()

    def ring(self) -> None:
        """Wake the thread."""
        if not self._rung:
            self._rung = True
            self._writer.send(b"!")

    def hush(self) -> None:
        """Let it ring again."""
        with suppress(BlockingIOError):
            self._reader.recv(64)
        self._rung = False

    def close(self) -> None:
        """Take it down."""
        self._reader.close()
        self._writer.close()
