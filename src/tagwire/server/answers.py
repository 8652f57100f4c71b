"""Answers: bytes that are ready to be sent, plain and compressed, each with a strong ETag of its own.

A strong ETag must differ for each encoding (RFC 9110, 8.8.3.3), so that an encoded one is the plain one with the name
of the encoding behind it. They are sent by bare ASGI: a framework's request and response objects would cost more
than all the rest.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, TypeAlias

from tagwire.server.encodings import COMPRESSED, PLAIN, wanted

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Headers: TypeAlias = list[tuple[bytes, bytes]]

_WORTH_IT = 1_000
"""Bytes from which on compressing saves a packet."""
_AT_ONCE = 64_000
"""Bytes that are compressed right here; more is left to a thread, so that nobody waits for it but who asked."""
_NOT_MODIFIED = 304
_OK = 200


class Answer:
    """One version of something that is served."""

    def __init__(
        self, body: bytes, headers: Iterable[tuple[str, str]], *, modified: str = "", packs: bool, status: int = _OK
    ) -> None:
        """Prepare the plain bytes.

        Args:
            body: the bytes.
            headers: what is told with them, beside what follows from the bytes.
            modified: when they came into being, as HTTP writes it; empty: nobody knows.
            packs: whether they become smaller by being compressed.
            status: other than 200 where they say that something is wrong; nobody has that already.

        """
        self.body = body
        self.status = status
        self.modified = modified.encode("latin-1")
        self._digest = hashlib.blake2b(body, digest_size=16).hexdigest()
        self._packs = packs and len(body) >= _WORTH_IT
        self._told = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        if modified:
            self._told.append((b"last-modified", self.modified))
        if self._packs:
            self._told.append((b"vary", b"Accept-Encoding"))
        self._ready: dict[str, tuple[Headers, bytes]] = {PLAIN: self._prepared(PLAIN, body)}
        self._making = asyncio.Lock()

    @property
    def size(self) -> int:
        """Give how many bytes it holds in memory, in all encodings."""
        return sum(len(body) for _, body in list(self._ready.values()))

    async def send(self, scope: Scope, send: Send) -> None:
        """Answer one request: with the bytes, or by saying that the reader has them already."""
        held = since = accepted = b""
        for name, value in scope["headers"]:
            if name == b"if-none-match":
                held = held + b"," + value if held else value
            elif name == b"if-modified-since":
                since = value
            elif name == b"accept-encoding":
                accepted = accepted + b"," + value if accepted else value
        encoding = wanted(accepted) if accepted and self._packs else ()
        if (held or since) and self.status == _OK:
            same = self._held(held, encoding) if held else self._chosen(encoding) if since == self.modified else None
            if same is not None:
                told = [*self._told, (b"etag", self._etag(same))]
                await send({"type": "http.response.start", "status": _NOT_MODIFIED, "headers": told})
                await send({"type": "http.response.body", "body": b""})
                return
        headers, body = self._ready[PLAIN] if not encoding else await self._encoded(encoding[0])
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    def _held(self, held: bytes, encoding: tuple[str, ...]) -> str | None:
        """Give the encoding in which the reader holds this version, the one that he wants now if he holds several.

        If-None-Match compares weakly, and outranks the date (RFC 9110, 13.1.2 and 13.2.2).
        """
        tags = {tag.strip().removeprefix(b"W/") for tag in held.split(b",")}
        if b"*" in tags:
            return self._chosen(encoding)
        return next((each for each in (*encoding, PLAIN, *COMPRESSED) if self._etag(each) in tags), None)

    def _chosen(self, encoding: tuple[str, ...]) -> str:
        return encoding[0] if encoding else PLAIN

    async def _encoded(self, encoding: str) -> tuple[Headers, bytes]:
        """Give the bytes in an encoding; they are compressed once."""
        if encoding not in self._ready:
            async with self._making:
                if encoding not in self._ready:
                    compress = COMPRESSED[encoding]
                    here = len(self.body) <= _AT_ONCE
                    body = compress(self.body) if here else await asyncio.to_thread(compress, self.body)
                    smaller = len(body) < len(self.body)
                    self._ready[encoding] = self._prepared(encoding, body) if smaller else self._ready[PLAIN]
        return self._ready[encoding]

    def _prepared(self, encoding: str, body: bytes) -> tuple[Headers, bytes]:
        told = [*self._told, (b"etag", self._etag(encoding)), (b"content-length", str(len(body)).encode())]
        if encoding:
            told.append((b"content-encoding", encoding.encode()))
        return told, body

    def _etag(self, encoding: str) -> bytes:
        return f'"{self._digest}-{encoding}"'.encode() if encoding else f'"{self._digest}"'.encode()


async def refuse(scope: Scope, send: Send, status: int, text: str, headers: Iterable[tuple[str, str]] = ()) -> None:
    """Answer with a status and a sentence instead of what was asked for."""
    body = text.encode()
    told = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"x-content-type-options", b"nosniff"),
        *((name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers),
    ]
    await send({"type": "http.response.start", "status": status, "headers": told})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
