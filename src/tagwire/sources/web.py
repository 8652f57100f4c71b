"""Web feeds: RSS, Atom and JSON Feed, read over http and https."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from queue import Empty, SimpleQueue
from time import monotonic
from typing import IO, TypeAlias

from tagwire.errors import SourceError
from tagwire.model import Hints, Outcome, Reading, Source, Visit
from tagwire.sources import addresses, auth
from tagwire.sources.answers import Answer, conditions, patience, place
from tagwire.sources.drive import ASKED_TO_WAIT, Manner
from tagwire.sources.exchange import Request, Response
from tagwire.sources.http import Transfers, user_agent
from tagwire.sources.limits import Limits
from tagwire.sources.parsing import Parsed, Parsers

_HEARTBEAT = 1.0
"""Seconds after which the caller is told that nothing has come home, and asked again whether something is due."""

_Arrival: TypeAlias = Response | Parsed | BaseException


@dataclass(frozen=True, slots=True, kw_only=True)
class WebOptions:
    """What a definition may say of a web feed."""

    url: str
    """Where it is."""
    allow_private: bool = False
    """Whether its own host and port may be in the operator's network."""
    auth: dict[str, str] = field(default_factory=dict)
    """``user`` with ``password_env`` or ``password_file``, or ``token_env`` or ``token_file``."""
    verify: bool = True
    """Whether the server's certificate must hold."""
    backlog: int = 20
    """How many articles of its first reading are news."""


class Web:
    """Web feeds, read many at once."""

    version = "1"
    options = WebOptions
    every = None
    own = False

    def __init__(self, limits: Limits | None = None, contact: str = "", proxy: str = "") -> None:
        """Read nothing yet.

        Args:
            limits: what reading may cost.
            contact: where a server's operator finds us; told in the User-Agent.
            proxy: the address of the proxy that all requests go through; empty: none.

        """
        self._limits = limits or Limits()
        self._manner = Manner(user_agent(contact), proxy)

    def address(self, options: WebOptions, home: Path) -> str:  # noqa: ARG002 - a web feed is at home nowhere
        """Give the canonical form of the address.

        Raises:
            ValueError: it is none that can be read.

        """
        try:
            address = addresses.parse(options.url)
        except ValueError as error:
            raise ValueError(
                f"url is no address that can be read ({error}); write one such as https://example.org/feed.xml"
            ) from error
        if address.had_credentials:
            raise ValueError(
                'url holds a user name or password; leave them out and write auth = {user = "…", password_env = "…"}'
            )
        if options.backlog < 0:
            raise ValueError("backlog is less than nothing; write how many articles of the first reading are news")
        auth.check(options.auth)
        return address.href

    def folder(self, source: Source) -> None:
        """Give none: a web feed has no folder whose changes could be seen."""

    def read(self, visits: Iterable[Visit | None], now: datetime) -> Iterator[Reading | None]:
        """Visit many sources at once, and yield a `Reading` for each as it comes home, None while none does.

        Everything that has to do with the caller happens in the caller's own thread: `visits` is taken from whenever
        the next reading is asked for, and only as far as there is room. It may give None: nothing is due just now, and
        it is asked again while other visits are under way. A caller that may have more visits gets None when nothing
        has come home for a second. Transfers and parsing go on meanwhile, in threads and processes that end with this
        generator, however it ends.
        """
        return _Trip(iter(visits), now, self._limits, self._manner).readings()


class _Trip:
    """The visits of one reading: who has set out, who has come home."""

    def __init__(self, visits: Iterator[Visit | None], now: datetime, limits: Limits, manner: Manner) -> None:
        self._visits = visits
        self._now = now
        self._limits = limits
        self._inbox: SimpleQueue[_Arrival] = SimpleQueue()
        self._transfers = Transfers(
            limits, manner, self._inbox.put, lambda response: patience(response, now) is not None
        )
        self._parsers = Parsers(limits, self._inbox.put)
        self._away = 0
        self._ask_at: float | None = 0.0
        """When the caller is asked for more visits, by the monotonic clock; None: it has no more."""
        self._holds: dict[str, Hints] = {}
        """What hosts asked for that are let alone."""
        self._heard: Mapping[str, datetime] = {}
        """Those of them that were let alone before, as the last visit told."""

    def readings(self) -> Iterator[Reading | None]:
        """Give each reading as it comes home, until nobody is away and nothing is due."""
        try:
            with self._transfers, self._parsers:
                yield from self._set_out()
                while self._away:
                    self._transfers.wake()
                    yield from self._come_home()
                    yield from self._set_out()
        finally:
            _discard(self._inbox)

    def _come_home(self) -> Iterator[Reading | None]:
        """Wait for the next to come home, and take in all who came with it; None: for a heartbeat nobody did."""
        try:
            arrival = self._inbox.get(timeout=_HEARTBEAT)
        except Empty:
            yield None
            return
        more = self._inbox.qsize()
        while True:
            reading = self._home(arrival)
            if reading is not None:
                self._away -= 1
                self._transfers.release()
                yield reading
            if not more:
                return
            more -= 1
            arrival = self._inbox.get()

    def _set_out(self) -> Iterator[Reading]:
        """Take visits from the caller while there is room; give the readings of those that cannot begin."""
        while self._may_ask():
            try:
                visit = next(self._visits)
            except StopIteration:
                self._ask_at = None
                return
            if visit is None:
                self._ask_at = monotonic() + _HEARTBEAT
                return
            reading = self._begin(visit)
            if reading is not None:
                yield reading

    def _may_ask(self) -> bool:
        """Tell whether there is room, and the caller has not just said that nothing is due."""
        if self._ask_at is None or self._away >= self._limits.waiting:
            return False
        return not self._away or self._ask_at <= monotonic()

    def _begin(self, visit: Visit) -> Reading | None:
        """Send a visit on its way; give its reading if it cannot begin."""
        self._hear(visit.held)
        try:
            request = self._request(visit)
        except (SourceError, ValueError) as error:
            return Reading(source=visit.source, outcome=Outcome.FAILED, memo=visit.memo, error=str(error))
        if hints := self._holds.get(request.address.host):
            return _held(visit, hints)
        self._away += 1
        self._transfers.start(request)
        return None

    def _hear(self, held: Mapping[str, datetime]) -> None:
        """Learn who is let alone since other passes, or other processes, were there; many visits tell the same."""
        if held is not self._heard:
            self._heard = held
            for host, until in held.items():
                self._holds.setdefault(host, Hints(retry_after=until - self._now, asked_by=host, known=True))

    def _request(self, visit: Visit) -> Request:
        options: WebOptions = visit.source.options
        own, there = addresses.parse(visit.source.address), place(visit, self._now, self._limits)
        return Request(
            address=own if there == own.href else addresses.parse(there),
            own=own,
            caller=visit,
            authorization=auth.authorization(options.auth, visit.source.home),
            allow_private=options.allow_private,
            verify=options.verify,
            let_alone=visit.held,
            **conditions(visit.memo, self._now, self._limits),
        )

    def _home(self, arrival: _Arrival) -> Reading | None:
        """Give the reading that has come home; None: a document has gone to the parsers first."""
        if isinstance(arrival, BaseException):
            raise arrival
        if isinstance(arrival, Parsed):
            answer = arrival.caller
            assert isinstance(answer, Answer)
            return self._patient(answer, answer.parsed(arrival))
        visit = arrival.request.caller
        assert isinstance(visit, Visit)
        answer = Answer(visit, arrival, _fingerprint(arrival.body), self._now, self._limits)
        reading = answer.reading()
        if arrival.body is not None:
            if reading is None:
                self._parsers.start(answer, arrival.body, answer.job())
            else:
                arrival.body.close()
        return reading and self._patient(answer, reading)

    def _patient(self, answer: Answer, reading: Reading) -> Reading:
        """Let a whole host alone that asked for it; what was under way to it already tells the schedule, too."""
        if reading.outcome is Outcome.HELD:
            self._holds.setdefault(reading.hints.asked_by, replace(reading.hints, known=True))
        hints = self._holds.get(answer.response.address.host)
        if hints is None or reading.outcome is Outcome.HELD:
            return reading
        if reading.outcome is Outcome.FAILED:
            return _held(answer.visit, hints)
        return replace(reading, hints=replace(reading.hints, retry_after=hints.retry_after, asked_by=hints.asked_by))


def _held(visit: Visit, hints: Hints) -> Reading:
    """Give the reading of a visit that was not made, because its host asked for patience."""
    error = f"{hints.asked_by} {ASKED_TO_WAIT}"
    return Reading(source=visit.source, outcome=Outcome.HELD, memo=visit.memo, error=error, hints=hints)


def _fingerprint(body: IO[bytes] | None) -> str:
    if body is None:
        return ""
    body.seek(0)
    digest = hashlib.blake2b(digest_size=16)
    while piece := body.read(1024 * 1024):
        digest.update(piece)
    return digest.hexdigest()


def _discard(inbox: "SimpleQueue[_Arrival]") -> None:
    """Close what came in and nobody took."""
    while not inbox.empty():
        arrival = inbox.get_nowait()
        if isinstance(arrival, Response) and arrival.body is not None:
            arrival.body.close()
