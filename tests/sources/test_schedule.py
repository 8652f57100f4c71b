"""When a source is visited next: each decision with its reason, and what holds for all of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagwire.model import Attendance, Habit, Hints, Outcome, Reading, Source
from tagwire.sources.schedule import LONGEST, SHORTEST, jitter, plan, spell

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)  # a Wednesday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MINUTE = timedelta(minutes=1)
LATEST = 5 * MINUTE
"""The most that a regular visit is put off by chance."""


def source(address: str = "https://daily.example/feed", **changes: Any) -> Source:
    return Source(name="daily", kind="web", address=address, options=None, **changes)


def attendance(outcome: Outcome = Outcome.UNCHANGED, **changes: Any) -> Attendance:
    """A visit that was on time, an hour after the last one."""
    about = {
        "new": 0, "failures": 0, "habit": Habit(), "due_at": NOW, "last_well": NOW - HOUR, "now": NOW,
    }  # fmt: skip
    told = {name: changes.pop(name) for name in ("hints", "entries", "oldest") if name in changes}
    return Attendance(reading=Reading(source=source(), outcome=outcome, **told), **{**about, **changes})


def planned(*, every=None, of=None, **changes):
    return plan(of or source(), every, attendance(**changes))


def visits(habit, brought, step=None):
    """Make visits on time, one after another, and give the habit after each; `brought` is what was new in each."""
    now = NOW
    for new in brought:
        then = plan(
            source(),
            None,
            attendance(
                Outcome.NEW if new else Outcome.UNCHANGED,
                new=new,
                entries=30 if new else 0,
                habit=habit,
                now=now + (step or HOUR),
                due_at=now + (step or HOUR),
                last_well=now,
            ),
        )
        now, habit = now + (step or HOUR), then.habit
        yield then


# ---------------------------------------------------------------- each decision, with its reason


def test_a_source_nobody_knows_yet_is_visited_about_hourly():
    then = planned()
    assert HOUR <= then.at - NOW <= HOUR * 1.2
    assert then.reason == "every 61m, as it brings about 6 new articles a day"


@pytest.mark.parametrize(
    ("rate", "reason"),
    [
        (30, "every 15m, as it brings about 30 new articles an hour"),
        (1, "every 15m, as it brings about 1 new article an hour"),
        (2 / 24, "every 3h, as it brings about 2 new articles a day"),
        (1 / 100, "every 1d, as it brings about 2 new articles a week"),
        (1 / 2000, "every 1d, as it brings hardly anything new"),
        (0, "every 1d, as it brings hardly anything new"),
    ],
)
def test_how_much_a_source_brings_is_told_as_people_count(rate, reason):
    then = planned(habit=Habit(rate=rate), outcome=Outcome.NEW, new=1, entries=9, last_well=None)
    assert then.reason == reason


def test_an_explicit_step_is_obeyed_whatever_the_source_asks():
    then = planned(of=source(every=timedelta(minutes=2)), hints=Hints(fresh_for=timedelta(days=1)))
    assert 2 * MINUTE <= then.at - NOW <= 2.1 * MINUTE
    assert then.reason == "every 2m"


def test_the_sources_own_step_goes_before_that_of_its_kind():
    assert planned(every=HOUR, of=source(every=2 * HOUR)).reason == "every 2h"
    assert planned(every=HOUR).reason == "every 1h"


def test_a_kind_that_wants_every_pass_is_due_at_once_failed_or_not():
    for outcome in (Outcome.UNCHANGED, Outcome.FAILED):
        then = planned(every=timedelta(), outcome=outcome)
        assert (then.at, then.reason) == (NOW, "at every pass")


@pytest.mark.parametrize(
    ("cron", "zone", "at"),
    [
        ("0 7 * * 1", "UTC", datetime(2026, 3, 9, 7, tzinfo=UTC)),  # a Monday, and not a Tuesday
        ("30 8 * * *", "Asia/Shanghai", datetime(2026, 3, 5, 0, 30, tzinfo=UTC)),
    ],
)
def test_cron_is_obeyed_to_the_minute_in_the_sources_time_zone(cron, zone, at):
    then = planned(of=source(cron=cron, timezone=zone), hints=Hints(fresh_for=timedelta(days=9)))
    assert (then.at, then.reason) == (at, f"cron {cron}")


def test_a_source_that_asks_to_be_left_alone_is():
    then = planned(hints=Hints(fresh_for=3 * HOUR))
    assert 3 * HOUR <= then.at - NOW <= 3 * HOUR + LATEST
    assert then.reason == "it asked to be left alone for 3h"


def test_nobody_is_left_alone_for_longer_than_a_day():
    assert planned(hints=Hints(fresh_for=timedelta(days=30))).at - NOW <= LONGEST + LATEST


def test_who_asks_for_less_than_we_would_wait_changes_nothing():
    assert planned(hints=Hints(fresh_for=MINUTE)).reason == planned().reason


def test_what_was_asked_is_remembered_while_answers_carry_no_document():
    first = planned(outcome=Outcome.NEW, entries=5, hints=Hints(fresh_for=3 * HOUR))
    second = planned(habit=first.habit)
    third = planned(outcome=Outcome.NEW, entries=5, habit=second.habit)
    assert second.reason == "it asked to be left alone for 3h"
    assert "left alone" not in third.reason


def test_a_server_that_asks_for_patience_gets_it_whatever_the_definition_says():
    for of in (source(), source(every=MINUTE), source(cron="* * * * *")):
        then = planned(of=of, outcome=Outcome.HELD, failures=1, hints=Hints(retry_after=6 * HOUR))
        assert then.at == NOW + 6 * HOUR
        assert then.reason == "its server asked us to wait 6h"


def test_patience_that_its_host_asked_of_another_binds_a_source_that_went_well():
    then = planned(outcome=Outcome.NEW, new=1, entries=9, hints=Hints(retry_after=6 * HOUR, asked_by="news.example"))
    assert then.at == NOW + 6 * HOUR
    assert then.reason == "news.example asked us to wait 6h"


def test_patience_ends_after_a_week():
    then = planned(outcome=Outcome.HELD, failures=1, hints=Hints(retry_after=timedelta(days=300)))
    assert then.at == NOW + timedelta(days=7)


def test_short_patience_makes_no_visit_come_sooner():
    then = planned(of=source(every=6 * HOUR), outcome=Outcome.HELD, failures=1, hints=Hints(retry_after=MINUTE))
    assert then.at >= NOW + 6 * HOUR


def test_a_host_is_held_for_as_long_as_it_asked_however_rarely_its_source_is_visited():
    rarely = source(every=30 * DAY)
    asked = Hints(retry_after=HOUR, asked_by="news.example")
    assert planned(of=rarely, outcome=Outcome.HELD, failures=1, hints=asked).hold == NOW + HOUR
    longer = replace(asked, retry_after=300 * DAY)
    assert planned(of=rarely, outcome=Outcome.HELD, failures=1, hints=longer).hold == NOW + 7 * DAY


def test_nobody_is_held_for_what_was_known_or_went_well():
    asked = Hints(retry_after=HOUR, asked_by="news.example")
    assert planned(outcome=Outcome.HELD, failures=1, hints=replace(asked, known=True)).hold is None
    assert planned(outcome=Outcome.NEW, new=1, entries=9, hints=asked).hold is None
    assert planned(outcome=Outcome.FAILED, failures=1).hold is None


def test_failures_back_off_up_to_a_day_and_never_end():
    waits = [planned(outcome=Outcome.FAILED, failures=n).at - NOW for n in (1, 2, 3, 8, 9, 20, 10_000)]
    for wait, least in zip(waits, (5, 10, 20, 640, 1280, 1440, 1440), strict=True):
        assert least * MINUTE <= wait <= least * MINUTE * 1.1
    assert planned(outcome=Outcome.FAILED, failures=3).reason == "tried again after failure 3"


def test_what_is_gone_is_looked_at_once_a_month():
    then = planned(outcome=Outcome.GONE)
    assert then.at == NOW + timedelta(days=30)
    assert then.reason == "it is gone for good (410); looked at once a month"


# ---------------------------------------------------------------- skipHours and skipDays


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"of": source(every=HOUR)},
        {"of": source(cron="0 13 * * *")},
        {"outcome": Outcome.HELD, "failures": 1},
        {"outcome": Outcome.FAILED, "failures": 5},
    ],
)
def test_no_visit_falls_into_hours_to_stay_away_in(changes):
    asked = Habit(skip_hours=(12, 13, 14))
    hints = Hints(skip_hours=(12, 13, 14), retry_after=HOUR)
    then = planned(habit=asked, hints=hints, **changes)
    assert then.at.hour == 15
    assert then.reason.endswith("; later, for its skipHours or skipDays")


def test_no_visit_falls_on_a_day_to_stay_away_on():
    then = planned(of=source(every=timedelta(hours=18)), hints=Hints(skip_days=("Thursday", "Friday")))
    assert f"{then.at:%A}" == "Saturday"


def test_those_who_stay_away_do_not_all_come_back_at_the_full_hour():
    hints = Hints(skip_hours=(13, 14))
    minutes = {
        plan(source(f"https://{n}.example/"), None, attendance(hints=hints)).at.replace(hour=0) for n in range(50)
    }
    assert len(minutes) == 50


def test_who_asks_for_no_visit_at_all_is_not_heard():
    every_hour = tuple(range(24))
    assert planned(hints=Hints(skip_hours=every_hour)).at - NOW <= 2 * HOUR


# ---------------------------------------------------------------- what visits teach


def test_a_busy_source_is_soon_visited_every_quarter_of_an_hour():
    last = list(visits(Habit(), [25] * 5))[-1]
    assert last.at - NOW - 5 * HOUR <= SHORTEST + LATEST


def test_a_silent_source_is_visited_ever_less_but_every_day():
    steps = [each.at for each in visits(Habit(), [0] * 40, step=12 * HOUR)]
    waits = [at - NOW - 12 * HOUR * number for number, at in enumerate(steps, 1)]
    assert waits == sorted(waits)
    assert LONGEST <= waits[-1] <= LONGEST + LATEST


def test_a_quiet_weekend_does_not_lead_straight_to_once_a_day():
    daily_six = Habit(rate=0.25)
    *_, last = visits(daily_six, [0] * 30, step=2 * HOUR)
    assert last.at - (NOW + 60 * HOUR) < 6 * HOUR


def test_a_document_in_which_most_is_new_quickens_at_once():
    slow = Habit(rate=0.02)
    often = planned(outcome=Outcome.NEW, new=20, entries=25, habit=slow)
    seldom = planned(outcome=Outcome.NEW, new=2, entries=25, habit=slow)
    assert often.at - NOW <= SHORTEST + LATEST
    assert seldom.at - NOW > 2 * HOUR


def test_visits_that_were_late_teach_no_rhythm():
    late = {"due_at": NOW - 6 * HOUR, "last_well": NOW - 7 * HOUR, "entries": 25, "outcome": Outcome.NEW, "new": 20}
    assert planned(**late).habit.rate == Habit().rate
    on_time = planned(**{**late, "due_at": NOW})
    assert on_time.habit.rate > Habit().rate


def test_two_visits_within_a_minute_do_not_make_a_source_busy():
    then = planned(outcome=Outcome.NEW, new=1, entries=25, last_well=NOW - MINUTE, due_at=NOW + HOUR)
    assert then.habit.rate < 2 * Habit().rate


def test_failed_visits_teach_nothing():
    assert planned(outcome=Outcome.FAILED, failures=1, hints=Hints(fresh_for=HOUR)).habit == Habit()


def test_the_first_document_tells_the_rhythm_by_its_dates():
    first = {"outcome": Outcome.NEW, "new": 24, "entries": 24, "last_well": None}
    assert planned(**first, oldest=NOW - 24 * HOUR).habit.rate == 1
    assert planned(**first, oldest=NOW - timedelta(days=2400)).at - NOW >= LONGEST
    assert planned(**first, oldest=None).habit.rate == Habit().rate
    assert planned(**first, oldest=NOW + MINUTE).habit.rate == Habit().rate


# ---------------------------------------------------------------- what may have been missed


def test_nothing_was_missed_while_something_of_the_document_was_known():
    assert planned(outcome=Outcome.NEW, new=24, entries=25, oldest=NOW - MINUTE).habit.missed == 0


def test_a_document_all_new_that_was_filled_faster_than_we_came_may_have_missed_some():
    then = planned(outcome=Outcome.NEW, new=10, entries=10, oldest=NOW - 15 * MINUTE, habit=Habit(missed=2))
    assert then.habit.missed == 2 + 30  # ten in a quarter of an hour, and three quarters unseen


def test_a_document_all_new_that_reaches_back_to_the_last_visit_missed_at_least_one():
    assert planned(outcome=Outcome.NEW, new=10, entries=10, oldest=NOW - 9 * HOUR).habit.missed == 1
    assert planned(outcome=Outcome.NEW, new=10, entries=10).habit.missed == 1


def test_the_first_document_missed_nothing():
    assert planned(outcome=Outcome.NEW, new=10, entries=10, last_well=None, oldest=NOW - HOUR).habit.missed == 0


# ---------------------------------------------------------------- what always holds

spans = st.timedeltas(min_value=timedelta(), max_value=timedelta(days=400))
hints = st.builds(
    Hints,
    retry_after=st.none() | spans,
    fresh_for=st.none() | spans,
    skip_hours=st.lists(st.integers(0, 23), max_size=24).map(tuple),
    skip_days=st.lists(st.sampled_from(("Monday", "Tuesday", "Wednesday", "Sunday"))).map(tuple),
)
attendances = st.builds(
    attendance,
    st.sampled_from(Outcome),
    hints=hints,
    entries=st.integers(0, 5_000),
    oldest=st.none() | spans.map(lambda span: NOW - span),
    new=st.integers(0, 5_000),
    failures=st.integers(1, 10_000),
    habit=st.builds(Habit, rate=st.floats(0, 1e6), missed=st.integers(0, 9), fresh_for=st.integers(0, 10**9)),
    due_at=spans.map(lambda span: NOW - span),
    last_well=st.none() | spans.map(lambda span: NOW - span),
)
addresses = st.integers().map("https://{}.example/".format)


@given(attendances, addresses, st.none() | spans, st.none() | st.just("*/7 3 * * *"))
def test_no_visit_is_ever_planned_for_the_past_and_each_says_why(visit, address, every, cron):
    then = plan(source(address, every=every if cron is None else None, cron=cron), None, visit)
    assert then.at >= NOW
    assert then.reason
    assert then.habit.rate >= 0


@given(attendances, addresses)
def test_what_goes_well_is_visited_again_between_a_quarter_of_an_hour_and_a_day(visit, address):
    asked = visit.reading.hints
    if visit.reading.outcome in {Outcome.NEW, Outcome.UNCHANGED} and not asked.skip_days and asked.retry_after is None:
        skipped = timedelta(hours=len(set(visit.reading.hints.skip_hours)))
        assert SHORTEST <= plan(source(address), None, visit).at - NOW <= LONGEST + LATEST + skipped


@given(addresses, spans)
def test_chance_only_ever_puts_off_and_is_the_same_each_time(address, most):
    assert timedelta() <= jitter(address, most) <= most
    assert jitter(address, most) == jitter(address, most)


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(days=2), "2d"),
        (timedelta(hours=25), "25h"),
        (timedelta(minutes=90), "90m"),
        (timedelta(seconds=90), "90s"),
        (timedelta(hours=11, seconds=7), "11h"),
        (timedelta(minutes=20, seconds=7), "20m"),
        (timedelta(seconds=3.2), "3s"),
    ],
)
def test_spans_are_written_as_users_write_them(span, words):
    assert spell(span) == words
