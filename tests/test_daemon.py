"""The daemon as its operator meets it: in processes of its own, over a real site, ended by real signals."""

import os
import signal
import socket
import threading
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest

import misbehaving
import processes
import sites
import webserver
from tagwire import definitions
from tagwire.pipeline import Pipeline, database
from tagwire.store.leases import Claim
from tagwire.store.store import Store
from tagwire.tags.patterns import found

MONDAY = "Mon, 02 Mar 2026 08:00:00 +0000"
PLANT = "A new plant\n2026-03-02\n\nIt was opened on Monday.\n"
END = (signal.SIGTERM, signal.SIGINT)


def web_source(url, *lines):
    return "\n".join([f'url = "{url}"', "allow_private = true", *lines])


def drip(conversation):
    """Begin an answer, and never come to its end."""
    conversation.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n\r\n<rss><channel>")
    conversation.drip((b" " for _ in range(1000)), 0.2)


def get(address, path):
    with urllib.request.urlopen(address + path, timeout=10) as answer:
        return answer.read().decode()


def published(site, name="all"):
    """Give what lies in a feed's file; nothing as long as there is none."""
    file = site.root / "output" / f"{name}.atom"
    return file.read_text() if file.exists() else ""


# ------------------------------------------------------------ while it runs


@pytest.fixture(scope="module")
def web():
    with webserver.serving() as server:
        server.pages["/feed"] = webserver.rss(("News of the web", "1", MONDAY))
        yield server


@pytest.fixture(scope="module")
def site(tmp_path_factory, web):
    return sites.make(
        tmp_path_factory.mktemp("daemon") / "site",
        {
            "sources/articles/plant.txt": PLANT,
            "sources/daily.toml": web_source(web.url("/feed"), 'every = "1s"'),
            "tagwire.toml": 'title = "Mine"\nbase_url = "https://feeds.example/"',
        },
    )


@pytest.fixture(scope="module")
def daemon(site):
    with processes.daemon(site.root, "--port", "0", "--admin", "127.0.0.1:0") as running:
        yield running


def test_what_was_there_at_the_start_is_published_and_served(site, daemon):
    daemon.until(lambda: all(title in published(site) for title in ("A new plant", "News of the web")))

    assert "News of the web" in get(daemon.address(), "all.atom")
    daemon.until((site.root / "output/index.html").exists)  # it is written after the feeds that it lists
    assert "all.atom" in get(daemon.address(), "")


def test_who_serves_waits_for_nobody_who_reads(site, daemon):
    daemon.until(lambda: "A new plant" in published(site))
    address = daemon.address()
    daemon.process.send_signal(signal.SIGSTOP)
    try:
        assert "A new plant" in get(address, "all.atom")
    finally:
        daemon.process.send_signal(signal.SIGCONT)
    assert daemon.server() != daemon.process.pid


def test_new_and_changed_article_files_are_noticed(site, daemon):
    site.write("sources/articles/bridge.txt", PLANT.replace("plant", "bridge"))
    daemon.until(lambda: "A new bridge" in published(site))
    site.write("sources/articles/bridge.txt", PLANT.replace("plant", "bridge").replace("Monday", "Sunday after all"))

    daemon.until(lambda: "Sunday after all" in get(daemon.address(), "all.atom"))
    assert published(site).count("<title>A new bridge") == 1


def test_a_changed_document_on_the_web_is_noticed(site, daemon, web):
    web.pages["/feed"] = webserver.rss(("News of the web", "1", MONDAY), ("More of it", "2", MONDAY))

    daemon.until(lambda: "More of it" in published(site))


def test_new_sources_are_read_and_published(site, daemon, web):
    web.pages["/late"] = webserver.rss(("A late comer", "late", MONDAY))
    site.write("sources/late.toml", web_source(web.url("/late")))

    daemon.until(lambda: "A late comer" in published(site))


def test_changed_definitions_come_into_force_and_broken_ones_do_not(site, daemon):
    site.write("feeds/topic.toml", 'title = "First title"')
    daemon.until(lambda: "First title" in published(site, "topic"))
    site.write("feeds/topic.toml", 'title = "Second title')
    daemon.until_said(r"feeds/topic.toml:1: ")
    site.write("sources/articles/tower.txt", PLANT.replace("plant", "tower"))
    daemon.until(lambda: "A new tower" in published(site, "topic"))
    assert "First title" in published(site, "topic")
    site.write("feeds/topic.toml", 'title = "Third title"')
    daemon.until(lambda: "Third title" in published(site, "topic"))
    (site.root / "feeds/topic.toml").unlink()

    daemon.until(lambda: not published(site, "topic"))


def test_commands_beside_it_do_no_harm(site, daemon):
    daemon.until(lambda: "A new plant" in published(site))
    site.refresh("--all")
    site.run("publish")
    site.run("status")
    titles = [story["title"] for story in site.stories()]

    assert len(titles) == len(set(titles))
    assert daemon.process.poll() is None
    assert get(daemon.address(), "healthz") == "ok\n"


def test_the_operator_has_an_address_of_his_own(site, daemon):
    operator = daemon.until_said(r"serving the operator at (http://\S+)")
    daemon.until(lambda: published(site))
    assert "articles" in get(operator, "status")
    with pytest.raises(urllib.error.HTTPError, match="404"):
        get(daemon.address(), "status")


def test_a_second_daemon_is_told_who_holds_the_site(site, daemon):
    daemon.address()
    second = processes.run(site.root, "run", "--port", "0")

    assert second.returncode == 4
    assert f"process {daemon.process.pid} on {socket.gethostname()}" in second.stderr
    assert daemon.process.poll() is None


# ------------------------------------------------------------ how it ends


@pytest.fixture
def slow():
    answers = {"/slow": drip, "/quick": misbehaving.page(webserver.rss(("Quick news", "1", MONDAY)))}
    with misbehaving.serving(answers) as server:
        yield server


@pytest.fixture
def slow_site(tmp_path, slow):
    """A site with one source that never comes to an end, and one that does."""
    return sites.make(
        tmp_path / "site",
        {
            "sources/articles/plant.txt": PLANT,
            "sources/quick.toml": web_source(slow.url("/quick")),
            "sources/slow.toml": web_source(slow.url("/slow")),
        },
    )


def never_ended(site):
    """Tell whether no visit to the slow source has come to an end, be it a failure."""
    return processes.query(site.root, "SELECT last_at FROM sources WHERE name = 'slow'") == [(None,)]


def reading_slowly(daemon, site, slow):
    """Wait until the quick source is published, and the slow one is being read."""
    daemon.until(lambda: "Quick news" in published(site) and slow.requests("/slow"))
    assert never_ended(site)


def left_well(site):
    assert processes.leftovers(site.root) == []
    assert len(processes.whole_feeds(site.root)) == len(list((site.root / "feeds").iterdir()))
    assert processes.query(site.root, "PRAGMA integrity_check") == [("ok",)]
    assert processes.query(site.root, "SELECT name FROM sources WHERE leased_until IS NOT NULL") == []


@pytest.mark.parametrize("number", END)
def test_a_signal_ends_it_well_even_while_a_source_is_being_read(slow_site, slow, number):
    with processes.daemon(slow_site.root) as daemon:
        reading_slowly(daemon, slow_site, slow)
        children = daemon.children()
        assert daemon.server() in children
        daemon.process.send_signal(number)

        assert daemon.ended() == 0
        assert not any(map(processes.is_running, children))
    left_well(slow_site)
    assert never_ended(slow_site)  # it was broken off, not waited for
    assert "Traceback" not in daemon.said()


def test_a_killed_daemon_takes_its_children_along_and_the_next_one_goes_on(slow_site, slow):
    with processes.daemon(slow_site.root) as daemon:
        reading_slowly(daemon, slow_site, slow)
        children = daemon.children()
        daemon.process.kill()
        daemon.ended()
        processes.until(lambda: not any(map(processes.is_running, children)))
    before = len(slow.requests("/slow"))
    slow_site.write("sources/articles/bridge.txt", PLANT.replace("plant", "bridge"))
    with processes.daemon(slow_site.root, "--no-serve") as daemon:
        daemon.until(lambda: "A new bridge" in published(slow_site) and len(slow.requests("/slow")) > before)
        daemon.process.terminate()
        assert daemon.ended() == 0
    left_well(slow_site)


def test_new_definitions_do_not_wait_for_a_slow_source(slow_site, slow):
    slow.answers["/late"] = misbehaving.page(webserver.rss(("A late comer", "late", MONDAY)))
    with processes.daemon(slow_site.root, "--no-serve") as daemon:
        reading_slowly(daemon, slow_site, slow)
        slow_site.write("sources/late.toml", web_source(slow.url("/late")))
        daemon.until(lambda: "A late comer" in published(slow_site))
        daemon.process.terminate()
        assert daemon.ended() == 0
    left_well(slow_site)
    assert never_ended(slow_site)


def test_a_port_that_is_taken_ends_it_with_the_reason(tmp_path):
    site = sites.make(tmp_path / "site")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = processes.run(site.root, "run", "--port", str(taken.getsockname()[1]))

    assert done.returncode == 1
    assert "another program has this port" in done.stderr
    assert "choose a port with --port" in done.stderr
    assert "Traceback" not in done.stderr


def test_it_ends_with_its_server(tmp_path):
    site = sites.make(tmp_path / "site")
    with processes.daemon(site.root) as daemon:
        os.kill(daemon.server(), signal.SIGKILL)

        assert daemon.ended() == 1
    assert "tagwire: the server ended" in daemon.said()
    left_well(site)


def test_a_failing_store_ends_it(tmp_path):
    site = sites.make(tmp_path / "site", {"sources/articles/plant.txt": PLANT})
    with processes.daemon(site.root, "--no-serve") as daemon:
        daemon.until(lambda: "A new plant" in published(site))
        for file in site.root.glob("tagwire.db*"):
            file.write_bytes(b"no database at all" * 5000)
        site.write("sources/articles/another.txt", PLANT)  # a daemon at rest asks nothing of it

        assert daemon.ended() == 3
    assert "tagwire: the database failed" in daemon.said()
    assert "Traceback" not in daemon.said()
    processes.whole_feeds(site.root)


# ------------------------------------------------------------ one pass over the web


class Clock:
    """A clock that tests set."""

    def __init__(self):
        self.time = datetime.now(UTC)

    def __call__(self):
        return self.time


def test_what_falls_due_while_a_slow_source_is_read_is_visited(slow_site, slow):
    slow_site.write("sources/quick.toml", web_source(slow.url("/quick"), 'every = "1m"'))
    loaded, clock, stop = definitions.load(slow_site.root), Clock(), threading.Event()
    with Store(database(loaded.site), found) as store:
        pipeline = Pipeline(loaded.site, store, clock, stop.is_set)
        pipeline.adopt()
        visits = pipeline.collect(["web"], lasting=True)
        assert next(visits).reading.source.name == "quick"
        clock.time += timedelta(minutes=2)
        assert next(visits).reading.source.name == "quick"
        assert {each.name for each in store.sources() if each.last_at is None} == {"articles", "slow"}

        stop.set()
        assert list(visits) == []
        (again,) = store.claim(clock.time, 10, Claim(kind="web", due_by=clock.time))
        assert again[0] == slow.url("/slow")


def test_a_pass_leaves_sources_that_it_does_not_know_to_others(slow_site):
    loaded, clock = definitions.load(slow_site.root), Clock()
    with Store(database(loaded.site), found) as store:
        pipeline = Pipeline(loaded.site, store, clock)
        slow_site.write("sources/more/new.txt", PLANT)
        slow_site.write("sources/news.toml", 'kind = "files"\npath = "more"')
        Pipeline(definitions.load(slow_site.root).site, store, clock).adopt()

        assert [kept.reading.source.name for kept in pipeline.collect(["files"])] == ["articles"]
        left = store.claim(clock.time, 10, Claim(kind="files", due_by=clock.time))
        assert [address for address, _ in left] == ["more"]
