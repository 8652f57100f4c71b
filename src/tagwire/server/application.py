"""The web application: what each address leads to."""

from pathlib import Path

from tagwire.server.answers import Receive, Scope, Send, refuse
from tagwire.server.folder import Folder
from tagwire.server.mediatypes import published

_METHODS = {"GET", "HEAD"}


class Application:
    """An ASGI application over a published folder; the folder may come into being later."""

    def __init__(self, output: Path) -> None:
        """Look at nothing yet."""
        self._folder = Folder(output, published)

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["method"] not in _METHODS:
            await refuse(scope, send, 405, "Only GET and HEAD.\n", [("Allow", "GET, HEAD")])
            return
        path = scope["raw_path"]
        if path == b"/healthz":
            await refuse(scope, send, 200, "ok\n", [("Cache-Control", "no-store")])
        # Small local files: read right here, which costs less than handing them to a thread.
        elif file := self._folder.get(path):
            await file.send(scope, send)
        else:
            await refuse(scope, send, 404, "Not found.\n")
