"""How far apart in time two articles may be and still be one story."""

from datetime import date, datetime, timedelta
from typing import Protocol

from tagwire.model import Precision

ACROSS_SOURCES = timedelta(hours=48)
WITHIN_SOURCE = timedelta(hours=20)
"""Shorter than a day: a daily column returns under its title after 22 to 26 hours, and is another story each time."""
SHORT_TITLE = timedelta(hours=12)
ROUTINE = timedelta(hours=16)
"""For titles that read like a forecast or a fixing, from whatever source: less than a day."""
NEAR_TITLE = timedelta(hours=36)
BODY = timedelta(hours=72)
ZONES = timedelta(hours=26)
"""How far apart one calendar day may begin: from UTC+14 to UTC-12."""


class Dated(Protocol):
    """What windows look at: an article, or a copy that is kept."""

    @property
    def source(self) -> str:
        """Its source's name."""

    @property
    def published(self) -> datetime:
        """When, in UTC."""

    @property
    def day(self) -> date:
        """The calendar day in its source's time zone."""

    @property
    def dated(self) -> Precision:
        """How exactly."""


def apart(one: Dated, other: Dated) -> timedelta:
    """Give how far apart two articles were published."""
    return abs(one.published - other.published)


def within(one: Dated, other: Dated, window: timedelta) -> bool:
    """Tell whether two articles are near enough in time.

    By the clock: within `window`. Where either has a day without a clock, by days: the same day within one source,
    neighbouring days across sources.
    """
    if Precision.DAY in {one.dated, other.dated}:
        return abs(one.day - other.day) <= timedelta(days=0 if one.source == other.source else 1)
    return apart(one, other) <= window


def title_window(one: Dated, other: Dated, *, short: bool, routine: bool) -> timedelta:
    """Give how far apart articles with the same title may be."""
    window = WITHIN_SOURCE if one.source == other.source else ACROSS_SOURCES
    if routine:
        window = min(window, ROUTINE)
    return min(window, SHORT_TITLE) if short else window


def distance(one: Dated, other: Dated) -> str:
    """Say how far apart two articles are, as the windows count: by days where there is no clock."""
    if Precision.DAY in {one.dated, other.dated}:
        days = abs(one.day - other.day).days
        return "on the same day" if days == 0 else f"{days} day{'s' * (days > 1)} apart"
    time = apart(one, other)
    if time < timedelta(minutes=59, seconds=30):
        return f"{round(time / timedelta(minutes=1))} min apart"
    return f"{round(time / timedelta(hours=1))} h apart"
