"""Which story an article belongs to, and why.

Pure: values go in, a decision with its reason comes out. The table, strongest evidence first:

==============================================  ==========================================================
same canonical link, not one its source shares  one story, unless title, day and text are all others
same clean title within its window              one story, unless the texts hardly overlap
near title within 36 hours, nothing objects     one story, unless the texts hardly overlap
texts nearly the same within 72 hours           one story, unless the titles differ in figures or days only
else                                            a new story
==============================================  ==========================================================

The same guid of the same source is settled before, by the store and `tagwire.stories.edits`.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from tagwire.model import Article, Candidate, Change, Decision, Known, Mode, Outlet
from tagwire.stories import bodies, edits, keys, windows
from tagwire.stories.headline import Headline, headline
from tagwire.stories.links import canonical
from tagwire.stories.near import differ_in_figures_only, likeness
from tagwire.stories.titles import names_of

_ALIKE = 0.8
_UNLIKE = 0.2
"""Shares of the shorter text: from the first on two texts are one, below the second they are two."""
_BOLDNESS = (Mode.OFF, Mode.STRICT, Mode.NORMAL)
_BODY, _NEAR, _TITLE, _LINK = range(1, 5)


class _Told(NamedTuple):
    """An article or a copy, and what is seen in it."""

    by: Article | Known
    title: Headline
    link: str | None
    outlet: Outlet


class _Found(NamedTuple):
    """Evidence that two articles are one story."""

    rank: int
    score: float
    reason: str


class _Claim(NamedTuple):
    """Why an article is a copy of a story; the greatest wins."""

    rank: int
    score: float
    nearness: timedelta
    """Negative: how far apart in time."""
    story: int
    """Negative: of equals, the older story wins."""
    reason: str


class Matcher:
    """Decides whether an article is a copy of a story that is already kept.

    Args:
        outlets: what is known of the sources, by name; one that is missing is known by its name alone. It is looked
            into at each question, so that it may grow.
        mode: the site's; a source may be stricter.

    """

    version = "4"
    """Of the rules and of the keys; kept copies have to be indexed anew under another one."""
    reach = max(windows.ACROSS_SOURCES + windows.ZONES, windows.BODY)
    """How far apart in time copies of one story may lie, either way, unless a link joins them."""
    most = 24
    """Candidates that are worth weighing: those that share the most keys."""

    def __init__(self, outlets: Mapping[str, Outlet] | None = None, mode: Mode = Mode.NORMAL) -> None:
        """Remember what is known of the sources."""
        self._mode = mode
        self._outlets = outlets or {}

    def keys(self, article: Article | Known) -> tuple[str, ...]:
        """Give the keys that a copy is found by, by its title ("t"), its text ("b") and its words ("w").

        A story within `reach` that shares one of the first two, or two different ones of the last, is a candidate.
        They are the same in every mode, so that a stricter or bolder one needs no new index.
        """
        title = self._headline(article)
        body = bodies.sketch(article.content, article.summary)
        return (keys.of_title(title), *keys.of_words(title), *keys.of_body(body))

    def lasting_keys(self, article: Article | Known) -> tuple[str, ...]:
        """Give the keys that find a story at any distance in time: that of its link."""
        link = canonical(article.link)
        return () if link is None or link in self._outlet(article.source).learnt.links else (keys.of_link(link),)

    def are_enough(self, shared: AbstractSet[str]) -> bool:
        """Tell whether a story that shares these keys is worth weighing."""
        return keys.are_enough(shared)

    def change(self, before: Known, after: Article, *, own: bool) -> Change:
        """Tell what it means that a source tells an article anew; `own`: whether a corrected date is an edit."""
        return edits.judge(before, after, dates_are_content=own)

    def may_update(self, changes: int, updated: datetime, now: datetime) -> bool:
        """Tell whether an edit may update its story now, or waits because the article changes at every visit."""
        return edits.is_due(changes, updated, now)

    def decide(self, article: Article, candidates: Sequence[Candidate]) -> Decision:
        """Give the story that an article is a copy of, the likeliest where there are several, or none."""
        mine = self._told(article)
        claims = [claim for each in candidates if (claim := self._weigh(mine, each)) is not None]
        if not claims:
            return Decision(None, "no other story is like it")
        best = max(claims)
        return Decision(-best.story, best.reason, round(best.score, 2))

    def shown(self, copies: Sequence[Known]) -> int:
        """Give which copy of a story is shown: of the source with the highest priority, the fullest, the earliest."""
        return max(
            range(len(copies)),
            key=lambda place: (
                self._outlet(copies[place].source).priority,
                len(copies[place].content) + len(copies[place].summary),
                -copies[place].published.timestamp(),
                -place,
            ),
        )

    def _weigh(self, mine: _Told, candidate: Candidate) -> _Claim | None:
        """Weigh an article against a story's first copy and its shown one; further ones would make chains."""
        claims = [
            claim
            for place in {0, candidate.shown}
            if (claim := self._compare(mine, self._told(candidate.copies[place]), candidate.story)) is not None
        ]
        best = max(claims, default=None)
        if best is not None and best.rank < _LINK and not _fits_its_own(mine.by, candidate):
            return None
        return best

    def _compare(self, mine: _Told, yours: _Told, story: int) -> _Claim | None:
        mode = min(self._mode, mine.outlet.mode, yours.outlet.mode, key=_BOLDNESS.index)
        if mode is Mode.OFF:
            return None
        found = _by_link(mine, yours)
        if found is None and windows.within(mine.by, yours.by, self.reach):
            found = _by_title(mine, yours)
            if found is None and mode is Mode.NORMAL:
                found = _by_near_title(mine, yours) or _by_body(mine, yours)
        if found is None:
            return None
        told = f"{found.reason} as {yours.by.source}, {windows.distance(mine.by, yours.by)}"
        return _Claim(found.rank, found.score, -windows.apart(mine.by, yours.by), -story, told)

    def _told(self, article: Article | Known) -> _Told:
        link = canonical(article.link)
        outlet = self._outlet(article.source)
        return _Told(article, self._headline(article), None if link in outlet.learnt.links else link, outlet)

    def _headline(self, article: Article | Known) -> Headline:
        return headline(article.title, _names(article.source, self._outlet(article.source)))

    def _outlet(self, source: str) -> Outlet:
        return self._outlets.get(source, _UNKNOWN)


_UNKNOWN = Outlet()


@lru_cache(maxsize=2_048)
def _names(source: str, outlet: Outlet) -> frozenset[str]:
    return names_of(source, outlet)


def _fits_its_own(article: Article | Known, candidate: Candidate) -> bool:
    """Tell whether the story holds no copy from the article's own source outside that source's window."""
    return all(
        windows.within(article, copy, windows.WITHIN_SOURCE)
        for copy in candidate.copies
        if copy.source == article.source
    )


def _by_link(mine: _Told, yours: _Told) -> _Found | None:
    if mine.link is None or mine.link != yours.link:
        return None
    if mine.title.text != yours.title.text and mine.by.day != yours.by.day:
        overlap = _overlap(mine, yours)
        told_anew = (
            overlap >= _ALIKE if overlap is not None else likeness(mine.title, yours.title, same_source=False) > 0
        )
        if not told_anew:
            return None
    return _Found(_LINK, 1.0, "same link")


def _by_title(mine: _Told, yours: _Told) -> _Found | None:
    text = mine.title.text
    if text != yours.title.text or mine.title.forms != yours.title.forms:
        return None
    if mine.by.day != yours.by.day and any(text in each.outlet.learnt.recurring for each in (mine, yours)):
        return None
    window = windows.title_window(mine.by, yours.by, short=mine.title.short, routine=mine.title.routine)
    if not windows.within(mine.by, yours.by, window) or _unlike(mine, yours):
        return None
    return _Found(_TITLE, 1.0, "same title")


def _by_near_title(mine: _Told, yours: _Told) -> _Found | None:
    routine = mine.title.routine or yours.title.routine
    window = min(windows.NEAR_TITLE, windows.title_window(mine.by, yours.by, short=False, routine=routine))
    if not windows.within(mine.by, yours.by, window):
        return None
    score = likeness(mine.title, yours.title, same_source=mine.by.source == yours.by.source)
    if not score or _unlike(mine, yours):
        return None
    return _Found(_NEAR, score, f"nearly the same title ({score:.2f})")


def _by_body(mine: _Told, yours: _Told) -> _Found | None:
    if not windows.within(mine.by, yours.by, windows.BODY) or differ_in_figures_only(mine.title, yours.title):
        return None
    one, other = _shingles(mine), _shingles(yours)
    score = bodies.overlap(one, other)
    if score is None or score < _ALIKE or not bodies.as_long(one, other):
        return None
    return _Found(_BODY, score, f"nearly the same text ({score:.2f})")


def _shingles(told: _Told) -> frozenset[int]:
    return bodies.shingles(told.by.content, told.by.summary)


def _overlap(mine: _Told, yours: _Told) -> float | None:
    return bodies.overlap(_shingles(mine), _shingles(yours))


def _unlike(mine: _Told, yours: _Told) -> bool:
    overlap = _overlap(mine, yours)
    return overlap is not None and overlap < _UNLIKE
