"""Cards: what the page of all feeds says of one of them. They are kept, so that only cards that changed are made."""

from dataclasses import dataclass
from datetime import date

_DAYS = 42
_WIDTH, _BAR, _HEIGHT = 3, 2, 24


@dataclass(frozen=True, slots=True)
class Headline:
    """A story on a card."""

    title: str
    link: str
    """Relative to the top of ``output/``, where it is ours."""
    day: date
    language: str | None


@dataclass(frozen=True, slots=True)
class Card:
    """What the page of all feeds says of one of them."""

    stories: int = 0
    headlines: tuple[Headline, ...] = ()
    tags: tuple[str, ...] = ()
    """The commonest tags of its stories."""
    trend: tuple[tuple[date, int], ...] = ()
    """How many stories there were on each of the last days that had any."""

    @property
    def recent(self) -> int:
        """How many stories the trend shows."""
        return sum(count for _, count in self.trend)


def sparkline(trend: tuple[tuple[date, int], ...]) -> str:
    """Draw six weeks up to the newest story's day, a bar for each day, as an SVG path in a box of `BOX`."""
    if not trend:
        return ""
    last, most = trend[-1][0], max(count for _, count in trend)
    bars = []
    for day, count in trend:
        at = _DAYS - 1 - (last - day).days
        height = max(2, round(count / most * _HEIGHT))
        if at >= 0:
            bars.append(f"M{at * _WIDTH} {_HEIGHT}v-{height}h{_BAR}v{height}z")
    return "".join(bars)


BOX = f"0 0 {_DAYS * _WIDTH - (_WIDTH - _BAR)} {_HEIGHT}"
"""The ``viewBox`` that sparklines are drawn in."""
