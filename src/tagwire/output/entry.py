"""What every format says of one story, settled once: its links, its authors, its text, where it comes from.

An entry depends on its face, its feed and its story alone, not on its neighbours in the feed.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import accumulate, takewhile
from unicodedata import east_asian_width
from uuid import NAMESPACE_URL, uuid5

from tagwire.model import About, Copy, Enclosure, Face, Feed, Story
from tagwire.output.addresses import address, page_path, story_address, story_path, tag_scheme
from tagwire.output.grammar import is_id, language_tag, media_type, web_address
from tagwire.text import is_chinese, one_line, plain, xml_safe

_EXCERPT = 300


@dataclass(frozen=True, slots=True)
class Link:
    """An address, and what stands there."""

    href: str
    title: str


@dataclass(frozen=True, slots=True)
class Telling:
    """A copy of a story: who told it, and why it is this story."""

    source: str
    title: str
    link: str | None
    published: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Carried:
    """A tag of a story, and why it carries it."""

    tag: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One story as a feed tells it; every string is safe for XML, every address is one that the formats allow."""

    id: str
    title: str
    published: datetime
    updated: datetime
    day: date
    link: str
    page: str | None
    """The path of our own page in ``output/``, where that is what the link leads to."""
    link_type: str
    """``text/html`` for our own page; empty where nobody told what the link leads to."""
    via: tuple[Link, ...]
    """The other copies that have an address of their own."""
    authors: tuple[str, ...]
    """Empty where nobody is named: then the feed's own author stands for it (RFC 4287, 4.2.1)."""
    tags: tuple[str, ...]
    carried: tuple[Carried, ...]
    """The tags again, each with its reason."""
    tag_scheme: str
    summary: str
    """Plain text."""
    content: str
    """HTML, sanitised; empty in a feed of summaries."""
    enclosures: tuple[Enclosure, ...]
    image: str | None
    rights: str
    language: str | None
    source: About
    """Of the shown copy; its id and title are never empty."""
    copies: tuple["Telling", ...]
    """Every copy, the first kept one first."""


def make_entry(face: Face, feed: Feed, story: Story) -> Entry:
    """Settle what a feed says of a story."""
    page = story_path(story)
    link = story_address(face, story)
    full = feed.content == "full"
    if page and feed.private:  # its page is not there where no public feed holds it, so that all stands here
        page, full = page_path(feed), True
        link = address(face, page) + "#" + story.id.rpartition(":")[2]
    source = _source(story)
    return Entry(
        id=story.id,
        title=one_line(story.title) or link,
        published=story.published.astimezone(UTC),
        updated=story.updated.astimezone(UTC),
        day=story.day,
        link=link,
        page=page,
        link_type="text/html" if page else "",
        via=_via(story, link),
        authors=_names(story.authors) or _names((story.shown.about.title,)),
        tags=_names(story.tags),
        carried=carried(story),
        tag_scheme=tag_scheme(face),
        summary=xml_safe(story.summary).strip() or ("" if full else excerpt(plain(story.content))),
        content=xml_safe(story.content).strip() if full else "",
        enclosures=tuple(filter(None, map(_enclosure, story.enclosures))),
        image=web_address(story.image),
        rights=one_line(story.rights),
        language=written_in(story.language, story.title),
        source=source,
        copies=tellings(story),
    )


def carried(story: Story) -> tuple[Carried, ...]:
    """Give the tags of a story of which it is known why it carries them."""
    reasons: dict[str, str] = {}
    for tag, reason in zip(story.tags, story.reasons, strict=False):
        if name := one_line(tag):
            reasons.setdefault(name, one_line(reason))
    return tuple(Carried(tag, reason) for tag, reason in reasons.items())


def tellings(story: Story) -> tuple[Telling, ...]:
    """Give the copies of a story, each with why it is one."""
    return tuple(map(_telling, story.copies))


def feed_title(feed: Feed) -> str:
    """Give what people call a feed: never empty."""
    return one_line(feed.title) or one_line(feed.name)


def feed_author(face: Face, feed: Feed) -> str:
    """Give who stands for a feed where nobody else does: never empty."""
    return one_line(feed.author) or one_line(face.author) or one_line(face.title) or feed_title(feed)


def excerpt(text: str) -> str:
    """Give the beginning of a text, cut between words where it has blanks; a Chinese character takes two places."""
    places = accumulate(2 if east_asian_width(sign) in "WF" else 1 for sign in text)
    cut = text[: sum(1 for _ in takewhile(_EXCERPT.__ge__, places))]
    return text if cut == text else (cut.rpartition(" ")[0] or cut) + "…"


def written_in(language: str | None, title: str) -> str | None:
    """Give the language of a story: what its source says, else Chinese where its title is; None: nobody knows."""
    return language_tag(language) or ("zh" if is_chinese(title) else None)


def copy_title(copy: Copy) -> str:
    """Give what people call the source of a copy: its own title, else the name it has here."""
    return one_line(copy.about.title) or one_line(copy.source) or "?"


def _names(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for each in names if (name := one_line(each))))


def _via(story: Story, link: str) -> tuple[Link, ...]:
    others: dict[str, Link] = {}
    for copy in story.copies:
        href = web_address(copy.link)
        if href and href != link:
            others.setdefault(href, Link(href, copy_title(copy)))
    return tuple(others.values())


def _telling(copy: Copy) -> Telling:
    return Telling(
        source=copy_title(copy),
        title=one_line(copy.title),
        link=web_address(copy.link),
        published=copy.published.astimezone(UTC),
        reason=one_line(copy.reason),
    )


def _source(story: Story) -> About:
    about = story.shown.about
    link = web_address(about.link)
    # A source without an address (a folder) is named by its authority and name, so that it has one id in every feed.
    name = f"{story.id.partition(',')[0]}/{story.shown.source}"
    own = about.id if is_id(about.id) else link
    return About(
        id=own or uuid5(NAMESPACE_URL, xml_safe(name)).urn,
        title=copy_title(story.shown),
        link=link or "",
    )


def _enclosure(enclosure: Enclosure) -> Enclosure | None:
    url = web_address(enclosure.url)
    if not url:
        return None
    length = enclosure.length if enclosure.length is not None and enclosure.length >= 0 else None
    duration = enclosure.duration if enclosure.duration is not None and enclosure.duration > 0 else None
    return replace(enclosure, url=url, type=media_type(enclosure.type), length=length, duration=duration)
