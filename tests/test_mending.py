"""Explaining and correcting stories by the commands that users type, through to the feeds."""

import json

import pytest

import sites
import webserver

MONDAY = "Mon, 02 Mar 2026 08:00:00 +0000"
TITLE = "SAIC Motor opens a battery plant in Jiading"
PLANT = f"{TITLE}\n2026-03-02\n\nThe plant makes cells.\n"
CARS = """
title = "Cars"
filter = 'tag:"SAIC Motor"'

[tags."SAIC Motor"]
aliases = ["SAIC Motor"]
"""


@pytest.fixture
def site(tmp_path):
    """A site with one story that a file and a web source tell."""
    site = sites.make(tmp_path / "site", {"feeds/cars.toml": CARS, "sources/articles/plant.txt": PLANT})
    with webserver.serving() as web:
        web.pages["/feed"] = webserver.rss((f"{TITLE} - The Daily", "1", MONDAY))
        site.write("sources/the-daily.toml", f'url = "{web.url("/feed")}"\nallow_private = true')
        site.refresh()
    return site


def story(site):
    (one,) = site.stories()
    return one["id"]


def test_why_explains_copies_tags_and_feeds(site):
    said = site.run("why", story(site)).stdout

    assert "1 articles" in said
    assert "same title as articles" in said
    assert "“SAIC Motor” in the title" in said
    assert "cars: entered" in said
    explained = json.loads(site.run("why", "--json", story(site)).stdout)
    assert [copy["source"] for copy in explained["copies"]] == ["articles", "the-daily"]


def test_a_story_is_found_by_the_beginning_of_its_hash_and_by_a_link(site):
    hashed = story(site).rpartition(":")[2]

    assert TITLE in site.run("why", hashed[:7]).stdout
    assert TITLE in site.run("why", "https://news.example/1").stdout


@pytest.mark.parametrize("link", ["http://www.news.example/1/?utm_source=mail#top", "https://m.news.example/1"])
def test_a_story_is_found_by_a_link_however_it_is_written(site, link):
    assert TITLE in site.run("why", link).stdout
    site.run("tag", link, "+Batteries")
    assert "Batteries" in site.run("why", link).stdout


def test_split_and_undo_reach_the_feeds_at_once(site):
    assert len(site.titles("cars")) == 1
    site.run("split", story(site), "the-daily")
    assert len(site.titles("cars")) == 2
    assert len(site.stories()) == 2

    site.run("undo")
    assert len(site.titles("cars")) == 1


def test_merge_keeps_the_older_id(site):
    before = story(site)
    site.run("split", before, "2")
    one, other = (each["id"] for each in site.stories())
    site.run("merge", other, one)

    assert story(site) == before
    assert f"merged into {before}" not in site.run("why", other).stdout
    assert TITLE in site.run("why", other).stdout


def test_a_withdrawn_story_is_gone_from_every_feed_for_good(site):
    site.run("withdraw", story(site))
    assert site.titles("cars") == []

    site.refresh("--all", code=1)  # its web source is gone by now
    assert site.titles("cars") == []


def test_tags_given_and_taken_by_hand_move_a_story_between_feeds(site):
    site.write("feeds/expo.toml", 'title = "Expo"\nfilter = "tag:CIIE"')
    site.run("tag", story(site), "+CIIE", "-SAIC Motor")

    assert len(site.titles("expo")) == 1
    assert site.titles("cars") == []
    assert "given by hand" in site.run("why", story(site)).stdout


def test_a_rematch_that_changes_nothing_says_so(site):
    assert "0 copies would move" in site.run("rematch", "--dry-run").stdout
    assert "0 copies moved" in site.run("rematch").stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("why", "nothing-like-this"), "no story"),
        (("split", "nothing", "1"), "no story"),
        (("undo",), "nothing to undo"),
        (("tag", "nothing", "CIIE"), "+TAG"),
        (("tag", "nothing", "+CIIE"), "no story"),
    ],
)
def test_a_wrong_request_is_answered_with_what_would_be_right(site, arguments, said):
    assert said in site.run(*arguments, code=2).stderr


def test_off_merges_nothing_and_strict_no_near_titles(tmp_path):
    for mode, expected in (("off", 2), ("normal", 1)):
        site = sites.make(tmp_path / mode, {"tagwire.toml": f'matching = "{mode}"'})
        site.write("sources/articles/one.txt", PLANT)
        site.write("sources/articles/two.txt", PLANT)
        site.refresh()
        assert len(site.stories()) == expected


def test_the_copy_of_the_source_with_the_highest_priority_is_shown(tmp_path):
    site = sites.make(tmp_path / "site", {"sources/articles/one.txt": PLANT})
    site.write("sources/better.toml", 'kind = "files"\npath = "better"\npriority = 5')
    site.write("sources/better/one.txt", PLANT.replace("makes cells", "makes batteries"))
    site.refresh()

    (entry,) = site.feed("all").entries
    assert "batteries" in entry.content[0].value
