"""Which story an article belongs to: the same title, near enough in time, is the same story.

Pure: values go in, a decision with its reason comes out. The store has already settled the same (source, guid).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from tagwire.model import Article, Candidate, Decision, Known, Precision
from tagwire.text import folded

ACROSS_SOURCES = timedelta(hours=48)
WITHIN_SOURCE = timedelta(hours=20)
"""Shorter than a day: a daily column returns under its title after 22 to 26 hours, and is another story each time."""


@dataclass(frozen=True, slots=True)
class Matcher:
    """Decides whether an article is a copy of a story that is already kept."""

    version: str = "1"
    """Of the rules and of the keys; kept copies have to be indexed anew under another one."""
    reach: timedelta = timedelta(hours=74)
    """How far apart in time copies of one story may lie, either way.

    The widest case is two neighbouring days without a clock: 48 hours, and 26 more between the time zones.
    """

    def keys(self, article: Article) -> tuple[str, ...]:
        """Give the keys that a copy is found by: a story within `reach` that shares one is a candidate."""
        return (hashlib.blake2b(folded(article.title).encode(), digest_size=12).hexdigest(),)

    def decide(self, article: Article, candidates: Sequence[Candidate]) -> Decision:
        """Give the story that an article is a copy of, the nearest in time where there are several, or none."""
        title = folded(article.title)
        rivals = [each for each in candidates if folded(each.copies[0].title) == title]
        fitting = [each for each in rivals if _fits(article, each)]
        if fitting:
            nearest = min(fitting, key=lambda each: (_apart(article, each.copies[0]), each.story))
            return Decision(nearest.story, f"same title as {_distance(article, nearest.copies[0])}")
        if rivals:
            nearest = min(rivals, key=lambda each: (_apart(article, each.copies[0]), each.story))
            return Decision(None, f"same title as {_distance(article, nearest.copies[0])}: too far for one story")
        return Decision(None, "no other story has this title")


def _fits(article: Article, candidate: Candidate) -> bool:
    """Tell whether an article is near the story's first copy (no chains) and every copy of its own source."""
    own = (copy for copy in candidate.copies[1:] if copy.source == article.source)
    return _near(article, candidate.copies[0]) and all(_near(article, copy) for copy in own)


def _near(article: Article, copy: Known) -> bool:
    same_source = article.source == copy.source
    if Precision.DAY in {article.dated, copy.dated}:
        return abs(article.day - copy.day) <= timedelta(days=0 if same_source else 1)
    return _apart(article, copy) <= (WITHIN_SOURCE if same_source else ACROSS_SOURCES)


def _apart(article: Article, copy: Known) -> timedelta:
    return abs(article.published - copy.published)


def _distance(article: Article, copy: Known) -> str:
    """Say whose copy it is and how far away, as the windows count: by days where there is no clock."""
    if Precision.DAY in {article.dated, copy.dated}:
        days = abs(article.day - copy.day).days
        return f"{copy.source}, " + ("on the same day" if days == 0 else f"{days} day{'s' * (days > 1)} apart")
    minutes = round(_apart(article, copy).total_seconds() / 60)
    return f"{copy.source}, " + (f"{minutes} min apart" if minutes < 60 else f"{round(minutes / 60)} h apart")  # noqa: PLR2004 - an hour
