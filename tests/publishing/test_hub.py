"""Telling a hub: each changed document once, never before it lies there, and again until the hub takes it."""

import socket
import threading
from dataclasses import replace
from datetime import timedelta

import pytest

import hubs
import publishing_sites
from publishing_sites import numbered
from tagwire.model import Feed, HasTag, Site, TagFeeds
from tagwire.publishing.hub import LIMITS, Hub
from tagwire.sources.drive import Manner
from tagwire.store.publishing import Publishing

CARS = Feed(name="cars", title="Cars", filter=HasTag("Cars"))
SHIPS = Feed(name="ships", title="Ships", filter=HasTag("Ships"), formats=("atom",), limit=3)
MINUTE = timedelta(minutes=1)
EVERYTHING = ["cars.atom", "cars.json", "cars.rss", "ships.atom"]


@pytest.fixture
def hub():
    with hubs.serving() as served:
        yield served


@pytest.fixture
def site(tmp_path, hub):
    made = publishing_sites.make(tmp_path, CARS, SHIPS)
    with made.store:
        name_hub(made, hub.url)
        yield made


def name_hub(site, url):
    site.face = replace(site.face, hub=url)
    site.store.pings.adopt(url)


def tell(site, going_on=lambda: True, limits=LIMITS):
    loaded = Site(root=site.root, face=site.face)
    return Hub(loaded, site.store.pings, lambda: site.now, Manner("Tagwire/test"), limits).tell(going_on)


def paths(site, hub):
    return [topic.removeprefix(site.face.base_url) for topic in hub.topics]


def told_anew(site, hub):
    """Tell, and give the paths of what came."""
    hub.told.clear()
    tell(site)
    return paths(site, hub)


def published(site):
    """Publish what a hub that is new to the site is told of, and one more story on cars."""
    site.publish()
    tell(site)
    site.keep(*numbered(1), tags=("Cars",))
    site.publish()


def test_each_document_is_told_by_a_form_with_its_own_address(site, hub):
    site.publish()

    assert tell(site) == 4
    assert paths(site, hub) == EVERYTHING
    assert all(each.form["hub.mode"] == ["publish"] for each in hub.told)
    assert {each.headers["Content-Type"] for each in hub.told} == {"application/x-www-form-urlencoded"}
    assert {each.headers["User-Agent"] for each in hub.told} == {"Tagwire/test"}


def test_only_what_changed_is_told_and_once(site, hub):
    published(site)
    assert told_anew(site, hub) == ["cars.atom", "cars.json", "cars.rss"]
    assert told_anew(site, hub) == []
    site.publish()
    assert told_anew(site, hub) == []


def test_feeds_of_tags_are_told_and_archives_are_not(site, hub):
    site.tag_feeds = TagFeeds(least=1)
    site.keep(*numbered(*range(9)), tags=("Ships",))
    site.publish()
    assert any(path.startswith("archive/") for path in site.files())
    tell(site)
    assert paths(site, hub) == [*EVERYTHING, "tags/ships.atom", "tags/ships.json", "tags/ships.rss"]


def test_the_hub_finds_the_new_document_when_it_is_told(site, hub):
    hub.look = lambda told: site.files()[told.topic.removeprefix(site.face.base_url)]
    published(site)
    tell(site)

    assert all(site.files()[path] in [each.seen for each in hub.told] for path in EVERYTHING[:3])


def test_what_changes_again_while_it_waits_is_told_once(site, hub):
    published(site)
    site.keep(*numbered(2), tags=("Cars",))
    site.publish()

    assert site.store.pings.status().waiting == 3
    assert told_anew(site, hub) == ["cars.atom", "cars.json", "cars.rss"]


def test_what_changes_while_the_hub_is_being_told_is_told_again(site, hub):
    published(site)

    def change(told):
        if told is hub.told[0]:  # two are told at once
            site.keep(*numbered(2), tags=("Cars",))
            site.publish()
        return 204, {}

    hub.answers = change
    hub.told.clear()
    tell(site)
    assert len(hub.told) > 3
    assert {*paths(site, hub)} == {"cars.atom", "cars.json", "cars.rss"}
    assert site.store.pings.status().waiting == 0


# ------------------------------------------------------------ when the hub does not take it


def test_a_hub_in_trouble_is_left_alone_ever_longer_and_then_told_everything(site, hub):
    published(site)
    hub.answers = hubs.always(503)
    waited = []
    for _ in range(9):
        told_anew(site, hub)
        assert 1 <= len(hub.told) <= 2  # the second was under way
        status = site.store.pings.status()
        assert (status.waiting, status.error) == (3, "503 Service Unavailable")
        waited.append(status.next_at - site.now)
        site.now = status.next_at - timedelta(seconds=1)
        assert told_anew(site, hub) == []
        site.now = status.next_at
    assert waited == [MINUTE * minutes for minutes in (1, 2, 4, 8, 16, 32, 60, 60, 60)]
    hub.answers = hubs.always(202)

    assert told_anew(site, hub) == ["cars.atom", "cars.json", "cars.rss"]
    status = site.store.pings.status()
    assert (status.waiting, status.given_up, status.next_at, status.error) == (0, 0, None, "")


def test_a_hub_that_asks_for_patience_gets_it(site, hub):
    published(site)
    hub.answers = hubs.always(429, Retry_After="7200")
    tell(site)

    assert site.store.pings.status().next_at == site.now + 120 * MINUTE


def test_a_document_that_is_refused_holds_up_no_other(site, hub):
    hub.answers = lambda told: (400 if told.topic.endswith("cars.rss") else 204, {})
    published(site)
    assert told_anew(site, hub) == ["cars.atom", "cars.json", "cars.rss"]

    assert site.store.pings.status().waiting == 1
    site.keep(*numbered(2), tags=("Ships",))
    site.publish()
    assert told_anew(site, hub) == ["cars.rss", "ships.atom"]
    assert "400 Bad Request" in site.store.pings.status().error


def test_a_hub_that_is_not_there_stops_nothing(site, hub):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    name_hub(site, f"http://127.0.0.1:{port}/")
    published(site)

    tell(site)

    assert len(site.titles("cars.atom")) == 1
    assert "could not connect" in site.store.pings.status().error


def test_who_tells_a_slow_hub_can_be_stopped_and_nothing_is_lost(site, hub):
    published(site)
    asked, let_go = threading.Event(), threading.Event()

    def slowly(_told):
        asked.set()
        let_go.wait(20)
        return 204, {}

    hub.answers = slowly
    try:
        assert tell(site, going_on=lambda: not asked.is_set()) == 0
        assert site.store.pings.status().waiting == 3
    finally:
        let_go.set()
    hub.answers = hubs.always(204)
    assert told_anew(site, hub) == ["cars.atom", "cars.json", "cars.rss"]


def test_a_hub_that_never_answers_is_given_a_bounded_time(site, hub):
    let_go = threading.Event()
    hub.answers = lambda _: (let_go.wait(20), (204, {}))[1]
    site.publish()
    try:
        tell(site, limits=replace(LIMITS, deadline=0.3, stall=0.3))
    finally:
        let_go.set()

    assert "within 0.3 s" in site.store.pings.status().error or "for 0.3 s" in site.store.pings.status().error


@pytest.mark.parametrize(("status", "error"), [(302, "302 Found"), (307, "sources may not go")])
def test_a_hub_leads_nobody_into_the_operators_network(site, hub, status, error):
    with hubs.serving() as inner:
        hub.answers = hubs.always(status, Location=inner.url)
        site.publish()
        tell(site)

        assert inner.told == []
        assert error in site.store.pings.status().error


def test_what_is_tried_for_days_is_given_up_until_it_changes_again(site, hub):
    published(site)
    hub.answers = hubs.always(500)
    tell(site)
    site.now += timedelta(days=3)
    tell(site)
    status = site.store.pings.status()
    assert (status.waiting, status.given_up, status.next_at) == (0, 3, None)
    assert status.error == "500 Internal Server Error"
    site.now += timedelta(days=1)
    assert told_anew(site, hub) == []
    hub.answers = hubs.always(204)
    site.keep(*numbered(2), tags=("Cars",))
    site.publish()

    assert told_anew(site, hub) == ["cars.atom", "cars.json", "cars.rss"]
    assert site.store.pings.status().given_up == 0


def test_a_single_document_is_given_up_too(site, hub):
    hub.answers = lambda told: (404 if told.topic.endswith("cars.rss") else 204, {})
    published(site)
    tell(site)
    site.now += timedelta(days=3)
    tell(site)

    assert (site.store.pings.status().waiting, site.store.pings.status().given_up) == (0, 1)


# ------------------------------------------------------------ what is not told


def test_another_hub_is_told_of_everything_and_the_former_of_nothing_more(site, hub):
    published(site)
    with hubs.serving() as other:
        name_hub(site, other.url)
        assert tell(site) == 0
        site.publish()
        hub.told.clear()
        assert tell(site) == 4
        assert (paths(site, other), hub.told) == (EVERYTHING, [])


def test_without_a_hub_nothing_waits(site, hub):
    published(site)
    name_hub(site, "")
    site.publish()
    site.keep(*numbered(2), tags=("Cars",))
    site.publish()

    assert told_anew(site, hub) == []
    assert site.store.pings.status() is None
    name_hub(site, hub.url)
    assert site.store.pings.status().waiting == 0


def test_a_feed_that_is_gone_is_not_told(site, hub):
    published(site)
    site.feeds = [SHIPS]
    site.publish()

    assert site.store.pings.status().waiting == 0


def test_a_crash_between_writing_and_settling_is_told_at_the_next_publishing(site, hub, monkeypatch):
    published(site)
    tell(site)
    site.keep(*numbered(2), tags=("Cars",))
    with monkeypatch.context() as patched:
        patched.setattr(Publishing, "settle", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            site.publish()
    assert len(site.titles("cars.atom")) == 2
    assert told_anew(site, hub) == []
    assert site.publish() == []

    assert told_anew(site, hub) == ["cars.atom", "cars.json", "cars.rss"]


def test_one_process_tells_at_a_time(site, hub):
    published(site)
    together: list[int] = []

    def meanwhile(_told):
        together.append(tell(site))
        return 204, {}

    hub.answers = meanwhile
    hub.told.clear()
    assert tell(site) == 3
    assert together == [0, 0, 0]
    assert len(hub.told) == 3


def test_what_another_hub_says_of_its_own_telling_is_nothing_to_the_new_one(site):
    published(site)
    before = site.store.pings.due(site.face.hub, site.now, 50)
    name_hub(site, "http://127.0.0.1:9/")
    site.keep(*numbered(2), tags=("Cars",))
    site.publish()
    waiting = site.store.pings.due(site.face.hub, site.now, 50)
    for ping in before:
        site.store.pings.told(ping)

    assert waiting
    assert site.store.pings.due(site.face.hub, site.now, 50) == waiting
