"""Markup that says what an article is: the front matter of Markdown, the head and body of HTML pages."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from selectolax.lexbor import LexborHTMLParser, LexborNode

from tagwire.sources.articlelines import FIELDS, Said, labelled, split_names
from tagwire.text import folded, one_line

TAGS_LIMIT = 20_000
"""The most tags of a page, in number; HTML parsers need a time that grows with the square of their depth."""
_FRONT_LIMIT = 16_000
"""In characters; TOML's parser needs a time that grows with the square of a key's length."""

# ---------------------------------------------------------------- front matter


class _Scalars(yaml.BaseLoader):
    """YAML whose scalars stay text (``NO`` is a tag, ``2023-02-30`` is for us to judge), without aliases.

    Aliases and merge keys are how a few lines grow to gigabytes.
    """

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not read")
        return super().compose_node(parent, index)


def front_matter(text: str) -> tuple[Said, str, str] | None:
    """Give what the front matter of a Markdown file says, the text behind it, and a warning; None: it has none.

    Of broken front matter its ``key: value`` lines are taken, up to the first blank line.
    """
    cut = _cut(text)
    if cut is None:
        return None
    front, rest, kind = cut
    try:
        if len(front) > _FRONT_LIMIT:
            raise ValueError(f"it is longer than {_FRONT_LIMIT} characters")  # noqa: TRY301 - one way for all
        return _said(_loaded(front, kind)), rest, ""
    except (ValueError, yaml.YAMLError, RecursionError, TypeError) as error:
        reason = one_line(str(error))[:200] or type(error).__name__
        return _loose(front), rest, f"its front matter is not valid {kind} ({reason}); read line by line"


def _cut(text: str) -> tuple[str, str, str] | None:
    for mark, kind in (("---", "YAML"), ("+++", "TOML")):
        if re.match(re.escape(mark) + r"[ \t]*(\n|$)", text):
            begin = text.find("\n") + 1 or len(text)
            if end := re.compile(rf"^{re.escape(mark)}[ \t]*$", re.MULTILINE).search(text, begin):
                return text[begin : end.start()], text[end.end() :], kind
            return *_until_blank(text, begin), kind
    if text.startswith("{"):
        try:
            end_of_object = json.JSONDecoder().raw_decode(text)[1]
        except (ValueError, RecursionError):
            return *_until_blank(text, 0), "JSON"
        return text[:end_of_object], text[end_of_object:], "JSON"
    return None


def _until_blank(text: str, begin: int) -> tuple[str, str]:
    blank = re.compile(r"^\s*$", re.MULTILINE).search(text, begin)
    end = blank.start() if blank else len(text)
    return text[begin:end], text[end:]


def _loaded(front: str, kind: str) -> object:
    match kind:
        case "YAML":
            return yaml.load(front, _Scalars)  # noqa: S506 - a BaseLoader makes nothing but text, lists and mappings
        case "TOML":
            return tomllib.loads(front)
    return json.loads(front)


def _said(front: object) -> Said:
    if front in (None, ""):
        return {}
    if not isinstance(front, Mapping):
        raise TypeError("it holds no keys")
    said: Said = {}
    for key, value in front.items():
        field = FIELDS.get(_key(str(key)))
        if field and (values := list(_texts(value))):
            if field == "tags" and not isinstance(value, list):
                values = split_names(values[0])
            said.setdefault(field, []).extend(values)
    return said


def _key(name: str) -> str:
    return one_line(name.replace("_", " ").replace("-", " ")).lower()


def _texts(value: object) -> Iterator[str]:
    """Give the texts of a value: of a list each one's, of a mapping its name's."""
    match value:
        case None | bool() | "" | "~" | "null":
            return
        case list():
            for each in value:
                yield from _texts(each if not isinstance(each, list) else None)
        case Mapping():
            yield from _texts(str(value.get("name") or value.get("url") or ""))
        case _:
            yield str(value)


def _loose(front: str) -> Said:
    said: Said = {}
    for line in front.partition("\n\n")[0].split("\n"):
        pair = re.match(r"""\s*["']?([^\W\d][\w -]{0,30}?)["']?\s*[:=]\s*(.*?)[\s,]*$""", line[:2000])
        field = FIELDS.get(_key(pair[1])) if pair else None
        if pair and field and (value := pair[2].strip("\"' []")):
            values = [name.strip("\"' ") for name in split_names(value)] if field == "tags" else [value]
            said.setdefault(field, []).extend(values)
    return said


# ---------------------------------------------------------------- HTML

_METAS = {
    "og:title": "title",
    "article:published_time": "published", "datepublished": "published", "date": "published", "pubdate": "published",
    "publishdate": "published", "dc.date": "published", "dc.date.issued": "published", "dcterms.issued": "published",
    "parsely-pub-date": "published",
    "article:modified_time": "updated", "datemodified": "updated", "og:updated_time": "updated",
    "author": "author", "dc.creator": "author", "source": "source",
    "keywords": "tags", "news_keywords": "tags", "article:tag": "tags",
    "description": "summary", "og:description": "summary",
    "og:url": "link", "og:image": "image", "og:locale": "language", "copyright": "rights",
}  # fmt: skip
_LINKED = {
    "headline": "title", "datePublished": "published", "dateModified": "updated", "author": "author",
    "keywords": "tags", "description": "summary", "inLanguage": "language", "image": "image",
}  # fmt: skip
_FURNITURE = ["script", "style", "template", "noscript", "nav", "aside", "form", "button", "select", "iframe"]
_HEAD_LINES = 6


def html_page(markup: str) -> tuple[Said, str]:
    """Give what an HTML page says of itself, and its content: its article, else its main part, else its body.

    The content is not sanitised here; it passes the border like everybody's.

    Raises:
        ValueError: it is no article that could be parsed in reasonable time.

    """
    if markup.count("<") > TAGS_LIMIT:
        raise ValueError(f"has more than {TAGS_LIMIT} tags; an article has fewer")
    tree = LexborHTMLParser(markup)
    said: Said = {}
    _read_links(tree, said)
    _read_metas(tree, said)
    _read_linked_data(tree, said)
    tree.strip_tags(_FURNITURE)
    content = _content(tree)
    if content is None:
        return said, ""
    _read_title(tree, content, said)
    _read_times(content, said)
    return said, content.inner_html or ""


def _read_links(tree: LexborHTMLParser, said: Said) -> None:
    for selector, attribute, field in (
        ('link[rel~="canonical"]', "href", "link"),
        ("base[href]", "href", "base"),
        ("html[lang]", "lang", "language"),
    ):
        node = tree.css_first(selector)
        _say(said, field, node.attributes.get(attribute) if node else None)


def _read_metas(tree: LexborHTMLParser, said: Said) -> None:
    for node in tree.css("meta[content]"):
        name = node.attributes.get("property") or node.attributes.get("name") or node.attributes.get("itemprop") or ""
        _say(said, _METAS.get(name.strip().lower(), ""), node.attributes.get("content"))


def _read_linked_data(tree: LexborHTMLParser, said: Said) -> None:
    """Read JSON-LD (schema.org Article): the first thing that has a headline or a date."""
    for node in tree.css('script[type="application/ld+json"]'):
        try:
            data = json.loads(node.text())
        except (ValueError, RecursionError):
            continue
        things = data.get("@graph", [data]) if isinstance(data, dict) else data
        for thing in things if isinstance(things, list) else []:
            if isinstance(thing, dict) and ("headline" in thing or "datePublished" in thing):
                for key, field in _LINKED.items():
                    for text in _texts(thing.get(key)):
                        _say(said, field, text)
                return


def _say(said: Said, field: str, value: str | None) -> None:
    if not field or not (text := one_line(value or "")):
        return
    if field == "tags":
        said.setdefault(field, []).extend(split_names(text))
    elif field != "author" or "://" not in text:
        said.setdefault(field, []).append(text)


def _content(tree: LexborHTMLParser) -> LexborNode | None:
    articles = tree.css("article")
    if articles:
        return max(articles, key=lambda node: len(node.text()))
    return tree.css_first("main") or tree.body


def _read_title(tree: LexborHTMLParser, content: LexborNode, said: Said) -> None:
    """Take the title from og:title or JSON-LD, else <title>, else <h1>.

    An <h1> is preferred to a <title> that only adds the site's name to it. The heading that shows the title
    leaves the content, where it would be read twice.
    """
    title, heading = tree.css_first("title"), content.css_first("h1")
    whole = one_line(title.text()) if title else ""
    head = one_line(heading.text()) if heading else ""
    if head and (not whole or folded(head) in folded(whole)):
        whole = head
    _say(said, "title", whole)
    if heading and folded(head) == folded(said.get("title", [""])[0]):
        heading.decompose()


def _read_times(content: LexborNode, said: Said) -> None:
    """Take dates from <time> and from labelled lines and bare dates among the first lines of the text."""
    for node in content.css("time[datetime]")[:1]:
        _say(said, "bare", node.attributes.get("datetime"))
    lines = [line for line in content.text(separator="\n").split("\n") if line.strip()]
    for line in lines[:_HEAD_LINES]:
        for field, value in labelled(line) or []:
            if field in {"published", "updated", "bare"}:
                _say(said, field, value)
