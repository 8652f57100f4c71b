"""Cards: what the page of all feeds says of one of them. They are kept, so that only cards that changed are made."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

_DAYS = 42
_WIDTH, _BAR, _HEIGHT = 3, 2, 24


@dataclass(frozen=True, slots=True)
class Headline:
    """A story on a card."""

    title: str
    link: str
    """Relative to the top of ``output/``, where it is ours."""
    day: str
    """In ISO 8601."""
    language: str | None


@dataclass(frozen=True, slots=True)
class Card:
    """What the page of all feeds says of one of them."""

    stories: int = 0
    headlines: tuple[Headline, ...] = ()
    tags: tuple[tuple[str, int], ...] = ()
    """The commonest tags of its stories, with how many of them carry each."""
    trend: tuple[tuple[str, int], ...] = ()
    """How many stories there were on each of the last days that had any, in ISO 8601."""

    @property
    def recent(self) -> int:
        """How many stories the trend shows."""
        return sum(count for _, count in self.trend)

    def as_json(self) -> dict[str, Any]:
        """Give the card as JSON values."""
        return asdict(self)


def card_from(values: Mapping[str, Any]) -> Card:
    """Read a card back."""
    return Card(
        stories=values.get("stories", 0),
        headlines=tuple(Headline(**each) for each in values.get("headlines", ())),
        tags=tuple((tag, count) for tag, count in values.get("tags", ())),
        trend=tuple((day, count) for day, count in values.get("trend", ())),
    )


def sparkline(trend: tuple[tuple[str, int], ...]) -> str:
    """Draw six weeks up to the newest story's day, a bar for each day, as an SVG path in a box of `BOX`."""
    if not trend:
        return ""
    last, most = date.fromisoformat(trend[-1][0]), max(count for _, count in trend)
    bars = []
    for day, count in trend:
        at = _DAYS - 1 - (last - date.fromisoformat(day)) // timedelta(days=1)
        height = max(2, round(count / most * _HEIGHT))
        if at >= 0:
            bars.append(f"M{at * _WIDTH} {_HEIGHT}v-{height}h{_BAR}v{height}z")
    return "".join(bars)


BOX = f"0 0 {_DAYS * _WIDTH - (_WIDTH - _BAR)} {_HEIGHT}"
"""The ``viewBox`` that sparklines are drawn in."""
