"""An article told anew: nothing, an edit, or another article."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tales import NOON, article, known, later, prose

from tagwire.model import Change
from tagwire.stories.edits import is_due, judge

BODY = f"<p>{prose(60)}</p><p>Tickets cost <a href='https://isle.example/tickets?utm_source=a'>5 crowns</a>.</p>"
BEFORE = article(link="https://isle.example/ferry", summary="Boats sail again.", content=BODY)


def change(**now):
    return judge(known(BEFORE), replace(BEFORE, **now))


@pytest.mark.parametrize(
    "now",
    [
        {},
        {"title": BEFORE.title.upper() + " "},
        {"title": BEFORE.title.replace("after the", "after&nbsp;the")},
        {"link": "https://isle.example/ferry?utm_campaign=b"},
        {"summary": "Boats  sail again. "},
        {"content": BODY.replace("<p>", "\n <p class='x'>")},
        {"content": BODY.replace("utm_source=a", "utm_source=b")},
        {"content": BODY + "<p>1,204 views</p>"},
        {"content": BODY + "<div>17 comments</div><div>3 hours ago</div>"},
        {"content": BODY + "<p>阅读 1024</p>"},
        {"content": BODY + "<p>12 points | 34 comments | 5 hours ago</p>"},
        {"content": BODY + "<p>Advertisement</p><p>Buy a boat today</p>"},
        {"content": BODY + "<p>Read more: other news</p>"},
        {"content": BODY + "<p>相关阅读：其他消息</p>"},
    ],
)
def test_blanks_tracking_counters_and_advertisements_at_the_end_are_no_edit(now):
    assert change(**now) is Change.NONE


@pytest.mark.parametrize(
    "now",
    [
        {"title": "Ferry service to the outer islands resumes after the gale"},
        {"link": "https://isle.example/boats"},
        {"summary": "Boats do not sail."},
        {"content": BODY.replace("5 crowns", "6 crowns")},
        {"content": BODY.replace("/tickets?", "/fares?")},
        {"content": BODY.replace("5 crowns", "5 votes, or 3 shares")},
        {
            "content": BODY.replace(
                "<p>Tickets", "<p>Related news: a whale.</p><p>b</p><p>c</p><p>d</p><p>e</p><p>Tickets"
            )
        },
        {"content": BODY + "<p>The mayor was aboard.</p>"},
        {"content": ""},
        {"title": "Boats are back", "day": BEFORE.day + timedelta(days=1)},
        {"title": "Boats are back", "content": prose(70, 1), "summary": ""},
    ],
)
def test_what_a_reader_would_notice_is_an_edit(now):
    assert change(**now) is Change.EDIT


def test_a_column_that_keeps_its_address_is_another_article_when_title_day_and_text_changed():
    new = {"title": "Bridge closed for repairs", "day": BEFORE.day + timedelta(days=1), "summary": "Cars must wait."}
    assert change(**new, content=prose(60, 1)) is Change.ANOTHER
    assert change(**new, content=BODY) is Change.EDIT


def test_a_column_without_a_text_is_judged_by_its_summary():
    before = replace(BEFORE, content="")
    tomorrow = replace(before, title="Rain", day=before.day + timedelta(days=1), summary="It rains.")
    assert judge(known(before), tomorrow) is Change.ANOTHER
    assert judge(known(before), replace(tomorrow, summary=before.summary)) is Change.EDIT


def test_a_day_that_moved_alone_is_no_edit():
    assert change(day=BEFORE.day + timedelta(days=1), published=later(24)) is Change.NONE


def test_a_corrected_date_is_an_edit_where_dates_are_content():
    after = replace(BEFORE, published=later(-48), day=BEFORE.day - timedelta(days=2))
    assert judge(known(BEFORE), after, dates_are_content=True) is Change.EDIT
    assert judge(known(BEFORE), BEFORE, dates_are_content=True) is Change.NONE


def test_a_corrected_count_in_a_sentence_is_an_edit_though_a_counter_is_none():
    before = replace(BEFORE, content="<p>The motion won by 5 votes.</p><p>5 votes</p>")
    assert judge(known(before), replace(before, content=before.content.replace("5", "6"))) is Change.EDIT
    assert judge(known(before), replace(before, content=before.content.replace(">5", ">6"))) is Change.NONE


def test_an_article_that_changes_at_every_visit_is_updated_once_a_day():
    assert is_due(0, NOON, NOON)
    assert is_due(2, NOON, later(1))
    assert not is_due(3, NOON, later(1))
    assert not is_due(50, NOON, later(23.9))
    assert is_due(50, NOON, later(24))


@given(st.text(max_size=60), st.text(max_size=200), st.text(max_size=60))
def test_an_article_is_no_edit_of_itself(title, content, summary):
    one = replace(BEFORE, title=title or "?", content=content, summary=summary)
    assert judge(known(one), one) is Change.NONE
