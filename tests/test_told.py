"""A hub as the operator meets it: told by the daemon and by every pass, whatever ends these, and seen in the status."""

import json
import threading
from datetime import timedelta

import pytest

import hubs
import processes
import sites
from tagwire.cli import working

PLANT = "A new plant\n2026-03-02\n\nIt was opened on Monday.\n"
SITE = """
base_url = "https://feeds.example/"
hub = "{}"
[tag_feeds]
enabled = false
"""
DOCUMENTS = [f"https://feeds.example/all{suffix}" for suffix in (".atom", ".json", ".rss")]


@pytest.fixture
def hub():
    with hubs.serving() as served:
        yield served


@pytest.fixture
def site(tmp_path, hub):
    return sites.make(tmp_path / "site", {"tagwire.toml": SITE.format(hub.url), "sources/articles/plant.txt": PLANT})


def published(site):
    return (site.root / "output/all.atom").read_text()


def test_a_daemon_tells_of_what_it_has_written(site, hub):
    hub.look = lambda _: published(site)
    with processes.daemon(site.root, "--no-serve") as daemon:
        daemon.until(lambda: hub.topics == DOCUMENTS)
        site.write("sources/articles/bridge.txt", PLANT.replace("plant", "bridge"))
        daemon.until(lambda: len(hub.told) == 6)
        daemon.process.terminate()
        assert daemon.ended() == 0

    assert all("A new plant" in each.seen for each in hub.told)
    assert all("A new bridge" in each.seen for each in hub.told[3:])


def test_a_daemon_that_is_killed_while_it_tells_loses_nothing(site, hub):
    let_go = threading.Event()
    hub.answers = lambda _: (let_go.wait(processes.PATIENCE), (204, {}))[1]
    with processes.daemon(site.root, "--no-serve") as daemon:
        daemon.until(lambda: hub.told)
        assert "A new plant" in published(site)
        daemon.process.kill()
        daemon.ended()
    let_go.set()
    hub.answers = hubs.always(204)
    hub.told.clear()
    with processes.daemon(site.root, "--no-serve") as daemon:
        daemon.until(lambda: hub.topics == DOCUMENTS)


def test_a_daemon_goes_on_and_ends_well_while_its_hub_hangs(site, hub):
    let_go = threading.Event()
    hub.answers = lambda _: (let_go.wait(processes.PATIENCE), (204, {}))[1]
    try:
        with processes.daemon(site.root, "--no-serve") as daemon:
            daemon.until(lambda: hub.told)
            site.write("sources/articles/bridge.txt", PLANT.replace("plant", "bridge"))
            daemon.until(lambda: "A new bridge" in published(site))
            daemon.process.terminate()
            assert daemon.ended() == 0
    finally:
        let_go.set()


def test_a_pass_tells_and_says_nothing_of_it(site, hub):
    site.refresh()
    assert hub.topics == DOCUMENTS
    site.write("sources/articles/bridge.txt", PLANT.replace("plant", "bridge"))
    site.refresh("--all")
    assert len(hub.told) == 6
    site.run("publish")
    assert len(hub.told) == 6


def test_a_pass_waits_for_no_hub(site, hub, monkeypatch):
    monkeypatch.setattr(working, "_HUB_PATIENCE", timedelta(seconds=0.3))
    let_go = threading.Event()
    hub.answers = lambda _: (let_go.wait(processes.PATIENCE), (204, {}))[1]
    try:
        site.refresh()
    finally:
        let_go.set()
    hub.answers = hubs.always(204)
    hub.told.clear()
    site.run("publish")

    assert hub.topics == DOCUMENTS


def test_the_status_says_how_telling_goes(site, hub):
    hub.answers = hubs.always(503)
    site.refresh()

    assert f"hub {hub.url}: to be told of 3 documents, next at " in site.run("status").output
    assert "last problem: 503 Service Unavailable" in site.run("status").output
    told = json.loads(site.run("status", "--json").output)["hub"]
    assert (told["hub"], told["waiting"], told["given_up"]) == (hub.url, 3, 0)
    site.write("tagwire.toml", SITE.replace('hub = "{}"', ""))
    site.run("publish")
    assert "hub" not in site.run("status").output
    hub.answers = hubs.always(204)
    site.write("tagwire.toml", SITE.format(hub.url))
    site.run("publish")
    assert f"hub {hub.url}: told of everything" in site.run("status").output
