"""When a source is visited next, and why then. Pure: values in, decision out."""

import hashlib
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim

from tagwire.model import Next, Outcome, Reading, Source

FIRST_RETRY = timedelta(minutes=5)
LONGEST_RETRY = timedelta(days=1)
LONGEST_HOLD = timedelta(days=7)
GONE_RETRY = timedelta(days=30)
_TINY = timedelta(seconds=1)


def plan(source: Source, every: timedelta, reading: Reading, failures: int, now: datetime) -> Next:
    """Decide when a source is due after a reading.

    Args:
        source: its own `every` or `cron` go before the kind's `every`.
        every: the kind's; zero means at every pass.
        reading: how this visit ended.
        failures: in a row, this one included.
        now: the time of the visit, aware.

    """
    if reading.outcome is Outcome.GONE:
        return Next(now + GONE_RETRY, "it is gone for good (410); looked at once a month")
    regular = _regular(source, every, now)
    if reading.outcome is Outcome.HELD:
        wait = min(reading.hints.retry_after or FIRST_RETRY, LONGEST_HOLD)
        return Next(max(now + wait, regular.at), f"the server asked us to wait {spell(wait)}")
    if reading.outcome is Outcome.FAILED and every > _TINY:
        wait = min(FIRST_RETRY * 2 ** min(failures - 1, 20), LONGEST_RETRY)
        later = wait + jitter(source.address, wait / 10)
        return Next(now + later, f"tried again after failure {failures}")
    return regular


def _regular(source: Source, every: timedelta, now: datetime) -> Next:
    if source.cron is not None:
        return Next(next_cron(source.cron, source.timezone, now), f"cron {source.cron}")
    step = source.every if source.every is not None else every
    if not step:
        return Next(now, "at every pass")
    return Next(now + step + jitter(source.address, min(step / 20, timedelta(minutes=5))), f"every {spell(step)}")


def next_cron(expression: str, timezone: str, now: datetime) -> datetime:
    """Give the next moment of a cron expression in a time zone, after `now`."""
    zone = ZoneInfo(timezone)
    return next(CronSim(expression, now.astimezone(zone))).astimezone(now.tzinfo)


def jitter(address: str, most: timedelta) -> timedelta:
    """Give a delay of at most `most`, always the same for an address, so that visits spread out."""
    share = int.from_bytes(hashlib.blake2b(address.encode(), digest_size=4).digest()) / 2**32
    return most * share


def spell(span: timedelta) -> str:
    """Write a span of time as a user would: ``90m``, ``1h``, ``2d``."""
    seconds = round(span.total_seconds())
    for size, letter in ((86_400, "d"), (3_600, "h"), (60, "m")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds // size}{letter}"
    return f"{seconds // 60}m" if seconds >= 600 else f"{seconds}s"  # noqa: PLR2004 - seconds no longer matter then
