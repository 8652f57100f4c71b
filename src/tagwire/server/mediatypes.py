"""What is told with each kind of file: its media type, and who may do what with it."""

from pathlib import PurePosixPath

from tagwire.output import FORMATS
from tagwire.server import links
from tagwire.server.answers import Answer

FEED_TYPES = {each.suffix: each.media_type for each in FORMATS}
"""Media types by suffix: what readers subscribe to. Pages of any other site may read these (CORS)."""

TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".txt": "text/plain",
    ".xml": "application/xml",
    ".opml": "text/x-opml",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
    **FEED_TYPES,
}
"""Media types by suffix; anything else is bytes that a browser does not show (nosniff)."""

POLICY = (
    # Pages bring other people's text: of all scripts only ours runs, and pictures come from where they lie.
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src http: https: data:; "
    "media-src http: https:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
SAFE = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": POLICY}
HIDDEN = {"Cache-Control": "private, no-cache", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex", **SAFE}
"""What is told with all that is not for the world: nobody else keeps it, lists it or learns where it lies."""

_TEXTUAL = ("text/", "application/")


def published(path: str, body: bytes, modified: str) -> Answer:
    """Make the answer for a published file."""
    suffix = PurePosixPath(path).suffix.lower()
    media_type = TYPES.get(suffix, "application/octet-stream")
    headers = {"Content-Type": with_charset(media_type), "Cache-Control": "max-age=60", **SAFE}
    if suffix in FEED_TYPES:
        headers["Access-Control-Allow-Origin"] = "*"
        if told := links.header(suffix, body):
            headers["Link"] = told
    return Answer(body, headers.items(), modified=modified, packs=_packs(media_type))


def unlisted(path: str, body: bytes, modified: str) -> Answer:
    """Make the answer for a file of a private feed."""
    media_type = TYPES.get(PurePosixPath(path).suffix.lower(), "application/octet-stream")
    headers = {"Content-Type": with_charset(media_type), **HIDDEN}
    return Answer(body, headers.items(), modified=modified, packs=_packs(media_type))


def with_charset(media_type: str) -> str:
    """Say that a text is UTF-8, where that is not said yet."""
    if not media_type.startswith(_TEXTUAL) or "charset" in media_type or media_type == "application/octet-stream":
        return media_type
    return f"{media_type}; charset=utf-8"


def _packs(media_type: str) -> bool:
    return with_charset(media_type) != media_type or media_type == "image/svg+xml"
