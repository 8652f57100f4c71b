"""The newest stories of a filter: in their order, after few rows, and without sorting."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from examples import NOON, RULES, article, hourly, source, tagged
from tagwire.model import Everything, Feed, HasTag, Origin, TagReason
from tagwire.store.conditions import ALIVE, PUBLIC, Window
from tagwire.store.looking import in_window
from tagwire.store.schema import stories
from tagwire.store.store import Store
from tagwire.store.visits import Defined
from tagwire.stories.match import Matcher
from tagwire.tags.filters import parse
from tagwire.tags.patterns import found

HOUR = timedelta(hours=1)
FILTERS = (
    "*",
    "tag:CIIE",
    "not tag:rumour",
    "tag:CIIE or tag:Automotive",
    "tag:CIIE and not tag:rumour -market",
    "上汽",
    "market or tag:CIIE",
    '(tag:"SAIC Motor" or 上汽) and title:record',
    "source:shine lang:zh after:2026-01-01 before:2026-12-01",
    'within:90d has:enclosure has:tag -tag:sport title:/Q[1-4]/ "joint venture"',
    "author:/^li/ or link:example.com or not (source:shine or lang:en)",
)


@pytest.fixture
def store():
    with Store("sqlite+pysqlite://", found) as opened:
        opened.adopt([Defined(source(), "1"), Defined(source("car-times"), "1")], RULES, "news.example", NOON)
        yield opened


def keep(store, *readings, now=NOON):
    store.keep(readings, Matcher(), hourly(now), now)


def plan_of(store, query) -> list[str]:
    """Give the steps that SQLite would take."""
    with store._engine.connect() as connection:
        sql = str(query.compile(connection, compile_kwargs={"literal_binds": True}))
        return [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}")]


@pytest.mark.parametrize("text", FILTERS)
@pytest.mark.parametrize("window", [Window((100, 900), (90, 1200)), Window((1, 900), None)])
@pytest.mark.parametrize("among", [ALIVE, PUBLIC])
def test_the_newest_stories_are_walked_in_their_order_and_never_sorted(store, text, window, among):
    plan = plan_of(store, in_window(parse(text), window, 50, NOON, among))

    assert any(step.startswith(("SEARCH stories USING INTEGER PRIMARY KEY", "SCAN stories")) for step in plan), plan
    assert not any("TEMP B-TREE" in step or "MULTI-INDEX" in step for step in plan), plan


def test_whether_a_story_is_for_all_is_asked_of_no_feed_and_no_other_story(store):
    plan = plan_of(store, select(stories.c.id).where(PUBLIC))
    assert [step for step in plan if not step.startswith("SCALAR")] == [
        "SCAN stories", "SEARCH feeds_1 USING INDEX ix_feeds_audience (audience=?)",
    ]  # fmt: skip


def test_the_newest_stories_come_last_kept_first_and_no_more_than_asked_for(store):
    for number in range(4):
        keep(store, tagged(article(f"story {number}", published=NOON - number * HOUR), each=("A",)))
    keep(store, tagged(article("without")))

    assert [each.title for each in store.newest(HasTag("a"), 3, NOON)] == ["story 3", "story 2", "story 1"]
    assert len(store.newest(Everything(), 50, NOON)) == 5


def test_an_empty_store_has_no_newest_stories(store):
    assert store.newest(Everything(), 50, NOON) == []


# ------------------------------------------------------------ a trial's view


def test_a_backlog_is_found_and_would_not_be_published(store):
    keep(store, tagged(article("old", published=NOON - HOUR), article("new"), backlog=1))

    assert [each.title for each in store.newest(Everything(), 50, NOON)] == ["new", "old"]
    with store.look(NOON) as view:
        assert [story.title for story in view.stories(view.matching(Everything()))] == ["new"]


def test_newcomers_take_their_places_among_members_by_when_they_were_kept(store):
    keep(store, tagged(article("first")), now=NOON)
    keep(store, tagged(article("second"), each=("A",)), now=NOON + HOUR)
    keep(store, tagged(article("third")), now=NOON + 2 * HOUR)
    store.catch_up([Feed(name="a", title="A", filter=HasTag("A"))], NOON + 3 * HOUR)
    with store.look(NOON + 3 * HOUR) as view:
        members = view.members("a")
        places = members | view.places(view.matching(Everything()) - members.keys())
        order = sorted(places, key=places.__getitem__)

        assert [story.title for story in view.stories(order)] == ["first", "second", "third"]
        assert view.members("unknown") == {}


def test_the_rules_of_a_view_are_unknown_while_some_tags_come_from_older_ones(store):
    keep(store, tagged(article()))
    with store.look(NOON) as view:
        assert view.rules() == RULES
    store.adopt([Defined(source(), "1")], "rules-2", "news.example", NOON)
    with store.look(NOON) as view:
        assert view.rules() == ""
    store.retag(lambda *_: (), "rules-2")
    with store.look(NOON) as view:
        assert view.rules() == "rules-2"


# ------------------------------------------------------------ tags


def counted(store, now=NOON):
    with store.look(now) as view:
        return {each.tag: each for each in view.tags(3)}


def test_a_tag_is_counted_by_the_weeks_of_its_stories_up_to_the_newest(store):
    # NOON is on a Monday: an hour past the midnight before is another week
    for days, hours in ((0, 0), (0, 12), (1, 0), (7, 13), (14, 12), (15, 0), (300, 0)):
        published = NOON - timedelta(days=days, hours=hours)
        keep(store, tagged(article(f"{days} {hours}", published=published), each=("A",)))
    keep(store, tagged(article("ahead", published=NOON + timedelta(days=30)), each=("A", "B")))

    assert counted(store)["A"].weeks == (2, 1, 2)
    assert counted(store)["A"].stories == 8
    assert counted(store)["B"].weeks == (0, 0, 0)


def test_a_tag_is_counted_by_where_it_comes_from(store):
    both = replace(
        tagged(article("one")), tags=((TagReason("A", Origin.GIVEN, ""), TagReason("a", Origin.EARNED, "")),)
    )
    keep(store, both)
    keep(store, replace(tagged(article("two")), tags=((TagReason("A", Origin.SOURCE, ""),),)))
    keep(store, tagged(article("one", guid="copy"), of=source("car-times"), each=("A",)))
    one, two = sorted(store.stories(), key=lambda story: story.title)
    store.tag(two.id, ["A"], [], NOON)
    store.tag(one.id, ["B"], [], NOON)

    found = counted(store)
    assert [found["A"].given, found["A"].source, found["A"].earned, found["A"].by_hand] == [1, 1, 1, 1]
    assert [found["B"].stories, found["B"].earned, found["B"].by_hand] == [1, 0, 1]
    assert list(found) == ["A", "B"]


def test_withdrawn_stories_count_for_no_tag(store):
    keep(store, tagged(article(), each=("A",)))
    store.withdraw(next(store.stories()).id, NOON)

    assert counted(store) == {}
