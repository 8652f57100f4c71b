"""A title without its clothes: what is taken off, and what has to stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagwire.model import Learnt, Outlet
from tagwire.stories.headline import headline
from tagwire.stories.titles import names_of, stripped

PLAIN = "Harbour bridge reopens after repairs"


@pytest.mark.parametrize(
    "told",
    [
        "UPDATE 2-Harbour bridge reopens after repairs",
        "REFILE-UPDATE 1-Harbour bridge reopens after repairs",
        "BREAKING: Harbour bridge reopens after repairs",
        "Breaking News: Harbour bridge reopens after repairs",
        "Roundup: Harbour bridge reopens after repairs",
        "[Video] Harbour bridge reopens after repairs",
        "Harbour bridge reopens after repairs (VIDEO)",
        "Harbour bridge reopens after repairs | Local news",
        "Harbour bridge reopens after repairs - The Island Times",
        "Harbour bridge reopens after repairs - island-times.example.com",
        "Harbour bridge reopens after repairs | Travel | The Island Times",
        "Harbour bridge reopens after repairs ...",
        "Harbour bridge reopens after repairs […]",
        "  Harbour bridge\u200b reopens after\u00a0repairs ",
    ],
)
def test_what_wires_and_outlets_hang_on_a_title_is_taken_off(told):
    assert stripped(told).text == PLAIN


@pytest.mark.parametrize(
    ("told", "plain"),
    [
        ("快讯：渡轮恢复通航", "渡轮恢复通航"),
        ("【关注】渡轮恢复通航", "渡轮恢复通航"),
        ("视频丨渡轮恢复通航", "渡轮恢复通航"),
        ("渡輪恢復通航_海島日報", "渡轮恢复通航"),
        ("渡轮恢复通航｜民生", "渡轮恢复通航"),
    ],
)
def test_chinese_labels_and_outlets_are_taken_off(told, plain):
    assert stripped(told).text == plain


@pytest.mark.parametrize(
    "told",
    [
        "COVID-19 wards close across the islands",
        "Who pays? - a question for the harbour",
        "Breakfast briefing | 4 March 2024",
        "早餐FM | 2024年3月4日",
        "Live - Nirvana",
        "Update 2-1",
        "A | B",
        "Police, fire - and a goat",
    ],
)
def test_what_belongs_to_a_title_stays(told):
    assert stripped(told).text == told


def test_a_source_is_known_by_its_name_its_title_its_host_and_what_was_learnt():
    names = names_of(
        "isle",
        Outlet(title="Isle Radio 4", host="www.isleradio.example", learnt=Learnt(suffixes=frozenset({"on air"}))),
    )
    for end in ("isle", "Isle Radio 4", "IsleRadio", "isleradio.example", "On Air"):
        assert stripped(f"{PLAIN} - {end}", names).text == PLAIN
        assert stripped(f"{PLAIN} - the goats of {end}", names).text == f"{PLAIN} - the goats of {end}"


def test_a_title_that_breaks_off_says_so():
    assert stripped("Harbour bridge reopens after...").cut
    assert not stripped(PLAIN).cut


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Five die as U.S. ferry sinks", "5 die as US ferry sinks"),
        ("Growth of 3 per cent", "Growth of 3%"),
        ("Fares up 1,250 dollars", "Fares up 1250 dollars"),
        ("The COVID-19 wards close", "The Covid wards close"),
        ("United Nations votes on ferry", "UN votes on ferry"),
    ],
)
def test_figures_and_abbreviations_compare_in_one_form(one, other):
    assert headline(one).units == headline(other).units


def test_a_speaker_at_either_end_is_set_aside():
    behind, before = (
        headline("Ferry fares to double by summer: ministry"),
        headline("Ministry: Ferry fares to double by summer"),
    )
    assert behind.units == before.units
    assert behind.aside == before.aside == {"ministri"}


def test_chinese_numerals_compare_with_figures():
    assert headline("地铁二十一号线通车").text == headline("地铁21号线通车").text
    assert headline("第一百零三次航行").figures == {"103"}
    assert headline("二零二五年春运开始").figures == {"2025"}


def test_months_are_told_from_words_that_look_like_them():
    assert headline("Ferries may sail on 4 May").days == {"month 5"}
    assert headline("Islanders march on parliament").days == set()
    assert headline("Vote in March 2024").days == {"month 3"}


@given(st.text(max_size=300))
def test_any_text_can_be_read_and_the_second_reading_says_the_same(title):
    first = headline(title)
    assert headline(title) == first
    assert len(first.units) == len(first.spoken) == len(first.lead)


@given(st.text(alphabet="ab -|_:丨[](【】.…<>,'\"", max_size=120))
def test_marks_in_any_order_are_read(title):
    clean = stripped(title)
    assert not clean.cut or clean.text
    headline(title)


def test_an_endless_title_costs_no_more_than_a_long_one():
    assert len(headline("red " * 100_000).units) <= 100
