"""Many guarded, polite requests at once, by libcurl, in one thread of its own.

The thread is there for the deadlines: while nobody drives a curl multi its clocks run on, so that answers which came
in time would count as late whenever the consumer is busy.
"""

import selectors
import socket
import threading
from collections import deque
from collections.abc import Callable
from time import monotonic
from types import TracebackType
from typing import Self

from tagwire import __version__
from tagwire.sources.curl import Line, Multi
from tagwire.sources.exchange import Exchange, Request, Response
from tagwire.sources.limits import Limits
from tagwire.sources.turns import Turns

ASKED_TO_WAIT = "asked us to wait"


def user_agent(contact: str = "") -> str:
    """Give the name that we go by: ``Tagwire/VERSION (+CONTACT)``; `contact` is an address or a mail address."""
    clean = "".join(c for c in contact if c.isascii() and c.isprintable() and c not in "()")
    return f"Tagwire/{__version__}" + (f" (+{clean})" if clean else "")


class Transfers:
    """All transfers of one reading; use it as a context manager, so that its thread and connections end with it.

    `start` and `release` may be called from any thread, and never wait. `deliver` is called in the transfers' thread
    with each `Response`, once for each request, or with the exception that ended the thread (a bug). At most
    `limits.at_once` requests are begun and not yet released, so what is delivered to cannot overflow. Where
    `asks_to_wait` says of a response that its host does, nothing more is sent there: the others get an error.
    """

    def __init__(
        self,
        limits: Limits,
        agent: str,
        deliver: Callable[[Response | BaseException], None],
        asks_to_wait: Callable[[Response], bool],
    ) -> None:
        self._limits = limits
        self._agent = agent
        self._deliver = deliver
        self._asks_to_wait = asks_to_wait
        self._started: deque[Request] = deque()
        self._released: deque[None] = deque()
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
        """Send a request when it is its host's turn and there is room."""
        self._started.append(request)
        self._bell.ring()

    def release(self) -> None:
        """Make room: a response that was delivered has been dealt with."""
        self._released.append(None)
        self._bell.ring()

    def _run(self) -> None:
        try:
            with selectors.DefaultSelector() as selector:
                selector.register(self._bell, selectors.EVENT_READ, self._bell)
                drive = _Drive(self._limits, self._agent, self._deliver, self._asks_to_wait, selector)
                try:
                    while self._heard(drive):
                        drive.step()
                finally:
                    drive.close()
        except BaseException as error:  # noqa: BLE001 - the consumer would wait for ever; it is raised there
            self._deliver(error)

    def _heard(self, drive: "_Drive") -> bool:
        """Take in what was asked; False: it is time to end."""
        self._bell.hushed()  # first: what is asked from here on rings again
        while self._started:
            drive.admit(self._started.popleft())
        while self._released:
            self._released.popleft()
            drive.room += 1
        return not self._closing


class _Bell:
    """Wakes the thread from its waiting; rung many times before it is heard, it wakes it once."""

    def __init__(self) -> None:
        self._reader, self._writer = socket.socketpair()
        self._rung = False

    def fileno(self) -> int:
        """Give what the thread waits for."""
        return self._reader.fileno()

    def ring(self) -> None:
        """Wake the thread."""
        if not self._rung:
            self._rung = True
            self._writer.send(b"!")

    def act(self, _fd: int, _events: int) -> None:
        """Take note that it has rung."""
        self._reader.recv(64)

    def hushed(self) -> None:
        """Let it ring again."""
        self._rung = False

    def close(self) -> None:
        """Take it down."""
        self._reader.close()
        self._writer.close()


class _Drive:
    """What the thread does: whose turn it is, which hop follows, what is delivered."""

    def __init__(
        self,
        limits: Limits,
        agent: str,
        deliver: Callable[[Response | BaseException], None],
        asks_to_wait: Callable[[Response], bool],
        selector: selectors.BaseSelector,
    ) -> None:
        self.room = limits.at_once
        self._deliver = deliver
        self._asks_to_wait = asks_to_wait
        self._left_alone: set[str] = set()
        """Hosts that asked for patience."""
        self._limits = limits
        self._agent = agent
        self._selector = selector
        self._turns: Turns[Exchange] = Turns(limits.per_host, limits.pause)
        self._idle: list[Line] = []
        self._look_at = 0.0
        """When stalled transfers are looked for next."""
        # A connection to a private address must never be there to be reused by a source that may not go there.
        self._open, self._private = Multi(selector, limits), Multi(selector, limits)

    def admit(self, request: Request) -> None:
        """Let a new request wait for its turn."""
        self._wait(Exchange(request, self._limits))

    def step(self) -> None:
        """Begin what may begin, wait for something to happen, and deal with it."""
        self._begin()
        for key, events in self._selector.select(self._patience()):
            key.data.act(key.fd, events)
        for multi in (self._open, self._private):
            multi.tick()
            for line, code, message in multi.finished():
                self._finish(line, code, message)
        self._give_up_silent()

    def close(self) -> None:
        """Break off what is under way, and close everything."""
        for multi in (self._open, self._private):
            multi.close()
        for line in self._idle:
            line.curl.close()

    def _wait(self, exchange: Exchange) -> None:
        """Let an exchange wait for the turn of the host that is next in it, if that may be asked anything."""
        host = exchange.address.host
        if host in self._left_alone:
            self._turn_away(exchange)
        else:
            self._turns.wait(host, exchange)

    def _turn_away(self, exchange: Exchange) -> None:
        self.room -= 1  # as for one that was sent: whoever takes the response releases it
        self._deliver(exchange.response(f"{exchange.address.host} {ASKED_TO_WAIT}"))

    def _begin(self) -> None:
        now = monotonic()
        while self.room > 0 and (exchange := self._turns.take(now)) is not None:
            self.room -= 1
            self._send(exchange)

    def _send(self, exchange: Exchange) -> None:
        line = self._idle.pop() if self._idle else Line(self._limits, self._agent)
        line.load(exchange)
        self._multi(exchange).add(line)

    def _multi(self, exchange: Exchange) -> "Multi":
        return self._private if exchange.request.allow_private else self._open

    def _finish(self, line: Line, code: int, message: str) -> None:
        exchange, error = line.unload(code, message)
        self._idle.append(line)
        self._turns.done(exchange.address.host, monotonic())
        if exchange.redirected():
            self.room += 1  # until it is the turn of the host it leads to
            self._wait(exchange)
        else:
            self._come_home(exchange.response(error))

    def _come_home(self, response: Response) -> None:
        self._deliver(response)
        if self._asks_to_wait(response):
            host = response.address.host
            self._left_alone.add(host)
            for exchange in self._turns.give_up(host):
                self._turn_away(exchange)

    def _give_up_silent(self) -> None:
        """Break off what has stalled: libcurl's own rule knows only the average of the last seconds."""
        now = monotonic()
        if now < self._look_at:
            return
        self._look_at = now + self._limits.stall / 4
        for multi in (self._open, self._private):
            for line, code, message in multi.give_up_silent(now - self._limits.stall):
                self._finish(line, code, message)

    def _patience(self) -> float | None:
        """Give the seconds until something is due by the clock."""
        alarms = [
            self._open.alarm,
            self._private.alarm,
            self._turns.next_at() if self.room > 0 else None,
            self._look_at if self._open or self._private else None,
        ]
        due = [alarm for alarm in alarms if alarm is not None]
        return max(min(due) - monotonic(), 0) if due else None
