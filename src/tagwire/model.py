"""What travels through the pipeline: small frozen values that know no package.

Times are aware and in UTC; a `day` is a calendar day in the time zone of the source that named it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeAlias

Memo: TypeAlias = Mapping[str, Any]
"""What a source wants to be told at its next visit, as JSON values; only the source's kind understands it."""


class Precision(StrEnum):
    """How exactly an article is dated."""

    MINUTE = "minute"
    DAY = "day"
    UNKNOWN = "unknown"


class Outcome(StrEnum):
    """How a visit to a source ended."""

    NEW = "new"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    HELD = "held"
    GONE = "gone"


# ---------------------------------------------------------------- what is read


class Mode(StrEnum):
    """How boldly articles are taken for one story."""

    STRICT = "strict"
    """No near titles and no bodies."""
    NORMAL = "normal"
    OFF = "off"
    """Only the same guid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What is read: a web feed, a folder of article files."""

    name: str
    kind: str
    address: str
    """Whose memory it is: the canonical URL, or the folder. Another address is another source."""
    options: Any
    """The kind's own options: an instance of its frozen dataclass."""
    home: Path = Path()
    """The folder that relative paths in the options start from."""
    tags: tuple[str, ...] = ()
    title: str = ""
    language: str | None = None
    timezone: str = "UTC"
    every: timedelta | None = None
    """None: as the kind does by default."""
    cron: str | None = None
    priority: int = 0
    """Of the copies of a story, the one from the source with the highest is shown."""
    matching: Mode = Mode.NORMAL
    file: str = ""
    """The definition's file, relative to the site, for messages."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A source that is due, and the memo of its last visit (empty at the first)."""

    source: Source
    memo: Memo = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A file that comes with an article (RFC 4287, 4.2.7.2); `length` in bytes, `duration` in seconds."""

    url: str
    type: str = ""
    length: int | None = None
    duration: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One piece, as one source tells it."""

    source: str
    """The name of the source."""
    guid: str
    """The source's own name for it; its link or path where it gives none."""
    link: str | None
    """None: it has no page of its own but ours."""
    title: str
    """Plain text, never empty: the kind sees to it."""
    published: datetime
    day: date
    dated: Precision
    updated: datetime | None = None
    summary: str = ""
    """Plain text."""
    content: str = ""
    """HTML, sanitised, every URL absolute."""
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    """The tags its source gave it, as given."""
    language: str | None = None
    enclosures: tuple[Enclosure, ...] = ()
    image: str | None = None
    rights: str = ""
    digest: str = ""
    """``RULES:HASH`` of what a reader would see; another hash is an edit, another RULES is adopted silently."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a web feed says of itself, for ``atom:source``."""

    id: str = ""
    title: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What a server asked of our schedule."""

    retry_after: timedelta | None = None
    """``Retry-After`` of a 429 or 503 (RFC 9110, 10.2.3), counted from the answer."""
    fresh_for: timedelta | None = None
    """The longest of Cache-Control max-age, Expires, ttl and sy:updatePeriod; None: nothing was said."""
    skip_hours: tuple[int, ...] = ()
    """Hours of the day in UTC (RSS 2.0 ``skipHours``)."""
    skip_days: tuple[str, ...] = ()
    """English weekday names (RSS 2.0 ``skipDays``)."""
    asked_by: str = ""
    """The host that asked us to retry later; all its sources wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one visit to one source brought home; a failure is a reading too."""

    source: Source
    outcome: Outcome
    articles: tuple[Article, ...] = ()
    memo: Memo = field(default_factory=dict)
    """For the next visit; a failed reading's memo is ignored, the old one stays."""
    memo_stays: bool = False
    """Whether the memo is the one of the last visit, so that it need not be written."""
    error: str = ""
    """Why it failed, in one line, without credentials."""
    warnings: tuple[str, ...] = ()
    """What was passed over, one line each, naming it and why."""
    about: About | None = None
    hints: Hints = Hints()
    entries: int = 0
    """How many entries the whole document had, known and unknown."""
    oldest: datetime | None = None
    """When the oldest of them was published, where all are dated."""
    moved_to: str = ""
    """Where its permanent redirects (301, 308) led, or where it is asked since they have for long enough."""
    instead: tuple[str, ...] | None = None
    """Where a web page came: the feeds that it names."""
    backlog: int | None = None
    """How many of its articles, the newest, are news; the others are kept and enter no feed. None: all are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """What was learnt of a web source's rhythm, and what it asked of ours."""

    rate: float = 0.25
    """New articles an hour, lately."""
    missed: int = 0
    """Articles that may have come and gone between two visits: an estimate."""
    fresh_for: int = 0
    """Seconds that its answers hold."""
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """One visit among the others: what the schedule decides by."""

    reading: Reading
    new: int
    """Articles in it that were not known before."""
    failures: int
    """In a row, this one included."""
    habit: Habit
    due_at: datetime
    """When it should have been."""
    last_well: datetime | None
    """When the last visit before it ended well."""
    now: datetime


@dataclass(frozen=True, slots=True)
class Next:
    """When a source is visited next, why then, and what was learnt."""

    at: datetime
    reason: str
    habit: Habit = Habit()


# ---------------------------------------------------------------- tags


def tag_key(name: str) -> str:
    """Give the form in which tags compare: case-folded, blanks and underscores as one hyphen."""
    return "-".join(name.casefold().replace("_", " ").replace("-", " ").split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """What a tag's rule is expected to do with a piece of text, as its author wrote it down."""

    title: str = ""
    summary: str = ""
    text: str = ""
    expect: bool = True
    """Whether it should earn the tag."""
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TagRule:
    """One ``[tags."NAME"]`` table of the vocabulary: the words that earn the tag."""

    name: str
    aliases: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()
    """Aliases that count only where one of `context` stands in title, summary or text too."""
    context: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    """Phrases that are passed over, with every alias in them."""
    broader: tuple[str, ...] = ()
    """The tags that an article carries because it carries this one."""
    fields: tuple[str, ...] = ("title", "summary", "text")
    """Where aliases are looked for; context is looked for everywhere."""
    min_hits: int = 1
    """How often aliases must stand in the text alone; in title and summary once is enough."""
    examples: tuple[Example, ...] = ()
    file: str = ""
    line: int | None = None


class Origin(StrEnum):
    """Where an article's tag comes from."""

    GIVEN = "given"
    SOURCE = "source"
    EARNED = "earned"


@dataclass(frozen=True, slots=True, order=True)
class TagReason:
    """A tag that an article carries, and why."""

    tag: str
    origin: Origin
    reason: str


@dataclass(frozen=True, slots=True)
class TaggedReading:
    """A reading on its way to the store: each article with its tags, in the same order."""

    reading: Reading
    tags: tuple[tuple[TagReason, ...], ...] = ()
    generation: str = ""
    """Of the rules that the tags come from."""
    own: bool = False
    """Whether the articles are the operator's own, so that a corrected date is taken over."""
    learnt: "Learnt | None" = None
    """What was learnt of the source with them, if anything was."""


# ---------------------------------------------------------------- filters


@dataclass(frozen=True, slots=True)
class Everything:
    """Every story."""


@dataclass(frozen=True, slots=True)
class HasTag:
    """Stories that carry a tag, compared by `tag_key`."""

    tag: str


class Searched(StrEnum):
    """What words and patterns are looked for in."""

    TEXT = "text"
    """Title, summary and text."""
    TITLE = "title"
    AUTHOR = "author"
    LINK = "link"


class Part(StrEnum):
    """What a story may have or lack."""

    AUTHOR = "author"
    ENCLOSURE = "enclosure"
    IMAGE = "image"
    LINK = "link"
    SUMMARY = "summary"
    TAG = "tag"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class HasWords:
    """Stories with these words one after the other, compared as `text.words` gives them."""

    words: str
    where: Searched = Searched.TEXT


@dataclass(frozen=True, slots=True)
class HasPattern:
    """Stories in which a regular expression (RE2 syntax, any case) is found."""

    pattern: str
    where: Searched = Searched.TEXT


@dataclass(frozen=True, slots=True)
class FromSource:
    """Stories of which a source, compared case-folded, carried a copy."""

    source: str


@dataclass(frozen=True, slots=True)
class InLanguage:
    """Stories in a language: ``zh`` holds for zh-CN too (RFC 4647, 3.3.1)."""

    language: str


@dataclass(frozen=True, slots=True)
class After:
    """Stories of this day or a later one; the day is the one of the story, in its source's time zone."""

    day: date


@dataclass(frozen=True, slots=True)
class Before:
    """Stories of a day before this one."""

    day: date


@dataclass(frozen=True, slots=True)
class Within:
    """Stories published at most this long ago."""

    span: timedelta


@dataclass(frozen=True, slots=True)
class Has:
    """Stories that have such a part."""

    part: Part


@dataclass(frozen=True, slots=True)
class Not:
    """Stories that `part` does not choose."""

    part: "Filter"


@dataclass(frozen=True, slots=True)
class And:
    """Stories that every part chooses."""

    parts: tuple["Filter", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Stories that any part chooses."""

    parts: tuple["Filter", ...]


Leaf: TypeAlias = Everything | HasTag | HasWords | HasPattern | FromSource | InLanguage | After | Before | Within | Has
Filter: TypeAlias = Leaf | Not | And | Or


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What filters see of a story."""

    copies: tuple[Article, ...]
    tags: frozenset[str]
    """As `tag_key` gives them, over all copies."""
    published: datetime
    day: date


# ---------------------------------------------------------------- stories


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the matcher sees of a copy that is already kept."""

    source: str
    guid: str
    title: str
    published: datetime
    day: date
    dated: Precision
    link: str | None = None
    language: str | None = None
    summary: str = ""
    content: str = ""
    """HTML, as kept."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A kept story that a newcomer could belong to: its copies, the first one first."""

    story: int
    copies: tuple[Known, ...]
    shown: int = 0
    """Which of the copies is the shown one."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Which story an article belongs to (None: a new one), and why."""

    story: int | None
    reason: str
    score: float = 1.0
    """How alike the evidence was, from 0 to 1; 1 where it was equal."""


class Change(StrEnum):
    """What it means that a source tells an article of the same guid anew."""

    NONE = "none"
    """Nothing that a reader would notice."""
    EDIT = "edit"
    ANOTHER = "another"
    """Title, day and text all changed: a column that keeps its address. It is a new article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """What a source's own articles have taught about it."""

    version: str = ""
    """Of the rules that learnt it; what another version learnt is learnt anew."""
    suffixes: frozenset[str] = frozenset()
    """What it hangs on its titles, as `text.folded`."""
    recurring: frozenset[str] = frozenset()
    """Clean titles that came on three days or more."""
    links: frozenset[str] = frozenset()
    """Canonical links that it gives to more than one article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """What the matcher knows of a source."""

    title: str = ""
    host: str = ""
    mode: Mode = Mode.NORMAL
    priority: int = 0
    """The copy from the source with the highest one is shown."""
    learnt: Learnt = Learnt()


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One source's telling of a story."""

    source: str
    guid: str
    link: str | None
    title: str
    published: datetime
    reason: str
    """Why it belongs to this story."""
    about: About = About()


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What is published: the shown copy's text under the story's own id."""

    id: str
    """A ``tag:`` URI (RFC 4151), the same for ever and in every feed."""
    published: datetime
    updated: datetime
    day: date
    title: str
    link: str | None
    summary: str
    content: str
    authors: tuple[str, ...]
    language: str | None
    enclosures: tuple[Enclosure, ...]
    image: str | None
    rights: str
    tags: tuple[str, ...]
    """The union over the copies, sorted by `tag_key`."""
    shown: Copy
    copies: tuple[Copy, ...]
    """Every copy, the first kept one first."""

    @property
    def hash(self) -> str:
        """The last part of the id: names the story's page."""
        return self.id.rpartition(":")[2]


# ---------------------------------------------------------------- what is published


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One user's folders, loaded and checked."""

    root: Path
    face: Face = Face()
    timezone: str = "UTC"
    database: str = ""
    """An SQLAlchemy URL; empty: ``tagwire.db`` beside the folders."""
    contact: str = ""
    """Where the operators of servers that we visit find us: an address of the web, or of mail."""
    proxy: str = ""
    """The address of the proxy that all visits to the web go through; empty: none."""
    matching: Mode = Mode.NORMAL
    sources: tuple[Source, ...] = ()
    feeds: tuple[Feed, ...] = ()
    tag_feeds: TagFeeds = TagFeeds()
    rules: tuple[TagRule, ...] = ()
