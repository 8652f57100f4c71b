"""Sources, and what the visits to them bring home."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from tagwire.model.articles import About, Article
from tagwire.model.stories import Learnt, Mode
from tagwire.model.tags import TagReason

Memo: TypeAlias = Mapping[str, Any]
"""What a source wants to be told at its next visit, as JSON values; only the source's kind understands it."""

LONGEST_HOLD = timedelta(days=7)
"""How long a host that asks for patience is left alone at most, whatever it asks for."""


class Outcome(StrEnum):
    """How a visit to a source ended."""

    NEW = "new"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    HELD = "held"
    GONE = "gone"

    @property
    def well(self) -> bool:
        """Whether the visit ended as it should."""
        return self is Outcome.NEW or self is Outcome.UNCHANGED


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
    held: Mapping[str, datetime] = field(default_factory=dict)
    """The hosts that asked for patience, and until when each is left alone, whatever leads there."""


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
    known: bool = False
    """Whether it asked before this visit, which did not go there, so that nothing new is to be remembered."""


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


@dataclass(frozen=True, slots=True)
class TaggedReading:
    """A reading on its way to the store: each article with its tags, in the same order."""

    reading: Reading
    tags: tuple[tuple[TagReason, ...], ...] = ()
    generation: str = ""
    """Of the rules that the tags come from."""
    own: bool = False
    """Whether the articles are the operator's own, so that a corrected date is taken over."""
    learnt: Learnt | None = None
    """What was learnt of the source with them, if anything was."""


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


class Attendance(NamedTuple):
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
    hold: datetime | None = None
    """Until when the whole host that asked for it is left alone; None: none asked anew."""
