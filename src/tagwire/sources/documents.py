"""Bytes that a server sent, as articles; runs in a worker process. The only place that knows feedparser."""

import io
import re
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from xml.sax import SAXException

import feedparser

from tagwire.errors import SourceError
from tagwire.model import About, Article, Precision
from tagwire.sources import dates, entries, identity, jsonfeed
from tagwire.sources.border import When
from tagwire.sources.discovery import PageError, discover, is_page
from tagwire.sources.drafts import Draft
from tagwire.sources.exchange import shortened
from tagwire.sources.hints import wishes
from tagwire.sources.identity import Mark
from tagwire.sources.parsing import Job, Understood
from tagwire.text import xml_safe

_BLANKS = b" \t\r\n\0\xef\xbb\xbf"
_END = re.compile(rb"</(?:\w{1,40}:)?(?:rss|feed|rdf|channel)\s*>", re.IGNORECASE)
_TAIL = 8 * 1024
_DECLARATION = re.compile(rb"\A\s{0,99}<\?xml[^>]{0,999}\?>")
_BASE = re.compile(rb"base(?<![\w-]base)\s*=\s*[\"']")
"""An `xml:base`, which may be relative itself; in UTF-16 it is not to be seen. It begins with what is found fast."""
_REFERENCE = re.compile(rb"&#(?:[xX]([0-9a-fA-F]{1,9})|([0-9]{1,9}));")


def read_document(content: bytes, job: Job) -> Understood:
    """Read a document of any format.

    Raises:
        SourceError: it is empty, broken off, or no feed.
        Exception: whatever feedparser raises.

    """
    if not content.strip(_BLANKS):
        raise SourceError("the document is empty")
    if content.lstrip(_BLANKS).startswith(b"{"):
        loaded = jsonfeed.load(content)
        return _understood(list(jsonfeed.drafts(loaded, _public(job.url))), jsonfeed.about(loaded), content, job)
    document = _parse(content, job)
    drafts = list(entries.drafts(document, _public(job.url)))
    return _understood(drafts, entries.about(document, _public(job.url)), content, job, document["feed"])


def _public(url: str) -> str:
    """Leave the query out of a document's address: it may be a key, and what is relative to it is published."""
    return url.partition("#")[0].partition("?")[0]


def _parse(content: bytes, job: Job) -> Any:
    """Have feedparser read it: from a file in memory, since it opens a string or bytes that look like a path."""
    headers = {"content-type": _content_type(content, job.content_type)}
    if _BASE.search(content) or b"\0" in content:
        # Else feedparser resolves nothing, guids least of all: a name is no address, and outlives a move.
        headers["content-location"] = _public(job.url)
    try:
        document = _feedparser(content, headers)
    except ValueError:  # over a declaration or a reference to a character that there is not
        document = _feedparser(_mended(content), headers)
    if not document.version and (not document.entries or is_page(content)):
        raise _no_feed(content, job)
    problem = document.get("bozo_exception")
    if not document.entries and isinstance(problem, SAXException):
        raise SourceError("the feed cannot be read", "", shortened(str(problem)))
    if job.open_ended and not _END.search(content[-_TAIL:].replace(b"\0", b"")):
        raise SourceError("the document broke off before its end")
    return document


def _feedparser(content: bytes, headers: dict[str, str]) -> Any:
    return feedparser.parse(
        io.BytesIO(content), sanitize_html=False, resolve_relative_uris=False, response_headers=headers
    )


def _mended(content: bytes) -> bytes:
    """Take out what feedparser stumbles over: the XML declaration, and references that XML 1.0 (4.1) forbids."""
    return _REFERENCE.sub(
        lambda found: found[0] if _stands_for_something(found) else b"", _DECLARATION.sub(b"", content)
    )


def _stands_for_something(reference: re.Match[bytes]) -> bool:
    number = int(reference[1], 16) if reference[1] else int(reference[2])
    return number <= sys.maxunicode and bool(xml_safe(chr(number)))


def _no_feed(content: bytes, job: Job) -> SourceError:
    if not is_page(content):
        return SourceError("this is not a feed", "", "neither RSS, Atom nor JSON Feed")
    return PageError(tuple(discover(content, job.url)))


def _content_type(content: bytes, declared: str) -> str:
    """Give the type that feedparser chooses the encoding by.

    Without one it would take latin-1. And what can be read as UTF-8, and is not plain ASCII, is UTF-8, whatever the
    server says.
    """
    declared = declared or "application/xml"
    if "charset" not in declared.lower() or content.isascii():
        return declared
    try:
        content.decode()
    except UnicodeDecodeError:
        return declared
    return f"{declared.partition(';')[0]}; charset=utf-8"


class _Entry(NamedTuple):
    """One entry, and when it was published."""

    draft: Draft
    when: When


def _understood(found: list[Draft], about: About, content: bytes, job: Job, feed: Any = None) -> Understood:
    dated = [_Entry(each, dates.when(each.published, each.published_parsed, job.source, job.now)) for each in found]
    newest = _newest(dated, job.limit)
    marks = [identity.mark(each.draft) for each in newest]
    last = [Mark.read(text) for text in job.marks]
    rule = identity.settled(job.rule, marks, last)
    known = {each.raw for each in last} if rule == job.rule else set()
    wanted = wishes(content, feed or {})
    return Understood(
        articles=tuple(_articles(newest, marks, known, rule, job)),
        about=about,
        rule=rule,
        marks=tuple(map(str, marks)),
        warnings=tuple(_warnings(len(found), rule, job)),
        entries=len(found),
        oldest=_oldest([each.when for each in dated]),
        fresh_for=wanted.fresh_for,
        skip_hours=wanted.skip_hours,
        skip_days=wanted.skip_days,
    )


def _newest(entries: list[_Entry], limit: int) -> list[_Entry]:
    """Give the newest entries, in the order of the document."""
    if len(entries) <= limit:
        return entries
    order = sorted(range(len(entries)), key=lambda i: tuple(entries[i].draft.published_parsed or ())[:6], reverse=True)
    return [entries[i] for i in sorted(order[:limit])]


def _oldest(when: Sequence[When]) -> datetime | None:
    """Give when the oldest was published, None unless all of them say when."""
    if any(each.dated is Precision.UNKNOWN for each in when):
        return None
    return min((each.moment for each in when), default=None)


def _articles(entries: Sequence[_Entry], marks: Sequence[Mark], known: set[str], rule: str, job: Job) -> list[Article]:
    """Make articles of the entries that are new or say something else than last time; of each name the first."""
    articles: dict[str, Article] = {}
    for (draft, when), mark in zip(entries, marks, strict=True):
        name = identity.key(draft, rule)
        if mark.raw not in known and name not in articles:
            articles[name] = draft.to_article(job.source, name, when)
    return list(articles.values())


def _warnings(found: int, rule: str, job: Job) -> list[str]:
    warnings = []
    if found > job.limit:
        warnings.append(f"only the newest {job.limit:,} of {found:,} entries were read")
    if rule != job.rule:
        told_apart_by = {identity.LINK: "their link", identity.TITLE: "title and day"}[rule]
        warnings.append(
            f"its {job.rule}s cannot be relied on; from now on its articles are told apart by {told_apart_by}"
        )
    return warnings
