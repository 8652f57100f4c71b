"""Feeds that are behind in output/ are marked, whatever made them so."""

from datetime import timedelta

import pytest

from examples import NOON, RULES, article, hourly, source, tagged
from tagwire.model import Everything, Feed, HasTag, HasWords, Not, TagFeeds, Within
from tagwire.store.publishing import Settled
from tagwire.store.store import Store
from tagwire.store.visits import Defined
from tagwire.stories.match import Matcher
from tagwire.tags.matching import judge

HOUR = timedelta(hours=1)
FRESH = Feed(name="fresh", title="Fresh", filter=Within(24 * HOUR))
AGED = Feed(name="aged", title="Aged", filter=Not(Within(24 * HOUR)))
ALL = Feed(name="all", title="All", filter=Everything())
PLANTS = Feed(name="plants", title="Plants", filter=HasWords("plant"))


@pytest.fixture
def store(tmp_path):
    with Store(f"sqlite+pysqlite:///{tmp_path / 'a.db'}") as opened:
        opened.adopt([Defined(source(), "1")], RULES, "news.example", NOON)
        yield opened


def keep(store, *articles, **changes):
    store.keep([tagged(*articles, **changes)], Matcher(), hourly(), NOON)


def stale(store):
    return {name for name, state in store.publishing.states().items() if state.stale}


def settle(store, *feeds, now=NOON):
    """Let feeds catch up, and remember that they are written."""
    assert store.publishing.catch_up(feeds, judge, now)
    written = [
        Settled(feed=each, listing=store.publishing.listing(each), made_from="", card="", documents=())
        for each in feeds
    ]
    store.publishing.settle(written, now)
    assert not stale(store)


def test_only_feeds_that_a_new_story_enters_are_behind(store):
    keep(store, article("A ship leaves"))
    settle(store, ALL, PLANTS)
    keep(store, article("A ship comes back"))

    store.publishing.catch_up([ALL, PLANTS], judge, NOON)
    assert stale(store) == {"all"}


def test_a_feed_is_behind_when_a_story_left_or_entered_it_by_time_alone(store):
    keep(store, article())
    settle(store, FRESH, AGED, ALL)
    store.publishing.catch_up([FRESH, AGED, ALL], judge, NOON + HOUR)
    assert not stale(store)

    store.publishing.catch_up([FRESH, AGED, ALL], judge, NOON + 25 * HOUR)
    assert stale(store) == {"fresh", "aged"}


def test_a_feed_whose_filter_changed_together_with_a_story_is_behind(store):
    keep(store, article("A plant opens", "g"))
    settle(store, PLANTS)
    keep(store, article("The plant opens at last", "g"))

    store.publishing.catch_up([Feed(name="plants", title="Plants", filter=HasWords("plant opens"))], judge, NOON)
    assert stale(store) == {"plants"}


def test_feeds_rest_and_are_not_behind_while_what_is_stored_is_tagged_anew(store):
    keep(store, article())
    settle(store, ALL)
    keep(store, article("Another"))
    store.adopt([Defined(source(), "1")], "rules-2", "", NOON)

    assert not store.publishing.catch_up([ALL], judge, NOON)
    assert not stale(store)
    store.retag(lambda *_: (), "rules-2")
    assert store.publishing.catch_up([ALL], judge, NOON)
    assert stale(store) == {"all"}


def test_what_is_older_than_the_first_news_of_its_source_is_in_no_feed_of_a_tag(store):
    several = [article(f"Report {number}", published=NOON - number * 24 * HOUR) for number in range(4)]
    keep(store, *several, each=("Port",), backlog=2)
    rules = TagFeeds(least=3)

    assert store.publishing.catch_up_tags(rules, str.lower, NOON) == []
    keep(store, article("Something new"), each=("Port",))
    (feed,) = store.publishing.catch_up_tags(rules, str.lower, NOON)
    listing = store.publishing.listing(feed)
    assert (feed.filter, feed.name) == (HasTag("Port"), "tags/port")
    assert [line.title for line in listing.lines] == ["Something new", "Report 0", "Report 1"]
    assert listing.total == 3
