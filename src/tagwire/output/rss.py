"""RSS 2.0 (rssboard.org/rss-specification), by feedgen, after the Best Practices Profile of the RSS Advisory Board.

feedgen 1.0 knows no name of an author without an e-mail address, takes the first enclosure for the last, and writes
dates before the year 1000 with fewer digits than RFC 822 has: `Completion` mends that through its extension API.
"""

import html
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import partial

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator
from lxml import etree

from tagwire import __version__
from tagwire.model import Document
from tagwire.output.addresses import document_address, document_page
from tagwire.output.entry import Entry, excerpt, feed_author, feed_title, make_entry
from tagwire.output.grammar import language_tag, web_address
from tagwire.output.joining import ATOM, DC, Head, add_media, cut, join
from tagwire.text import one_line, plain

_UNKNOWN_TYPE = "application/octet-stream"


class Rss:
    """The RSS 2.0 syndication format."""

    name = "RSS"
    suffix = ".rss"
    media_type = "application/rss+xml"

    def fragment(self, entry: Entry) -> bytes:
        """Render one story; the same entry gives the same bytes."""
        feed = FeedGenerator()
        feed.title("around")
        feed.description("around")
        feed.link(href="urn:around")
        feed.register_extension("head", Head)
        feed.add_entry(feed_item(entry))
        return cut(feed.rss_str(pretty=True), b"item")

    def join(self, document: Document, fragments: Iterable[bytes]) -> bytes:
        """Render a document around fragments, which stand for its stories."""
        return join(channel_head(document).rss_str(pretty=True), fragments, b"</channel>")

    def render(self, document: Document) -> bytes:
        """Render a whole document with its stories; the same document gives the same bytes."""
        entries = (make_entry(document.face, document.feed, story) for story in document.stories)
        return self.join(document, map(self.fragment, entries))


def channel_head(document: Document) -> FeedGenerator:
    """Give a document without its stories, as feedgen writes it."""
    face, about = document.face, document.feed
    title, page = feed_title(about), document_page(document)
    feed = FeedGenerator()
    feed.title(title)
    feed.description(one_line(about.subtitle) or title)
    feed.link(href=document_address(document, Rss.suffix), rel="self", type=Rss.media_type)
    feed.link(href=page, rel="alternate")  # the last link is the channel's
    feed.generator("Tagwire", version=__version__)
    feed.copyright(one_line(about.rights) or None)
    feed.language(language_tag(about.language) or language_tag(face.language))
    if image := web_address(about.image):
        feed.image(image, title=title, link=page)
    feed.register_extension("head", lambda: Head(partial(_complete_head, document)), atom=False)
    return feed


def _complete_head(document: Document, rss: etree._Element) -> None:
    channel = rss[0]
    # feedgen takes the clock's, where nothing depends on it
    _child(channel, "lastBuildDate").text = _rfc822(document.updated)
    etree.SubElement(channel, f"{{{DC}}}creator").text = feed_author(document.face, document.feed)
    if hub := web_address(document.face.hub):
        etree.SubElement(channel, f"{{{ATOM}}}link", href=hub, rel="hub")


def feed_item(entry: Entry) -> FeedEntry:
    """Give an item as feedgen writes it."""
    element = FeedEntry()
    element.guid(entry.id, permalink=False)
    element.title(entry.title)
    element.link(href=entry.link, rel="alternate")
    summary = entry.summary or excerpt(plain(entry.content))
    # Readers take a description for HTML; ours is text.
    element.description(html.escape(summary, quote=False) or None)
    element.content(entry.content or None)
    element.category([{"term": tag, "scheme": entry.tag_scheme} for tag in entry.tags])
    if entry.source.link:
        element.source(entry.source.link, entry.source.title)
    element.register_extension("completion", partial(Completion, entry), atom=False)
    return element


class Completion:
    """An extension of feedgen for one item: writes what feedgen leaves out."""

    def __init__(self, entry: Entry) -> None:
        """Remember the entry that is completed."""
        self._entry = entry

    def extend_rss(self, item: etree._Element) -> etree._Element:
        """Complete the ``<item>``."""
        entry = self._entry
        etree.SubElement(item, "pubDate").text = _rfc822(entry.published)
        etree.SubElement(item, f"{{{ATOM}}}updated").text = entry.updated.isoformat()
        for name in entry.authors:
            etree.SubElement(item, f"{{{DC}}}creator").text = name
        if entry.language:
            etree.SubElement(item, f"{{{DC}}}language").text = entry.language
        if entry.rights:
            etree.SubElement(item, f"{{{DC}}}rights").text = entry.rights
        for via in entry.via:
            etree.SubElement(item, f"{{{ATOM}}}link", href=via.href, rel="via", title=via.title)
        if entry.enclosures:  # RSS has room for one; all of them follow as media
            first = entry.enclosures[0]
            length, kind = str(first.length or 0), first.type or _UNKNOWN_TYPE
            etree.SubElement(item, "enclosure", url=first.url, length=length, type=kind)
        add_media(item, entry)
        return item


def _child(element: etree._Element, name: str) -> etree._Element:
    found = element.find(name)
    return etree.SubElement(element, name) if found is None else found


def _rfc822(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)
