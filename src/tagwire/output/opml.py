"""OPML 2.0 (opml.org/spec2.opml): the list of the feeds for readers, and of the sources for those who move on."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

from tagwire.model import Face, Feed, Source
from tagwire.output import formats_of
from tagwire.output.addresses import address, feed_path, page_path
from tagwire.output.entry import feed_title
from tagwire.output.grammar import language_tag
from tagwire.text import one_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A feed that somebody subscribes to, and the folders that it lies in, the outermost first."""

    title: str
    url: str
    page: str = ""
    description: str = ""
    language: str = ""
    folders: tuple[str, ...] = ()


def published(face: Face, feeds: Iterable[Feed]) -> bytes:
    """Render the list of the feeds that a site publishes, each in the first of its formats."""
    return _published(face, tuple(feeds))


@lru_cache(maxsize=1)
def _published(face: Face, feeds: tuple[Feed, ...]) -> bytes:
    """Render the list; it changes with the definitions alone."""
    return render(face.title, (_subscription(face, feed) for feed in feeds))


def subscribed(face: Face, sources: Iterable[Source]) -> bytes:
    """Render the list of the sources that have an address on the web; their tags become nested folders."""
    return render(
        face.title,
        (
            Subscription(
                title=source.title or source.name,
                url=source.address,
                language=source.language or "",
                folders=source.tags,
            )
            for source in sources
            if source.kind == "web"
        ),
    )


def render(title: str, subscriptions: Iterable[Subscription]) -> bytes:
    """Render a list of subscriptions; those with the same first folders share them."""
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = one_line(title)
    etree.SubElement(head, "docs").text = "http://opml.org/spec2.opml"
    folders: dict[tuple[str, ...], etree._Element] = {(): etree.SubElement(root, "body")}
    for each in subscriptions:
        etree.SubElement(_folder(folders, each.folders), "outline", _attributes(each))
    return bytes(etree.tostring(root, pretty_print=True, xml_declaration=True, encoding="UTF-8"))


def _folder(folders: dict[tuple[str, ...], etree._Element], path: tuple[str, ...]) -> etree._Element:
    """Give the element of a folder, which is made with those around it when it is first asked for."""
    if path not in folders:
        around = _folder(folders, path[:-1])
        folders[path] = etree.SubElement(around, "outline", text=one_line(path[-1]))
    return folders[path]


def _attributes(subscription: Subscription) -> dict[str, str]:
    told = {
        "type": "rss",  # whatever the format: readers look for this word
        "text": one_line(subscription.title),
        "title": one_line(subscription.title),
        "description": one_line(subscription.description),
        "language": language_tag(subscription.language) or "",
        "xmlUrl": subscription.url,
        "htmlUrl": subscription.page,
    }
    return {name: value for name, value in told.items() if value or name == "text"}


def _subscription(face: Face, feed: Feed) -> Subscription:
    return Subscription(
        title=feed_title(feed),
        url=address(face, feed_path(feed, formats_of(feed)[0].suffix)),
        page=address(face, page_path(feed)),
        description=feed.subtitle,
        language=feed.language or face.language or "",
    )
