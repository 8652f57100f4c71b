"""When a source is visited next, and why then. Pure: values in, decision with its reason out.

A web source without ``every`` or ``cron`` is visited about four times as often as it brings something new. What is
new is counted lately: older visits weigh less, by half after a day and a half. Only visits that were on time teach,
or a machine that was switched off would learn that sources are busy.
"""

import hashlib
import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim

from tagwire.model import LONGEST_HOLD, Attendance, Habit, Next, Outcome, Reading, Source

SHORTEST = timedelta(minutes=15)
LONGEST = timedelta(days=1)
FIRST_RETRY = timedelta(minutes=5)
LONGEST_RETRY = timedelta(days=1)
GONE_RETRY = timedelta(days=30)

_VISITS_FOR_EACH_ARTICLE = 4
_MEMORY_HOURS = 48.0
_MOSTLY_NEW = 2 / 3
_HOUR = timedelta(hours=1)
_LATE = timedelta(minutes=5)
_WEEK_OF_HOURS = 24 * 8
_MOVED = "later, for its skipHours or skipDays"


def plan(source: Source, every: timedelta | None, attendance: Attendance) -> Next:
    """Decide when a source is due after a visit.

    Args:
        source: its own `every` or `cron` go before the kind's `every`.
        every: the kind's; zero: at every pass; None: as often as it brings something new.
        attendance: the visit.

    """
    habit = _learnt(attendance)
    return _allowed(_planned(source, every, attendance, habit))


def _planned(source: Source, every: timedelta | None, attendance: Attendance, habit: Habit) -> Next:
    reading, now = attendance.reading, attendance.now
    if reading.outcome is Outcome.GONE:
        return Next(now + GONE_RETRY, "it is gone for good (410); looked at once a month", habit)
    regular = _regular(source, every, habit, now)
    if reading.outcome is Outcome.FAILED and every != timedelta():
        wait = _retry(source, attendance.failures)
        return Next(now + wait, f"tried again after failure {attendance.failures}", habit)
    asked = reading.hints.retry_after
    if reading.outcome is Outcome.HELD or asked is not None:
        wait = min(asked or _retry(source, attendance.failures), LONGEST_HOLD)
        host = reading.hints.asked_by or "its server"
        hold = now + wait if reading.outcome is Outcome.HELD and not reading.hints.known else None
        return Next(max(now + wait, regular.at), f"{host} asked us to wait {spell(wait)}", habit, hold)
    return regular


def _retry(source: Source, failures: int) -> timedelta:
    """Back off: twice as long after each failure in a row, up to a day, and a little later by chance of the address."""
    wait = min(FIRST_RETRY * (1 << min(failures - 1, 20)), LONGEST_RETRY)
    return wait + jitter(source.address, wait / 10)


# ---------------------------------------------------------------- the regular step


def _regular(source: Source, every: timedelta | None, habit: Habit, now: datetime) -> Next:
    if source.cron is not None:
        return Next(next_cron(source.cron, source.timezone, now), f"cron {source.cron}", habit)
    step = source.every if source.every is not None else every
    if step is None:
        return _by_habit(source, habit, now)
    if not step:
        return Next(now, "at every pass", habit)
    return Next(now + _spread(source, step), f"every {spell(step)}", habit)


def _by_habit(source: Source, habit: Habit, now: datetime) -> Next:
    hours = 1 / (_VISITS_FOR_EACH_ARTICLE * max(habit.rate, 1e-6))
    step = timedelta(hours=min(max(hours, SHORTEST / _HOUR), LONGEST / _HOUR))
    if habit.fresh_for and (asked := min(timedelta(seconds=habit.fresh_for), LONGEST)) > step:
        return Next(now + _spread(source, asked), f"it asked to be left alone for {spell(asked)}", habit)
    return Next(now + _spread(source, step), f"every {spell(step)}, as it brings {_pace(habit.rate)}", habit)


def _spread(source: Source, step: timedelta) -> timedelta:
    return step + jitter(source.address, min(step / 20, _LATE))


def _allowed(planned: Next) -> Next:
    """Move a visit out of the hours and days in which the source asked not to be visited (RSS 2.0, in UTC)."""
    at, habit = planned.at, planned.habit
    if not habit.skip_hours and not habit.skip_days:
        return planned
    for _ in range(_WEEK_OF_HOURS):
        moment = at.astimezone(UTC)
        if moment.hour not in habit.skip_hours and f"{moment:%A}" not in habit.skip_days:
            break
        at += _HOUR  # and not to the full hour, where all who moved would meet
    else:
        return planned  # it asked for no visit at all; that is no schedule
    return planned if at == planned.at else replace(planned, at=at, reason=f"{planned.reason}; {_MOVED}")


def next_cron(expression: str, timezone: str, now: datetime) -> datetime:
    """Give the next moment of a cron expression in a time zone, after `now`."""
    zone = ZoneInfo(timezone)
    return next(CronSim(expression, now.astimezone(zone))).astimezone(now.tzinfo)


def jitter(address: str, most: timedelta) -> timedelta:
    """Give a delay of at most `most`, always the same for an address, so that visits spread out."""
    share = int.from_bytes(hashlib.blake2b(address.encode(), digest_size=4).digest()) / 2**32
    return most * share


# ---------------------------------------------------------------- what a visit teaches


def _learnt(attendance: Attendance) -> Habit:
    reading, habit = attendance.reading, attendance.habit
    if not reading.outcome.well:
        return habit
    rate, missed = _rhythm(attendance)
    hints = reading.hints
    return Habit(
        rate=rate, missed=missed, fresh_for=_asked(attendance), skip_hours=hints.skip_hours, skip_days=hints.skip_days
    )


def _rhythm(attendance: Attendance) -> tuple[float, int]:
    """Give how many articles an hour it brings, and how many may have been missed."""
    habit = attendance.habit
    if attendance.last_well is None:
        return _rate_of(attendance.reading, attendance.now) or habit.rate, habit.missed
    interval = attendance.now - attendance.last_well
    if interval <= timedelta():
        return habit.rate, habit.missed
    on_time = attendance.now - attendance.due_at <= max(_LATE, interval / 4)
    rate = _rate(attendance, interval) if on_time else habit.rate
    return rate, habit.missed + _missed(attendance, interval)


def _asked(attendance: Attendance) -> int:
    """Give the seconds asked of us; an answer without a document may say nothing, and then the last word holds."""
    reading = attendance.reading
    asked = int(reading.hints.fresh_for.total_seconds()) if reading.hints.fresh_for is not None else 0
    return asked if reading.entries else asked or attendance.habit.fresh_for


def _rate(attendance: Attendance, interval: timedelta) -> float:
    hours = max(interval, SHORTEST) / _HOUR  # two visits in a minute tell little of an hour
    lately = attendance.new / hours
    weight = 1 - math.exp(-hours / _MEMORY_HOURS)
    rate = attendance.habit.rate * (1 - weight) + lately * weight
    # When most of a document is new, the next one may have lost something before it is seen: no time to learn slowly.
    return max(rate, lately) if _share(attendance) >= _MOSTLY_NEW else rate


def _missed(attendance: Attendance, interval: timedelta) -> int:
    """Estimate what came and went unseen: only if nothing of the document was known, by how fast it was filled."""
    reading = attendance.reading
    if not attendance.new or _share(attendance) < 1:
        return 0
    filled_in = attendance.now - reading.oldest if reading.oldest else interval
    if filled_in >= interval:
        return 1
    return max(1, round(reading.entries * (interval / max(filled_in, timedelta(minutes=1)) - 1)))


def _share(attendance: Attendance) -> float:
    entries = attendance.reading.entries
    return attendance.new / entries if entries else 0.0


def _rate_of(reading: Reading, now: datetime) -> float:
    """Guess the rate from the dates of the first document; 0: they tell nothing."""
    if not reading.entries or reading.oldest is None or reading.oldest >= now:
        return 0.0
    return reading.entries / max((now - reading.oldest) / _HOUR, 1.0)


# ---------------------------------------------------------------- words


def _pace(rate: float) -> str:
    """Write so many articles an hour as people count them: by the hour, the day or the week."""
    for hours, span in ((1, "an hour"), (24, "a day"), (24 * 7, "a week")):
        if number := round(rate * hours):
            return f"about {number} new article{'s' * (number > 1)} {span}"
    return "hardly anything new"


def spell(span: timedelta) -> str:
    """Write a span of time as a user would: ``90m``, ``1h``, ``2d``."""
    seconds = round(span.total_seconds())
    for size, letter in ((86_400, "d"), (3_600, "h"), (60, "m")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds // size}{letter}"
    if seconds >= 36_000:  # noqa: PLR2004 - from ten hours on, minutes no longer matter
        return f"{seconds / 3_600:.0f}h"
    return f"{seconds // 60}m" if seconds >= 600 else f"{seconds}s"  # noqa: PLR2004 - nor seconds from ten minutes on
