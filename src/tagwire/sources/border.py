"""The border: what every article goes through on its way in, whatever kind of source brought it.

Behind it all text is safe for XML, all HTML is sanitised with absolute URLs, every title says something,
and every link is one that a reader may follow.
"""

import hashlib
import json
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Literal
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

import can_ada
import nh3

from tagwire.model import About, Article, Enclosure, Precision, Source
from tagwire.text import one_line, plain, xml_safe

RULES = "1"
"""The version of the rules below; with another one, changed digests are adopted silently instead of as edits."""

SCHEMES = frozenset({"http", "https", "mailto"})
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*")
_MOST_TAGS = 20_000
_DEEPEST_SENT, _DEEPEST = 1_000, 256
_TAG = re.compile(r"<(?P<closes>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]*)[^<>]*>")
_EMPTY = frozenset({"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
_ENDED_BY_THE_NEXT = frozenset(
    {"p", "li", "dd", "dt", "tr", "td", "th", "thead", "tbody", "tfoot", "rp", "rt", "option"}
)
"""Elements whose end may be left out (HTML, 13.1.2.4): a thousand of them in a row stand inside nothing."""
_MOST_NAMES = 100
_TITLE_LENGTH = 120
_NAME_LENGTH = 200
_UNSEEN = dict.fromkeys(map(ord, "\t\r\n\x7f"))
_ABSOLUTE = ("http://", "https://")
_SUMMARY_LENGTH = 4000


@dataclass(frozen=True, slots=True)
class When:
    """When an article was published, as exactly as its source says."""

    moment: datetime
    """Aware; of a day without a clock, 00:00 in its source's time zone."""
    day: date
    dated: Precision


def at(moment: datetime, source: Source) -> When:
    """Date an article by the clock; a moment without a zone is in the source's."""
    zone = ZoneInfo(source.timezone)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return When(moment.astimezone(UTC), moment.astimezone(zone).date(), Precision.MINUTE)


def on(day: date, source: Source) -> When:
    """Date an article by a day without a clock."""
    return When(datetime.combine(day, time(), ZoneInfo(source.timezone)).astimezone(UTC), day, Precision.DAY)


def undated(seen: datetime, source: Source) -> When:
    """Date an article that says nothing by the time it was seen."""
    return replace(at(seen, source), dated=Precision.UNKNOWN)


def sanitised(markup: str, base: str = "") -> str:
    """Give HTML that is safe to show (the only call of nh3), its relative URLs resolved against `base`.

    Links are http, https or mailto; without a usable base, relative ones lose their target.
    """
    bounded = _flattened(_bounded(xml_safe(markup)), _DEEPEST_SENT, _EMPTY | _ENDED_BY_THE_NEXT)
    if base and safe_url(base) == base:
        # nh3 knows fewer hosts than browsers do, and says so by raising.
        with suppress(ValueError):
            return _cleaned(bounded, ("rewrite_with_base", base))
    return _cleaned(bounded, "deny")


def _cleaned(markup: str, relative: Literal["deny"] | tuple[Literal["rewrite_with_base"], str]) -> str:
    clean = nh3.clean(markup, url_schemes=set(SCHEMES), url_relative=relative, link_rel=None)
    safe = xml_safe(clean).strip()  # once more: references to forbidden characters have become characters
    return _flattened(safe, _DEEPEST, _EMPTY)


def safe_url(url: str, base: str = "", schemes: frozenset[str] = frozenset({"http", "https"})) -> str | None:
    """Give `url` made absolute if a reader may follow it, else None.

    It is judged as a browser reads it: blanks at the ends and control characters anywhere are gone (WHATWG URL, 4.4).
    """
    bare = xml_safe(url).strip().translate(_UNSEEN)
    if not bare:
        return None
    try:
        whole = urljoin(base, bare) if base and not bare.startswith(_ABSOLUTE) else bare
        parts = urlsplit(whole)
        usable = parts.scheme.lower() in schemes and (parts.scheme == "mailto" or bool(parts.hostname))
    except ValueError:
        return None
    whole = whole.replace(" ", "%20")
    return whole if usable and can_ada.can_parse(whole) else None


def _bounded(markup: str) -> str:
    """Cut HTML after so many tags that the parsers, quadratic in depth, would take seconds for what is nested in it."""
    place = -1
    for _ in range(_MOST_TAGS + 1):
        place = markup.find("<", place + 1)
        if place < 0:
            return markup
    return markup[:place]


def _flattened(markup: str, most: int, flat: frozenset[str]) -> str:
    """Give HTML with so many elements inside one another at most; the text of deeper ones stays.

    Browsers draw a line, too. Of what was sent it is an estimate that saves the sanitiser, quadratic in depth, most of
    its work; of what it gives, where every element has its end, it is exact, and saves whoever reads it after us.
    """
    if markup.count("<") <= most:
        return markup
    depth = 0

    def kept(tag: re.Match[str]) -> str:
        nonlocal depth
        if tag["name"].lower() in flat:
            return tag[0]
        closes = bool(tag["closes"])
        depth += not closes
        stays = depth <= most
        depth -= closes and depth > 0
        return tag[0] if stays else ""

    return _TAG.sub(kept, markup)


def make_about(*, id: str, title: str, link: str) -> About:  # noqa: A002 - the name of the element
    """Make what a web feed says of itself of what it brought."""
    return About(id=one_line(id), title=one_line(title), link=one_line(link))


def make_article(  # noqa: PLR0913 - one argument for each thing that an article may bring
    source: Source,
    when: When,
    *,
    guid: str,
    link: str | None = None,
    title: str = "",
    summary: str = "",
    content: str = "",
    base: str = "",
    updated: datetime | None = None,
    authors: tuple[str, ...] = (),
    tags: tuple[str, ...] = (),
    language: str | None = None,
    enclosures: tuple[Enclosure, ...] = (),
    image: str | None = None,
    rights: str = "",
    dates_are_content: bool = False,
) -> Article:
    """Make an article of what a source brought: raw values go in, safe ones come out.

    Args:
        source: where it comes from; gives the name, the time zone and the language it lacks.
        when: from `at`, `on` or `undated`.
        guid: the source's own name for it; empty: its link, else its title.
        link: its page, made absolute against `base`; None or unusable: it has none.
        title: text (not HTML); empty: the first words of the summary or content, else the link.
        summary: text (not HTML).
        content: HTML.
        base: what relative URLs are resolved against.
        updated: aware, or None.
        authors: names.
        tags: as the source gives them; repeated ones count once, in the first spelling.
        language: a BCP 47 tag; None: the source's.
        enclosures: their addresses are made absolute, unusable ones go.
        image: the address of a picture.
        rights: who owns it, as text.
        dates_are_content: whether a corrected date is an edit (article files) or noise (web feeds).

    """
    link = safe_url(link, base) if link else None
    body = sanitised(content, base or link or "")
    words = one_line(summary)
    heading = one_line(title) or _first_words(words or plain(body)) or link or one_line(guid) or "?"
    article = Article(
        source=source.name,
        guid=xml_safe(guid).strip() or link or heading,
        link=link,
        title=heading,
        published=when.moment,
        day=when.day,
        dated=when.dated,
        updated=updated.astimezone(UTC) if updated else None,
        summary=words[:_SUMMARY_LENGTH],
        content=body,
        authors=_once(authors),
        tags=_once(tags),
        language=_language(language) or source.language,
        enclosures=tuple(
            replace(each, url=url, type=one_line(each.type))
            for each in enclosures
            if (url := safe_url(each.url, base)) is not None
        ),
        image=safe_url(image, base) if image else None,
        rights=one_line(rights),
    )
    return replace(article, digest=digest(article, dates_are_content=dates_are_content))


def digest(article: Article, *, dates_are_content: bool = False) -> str:
    """Give ``RULES:HASH`` of what a reader would see of an article."""
    seen: list[object] = [
        article.title, article.summary, article.content, article.link, article.authors, article.tags,
        [each.url for each in article.enclosures], article.image, article.rights,
    ]  # fmt: skip
    if dates_are_content and article.dated is not Precision.UNKNOWN:
        seen += [article.published.isoformat(), article.dated]
    text = json.dumps(seen, ensure_ascii=True)
    return f"{RULES}:{hashlib.blake2b(text.encode(), digest_size=16).hexdigest()}"


def _first_words(text: str) -> str:
    if len(text) <= _TITLE_LENGTH:
        return text
    cut = text[:_TITLE_LENGTH]
    return (cut.rpartition(" ")[0] or cut).rstrip(" ,;:，；：、") + "…"


def _language(tag: str | None) -> str | None:
    """Give a language tag (BCP 47) if it looks like one."""
    return tag.replace("_", "-") if tag and _LANGUAGE.fullmatch(tag) else None


def _once(names: tuple[str, ...]) -> tuple[str, ...]:
    first: dict[str, str] = {}
    for name in names:
        if clean := one_line(name)[:_NAME_LENGTH]:
            first.setdefault(clean.casefold(), clean)
    return tuple(first.values())[:_MOST_NAMES]
