"""Telling a hub which documents changed (W3C WebSub, 7), so that it fetches them and tells their subscribers at once.

The standard leaves to each hub how it is told; what all known ones take is a form with ``hub.mode=publish`` and the
address of one document as ``hub.url``. What the hub does not take is told again, ever more rarely; a hub that does
not answer, or asks for patience, is left alone as a whole.
"""

from collections.abc import Callable, Generator
from contextlib import closing
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue
from urllib.parse import urlencode

from tagwire.errors import HeldError
from tagwire.locks import held
from tagwire.model import Face, Site
from tagwire.output.addresses import address
from tagwire.output.grammar import web_address
from tagwire.sources import addresses
from tagwire.sources.answers import patience
from tagwire.sources.drive import Manner
from tagwire.sources.exchange import Request, Response, describe
from tagwire.sources.http import Transfers
from tagwire.sources.limits import Limits
from tagwire.store.pings import Ping, Pings

LIMITS = Limits(deadline=30, connecting=10, stall=20, body_bytes=64 * 1024, wire_bytes=64 * 1024, pause=0.05)
_FIRST_REST, _LONGEST_REST = timedelta(minutes=1), timedelta(hours=1)
_AT_ONCE = 50
_LOOK_UP_SECONDS = 0.2
_TAKEN, _TOO_MANY, _SERVER_ERROR = 2, 429, 500


class Hub:
    """Tells the hub of one site."""

    def __init__(
        self, site: Site, store: Pings, clock: Callable[[], datetime], manner: Manner, limits: Limits = LIMITS
    ) -> None:
        """Tell nothing yet.

        Args:
            site: whose face names the hub, and where the documents are served.
            store: what waits.
            clock: gives the time, aware and in UTC.
            manner: how we go to servers.
            limits: what telling may cost.

        """
        self._root = site.root
        self._face = site.face
        self._store = store
        self._clock = clock
        self._manner = manner
        self._limits = limits
        self._hub = address_of(site.face)

    def tell(self, going_on: Callable[[], bool]) -> int:
        """Tell the hub of the documents that are due, unless another process does, and give how many it took.

        Args:
            going_on: tells whether to go on; what is broken off is told another time.

        """
        if not self._due(1):
            return 0
        try:
            with held(self._root, "telling", wait=False):
                return self._tell(going_on)
        except HeldError:
            return 0

    def _tell(self, going_on: Callable[[], bool]) -> int:
        taken = 0
        while going_on() and (due := self._due(_AT_ONCE)):
            with closing(self._sent(due, going_on)) as answers:
                for ping, response in answers:
                    taken += self._settle(ping, response)
                    if _is_in_trouble(response):
                        break
        return taken

    def _due(self, most: int) -> list[Ping]:
        return self._store.due(self._hub, self._clock(), most) if self._hub else []

    def _sent(self, due: list[Ping], going_on: Callable[[], bool]) -> Generator[tuple[Ping, Response], None, None]:
        """Tell of some documents, and give each with the hub's answer as it comes."""
        inbox: SimpleQueue[Response | BaseException] = SimpleQueue()
        with Transfers(self._limits, self._manner, inbox.put, _is_in_trouble) as transfers:
            for ping in due:
                transfers.start(self._request(ping))
            transfers.wake()
            away = len(due)
            while away and going_on():
                try:
                    response = inbox.get(timeout=_LOOK_UP_SECONDS)
                except Empty:
                    continue
                if isinstance(response, BaseException):
                    raise response
                away -= 1
                transfers.release()
                if response.body is not None:
                    response.body.close()
                caller = response.request.caller
                assert isinstance(caller, Ping)
                yield caller, response

    def _request(self, ping: Ping) -> Request:
        hub = addresses.parse(ping.hub)
        form = urlencode({"hub.mode": "publish", "hub.url": address(self._face, ping.path)})
        # The operator named the hub: it may lie in the operator's own network, while nothing that it redirects to may.
        return Request(address=hub, own=hub, caller=ping, allow_private=True, form=form)

    def _settle(self, ping: Ping, response: Response) -> bool:
        """Remember what the hub said of a document, and tell whether it took it."""
        if not response.error and response.status // 100 == _TAKEN:
            self._store.told(ping)
            return True
        now = self._clock()
        rest_until = None
        if _is_in_trouble(response):
            rest_until = now + max(_rest(ping.failures), patience(response, now) or timedelta())
        error = response.error or describe(response.status)
        self._store.failed(ping, error, now, now + _rest(ping.tries), rest_until)
        return False


def _is_in_trouble(response: Response) -> bool:
    """Tell whether it was the hub that failed, and not the document that was refused."""
    return bool(response.error) or response.status == _TOO_MANY or response.status >= _SERVER_ERROR


def _rest(failures: int) -> timedelta:
    """Give how long to wait after some failures: a minute, two, four, up to an hour."""
    return min(_FIRST_REST * (1 << min(failures, 10)), _LONGEST_REST)


def address_of(face: Face) -> str:
    """Give the address of a site's hub, as documents name it; empty: there is none."""
    return web_address(face.hub) or ""
