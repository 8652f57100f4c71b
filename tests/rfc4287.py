"""A checker of the rules of RFC 4287 (Atom), and of the stricter ones of this house; it knows nothing of Tagwire.

The house asks for more than the RFC: `published` in every entry, an author in every feed, one `self` link, ids that
occur once, a `source` that says its id, title and time, and HTML without anything active or relative in it.
"""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from urllib.parse import urlsplit

from lxml import etree
from selectolax.lexbor import LexborHTMLParser

ATOM = "{http://www.w3.org/2005/Atom}"
XHTML = "{http://www.w3.org/1999/xhtml}"
XML = "{http://www.w3.org/XML/1998/namespace}"

PERSONS = {"author", "contributor"}
TEXTS = {"title", "subtitle", "summary", "rights"}
DATES = {"updated", "published"}
IRIS = {"id", "icon", "logo"}

# For each element: the children it must have once, may have once, and may have often.
CHILDREN = {
    "feed": (
        {"id", "title", "updated"},
        {"generator", "icon", "logo", "rights", "subtitle"},
        PERSONS | {"category", "link", "entry"},
    ),
    "entry": (
        {"id", "title", "updated", "published"},
        {"content", "rights", "source", "summary"},
        PERSONS | {"category", "link"},
    ),
    "source": (
        {"id", "title", "updated"},
        {"generator", "icon", "logo", "rights", "subtitle"},
        PERSONS | {"category", "link"},
    ),
    "author": ({"name"}, {"uri", "email"}, set()),
    "contributor": ({"name"}, {"uri", "email"}, set()),
}
ATTRIBUTES = {
    "link": {"href", "rel", "type", "hreflang", "title", "length"},
    "category": {"term", "scheme", "label"},
    "content": {"type", "src"},
    "generator": {"uri", "version"},
    **{name: {"type"} for name in TEXTS},
}

_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_IRI_TEXT = re.compile(r"(?:[^\x00-\x20<>\"{}|\\^`%\x7f-\x9f\u200e\u200f\u202a-\u202e\ud800-\uf8ff]|%[0-9A-Fa-f]{2})+")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:.")
_LANGUAGE = re.compile(r"([A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*)?")
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9][\w!#$&^.+-]*/[A-Za-z0-9][\w!#$&^.+-]*(\s*;.*)?", re.ASCII)
_RELATION = re.compile(r"[a-z][a-z0-9.-]*")
_XML_TYPE = re.compile(r".*([+/]xml)\s*(;.*)?", re.IGNORECASE)
_ACTIVE = "script, style, iframe, object, embed, form, base, link, meta, svg, math"
_ADDRESSES = ("href", "src", "cite", "poster", "action", "formaction", "data", "background")


def problems(xml: bytes) -> list[str]:
    """Give every problem of an Atom document, each with its place; none: it is right."""
    try:
        root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    except etree.XMLSyntaxError as error:
        return [f"not well-formed: {error}"]
    if root.getroottree().docinfo.doctype:
        return ["a document type: feeds have none"]
    if root.tag != ATOM + "feed":
        return [f"the root is {root.tag}, not an Atom feed"]
    return list(chain(_feed(root), _everywhere(root)))


def _feed(feed: etree._Element) -> Iterator[str]:
    yield from _container(feed, "feed")
    if feed.find(ATOM + "author") is None:
        yield "feed: no author"
    selves = [link for link in feed.iterfind(ATOM + "link") if link.get("rel") == "self"]
    if len(selves) != 1:
        yield f"feed: {len(selves)} self links instead of one"
    ids = Counter((each.text or "").strip() for each in feed.iterfind(f"{ATOM}entry/{ATOM}id"))
    ids.update([feed.findtext(ATOM + "id", "").strip()])
    yield from (f"id {name} occurs {times} times" for name, times in ids.items() if times > 1)
    updated = _moment(feed)
    for number, entry in enumerate(feed.iterfind(ATOM + "entry"), 1):
        place = f"entry {number}"
        yield from _entry(entry, place)
        own = _moment(entry)
        if updated and own and own > updated:
            yield f"{place}: updated later than its feed"


def _entry(entry: etree._Element, place: str) -> Iterator[str]:
    yield from _container(entry, place)
    source = entry.find(ATOM + "source")
    if source is not None:
        yield from _container(source, f"{place} source")
    authors = [f"{ATOM}author", f"{ATOM}source/{ATOM}author", f"../{ATOM}author"]
    if all(entry.find(path) is None for path in authors):
        yield f"{place}: no author, neither here nor in its source nor in the feed"
    content = entry.find(ATOM + "content")
    alternates = [link for link in entry.iterfind(ATOM + "link") if link.get("rel", "alternate") == "alternate"]
    if content is None and not alternates:
        yield f"{place}: neither content nor an alternate link"
    if content is not None:
        yield from _content(content, entry, place)


def _container(element: etree._Element, place: str) -> Iterator[str]:
    """Check which children are there and how often, that no text stands between them, and the links together."""
    once, at_most, often = CHILDREN[_name(element)]
    names = Counter(_name(child) for child in element if str(child.tag).startswith(ATOM))
    for name in sorted(once | at_most):
        if names[name] > 1:
            yield f"{place}: {names[name]} of {name} instead of one"
    yield from (f"{place}: no {name}" for name in sorted(once) if not names[name])
    yield from (f"{place}: {name} does not belong here" for name in sorted(set(names) - once - at_most - often))
    if "".join([element.text or "", *(child.tail or "" for child in element)]).strip():
        yield f"{place}: text between the elements"
    yield from _alternates(element, place)


def _alternates(element: etree._Element, place: str) -> Iterator[str]:
    kinds = Counter(
        (link.get("type"), link.get("hreflang"))
        for link in element.iterfind(ATOM + "link")
        if link.get("rel", "alternate") == "alternate"
    )
    yield from (
        f"{place}: {times} alternate links of type {kind[0]} and language {kind[1]}"
        for kind, times in kinds.items()
        if times > 1
    )


def _everywhere(root: etree._Element) -> Iterator[str]:
    """Check each Atom element by itself, wherever it stands."""
    for element in root.iter("*"):
        if not str(element.tag).startswith("{"):
            yield f"<{element.tag}> has no namespace"
        if not _LANGUAGE.fullmatch(element.get(XML + "lang", "")):
            yield f"xml:lang is {element.get(XML + 'lang')!r}"
        if str(element.tag).startswith(ATOM):
            yield from (f"{_place(element)}: {problem}" for problem in _element(element))


def _element(element: etree._Element) -> Iterator[str]:
    name = _name(element)
    yield from (
        f"attribute {attribute} does not belong here"
        for attribute in map(str, element.attrib)
        if not attribute.startswith("{") and attribute not in ATTRIBUTES.get(name, set())
    )
    if name in PERSONS:
        yield from _container(element, name)
    elif name == "link":
        yield from _link(element)
    elif name == "category":
        yield from _category(element)
    elif name in TEXTS:
        yield from _text(element)
    elif name not in CHILDREN and name != "content":
        yield from _leaf(element, name)


def _leaf(element: etree._Element, name: str) -> Iterator[str]:
    text = element.text or ""
    if len(element):
        yield "has elements in it"
    if name == "id" and not is_iri(text, absolute=True):
        yield f"{text!r} is no absolute IRI"
    elif name in IRIS | {"uri"} and not is_iri(text):
        yield f"{text!r} is no IRI"
    elif name in DATES and _date(text) is None:
        yield f"{text!r} is no date of RFC 3339 with a zone"
    elif name == "email" and not re.fullmatch(r".+@.+", text):
        yield f"{text!r} is no e-mail address"
    elif not text.strip():
        yield "is empty"


def _link(link: etree._Element) -> Iterator[str]:
    if not is_iri(link.get("href", "")):
        yield f"href {link.get('href')!r} is no IRI"
    relation = link.get("rel", "alternate")
    if not _RELATION.fullmatch(relation) and not is_iri(relation, absolute=True):
        yield f"rel {relation!r} is neither a registered name nor an IRI"
    if "type" in link.attrib and not _MEDIA_TYPE.fullmatch(link.get("type", "")):
        yield f"type {link.get('type')!r} is no media type"
    if "length" in link.attrib and not re.fullmatch("[0-9]+", link.get("length", "")):
        yield f"length {link.get('length')!r} is no number of bytes"
    if "hreflang" in link.attrib and not _LANGUAGE.fullmatch(link.get("hreflang") or "?"):
        yield f"hreflang {link.get('hreflang')!r} is no language"


def _category(category: etree._Element) -> Iterator[str]:
    if not category.get("term", "").strip():
        yield "no term"
    if "scheme" in category.attrib and not is_iri(category.get("scheme", ""), absolute=True):
        yield f"scheme {category.get('scheme')!r} is no absolute IRI"


def _text(element: etree._Element) -> Iterator[str]:
    """Check a text construct (RFC 4287, 3.1), or content of one of its three types."""
    kind = element.get("type", "text")
    if kind not in {"text", "html", "xhtml"}:
        yield f"type {kind!r} instead of text, html or xhtml"
    elif kind == "xhtml":
        if [str(child.tag) for child in element] != [XHTML + "div"] or (element.text or "").strip():
            yield "type xhtml without exactly one xhtml:div"
    elif len(element):
        yield f"type {kind} with unescaped elements in it"
    elif kind == "html":
        yield from html_problems(element.text or "")
    if _name(element) == "title" and not "".join(element.itertext()).strip():
        yield "is empty"


def _content(content: etree._Element, entry: etree._Element, place: str) -> Iterator[str]:
    kind = content.get("type", "text")
    if "src" in content.attrib:
        if not is_iri(content.get("src", "")):
            yield f"{place} content: src {content.get('src')!r} is no IRI"
        if len(content) or (content.text or "").strip():
            yield f"{place} content: not empty in spite of its src"
    elif kind in {"text", "html", "xhtml"}:
        yield from (f"{place} content: {problem}" for problem in _text(content))
    elif not _MEDIA_TYPE.fullmatch(kind) or kind.startswith(("multipart/", "message/")):
        yield f"{place} content: type {kind!r} is no type for content"
    readable = kind in {"text", "html", "xhtml"} or kind.startswith("text/") or _XML_TYPE.fullmatch(kind)
    if ("src" in content.attrib or not readable) and entry.find(ATOM + "summary") is None:
        yield f"{place}: no summary beside content that is not here or in base64"


def html_problems(markup: str) -> Iterator[str]:
    """Give everything active and every address that is not absolute."""
    tree = LexborHTMLParser(markup)
    yield from (f"active HTML: <{node.tag}>" for node in tree.css(_ACTIVE) if node.tag not in {"html", "head", "body"})
    for node in tree.css("*"):
        for name, value in node.attributes.items():
            if name.startswith("on") or name == "style":
                yield f"active HTML: attribute {name}"
            if name in _ADDRESSES and not re.match(r"(https?://|mailto:)", value or "", re.IGNORECASE):
                yield f"HTML with {name} {value!r}, which is not absolute"


def is_iri(text: str, *, absolute: bool = False) -> bool:
    """Tell whether a text may be an IRI (RFC 3987); http addresses have a host."""
    if not _IRI_TEXT.fullmatch(text) or text.count("#") > 1 or (absolute and not _SCHEME.match(text)):
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme not in {"http", "https"} or (bool(parts.hostname) and (parts.port or 0) >= 0)
    except ValueError:
        return False


def _date(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None


def _moment(element: etree._Element) -> datetime | None:
    return _date(element.findtext(ATOM + "updated", ""))


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname


def _place(element: etree._Element) -> str:
    parents = [_name(each) for each in element.iterancestors()]
    return " ".join([*reversed(parents[:-1]), _name(element)])
