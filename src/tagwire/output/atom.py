"""Atom (RFC 4287), by feedgen.

feedgen 1.0 drops all but the address of an entry's links, writes a source without id and updated, and knows no
language of an entry: `Completion` mends that through its extension API.
"""

from datetime import UTC
from functools import partial

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator
from lxml import etree

from tagwire import __version__
from tagwire.model import Document
from tagwire.output.addresses import address, feed_path
from tagwire.output.entry import Entry, make_entry
from tagwire.output.grammar import language_tag
from tagwire.text import one_line

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_MEDIA = "http://search.yahoo.com/mrss/"


class Atom:
    """The Atom syndication format."""

    name = "Atom"
    suffix = ".atom"
    media_type = "application/atom+xml"

    def render(self, document: Document) -> bytes:
        """Render a whole document; the same document gives the same bytes."""
        feed = self._feed(document)
        for story in document.stories:
            entry = feed_entry(make_entry(document.face, document.feed, story))
            feed.add_entry(entry, order="append")  # feedgen's default would turn the feed round
        return bytes(feed.atom_str(pretty=True))

    def _feed(self, document: Document) -> FeedGenerator:
        """Say what the feed says of itself."""
        face, about = document.face, document.feed
        title = one_line(about.title) or one_line(about.name)
        feed = FeedGenerator()
        feed.id(document.id)
        feed.title(title)
        feed.subtitle(one_line(about.subtitle) or None)
        feed.updated(document.updated.astimezone(UTC))
        feed.generator("Tagwire", version=__version__)
        feed.author(name=one_line(about.author) or one_line(face.author) or one_line(face.title) or title)
        feed.rights(one_line(about.rights) or None)
        feed.language(language_tag(about.language) or language_tag(face.language))
        feed.link(href=address(face, feed_path(about, self.suffix)), rel="self", type=self.media_type)
        feed.link(href=face.base_url, rel="alternate", type="text/html")
        return feed


def feed_entry(entry: Entry) -> FeedEntry:
    """Give an entry as feedgen writes it."""
    element = FeedEntry()
    element.id(entry.id)
    element.title(entry.title)
    element.published(entry.published)
    element.updated(entry.updated)  # never left out: feedgen would take the clock's
    if entry.authors:
        element.author([{"name": name} for name in entry.authors])
    element.category([{"term": tag, "scheme": entry.tag_scheme, "label": tag} for tag in entry.tags])
    element.link(_links(entry))
    element.summary(entry.summary or None)
    element.content(entry.content or None, type="html")
    element.rights(entry.rights or None)
    element.register_extension("completion", partial(Completion, entry), rss=False)
    return element


class Completion:
    """An extension of feedgen for one entry: writes what feedgen leaves out."""

    def __init__(self, entry: Entry) -> None:
        """Remember the entry that is completed."""
        self._entry = entry

    def extend_atom(self, element: etree._Element) -> etree._Element:
        """Complete the ``<entry>``; feedgen's elements carry no namespace until they are written."""
        for link, wanted in zip(element.iterfind("link"), _links(self._entry), strict=True):
            for name, value in wanted.items():
                link.set(name, value)
        if self._entry.language:
            element.set(_LANG, self._entry.language)
        if self._entry.image:
            etree.SubElement(element, f"{{{_MEDIA}}}thumbnail", nsmap={"media": _MEDIA}, url=self._entry.image)
        self._source(etree.SubElement(element, "source"))
        return element

    def _source(self, element: etree._Element) -> None:
        source = self._entry.source
        etree.SubElement(element, "id").text = source.id
        etree.SubElement(element, "title").text = source.title
        etree.SubElement(element, "updated").text = self._entry.updated.isoformat()
        if source.link:
            etree.SubElement(element, "link", href=source.link, rel="alternate")


def _links(entry: Entry) -> list[dict[str, str]]:
    """Give the attributes of an entry's links, in the order in which they are written."""
    links = [{"href": entry.link, "rel": "alternate", "type": entry.link_type}]
    links += [{"href": via.href, "rel": "via", "title": via.title} for via in entry.via]
    links += [
        {
            "href": each.url,
            "rel": "enclosure",
            "type": each.type,
            "length": "" if each.length is None else str(each.length),
        }
        for each in entry.enclosures
    ]
    return [{name: value for name, value in link.items() if value} for link in links]
