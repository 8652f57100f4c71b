"""One tree, one meaning: the SQL condition chooses the stories that the plain evaluation in `tags/matching` chooses."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from examples import NOON, RULES, hourly, source, tagged
from examples import article as example
from tagwire.model import (
    After,
    And,
    Before,
    Enclosure,
    Everything,
    Feed,
    FromSource,
    Has,
    HasPattern,
    HasTag,
    HasWords,
    InLanguage,
    Not,
    Or,
    Part,
    Searched,
    Seen,
    Within,
)
from tagwire.store import looking
from tagwire.store.conditions import article_words
from tagwire.store.schema import feed_stories, feeds, metadata
from tagwire.store.store import Store
from tagwire.store.visits import Defined
from tagwire.stories.match import Matcher
from tagwire.tags.matching import judge, matches
from tagwire.tags.patterns import found

HOUR = timedelta(hours=1)
SOURCES = (source("shanghai-daily"), source("Car Times"), source("Zeitung"))
TEXTS = [
    "",
    "SAIC sells 5% more",
    "上汽集团与通用",
    "坐上 汽车",
    "a_b c",
    "naïve Ünïcode",
    "one two",
    "two three one",
    "😀 ½ x²",
]
texts = st.sampled_from(TEXTS)

articles = st.builds(
    lambda guid, title, published, **rest: example(title or "untitled", guid, published=published, **rest),
    guid=st.text("abcdef", min_size=8, max_size=8),
    title=texts,
    published=st.integers(-3, 3).map(lambda days: NOON + timedelta(days=days)),
    summary=texts,
    content=texts.map(lambda text: f"<p>{text}</p><p>& more</p>" if text else ""),
    authors=st.lists(st.sampled_from(["Li Wei", "陈静", "A. Two Three"]), max_size=2).map(tuple),
    link=st.sampled_from([None, "https://a.example/two/three", "https://b.example/上汽"]),
    language=st.sampled_from([None, "en", "zh-CN", "zh_TW", "ZH"]),
    image=st.sampled_from([None, "https://a.example/x.png"]),
    enclosures=st.sampled_from([(), (Enclosure(url="https://a.example/x.mp3"),)]),
)
readings = st.lists(
    st.tuples(st.sampled_from(SOURCES), articles, st.sets(st.sampled_from(["A", "b c", "上汽"]), max_size=2)),
    min_size=1,
    max_size=6,
    unique_by=lambda one: one[1].guid,
)
wheres = st.sampled_from(list(Searched))
leaves = st.one_of(
    st.just(Everything()),
    st.builds(HasTag, st.sampled_from(["a", "B_C", "上汽", "none"])),
    st.builds(
        HasWords, st.sampled_from(["saic", "上汽", "two three", "汽", "naïve", "b", "one", "x", "more two"]), wheres
    ),
    st.builds(HasPattern, st.sampled_from(["^one", "s.ic", "三|上汽", "more$", r"\d%"]), wheres),
    st.builds(FromSource, st.sampled_from(["car times", "ZEITUNG", "nobody"])),
    st.builds(InLanguage, st.sampled_from(["en", "zh", "zh-cn", "z"])),
    st.builds(After, st.sampled_from([date(2026, 3, 1), date(2026, 3, 2)])),
    st.builds(Before, st.sampled_from([date(2026, 3, 2), date(2026, 3, 4)])),
    st.builds(Within, st.sampled_from([HOUR, 48 * HOUR, timedelta.max])),
    st.builds(Has, st.sampled_from(list(Part))),
)
trees = st.recursive(
    leaves,
    lambda deeper: st.one_of(
        st.builds(Not, deeper),
        st.builds(And, st.lists(deeper, min_size=1, max_size=3).map(tuple)),
        st.builds(Or, st.lists(deeper, min_size=1, max_size=3).map(tuple)),
    ),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def opened():
    with Store("sqlite+pysqlite://", found) as made:
        yield made


@pytest.fixture
def store(opened):
    return emptied(opened)


@pytest.fixture(autouse=True, scope="module")
def narrow():
    """Let the windows that the newest stories are looked for in be as narrow as the examples are small."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(looking, "_FIRST_WINDOW", 1)
        patched.setattr(looking, "_WIDER", 2)
        yield


def emptied(store):
    """Give a store in which nothing was kept; making one anew for each example takes a hundred times as long."""
    with store._engine.begin() as connection:
        connection.execute(delete(article_words))
        for table in reversed(metadata.sorted_tables):
            connection.execute(delete(table))
    store.adopt([Defined(each, "1") for each in SOURCES], RULES, "news.example", NOON)
    return store


def seen_of(kept):
    """Put the articles of each story together, as the store matched them."""
    return {
        story.id: Seen(
            copies=tuple(
                one for copy in story.copies for one in kept if (one.source, one.guid) == (copy.source, copy.guid)
            ),
            tags=frozenset(tag.casefold().replace(" ", "-") for tag in story.tags),
            published=story.published,
            day=story.day,
        )
        for story in kept.stories
    }


class Kept(list):
    """Articles as they were kept, and the stories they became."""

    stories = ()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(brought=readings, chosen=st.lists(trees, min_size=1, max_size=8))
def test_sql_chooses_what_the_plain_meaning_chooses(opened, brought, chosen):
    store = emptied(opened)
    kept = Kept()
    for of, article, carried in brought:
        reading = tagged(article, of=of, each=tuple(sorted(carried)))
        store.keep([reading], Matcher(), hourly(), NOON)
        kept += reading.reading.articles
    kept.stories = list(store.stories())
    defined = [Feed(name=f"f{n}", title="", filter=tree, limit=1000) for n, tree in enumerate(chosen)]
    store.catch_up(defined, NOON)

    seen = seen_of(kept)
    for feed, picked in zip(defined, store.pick(defined), strict=True):
        expected = {key for key, each in seen.items() if matches(feed.filter, each, NOON)}
        assert {story.id for story in picked.stories} == expected
        assert {story.id for story in store.newest(feed.filter, 1000, NOON)} == expected


def history(store, feed):
    """Give when the stories of a feed came and went."""
    query = select(feed_stories.c.story, feed_stories.c.entered_at, feed_stories.c.left_at).where(
        feed_stories.c.feed == select(feeds.c.id).where(feeds.c.name == feed.name).scalar_subquery()
    )
    with store._engine.connect() as connection:
        return sorted(map(tuple, connection.execute(query)))


rounds = st.lists(
    st.tuples(
        st.lists(
            st.tuples(st.integers(0, 3), texts, st.sets(st.sampled_from(["A", "b c"])), st.sampled_from(SOURCES)),
            max_size=3,
        ),
        st.sampled_from([timedelta(), HOUR, 60 * HOUR]),
    ),
    min_size=2,
    max_size=4,
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=rounds, chosen=st.lists(trees, min_size=1, max_size=5))
def test_feeds_catch_up_alike_whether_stories_are_judged_in_memory_or_by_the_database(opened, told, chosen):
    store, now = emptied(opened), NOON
    store.keep([tagged(example("the first"), of=SOURCES[0])], Matcher(), hourly(), now)
    asked, judged = (
        [Feed(name=f"{name}{n}", title="", filter=tree, limit=1000) for n, tree in enumerate(chosen)] for name in "aj"
    )
    for readings, later in [([], timedelta()), *told]:
        now += later
        for guid, title, carried, of in readings:
            edited = example(title or "untitled", str(guid), digest=f"1:{title}")
            store.keep([tagged(edited, of=of, each=tuple(sorted(carried)))], Matcher(), hourly(), now)
        store.catch_up(asked, now)
        store.catch_up(judged, now, judge)

        assert [history(store, feed) for feed in judged] == [history(store, feed) for feed in asked]
        for one, other in zip(store.pick(judged), store.pick(asked), strict=True):
            assert one.stories == other.stories
        for feed, picked in zip(judged, store.pick(judged), strict=True):
            assert {story.id for story in picked.stories} == {s.id for s in store.newest(feed.filter, 1000, now)}


def test_a_story_leaves_by_time_alone(store):
    store.keep([tagged(example(), of=SOURCES[0])], Matcher(), hourly(), NOON)
    fresh = [Feed(name="fresh", title="Fresh", filter=Within(24 * HOUR))]
    store.catch_up(fresh, NOON)
    assert len(store.pick(fresh)[0].stories) == 1

    store.catch_up(fresh, NOON + 25 * HOUR)
    assert store.pick(fresh)[0].stories == ()


def test_a_story_enters_by_time_alone_where_a_span_is_denied(store):
    store.keep([tagged(example(), of=SOURCES[0])], Matcher(), hourly(), NOON)
    aged = [Feed(name="aged", title="Aged", filter=Not(Within(24 * HOUR)))]
    store.catch_up(aged, NOON)
    assert store.pick(aged)[0].stories == ()

    store.catch_up(aged, NOON + 25 * HOUR)
    assert len(store.pick(aged)[0].stories) == 1


def test_feeds_rest_while_what_is_stored_is_tagged_anew(store):
    store.keep([tagged(example(), of=SOURCES[0])], Matcher(), hourly(), NOON)
    everything = [Feed(name="all", title="All", filter=Everything())]
    assert store.catch_up(everything, NOON)
    store.keep([tagged(example("Another"), of=SOURCES[0])], Matcher(), hourly(), NOON)
    store.adopt([Defined(each, "1") for each in SOURCES], "rules-2", "", NOON)

    assert not store.catch_up(everything, NOON)
    assert len(store.pick(everything)[0].stories) == 1
    store.retag(lambda *_: (), "rules-2")
    assert store.catch_up(everything, NOON)
    assert len(store.pick(everything)[0].stories) == 2


def test_an_edited_article_is_found_by_its_new_words_only(store):
    store.keep([tagged(example("old words", "g"), of=SOURCES[0])], Matcher(), hourly(), NOON)
    store.keep([tagged(example("new words", "g"), of=SOURCES[0])], Matcher(), hourly(), NOON)
    defined = [Feed(name=word, title=word, filter=HasWords(f"{word} words")) for word in ("old", "new")]
    store.catch_up(defined, NOON)

    assert [len(picked.stories) for picked in store.pick(defined)] == [0, 1]
