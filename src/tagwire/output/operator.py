"""What the operator sees and the world does not: the page of the sources, and the feed of their troubles."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from feedgen.feed import FeedGenerator

from tagwire.model import Face
from tagwire.output.environment import render
from tagwire.output.grammar import language_tag
from tagwire.output.words import words
from tagwire.text import one_line, told_without_keys, without_keys

_WIDTH, _BAR = 5, 4
_HEIGHTS = {"new": 20, "unchanged": 8, "failed": 20, "held": 14, "gone": 20}
_BOX_HEIGHT = 20
_NEVER = datetime(2026, 1, 1, tzinfo=UTC)
"""When a feed changed that has no entry yet: feedgen would take the clock's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visited:
    """A source, as its operator sees it."""

    name: str
    address: str
    outcome: str
    """Of its last visit; empty: it was never visited."""
    history: tuple[str, ...]
    """How its last visits ended, the oldest first."""
    last_at: datetime | None
    next_at: datetime
    next_reason: str
    error: str
    warnings: tuple[str, ...]
    moved_to: str
    articles: int
    duplicates: int
    missed: int
    verified: bool
    """Whether its server's certificate must hold."""

    @property
    def failing(self) -> bool:
        """Whether its last visit failed."""
        return self.outcome in {"failed", "held", "gone"}

    @property
    def troubled(self) -> bool:
        """Whether there is something that its operator may want to mend."""
        return self.failing or bool(self.warnings or self.moved_to or self.missed)

    @property
    def share(self) -> int:
        """How many of a hundred of its articles told a story that was known already."""
        return round(100 * self.duplicates / self.articles) if self.articles else 0

    @property
    def shown_address(self) -> str:
        """Its address without credentials."""
        return without_keys(self.address)

    @property
    def shown_moved_to(self) -> str:
        """Where it moved, without credentials."""
        return without_keys(self.moved_to)

    @property
    def shown_error(self) -> str:
        """Why its last visit failed, without credentials."""
        return told_without_keys(self.error)

    @property
    def shown_warnings(self) -> tuple[str, ...]:
        """What was passed over at its last visit, without credentials."""
        return tuple(map(told_without_keys, self.warnings))


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A source began to fail, or was well again."""

    number: int
    source: str
    address: str
    at: datetime
    well: bool
    error: str


def status_page(face: Face, sources: Iterable[Visited], token: str, now: datetime) -> bytes:
    """Render the page of the sources, those with troubles first.

    Args:
        face: what pages say of the site, and in which language.
        sources: all that are defined.
        token: what opens the addresses that the page links to; empty: nothing is needed.
        now: the time.

    """
    ordered = sorted(sources, key=lambda each: (not each.failing, not each.troubled, each.name.casefold()))
    zone = ZoneInfo(face.timezone)
    return render(
        "status.html",
        face,
        top="",
        sources=ordered,
        failing=sum(each.failing for each in ordered),
        query=f"?token={token}" if token else "",
        moment=lambda at: f"{at.astimezone(zone):%Y-%m-%d %H:%M}",
        bars=_bars,
        box=_box,
        now=now,
    )


def _bars(history: Sequence[str]) -> list[tuple[str, str]]:
    """Draw a bar for each visit: its outcome, and an SVG path."""
    return [
        (outcome, f"M{at * _WIDTH} {_BOX_HEIGHT}v-{_HEIGHTS[outcome]}h{_BAR}v{_HEIGHTS[outcome]}z")
        for at, outcome in enumerate(history)
    ]


def _box(history: Sequence[str]) -> str:
    return f"0 0 {max(1, len(history)) * _WIDTH} {_BOX_HEIGHT}"


def health_feed(face: Face, authority: str, troubles: Sequence[Trouble]) -> bytes:
    """Render the feed of troubles: one entry when a source began to fail, and one when it was well again.

    Args:
        face: what the feed says of the site, and in which language.
        authority: of all ids.
        troubles: the last ones, newest first.

    """
    said = words(face.language)
    feed = FeedGenerator()
    feed.id(f"tag:{authority},2026:health")
    feed.title(one_line(f"{face.title}: {said['health']}"))
    feed.author(name=one_line(face.author) or one_line(face.title) or "Tagwire")
    feed.updated(max((each.at for each in troubles), default=_NEVER))
    feed.generator("Tagwire")
    feed.link(href=f"{face.base_url}health.atom", rel="self", type="application/atom+xml")
    feed.link(href=f"{face.base_url}status", rel="alternate", type="text/html")
    feed.language(language_tag(face.language))
    for each in troubles:
        entry = feed.add_entry(order="append")
        # The number is one database's own: with the moment, no other one gives the same id to something else.
        entry.id(f"tag:{authority},2026:health:{each.number}:{int(each.at.timestamp())}")
        entry.title(one_line(said["well_again" if each.well else "began_to_fail"].format(each.source)))
        entry.published(each.at)
        entry.updated(each.at)
        entry.link(href=f"{face.base_url}status")
        shown = without_keys(each.address)
        entry.content(one_line(f"{shown} {told_without_keys(each.error)}"), type="text")
    return bytes(feed.atom_str(pretty=True))
