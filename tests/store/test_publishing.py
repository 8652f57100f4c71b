"""What publishing asks of the store: feeds catch up alike by both ways, and fragments are used only while right."""

from dataclasses import replace
from datetime import timedelta

import pytest

from examples import NOON, RULES, article, hourly, source, tagged
from tagwire.model import And, Everything, Feed, FromSource, HasTag, HasWords, Not, Or, Searched, TagFeeds, Within
from tagwire.store import listing
from tagwire.store.store import Store
from tagwire.store.visits import Defined
from tagwire.stories.match import Matcher
from tagwire.tags.matching import judge
from tagwire.tags.names import file_name

DAY = timedelta(days=1)
FILTERS = {
    "everything": Everything(),
    "cars": HasTag("Cars"),
    "not-cars": Not(HasTag("cars")),
    "either": Or((HasTag("Cars"), HasTag("Ships"))),
    "words": And((HasWords("battery plant", Searched.TITLE), Not(HasTag("Ships")))),
    "source": FromSource("car-times"),
    "recent": Within(timedelta(days=2)),
}
FEEDS = [Feed(name=name, title=name, filter=chosen) for name, chosen in FILTERS.items()]


@pytest.fixture
def stores(tmp_path):
    opened = [Store(f"sqlite+pysqlite:///{tmp_path / name}.db") for name in ("one", "other")]
    for store in opened:
        store.adopt([Defined(source(), "1"), Defined(source("car-times"), "1")], RULES, "news.example", NOON)
    yield opened
    for store in opened:
        store.close()


@pytest.fixture
def store(stores):
    return stores[0]


def keep(store, *articles, each=(), of=None, now=NOON):
    store.keep([tagged(*articles, of=of, each=each)], Matcher(), hourly(now), now)


def shown(store):
    return {
        feed.name: [story.title for story in picked.stories]
        for feed, picked in zip(FEEDS, store.pick(FEEDS), strict=True)
    }


def test_feeds_that_ask_each_story_take_in_what_feeds_that_ask_the_database_do(stores):
    one = article("A battery plant opens in Jiading")
    steps = [
        lambda store: keep(store, one, each=("Cars",)),
        lambda store: keep(store, article("A ship sails", guid="2"), each=("Ships",), now=NOON + timedelta(hours=1)),
        lambda store: keep(store, replace(one, title="A battery plant closes", digest="1:x"), each=("Ships",)),
        lambda store: keep(store, article("The ferry waits", guid="3"), of=source("car-times")),
        lambda store: store.withdraw(next(store.stories()).id, NOON),
        lambda store: store.undo(Matcher(), NOON),
        lambda store: store.tag(next(store.stories()).id, ["Cars"], ["Ships"], NOON),
    ]
    asking, querying = stores
    for turn, step in enumerate(steps):
        now = NOON + timedelta(hours=2 + turn)
        for store in stores:
            step(store)
        asking.publishing.catch_up(FEEDS, judge, now)
        querying.catch_up(FEEDS, now)
        assert shown(asking) == shown(querying)


def test_a_fragment_is_used_until_its_story_changes(store):
    told = article("A crane")
    keep(store, told)
    store.publishing.catch_up(FEEDS, judge, NOON)
    (line,) = store.publishing.listing(FEEDS[0]).lines
    store.publishing.keep_fragments({"atom:1": {line.story: (line.change, b"<entry/>")}})
    assert store.publishing.fragments("atom:1", [line]) == {line.story: b"<entry/>"}
    assert store.publishing.fragments("rss:1", [line]) == {}
    keep(store, replace(told, title="Two cranes", digest="1:two"))
    (line,) = store.publishing.listing(FEEDS[0]).lines
    assert store.publishing.fragments("atom:1", [line]) == {}


def test_fragments_made_in_another_way_are_forgotten(store):
    keep(store, article("A crane"))
    store.publishing.catch_up(FEEDS, judge, NOON)
    lines = store.publishing.listing(FEEDS[0]).lines
    made = {way: {line.story: (line.change, b"x") for line in lines} for way in ("atom:1", "atom:2")}
    store.publishing.keep_fragments(made)
    store.publishing.forget_fragments(["atom:2"])
    assert store.publishing.fragments("atom:1", lines) == {}
    assert len(store.publishing.fragments("atom:2", lines)) == 1


def test_the_feeds_of_tags_follow_their_stories(store):
    def tags(least):
        found = store.publishing.catch_up_tags(TagFeeds(least=least), file_name, NOON)
        return [(feed.name, feed.tag) for feed in found]

    keep(store, article("A crane"), each=("SAIC Motor", "上汽"))
    assert tags(1) == [("tags/saic-motor", "SAIC Motor"), ("tags/上汽", "上汽")]
    keep(store, article("Another ship sails", guid="2"), each=("SAIC Motor",))
    assert tags(2) == [("tags/saic-motor", "SAIC Motor")]
    assert tags(1) == [("tags/saic-motor", "SAIC Motor"), ("tags/上汽", "上汽")]
    assert store.publishing.catch_up_tags(TagFeeds(enabled=False), file_name, NOON) == []


def test_a_listing_knows_how_many_when_and_what_about(store):
    keep(store, article("A crane"), each=("Cars", "Ships"))
    keep(store, article("Another ship sails", guid="2", published=NOON - timedelta(days=1)), each=("Cars",))
    store.publishing.catch_up(FEEDS, judge, NOON)
    told = store.publishing.listing(FEEDS[0])
    assert told.total == 2
    assert told.trend == (((NOON - timedelta(days=1)).date(), 1), (NOON.date(), 1))
    assert told.tags == ("Cars", "Ships")
    assert told.updated == NOON
    assert store.publishing.listing(Feed(name="source", title="")).updated == NOON  # when it was first known


def test_a_listing_counts_what_left_no_more_and_a_story_on_the_day_of_today(store):
    """The counts are asked of an index of the feed, which has to follow what becomes of its stories."""
    one, other = article("A crane"), article("Another ship sails", guid="2", published=NOON - timedelta(days=1))
    keep(store, one, other, each=("Cars",))
    store.publishing.catch_up(FEEDS, judge, NOON)
    late = replace(one, published=NOON + timedelta(days=1), day=(NOON + timedelta(days=1)).date(), digest="1:x")
    store.keep([replace(tagged(late, each=("Cars",)), own=True)], Matcher(), hourly(), NOON)
    store.publishing.catch_up(FEEDS, judge, NOON)
    assert [day - NOON.date() for day, _ in store.publishing.listing(FEEDS[0]).trend] == [-DAY, DAY]
    (story,) = (each for each in store.stories() if each.title == "Another ship sails")
    store.withdraw(story.id, NOON)
    store.publishing.catch_up(FEEDS, judge, NOON)
    told = store.publishing.listing(FEEDS[0])
    assert (told.total, [day - NOON.date() for day, _ in told.trend]) == (1, [DAY])
    assert [gone.id for gone in told.withdrawn] == [story.id]


def test_what_a_listing_counts_it_asks_of_indexes_alone(store):
    with store._engine.connect() as connection:
        for query in (listing._COUNTED[False], listing._TREND[False], listing._WITHDRAWN):
            values = {name: NOON.date() if name == "after" else 1 for name in query.compile().params}
            sql = str(query.params(values).compile(connection, compile_kwargs={"literal_binds": True}))
            plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}")]
            assert [step for step in plan if "feed_stories" in step and not _is_narrow(step)] == [], plan


def _is_narrow(step: str) -> bool:
    return "COVERING INDEX feed_stories_days (feed=? AND left_at=?" in step or "(feed=? AND story=?)" in step
