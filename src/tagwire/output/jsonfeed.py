"""JSON Feed 1.1 (jsonfeed.org/version/1.1)."""

import json
from collections.abc import Iterable
from typing import Any

from tagwire.model import Document, Enclosure
from tagwire.output.addresses import document_address, document_page
from tagwire.output.entry import Entry, Telling, feed_author, feed_title, make_entry
from tagwire.output.grammar import language_tag, web_address
from tagwire.text import one_line

_UNKNOWN_TYPE = "application/octet-stream"


class JsonFeed:
    """The JSON Feed syndication format."""

    name = "JSON"
    suffix = ".json"
    media_type = "application/feed+json"

    def fragment(self, entry: Entry) -> bytes:
        """Render one story; the same entry gives the same bytes."""
        return _written(_filled(_item(entry)))

    def join(self, document: Document, fragments: Iterable[bytes]) -> bytes:
        """Render a document around fragments, which stand for its stories."""
        head = _written(_filled(_head(document))).removesuffix(b"}")
        return head + b',"items":[\n' + b",\n".join(fragments) + b"\n]}\n"

    def render(self, document: Document) -> bytes:
        """Render a whole document with its stories; the same document gives the same bytes."""
        entries = (make_entry(document.face, document.feed, story) for story in document.stories)
        return self.join(document, map(self.fragment, entries))


def _head(document: Document) -> dict[str, Any]:
    face, feed = document.face, document.feed
    hub = web_address(face.hub)
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed_title(feed),
        "home_page_url": document_page(document),
        "feed_url": document_address(document, JsonFeed.suffix),
        "description": one_line(feed.subtitle),
        "icon": web_address(feed.image),
        "authors": [{"name": feed_author(face, feed)}],
        "language": language_tag(feed.language) or language_tag(face.language),
        "hubs": [{"type": "WebSub", "url": hub}] if hub else [],
    }


def _item(entry: Entry) -> dict[str, Any]:
    text = {"content_html": entry.content} if entry.content else {"content_text": entry.summary or entry.title}
    return {
        "id": entry.id,
        "url": entry.link,
        "title": entry.title,
        **text,
        "summary": entry.summary,
        "image": entry.image,
        "date_published": entry.published.isoformat(),
        "date_modified": entry.updated.isoformat(),
        "authors": [{"name": name} for name in entry.authors],
        "tags": list(entry.tags),
        "language": entry.language,
        "attachments": [_filled(_attachment(each)) for each in entry.enclosures],
        "_tagwire": {
            "source": _filled({"title": entry.source.title, "url": entry.source.link}),
            "rights": entry.rights,
            "copies": [_filled(_copy(each)) for each in entry.copies],
        },
    }


def _attachment(enclosure: Enclosure) -> dict[str, Any]:
    return {
        "url": enclosure.url,
        "mime_type": enclosure.type or _UNKNOWN_TYPE,
        "size_in_bytes": enclosure.length,
        "duration_in_seconds": enclosure.duration,
    }


def _copy(copy: Telling) -> dict[str, Any]:
    return {
        "source": copy.source,
        "title": copy.title,
        "url": copy.link,
        "date_published": copy.published.isoformat(),
        "reason": copy.reason,
    }


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is not known."""
    return {name: value for name, value in values.items() if value not in (None, "", [])}


def _written(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
