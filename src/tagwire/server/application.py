"""The web application: what each address leads to."""

import asyncio
import logging
import posixpath
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import quote, unquote

from tagwire.errors import TagwireError
from tagwire.server.answers import Receive, Scope, Send, refuse
from tagwire.server.folder import Folder
from tagwire.server.live import LIMITS, Limits, Live
from tagwire.server.mediatypes import published
from tagwire.server.operator import Operator
from tagwire.server.private import PREFIX, Private
from tagwire.server.site import Served

_log = logging.getLogger(__name__)
_METHODS = {"GET", "HEAD"}


class Application:
    """An ASGI application over a site; its ``output/`` may come into being later."""

    def __init__(
        self,
        root: Path,
        clock: Callable[[], datetime],
        *,
        admin_port: int | None = None,
        limits: Limits = LIMITS,
    ) -> None:
        """Look at nothing yet.

        Args:
            root: the site's folder.
            clock: gives the time, aware and in UTC.
            admin_port: the port at which what the operator sees needs no token; None: there is none.
            limits: what live filters may cost.

        """
        self._site = Served(root, clock)
        self._folder = Folder(self._site.output, published)
        self._live = Live(self._site, limits)
        self._private = Private(self._site)
        self._operator = Operator(self._site, admin_port)

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["method"] not in _METHODS:
            await refuse(scope, send, 405, "Only GET and HEAD.\n", [("Allow", "GET, HEAD")])
            return
        path = scope["raw_path"]
        # Small local files: read right here, which costs less than handing them to a thread.
        if not (scope["query_string"] and self._live.overrides(scope)) and (file := self._folder.get(path)):
            await file.send(scope, send)
            return
        try:
            await self._made(path, scope, send)
        except TagwireError as error:
            shown = PREFIX if path.startswith(PREFIX) else path  # the rest of it is a secret
            _log.warning("cannot answer %s: %s", shown.decode(errors="replace"), error)
            await refuse(scope, send, 503, "Not now.\n", [("Retry-After", "60"), ("Cache-Control", "no-store")])

    async def _made(self, path: bytes, scope: Scope, send: Send) -> None:
        """Answer what is no file."""
        if path in self._operator.pages:
            await self._operator.answer(scope, send)
        elif path.startswith(PREFIX):
            await self._private.answer(scope, send)
        elif path == b"/healthz":
            await refuse(scope, send, 200, "ok\n", [("Cache-Control", "no-store")])
        elif path == b"/readyz":
            ready = await asyncio.to_thread(self._is_ready)
            status, said = (200, "ok\n") if ready else (503, "not ready\n")
            await refuse(scope, send, status, said, [("Cache-Control", "no-store")])
        elif not (await self._live.answer(scope, send) or await self._redirected(scope, send)):
            await refuse(scope, send, 404, "Not found.\n")

    async def _redirected(self, scope: Scope, send: Send) -> bool:
        """Lead from an address of before to that of today, if there is something; tell whether it did."""
        path = unquote(scope["raw_path"].decode(errors="replace"))
        if path.count("/") != scope["raw_path"].count(b"/"):  # an encoded slash is part of a name
            return False
        target = await asyncio.to_thread(self._site.moved, path)
        if target is None:
            return False
        there = quote(target, safe="/+,")
        lies_there = self._folder.get(there.encode()) is not None
        if not lies_there and not await asyncio.to_thread(self._live.makes, target):
            return False
        # Relative, so that it holds behind a web server that gives these addresses a beginning of its own.
        location = quote(posixpath.relpath(target, posixpath.dirname(path)), safe="/+,")
        query = scope["query_string"].decode("latin-1")
        told = [("Location", f"{location}?{query}" if query else location), ("Cache-Control", "max-age=3600")]
        if not target.endswith(".html"):
            told.append(("Access-Control-Allow-Origin", "*"))
        await refuse(scope, send, 301, "It has another name now.\n", told)
        return True

    def _is_ready(self) -> bool:
        """Tell whether the store can be read and something is published."""
        try:
            self._site.reader().check()
        except TagwireError:
            return False
        return self._site.output.is_dir() and any(self._site.output.glob("*.html"))
