"""What matching sees and decides, and the stories that come of it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from tagwire.model.articles import About, Enclosure, Precision


class Mode(StrEnum):
    """How boldly articles are taken for one story."""

    STRICT = "strict"
    """No near titles and no bodies."""
    NORMAL = "normal"
    OFF = "off"
    """Only the same guid."""


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
    reasons: tuple[str, ...] = ()
    """Why it carries each of its tags, in their order; of several reasons the best."""
    shown: Copy
    copies: tuple[Copy, ...]
    """Every copy, the first kept one first."""

    @property
    def hash(self) -> str:
        """The last part of the id: names the story's page."""
        return self.id.rpartition(":")[2]
