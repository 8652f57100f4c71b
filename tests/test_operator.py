"""What the operator sees and the world does not, by a real server over a real site whose source fails and recovers."""

import http.client
import io
import json
import re
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import feedparser
import pytest
from lxml import etree
from prometheus_client.parser import text_string_to_metric_families

import processes
import rfc4287
import sites
import webserver

DAY = "Mon, 02 Mar 2026 08:00:00 +0000"
HIDDEN = ("/status", "/status.json", "/metrics", "/health.atom", "/sources.opml")


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes


def ask(port: int, path: str, **headers: str) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=processes.PATIENCE)
    try:
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())
    finally:
        connection.close()


@contextmanager
def serving(root: Path) -> Iterator[tuple[int, int, Path]]:
    """Serve a site; give the port for the world, the operator's own, and the log."""
    log = root.with_name("server.log")
    command = processes.command(root, "serve", "--port", "0", "--admin", "127.0.0.1:0")
    with log.open("wb") as file, subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=file) as process:
        try:
            said = r"serving .*output at http://127.0.0.1:(\d+)/\nserving the operator at http://127.0.0.1:(\d+)/"
            found = processes.until(lambda: re.search(said, log.read_text()), log.read_text)
            yield int(found[1]), int(found[2]), log
        finally:
            process.kill()


@pytest.fixture(scope="module")
def web():
    with webserver.serving() as server:
        yield server


@pytest.fixture(scope="module")
def site(tmp_path_factory, web):
    """A site of which one source is well, and another failed, was well again, and fails now."""
    web.pages["/well"] = webserver.rss(("A plant opens", "1", DAY))
    web.pages["/ill?key=hunter2"] = 500
    made = sites.make(
        tmp_path_factory.mktemp("operator") / "site",
        {
            "sources/well.toml": f'url = "{web.url("/well")}"\nallow_private = true\nverify = false\n',
            "sources/ill.toml": f'url = "{web.url("/ill?key=hunter2")}"\nallow_private = true\n',
        },
    )
    made.refresh("--all", code=1)
    web.pages["/ill?key=hunter2"] = webserver.rss(("A plant opens", "2", DAY))
    made.refresh("--all")
    web.pages["/ill?key=hunter2"] = 503
    made.refresh("--all", code=1)
    return made


@pytest.fixture(scope="module")
def token(site):
    return site.run("token", "show").stdout.strip()


@pytest.fixture(scope="module")
def server(site, token):
    with serving(site.root) as found:
        yield found


# ---------------------------------------------------------------- who may see it


@pytest.mark.parametrize("path", HIDDEN)
def test_without_the_token_there_is_nothing(server, token, path) -> None:
    port, _, _ = server
    nothing = ask(port, "/no-such-page")
    wrong = [{}, {"Authorization": "Bearer x"}, {"Authorization": f"Basic {token}"}, {"Authorization": "Bearer "}]
    for answer in [ask(port, path, **each) for each in wrong] + [ask(port, f"{path}?token={token[:-1]}")]:
        assert (answer.status, answer.body) == (404, nothing.body)
        assert sorted(answer.headers.keys()) == sorted(nothing.headers.keys())


@pytest.mark.parametrize("path", HIDDEN)
def test_with_the_token_or_at_the_address_of_its_own_there_is(server, token, path) -> None:
    port, admin, _ = server
    asked = [ask(port, path, Authorization=f"Bearer {token}"), ask(port, f"{path}?token={token}"), ask(admin, path)]
    for answer in asked:
        assert answer.status == 200
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert answer.headers["Access-Control-Allow-Origin"] is None
        assert b"hunter2" not in answer.body or path == "/sources.opml"


def test_a_page_of_the_web_that_calls_us_by_a_name_of_its_own_sees_nothing(server) -> None:
    _, admin, _ = server
    for host in ("evil.example", "evil.example:8001", "localhost.evil.example", "127.0.0.1.evil.example", ""):
        assert ask(admin, "/status", Host=host).status == 404, host
    for host in ("localhost", f"127.0.0.1:{admin}", "[::1]:8001"):
        assert ask(admin, "/status", Host=host).status == 200, host


def test_a_renewed_token_is_in_force_at_once_and_nobody_else_can_read_it(server, site) -> None:
    port, _, log = server
    old = site.run("token", "show").stdout.strip()
    new = site.run("token", "renew").stdout.strip()
    assert new != old
    assert ask(port, f"/status?token={old}").status == 404
    assert ask(port, f"/status?token={new}").status == 200
    file = site.root / ".tagwire" / "tokens.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert new not in log.read_text()


def test_the_world_learns_that_it_runs_and_whether_it_is_ready_and_no_more(server, tmp_path) -> None:
    port, _, _ = server
    for path in ("/healthz", "/readyz"):
        answer = ask(port, path)
        assert (answer.status, answer.body) == (200, b"ok\n")
    empty = sites.make(tmp_path / "empty")
    with serving(empty.root) as (other, _, _):
        assert ask(other, "/healthz").status == 200
        assert (ask(other, "/readyz").status, ask(other, "/readyz").body) == (503, b"not ready\n")


# ---------------------------------------------------------------- what is to be seen


def test_the_page_shows_each_source_with_its_visits_and_troubles_first(server) -> None:
    _, admin, _ = server
    answer = ask(admin, "/status")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    page = etree.HTML(answer.body)
    assert page.xpath("//h2/text()") == ["ill", "well"]
    assert page.xpath("//li[.//h2='ill']//svg/path/@class") == ["failed", "new", "failed"]
    assert page.xpath("//style | //@style | //script[not(@src)]") == []
    assert "?key=…" in answer.body.decode()
    unchecked = "Its certificate is not checked (verify = false)"
    assert page.xpath("//li[.//h2='well']//ul[@class='problems']/li/text()") == [unchecked]
    assert unchecked not in page.xpath("//li[.//h2='ill']//ul[@class='problems']/li/text()")


def test_errors_are_in_no_feed_but_the_operators(server, site) -> None:
    assert all(b"503" not in body for body in site.output().values())


def test_the_health_feed_has_an_entry_for_each_turn_and_the_same_ids_again(server) -> None:
    _, admin, _ = server
    first, second = ask(admin, "/health.atom"), ask(admin, "/health.atom")
    assert first.body == second.body
    assert rfc4287.problems(first.body) == []
    parsed = feedparser.parse(io.BytesIO(first.body))
    assert [entry.title for entry in parsed.entries] == ["ill began to fail", "ill is well again", "ill began to fail"]
    assert len({entry.id for entry in parsed.entries}) == 3
    assert ask(admin, "/health.atom", If_None_Match=first.headers["ETag"]).status == 304


def test_prometheus_reads_the_figures(server) -> None:
    _, admin, _ = server
    samples = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(ask(admin, "/metrics").body.decode())
        for sample in family.samples
    }
    visits = {key[1]: value for key, value in samples.items() if key[0] == "tagwire_visits_total"}
    assert sum(visits.values()) == 6
    assert visits["new"] == 2
    assert samples["tagwire_articles",] == 2
    assert samples["tagwire_stories",] == 1
    assert samples["tagwire_sources_failing",] == 1
    assert samples["tagwire_publish_seconds_count",] >= 1
    assert samples["tagwire_due_lag_seconds",] >= 0


def test_the_sources_can_be_taken_into_another_reader(server, web) -> None:
    _, admin, _ = server
    outlines = etree.fromstring(ask(admin, "/sources.opml").body).findall(".//outline[@xmlUrl]")
    assert {each.get("xmlUrl") for each in outlines} == {web.url("/well"), web.url("/ill?key=hunter2")}


def test_programs_read_the_same_as_json(server) -> None:
    _, admin, _ = server
    told = {each["name"]: each for each in json.loads(ask(admin, "/status.json").body)["sources"]}
    assert told["well"]["history"] == ["new", "unchanged", "unchanged"]
    assert told["ill"]["duplicates"] == 1
    assert (told["ill"]["verify"], told["well"]["verify"]) == (True, False)
    assert len(told["ill"]["history"]) == 3
