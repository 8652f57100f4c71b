"""Reads OPML, the lists of subscriptions that feed readers export (OPML 2.0, opml.org/spec2.opml)."""

import hashlib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import unquote, urlsplit

from lxml import etree

from tagwire.definitions.document import Document, shown
from tagwire.model import tag_key
from tagwire.sources.entries import clean_language
from tagwire.text import one_line

_NAME_LENGTH = 60
_HASH_BYTES = 4


@dataclass(frozen=True, slots=True)
class Outline:
    """One subscription of a list: an address, its title, its language, and the folders it lies in."""

    url: str
    title: str
    language: str | None
    """None: it names none, or what is no language (some readers write ``unknown``)."""
    folders: tuple[str, ...]
    line: int


def outlines(document: Document) -> list[Outline] | None:
    """Read the subscriptions of a list, the same address once with the folders of all its places.

    None if it is no OPML, which is then a problem of the document.
    """
    # Nothing outside is loaded, no entity is resolved; libxml2 itself bounds depth and expansion.
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    try:
        root = etree.fromstring(document.text.encode(), parser)
    except etree.XMLSyntaxError as error:
        document.report(error.lineno, f"not well-formed XML: {one_line(error.msg or '')}")
        return None
    if (first := etree.QName(root).localname) != "opml":
        document.report(None, f"not OPML: its first element is {shown(first)}", 'it would be "opml"')
        return None
    found: dict[str, Outline] = {}
    for outline in _walk(root):
        before = found.get(outline.url, outline)
        found[outline.url] = replace(before, folders=tuple(dict.fromkeys(before.folders + outline.folders)))
    return list(found.values())


def _walk(root: etree._Element) -> Iterator[Outline]:
    """Give every outline with an address, in the order of the document."""
    folders: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end"), tag="outline"):
        if event == "end":
            folders.pop()
            continue
        told = {str(name).casefold(): one_line(str(value)) for name, value in element.attrib.items()}
        url, title = told.get("xmlurl", ""), told.get("title") or told.get("text", "")
        if url:
            language = clean_language(told.get("language"))
            yield Outline(url, title, language, tuple(filter(tag_key, folders)), element.sourceline or 1)
        folders.append("" if url else title)


def name_of(url: str, taken: set[str]) -> str:
    """Name a source after its address: ``www.example.org-cars-rss``, followed by a hash where that name is taken.

    `taken` holds case-folded names.
    """
    try:
        parts = urlsplit(url)
        told = f"{parts.hostname or ''}/{parts.path}/{parts.query}"
    except ValueError:
        told = url
    letters = (c if c.isalnum() or c == "." else "-" for c in unicodedata.normalize("NFC", unquote(told)))
    words = [word.strip(".") for word in "".join(letters).split("-")]
    name = "-".join(filter(None, words))[:_NAME_LENGTH].strip("-.") or "source"
    if name.casefold() not in taken:
        return name
    return f"{name}-{hashlib.blake2b(url.encode(), digest_size=_HASH_BYTES).hexdigest()}"
