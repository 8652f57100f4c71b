"""What feedparser found in a document, as drafts."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urljoin

from tagwire.model import About, Enclosure
from tagwire.sources.border import make_about, safe_url
from tagwire.sources.drafts import Draft, Text

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_NUMBER = re.compile(r"\d{1,15}(\.\d{1,9})?")
_HTML = frozenset({"text/html", "application/xhtml+xml"})
_NO_DETAIL: Mapping[str, Any] = {}


def drafts(document: Mapping[str, Any], url: str) -> Iterator[Draft]:
    """Give a draft of each entry; `url` is the document's own address."""
    feed = document["feed"]
    language = clean_language(feed.get("language"))
    inherited = _authors(feed) if str(document.get("version", "")).startswith("atom") else ()  # RFC 4287, 4.2.1
    for entry in document["entries"]:
        yield _draft(dict(entry), url, language, inherited)  # a plain dict: feedparser's own is slow, and guesses


def about(document: Mapping[str, Any], url: str) -> About:
    """Give what a web feed says of itself; `url` is its own address."""
    feed = document["feed"]
    link = safe_url(_string(feed, "link"), url) or ""
    return make_about(id=_string(feed, "id"), title=_text(feed, "title").as_text(), link=link)


def _draft(entry: Mapping[str, Any], url: str, language: str | None, inherited: tuple[str, ...]) -> Draft:
    content = _content(entry.get("content") or ())
    details = [content, *(_detail(entry, name) for name in ("summary", "title"))]
    published, updated = ("published" if entry.get("published") else "updated"), "updated"
    enclosures = tuple(_enclosures(entry))
    return Draft(
        guid=_string(entry, "id"),
        link=_string(entry, "link"),
        base=next((urljoin(url, each["base"]) for each in details if each.get("base")), url),
        title=_text(entry, "title"),
        summary=_text(entry, "summary"),
        content=_as_text(content),
        published=_string(entry, published),
        published_parsed=entry.get(f"{published}_parsed"),
        updated=_string(entry, updated),
        updated_parsed=entry.get(f"{updated}_parsed"),
        authors=_authors(entry) or inherited,
        tags=tuple(_tags(entry)),
        language=next((tag for each in details if (tag := clean_language(each.get("language")))), language),
        enclosures=enclosures,
        image=_image(entry, enclosures),
        rights=_text(entry, "rights"),
    )


def clean_language(tag: object) -> str | None:
    """Give a language as BCP 47 writes it, None if it is none: publishers write ``zh_CN`` too."""
    text = str(tag or "").strip().replace("_", "-")
    return text if _LANGUAGE.fullmatch(text) else None


def _string(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    return value.strip() if isinstance(value, str) else ""


def _detail(entry: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return dict(entry.get(f"{name}_detail") or _NO_DETAIL)


def _text(values: Mapping[str, Any], name: str) -> Text:
    detail = _detail(values, name)
    return _as_text(detail) if detail else Text(value=_string(values, name))


def _as_text(detail: Mapping[str, Any]) -> Text:
    return Text(value=str(detail.get("value") or ""), markup=detail.get("type") in _HTML)


def _content(contents: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Choose among several: HTML before text, the longest of each."""
    readable = [each for each in contents if str(each.get("type", "")).startswith("text/") or each.get("type") in _HTML]
    return max(readable, key=lambda each: (each.get("type") in _HTML, len(each.get("value") or "")), default=_NO_DETAIL)


def _authors(values: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the names; a mail address is nobody's to publish."""
    names = [_string(each, "name") for each in values.get("authors") or () if each] or [_string(values, "author")]
    return tuple(name for name in names if name and "@" not in name)


def _tags(entry: Mapping[str, Any]) -> Iterator[str]:
    for tag in entry.get("tags") or ():
        if name := _string(tag, "label") or _string(tag, "term"):
            yield name


def _enclosures(entry: Mapping[str, Any]) -> Iterator[Enclosure]:
    seen = set()
    duration = seconds(entry.get("itunes_duration"))
    for link in entry.get("links") or ():
        if link.get("rel") == "enclosure" and (url := _string(link, "href")) and url not in seen:
            seen.add(url)
            yield Enclosure(url=url, type=_string(link, "type"), length=whole(link.get("length")), duration=duration)
    for media in entry.get("media_content") or ():
        if (url := _string(media, "url")) and url not in seen and not _is_picture(media):
            seen.add(url)
            yield Enclosure(
                url=url,
                type=_string(media, "type"),
                length=whole(media.get("filesize")),
                duration=seconds(media.get("duration")),
            )


def _is_picture(media: Mapping[str, Any]) -> bool:
    return media.get("medium") == "image" or _string(media, "type").startswith("image/")


def _image(entry: Mapping[str, Any], enclosures: Sequence[Enclosure]) -> str | None:
    pictures = [_string(each, "url") for each in entry.get("media_thumbnail") or ()]
    pictures += [_string(each, "url") for each in entry.get("media_content") or () if _is_picture(each)]
    pictures.append(_string(entry.get("image") or {}, "href"))
    pictures += [each.url for each in enclosures if each.type.startswith("image/")]
    return next(filter(None, pictures), None)


def whole(text: object) -> int | None:
    """Read a number of bytes; None: it is none."""
    found = _NUMBER.fullmatch(str(text or "").strip())
    return int(float(found[0])) if found else None


def seconds(text: object) -> int | None:
    """Read a duration, as seconds or as ``H:MM:SS`` (iTunes); None: it is none."""
    parts = str(text or "").strip().split(":")
    if not 1 <= len(parts) <= 3 or not all(_NUMBER.fullmatch(part) for part in parts):  # noqa: PLR2004 - h, m, s
        return None
    total = 0.0
    for part in parts:
        total = total * 60 + float(part)
    return int(total)
