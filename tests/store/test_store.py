"""The contract of the store: every database that Tagwire supports keeps it.

Proves: nothing kept is lost, nothing is kept twice, memos and articles go together, visits are leased,
feeds remember what they published, and rules are applied to what is stored.
"""

from dataclasses import replace
from datetime import timedelta

import pytest

from examples import NOON, RULES, article, hourly, source, tagged, tags
from tagwire.errors import StoreError
from tagwire.model import And, Enclosure, Everything, Feed, HasTag, Hints, Not, Or, Outcome
from tagwire.sources import schedule
from tagwire.store.leases import _DUE, Claim
from tagwire.store.store import Store
from tagwire.store.visits import Defined
from tagwire.stories.match import Matcher

HOUR = timedelta(hours=1)
NEWS = source()
OTHER = source("car-times")


@pytest.fixture
def url(tmp_path):
    return f"sqlite+pysqlite:///{tmp_path / 'tagwire.db'}"


@pytest.fixture
def store(url):
    with Store(url) as opened:
        adopt(opened)
        yield opened


def adopt(store, *sources, rules=RULES, now=NOON):
    store.adopt([Defined(each, "1") for each in sources or (NEWS, OTHER)], rules, "news.example", now)


def keep(store, *readings, now=NOON):
    return store.keep(readings, Matcher(), hourly(now), now)


def titles(store, feed):
    store.catch_up([feed], NOON)
    return [story.title for story in store.pick([feed])[0].stories]


def feed(chosen=None, name="all", **changes):
    return Feed(name=name, title=name, filter=chosen or Everything(), **changes)


# ------------------------------------------------------------ keeping


def test_a_kept_article_is_a_story_with_all_it_brought(store):
    brought = article(
        summary="In short.", content="<p>At length.</p>", authors=("Li Wei",), tags=("Cars",), language="en",
        enclosures=(Enclosure(url="https://a.example/x.mp3", type="audio/mpeg", length=3),), rights="CC BY",
        image="https://a.example/x.png",
    )  # fmt: skip
    keep(store, tagged(brought, each=("SAIC Motor",)))

    (story,) = store.stories()
    assert (story.title, story.summary, story.content) == (brought.title, "In short.", "<p>At length.</p>")
    assert (story.authors, story.language, story.enclosures) == (("Li Wei",), "en", brought.enclosures)
    assert (story.rights, story.image, story.tags) == ("CC BY", "https://a.example/x.png", ("SAIC Motor",))
    assert story.published == story.updated == NOON
    assert story.id.startswith("tag:news.example,2026-03-02:")
    assert [copy.source for copy in story.copies] == ["shanghai-daily"]


def test_keeping_the_same_reading_twice_changes_nothing(store):
    once = tagged(article(), article("Another story"))
    keep(store, once)
    before = list(store.stories())
    change = store.newest_change()

    (kept,) = keep(store, once, now=NOON + HOUR)

    assert (kept.new, kept.edited) == (0, 0)
    assert list(store.stories()) == before
    assert store.newest_change() == change


def test_the_same_title_from_another_source_is_a_copy_and_tags_are_united(store):
    keep(store, tagged(article(), each=("A",)))
    keep(store, tagged(article(guid="x", published=NOON + HOUR), of=OTHER, each=("B",)))

    (story,) = store.stories()
    assert [copy.source for copy in story.copies] == ["shanghai-daily", "car-times"]
    assert story.tags == ("A", "B")
    assert story.published == NOON
    assert "same title" in story.copies[1].reason


def test_two_siblings_of_one_batch_are_one_story(store):
    keep(store, tagged(article()), tagged(article(guid="x"), of=OTHER))

    assert len(list(store.stories())) == 1


@pytest.mark.parametrize("day", range(7))
def test_copies_on_two_sides_of_a_midnight_are_one_story(store, day):
    midnight = NOON.replace(hour=0) + timedelta(days=day)
    keep(store, tagged(article(published=midnight - HOUR)))
    keep(store, tagged(article(guid="x", published=midnight + HOUR), of=OTHER))

    assert len(list(store.stories())) == 1


def test_a_source_that_comes_home_twice_in_a_batch_is_kept_once(store):
    first, second = keep(store, tagged(article(guid="g")), tagged(article(guid="g"), article("Another", guid="h")))

    assert (first.new, second.new, second.edited) == (1, 1, 0)
    assert len(list(store.stories())) == 2


def test_an_edit_updates_its_story_and_keeps_its_id_and_place(store):
    keep(store, tagged(article(guid="g")))
    (before,) = store.stories()
    keep(store, tagged(article("SAIC Motor opens two plants", guid="g"), each=("A",)), now=NOON + HOUR)

    (after,) = store.stories()
    assert (after.id, after.published) == (before.id, before.published)
    assert (after.title, after.updated, after.tags) == ("SAIC Motor opens two plants", NOON + HOUR, ("A",))


def test_an_edited_title_is_what_later_copies_are_matched_with(store):
    keep(store, tagged(article("First wording", guid="g")))
    keep(store, tagged(article("Second wording", guid="g")))
    keep(store, tagged(article("Second wording", guid="h"), of=OTHER))

    (story,) = store.stories()
    assert len(story.copies) == 2


def test_a_digest_by_other_rules_is_adopted_silently(store):
    keep(store, tagged(article(guid="g")))
    (kept,) = keep(store, tagged(replace(article(guid="g"), digest="2:else", summary="now cleaner")), now=NOON + HOUR)

    (story,) = store.stories()
    assert kept.edited == 0
    assert (story.summary, story.updated) == ("now cleaner", NOON)


def test_a_web_source_cannot_move_the_date_of_a_story_and_an_operator_can(store):
    keep(store, tagged(article(guid="g")))
    later = article("New", guid="g", published=NOON + timedelta(days=2))
    keep(store, tagged(later))
    assert next(store.stories()).published == NOON

    keep(store, replace(tagged(replace(later, digest="1:own")), own=True))
    story = next(store.stories())
    assert story.published == later.published
    assert story.day == later.day


def test_one_guid_told_in_two_ways_at_every_visit_is_no_edit(store):
    both = tagged(article("SAIC Motor opens a plant", guid="g"), article("Market report of the day", guid="g"))
    keep(store, both)
    (kept,) = keep(store, both, now=NOON + HOUR)

    assert (kept.new, kept.edited) == (0, 0)


def test_one_guid_twice_in_a_reading_is_one_article(store):
    (kept,) = keep(store, tagged(article(guid="g"), article(guid="g")))

    assert kept.new == 1
    assert len(list(store.stories())) == 1


def test_the_id_of_a_story_does_not_depend_on_the_database(store, tmp_path):
    keep(store, tagged(article()))
    with Store(f"sqlite+pysqlite:///{tmp_path / 'again.db'}") as again:
        adopt(again)
        keep(again, tagged(article()))

        assert [story.id for story in again.stories()] == [story.id for story in store.stories()]


def test_the_authority_of_ids_is_fixed_at_the_first_run(store):
    store.adopt([Defined(NEWS, "1")], RULES, "moved.example", NOON)
    keep(store, tagged(article()))

    assert next(store.stories()).id.startswith("tag:news.example,")


def test_a_batch_that_fails_keeps_nothing_of_it(store):
    with pytest.raises(ZeroDivisionError):
        store.keep([tagged(article()), tagged(article("B"), of=OTHER)], Matcher(), lambda *_: 1 // 0, NOON)

    assert list(store.stories()) == []
    assert store.sources()[0].last_at is None


# ------------------------------------------------------------ backlogs


def backlog(news, *titles, of=NEWS):
    """Give a first reading of articles, each an hour older than the one before, of which some are news."""
    told = (article(title, guid=f"{title}@{of.name}", published=NOON - n * HOUR) for n, title in enumerate(titles))
    return tagged(*told, of=of, backlog=news)


def test_of_a_backlog_only_the_newest_enter_a_feed_and_all_are_kept(store):
    keep(store, backlog(2, "one", "two", "three", "four"))

    assert titles(store, feed()) == ["one", "two"]
    assert len(list(store.stories())) == 4
    assert titles(store, feed(name="defined later")) == ["one", "two"]


@pytest.mark.parametrize(("news", "entered"), [(0, []), (1, ["one"]), (9, ["one", "two"]), (None, ["one", "two"])])
def test_a_backlog_may_be_of_any_size(store, news, entered):
    keep(store, backlog(news, "one", "two"))

    assert titles(store, feed()) == entered


def test_what_comes_after_the_first_reading_is_news_however_old_it_is(store):
    keep(store, backlog(1, "one", "two"))
    keep(store, tagged(article("found late", published=NOON - 9 * HOUR)))

    assert titles(store, feed()) == ["one", "found late"]


def test_an_old_article_that_another_source_tells_as_news_is_news(store):
    keep(store, backlog(0, "SAIC Motor opens a plant", "two"))
    assert titles(store, feed()) == []
    keep(store, tagged(article(guid="x"), of=OTHER))

    assert titles(store, feed()) == ["SAIC Motor opens a plant"]
    assert len(list(store.stories())) == 2


def test_an_old_article_in_two_backlogs_is_no_news(store):
    keep(store, backlog(0, "SAIC Motor opens a plant"), backlog(0, "SAIC Motor opens a plant", of=OTHER))

    assert titles(store, feed()) == []
    assert len(list(store.stories())) == 1


def test_news_stay_news_when_another_source_has_them_in_its_backlog(store):
    keep(store, tagged(article()))
    keep(store, backlog(0, "SAIC Motor opens a plant", of=OTHER))

    assert titles(store, feed()) == ["SAIC Motor opens a plant"]


def test_an_old_article_that_its_own_source_edits_or_renews_is_no_news(store):
    keep(store, backlog(0, "one", "two"))
    keep(store, tagged(article("one, corrected", guid="one@shanghai-daily")))
    keep(store, tagged(article("two", guid="renewed", published=NOON)))

    assert titles(store, feed()) == []
    assert len(list(store.stories())) == 2


def test_newcomers_beside_a_column_that_is_told_anew_find_what_is_stored(store):
    column = {"title": "Daily briefing", "guid": "column", "link": "https://a.example/column"}
    keep(store, tagged(article(**column, content="<p>Monday brought rain over the river and the harbour.</p>")))
    keep(store, tagged(article("Port of Shanghai breaks its record", "b"), of=OTHER))
    later = NOON + timedelta(days=1)
    anew = article("Evening briefing", "column", link=column["link"], published=later, content="<p>Markets fell.</p>")
    keep(store, tagged(anew, article("Port of Shanghai breaks its record", "a", published=NOON + HOUR)), now=later)

    assert [len(story.copies) for story in store.stories() if story.title.startswith("Port")] == [2]
    assert len([story for story in store.stories() if "briefing" in story.title]) == 2


def test_an_edit_is_seen_by_newcomers_of_the_same_batch(store):
    keep(store, tagged(article("First wording of it all", "g")))
    keep(
        store,
        tagged(article("Second wording, quite another", "g")),
        tagged(article("Second wording, quite another", "h"), of=OTHER),
    )

    (story,) = store.stories()
    assert len(story.copies) == 2


def test_an_edit_that_cuts_the_shown_copy_shows_the_fuller_one(store):
    keep(store, tagged(article(guid="g", content="<p>A long and thorough report on the matter.</p>")))
    keep(store, tagged(article(guid="h", content="<p>A short one.</p>"), of=OTHER))
    keep(store, tagged(replace(article(guid="g", content="<p>-</p>"), digest="1:cut", summary="")))

    assert next(store.stories()).shown.source == "car-times"


def test_what_is_read_anew_after_a_dropped_memo_is_news_and_no_backlog(store):
    backlog = replace(NEWS, options=replace(NEWS.options))
    keep(store, tagged(article("old", "1"), of=backlog, backlog=20))
    many = [article(f"Headline number {n} of its kind", f"n{n}", published=NOON + n * HOUR) for n in range(30)]
    keep(store, tagged(*many, of=backlog, backlog=20), now=NOON + HOUR)

    assert len(titles(store, feed(limit=100))) == 31


# ------------------------------------------------------------ visits


def claim(store, now=NOON, limit=10, **changes):
    return store.claim(now, limit, Claim(**{"kind": "web", "due_by": now, **changes}))


def test_a_source_is_claimed_by_one_process_until_it_is_kept(store):
    assert [address for address, _ in claim(store)] == [NEWS.address, OTHER.address]
    assert claim(store) == []

    keep(store, tagged(of=NEWS), now=NOON)
    assert dict(claim(store, NOON + 2 * HOUR))[NEWS.address] == {"etag": "x"}


def test_what_is_due_is_walked_in_its_order_and_never_sorted(store):
    """A claim takes some of very many sources."""
    with store._engine.connect() as connection:
        asked = str(_DUE.compile(connection))
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}", (0,) * asked.count("?"))]

    assert plan == ["SEARCH sources USING INDEX sources_due (defined=? AND kind=?)"]


def test_a_clock_that_was_ahead_for_a_while_holds_up_no_source(store):
    ahead = NOON + timedelta(days=365)
    claim(store, ahead)
    keep(store, tagged(of=NEWS), now=ahead)

    assert [address for address, _ in claim(store, NOON)] == [OTHER.address, NEWS.address]


def test_the_lease_of_a_crashed_process_runs_out(store):
    claim(store)

    assert len(claim(store, NOON + timedelta(minutes=11))) == 2


def test_a_lease_that_is_renewed_does_not_run_out(store):
    claim(store)
    store.renew([NEWS.address], NOON + timedelta(minutes=9))

    assert [address for address, _ in claim(store, NOON + timedelta(minutes=11))] == [OTHER.address]


def test_a_lease_counts_from_the_time_of_the_claim_however_long_the_pass_has_gone_on(store):
    late = NOON + 2 * HOUR
    claim(store, late, due_by=NOON + HOUR)

    assert claim(store, late + timedelta(minutes=9)) == []
    assert len(claim(store, late + timedelta(minutes=11))) == 2


def crowd(number):
    """Give sources on one host, all due before the two others."""
    return [replace(NEWS, name=f"crowd-{n}", address=f"https://crowd.example/{n:03}") for n in range(number)]


def test_many_sources_on_one_host_leave_room_for_others(store):
    adopt(store, *crowd(300), now=NOON - HOUR)
    adopt(store, *crowd(300), NEWS, OTHER)
    first = [address for address, _ in claim(store)]

    assert len(first) == 10
    assert {NEWS.address, OTHER.address} < set(first)
    assert claim(store) == []
    store.release(first[:2])
    assert len(claim(store)) == 2


def test_sources_of_a_crowded_host_take_their_turn_until_all_are_visited(store):
    adopt(store, *crowd(30), now=NOON - HOUR)
    visited = []
    while due := claim(store):
        visited += [address for address, _ in due]
        keep(store, *(tagged(of=replace(NEWS, address=address)) for address, _ in due))

    assert sorted(visited) == sorted(each.address for each in crowd(30))


def test_no_two_passes_are_at_one_host(store):
    adopt(store, *crowd(20), now=NOON - HOUR)
    adopt(store, *crowd(20), NEWS)
    first = [address for address, _ in claim(store, by="one", limit=3)]
    asked = Claim(kind="web", due_by=NOON, by="another")

    assert [address for address, _ in claim(store, by="another")] == [NEWS.address]
    assert store.waits(NOON, asked)
    assert len(claim(store, by="one")) == 5  # it may have more of the host itself
    keep(store, *(tagged(of=replace(NEWS, address=address)) for address in first))
    assert claim(store, by="another") == []


def test_a_host_is_left_alone_for_a_pause_after_another_pass_was_there(store):
    one, other = crowd(2)
    adopt(store, one, other)
    pause, soon, later = timedelta(seconds=2), NOON + timedelta(seconds=1), NOON + timedelta(seconds=2)
    claim(store, by="one", limit=1)
    keep(store, tagged(of=one), now=NOON)
    asked = Claim(kind="web", due_by=soon, by="another", pause=pause)

    assert claim(store, soon, by="another", pause=pause) == []
    assert store.waits(soon, asked)
    assert not store.waits(soon, replace(asked, by="one"))
    assert [address for address, _ in claim(store, soon, by="one", pause=pause)] == [other.address]
    store.release([other.address])
    assert [address for address, _ in claim(store, later, by="another", pause=pause)] == [other.address]


def test_nothing_waits_for_a_host_that_is_held_or_where_nothing_is_due(store):
    one, other = crowd(2)
    adopt(store, one, other)
    claim(store, by="one", limit=1)
    asked_to_wait(store, one, "crowd.example", HOUR)

    assert not store.waits(NOON, Claim(kind="web", due_by=NOON, by="another", pause=HOUR, everything=True))


def test_folders_have_no_host_that_they_could_crowd(store):
    folders = [replace(NEWS, name=f"folder-{n}", kind="files", address=f"/srv/{n}") for n in range(30)]
    adopt(store, *folders)

    assert len(claim(store, limit=100, kind="files")) == 30


def asked_to_wait(store, of, host, span, *, now=NOON, every=HOUR, **hints):
    """Keep a visit that ended with a host's wish to be left alone, as the schedule decides on it."""
    held = tagged(of=of, outcome=Outcome.HELD, hints=Hints(retry_after=span, asked_by=host, **hints))
    store.keep([held], Matcher(), lambda visit: schedule.plan(of, every, visit), now)


def test_a_host_that_asks_for_patience_gets_it_for_all_its_sources(store):
    crowded = crowd(3)
    adopt(store, *crowded, NEWS)
    asked_to_wait(store, crowded[0], "crowd.example", 6 * HOUR)

    due = [address for address, _ in claim(store, NOON + timedelta(minutes=359))]
    assert due == [NEWS.address]
    status = {each.name: each for each in store.sources()}
    assert status["crowd-1"].next_reason == "crowd.example asked us to wait"
    assert status["crowd-1"].next_at == status["crowd-0"].next_at == NOON + 6 * HOUR


def test_a_host_that_others_redirect_to_holds_its_own_sources_and_not_theirs(store):
    asked_to_wait(store, NEWS, "car-times.example", 6 * HOUR)

    status = {each.name: each for each in store.sources()}
    assert status["car-times"].next_reason == "car-times.example asked us to wait"
    assert store.held(NOON) == {"car-times.example": NOON + 6 * HOUR}


def test_a_host_is_left_alone_by_sources_that_come_later_and_by_passes_over_everything(store):
    crowded = crowd(3)
    adopt(store, *crowded[:2])
    asked_to_wait(store, crowded[0], "crowd.example", HOUR / 2)
    adopt(store, replace(crowded[0], timezone="Asia/Shanghai"), *crowded[1:], NEWS, now=NOON)
    soon, later = NOON + timedelta(minutes=29), NOON + timedelta(minutes=31)

    everything = claim(store, soon, everything=True)
    assert [address for address, _ in everything] == [NEWS.address]
    status = {each.name: each for each in store.sources()}
    assert {status[each.name].next_at for each in crowded} == {NOON + timedelta(minutes=30)}
    assert {status[each.name].next_reason for each in crowded} == {"crowd.example asked us to wait"}
    assert {address for address, _ in claim(store, later)} == {each.address for each in crowded}


def test_the_longest_patience_that_a_host_asked_for_holds(store):
    crowded = crowd(3)
    adopt(store, *crowded)
    for number, minutes in enumerate((40, 10)):
        asked_to_wait(store, crowded[number], "crowd.example", timedelta(minutes=minutes))

    assert store.held(NOON) == {"crowd.example": NOON + timedelta(minutes=40)}
    soon = NOON + timedelta(minutes=39)
    assert claim(store, soon, everything=True) == []


def test_a_source_that_is_visited_rarely_holds_its_host_no_longer_than_asked_and_nobody_for_more_than_a_week(store):
    crowded, month = crowd(2), timedelta(days=30)
    adopt(store, *crowded)
    asked_to_wait(store, crowded[0], "crowd.example", HOUR, every=month)
    status = {each.name: each for each in store.sources()}
    assert status["crowd-0"].next_at >= NOON + month
    assert status["crowd-1"].next_at == NOON + HOUR

    asked_to_wait(store, crowded[0], "crowd.example", month, every=month)
    assert store.held(NOON) == {"crowd.example": NOON + timedelta(days=7)}


def test_a_visit_that_did_not_go_to_a_host_makes_nobody_wait_for_it_longer(store):
    crowded = crowd(2)
    adopt(store, *crowded, NEWS)
    asked_to_wait(store, crowded[0], "crowd.example", HOUR)
    asked_to_wait(store, NEWS, "crowd.example", HOUR, now=NOON + HOUR / 2, known=True)

    assert store.held(NOON) == {"crowd.example": NOON + HOUR}
    status = {each.name: each for each in store.sources()}
    assert status[NEWS.name].outcome is Outcome.HELD
    assert status[NEWS.name].next_at >= NOON + HOUR * 1.5


def test_a_memo_that_stays_is_not_written(store):
    keep(store, tagged(of=NEWS))
    keep(store, tagged(of=NEWS, memo={"etag": "other"}, memo_stays=True))

    assert dict(claim(store, NOON + 2 * HOUR))[NEWS.address] == {"etag": "x"}


def test_where_a_source_moved_is_remembered_until_a_good_visit_says_otherwise(store):
    keep(store, tagged(of=NEWS, moved_to="https://new.example/"))
    keep(store, tagged(of=NEWS, outcome=Outcome.FAILED))
    moved = [each.moved_to for each in store.sources()]
    keep(store, tagged(of=NEWS))

    assert moved == ["", "https://new.example/"]
    assert [each.moved_to for each in store.sources()] == ["", ""]


def test_what_was_claimed_and_not_visited_is_due_again(store):
    claim(store)
    store.release([NEWS.address])

    assert [address for address, _ in claim(store)] == [NEWS.address]


def test_everything_claims_what_is_not_due_but_nothing_twice_in_a_pass(store):
    claim(store)
    keep(store, tagged(of=NEWS), tagged(of=OTHER))

    assert claim(store, everything=True) == []
    assert claim(store, NOON + timedelta(minutes=1)) == []
    assert len(claim(store, NOON + timedelta(minutes=1), everything=True)) == 2


def test_a_failed_reading_keeps_the_memo_and_counts(store):
    keep(store, tagged(of=NEWS))
    for _ in range(2):
        keep(store, tagged(of=NEWS, outcome=Outcome.FAILED, error="404 Not Found", memo={}), now=NOON + HOUR)

    news = next(each for each in store.sources() if each.name == NEWS.name)
    assert (news.failures, news.error, news.outcome) == (2, "404 Not Found", Outcome.FAILED)
    assert dict(claim(store, NOON + 3 * HOUR))[NEWS.address] == {"etag": "x"}


def test_changed_options_drop_the_memo_and_a_new_name_does_not(store):
    keep(store, tagged(article(), of=NEWS))
    renamed = replace(NEWS, name="renamed")
    adopt(store, renamed, now=NOON + HOUR)
    assert dict(claim(store, NOON + 2 * HOUR))[NEWS.address] == {"etag": "x"}
    assert next(store.stories()).copies[0].source == "renamed"

    adopt(store, replace(renamed, language="zh"), now=NOON + HOUR)
    store.release([NEWS.address])
    assert dict(claim(store, NOON + HOUR))[NEWS.address] == {}


def test_another_version_of_the_reader_drops_the_memo(store):
    keep(store, tagged(of=NEWS))
    store.adopt([Defined(NEWS, "2")], RULES, "", NOON)

    assert dict(claim(store, NOON + 2 * HOUR))[NEWS.address] == {}


def test_a_source_without_definition_is_not_visited_and_its_stories_stay(store):
    keep(store, tagged(article(), of=NEWS))
    adopt(store, OTHER)

    assert [address for address, _ in claim(store, NOON + 2 * HOUR)] == [OTHER.address]
    assert [each.name for each in store.sources()] == ["car-times"]
    assert len(list(store.stories())) == 1


# ------------------------------------------------------------ tags


def test_new_rules_are_applied_to_what_is_stored(store):
    keep(store, tagged(article(tags=("given",)), each=("old",)))
    assert store.retag(lambda *_: (), RULES) == 0
    adopt(store, rules="rules-2")

    assert store.retag(lambda one, _: tags("new", *one.tags), "rules-2") == 1
    assert next(store.stories()).tags == ("given", "new")
    assert store.retag(lambda *_: (), "rules-2") == 0


def test_new_rules_reach_articles_of_sources_that_are_gone(store):
    keep(store, tagged(article(), of=NEWS))
    adopt(store, OTHER, rules="rules-2")

    assert store.retag(lambda *_: tags("new"), "rules-2") == 1


def test_articles_tagged_while_the_rules_changed_are_tagged_anew(store):
    adopt(store, rules="rules-2")
    store.retag(lambda *_: (), "rules-2")
    keep(store, tagged(article(), each=("old",)))

    assert store.retag(lambda *_: tags("new"), "rules-2") == 1
    assert next(store.stories()).tags == ("new",)


def test_rules_that_are_no_longer_in_force_retag_nothing(store):
    keep(store, tagged(article(), each=("old",)))
    adopt(store, rules="rules-2")

    assert store.retag(lambda *_: tags("wrong"), RULES) == 0
    assert store.is_retagging()
    assert next(store.stories()).tags == ("old",)


def test_a_story_that_enters_by_new_rules_takes_its_place_by_date(store):
    only_a = feed(HasTag("A"))
    keep(store, tagged(article("first")), now=NOON - HOUR)
    keep(store, tagged(article("second"), each=("A",)), now=NOON)
    assert titles(store, only_a) == ["second"]
    adopt(store, rules="rules-2")
    store.retag(lambda *_: tags("A"), "rules-2")
    store.catch_up([only_a], NOON + HOUR)

    assert titles(store, only_a) == ["second", "first"]


# ------------------------------------------------------------ feeds


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (Everything(), {"a", "b", "ab", "none"}),
        (HasTag("A"), {"a", "ab"}),
        (HasTag("a"), {"a", "ab"}),
        (Not(HasTag("A")), {"b", "none"}),
        (And((HasTag("A"), HasTag("B"))), {"ab"}),
        (Or((HasTag("A"), HasTag("B"))), {"a", "b", "ab"}),
        (And((Or((HasTag("A"), HasTag("B"))), Not(HasTag("B")))), {"a"}),
    ],
)
def test_a_filter_chooses(store, chosen, expected):
    for name, carried in (("a", ("A",)), ("b", ("B",)), ("ab", ("A", "B")), ("none", ())):
        keep(store, tagged(article(name), each=carried))

    assert set(titles(store, feed(chosen))) == expected


def test_a_pass_enters_its_stories_by_date_and_the_last_pass_is_on_top(store):
    keep(
        store,
        tagged(article("b", published=NOON), article("c", published=NOON + HOUR), article("a", published=NOON - HOUR)),
    )
    assert titles(store, feed()) == ["c", "b", "a"]

    keep(store, tagged(article("older", published=NOON - 2 * HOUR)), now=NOON + HOUR)
    store.catch_up([feed()], NOON + HOUR)
    assert titles(store, feed()) == ["older", "c", "b", "a"]


def test_a_story_that_no_longer_belongs_leaves_and_returns_to_its_place(store):
    only_a = feed(HasTag("A"))
    keep(store, tagged(article("one", guid="1"), article("two", guid="2", published=NOON + HOUR), each=("A",)))
    assert titles(store, only_a) == ["two", "one"]

    keep(store, tagged(replace(article("one", guid="1"), digest="1:x")))
    assert titles(store, only_a) == ["two"]
    keep(store, tagged(replace(article("one", guid="1"), digest="1:y"), each=("A",)))
    assert titles(store, only_a) == ["two", "one"]


def test_a_changed_filter_is_applied_to_all_that_is_stored_by_date(store):
    keep(store, tagged(article("old"), each=("A",)), now=NOON - HOUR)
    keep(store, tagged(article("new"), each=("B",)), now=NOON)
    assert titles(store, feed(HasTag("B"))) == ["new"]

    assert titles(store, feed(Or((HasTag("A"), HasTag("B"))))) == ["new", "old"]
    assert titles(store, feed(HasTag("A"))) == ["old"]


def test_the_limit_takes_the_last_ones(store):
    keep(store, *(tagged(article(f"story {n}", published=NOON + n * HOUR)) for n in range(5)))

    assert titles(store, feed(limit=2)) == ["story 4", "story 3"]


def test_stories_without_a_link_are_found_once_a_feed_published_them(store):
    keep(store, tagged(article("linked"), article("not linked", link=None)))
    assert store.publishing.pages_behind("made", everything=True).wanted == ()
    store.catch_up([feed()], NOON)

    wanted = store.publishing.pages_behind("made", everything=True).wanted
    assert [story.title for story in store.publishing.load(wanted)] == ["not linked"]


def test_status_counts_what_a_feed_holds(store):
    keep(store, tagged(article(), article("b", published=NOON + HOUR)))
    store.catch_up([feed()], NOON)

    one, none = store.feeds([feed(), feed(name="unknown")])
    assert (one.stories, one.newest) == (2, NOON + HOUR)
    assert (none.stories, none.newest) == (0, None)
    assert store.sources()[1].articles == 2


# ------------------------------------------------------------ the door


def test_what_is_kept_is_there_after_reopening(store, url):
    keep(store, tagged(article()))
    with Store(url) as again:
        assert len(list(again.stories())) == 1


def test_a_database_that_cannot_be_opened_is_an_error_with_its_address(tmp_path):
    with pytest.raises(StoreError, match="nowhere"):
        Store(f"sqlite+pysqlite:///{tmp_path / 'nowhere' / 'tagwire.db'}")


@pytest.mark.parametrize("url", ["not a database", "nodialect://x", "mysql+nodriver://x/y"])
def test_an_address_that_is_none_is_an_error(url):
    with pytest.raises(StoreError):
        Store(url)


def test_a_database_that_is_no_database_is_an_error(tmp_path):
    path = tmp_path / "tagwire.db"
    path.write_bytes(b"this is not a database, and long enough to be read as one" * 99)
    with pytest.raises(StoreError, match="not a database"):
        Store(f"sqlite+pysqlite:///{path}")
