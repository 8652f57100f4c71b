"""The history of a feed: every story that it ever published is in exactly one archive or in the current document."""

import io
import posixpath
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import feedparser
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

import publishing_sites
import webserver
from publishing_sites import ATOM, TOMBSTONE, Publishing, numbered
from tagwire.errors import DefinitionError
from tagwire.model import Everything, Face, Feed, HasTag, HasWords, Not, TagFeeds
from tagwire.stories.match import Matcher

FH = "{http://purl.org/syndication/history/1.0}"


@pytest.fixture
def site(tmp_path):
    made = publishing_sites.make(tmp_path, Feed(name="all", title="All", limit=3))
    with made.store:
        yield made


def ids(site: Publishing, path: str) -> list[str]:
    return [entry.findtext(f"{ATOM}id") for entry in site.read(path).iterfind(f"{ATOM}entry")]


def grow(site: Publishing, first: int, last: int) -> None:
    for number in range(first, last):
        site.keep(*numbered(number))
        site.publish()


def test_a_feed_that_holds_all_its_stories_has_no_archive(site):
    grow(site, 0, 3)
    assert site.history() == []
    assert not any(path.startswith("archive/") for path in site.files())


def test_an_archive_is_closed_before_a_story_falls_out(site):
    grow(site, 0, 4)
    assert site.history() == ["archive/all/0001.atom"]
    archive = site.read("archive/all/0001.atom")
    assert archive.find(f"{FH}archive") is not None
    assert archive.findtext(f"{ATOM}id") == site.read("all.atom").findtext(f"{ATOM}id")
    assert site.link("archive/all/0001.atom", "self") == "archive/all/0001.atom"
    assert site.link("archive/all/0001.atom", "prev-archive") is None


def test_a_reader_can_walk_back_and_forth(site):
    grow(site, 0, 13)
    back = site.history()
    assert back == [f"archive/all/{number:04}.atom" for number in range(len(back), 0, -1)]
    assert len(back) == 3
    for earlier, later in zip(back[1:], back, strict=False):
        assert site.link(earlier, "next-archive") == later
    walked = [each for path in reversed(back) for each in reversed(ids(site, path))]
    assert walked == [story.id for story in site.store.stories()][: len(walked)]


def test_many_stories_at_once_are_closed_in_archives_of_a_hundred(site):
    site.keep(*numbered(*range(250)))
    site.publish()
    sizes = [len(ids(site, path)) for path in site.history()]
    assert sizes == [50, 100, 100]


def test_a_full_archive_does_not_drag_the_newest_along(tmp_path):
    made = publishing_sites.make(tmp_path, Feed(name="all", title="All", limit=50))
    with made.store:
        made.keep(*numbered(*range(140)))
        made.publish()
        assert [len(ids(made, path)) for path in made.history()] == [100]
        assert len(ids(made, "all.atom")) == 50


def test_an_edit_of_an_archived_story_appears_again_in_the_current_document(site):
    grow(site, 0, 8)
    archived = {path: data for path, data in site.files().items() if path.startswith("archive/")}
    first, *_ = numbered(0)
    site.keep(replace(first, title="Mended", digest="1:mended"))
    site.publish()
    assert site.titles()[-1] == "Mended"
    assert len(site.titles()) == 4
    assert {path: site.files()[path] for path in archived} == archived
    grow(site, 8, 12)
    assert "Mended" not in site.titles()


def test_a_withdrawn_story_is_cut_out_of_its_archive_and_nothing_else_changes(site):
    grow(site, 0, 8)
    before = {path: ids(site, path) for path in site.history()}
    first = next(site.store.stories())
    edited, *_ = numbered(1)
    site.keep(replace(edited, title="Mended", digest="1:mended"))
    site.store.withdraw(first.id, site.now)
    site.publish()
    assert {path: ids(site, path) for path in site.history()} == {
        path: [each for each in those if each != first.id] for path, those in before.items()
    }
    oldest = site.read("archive/all/0001.atom")
    assert [each.get("ref") for each in oldest.iter(TOMBSTONE)] == [first.id]
    assert "Mended" not in site.titles("archive/all/0001.atom")


def test_a_story_that_is_withdrawn_by_mistake_comes_back_into_its_archive(site):
    grow(site, 0, 8)
    before = {path: ids(site, path) for path in site.history()}
    first = next(site.store.stories())
    site.store.withdraw(first.id, site.now)
    site.publish()
    site.store.undo(Matcher(), site.now)
    site.publish()
    assert {path: ids(site, path) for path in site.history()} == before


def test_a_story_that_enters_by_a_wider_filter_is_archived_too(site):
    site.feeds = [Feed(name="all", title="All", limit=3, filter=HasTag("Ships"))]
    site.keep(*numbered(*range(6)), tags=("Cars",))
    for number in range(6, 11):
        site.keep(*numbered(number), tags=("Ships",))
        site.publish()
    site.feeds = [Feed(name="all", title="All", limit=3)]
    site.publish()
    everywhere = [each for path in site.history() for each in ids(site, path)]
    assert len(everywhere) == len(set(everywhere))
    assert {*everywhere, *ids(site, "all.atom")} == {story.id for story in site.store.stories()}


def test_old_archives_go_when_retain_says_so(site):
    site.feeds = [Feed(name="all", title="All", limit=3, retain=5)]
    grow(site, 0, 17)
    kept = sorted(path for path in site.files() if path.startswith("archive/") and path.endswith(".atom"))
    assert kept == ["archive/all/0003.atom", "archive/all/0004.atom"]
    assert b"0002" not in site.files()["archive/all/0003.html"]


def test_nothing_is_archived_where_nothing_is_retained(site):
    site.feeds = [Feed(name="all", title="All", limit=3, retain=0)]
    grow(site, 0, 8)
    assert site.history() == []
    assert len(site.titles()) == 3


def test_archives_that_somebody_removed_come_back(site):
    grow(site, 0, 8)
    before = site.files()
    for path in before:
        if path.startswith("archive/"):
            (site.root / "output" / path).unlink()
    site.publish()
    assert site.files() == before


def test_a_site_that_moved_has_its_archives_at_the_new_address(site):
    grow(site, 0, 8)
    site.face = replace(site.face, base_url="https://elsewhere.example/")
    site.publish()
    assert not any(b"feeds.example.org" in data for data in site.files().values())
    assert len(site.history()) == 2


def test_a_site_with_another_face_has_it_on_every_page_and_its_archives_stay_what_they_are(site):
    site.keep(*numbered(20, link=None))
    grow(site, 0, 8)
    before = site.files()
    site.face = replace(site.face, title="新闻", language="zh-CN")
    site.publish()
    after = site.files()
    pages = [path for path in after if path.endswith(".html")]
    assert {path.partition("/")[0] for path in pages} == {"index.html", "tags", "all.html", "archive", "stories"}
    assert [path for path in pages if 'lang="zh-CN"' not in after[path].decode()] == []
    archives = [path for path in after if path.startswith("archive/") and path.endswith(".atom")]
    assert [after[path] for path in archives] == [before[path] for path in archives]


def test_pages_lead_through_the_archives(site):
    grow(site, 0, 13)
    files = site.files()
    assert b'href="archive/all/0003.html" rel="prev"' in files["all.html"]
    assert b'href="../../archive/all/0001.html" rel="prev"' in files["archive/all/0002.html"]
    assert b'href="../../archive/all/0003.html" rel="next"' in files["archive/all/0002.html"]
    assert b'href="../../all.html" rel="next"' in files["archive/all/0003.html"]
    assert b'rel="prev"' not in files["archive/all/0001.html"]


def dead_links(site: Publishing) -> set[str]:
    """Give the links of pages and archives that lead to nothing of ours, as ``WHERE -> WHERETO``."""
    files, dead = site.files(), set()
    for path, data in files.items():
        if path.endswith(".html"):
            targets = [posixpath.join(posixpath.dirname(path), link) for link in etree.HTML(data).xpath("//a/@href")]
        elif path.startswith("archive/"):
            targets = etree.fromstring(data).xpath("//*[local-name()='entry']/*[@rel='alternate']/@href")
        else:
            continue
        targets = [each.removeprefix(site.face.base_url).partition("#")[0] for each in targets]
        inside = {posixpath.normpath(each) for each in targets if "://" not in each}
        dead |= {f"{path} -> {each}" for each in inside - files.keys() - {posixpath.dirname(path), "."}}
    return dead


def test_no_page_of_an_archive_leads_to_what_went_away(site):
    site.feeds = [Feed(name="all", title="All", limit=3, filter=Not(HasWords("rope")), retain=9)]
    site.tag_feeds = TagFeeds(least=2)
    for number in range(12):
        site.keep(*numbered(number, link=None), tags=("Ships", f"Port {number // 2}"))
        site.publish()
    before = site.files()
    archives = [path for path in before if path.startswith("archive/") and path.endswith(".atom")]
    pages = [path.replace(".atom", ".html") for path in archives]
    assert len(archives) > 1
    assert all(b"tags/port-" in before[path] and b"stories/" in before[path] for path in pages)
    assert dead_links(site) == set()

    site.tag_feeds = TagFeeds(least=3)
    site.publish()
    assert not any(b"tags/port-" in site.files()[path] for path in pages)
    assert all(b"tags/ships.html" in site.files()[path] for path in pages)
    site.feeds = [replace(site.feeds[0], filter=HasTag("Port 5"))]
    site.tag_feeds = TagFeeds(enabled=False)
    site.publish()
    assert len(site.titles()) == 2
    assert dead_links(site) == set()
    assert {path: site.files()[path] for path in archives} == {path: before[path] for path in archives}

    site.tag_feeds = TagFeeds(least=2)
    site.publish()
    assert [site.files()[path] for path in pages] == [before[path] for path in pages]
    site.feeds = [replace(site.feeds[0], filter=Everything())]
    grow(site, 12, 30)
    assert min(path for path in site.files() if path.startswith("archive/")) > "archive/all/0003"
    assert dead_links(site) == set()


STEP = st.one_of(
    st.tuples(st.just("new"), st.integers(1, 5)),
    st.tuples(st.just("edit"), st.integers(0, 30)),
    st.tuples(st.just("withdraw"), st.integers(0, 30)),
    st.tuples(st.just("merge"), st.integers(0, 30)),
    st.tuples(st.just("undo"), st.just(0)),
)


@settings(deadline=None, max_examples=8, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEP, min_size=4, max_size=10), limit=st.integers(1, 5))
def test_whatever_happens_every_story_stands_in_one_place(steps: list[tuple[str, int]], limit: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        site = publishing_sites.make(Path(folder), Feed(name="all", title="All", limit=limit))
        with site.store:
            walk(site, [("new", 5), *steps])


def walk(site: Publishing, steps: list[tuple[str, int]]) -> None:
    """Take the steps; after each, look whether every story is where it should be and no archive changed by itself."""
    count = 0
    archives: dict[str, bytes] = {}
    for turn, (what, number) in enumerate(steps):
        alive = list(site.store.stories())
        before = {story.id: story.updated for story in alive}
        if what == "new":
            site.keep(*numbered(*range(count, count + number)))
            count += number
        elif alive and what == "edit":
            story = alive[number % len(alive)]
            (article,) = numbered(int(story.shown.guid))
            site.keep(replace(article, title=f"Edit {turn}", digest=f"1:{turn}"))
        elif alive and what == "withdraw":
            site.store.withdraw(alive[number % len(alive)].id, site.now)
        elif len(alive) > 1 and what == "merge":
            one, other = alive[number % len(alive)], alive[(number + 1) % len(alive)]
            site.store.merge(Matcher(), one.id, other.id, site.now)
        elif what == "undo":
            with suppress(DefinitionError):
                site.store.undo(Matcher(), site.now)
        site.publish()
        gone_or_back = before.keys() ^ {story.id for story in site.store.stories()}
        archives = look(site, archives, gone_or_back)
        for story in site.store.stories():  # an edit that moves `updated` appears again
            if story.title == f"Edit {turn}" and story.updated > before.get(story.id, story.updated):
                assert story.title in site.titles()


def look(site: Publishing, before: dict[str, bytes], gone_or_back: set[str]) -> dict[str, bytes]:
    archives = {path: site.files()[path] for path in site.history()}
    archived = [each for path in archives for each in ids(site, path)]
    assert len(archived) == len(set(archived))
    assert {*archived, *ids(site, "all.atom")} == {story.id for story in site.store.stories()}
    for path, data in before.items():
        if archives[path] != data:
            assert any(story.encode() in data + archives[path] for story in gone_or_back)
    return archives


def test_a_reader_walks_the_whole_past_by_the_links_alone(tmp_path: Path) -> None:
    """Over HTTP, from the current document back to the first archive, and forward again to where none is yet."""
    with webserver.serving() as web:
        site = publishing_sites.make(
            tmp_path, Feed(name="all", title="All", limit=3), face=Face(base_url=web.url("/feeds/"))
        )
        with site.store:
            grow(site, 0, 13)
            web.pages |= {f"/feeds/{path}": data for path, data in site.files().items()}
            back = list(walked(web.url("/feeds/all.atom"), "prev-archive"))
            forth = list(walked(back[-1].href, "next-archive"))

            assert [parsed.href for parsed in forth] == [parsed.href for parsed in reversed(back[1:])]
            assert {parsed.feed.id for parsed in back} == {back[0].feed.id}
            told = {entry.id for parsed in back for entry in parsed.entries}
            assert told == {story.id for story in site.store.stories()}
            archived = [entry.id for parsed in forth for entry in parsed.entries]
            assert len(archived) == len(set(archived)) > 6


def walked(url: str | None, relation: str) -> Iterator[feedparser.FeedParserDict]:
    """Fetch a document, and those that it leads to one after the other, until one is not there."""
    while url:
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                parsed = feedparser.parse(io.BytesIO(answer.read()))
        except urllib.error.HTTPError:
            return
        parsed.href = url
        yield parsed
        url = next((link.href for link in parsed.feed.links if link.rel == relation), None)
