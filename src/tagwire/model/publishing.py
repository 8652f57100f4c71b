"""What is published."""

from dataclasses import dataclass
from datetime import datetime

from tagwire.model.filters import Everything, Filter
from tagwire.model.stories import Story


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What is published: one topic, chosen by one filter."""

    name: str
    title: str
    filter: Filter = Everything()
    subtitle: str = ""
    limit: int = 50
    language: str | None = None
    author: str = ""
    rights: str = ""
    image: str = ""
    """The address of a picture that stands for the feed."""
    content: str = "full"
    """"full" or "summary"."""
    formats: tuple[str, ...] = ("atom", "rss", "json")
    """The suffixes, without their dots, of the formats that it is published in."""
    retain: int | None = None
    """How many stories its archives hold, at least, before the oldest archive goes; None: every story for ever."""
    was: tuple[str, ...] = ()
    """The names that it had before: its addresses under them lead to those of today."""
    private: bool = False
    """Whether only those may find it who were told its address."""
    folder: str = ""
    """Where a private feed lies below the site's address, with a slash behind it: nobody guesses it."""
    tag: str = ""
    """The tag whose feed it is; empty for a feed with a definition."""
    file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TagFeeds:
    """``[tag_feeds]``: whether each tag has a feed, and from how many stories on."""

    enabled: bool = True
    least: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """What the published documents say of the site itself."""

    title: str = "Tagwire"
    base_url: str = "http://localhost:8000/"
    """Ends with a slash."""
    author: str = ""
    language: str | None = None
    timezone: str = "UTC"
    """In which pages say what time it was."""
    hub: str = ""
    """The address of a WebSub hub that subscribers may ask to be told by; empty: there is none."""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A story that a feed takes back, for ``at:deleted-entry`` (RFC 6721)."""

    id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """All that a format needs to render one feed; the same document gives the same bytes."""

    face: Face
    feed: Feed
    id: str
    """The feed's own ``tag:`` URI."""
    updated: datetime
    """The newest entry's; for an empty feed, when the feed was first known."""
    stories: tuple[Story, ...] = ()
    """Newest first."""
    withdrawn: tuple[Withdrawn, ...] = ()
    """What it published and takes back."""
    archive: int | None = None
    """Which archive of the feed this is, counted from 1, the oldest (RFC 5005, 4); None: the current document."""
    archives: int = 0
    """How many archives came before it."""
    first_archive: int = 1
    """The oldest archive that is still there; looked at by pages alone, since an archive never changes."""
    last_archive: int = 0
    """The newest archive; likewise."""
    query: str = ""
    """What its address ends with, where it is made when somebody asks: ``?q=…``."""
    page: str = ""
    """The address of its page relative to the site's, where that is not named after the feed."""
