"""Whatever the order in which articles come: no copy is lost, no tag is lost, and links alone make the same stories."""

import threading
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_corrections import SOURCES, emptied

from examples import NOON, RULES, article, hourly, source, tagged
from tagwire.store.store import Store
from tagwire.store.visits import Defined
from tagwire.stories.match import Matcher

HOUR = timedelta(hours=1)
MATCHER = Matcher()
HEADLINES = (
    "Port of Shanghai breaks its yearly record",
    "Ferry line opens to the outer islands",
    "Tea prices fall after a wet spring",
    "Museum of porcelain finds a new home",
)


@pytest.fixture(scope="module")
def opened():
    with Store("sqlite+pysqlite://") as made:
        yield made


def kept(store, brought):
    """Keep articles in turn; give for each story the guids and tags of its copies."""
    emptied(store)
    for of, guid, title, link, tag in brought:
        told = article(title, guid, link=link, published=NOON, summary=f"{guid} says so.")
        store.keep([tagged(told, of=SOURCES[of], each=(tag,))], MATCHER, hourly(), NOON)
    return {
        frozenset((copy.source, copy.guid) for copy in each.copies): frozenset(each.tags) for each in store.stories()
    }


links = st.sampled_from([f"https://wire.example/{n}" for n in range(3)])
# Each with a headline of its own, so that nothing but the link joins them.
by_link = st.lists(st.tuples(st.integers(0, 2), links, st.sampled_from("AB")), min_size=1, max_size=len(HEADLINES)).map(
    lambda some: [(of, f"g{n}", HEADLINES[n], link, tag) for n, (of, link, tag) in enumerate(some)]
)
by_title = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(HEADLINES), st.sampled_from("AB")), min_size=1, max_size=6
).map(lambda some: [(of, f"g{n}", title, f"https://x.example/{n}", tag) for n, (of, title, tag) in enumerate(some)])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(brought=by_link, shuffled=st.randoms(use_true_random=False))
def test_stories_joined_by_links_do_not_depend_on_order(opened, brought, shuffled):
    other = list(brought)
    shuffled.shuffle(other)

    assert kept(opened, brought) == kept(opened, other)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(brought=by_link | by_title, shuffled=st.randoms(use_true_random=False))
def test_no_copy_and_no_tag_is_lost_whatever_the_order(opened, brought, shuffled):
    shuffled.shuffle(brought)
    stories = kept(opened, brought)

    assert sorted(copy for copies in stories for copy in copies) == sorted(
        (SOURCES[of].name, guid) for of, guid, _, _, _ in brought
    )
    tag_of = {(SOURCES[of].name, guid): tag for of, guid, _, _, tag in brought}
    for copies, tags in stories.items():
        assert tags == {tag_of[copy] for copy in copies}


def test_two_processes_that_keep_the_same_articles_at_once_end_as_one(tmp_path):
    """Two stores on one file, as two processes have them, each with its own connections."""
    url = f"sqlite+pysqlite:///{tmp_path / 'both.db'}"
    first, second = source("shanghai-daily"), source("car-times")
    told = [
        article(f"{title} {hour}", f"{hour}{title}", published=NOON + hour * HOUR)
        for hour in range(6)
        for title in HEADLINES
    ]
    readings = [[tagged(each, of=of) for each in told] for of in (first, second)]

    def run(mine):
        with Store(url) as store:
            store.adopt([Defined(each, "1") for each in (first, second)], RULES, "news.example", NOON)
            for reading in mine:
                store.keep([reading], MATCHER, hourly(), NOON)

    threads = [threading.Thread(target=run, args=(mine,)) for mine in (*readings, *readings)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with Store(url) as store:
        stories = list(store.stories())
    assert len(stories) == 6 * len(HEADLINES)
    assert all({copy.source for copy in story.copies} == {"shanghai-daily", "car-times"} for story in stories)
