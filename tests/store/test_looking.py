"""The newest stories of a filter: in their order, after few rows, and without sorting."""

from datetime import timedelta

import pytest

from examples import NOON, RULES, article, hourly, source, tagged
from tagwire.model import Everything, HasTag
from tagwire.store.conditions import Window
from tagwire.store.looking import in_window
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


@pytest.mark.parametrize("text", FILTERS)
@pytest.mark.parametrize("window", [Window((100, 900), (90, 1200)), Window((1, 900), None)])
def test_the_newest_stories_are_walked_in_their_order_and_never_sorted(store, text, window):
    query = in_window(parse(text), window, 50, NOON)
    with store._engine.connect() as connection:
        sql = str(query.compile(connection, compile_kwargs={"literal_binds": True}))
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}")]

    assert any(step.startswith(("SEARCH stories USING INTEGER PRIMARY KEY", "SCAN stories")) for step in plan), plan
    assert not any("TEMP B-TREE" in step or "MULTI-INDEX" in step for step in plan), plan


def test_the_newest_stories_come_last_kept_first_and_no_more_than_asked_for(store):
    for number in range(4):
        keep(store, tagged(article(f"story {number}", published=NOON - number * HOUR), each=("A",)))
    keep(store, tagged(article("without")))

    assert [each.title for each in store.newest(HasTag("a"), 3, NOON)] == ["story 3", "story 2", "story 1"]
    assert len(store.newest(Everything(), 50, NOON)) == 5


def test_an_empty_store_has_no_newest_stories(store):
    assert store.newest(Everything(), 50, NOON) == []
