"""What servers and documents ask of our schedule. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

_MAX_AGE = re.compile(r"max-age\s*=\s*\"?(\d{1,10})", re.IGNORECASE)
_HOUR = re.compile(rb"<hour>\s*(\d{1,2})\s*</hour>", re.IGNORECASE)
_DAY = re.compile(rb"<day>\s*(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\s*</day>", re.IGNORECASE)
_SKIPS = 4 * 1024
_NUMBER = re.compile(r"\d{1,7}")
_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_HOURS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What a document asks of our schedule."""

    fresh_for: timedelta | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[str, ...] = ()


def wishes(content: bytes, feed: Mapping[str, Any]) -> Wishes:
    """Give what a document asks: ``ttl``, ``skipHours``, ``skipDays`` (RSS 2.0), ``sy:updatePeriod`` (RSS 1.0 module).

    feedparser keeps only the last of several hours and days, so these are read from the content itself.
    """
    hours = {int(hour) % _HOURS for hour in _HOUR.findall(_inside(content, b"skipHours")) if int(hour) <= _HOURS}
    days = {day.decode().capitalize() + "day" for day in _DAY.findall(_inside(content, b"skipDays"))}
    spans = [span for span in (_ttl(feed), _period(feed)) if span]
    return Wishes(
        fresh_for=max(spans, default=None),
        # A document that asks never to be visited asks for nothing.
        skip_hours=tuple(sorted(hours)) if len(hours) < _HOURS else (),
        skip_days=tuple(sorted(days)) if len(days) < len("MTWTFSS") else (),
    )


def fresh_for(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Give how long an answer says that it holds: Cache-Control goes before Expires (RFC 9111, 4.2.1)."""
    control = headers.get("cache-control", "").lower()
    if "no-cache" in control or "no-store" in control:
        return None
    if found := _MAX_AGE.search(control):
        return timedelta(seconds=int(found[1])) or None
    expires = http_date(headers.get("expires", ""))
    if expires is None:
        return None
    span = expires - (http_date(headers.get("date", "")) or now)
    return span if span > timedelta() else None


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Give how long a server asks us to stay away, from seconds or a date (RFC 9110, 10.2.3); None: nothing usable."""
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,10}", value, re.ASCII):
        return timedelta(seconds=int(value)) or None
    moment = http_date(value)
    if moment is None:
        return None
    span = moment - (http_date(headers.get("date", "")) or now)
    return span if span > timedelta() else None


def http_date(value: str) -> datetime | None:
    """Read a date of a header (RFC 9110, 5.6.7), None if it is none."""
    if not value:
        return None
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _inside(content: bytes, element: bytes) -> bytes:
    begin = content.find(b"<" + element)
    end = content.find(b"</" + element, begin, begin + _SKIPS)
    return content[begin:end] if 0 <= begin < end else b""


def _ttl(feed: Mapping[str, Any]) -> timedelta | None:
    minutes = _number(feed.get("ttl"))
    return timedelta(minutes=minutes) if minutes else None


def _period(feed: Mapping[str, Any]) -> timedelta | None:
    period = _PERIODS.get(str(feed.get("sy_updateperiod") or "").strip().lower())
    return period / (_number(feed.get("sy_updatefrequency")) or 1) if period else None


def _number(text: object) -> int:
    found = _NUMBER.fullmatch(str(text or "").strip())
    return int(found[0]) if found else 0
