"""For whom stories are: as long as some feed is private, each story says whether a public one has picked it."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from examples import NOON, RULES, article, hourly, source, tagged
from tagwire.model import Everything, Feed, HasTag, Not, Within
from tagwire.store.store import Store
from tagwire.store.visits import Defined
from tagwire.stories.match import Matcher
from tagwire.tags.matching import judge

WRONG = """
    SELECT count(*) FROM stories WHERE picked != EXISTS (
        SELECT 1 FROM feed_stories JOIN feeds ON feeds.id = feed_stories.feed
        WHERE feed_stories.story = stories.id AND feeds.audience = 'public')
"""
FILTERS = (Everything(), HasTag("Cars"), HasTag("Ships"), Within(timedelta(days=2)), Not(Within(timedelta(days=2))))
NAMES = ("one", "two", "three")
STEP = st.one_of(
    st.tuples(st.just("keep"), st.sampled_from(("Cars", "Ships", "")), st.integers(0, 9)),
    st.tuples(st.just("filter"), st.sampled_from(NAMES), st.sampled_from(FILTERS)),
    st.tuples(st.just("turn"), st.sampled_from(NAMES), st.booleans()),
    st.tuples(st.just("leave"), st.sampled_from(NAMES), st.none()),
    st.tuples(st.just("withdraw"), st.none(), st.integers(0, 9)),
    st.tuples(st.just("wait"), st.none(), st.integers(1, 3)),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(STEP, min_size=1, max_size=12))
def test_each_story_says_whether_a_public_feed_has_picked_it(steps):
    feeds = {
        "one": Feed(name="one", title="One", filter=HasTag("Cars"), private=True),
        "two": Feed(name="two", title="Two", filter=HasTag("Ships")),
        "three": Feed(name="three", title="Three", filter=Not(Within(timedelta(days=2)))),
    }
    now = NOON
    with Store("sqlite+pysqlite://") as store:
        store.adopt([Defined(source(), "1")], RULES, "news.example", NOON)
        for number, (step, what, value) in enumerate(steps):
            now += timedelta(minutes=1)
            if step == "keep":
                told = article(f"Number {number} of {value}", guid=str(value), published=now, digest=f"1:{number}")
                store.keep([tagged(told, each=(what,) if what else ())], Matcher(), hourly(now), now)
            elif step == "leave":
                feeds.pop(what, None)
            elif step == "withdraw":
                for story in list(store.stories())[value : value + 1]:
                    store.withdraw(story.id, now)
            elif step == "wait":
                now += timedelta(days=value)
            else:
                feed = feeds.get(what, Feed(name=what, title=what))
                feeds[what] = replace(feed, filter=value) if step == "filter" else replace(feed, private=value)
            store.publishing.catch_up(list(feeds.values()), judge, now)
            if any(feed.private for feed in feeds.values()):
                with store._engine.connect() as connection:
                    assert connection.exec_driver_sql(WRONG).scalar() == 0, steps[: number + 1]
