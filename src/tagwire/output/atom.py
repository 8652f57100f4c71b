"""Atom (RFC 4287), by feedgen, with archives (RFC 5005) and withdrawn stories (RFC 6721).

feedgen 1.0 drops all but the address of an entry's links, writes a source without id and updated, and knows no
language of an entry: `Completion` mends that through its extension API.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator
from lxml import etree

from tagwire import __version__
from tagwire.model import Document, Withdrawn
from tagwire.output.addresses import address, archive_path, document_address, document_page
from tagwire.output.entry import Entry, feed_author, feed_title, make_entry
from tagwire.output.grammar import language_tag, web_address
from tagwire.output.joining import ATOM, HISTORY, TOMBSTONES, Head, add_media, cut, join
from tagwire.text import one_line

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)


class Atom:
    """The Atom syndication format."""

    name = "Atom"
    suffix = ".atom"
    media_type = "application/atom+xml"

    def fragment(self, entry: Entry) -> bytes:
        """Render one story; the same entry gives the same bytes."""
        feed = FeedGenerator()
        feed.id("urn:around")
        feed.title("around")
        feed.updated(_ANY_TIME)
        feed.register_extension("head", Head)
        feed.add_entry(feed_entry(entry))
        return cut(feed.atom_str(pretty=True), b"entry")

    def join(self, document: Document, fragments: Iterable[bytes]) -> bytes:
        """Render a document around fragments, which stand for its stories."""
        return join(feed_head(document).atom_str(pretty=True), fragments, b"</feed>")

    def render(self, document: Document) -> bytes:
        """Render a whole document with its stories; the same document gives the same bytes."""
        entries = (make_entry(document.face, document.feed, story) for story in document.stories)
        return self.join(document, map(self.fragment, entries))


def feed_head(document: Document) -> FeedGenerator:
    """Give a document without its stories, as feedgen writes it."""
    face, about = document.face, document.feed
    feed = FeedGenerator()
    feed.id(document.id)
    feed.title(feed_title(about))
    feed.subtitle(one_line(about.subtitle) or None)
    feed.updated(document.updated.astimezone(UTC))
    feed.generator("Tagwire", version=__version__)
    feed.author(name=feed_author(face, about))
    feed.logo(web_address(about.image))
    feed.rights(one_line(about.rights) or None)
    feed.language(language_tag(about.language) or language_tag(face.language))
    for link in _feed_links(document):
        feed.link(link)
    feed.register_extension("head", lambda: Head(partial(_complete_head, document)), rss=False)
    return feed


def _feed_links(document: Document) -> list[dict[str, str]]:
    face, feed, number = document.face, document.feed, document.archive
    current = document_address(document, Atom.suffix)
    itself = address(face, archive_path(feed, number)) if number else current
    links = [
        {"href": itself, "rel": "self", "type": Atom.media_type},
        {"href": document_page(document), "rel": "alternate", "type": "text/html"},
    ]
    if (hub := web_address(face.hub)) and not number:  # of an archive there is no news
        links.append({"href": hub, "rel": "hub"})
    if number:
        links.append({"href": current, "rel": "current", "type": Atom.media_type})
    if document.archives:
        before = address(face, archive_path(feed, document.archives))
        links.append({"href": before, "rel": "prev-archive", "type": Atom.media_type})
    if number:
        # Named before it is there: a closed archive never changes, and the next one will have this address.
        after = address(face, archive_path(feed, number + 1))
        links.append({"href": after, "rel": "next-archive", "type": Atom.media_type})
    return links


def _complete_head(document: Document, feed: etree._Element) -> None:
    if document.archive:
        etree.SubElement(feed, f"{{{HISTORY}}}archive", nsmap={"fh": HISTORY})
    for gone in document.withdrawn:
        feed.append(_tombstone(gone))


def ids(data: bytes) -> list[str]:
    """Give the ids of the entries in a document of ours."""
    return [entry.findtext(f"{{{ATOM}}}id", "") for entry in _parsed(data).iterfind(f"{{{ATOM}}}entry")]


def without(data: bytes, withdrawn: Iterable[Withdrawn]) -> bytes:
    """Cut stories out of a document of ours, and say so; all else stays as it was."""
    root = _parsed(data)
    told = {each.get("ref") for each in root.iterfind(f"{{{TOMBSTONES}}}deleted-entry")}
    entries = {entry.findtext(f"{{{ATOM}}}id"): entry for entry in root.iterfind(f"{{{ATOM}}}entry")}
    for gone in withdrawn:
        if gone.id in entries:
            root.remove(entries[gone.id])
        if gone.id not in told:
            root.append(_tombstone(gone))
    return bytes(etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=True)) + b"\n"


def _parsed(data: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    return etree.fromstring(data, parser)


def _tombstone(gone: Withdrawn) -> etree._Element:
    told = {"ref": gone.id, "when": gone.at.astimezone(UTC).isoformat()}
    return etree.Element(f"{{{TOMBSTONES}}}deleted-entry", told, nsmap={"at": TOMBSTONES})


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
        add_media(element, self._entry)
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
