"""Private feeds: what answers to those alone who were told the address."""

import asyncio
from urllib.parse import unquote

from tagwire import tokens
from tagwire.locks import STATE
from tagwire.publishing.private import FOLDER
from tagwire.server.answers import Answer, Scope, Send, refuse
from tagwire.server.folder import Folder
from tagwire.server.mediatypes import unlisted
from tagwire.server.site import Served

PREFIX = f"/{FOLDER}/".encode()
"""What the addresses of all private feeds begin with."""


class Private:
    """Answers for private feeds."""

    def __init__(self, served: Served) -> None:
        """Look at nothing yet."""
        self._served = served
        self._folder = Folder(served.root / STATE, unlisted)

    async def answer(self, scope: Scope, send: Send) -> None:
        """Answer for an address that begins with `PREFIX`; a wrong one is like any other that is wrong."""
        answer = await asyncio.to_thread(self._get, scope["raw_path"])
        if answer is None:
            await refuse(scope, send, 404, "Not found.\n")
        else:
            await answer.send(scope, send)

    def _get(self, path: bytes) -> Answer | None:
        """Give a file of a private feed. Files of an older token may still lie there: the token in force decides."""
        offered = unquote(path.removeprefix(PREFIX).partition(b"/")[0].decode(errors="replace"))
        private = [feed.name for feed in self._served.site().feeds if feed.private]
        return self._folder.get(path) if tokens.leads(self._served.root, private, offered) else None
