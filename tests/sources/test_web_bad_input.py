"""What servers can do to us, each case with what must be seen; and healthy sources read beside all of them."""

import json
from itertools import islice
from pathlib import Path

import pytest

import crowd
import faults
import processes
import rfc4287
import sites
from faults import GOOD
from misbehaving import conditional, packed, page, redirect, serving
from tagwire import definitions
from tagwire.model import Outcome, Visit
from tagwire.pipeline import Pipeline, database
from tagwire.sources.limits import Limits
from tagwire.sources.web import Web
from tagwire.store.store import Store
from tagwire.tags.patterns import found
from visiting import NOW, read, rss, source, visit

LIMITS = Limits(
    deadline=14, stall=1, pause=0.02, parse_deadline=14, body_bytes=2_000_000, wire_bytes=3_000_000, header_bytes=20_000
)
NAMES = tuple(faults.every(LIMITS, NOW))


class Seen:
    """Every bad source and 100 healthy ones, read, kept and published in one go; what was seen of them."""

    def __init__(self, folder: Path) -> None:
        with crowd.serving_all(LIMITS, NOW) as self.crowd:
            urls = {**{name: self.crowd.faulty[name] for name in NAMES}, **{url: url for url in self.crowd.healthy}}
            lines = [f"url = {json.dumps(url)}\nallow_private = true" for url in urls.values()]
            site = sites.make(folder, {f"sources/{n}.toml": line for n, line in enumerate(lines)})
            names = dict(zip(urls, map(str, range(len(urls))), strict=True))
            loaded = definitions.load(site.root)
            with Store(database(loaded.site), found) as store:
                pipeline = Pipeline(loaded.site, store, lambda: NOW)
                pipeline.kinds["web"] = Web(LIMITS)
                pipeline.adopt()
                processes.forget_peak_memory()
                before = processes.peak_memory()
                self.order = [each.reading.source.address for each in pipeline.collect(["web"])]
                self.grown = processes.peak_memory() - before
                pipeline.publish()
                status = {each.name: each for each in store.sources()}
        self.status = {name: status[number] for name, number in names.items()}
        self.stories = site.stories()
        self.atom = (site.root / "output" / "all.atom").read_bytes()


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    return Seen(tmp_path_factory.mktemp("everything") / "site")


@pytest.mark.parametrize("name", NAMES)
def test_bad_input_is_told_in_plain_words_and_tried_again_in_time(everything, name):
    fault, seen = everything.crowd.faults[name], everything.status[name]
    assert (seen.outcome, seen.error) == (fault.outcome, seen.error)
    assert fault.words in seen.error
    assert "\n" not in seen.error
    assert bool(seen.error) == (fault.outcome is not Outcome.NEW)
    assert seen.articles == fault.stories
    assert fault.wait[0] <= seen.next_at - NOW <= fault.wait[1]
    assert seen.next_reason


def test_healthy_sources_beside_all_that_all_come_home(everything):
    healthy = [everything.status[url] for url in everything.crowd.healthy]
    assert [(each.outcome, each.articles) for each in healthy] == [(Outcome.NEW, 1)] * 100


def test_nobody_healthy_waits_for_the_slowest(everything):
    last_healthy = max(map(everything.order.index, everything.crowd.healthy))
    for name in ("dripping headers", "dripping body"):
        assert everything.order.index(everything.status[name].address) > last_healthy


def test_memory_stays_flat_whatever_is_sent(everything):
    assert everything.grown < 100_000_000


def test_servers_have_nothing_against_us_whatever_they_do(everything):
    good, bad = everything.crowd.good, everything.crowd.bad
    assert crowd.impolite(good, LIMITS.pause) + crowd.impolite(bad, LIMITS.pause) == []
    assert len(good.asked) == 100
    further = [each.path for each in bad.asked if each.path.startswith(("/loop", "/chain"))]
    assert sorted(further) == [*(f"/chain/{n}" for n in range(1, 6)), "/loop/1", "/loop/2"]
    assert len(bad.asked) == len(NAMES) + len(further)  # one chain a visit, and nothing else


def test_no_file_of_ours_is_published_and_what_is_published_is_valid(everything):
    assert rfc4287.problems(everything.atom) == []
    for published in (everything.atom.decode(), json.dumps(everything.stories)):
        assert "root:" not in published
        assert "import" not in published


def test_many_documents_that_stick_in_the_parser_hold_up_no_healthy_source():
    slow = page(rss({"title": "T", "guid": "1", "author": "a" * 200_000}))
    hosts = [f"127.0.5.{number}" for number in range(1, 26)]
    with serving({"/stuck": slow, "/well": page(GOOD)}, hosts) as server:
        visits = [Visit(source(server.url("/stuck" if n < 5 else "/well", host))) for n, host in enumerate(hosts)]
        readings = Web(Limits(pause=0, parse_patience=1, parse_deadline=300)).read(visits, NOW)
        came = list(islice(filter(None, readings), 20))  # who is stuck has a minute
        readings.close()
    assert {each.outcome for each in came} == {Outcome.NEW}


def test_a_chain_of_redirects_ends_after_five():
    answers = {f"/{number}": redirect(f"/{number + 1}", 302) for number in range(9)} | {"/6": conditional(GOOD)}
    with serving(answers) as server:
        readings = read([source(server.url("/0"), name="six"), source(server.url("/1"), name="five")])
    assert readings["six"].error == "it redirects more than 5 times"
    assert readings["five"].outcome is Outcome.NEW


@pytest.mark.parametrize("status", ["200 OK", "404 Not Found"])
def test_a_redirect_to_another_private_address_is_refused_though_its_source_may_be_private(status):
    with serving({"/secret": page(GOOD, status)}) as inner, serving({"/": redirect(inner.url("/secret"))}) as outer:
        reading = visit(outer.url("/"))
        assert reading.outcome is Outcome.FAILED
        assert reading.error == "127.0.0.1 is at 127.0.0.1 (loopback), where sources may not go"
        assert inner.asked == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0x7f.1", "[::ffff:127.0.0.1]", "[::1]"])
def test_a_source_goes_to_no_private_address_unless_it_may(host):
    with serving({"/": conditional(GOOD)}) as server:
        reading = visit(server.url("/", host), allow_private=False)
        assert reading.outcome is Outcome.FAILED
        assert "sources may not go without allow_private = true" in reading.error
        assert server.asked == []


def test_a_host_that_does_not_exist_is_told_by_its_name():
    reading = visit("http://nobody.invalid/feed")
    assert reading.error == "could not find the host nobody.invalid"


def test_a_closed_port_is_told():
    with serving() as server:
        url = server.url("/")
    assert visit(url).error == f"could not connect to 127.0.0.1, port {url.rpartition(':')[2].strip('/')}"


def test_a_document_of_100_000_entries_costs_itself_alone():
    with serving({"/": packed(faults.many_entries()), "/good": page(GOOD)}) as server:
        limits = Limits(pause=0, parse_deadline=2, parsers=1)
        readings = read([source(server.url("/"), name="huge"), source(server.url("/good"), name="good")], limits=limits)
    assert readings["huge"].error == "the document took longer than 2 s to parse"
    assert readings["good"].outcome is Outcome.NEW


def test_an_entity_bomb_does_not_go_off():
    with serving({"/": page(faults.entity_bomb())}) as server:
        reading = visit(server.url("/"), limits=Limits(pause=0))
    assert reading.outcome is Outcome.NEW
    assert len(reading.articles[0].title) < 1000


def test_of_too_many_entries_the_newest_are_read_and_that_is_told():
    dated = [
        {"guid": f"{day}", "title": f"{day}", "pubDate": f"{day:02} May 2023 10:00:00 GMT"} for day in range(1, 29)
    ]
    with serving({"/": page(rss(*dated))}) as server:
        reading = visit(server.url("/"), limits=Limits(pause=0, articles=3))
    assert [article.title for article in reading.articles] == ["26", "27", "28"]
    assert reading.warnings == ("only the newest 3 of 28 entries were read",)


def test_a_document_that_needs_too_much_memory_costs_itself_alone():
    large = rss(*({"guid": str(i), "description": "word " * 200} for i in range(15_000)))
    with serving({"/": packed(large), "/good": page(GOOD)}) as server:
        sources = [source(server.url("/"), name="large"), source(server.url("/good"), name="good")]
        readings = read(sources, limits=Limits(pause=0, parsers=1, parse_memory=110 * 2**20))
    assert readings["large"].error in {
        "the document needs more memory than its parser may use",
        "the parser died of the document",
    }
    assert readings["good"].outcome is Outcome.NEW
