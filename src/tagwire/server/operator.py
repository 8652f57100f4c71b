"""What answers to the operator alone: with his token, or at an address of its own."""

import asyncio
import ipaddress
import json
import re
import time
from collections.abc import Callable, Mapping

from starlette.requests import Request

from tagwire import tokens
from tagwire.output import operator, opml
from tagwire.server import metrics
from tagwire.server.answers import Answer, Scope, Send, refuse
from tagwire.server.mediatypes import HIDDEN
from tagwire.server.site import Served
from tagwire.sources import unverified
from tagwire.store.visits import SourceStatus

_HOST = re.compile(r"\[([0-9a-fA-F:.]+)\](?::\d+)?|([^:\[\]]*)(?::\d+)?")
_SHARES_HOLD = 600
"""Seconds: shares of duplicates are counted over all articles, and change slowly."""


class Operator:
    """Answers for the operator."""

    def __init__(self, served: Served, port: int | None) -> None:
        """Look at nothing yet; `port` is the one at which nobody needs a token, if there is one."""
        self._served = served
        self._port = port
        self._shares: tuple[float, dict[str, int]] | None = None
        self.pages: Mapping[bytes, Callable[[str], Answer]] = {
            b"/status": self._status,
            b"/status.json": self._status_json,
            b"/metrics": self._metrics,
            b"/health.atom": self._health,
            b"/sources.opml": self._sources,
        }

    async def answer(self, scope: Scope, send: Send) -> None:
        """Answer for one of `pages`; whoever is not the operator learns no more than of any wrong address."""
        token = _offered(scope)
        if not (self._is_admin(scope) or await asyncio.to_thread(self._opens, token)):
            await refuse(scope, send, 404, "Not found.\n")
            return
        answer = await asyncio.to_thread(self.pages[scope["raw_path"]], token)
        await answer.send(scope, send)

    def _is_admin(self, scope: Scope) -> bool:
        """Tell whether a request came in where nobody needs a token.

        A page of the web may call a name of its own "127.0.0.1" and let a browser ask (DNS rebinding), so that only
        numbers and this machine's own name will do.
        """
        if self._port is None or not scope.get("server") or scope["server"][1] != self._port:
            return False
        matched = _HOST.fullmatch(Request(scope).headers.get("host", ""))
        host = (matched[1] or matched[2] or "") if matched else ""
        try:
            ipaddress.ip_address(host)
        except ValueError:
            return host.lower() == "localhost"
        return True

    def _opens(self, token: str) -> bool:
        return bool(token) and tokens.opens(self._served.root, tokens.OPERATOR, token)

    # ------------------------------------------------------------ what there is

    def _status(self, token: str) -> Answer:
        sources, face = self._visited(), self._served.site().face
        page = operator.status_page(face, sources, token, self._served.clock())
        return _made(page, "text/html; charset=utf-8")

    def _status_json(self, _token: str) -> Answer:
        told = [
            {
                "name": each.name, "address": each.shown_address, "outcome": each.outcome, "history": each.history,
                "last_at": each.last_at.isoformat() if each.last_at else None, "next_at": each.next_at.isoformat(),
                "next_reason": each.next_reason, "error": each.shown_error, "warnings": each.shown_warnings,
                "moved_to": each.shown_moved_to, "articles": each.articles, "duplicates": each.duplicates,
                "missed": each.missed, "verify": each.verified,
            }
            for each in self._visited()
        ]  # fmt: skip
        return _made(json.dumps({"sources": told}, ensure_ascii=False).encode(), "application/json")

    def _metrics(self, _token: str) -> Answer:
        return _made(metrics.exposed(self._served.reader().figures(self._served.clock())), metrics.TYPE)

    def _health(self, _token: str) -> Answer:
        reader, face = self._served.reader(), self._served.site().face
        troubles = [
            operator.Trouble(
                number=each.number, source=each.source, address=each.address, at=each.at, well=each.well,
                error=each.error,
            )
            for each in reader.incidents()
        ]  # fmt: skip
        feed = operator.health_feed(face, reader.authority(), troubles)
        return _made(feed, "application/atom+xml; charset=utf-8")

    def _sources(self, _token: str) -> Answer:
        site = self._served.site()
        return _made(opml.subscribed(site.face, site.sources), "text/x-opml; charset=utf-8")

    def _visited(self) -> list[operator.Visited]:
        reader = self._served.reader()
        shares, lax = self._duplicates(), unverified(self._served.site().sources)
        return [_shown(each, shares.get(each.name, 0), verified=each.name not in lax) for each in reader.sources()]

    def _duplicates(self) -> dict[str, int]:
        if self._shares is None or time.monotonic() - self._shares[0] > _SHARES_HOLD:
            self._shares = time.monotonic(), self._served.reader().duplicates()
        return self._shares[1]


def _shown(each: SourceStatus, duplicates: int, *, verified: bool) -> operator.Visited:
    return operator.Visited(
        name=each.name, address=each.address, outcome=each.outcome.value if each.outcome else "",
        history=tuple(outcome.value for outcome in each.history), last_at=each.last_at, next_at=each.next_at,
        next_reason=each.next_reason, error=each.error, warnings=each.warnings, moved_to=each.moved_to,
        articles=each.articles, duplicates=duplicates, missed=each.missed, verified=verified,
    )  # fmt: skip


def _made(body: bytes, media_type: str) -> Answer:
    return Answer(body, {"Content-Type": media_type, **HIDDEN}.items(), packs=True)


def _offered(scope: Scope) -> str:
    """Give the token that a request brings, in a header (RFC 6750, 2.1) or in its address, as feed readers need it."""
    request = Request(scope)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else request.query_params.get("token", "")
