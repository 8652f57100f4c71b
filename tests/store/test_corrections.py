"""Corrections by hand: they do what they say, can be undone, and outlive every later reading and rematch."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from examples import NOON, RULES, article, hourly, source, tagged
from tagwire.errors import DefinitionError
from tagwire.model import Everything, Feed, HasTag
from tagwire.store.conditions import article_words
from tagwire.store.schema import metadata
from tagwire.store.store import Store
from tagwire.store.visits import Defined
from tagwire.stories.match import Matcher

HOUR = timedelta(hours=1)
SOURCES = (source("shanghai-daily"), source("car-times"), source("harbour"))
MATCHER = Matcher()
TITLE = "SAIC Motor opens a battery plant in Jiading"
ALL = Feed(name="all", title="All", filter=Everything())


@pytest.fixture(scope="module")
def opened():
    with Store("sqlite+pysqlite://") as made:
        yield made


@pytest.fixture
def store(opened):
    return emptied(opened)


def emptied(store):
    with store._engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        connection.execute(delete(article_words))
        for table in reversed(metadata.sorted_tables):
            connection.execute(delete(table))
    store.adopt([Defined(each, "1") for each in SOURCES], RULES, "news.example", NOON)
    return store


def keep(store, *articles, of=0, now=NOON, each=()):
    brought = tagged(*articles, of=SOURCES[of], each=each)
    return store.keep([brought], MATCHER, hourly(now), now)


def told(store, title=TITLE, of=0, hours=0, **changes):
    name = SOURCES[of].name
    guid = changes.pop("guid", f"{name}-{title}")
    link = f"https://{name}.example/{guid.replace(' ', '-')}"
    keep(store, article(title, guid, link=link, published=NOON + hours * HOUR, **changes), of=of)


@pytest.fixture
def twice(store):
    """A story that two sources tell."""
    told(store, of=0)
    told(store, of=1, hours=1)
    return store


def groups(store):
    return sorted(sorted((copy.source, copy.title) for copy in story.copies) for story in store.stories())


def ids(store):
    return [story.id for story in store.stories()]


def published(store):
    store.catch_up([ALL], NOON + HOUR)
    return [story.id for story in store.pick([ALL])[0].stories]


# ------------------------------------------------------------ naming a story


def test_a_story_is_named_by_id_hash_or_link(twice):
    (story,) = twice.stories()

    for name in (story.id, story.hash, story.hash[:6], story.copies[1].link):
        assert twice.explain(name).story.id == story.id


@pytest.mark.parametrize(
    "name", ["", "tag:news.example,2026-03-02:none", "abc", "zzzzzz", "%%%%", "https://x.example/"]
)
def test_a_name_of_no_story_is_an_error(twice, name):
    with pytest.raises(DefinitionError, match="no story"):
        twice.explain(name)


# ------------------------------------------------------------ split, merge, withdraw


def test_a_split_copy_is_a_story_of_its_own_and_the_id_stays_with_the_first(twice):
    (before,) = twice.stories()
    fresh = twice.split(MATCHER, before.id, "2", NOON)

    first, second = twice.stories()
    assert (first.id, second.id) == (before.id, fresh)
    assert [copy.source for copy in second.copies] == ["car-times"]
    assert second.published == NOON + HOUR
    assert published(twice) == [fresh, before.id]


def test_splitting_the_first_copy_off_leaves_it_the_id(twice):
    (before,) = twice.stories()
    twice.split(MATCHER, before.id, "shanghai-daily", NOON)

    first, second = twice.stories()
    assert (first.id, first.copies[0].source) == (before.id, "shanghai-daily")
    assert second.copies[0].source == "car-times"


@pytest.mark.parametrize("copy", ["3", "0", "nobody", "-1"])
def test_a_copy_that_is_not_there_is_an_error_that_lists_them(twice, copy):
    with pytest.raises(DefinitionError, match="1 shanghai-daily, 2 car-times"):
        twice.split(MATCHER, ids(twice)[0], copy, NOON)


def test_a_story_with_one_copy_cannot_be_split(store):
    told(store)
    with pytest.raises(DefinitionError, match="one copy only"):
        store.split(MATCHER, ids(store)[0], "1", NOON)


def test_a_merged_story_keeps_the_older_id_and_the_other_still_finds_it(store):
    told(store, "Port opens", of=0, tags=())
    keep(store, article("Quite another headline", "b", published=NOON + HOUR), of=1, each=("B",))
    older, younger = ids(store)
    assert len(published(store)) == 2

    assert store.merge(MATCHER, younger, older, NOON) == older
    assert ids(store) == [older]
    assert store.explain(younger).story.id == older
    assert next(store.stories()).tags == ("B",)
    assert published(store) == [older]


def test_merging_a_story_with_itself_is_an_error(twice):
    (one,) = ids(twice)
    with pytest.raises(DefinitionError, match="one story already"):
        twice.merge(MATCHER, one, one, NOON)


def test_a_withdrawn_story_leaves_every_feed_and_new_copies_join_it_there(twice):
    (story,) = ids(twice)
    assert published(twice) == [story]
    twice.withdraw(story, NOON)
    told(twice, of=2, hours=2)

    assert published(twice) == []
    assert ids(twice) == []
    assert len(twice.explain(story).copies) == 3
    with pytest.raises(DefinitionError, match="withdrawn already"):
        twice.withdraw(story, NOON)


def test_tags_given_and_taken_by_hand_outlive_edits_and_new_rules(store):
    keep(store, article(TITLE, "g"), each=("Cars", "Rumour"))
    (story,) = ids(store)
    store.tag(story, ["CIIE"], ["rumour"], NOON)
    assert next(store.stories()).tags == ("Cars", "CIIE")

    keep(store, article("SAIC Motor opens two plants", "g"), each=("Rumour",))
    assert next(store.stories()).tags == ("CIIE",)
    chosen = [Feed(name="r", title="r", filter=HasTag("Rumour")), Feed(name="c", title="c", filter=HasTag("ciie"))]
    store.catch_up(chosen, NOON)
    assert [len(picked.stories) for picked in store.pick(chosen)] == [0, 1]


def test_merging_shares_what_was_said_by_hand_and_undoing_takes_it_back(store):
    told(store, "Port opens", of=0)
    told(store, "Quite another headline of its own", of=1)
    older, younger = ids(store)
    store.tag(younger, ["CIIE"], [], NOON)
    store.merge(MATCHER, older, younger, NOON)
    assert next(store.stories()).tags == ("CIIE",)

    store.undo(MATCHER, NOON)
    assert {story.id: story.tags for story in store.stories()} == {older: (), younger: ("CIIE",)}


def test_merging_news_into_an_older_story_that_was_no_news_publishes_it(store):
    old = [article(f"Headline number {n} of the archive", f"o{n}", published=NOON - n * HOUR) for n in range(25)]
    store.keep([tagged(*old, of=SOURCES[0], backlog=20)], MATCHER, hourly(), NOON)
    told(store, "Quite another headline of its own", of=1)
    quiet = next(story.id for story in store.stories() if story.copies[0].guid == "o24")
    news = next(story.id for story in store.stories() if story.copies[0].source == "car-times")
    assert quiet not in published(store)

    store.merge(MATCHER, quiet, news, NOON)
    assert quiet in published(store)


# ------------------------------------------------------------ undo


def undo_all(store, times):
    return [store.undo(MATCHER, NOON).kind for _ in range(times)]


def test_every_correction_can_be_undone_in_turn(twice):
    before, stories = groups(twice), list(twice.stories())
    (story,) = ids(twice)
    fresh = twice.split(MATCHER, story, "2", NOON)
    twice.tag(fresh, ["A"], [], NOON)
    twice.tag(fresh, [], ["A"], NOON)
    twice.merge(MATCHER, story, fresh, NOON)
    twice.withdraw(story, NOON)

    assert undo_all(twice, 5) == ["withdraw", "merge", "tag", "tag", "split"]
    assert groups(twice) == before
    assert [story.id for story in twice.stories()] == [story.id for story in stories]
    assert published(twice) == [story]
    with pytest.raises(DefinitionError, match="nothing to undo"):
        twice.undo(MATCHER, NOON)


def test_undoing_a_tag_restores_what_was_said_by_hand_before(store):
    told(store)
    (story,) = ids(store)
    store.tag(story, ["A"], [], NOON)
    store.tag(story, [], ["a"], NOON)
    assert next(store.stories()).tags == ()
    store.undo(MATCHER, NOON)

    assert next(store.stories()).tags == ("A",)


# ------------------------------------------------------------ rematch


def test_a_rematch_by_the_same_rules_moves_nothing(twice):
    told(twice, "Another story altogether", of=2)

    assert twice.rematch(MATCHER, NOON, dry=True) == []


class Apart(Matcher):
    """Rules by which nothing is alike."""

    def decide(self, article, _candidates):
        return super().decide(article, [])


def test_a_dry_rematch_tells_what_other_rules_would_do_and_does_nothing(twice):
    before = groups(twice)
    (move,) = twice.rematch(Apart(), NOON, dry=True)

    assert (move.source, move.target) == ("car-times", "")
    assert groups(twice) == before


def test_a_rematch_takes_apart_and_puts_together_again(twice):
    (story,) = ids(twice)
    twice.rematch(Apart(), NOON, dry=False)
    assert len(groups(twice)) == 2
    assert story in ids(twice)

    twice.rematch(MATCHER, NOON, dry=False)
    assert len(groups(twice)) == 1
    assert ids(twice) == [story]
    assert published(twice) == [story]


def test_a_rematch_publishes_nothing_that_was_withdrawn(twice):
    twice.split(MATCHER, ids(twice)[0], "2", NOON)
    first, second = ids(twice)
    twice.undo(MATCHER, NOON)
    twice.withdraw(first, NOON)
    twice.rematch(Apart(), NOON, dry=False)

    assert second not in ids(twice)
    assert published(twice) == []


def test_a_rematch_leaves_alone_what_was_corrected_by_hand(twice):
    twice.split(MATCHER, ids(twice)[0], "2", NOON)
    before = groups(twice)
    twice.rematch(MATCHER, NOON, dry=False)
    twice.rematch(Apart(), NOON, dry=False)

    assert groups(twice) == before


# ------------------------------------------------------------ whatever comes later

TITLES = ("Port of Shanghai breaks its yearly record", "Ferry line opens to the islands", TITLE)
steps = st.lists(
    st.tuples(st.sampled_from(range(len(TITLES))), st.integers(0, 2), st.integers(0, 5), st.sampled_from("abc")),
    min_size=1,
    max_size=8,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(later=steps, rematched=st.booleans())
def test_a_split_stays_split_and_a_merge_merged_whatever_comes_later(opened, later, rematched):
    store = emptied(opened)
    told(store, of=0)
    told(store, of=1, hours=1)
    told(store, "A headline of its own", of=0)
    told(store, "And one more that is unlike it", of=1)
    same, one, other = ids(store)
    fresh = store.split(MATCHER, same, "2", NOON)
    store.merge(MATCHER, one, other, NOON)

    for title, of, hours, guid in later:
        told(store, TITLES[title], of=of, hours=hours, guid=guid + str(title))
    if rematched:
        store.rematch(MATCHER, NOON, dry=False)

    homes = {copy.guid: story.id for story in store.stories() for copy in story.copies}
    assert homes[f"shanghai-daily-{TITLE}"] == same
    assert homes[f"car-times-{TITLE}"] == fresh
    assert homes["shanghai-daily-A headline of its own"] == homes["car-times-And one more that is unlike it"] == one


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(brought=steps)
def test_keeping_everything_twice_changes_nothing(opened, brought):
    store = emptied(opened)

    def keep_all():
        for title, of, hours, guid in brought:
            told(store, TITLES[title], of=of, hours=hours, guid=guid + str(title))

    keep_all()
    before, change = groups(store), store.newest_change()
    again = [(title, of, hours, guid) for title, of, hours, guid in dict.fromkeys(brought)]
    if len({(of, guid, title) for title, of, _, guid in again}) == len(again):
        keep_all()
        assert store.newest_change() == change
    assert groups(store) == before


def test_the_shown_copy_can_be_split_off(store):
    told(store, of=0, content="")
    told(store, of=1, hours=1, content="<p>Much the fuller text of the two.</p>")
    (before,) = store.stories()
    assert before.shown.source == "car-times"
    store.split(MATCHER, before.id, "car-times", NOON)

    assert [story.shown.source for story in store.stories()] == ["shanghai-daily", "car-times"]
