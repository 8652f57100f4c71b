"""A checker of the rules of RSS 2.0 and of the RSS Advisory Board's profile of it; it knows nothing of Tagwire.

The house asks for more than the specification: one `atom:link` with `rel="self"`, a `guid` in every item that is no
permalink and occurs once, a title, a link and a date in every item, and HTML without anything active or relative in it.
"""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime

from lxml import etree

import rfc4287

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
DC = "{http://purl.org/dc/elements/1.1/}"

# For each element: the children it must have once, may have once, and may have often; others need a namespace.
CHILDREN = {
    "channel": (
        {"title", "link", "description"},
        {
            "language", "copyright", "managingEditor", "webMaster", "pubDate", "lastBuildDate", "generator", "docs",
            "cloud", "ttl", "image", "rating", "textInput", "skipHours", "skipDays",
        },
        {"category", "item"},
    ),
    "item": (
        {"title", "link", "guid", "pubDate"},
        {"description", "comments", "enclosure", "source", f"{CONTENT}encoded", f"{DC}language", f"{DC}rights"},
        {"author", "category"},
    ),
    "image": ({"url", "title", "link"}, {"width", "height", "description"}, set()),
}  # fmt: skip
ATTRIBUTES = {
    "rss": {"version"},
    "guid": {"isPermaLink"},
    "category": {"domain"},
    "enclosure": {"url", "length", "type"},
    "source": {"url"},
}
_DATE = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (GMT|[+-]\d{4})")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9][\w!#$&^.+-]*/[A-Za-z0-9][\w!#$&^.+-]*", re.ASCII)


def problems(data: bytes) -> list[str]:
    """Give everything that is wrong with an RSS document; nothing if it is right."""
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    except etree.XMLSyntaxError as error:
        return [f"not well-formed: {error}"]
    if root.tag != "rss" or root.get("version") != "2.0" or [child.tag for child in root] != ["channel"]:
        return ["not an <rss version='2.0'> around one <channel>"]
    return [*_channel(root[0]), *_everywhere(root)]


def _channel(channel: etree._Element) -> Iterator[str]:
    yield from _children(channel, "channel")
    own = [link for link in channel.iterfind(f"{ATOM}link") if link.get("rel") == "self"]
    if len(own) != 1:
        yield f"channel: {len(own)} atom:link with rel=self instead of one"
    guids = Counter(item.findtext("guid") for item in channel.iterfind("item"))
    yield from (f"guid {guid!r} stands for {times} items" for guid, times in guids.items() if times > 1)
    seen_item = False
    for child in channel:
        if child.tag != "item" and seen_item:
            yield f"channel: {child.tag} after an item"
        seen_item = seen_item or child.tag == "item"
    for at, item in enumerate(channel.iterfind("item"), 1):
        yield from (f"item {at}: {problem}" for problem in _item(item))


def _item(item: etree._Element) -> Iterator[str]:
    yield from _children(item, "item")
    guid = item.find("guid")
    if guid is not None and (guid.get("isPermaLink") != "false" or not (guid.text or "").strip()):
        yield "a guid that is empty or taken for a link"
    if not item.findtext("title", "").strip():
        yield "an empty title"
    if item.find(f"{CONTENT}encoded") is not None and item.find("description") is None:
        yield "content:encoded without a description"
    for name in ("description", f"{CONTENT}encoded"):
        yield from (f"{name}: {problem}" for problem in rfc4287.html_problems(item.findtext(name) or ""))
    yield from ("an empty dc:creator" for each in item.iterfind(f"{DC}creator") if not (each.text or "").strip())


def _children(element: etree._Element, name: str) -> Iterator[str]:
    once, at_most, often = CHILDREN[name]
    found = Counter(str(child.tag) for child in element)
    yield from (f"{name}: no {child}" for child in sorted(once) if not found[child])
    yield from (f"{name}: {found[child]} of {child}" for child in sorted(once | at_most) if found[child] > 1)
    strangers = {child for child in found if not child.startswith("{")} - once - at_most - often
    yield from (f"{name}: {child} does not belong here" for child in sorted(strangers))
    if "".join([element.text or "", *(child.tail or "" for child in element)]).strip():
        yield f"{name}: text between the elements"


def _everywhere(root: etree._Element) -> Iterator[str]:
    for element in root.iter("*"):
        name = str(element.tag)
        if not name.startswith("{"):
            yield from (f"{name}: {problem}" for problem in _element(element, name))
        elif name == f"{ATOM}link" and not rfc4287.is_iri(element.get("href", ""), absolute=True):
            yield f"atom:link: {element.get('href')!r} is no absolute address"
        elif name == f"{DC}language" and not _LANGUAGE.fullmatch(element.text or ""):
            yield f"dc:language: {element.text!r} is no language"


def _element(element: etree._Element, name: str) -> Iterator[str]:
    text = element.text or ""
    yield from (
        f"attribute {attribute} does not belong here"
        for attribute in map(str, element.attrib)
        if attribute not in ATTRIBUTES.get(name, set())
    )
    if name == "image":
        yield from _children(element, "image")
    if name in {"link", "url"} and not rfc4287.is_iri(text, absolute=True):
        yield f"{text!r} is no absolute address"
    if name in {"pubDate", "lastBuildDate"} and not _is_date(text):
        yield f"{text!r} is no date of RFC 822 with four digits of year"
    if name == "language" and not _LANGUAGE.fullmatch(text):
        yield f"{text!r} is no language"
    if name == "category" and not text.strip():
        yield "is empty"
    if name in {"enclosure", "source"} and not rfc4287.is_iri(element.get("url", ""), absolute=True):
        yield f"{element.get('url')!r} is no absolute address"
    if name == "enclosure" and not re.fullmatch("[0-9]+", element.get("length", "")):
        yield f"length {element.get('length')!r} is no number of bytes"
    if name == "enclosure" and not _MEDIA_TYPE.fullmatch(element.get("type", "")):
        yield f"type {element.get('type')!r} is no media type"


def _is_date(text: str) -> bool:
    try:
        return bool(_DATE.fullmatch(text)) and isinstance(parsedate_to_datetime(text), datetime)
    except ValueError:
        return False
