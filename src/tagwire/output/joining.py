"""What Atom and RSS share: documents put together from fragments, namespaces, and what feedgen leaves out of both.

feedgen renders each entry once, in a document of its own; from there the entry's lines are cut out and kept. A document
is then feedgen's head with these lines in it: the same bytes that feedgen would give, without its work.
"""

from collections.abc import Callable, Iterable

from lxml import etree

from tagwire.output.entry import Entry

ATOM = "http://www.w3.org/2005/Atom"
DC = "http://purl.org/dc/elements/1.1/"
HISTORY = "http://purl.org/syndication/history/1.0"
ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
MEDIA = "http://search.yahoo.com/mrss/"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"


class Head:
    """An extension of feedgen for a document's head: declares the namespaces of all fragments, and completes it."""

    def __init__(self, complete: Callable[[etree._Element], None] = lambda _: None) -> None:
        """Remember what completes the head."""
        self._complete = complete

    def extend_ns(self) -> dict[str, str]:
        """Give the prefixes that fragments use."""
        return {"dc": DC, "itunes": ITUNES, "media": MEDIA}

    def extend_atom(self, feed: etree._Element) -> None:
        """Complete an Atom ``<feed>``."""
        self._complete(feed)

    def extend_rss(self, rss: etree._Element) -> None:
        """Complete an ``<rss>``."""
        self._complete(rss)


def cut(whole: bytes, name: bytes) -> bytes:
    """Cut the lines of the only `name` element out of a pretty-printed document."""
    start = whole.rindex(b"\n", 0, whole.index(b"<" + name)) + 1
    end = whole.index(b"\n", whole.rindex(b"</" + name + b">")) + 1
    return whole[start:end]


def join(head: bytes, fragments: Iterable[bytes], end: bytes) -> bytes:
    """Put fragments before the line of the last `end` tag of a pretty-printed document."""
    at = head.rindex(b"\n", 0, head.rindex(end)) + 1
    return b"".join((head[:at], *fragments, head[at:]))


def add_media(element: etree._Element, entry: Entry) -> None:
    """Add the picture, the files with what is known of them, and how long the first of them lasts."""
    if entry.image:
        etree.SubElement(element, f"{{{MEDIA}}}thumbnail", url=entry.image)
    for each in entry.enclosures:
        known = {
            "url": each.url,
            "fileSize": str(each.length or ""),
            "type": each.type,
            "medium": _medium(each.type),
            "duration": str(each.duration or ""),
        }
        etree.SubElement(element, f"{{{MEDIA}}}content", {name: value for name, value in known.items() if value})
    lasting = next((each.duration for each in entry.enclosures if each.duration), None)
    if lasting:
        etree.SubElement(element, f"{{{ITUNES}}}duration").text = str(lasting)


def _medium(media_type: str) -> str:
    kind = media_type.partition("/")[0]
    return kind if kind in {"audio", "image", "video"} else ""
