"""What the transfers' thread does: whose turn it is, which hop follows, what is delivered."""

import math
import select
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from time import monotonic

from tagwire.sources.curl import Line, Multi
from tagwire.sources.exchange import Exchange, Request, Response
from tagwire.sources.limits import Limits
from tagwire.sources.names import Names
from tagwire.sources.turns import Turns

ASKED_TO_WAIT = "asked us to wait"


@dataclass(frozen=True, slots=True)
class Manner:
    """How we go to servers."""

    agent: str
    """The name that we go by."""
    proxy: str = ""
    """The address of the proxy that all requests go through; empty: none, whatever the environment says."""


@dataclass(frozen=True, slots=True)
class Report:
    """What the thread calls."""

    deliver: Callable[[Response | BaseException], None]
    asks_to_wait: Callable[[Response], bool]
    take_resolved: Callable[[Exchange, tuple[str, ...]], None]
    """In another thread yet: `Drive.judge` is to be called with this, here."""


class Drive:
    """What the thread does: whose turn it is, which hop follows, what is delivered."""

    def __init__(self, limits: Limits, manner: Manner, bell: int, report: Report) -> None:
        self.room = limits.at_once
        self._report = report
        self._left_alone: set[str] = set()
        """Hosts that asked for patience."""
        self._limits = limits
        self._manner = manner
        self._bell = bell
        """What rings while we wait."""
        self._home: list[Response] = []
        """What is to be delivered."""
        self._names = Names() if manner.proxy else None
        self._turns: Turns[Exchange] = Turns(limits.per_host, limits.pause)
        self._idle: list[Line] = []
        self._look_at = 0.0
        """When stalled transfers are looked for next."""
        # A connection to a private address must never be there to be reused by a source that may not go there.
        self._open, self._private = Multi(limits), Multi(limits)

    def admit(self, request: Request) -> None:
        """Let a new request wait for its turn."""
        self._wait(Exchange(request, self._limits))

    def step(self) -> None:
        """Deliver what has come home, begin what may begin, wait for something to happen, and deal with it."""
        # Together: each delivery wakes the consumer, who takes turns with us.
        for response in self._home:
            self._report.deliver(response)
        self._home.clear()
        self._begin()
        self._await()
        for multi in (self._open, self._private):
            if multi:
                for line, code, message in multi.perform():
                    self._finish(line, code, message)
        self._give_up_silent()

    def _await(self) -> None:
        """Wait for the bell, a socket, or something that is due by the clock."""
        poll, patience = select.poll(), self._patience()
        poll.register(self._bell, select.POLLIN)
        for multi in (self._open, self._private):
            if multi:
                reads, writes, most = multi.waits_for()
                for fd in reads:
                    poll.register(fd, select.POLLIN)
                for fd in writes:
                    poll.register(fd, select.POLLIN | select.POLLOUT if fd in reads else select.POLLOUT)
                patience = most if patience is None else min(patience, most)
        poll.poll(None if patience is None else math.ceil(patience * 1000))

    def close(self) -> None:
        """Break off what is under way, and close everything."""
        for response in self._home:
            if response.body is not None:
                response.body.close()
        for multi in (self._open, self._private):
            multi.close()
        for line in self._idle:
            line.curl.close()
        if self._names is not None:
            self._names.close()

    def _wait(self, exchange: Exchange) -> None:
        """Let an exchange wait for the turn of the host that is next in it, if that may be asked anything."""
        host = exchange.address.host
        if host in self._left_alone or host in exchange.request.let_alone:
            self._turn_away(exchange)
        else:
            self._turns.wait(host, exchange)

    def _turn_away(self, exchange: Exchange) -> None:
        self.room -= 1  # as for one that was sent: whoever takes the response releases it
        exchange.begin_hop()
        self._home.append(exchange.response(f"{exchange.address.host} {ASKED_TO_WAIT}"))

    def _begin(self) -> None:
        now = monotonic()
        while self.room > 0 and (exchange := self._turns.take(now)) is not None:
            self.room -= 1
            if self._names is None:
                self._send(exchange)  # the address is judged when it is connected to
            else:
                self._names.resolve(exchange.address.host, partial(self._report.take_resolved, exchange))

    def judge(self, exchange: Exchange, found: tuple[str, ...]) -> None:
        """Send what a proxy is to send on, if its host may be gone to."""
        exchange.begin_hop()
        if found and all(exchange.may_go_to(ip) for ip in found):
            self._send(exchange)
            return
        host = exchange.address.host
        self._turns.done(host, monotonic())
        self._come_home(exchange.response(exchange.refusal or f"could not find the host {host}"))

    def _send(self, exchange: Exchange) -> None:
        line = self._idle.pop() if self._idle else Line(self._limits, self._manner.agent, self._manner.proxy)
        line.load(exchange)
        self._multi(exchange).add(line)

    def _multi(self, exchange: Exchange) -> Multi:
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
        self._home.append(response)
        if self._report.asks_to_wait(response):
            host = response.address.host
            self._left_alone.add(host)
            for exchange in self._turns.give_up(host):
                self._turn_away(exchange)

    def _give_up_silent(self) -> None:
        """Break off what has stalled: libcurl's own rule knows only the average of the last seconds."""
        now = monotonic()
        if now < self._look_at:
            return
        self._look_at = now + self._limits.stall / 8
        for multi in (self._open, self._private):
            for line, code, message in multi.give_up_silent(now):
                self._finish(line, code, message)

    def _patience(self) -> float | None:
        """Give the seconds until something is due by the clock."""
        next_turn = self._turns.next_at() if self.room > 0 else None
        due = [self._look_at] if self._open or self._private else []
        due += [next_turn] if next_turn is not None else []
        return max(min(due) - monotonic(), 0) if due else None
