"""Working on rules by the commands that users type: tried on what is stored, told of, applied in one stroke."""

import json
import threading
from datetime import UTC, datetime, timedelta

import pytest

import sites
from tagwire import definitions
from tagwire.cli import trying
from tagwire.daemon import _Daemon
from tagwire.pipeline import Pipeline, database
from tagwire.store import store as storing
from tagwire.store.store import Store
from tagwire.tags.patterns import found

SAIC = """
title = "SAIC"
filter = 'tag:"SAIC Motor"'

[tags."SAIC Motor"]
aliases = ["上汽"]
broader = ["Automotive"]
"""
SHARPER = SAIC.replace('aliases = ["上汽"]', 'aliases = ["上汽集团"]\nambiguous = ["SAIC"]\ncontext = ["cars"]')
ARTICLES = {
    "europe": "SAIC sells more cars in Europe\n2026-03-01\n\nThe maker is from Shanghai.\n",
    "plant": "上汽集团 opens a plant\n2026-03-02\nTags: EVs\n\nIt is in Jiading.\n",
    "quiet": "A quiet day at the port\n2026-03-03\n\nNobody but 上汽 was there.\n",
    "army": "SAIC wins a contract\n2026-03-04\n\nIt is about training.\n",
}


@pytest.fixture
def site(tmp_path):
    made = sites.make(tmp_path / "site", {"feeds/saic.toml": SAIC})
    for name, text in ARTICLES.items():
        made.write(f"sources/articles/{name}.txt", text)
    made.refresh()
    return made


def tried(site, target, *options, code=0):
    return json.loads(site.run("try", str(target), "--json", *options, code=code).stdout)


def moves(trial):
    return [(each["move"], each["title"]) for each in trial["tried"]]


# ------------------------------------------------------------ try


def test_a_feeds_file_is_tried_with_its_own_rules_against_what_is_published(site):
    trial = tried(site, site.write("drafts/saic.toml", SHARPER))

    assert moves(trial) == [
        ("stays", "上汽集团 opens a plant"),
        ("enters", "SAIC sells more cars in Europe"),
        ("leaves", "A quiet day at the port"),
    ]
    assert (trial["feed"], trial["total"], trial["entering"], trial["leaving"], trial["unsure"]) == ("saic", 2, 1, 1, 0)
    reasons = {tag["tag"]: tag["reason"] for tag in trial["tried"][1]["tags"]}
    assert reasons["SAIC Motor"] == "“SAIC” in the title, with “cars” in the title"


def test_what_a_trial_says_comes_about(site):
    site.write("feeds/saic.toml", SHARPER)
    trial = tried(site, "feeds/saic.toml")
    site.refresh()

    assert sorted(site.titles("saic")) == sorted(title for move, title in moves(trial) if move != "leaves")
    assert {move for move, _ in moves(tried(site, "feeds/saic.toml"))} == {"stays"}


def test_a_trial_changes_nothing(site):
    def everything():
        return {path: path.read_bytes() for path in site.root.rglob("*") if path.is_file() and "-shm" not in path.name}

    draft = site.write("drafts/saic.toml", SHARPER)
    before = everything()
    tried(site, draft)
    tried(site, "tag:Automotive or title:plant")

    assert everything() == before


def test_a_feed_that_is_not_published_yet_would_take_in_all(site):
    trial = tried(site, site.write("drafts/port.toml", 'title = "Port"\nfilter = "port or plant"'))

    assert {move for move, _ in moves(trial)} == {"enters"}
    assert trial["entering"] == trial["total"] == 2


def test_a_filter_is_tried_with_the_rules_in_force(site):
    trial = tried(site, "tag:automotive -port")

    assert moves(trial) == [(None, "上汽集团 opens a plant")]
    assert trial["total"] == 1


def test_the_words_that_earned_a_tag_are_marked(site):
    said = site.run("try", "tag:Automotive").stdout

    assert "«上汽»集团 opens a plant" in said
    assert "Nobody but «上汽» was there." in said
    assert "SAIC Motor: “上汽” in the text" in said


def test_what_is_shown_is_bounded_and_the_rest_is_counted(site):
    trial = tried(site, "*", "--limit", "2")

    assert (len(trial["tried"]), trial["total"]) == (2, 4)


def test_too_many_stories_to_be_tagged_anew_are_said(site, monkeypatch):
    monkeypatch.setattr(trying, "MOST", 1)
    draft = site.write("drafts/saic.toml", SHARPER)

    assert tried(site, draft)["unsure"] == 3
    assert "3 older stories taken with the tags they have now" in site.run("try", str(draft)).stderr


def test_rules_that_are_not_known_any_more_leave_no_story_untried(site):
    (site.root / ".tagwire" / "definitions.json").unlink()

    assert moves(tried(site, site.write("drafts/saic.toml", SHARPER)))[1] == (
        "enters",
        "SAIC sells more cars in Europe",
    )


def test_tags_given_and_taken_by_hand_hold_in_a_trial(site):
    ids = {story["title"]: story["id"] for story in site.stories()}
    site.run("tag", ids["SAIC wins a contract"], "+SAIC Motor")
    site.run("tag", "--", ids["上汽集团 opens a plant"], "-SAIC Motor")
    trial = tried(site, site.write("drafts/saic.toml", SHARPER))

    assert ("stays", "SAIC wins a contract") in moves(trial)
    assert "上汽集团 opens a plant" not in [title for _, title in moves(trial)]


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("tag:CIIE and", "tagwire: wrong filter: column 13: found the end, expected a word"),
        ("tga:CIIE", "column 1: there is no field “tga”"),
        ("feeds/nowhere.toml", "nowhere.toml: cannot be read: No such file or directory"),
    ],
)
def test_what_is_wrong_is_said_exactly(site, target, message):
    assert message in site.run("try", target, code=2).stderr


def test_every_problem_of_a_file_is_said_and_its_last_good_version_is_not_tried(site):
    site.write("feeds/saic.toml", 'title = "SAIC"\nfiltre = "x"\nlimit = "many"')
    said = site.run("try", str(site.root / "feeds" / "saic.toml"), code=2).stderr

    assert "saic.toml:2: filtre is not an option; did you mean filter?" in said
    assert "saic.toml:3: limit" in said


def test_a_draft_whose_broader_tags_go_in_a_circle_is_refused(site):
    draft = site.write("drafts/saic.toml", SAIC + '\n[tags.Automotive]\nbroader = ["SAIC Motor"]\n')

    assert "broader tags go in a circle" in site.run("try", str(draft), code=2).stderr


def test_a_tag_that_nothing_gives_is_a_warning_with_what_may_be_meant(site):
    said = site.run("try", "tag:SAIC-Moter or tag:EVs").stderr

    assert "nothing known gives the tag “SAIC-Moter”; did you mean SAIC Motor?" in said
    assert "“EVs”" not in said


# ------------------------------------------------------------ tags


def test_each_tag_is_shown_with_its_stories_and_what_is_odd_about_it(site):
    site.write("feeds/ev.toml", 'title = "EV"\nfilter = "tag:EV"\n\n[tags.EV]\naliases = ["battery car"]\n')
    site.refresh()
    told = {tag["tag"]: tag for tag in json.loads(site.run("tags", "--json").stdout)["tags"]}

    assert (told["SAIC Motor"]["stories"], told["SAIC Motor"]["earned"], told["SAIC Motor"]["remarks"]) == (2, 2, [])
    assert told["Automotive"]["remarks"] == ["no feed asks for it"]
    assert (told["EVs"]["given"], told["EVs"]["earned"]) == (1, 0)
    assert told["EVs"]["remarks"] == ["perhaps the same as “EV”: an alias?", "no feed asks for it"]
    assert told["EV"]["stories"] == 0
    assert told["EV"]["remarks"] == ["perhaps the same as “EVs”: an alias?", "its rule never earned it"]


def test_tags_that_an_alias_makes_one_are_not_remarked(site):
    site.write("feeds/ev.toml", 'title = "EV"\nfilter = "tag:EV"\n\n[tags.EV]\naliases = ["EVs"]\n')
    site.refresh()
    told = {tag["tag"]: tag for tag in json.loads(site.run("tags", "--json").stdout)["tags"]}

    assert told["EV"]["remarks"] == told["EVs"]["remarks"] == []


def test_in_a_pipe_a_tag_is_a_line_with_a_sparkline(site):
    lines = [line.split("\t") for line in site.run("tags").stdout.splitlines()]

    assert ["SAIC Motor", "2", "▁▁▁▁▁▁▁█", "0", "0", "2", "0", ""] in lines


# ------------------------------------------------------------ applied by the daemon


class Clock:
    """A clock that tests set."""

    def __init__(self, time=None):
        self.time = time or datetime.now(UTC)

    def __call__(self):
        return self.time


def opened(site):
    return Store(database(definitions.load(site.root).site), found)


def test_feeds_change_in_one_stroke_while_reading_goes_on(site, monkeypatch):
    monkeypatch.setattr(storing, "_RETAGGED_AT_ONCE", 1)
    clock, before, steps = Clock(), site.output(), []
    with opened(site) as store:
        old = Pipeline(definitions.load(site.root).site, store, clock)
        site.write("feeds/saic.toml", SHARPER)
        new = Pipeline(definitions.load(site.root).site, store, clock)
        new.adopt()

        def while_tagging(done, total):
            steps.append((done, total))
            if done == 2:
                site.write("sources/articles/late.txt", "SAIC shows cars\n2026-03-05\n\nThey are red.\n")
                assert [kept.new for kept in old.collect(["files"], everything=True)] == [1]
            assert not store.catch_up(old.feeds, clock())
            assert site.output() == before

        new.publish(while_tagging)

    assert steps == [(1, 4), (2, 4), (3, 4), (4, 4), (5, 5)]
    assert sorted(site.titles("saic")) == [
        "SAIC sells more cars in Europe",
        "SAIC shows cars",
        "上汽集团 opens a plant",
    ]


def test_feeds_rest_when_tagging_was_stopped_half_way_and_the_next_pass_ends_it(site, monkeypatch):
    monkeypatch.setattr(storing, "_RETAGGED_AT_ONCE", 1)
    site.write("feeds/saic.toml", SHARPER)
    stop, before = threading.Event(), site.output()
    with opened(site) as store:
        pipeline = Pipeline(definitions.load(site.root).site, store, Clock(), stop.is_set)
        pipeline.adopt()

        assert pipeline.publish(lambda *_: stop.set()) is None
        assert site.output() == before
        stop.clear()
        assert pipeline.publish() is not None
    assert "SAIC sells more cars in Europe" in site.titles("saic")


@pytest.fixture
def worker(site):
    site.write("feeds/fresh.toml", 'title = "Fresh"\nfilter = "within:2d"')
    said, clock = [], Clock(datetime(2026, 3, 5, tzinfo=UTC))
    with opened(site) as store:
        yield _Daemon(site.root, store, clock, said.append, threading.Event()), clock, said


def test_the_daemon_lets_stories_leave_by_time_alone(site, worker):
    daemon, clock, said = worker
    daemon.read_files()
    daemon.publish()
    assert sorted(site.titles("fresh")) == ["A quiet day at the port", "SAIC wins a contract"]
    said.clear()

    clock.time += timedelta(seconds=30)
    daemon.publish()
    assert said == []
    clock.time += timedelta(minutes=1)
    daemon.publish()
    assert said == ["wrote fresh: 1 stories"]
    assert site.titles("fresh") == ["SAIC wins a contract"]


def test_the_daemon_says_how_far_it_is_with_tagging_anew(site, worker, monkeypatch):
    monkeypatch.setattr(storing, "_RETAGGED_AT_ONCE", 1)
    daemon, clock, said = worker
    tagged = daemon._pipeline.vocabulary.__class__.tags

    def slowly(*arguments):
        clock.time += timedelta(seconds=3)
        return tagged(*arguments)

    monkeypatch.setattr(daemon._pipeline.vocabulary.__class__, "tags", slowly)
    site.write("feeds/saic.toml", SHARPER)
    clock.time += timedelta(minutes=1)
    daemon.reload()
    daemon.read_files()
    daemon.publish()

    about = [line for line in said if line.startswith("tagged")]
    assert about == [
        "tagged 2 of 4 stored articles anew; the feeds rest until all are",
        "tagged 4 stored articles anew",
    ]
