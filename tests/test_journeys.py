"""Whole journeys: from a file and from a real web server to ``output/``, by the commands that users type."""

import json
import subprocess
import sys

import pytest

import sites
import webserver
from tagwire import definitions
from tagwire.cli import site as working_site
from tagwire.store import writing

MONDAY = "Mon, 02 Mar 2026 08:00:00 +0000"
TUESDAY = "Tue, 03 Mar 2026 09:30:00 +0000"
SAIC = """
title = "SAIC Motor"
filter = 'tag:"SAIC Motor"'

[tags."SAIC Motor"]
aliases = ["SAIC Motor", "上汽集团"]
"""
PLAIN = """
date 2026-03-02
SAIC Motor opens a battery plant

SAIC Motor opened a battery plant in Jiading on Monday.
The plant, seen from the river

SAIC Motor opened a battery plant in Jiading on Monday.

It will make cells for two hundred thousand cars a year.



Batteries
Jiading
"""


@pytest.fixture
def web():
    with webserver.serving() as server:
        yield server


@pytest.fixture
def site(tmp_path):
    return sites.make(tmp_path / "site", {"feeds/saic.toml": SAIC, "sources/articles/plant.txt": PLAIN})


def add_source(site, web, name="daily", path="/feed", **options):
    lines = [
        f'url = "{web.url(path)}"',
        "allow_private = true",
        *(f"{key} = {json.dumps(v)}" for key, v in options.items()),
    ]
    site.write(f"sources/{name}.toml", "\n".join(lines))


def outcome(result, name):
    return next(each for each in result["sources"] if each["name"] == name)


# ------------------------------------------------------------ from a file


def test_an_article_file_is_published_with_all_that_it_says(site):
    result = site.refresh()

    assert outcome(result, "articles") == {"name": "articles", "outcome": "new", "error": "", "articles": 1, "new": 1}
    assert {"name": "saic", "stories": 1, "written": True} in result["feeds"]
    (entry,) = site.feed("saic").entries
    assert entry.title == "SAIC Motor opens a battery plant"
    assert entry.summary == "SAIC Motor opened a battery plant in Jiading on Monday."
    assert entry.published == "2026-03-02T00:00:00+00:00"
    assert {tag.term for tag in entry.tags} == {"Batteries", "Jiading", "SAIC Motor"}
    assert "two hundred thousand" in entry.content[0].value
    page = entry.link.removeprefix("http://localhost:8000/")
    assert "two hundred thousand" in (site.root / "output" / page).read_text()


def test_a_second_refresh_changes_no_byte(site):
    site.refresh()
    before = site.output()
    times = {path: (site.root / "output" / path).stat().st_mtime_ns for path in before}

    assert all(not feed["written"] for feed in site.refresh()["feeds"])
    assert site.output() == before
    assert {path: (site.root / "output" / path).stat().st_mtime_ns for path in before} == times


def test_an_edited_file_updates_its_story_under_the_same_id(site):
    site.refresh()
    (before,) = site.feed("saic").entries
    site.write("sources/articles/plant.txt", PLAIN.replace("two hundred", "three hundred"))
    result = site.refresh()

    (after,) = site.feed("saic").entries
    assert (outcome(result, "articles")["articles"], outcome(result, "articles")["new"]) == (1, 0)
    assert (after.id, after.published, after.link) == (before.id, before.published, before.link)
    assert after.updated > before.updated
    assert "three hundred" in after.content[0].value


def test_a_removed_file_removes_nothing_that_was_published(site):
    site.refresh()
    before = site.output()
    (site.root / "sources/articles/plant.txt").unlink()
    site.refresh()

    assert site.output() == before


def test_a_file_dated_ahead_waits_until_its_day(site):
    site.write("sources/articles/embargo.txt", PLAIN.replace("2026-03-02", "2099-01-01").replace("battery", "secret"))
    site.refresh()

    assert site.titles("saic") == ["SAIC Motor opens a battery plant"]
    assert "secret" not in str(site.output())


def test_a_broken_file_is_named_and_the_others_go_on(site):
    site.write("sources/articles/empty.txt", "")
    for _ in range(2):
        result = site.refresh()
        assert "empty.txt" in outcome(result, "articles")["error"]
    assert len(site.titles("saic")) == 1
    assert "empty.txt" in site.run("status").stdout


def test_an_article_in_chinese_earns_the_same_tag(site):
    site.write(
        "sources/articles/zh.txt", "上海汽车工业新闻\n日期：2026-03-03\n\n上汽集團在临港建设新工厂，年产二十万辆。\n"
    )
    site.refresh()

    assert "上海汽车工业新闻" in site.titles("saic")


# ------------------------------------------------------------ from the web


def test_a_web_feed_is_published(site, web):
    web.pages["/feed"] = webserver.rss(("SAIC Motor exports more", "1", MONDAY), ("Weather", "2", TUESDAY))
    add_source(site, web, tags=["Daily"])
    result = site.refresh()

    assert (outcome(result, "daily")["outcome"], outcome(result, "daily")["new"]) == ("new", 2)
    assert site.titles("saic")[0] == "SAIC Motor exports more"
    (exports, weather) = (e for e in site.feed("all").entries if e.link.startswith("https://news.example/"))
    assert exports.title == "Weather" or weather.title == "Weather"
    assert exports.source.title == "Shanghai Daily"
    assert "Daily" in {tag.term for tag in exports.tags}


def test_an_unchanged_web_feed_is_asked_with_its_etag_and_changes_nothing(site, web):
    web.pages["/feed"] = webserver.rss(("SAIC Motor exports more", "1", MONDAY))
    add_source(site, web)
    site.refresh()
    before = site.output()
    result = site.refresh("--all")

    assert outcome(result, "daily")["outcome"] == "unchanged"
    assert [status for _, _, status in web.asked] == [200, 304]
    assert site.output() == before


def test_a_source_that_is_not_due_is_not_visited(site, web):
    web.pages["/feed"] = webserver.rss()
    add_source(site, web)
    site.refresh()
    result = site.refresh()

    assert "daily" not in [each["name"] for each in result["sources"]]
    assert len(web.asked) == 1


def test_the_same_story_from_a_file_and_from_the_web_is_published_once(site, web):
    web.pages["/feed"] = webserver.rss(("SAIC Motor opens a battery plant", "1", MONDAY))
    add_source(site, web)
    site.refresh()

    assert len(site.titles("saic")) == 1
    (story,) = site.stories()
    assert {copy["source"] for copy in story["copies"]} == {"articles", "daily"}


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (404, "404"),
        (500, "500"),
        (b"", "empty"),
        (b"<!doctype html><html><head><title>x</title></head><body>Hello</body></html>", "web page"),
        (b"\x00\x01 this is nothing at all", "feed"),
    ],
)
def test_a_source_that_fails_is_a_line_and_stops_no_other(site, web, page, said):
    web.pages["/feed"] = page
    web.pages["/good"] = webserver.rss(("SAIC Motor exports more", "1", MONDAY))
    add_source(site, web)
    add_source(site, web, name="good", path="/good")
    result = site.refresh(code=1)

    assert outcome(result, "daily")["outcome"] == "failed"
    assert said in outcome(result, "daily")["error"]
    assert len(site.titles("saic")) == 2
    status = json.loads(site.run("status", "--json").stdout)
    daily = next(each for each in status["sources"] if each["name"] == "daily")
    assert said in daily["error"]
    assert daily["failures"] == 1
    again = site.refresh()
    assert outcome(again, "articles")["outcome"] == "unchanged"


def test_a_source_on_loopback_wants_allow_private(site, web):
    web.pages["/feed"] = webserver.rss(("SAIC Motor exports more", "1", MONDAY))
    site.write("sources/daily.toml", f'url = "{web.url("/feed")}"')
    result = site.refresh(code=1)

    assert "allow_private" in outcome(result, "daily")["error"]
    assert web.asked == []


def items(count, *, guid="{n}", date="{day:02} Feb 2026 08:00:00 GMT"):
    """Give an RSS document of articles with links that stay; `guid` and `date` may change."""
    written = "".join(
        f"<item><title>Story number {n} of the year</title><link>https://news.example/{n}</link>"
        f"<guid isPermaLink='false'>{guid.format(n=n)}</guid><pubDate>{date.format(day=n)}</pubDate></item>"
        for n in range(1, count + 1)
    )
    return f"<rss version='2.0'><channel><title>News</title>{written}</channel></rss>".encode()


def test_a_new_source_does_not_flood(site, web):
    web.pages["/feed"] = items(25)
    add_source(site, web)
    add_source(site, web, name="silent", path="/silent", backlog=0)
    web.pages["/silent"] = webserver.rss(("Only for the archive", "s", MONDAY))
    result = site.refresh()

    assert outcome(result, "daily")["new"] == 25
    assert [title for title in site.titles("all") if "Story" in title] == [
        f"Story number {n} of the year" for n in range(25, 5, -1)
    ]
    assert len(site.stories()) == 27
    web.pages["/feed"] = items(26)
    site.refresh("--all")
    assert site.titles("all")[0] == "Story number 26 of the year"
    assert "Only for the archive" not in site.titles("all")


def test_a_publisher_that_renews_everything_republishes_nothing(site, web):
    web.pages["/feed"] = items(25)
    add_source(site, web)
    site.refresh()
    before = [(entry.id, entry.title) for entry in site.feed("all").entries]
    for turn in range(3):
        web.pages["/feed"] = items(25, guid=f"renewed-{turn}-{{n}}", date=f"{{day:02}} Mar 2026 1{turn}:30:00 GMT")
        site.refresh("--all")

    assert [(entry.id, entry.title) for entry in site.feed("all").entries] == before
    assert len(site.stories()) == 26


def test_an_entry_that_gets_another_guid_and_date_at_every_visit_is_published_once(site, web):
    """Nothing but its title and link shows that it is the same; a source with one entry cannot be learnt from."""
    add_source(site, web)
    published = []
    for turn in range(3):
        web.pages["/feed"] = items(1, guid=f"renewed-{turn}", date=f"{2 + turn} Mar 2026 08:00:00 GMT")
        site.refresh("--all")
        published.append([(entry.id, entry.title, entry.updated) for entry in site.feed("all").entries])

    assert "Story number 1 of the year" in site.titles("all")
    assert published[1:] == [published[0]] * 2
    assert len(site.stories()) == 2


def test_many_sources_on_one_host_are_all_visited_in_one_pass(site, web):
    for number in range(12):
        web.pages[f"/{number}"] = webserver.rss((f"Story of source {number}", f"{number}", MONDAY))
        add_source(site, web, name=f"crowd-{number}", path=f"/{number}")
    result = site.refresh()

    assert [each["outcome"] for each in result["sources"] if each["name"].startswith("crowd")] == ["new"] * 12
    assert len(web.asked) == 12


def test_a_source_that_is_gone_for_good_is_told_and_its_stories_stay(site, web):
    web.pages["/feed"] = webserver.rss(("SAIC Motor exports more", "1", MONDAY))
    add_source(site, web)
    site.refresh()
    web.pages["/feed"] = 410
    assert outcome(site.refresh("--all", code=1), "daily")["outcome"] == "gone"

    status = json.loads(site.run("status", "--json").stdout)["sources"]
    (daily,) = (each for each in status if each["name"] == "daily")
    assert daily["next_reason"] == "it is gone for good (410); looked at once a month"
    assert "SAIC Motor exports more" in site.titles("saic")


def test_a_backlog_is_a_number_from_nothing_on(site, web):
    add_source(site, web, backlog=-1)
    problem = site.run("check", code=2).stdout

    assert "sources/daily.toml:3: backlog is less than nothing; write how many articles" in problem


def test_a_renamed_source_republishes_nothing(site, web):
    web.pages["/feed"] = webserver.rss(("SAIC Motor exports more", "1", MONDAY))
    add_source(site, web)
    site.refresh()
    (site.root / "sources/daily.toml").rename(site.root / "sources/renamed.toml")
    site.refresh("--all")

    assert [entry.title for entry in site.feed("saic").entries].count("SAIC Motor exports more") == 1
    assert [status for _, _, status in web.asked] == [200, 304]


def test_an_opml_file_is_a_list_of_sources_and_its_folders_are_tags(site, web):
    web.pages["/feed"] = webserver.rss(("SAIC Motor exports more", "1", MONDAY))
    outline = f'<outline text="Cars"><outline xmlUrl="{web.url("/feed")}"/></outline>'
    site.write("sources/reader.opml", f'<opml version="2.0"><body>{outline}</body></opml>')
    result = site.refresh(code=1)
    (opml,) = (each for each in result["sources"] if each["name"] != "articles")

    assert "127.0.0.1" in opml["name"]
    assert opml["outcome"] == "failed"  # an outline has no allow_private, and this one lies on loopback


# ------------------------------------------------------------ changed rules


def test_a_changed_vocabulary_is_applied_to_what_is_stored(site):
    site.refresh()
    site.write(
        "feeds/saic.toml",
        SAIC.replace('"SAIC Motor", "上汽集团"', '"nothing of the kind"').replace('SAIC Motor"\nf', 'X"\nf'),
    )
    site.refresh()
    site.write("feeds/power.toml", 'title = "Power"\nfilter = "tag:Power"\n[tags.Power]\naliases = ["battery plant"]')
    site.refresh()

    assert site.titles("power") == ["SAIC Motor opens a battery plant"]


def test_the_feed_of_a_deleted_definition_goes_and_foreign_files_stay(site):
    site.refresh()
    (site.root / "output/mine.txt").write_text("mine")
    (site.root / "feeds/saic.toml").unlink()
    site.refresh()

    assert not (site.root / "output/saic.atom").exists()
    assert (site.root / "output/mine.txt").read_text() == "mine"
    assert (site.root / "output/all.atom").exists()


def test_a_broken_definition_is_reported_and_its_last_good_version_stays(site):
    site.refresh()
    before = site.output()
    site.write("feeds/saic.toml", "title = ")
    site.write("sources/articles/more.txt", "SAIC Motor builds more\n2026-03-04\n\nAnd more.\n")
    result = site.run("refresh", code=2)

    assert "feeds/saic.toml:1" in result.stderr
    assert len(site.titles("saic")) == 2
    assert site.output().keys() >= before.keys()
    site.run("check", code=2)


def test_publish_writes_output_from_what_is_stored(site):
    site.refresh()
    before = site.output()
    for path in before:
        (site.root / "output" / path).unlink()
    (site.root / "sources/articles/plant.txt").unlink()
    site.run("publish")

    assert site.output() == before


# ------------------------------------------------------------ the door


@pytest.mark.parametrize("command", ["refresh", "publish", "check", "status", "export", "run", "serve"])
def test_without_a_site_every_command_names_init_and_makes_nothing(tmp_path, command):
    empty = sites.Site(tmp_path / "empty")
    empty.root.mkdir()
    result = empty.run(command, code=2)

    assert "tagwire init" in result.stderr
    assert list(empty.root.iterdir()) == []


def test_a_new_site_works_and_is_never_overwritten(tmp_path):
    site = sites.Site(tmp_path / "new")
    site.run("init", str(site.root))
    site.run("check")
    site.refresh()
    feeds = [path.name for path in (site.root / "feeds").glob("*.toml")]
    assert feeds
    assert (site.root / "output/index.html").exists()

    (site.root / "feeds" / feeds[0]).write_text('title = "Mine"')
    site.run("init", str(site.root))
    assert (site.root / "feeds" / feeds[0]).read_text() == 'title = "Mine"'


HELP = """
import sys
from tagwire.cli import main
sys.argv = ["tagwire", "--help"]
try:
    main()
finally:
    print(*{name.partition(".")[0] for name in sys.modules})
"""


def test_help_imports_nothing_heavy():
    done = subprocess.run([sys.executable, "-c", HELP], capture_output=True, text=True, check=True, timeout=60)

    heavy = {"sqlalchemy", "feedparser", "pydantic", "feedgen", "starlette", "apscheduler", "rich", "alembic", "pycurl"}
    assert "preview" in done.stdout
    assert not heavy & set(done.stdout.splitlines()[-1].split())


# ------------------------------------------------------------ what nobody foresaw


def test_half_an_emoji_in_a_feeds_own_name_costs_nothing(site, web):
    half = "\\ud83d"
    web.pages["/feed"] = (
        f'{{"version": "https://jsonfeed.org/version/1.1", "title": "News {half}", "items": [{{"id": "1", '
        f'"title": "SAIC Motor exports more", "content_text": "More.", "attachments": [{{"url": '
        f'"https://news.example/1.mp3", "mime_type": "audio/{half}"}}]}}]}}'
    ).encode()
    add_source(site, web)
    site.refresh()

    assert "SAIC Motor exports more" in site.titles("saic")


def test_one_reading_that_cannot_be_kept_fails_by_itself(site, web, monkeypatch):
    web.pages["/feed"] = webserver.rss(("SAIC Motor exports more", "1", MONDAY))
    web.pages["/odd"] = webserver.rss(("SAIC Motor oddity", "2", MONDAY))
    add_source(site, web)
    add_source(site, web, name="odd", path="/odd")
    words_of = writing.words_of

    def fails(number, article):
        if article.source == "odd":
            raise UnicodeEncodeError("utf-8", "\ud83d", 0, 1, "surrogates not allowed")
        return words_of(number, article)

    monkeypatch.setattr(writing, "words_of", fails)
    result = site.refresh(code=1)

    assert "cannot be kept" in outcome(result, "odd")["error"]
    assert "SAIC Motor exports more" in site.titles("saic")


def test_what_a_reading_taught_is_forgotten_where_it_cannot_be_kept(site, web, monkeypatch):
    headlines = ("Plant opens", "Bridge closes", "Rain falls", "Prices rise", "Trains run", "Snow melts")
    web.pages["/odd"] = webserver.rss(*((f"{each} - Odd Daily", each, MONDAY) for each in headlines))
    add_source(site, web, name="odd", path="/odd")

    def fails(_number, _article):
        raise UnicodeEncodeError("utf-8", "\ud83d", 0, 1, "surrogates not allowed")

    with working_site.at_work(definitions.load(site.root)) as pipeline:
        address = next(each.address for each in pipeline.site.sources if each.name == "odd")
        with monkeypatch.context() as broken:
            broken.setattr(writing, "words_of", fails)
            list(pipeline.collect(["web"]))
        assert pipeline.outlets["odd"].learnt == pipeline.store.learnt()[address]
        list(pipeline.collect(["web"], everything=True))
        assert pipeline.outlets["odd"].learnt == pipeline.store.learnt()[address]
        assert pipeline.outlets["odd"].learnt.suffixes == {"odd daily"}


def test_a_pass_with_definitions_that_are_no_longer_in_force_publishes_nothing(site):
    loaded = definitions.load(site.root)
    with working_site.at_work(loaded) as outdated:
        list(outdated.collect(["files"]))
        site.write("feeds/new.toml", 'title = "New"')
        site.refresh()
        assert outdated.publish() is None

    assert (site.root / "output/new.atom").exists()
