"""Which feeds a web page belongs to (https://www.rssboard.org/rss-autodiscovery)."""

import re

from selectolax.lexbor import LexborHTMLParser

from tagwire.errors import SourceError
from tagwire.sources.border import safe_url
from tagwire.text import without_keys

FEED_TYPES = frozenset({
    "application/rss+xml", "application/atom+xml", "application/feed+json", "application/json", "application/rdf+xml",
})  # fmt: skip
_PAGE = re.compile(rb"<(?:!doctype\s{1,9}html|html|head|body)[\s>]", re.IGNORECASE)
_FEED = re.compile(rb"<(?:\w{1,20}:)?(?:rss|feed|rdf)[\s>]", re.IGNORECASE)
_BEGIN = 4 * 1024
_HEAD = 512 * 1024


COMMON = ("feed", "feed.xml", "rss", "rss.xml", "atom.xml", "index.xml", "feed.json")
"""Where web feeds usually lie, for pages that name none."""


class PageError(SourceError):
    """A web page came instead of a feed."""

    def __init__(self, feeds: tuple[str, ...]) -> None:
        """Remember which feeds it names."""
        named = f"; its feed is {without_keys(feeds[0])}" if feeds else " that names no feed"
        super().__init__(f"this is a web page{named}")
        self.feeds = feeds


def is_page(content: bytes) -> bool:
    """Tell whether a document begins as a web page, and not as a feed."""
    begin = content[:_BEGIN].replace(b"\0", b"")
    return bool(_PAGE.search(begin)) and not _FEED.search(begin)


def discover(page: bytes, url: str) -> list[str]:
    """Give the addresses of the feeds that a web page names in its link tags, in its order.

    Args:
        page: its content; only its begin is looked at.
        url: its own address.

    """
    tree = LexborHTMLParser(page[:_HEAD].decode("utf-8", "replace"))
    base = tree.css_first("base[href]")
    start = (safe_url(base.attributes.get("href") or "", url) if base else None) or url
    found: dict[str, None] = {}
    for link in tree.css("link[href]"):
        rel = (link.attributes.get("rel") or "").lower().split()
        kind = (link.attributes.get("type") or "").partition(";")[0].strip().lower()
        address = safe_url(link.attributes.get("href") or "", start)
        if address and "alternate" in rel and kind in FEED_TYPES:
            found.setdefault(address)
    return list(found)
