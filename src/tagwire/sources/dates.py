"""The dates that publishers write: what they mean, and how exactly."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from time import struct_time
from zoneinfo import ZoneInfo

from tagwire.model import Source
from tagwire.sources import border
from tagwire.sources.border import When

_EARLY = timedelta(hours=1)
"""How far ahead of our clock a publisher's may be."""
_LONGEST = 80
_CLOCK = re.compile(r"\d{1,2}:\d{2}|\dT\d{2}|\d[时時点點]")
_PLAIN = re.compile(
    r"(\d{4})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})日?"
    r"(?:[\sT]*(\d{1,2})[:时時点點](\d{1,2})(?:[:分](\d{1,2}))?)?[分秒]?"
)
"""As people write them in East Asia: ``2023/05/25 08:30``, ``2023年5月25日``."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_YEAR = 1000
"""Zero dates of programming languages lie before; no publisher's do."""


def when(raw: str, parsed: struct_time | None, source: Source, now: datetime) -> When:
    """Date an article by what its source says; by the time it was seen, if that means nothing or lies ahead.

    Args:
        raw: the date as it stands in the document.
        parsed: what feedparser makes of it, in UTC; only believed where its numbers stand in `raw`.
        source: a date without a zone is in its time zone.
        now: the time of the reading.

    """
    moment = _moment(raw.strip()[:_LONGEST], parsed, source)
    try:
        if moment is None or moment.year < _FIRST_YEAR or moment.replace(tzinfo=moment.tzinfo or UTC) == _EPOCH:
            return border.undated(now, source)
        dated = border.at(moment, source) if _CLOCK.search(raw) else border.on(moment.date(), source)
    except OverflowError:  # the zone leads out of the calendar
        return border.undated(now, source)
    return dated if dated.moment <= now + _EARLY else border.undated(now, source)


def utc(raw: str, parsed: struct_time | None, source: Source) -> datetime | None:
    """Give the moment that a date means, in UTC, or None."""
    moment = _moment(raw.strip()[:_LONGEST], parsed, source)
    try:
        return border.at(moment, source).moment if moment is not None else None
    except OverflowError:
        return None


def _moment(raw: str, parsed: struct_time | None, source: Source) -> datetime | None:
    if not raw:
        return None
    return _iso(raw) or _mail(raw, source) or _plain(raw) or _feedparsers(raw, parsed)


def _iso(raw: str) -> datetime | None:
    try:
        return datetime.fromisoformat(raw)
    except ValueError:
        return None


def _mail(raw: str, source: Source) -> datetime | None:
    """Read a date of RFC 822 as it is found in the wild, without a zone too."""
    try:
        moment = parsedate_to_datetime(raw)
        # CST is China's time to a publisher in Shanghai, though RFC 822 gives it to Chicago.
        own = moment.replace(tzinfo=ZoneInfo(source.timezone)).tzname()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return moment.replace(tzinfo=None) if raw.endswith(f" {own}") else moment


def _plain(raw: str) -> datetime | None:
    found = _PLAIN.fullmatch(raw)
    if found is None:
        return None
    try:
        return datetime(*(int(number or 0) for number in found.groups()))  # type: ignore[arg-type]  # noqa: DTZ001 - the source's zone; six numbers at most
    except ValueError:
        return None


def _feedparsers(raw: str, parsed: struct_time | None) -> datetime | None:
    """Take what feedparser reads in other languages; it reads 1 November into ``2023/05/25``."""
    numbers = {int(number) for number in re.findall(r"\d{1,4}", raw)}
    if parsed is None or not {parsed.tm_year, parsed.tm_mday} <= numbers:
        return None
    return datetime(*parsed[:6], tzinfo=UTC)
