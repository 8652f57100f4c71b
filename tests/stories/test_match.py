"""Same title and date: when two articles are one story, and when they are not."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagwire.model import Article, Candidate, Known, Precision
from tagwire.stories.match import Matcher

MATCHER = Matcher()
NOON = datetime(2024, 3, 4, 12, tzinfo=UTC)
TITLE = "Ferry service to the outer islands resumes after the storm"


def article(source="harbour-post", title=TITLE, published=NOON, dated=Precision.MINUTE, day=None):
    return Article(
        source=source, guid=f"{source} {published}", link=None, title=title, published=published,
        day=day or published.date(), dated=dated,
    )  # fmt: skip


def on(day, source="harbour-post", zone="UTC", title=TITLE):
    start = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return article(source, title, start, Precision.DAY, day)


def story(*copies, number=1):
    return Candidate(
        number,
        tuple(
            Known(
                source=copy.source, guid=copy.guid, title=copy.title, published=copy.published, day=copy.day,
                dated=copy.dated,
            )
            for copy in copies
        ),
    )  # fmt: skip


def later(hours):
    return NOON + timedelta(hours=hours)


def merged(newcomer, *copies):
    return MATCHER.decide(newcomer, [story(*copies)]).story is not None


def test_the_same_title_hours_later_in_another_source_is_one_story():
    decision = MATCHER.decide(article("isle-radio", published=later(3)), [story(article())])
    assert decision.story == 1
    assert decision.reason == "same title as harbour-post, 3 h apart"


def test_minutes_are_told_as_minutes():
    decision = MATCHER.decide(article("isle-radio", published=later(0.5)), [story(article())])
    assert decision.reason == "same title as harbour-post, 30 min apart"


@pytest.mark.parametrize(("hours", "same"), [(0, True), (48, True), (48.1, False), (-48, True), (-48.1, False)])
def test_across_sources_the_window_is_48_hours_either_way(hours, same):
    assert merged(article("isle-radio", published=later(hours)), article()) is same


@pytest.mark.parametrize(("hours", "same"), [(20, True), (20.1, False), (24, False), (-20, True), (-24, False)])
def test_within_one_source_the_window_is_20_hours_so_a_daily_column_is_new_each_day(hours, same):
    assert merged(article(published=later(hours)), article()) is same


def test_same_title_a_week_later_is_another_story():
    decision = MATCHER.decide(article("isle-radio", published=later(7 * 24)), [story(article())])
    assert decision.story is None
    assert decision.reason == "same title as harbour-post, 168 h apart: too far for one story"


def test_another_title_is_another_story():
    decision = MATCHER.decide(article(title="Ferry service to the outer islands suspended"), [story(article())])
    assert decision.story is None
    assert decision.reason == "no other story has this title"


def test_no_candidates_make_a_new_story():
    assert MATCHER.decide(article(), []).story is None


@pytest.mark.parametrize(
    "told",
    [
        "FERRY SERVICE to the outer islands resumes after the storm",
        "Ferry  service to\u00a0the outer islands resumes after the storm ",
        "Ferry service to the outer islands re\u00adsumes after the storm\u200b",
    ],
)
def test_case_blanks_and_invisible_characters_do_not_make_another_title(told):
    assert merged(article("isle-radio", told), article())
    assert MATCHER.keys(article(title=told)) == MATCHER.keys(article())


def test_entities_quotes_and_dashes_do_not_make_another_title():
    first = article(title="Mayor: \u201cOur quay\u201d is safe \u2013 R&D pays off")
    assert merged(article("isle-radio", "Mayor: &quot;Our quay&quot; is safe - R&amp;amp;D pays off"), first)


def test_traditional_and_simplified_chinese_are_one_title():
    assert merged(article("岛报", "外岛渡轮恢复开航"), article("島報", "外島渡輪恢復開航"))


DAY = date(2024, 3, 4)


@pytest.mark.parametrize(("days", "same"), [(0, True), (1, False), (-1, False)])
def test_a_day_without_a_clock_within_one_source_needs_the_same_day(days, same):
    assert merged(on(DAY + timedelta(days=days)), on(DAY)) is same


@pytest.mark.parametrize(("days", "same"), [(0, True), (1, True), (-1, True), (2, False), (-2, False)])
def test_a_day_without_a_clock_across_sources_may_be_one_day_off(days, same):
    assert merged(on(DAY + timedelta(days=days), "isle-radio"), on(DAY)) is same


def test_days_are_counted_in_the_time_zone_of_each_source():
    honolulu = on(DAY, "isle-radio", "Pacific/Honolulu")
    assert merged(honolulu, on(DAY, zone="Pacific/Auckland"))
    decision = MATCHER.decide(honolulu, [story(on(DAY + timedelta(days=1)))])
    assert decision.reason == "same title as harbour-post, 1 day apart"


def test_one_article_without_a_clock_is_enough_to_compare_by_days():
    decision = MATCHER.decide(on(DAY, "isle-radio"), [story(article(published=later(11.9)))])
    assert decision.reason == "same title as harbour-post, on the same day"
    assert not merged(on(DAY), article(published=later(-13)))


def test_a_time_of_reading_counts_as_a_clock():
    assert merged(article("isle-radio", published=later(47), dated=Precision.UNKNOWN), article())


def test_no_chain_leads_past_the_window_of_the_first_copy():
    chain = [article(), article("isle-radio", published=later(40))]
    assert not merged(article("coast-times", published=later(60)), *chain)


def test_a_later_copy_may_come_after_one_of_its_own_source_on_the_same_day():
    assert merged(article("isle-radio", published=later(10)), article(), article("isle-radio", published=later(2)))


def test_a_column_that_two_sources_carry_daily_is_another_story_tomorrow():
    today = [article(), article("isle-radio", published=later(1))]
    assert not merged(article("isle-radio", published=later(25)), *today)
    assert not merged(article(published=later(24)), *today)


def test_of_several_stories_the_nearest_in_time_wins():
    far, near = article("coast-times", published=later(-40)), article("coast-times", published=later(5))
    decision = MATCHER.decide(article(), [story(far, number=7), story(near, number=9)])
    assert decision.story == 9


def test_of_equally_near_stories_the_older_one_wins():
    before, after = article("coast-times", published=later(-5)), article("coast-times", published=later(5))
    for candidates in (
        [story(before, number=7), story(after, number=9)],
        [story(after, number=9), story(before, number=7)],
    ):
        assert MATCHER.decide(article(), candidates).story == 7


moments = st.datetimes(datetime(2024, 1, 1), datetime(2024, 1, 12), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants naive bounds
zones = st.sampled_from(["UTC", "Pacific/Kiritimati", "Etc/GMT+12", "Asia/Shanghai", "America/New_York"])


@st.composite
def articles(draw):
    zone = draw(zones)
    moment = draw(moments)
    day = moment.astimezone(ZoneInfo(zone)).date()
    source, title = draw(st.sampled_from(["a", "b", "c"])), draw(st.sampled_from([TITLE, "Another title"]))
    if draw(st.booleans()):
        return on(day, source, zone, title)
    return article(source, title, moment, draw(st.sampled_from([Precision.MINUTE, Precision.UNKNOWN])), day)


@given(articles(), articles())
def test_whether_two_articles_are_one_story_does_not_depend_on_which_came_first(one, other):
    assert merged(one, other) == merged(other, one)


@given(articles(), articles())
def test_what_merges_lies_within_reach_and_shares_a_key(one, other):
    if merged(one, other):
        assert abs(one.published - other.published) <= MATCHER.reach
        assert set(MATCHER.keys(one)) & set(MATCHER.keys(other))


@given(articles(), st.lists(articles(), min_size=1, max_size=4))
def test_an_article_joins_only_what_its_first_copy_would_join(newcomer, copies):
    if merged(newcomer, *copies):
        assert merged(newcomer, copies[0])


@given(articles(), st.permutations([1, 2, 3]), st.lists(articles(), min_size=3, max_size=3))
def test_the_decision_does_not_depend_on_the_order_of_the_candidates(newcomer, order, others):
    candidates = [story(each, number=number) for number, each in enumerate(others, 1)]
    shuffled = [candidates[number - 1] for number in order]
    assert MATCHER.decide(newcomer, shuffled) == MATCHER.decide(newcomer, candidates)


@given(articles())
def test_an_article_matches_its_own_copy(one):
    assert merged(one, one)
    assert merged(replace(one, title=one.title.upper()), one)
