"""Live filters by a real server over a real site: the same stories under the same ids, at a bounded cost."""

import asyncio
import io
import json
import subprocess
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

import feedparser
import pytest
from lxml import etree

import jsonfeed11
import processes
import rfc4287
import rss20
import sites
from tagwire.locks import held
from tagwire.server import Application
from tagwire.server.asked import AskedError, by_filter, by_tags
from tagwire.server.live import Limits
from tagwire.store import reader
from test_operator import ask, serving

STORIES = {
    "one": ("SAIC at the expo", "CIIE, SAIC Motor"),
    "two": ("A stand at the expo", "CIIE"),
    "three": ("A plant opens", "SAIC Motor"),
    "four": ("They say a plant closes", "SAIC Motor, Rumour"),
    "five": ("A port grows <script>", "Consumer Expo"),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    articles = {
        f"sources/articles/{name}.md": f"---\ntitle: {title}\ndate: 2026-03-02\ntags: [{tags}]\n---\nText of {name}.\n"
        for name, (title, tags) in STORIES.items()
    }
    made = sites.make(tmp_path_factory.mktemp("live") / "site", articles)
    made.refresh()
    return made


@pytest.fixture(scope="module")
def port(site):
    with serving(site.root) as (port, _, _):
        yield port


def entries(port, path):
    answer = ask(port, path)
    assert answer.status == 200, (path, answer.body)
    assert rfc4287.problems(answer.body) == []
    return feedparser.parse(io.BytesIO(answer.body))


def titles(port, path):
    return {entry.title for entry in entries(port, path).entries}


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("/feed.atom?q=tag:CIIE", {"one", "two"}),
        ("/feed.atom?q=plant", {"three", "four"}),
        ("/feed.atom?q=plant&not=rumour", {"three"}),
        ("/feed.atom?q=*&not=Rumour&not=ciie", {"three", "five"}),
        ("/tags/ciie+saic-motor.atom", {"one"}),
        ("/tags/ciie%2Bsaic-motor.atom", {"one"}),
        ("/tags/ciie,consumer-expo.atom", {"one", "two", "five"}),
        ("/tags/ciie+saic-motor,consumer-expo.atom", {"one", "five"}),
        ("/tags/saic-motor.atom", {"one", "three", "four"}),
        ("/tags/saic-motor.atom?not=rumour", {"one", "three"}),
        ("/tags/consumer-expo.atom", {"five"}),
        ("/all.atom?not=saic-motor", {"two", "five"}),
        ("/feed.atom?q=nothing", set()),
    ],
)
def test_an_address_chooses_the_stories_of_its_filter(port, path, wanted) -> None:
    assert titles(port, path) == {STORIES[name][0] for name in wanted}


def test_a_feed_that_excludes_tags_is_as_short_as_the_feed_it_comes_from(tmp_path) -> None:
    feed = 'title = "Brief"\nauthor = "The desk"\ncontent = "summary"\n'
    made = sites.make(
        tmp_path / "site",
        {"feeds/brief.toml": feed, "sources/articles/a.md": "---\ntitle: A\ndate: 2026-03-02\n---\nThe text.\n"},
    )
    made.refresh()
    with serving(made.root) as (port, _, _):
        whole, narrowed = (etree.fromstring(ask(port, f"/brief.atom{query}").body) for query in ("", "?not=zzz"))
    for each in (whole, narrowed):
        assert len(each.findall("{*}entry")) == 1
        assert each.findall("{*}entry/{*}content") == []
        assert each.findtext("{*}author/{*}name") == "The desk"


def test_what_nobody_defined_tells_no_more_than_the_public_feeds(tmp_path) -> None:
    made = sites.make(
        tmp_path / "site",
        {
            "tagwire.toml": "[tag_feeds]\nleast = 1\n",
            "feeds/brief.toml": 'content = "summary"\n',
            "sources/articles/a.md": "---\ntitle: A\ndate: 2026-03-02\ntags: [Port, Ship]\n---\nThe text.\n",
        },
    )
    paths = ("/feed.atom?q=*", "/feed.rss?q=*", "/feed.json?q=*", "/tags/port+ship.atom", "/tags/port.atom")
    made.refresh()
    with serving(made.root) as (port, _, _):
        for path in paths:
            assert b"<p>" not in ask(port, path).body.replace(b"&lt;", b"<"), path
        made.write("feeds/brief.toml", 'content = "full"\n')
        made.run("publish")
        for path in paths:
            assert b"<p>The text.</p>" in ask(port, path).body.replace(b"&lt;", b"<").replace(b"&gt;", b">"), path


VOCABULARY = '[tags.Ships]\naliases = ["ship"]\n[tags.Ports]\naliases = ["port"]\n'


@dataclass
class Tagging:
    """A site whose rules changed, the port of its server, and a process that is about to tag by them, but must wait."""

    site: sites.Site
    port: int
    process: subprocess.Popen[bytes]
    waits: ExitStack

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def tagging(tmp_path):
    article = "---\ntitle: A ship in the port\ndate: 2026-03-02\n---\nThe text.\n"
    made = sites.make(tmp_path / "site", {"feeds/words.toml": VOCABULARY, "sources/articles/a.md": article})
    made.refresh()
    with serving(made.root) as (port, _, _), ExitStack() as waits:
        assert len(entries(port, "/feed.atom?q=tag:Ships").entries) == 1
        made.write("feeds/words.toml", VOCABULARY.replace('"ship"', '"vessel"'))
        waits.enter_context(held(made.root, "publishing", wait=False))
        with subprocess.Popen(processes.command(made.root, "publish"), stdout=subprocess.DEVNULL) as process:
            try:
                processes.until(lambda: ask(port, "/tags/ships+nobody.atom").status == 503)
                yield Tagging(made, port, process, waits)
            finally:
                process.kill()


def test_what_asks_for_tags_stays_as_it_was_while_stories_are_tagged_anew(tagging) -> None:
    port = tagging.port
    assert titles(port, "/feed.atom?q=tag:Ships") == {"A ship in the port"}
    resting = ask(port, "/feed.atom?q=tag:Ports")
    assert (resting.status, resting.headers["Retry-After"]) == (503, "30")
    assert titles(port, "/feed.atom?q=ship") == {"A ship in the port"}
    tagging.waits.close()
    assert tagging.process.wait(processes.PATIENCE) == 0
    assert titles(port, "/feed.atom?q=tag:Ships") == set()
    assert titles(port, "/feed.atom?q=tag:Ports") == {"A ship in the port"}


def test_after_a_killed_tagging_filters_go_by_the_tags_that_stories_carry(tagging) -> None:
    tagging.kill()
    for tag in ("Ports", "Ships"):
        assert titles(tagging.port, f"/feed.atom?q=tag:{tag}") == {"A ship in the port"}
    assert ask(tagging.port, "/tags/ships+nobody.atom").status == 404
    with serving(tagging.site.root) as (port, _, _):
        assert titles(port, "/tags/ships+ports.atom") == {"A ship in the port"}


def test_the_next_daemon_ends_what_a_killed_tagging_left(tagging) -> None:
    tagging.kill()
    with processes.daemon(tagging.site.root, "--no-serve") as daemon:
        daemon.until(lambda: ask(tagging.port, "/tags/ships+nobody.atom").status == 503)
        tagging.waits.close()
        daemon.until_said("(tagged 1 stored articles anew)")
        daemon.until(lambda: ask(tagging.port, "/tags/ships+nobody.atom").status == 404)
    assert titles(tagging.port, "/feed.atom?q=tag:Ships") == set()


@pytest.mark.parametrize("query", ["?not=", "?cannot=1"])
def test_an_address_that_excludes_nothing_is_the_file(port, query) -> None:
    assert ask(port, f"/all.atom{query}").body == ask(port, "/all.atom").body


@pytest.mark.parametrize("path", ["/all%2Eatom?not=saic-motor", "/all.atom?n%6Ft=saic-motor"])
def test_however_an_exclusion_is_written_it_holds(port, path) -> None:
    assert titles(port, path) == {STORIES[name][0] for name in ("two", "five")}


def test_a_story_has_the_id_that_it_has_in_the_named_feeds(port) -> None:
    named = {entry.title: (entry.id, entry.updated) for entry in entries(port, "/all.atom").entries}
    live = {entry.title: (entry.id, entry.updated) for entry in entries(port, "/feed.atom?q=*").entries}
    assert live == named


def test_every_format_is_valid_and_names_its_own_address(port) -> None:
    query = "?q=tag%3ACIIE&not=rumour"
    atom = etree.fromstring(ask(port, f"/feed.atom{query}").body)
    links = {each.get("rel"): each.get("href") for each in atom.findall("{*}link")}
    assert links["self"] == f"http://localhost:8000/feed.atom{query}"
    assert links["alternate"].startswith("http://localhost:8000/search?q=")
    assert atom.findtext("{*}updated") == max(each.text for each in atom.iterfind("{*}entry/{*}updated"))
    assert rss20.problems(ask(port, f"/feed.rss{query}").body) == []
    body = ask(port, f"/feed.json{query}").body
    assert jsonfeed11.problems(body) == []
    assert json.loads(body)["feed_url"] == f"http://localhost:8000/feed.json{query}"


def test_what_a_reader_has_already_is_not_sent_again_until_a_story_changes(site, port) -> None:
    path = "/feed.atom?q=harbour"
    first = ask(port, path)
    assert ask(port, path).body == first.body
    assert ask(port, path, If_None_Match=first.headers["ETag"]).status == 304
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    site.write("sources/articles/six.md", "---\ntitle: The harbour\ndate: 2026-03-03\n---\nNew.\n")
    site.refresh()
    again = ask(port, path, If_None_Match=first.headers["ETag"])
    assert again.status == 200
    assert titles(port, path) == {"The harbour"}
    (site.root / "sources/articles/six.md").unlink()


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("tag:", "column 1"),
        ('plant "expo', "column 7"),
        ("", "column 1"),
        ("(" * 60 + "a" + ")" * 60, "nested"),
        ("a " * 249, "at most 20 parts"),
        ("x" * 501, "at most 500"),
        ("/a/ /b/ /c/", "at most 2 regular expressions"),
        ("/(/", "column 1"),
    ],
)
def test_a_wrong_filter_is_told_with_its_column(port, query, said) -> None:
    answer = ask(port, f"/feed.atom?q={quote(query)}")
    assert answer.status == 400
    assert said in answer.body.decode()
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    "path",
    [
        "/tags/nobody+ciie.atom",
        "/tags/ciie+.atom",
        "/tags/..+ciie.atom",
        "/feed.xml?q=a",
        "/tags/a%2fb.atom",
        "/no.atom?not=x",
    ],
)
def test_what_nobody_knows_is_not_there(port, path) -> None:
    assert ask(port, path).status == 404


def test_the_search_page_lists_stories_and_how_to_subscribe(port) -> None:
    answer = ask(port, "/search?q=tag%3ACIIE")
    assert answer.status == 200
    page = etree.HTML(answer.body)
    assert len(page.xpath("//li[contains(@class, 'story')]")) == 2
    assert page.xpath("//link[@type='application/atom+xml']/@href") == ["feed.atom?q=tag%3ACIIE"]
    assert page.xpath("//input[@name='q']/@value") == ["tag:CIIE"]
    assert ask(port, "/search").status == 200


def test_what_is_asked_for_is_never_markup(port) -> None:
    for query in ('"><script>alert(1)</script>', "<script>alert(1)</script>", "tag:<img src=x>"):
        answer = ask(port, f"/search?q={quote(query)}")
        assert b"<script>" not in answer.body
        assert b"<img" not in answer.body
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    wrong = ask(port, f"/search?q={quote('tag:')}")
    assert wrong.status == 400
    assert "column 1" in etree.HTML(wrong.body).xpath("string(//*[@role='alert'])")


def test_too_many_tags_or_exclusions_are_refused() -> None:
    with pytest.raises(AskedError):
        by_tags("+".join(["a"] * 21), b"", str)
    with pytest.raises(AskedError):
        by_filter(b"q=a" + b"".join(b"&not=%d" % number for number in range(21)), str)


def test_no_hub_is_promised_that_nobody_tells(site) -> None:
    site.write("tagwire.toml", 'hub = "https://hub.example/"\n')
    site.run("publish")
    try:
        with serving(site.root) as (port, _, _):
            assert "hub.example" in ask(port, "/all.atom").headers["Link"]
            for path in ("/feed.atom?q=*", "/feed.rss?q=*", "/feed.json?q=*", "/all.atom?not=rumour"):
                answer = ask(port, path)
                assert answer.status == 200
                assert b"hub.example" not in answer.body
                assert answer.headers["Link"] is None
    finally:
        (site.root / "tagwire.toml").unlink()
        site.run("publish")


# ---------------------------------------------------------------- what it may cost


def asked_at_once(site, limits: Limits, *paths: str, before: str = "") -> list[tuple[int, dict[bytes, bytes]]]:
    """Ask an application several things at the same moment; give each status, and the headers.

    What was asked `before` was answered by then.
    """
    application = Application(site.root, lambda: datetime.now(UTC), limits=limits)

    async def one(path: str) -> tuple[int, dict[bytes, bytes]]:
        raw, _, query = path.encode().partition(b"?")
        told = []

        async def send(message) -> None:
            told.append(message)

        scope = {"type": "http", "method": "GET", "raw_path": raw, "query_string": query, "headers": []}
        await application(scope, None, send)
        return told[0]["status"], dict(told[0]["headers"])

    async def every() -> list[tuple[int, dict[bytes, bytes]]]:
        if before:
            await one(before)
        return list(await asyncio.gather(*map(one, paths)))

    return asyncio.run(every())


def test_a_filter_that_takes_too_long_is_given_up(site, monkeypatch) -> None:
    monkeypatch.setattr(reader, "_STEPS", 1)  # so few stories take fewer steps than lie between two looks at the clock
    path = "/feed.atom?q=text:/t.*n/"
    assert asked_at_once(site, Limits(), path)[0][0] == 200
    (status, headers), (page, _) = asked_at_once(site, Limits(seconds=0), path, "/search?q=text:/t.*n/")
    assert (status, page) == (503, 503)
    assert headers[b"retry-after"] == b"30"
    assert headers[b"cache-control"] == b"no-store"


def test_who_comes_when_too_many_wait_is_sent_away_and_files_are_served_all_the_same(site) -> None:
    live = [f"/feed.atom?q={word}" for word in ("plant", "expo", "port")]
    answers = asked_at_once(site, Limits(at_once=1, waiting=2), *live, "/all.atom")
    assert sorted(status for status, _ in answers) == [200, 200, 200, 503]
    assert answers[3][0] == 200
    assert [headers[b"retry-after"] for status, headers in answers if status == 503] == [b"30"]


def test_what_was_made_before_waits_for_nobody(site) -> None:
    known = "/feed.atom?q=plant"
    answers = asked_at_once(site, Limits(at_once=1, waiting=1), "/feed.atom?q=expo", *[known] * 5, before=known)
    assert [status for status, _ in answers] == [200] * 6
