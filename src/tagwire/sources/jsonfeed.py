"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/), as drafts."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tagwire.errors import SourceError
from tagwire.model import About, Enclosure
from tagwire.sources.border import make_about
from tagwire.sources.drafts import Draft, Text
from tagwire.sources.entries import clean_language, seconds, whole

_VERSIONS = ("https://jsonfeed.org/version/1", "http://jsonfeed.org/version/1")


def load(content: bytes) -> Mapping[str, Any]:
    """Read a document.

    Raises:
        SourceError: it is no JSON, or no JSON Feed.

    """
    try:
        document = json.loads(content.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as error:
        raise SourceError("this is no JSON Feed: its JSON cannot be read") from error
    if not isinstance(document, dict) or not str(document.get("version", "")).startswith(_VERSIONS):
        raise SourceError(
            "this is JSON, but no JSON Feed", "", "its version should be https://jsonfeed.org/version/1.1"
        )
    return document


def drafts(document: Mapping[str, Any], url: str) -> Iterator[Draft]:
    """Give a draft of each item; `url` is the document's own address."""
    language = clean_language(document.get("language"))
    feed_authors = _authors(document)
    for item in _objects(document, "items"):
        yield Draft(
            guid=_identifier(item),
            link=_string(item, "url") or _string(item, "external_url"),
            base=url,
            title=Text(value=_string(item, "title")),
            summary=Text(value=_string(item, "summary")),
            content=_content(item),
            published=_string(item, "date_published") or _string(item, "date_modified"),
            updated=_string(item, "date_modified"),
            authors=_authors(item) or feed_authors,
            tags=tuple(tag for tag in _list(item, "tags") if isinstance(tag, str)),
            language=clean_language(item.get("language")) or language,
            enclosures=tuple(_enclosures(item)),
            image=_string(item, "image") or _string(item, "banner_image") or None,
        )


def about(document: Mapping[str, Any]) -> About:
    """Give what the document says of itself."""
    return make_about(
        id=_string(document, "feed_url"), title=_string(document, "title"), link=_string(document, "home_page_url")
    )


def _identifier(item: Mapping[str, Any]) -> str:
    """Give the id; one that is a number counts as its text (the standard's own rule)."""
    value = item.get("id")
    return str(value) if isinstance(value, int | float) else _string(item, "id")


def _content(item: Mapping[str, Any]) -> Text:
    markup = _string(item, "content_html")
    return Text(value=markup, markup=True) if markup else Text(value=_string(item, "content_text"))


def _authors(values: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the names of ``authors`` (1.1) or ``author`` (1.0)."""
    people = _objects(values, "authors")
    author = values.get("author")
    if not people and isinstance(author, dict):
        people = [author]
    return tuple(name for person in people if (name := _string(person, "name")))


def _enclosures(item: Mapping[str, Any]) -> Iterator[Enclosure]:
    for each in _objects(item, "attachments"):
        if url := _string(each, "url"):
            yield Enclosure(
                url=url,
                type=_string(each, "mime_type"),
                length=whole(each.get("size_in_bytes")),
                duration=seconds(each.get("duration_in_seconds")),
            )


def _string(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    return value.strip() if isinstance(value, str) else ""


def _list(values: Mapping[str, Any], name: str) -> list[Any]:
    value = values.get(name)
    return value if isinstance(value, list) else []


def _objects(values: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    return [each for each in _list(values, name) if isinstance(each, dict)]
