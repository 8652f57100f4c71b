"""Same title and date: when two articles are one story, and when they are not."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tales import TITLE, article, later, prose, story

from tagwire.model import Learnt, Mode, Outlet, Precision
from tagwire.stories.keys import are_enough
from tagwire.stories.match import Matcher

MATCHER = Matcher()


def on(day, source="harbour-post", zone="UTC", title=TITLE):
    start = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return article(source, title, start, Precision.DAY, day)


def merged(newcomer, *copies, matcher=MATCHER, shown=0):
    return matcher.decide(newcomer, [story(*copies, shown=shown)]).story is not None


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
    assert decision.reason == "no other story is like it"


def test_another_title_is_another_story():
    decision = MATCHER.decide(article(title="Ferry service to the outer islands suspended"), [story(article())])
    assert decision.story is None
    assert decision.reason == "no other story is like it"


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


def test_a_near_title_is_one_story_for_36_hours_and_says_how_near():
    told = "Ferry service to the outer islands resumes after the storm, with longer queues"
    decision = MATCHER.decide(article("isle-radio", told, later(36)), [story(article())])
    assert decision.story == 1
    assert decision.reason == f"nearly the same title ({decision.score:.2f}) as harbour-post, 36 h apart"
    assert 0.5 < decision.score < 1
    assert not merged(article("isle-radio", told, later(36.1)), article())


def test_a_short_title_means_one_story_for_12_hours_only():
    assert merged(article("isle-radio", "Ferries resume", later(12)), article(title="Ferries resume"))
    assert not merged(article("isle-radio", "Ferries resume", later(13)), article(title="Ferries resume"))


def test_a_title_that_reads_like_a_daily_bulletin_is_another_story_the_next_day():
    bulletin = "Shipping forecast for the outer islands and the sound"
    assert merged(article("isle-radio", bulletin, later(3)), article(title=bulletin))
    assert not merged(article("isle-radio", bulletin, later(23)), article(title=bulletin))


def test_a_title_known_to_return_is_one_story_on_the_same_day_only():
    matcher = Matcher(
        {"isle-radio": Outlet(learnt=Learnt(recurring=frozenset({"letters from the islands and beyond"})))}
    )
    column = "Letters from the islands and beyond"
    assert merged(article("isle-radio", column, later(11)), article(title=column), matcher=matcher)
    assert not merged(article("isle-radio", column, later(13)), article(title=column), matcher=matcher)
    assert merged(article("isle-radio", column, later(13)), article(title=column))


def test_the_shown_copy_is_compared_as_well_as_the_first():
    first = article(title="Ferries to the outer islands sail again")
    assert not merged(article("isle-radio", published=later(2)), first, article("coast-times", published=later(1)))
    assert merged(article("isle-radio", published=later(2)), first, article("coast-times", published=later(1)), shown=1)


LINK = "https://www.harbour-post.example/2024/ferry?utm_source=feed"
SAME_LINK = "http://harbour-post.example/2024/ferry/"


def test_the_same_link_is_one_story_whatever_the_title_and_the_time():
    kept = article(link=LINK)
    newcomer = article(
        "aggregator", "Boats are back, says harbour master", later(30 * 24), day=kept.day, link=SAME_LINK
    )
    assert set(MATCHER.lasting_keys(newcomer)) == set(MATCHER.lasting_keys(kept))
    decision = MATCHER.decide(newcomer, [story(kept)])
    assert decision.story == 1
    assert decision.reason == "same link as harbour-post, 720 h apart"


def test_a_link_whose_title_day_and_text_all_changed_is_another_story():
    kept = article(link=LINK, content=prose(80))
    assert not merged(article("a", "Bridge closed for repairs", later(48), link=LINK, content=prose(80, 1)), kept)
    assert merged(article("a", "Bridge closed for repairs", later(48), link=LINK, content=prose(80)), kept)
    assert merged(article("a", "Bridge closed for repairs", later(1), link=LINK, content=prose(80, 1)), kept)


def test_a_link_that_its_source_uses_for_everything_says_nothing():
    matcher = Matcher({"harbour-post": Outlet(learnt=Learnt(links=frozenset({"harbour-post.example/2024/ferry"})))})
    assert not merged(article("a", "Bridge closed for repairs", link=LINK), article(link=LINK), matcher=matcher)
    assert matcher.lasting_keys(article(link=LINK)) == ()


def test_nearly_the_same_text_is_one_story_whatever_the_titles():
    body = prose(120)
    kept, newcomer = (
        article(content=body),
        article("a", "Boats are back", later(72), content=f"<p>Isle.</p><p>{body}</p>"),
    )
    assert set(MATCHER.keys(kept)) & set(MATCHER.keys(newcomer))
    assert MATCHER.decide(newcomer, [story(kept)]).reason == "nearly the same text (1.00) as harbour-post, 72 h apart"
    assert not merged(replace(newcomer, published=later(73)), kept)


def test_nearly_the_same_chinese_text_is_one_story_too():
    body = "".join(chr(0x4E00 + (i * 37) % 5000) for i in range(300))
    kept, newcomer = (
        article(title="渡轮复航", content=body),
        article("岛报", "岛民喜迎船班", later(5), content="记者昨日获悉，" + body),
    )
    assert set(MATCHER.keys(kept)) & set(MATCHER.keys(newcomer))
    assert merged(newcomer, kept)


def test_a_digest_that_quotes_an_article_is_not_that_article():
    assert not merged(
        article("a", "The week at sea", content=prose(60) + " " + prose(150, 2)), article(content=prose(60))
    )


@pytest.mark.parametrize("body", [prose(120), "".join(chr(0x4E00 + (i * 37) % 5000) for i in range(300))])
def test_nearly_the_same_text_is_found_by_its_keys_alone(body):
    of = [
        {key for key in MATCHER.keys(article(title=title, content=content)) if key.startswith("b")}
        for title, content in (
            ("Boats are back", body),
            ("渡轮复航", f"<p>A word before. {body}</p>"),
            ("Ferries sail", f"<p>{body}</p><p>A word after.</p>"),
            ("Isle happy", body[: len(body) * 3 // 4]),
            ("Another tale", prose(120, seed=5)),
            ("Brief", body[:40]),
        )
    ]
    assert of[0]
    assert all(of[0] & each for each in of[1:4])
    assert not of[0] & of[4]
    assert not of[5]


def test_a_report_by_template_with_other_figures_is_another_story_in_spite_of_its_text():
    body = prose(120)
    kept = article(title="Ferries carried 410 passengers to the islands", content=body)
    assert not merged(article("a", "Ferries carried 388 passengers to the islands", later(5), content=body), kept)


def test_the_same_title_over_another_text_is_another_story():
    assert not merged(article("isle-radio", content=prose(80, 1)), article(content=prose(80)))
    assert merged(article("isle-radio", content=prose(40, 1)), article(content=prose(80))), "too short to tell"


NEAR = "Ferry service to the outer islands resumes after the storm, with longer queues"


@pytest.mark.parametrize("where", ["site", "newcomer", "kept"])
@pytest.mark.parametrize(("mode", "near", "equal", "link"), [
    (Mode.NORMAL, True, True, True), (Mode.STRICT, False, True, True), (Mode.OFF, False, False, False),
])  # fmt: skip
def test_the_stricter_mode_holds_between_the_site_and_two_sources(where, mode, near, equal, link):
    names = {"newcomer": "isle-radio", "kept": "harbour-post"}
    outlets = {} if where == "site" else {names[where]: Outlet(mode=mode)}
    matcher = Matcher(outlets, mode if where == "site" else Mode.NORMAL)
    assert merged(article("isle-radio", NEAR), article(), matcher=matcher) is near
    assert merged(article("isle-radio"), article(), matcher=matcher) is equal
    assert merged(article("isle-radio", "Boats are back", link=LINK), article(link=LINK), matcher=matcher) is link


def test_a_source_is_indexed_alike_in_every_mode_so_that_another_one_needs_no_new_index():
    matcher = Matcher({"strict": Outlet(mode=Mode.STRICT), "off": Outlet(mode=Mode.OFF)})
    for source in ("strict", "off"):
        assert matcher.keys(article(source)) == MATCHER.keys(article())
        assert matcher.lasting_keys(article(source)) == MATCHER.lasting_keys(article())


def test_keys_are_few_and_short_whatever_a_source_sends():
    endless = article(title="Ferry bridge goat choir " * 5000, content=prose(5000), link=LINK * 50)
    keys = (*MATCHER.keys(endless), *MATCHER.lasting_keys(endless))
    assert len(set(keys)) == len(keys) <= 14
    assert all(key[0] in "bltw" and key.isascii() and len(key) <= 17 for key in keys)


def test_one_pair_of_words_in_common_is_not_worth_a_comparison():
    assert not are_enough({"w1"})
    assert are_enough({"w1", "w2"})
    assert are_enough({"t1"})
    assert are_enough({"b1"})
    assert not are_enough(set())


def test_the_likelier_of_two_stories_wins_over_the_nearer():
    equal, near = article("a", published=later(-30)), article("b", NEAR, later(-1))
    assert MATCHER.decide(article(), [story(near, number=7), story(equal, number=9)]).story == 9


def test_the_shown_copy_comes_from_the_source_with_the_highest_priority_then_the_fullest_then_the_earliest():
    matcher = Matcher({"paper": Outlet(priority=5)})
    full = article("b", content=prose(90), published=later(2))
    copies = [
        article("a"),
        full,
        article("c", content=full.content, published=later(1)),
        article("paper", published=later(3)),
    ]
    assert matcher.shown(story(*copies).copies) == 3
    assert matcher.shown(story(*copies[:3]).copies) == 2
    assert matcher.shown(story(copies[0]).copies) == 0


moments = st.datetimes(datetime(2024, 1, 1), datetime(2024, 1, 12), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants naive bounds
zones = st.sampled_from(["UTC", "Pacific/Kiritimati", "Etc/GMT+12", "Asia/Shanghai", "America/New_York"])


@st.composite
def articles(draw):
    zone = draw(zones)
    moment = draw(moments)
    day = moment.astimezone(ZoneInfo(zone)).date()
    source, title = (
        draw(st.sampled_from(["a", "b", "c"])),
        draw(st.sampled_from([TITLE, NEAR, "Another title", "岛报"])),
    )
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
        assert are_enough(set(MATCHER.keys(one)) & set(MATCHER.keys(other)))


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
