"""What servers can do to us, each case with what must be seen; and healthy sources read beside all of them."""

import resource
from itertools import count, repeat

import pytest

from misbehaving import (
    Answer,
    brotli_bomb,
    conditional,
    gzip_bomb,
    packed,
    page,
    redirect,
    serving,
)
from tagwire.model import Outcome, Visit
from tagwire.sources.limits import Limits
from tagwire.sources.web import Web
from visiting import NOW, read, rss, source, visit

GOOD = rss("One", "Two")
LIMITS = Limits(
    deadline=14, stall=1, pause=0, parse_deadline=8, body_bytes=2_000_000, wire_bytes=3_000_000, header_bytes=20_000
)


def slowly(conversation):
    conversation.wait(10)
    conversation.close = True


def dripping(conversation):
    conversation.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    conversation.drip(repeat(b"<"), 0.2)


def endless(conversation):
    conversation.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n<rss>")
    conversation.drip(repeat(b"<item/>" * 10_000), 0)


def endless_headers(conversation):
    conversation.send(b"HTTP/1.1 200 OK\r\n")
    conversation.drip((b"X-%d: %s\r\n" % (i, b"x" * 100) for i in count()), 0)


def endless_interim_answers(conversation):
    conversation.drip(repeat(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 50), 0)


def broken_off(conversation):
    conversation.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1000\r\n" + GOOD[:200])
    conversation.reset()


def silent(conversation):
    conversation.close = True


def not_http(conversation):
    conversation.send(b"220 mail.example.org ESMTP ready\r\n")
    conversation.close = True


def without_status_line(conversation):
    conversation.send(GOOD)
    conversation.close = True


def entity_bomb():
    entities = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 12))
    document = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY e0 "lol">{entities}]>'
    return f'{document}<rss version="2.0"><channel><item><title>&e11;</title></item></channel></rss>'.encode()


CASES: dict[str, tuple[Answer, Outcome, str]] = {
    "slow headers": (slowly, Outcome.FAILED, "the server sent nothing for 1 s"),
    "dripping body": (dripping, Outcome.FAILED, "no whole answer within 14 s"),
    "endless body": (endless, Outcome.FAILED, "the document is larger than 2,000,000 bytes"),
    "endless headers": (endless_headers, Outcome.FAILED, "the answer's headers are larger than 20,000 bytes"),
    "endless interim answers": (
        endless_interim_answers,
        Outcome.FAILED,
        "the answer's headers are larger than 20,000 bytes",
    ),
    "length claimed too large": (page(GOOD, length=9_999), Outcome.FAILED, "the answer broke off before its end"),
    "length claimed beyond all limits": (
        page(GOOD, length=10**12),
        Outcome.FAILED,
        "the document is larger than 3,000,000 bytes",
    ),
    "reset half-way": (broken_off, Outcome.FAILED, "broke off"),
    "silence": (silent, Outcome.FAILED, "the server closed the connection without an answer"),
    "not HTTP": (not_http, Outcome.FAILED, "the answer is not HTTP"),
    "no status line": (without_status_line, Outcome.FAILED, "the answer is not HTTP"),
    "truncated gzip": (packed(rss(*map(str, range(500))), cut=2_000), Outcome.FAILED, "broke off before its end"),
    "gzip that is none": (
        page(GOOD, headers={"Content-Encoding": "gzip"}),
        Outcome.FAILED,
        "the document cannot be unpacked",
    ),
    "unknown packing": (
        page(GOOD, headers={"Content-Encoding": "zebra"}),
        Outcome.FAILED,
        "the document cannot be unpacked",
    ),
    "brotli bomb": (packed(brotli_bomb(), "br"), Outcome.FAILED, "the document is larger than 2,000,000 bytes"),
    "redirect without a place": (page(status="302 Found"), Outcome.FAILED, "302 Found, which does not say where to"),
    "redirect to a file": (
        redirect("file:///etc/passwd"),
        Outcome.FAILED,
        "it redirects to file:///etc/passwd, which is neither http nor https",
    ),
    "redirect to nonsense": (redirect("http://[::1"), Outcome.FAILED, "it redirects to http://[::1, which is"),
    "redirect to itself": (redirect("/redirect to itself"), Outcome.FAILED, "round in a circle"),
    "401": (page(status="401 Unauthorized"), Outcome.FAILED, "401 Unauthorized; the source's definition can name a"),
    "403": (page(status="403 Nope"), Outcome.FAILED, "403 Forbidden"),
    "404": (page(b"<html>" * 100_000, status="404 Not Found"), Outcome.FAILED, "404 Not Found"),
    "410": (page(status="410 Gone"), Outcome.GONE, "410 Gone"),
    "429 for seconds": (
        page(status="429 Slow down", headers={"Retry-After": "120"}),
        Outcome.HELD,
        "429 Too Many Requests",
    ),
    "429 for nonsense": (page(status="429 x", headers={"Retry-After": "-5"}), Outcome.FAILED, "429 Too Many Requests"),
    "500": (page(status="500 Internal Server Error"), Outcome.FAILED, "500 Internal Server Error"),
    "503 until a date": (
        page(status="503 x", headers={"Retry-After": "Mon, 02 Mar 2026 13:00:00 GMT"}),
        Outcome.HELD,
        "503 Service Unavailable",
    ),
    "503 until it works": (page(status="503 x"), Outcome.FAILED, "503 Service Unavailable"),
    "a status of its own": (page(status="299 Fine"), Outcome.FAILED, "status 299"),
    "204": (page(status="204 No Content", length=None), Outcome.FAILED, "204 No Content"),
    "304 unasked": (page(status="304 Not Modified"), Outcome.FAILED, "304 Not Modified, though no condition was sent"),
    "empty": (page(b""), Outcome.FAILED, "the document is empty"),
    "blank": (page(b" \n\0 "), Outcome.FAILED, "the document is empty"),
    "a web page": (
        page(b'<!DOCTYPE html><head><link rel=alternate type="application/rss+xml" href="/f.xml"></head>'),
        Outcome.FAILED,
        "this is a web page; its feed is http://127.0.8.",
    ),
    "garbage": (page(bytes(range(256)) * 50), Outcome.FAILED, "this is not a feed"),
    "JSON that is no feed": (page(b'{"version": 1}'), Outcome.FAILED, "this is JSON, but no JSON Feed"),
    "broken JSON": (page(b'{"version": '), Outcome.FAILED, "this is no JSON Feed: its JSON cannot be read"),
    "bad XML declaration": (
        page(b'<?xml version="1.0" encoding="bogus\xff\xfe"?>' + GOOD.partition(b"?>")[2]),
        Outcome.NEW,
        "",
    ),
    "unknown encoding": (
        page(b'<?xml version="1.0" encoding="bogus"?>' + GOOD.partition(b"?>")[2]),
        Outcome.NEW,
        "",
    ),
    "broken off document": (page(b"<?xml version='1.0'?><rss version='2.0'><chan"), Outcome.FAILED, "cannot be read"),
    "external entity": (
        page(
            b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
            b'<rss version="2.0"><channel><item><title>see &x;</title></item></channel></rss>'
        ),
        Outcome.NEW,
        "",
    ),
    "an author of 200 KB": (
        page(rss({"title": "T", "guid": "1", "author": "a" * 200_000})),
        Outcome.FAILED,
        "the document took longer than 8 s to parse",
    ),
    "a document too large": (page(rss("x" * 2_100_000)), Outcome.FAILED, "the document is larger than 2,000,000 bytes"),
    "the path of a local file": (page(__file__.encode()), Outcome.FAILED, "this is not a feed"),
    "the path of an endless file": (page(b"/dev/zero"), Outcome.FAILED, "this is not a feed"),
    "the address of a feed": (page(b"http://127.0.0.1:1/feed.xml"), Outcome.FAILED, "this is not a feed"),
    "deep nesting": (
        page(rss({"title": "Deep", "guid": "1", "description": "<div>" * 5_000 + "x"})),
        Outcome.NEW,
        "",
    ),
    "absurd nesting": (
        page(rss({"title": "Deep", "guid": "1", "description": "<div>" * 100_000 + "x"})),
        Outcome.NEW,
        "",
    ),
}
CASES["gzip bomb"] = (
    page(gzip_bomb(), headers={"Content-Encoding": "gzip"}),
    Outcome.FAILED,
    "the document is larger than 2,000,000 bytes",
)
HEALTHY_HOSTS = tuple(f"127.0.7.{number}" for number in range(1, 26))


@pytest.fixture(scope="module")
def everything():
    """Every bad source and 100 healthy ones, read in one go; what came home, in its order, and our peak memory."""
    answers = {f"/{name.replace(' ', '%20')}": answer for name, (answer, _, _) in CASES.items()}
    healthy = {f"/healthy/{number}": conditional(rss(f"Story {number}")) for number in range(4)}
    hosts = [f"127.0.8.{number}" for number in range(1, 1 + len(CASES))]  # some ask for patience, for all of a host
    with serving(answers, hosts) as bad, serving(healthy, HEALTHY_HOSTS) as good:
        sources = [source(bad.url(f"/{name}", host), name=name) for name, host in zip(CASES, hosts, strict=True)]
        sources += [source(good.url(path, host), name=f"{host}{path}") for host in HEALTHY_HOSTS for path in healthy]
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        readings = list(filter(None, Web(LIMITS).read(map(Visit, sources), NOW)))
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return readings, grown * 1024


@pytest.mark.parametrize("name", CASES)
def test_bad_input_is_told_in_plain_words(everything, name):
    _, outcome, words = CASES[name]
    (reading,) = (each for each in everything[0] if each.source.name == name)
    assert (reading.outcome, reading.error) == (outcome, reading.error)
    assert words in reading.error
    assert "\n" not in reading.error
    assert bool(reading.error) == (outcome is not Outcome.NEW)
    assert bool(reading.articles) == (outcome is Outcome.NEW)


def test_healthy_sources_beside_all_that_all_come_home(everything):
    healthy = [each for each in everything[0] if "/healthy/" in each.source.name]
    assert len(healthy) == 100
    assert {each.outcome for each in healthy} == {Outcome.NEW}
    assert all(len(each.articles) == 1 for each in healthy)


def test_nobody_healthy_waits_for_the_slowest(everything):
    order = [each.source.name for each in everything[0]]
    last_healthy = max(place for place, name in enumerate(order) if "/healthy/" in name)
    assert order.index("dripping body") > last_healthy


def test_memory_stays_flat_whatever_is_sent(everything):
    assert everything[1] < 150_000_000


def test_no_file_of_ours_is_published(everything):
    for reading in everything[0]:
        for article in reading.articles:
            assert "root:" not in article.title + article.content


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
    entries = b"<item><guid>%d</guid></item>"
    huge = b'<rss version="2.0"><channel>' + b"".join(entries % i for i in range(100_000)) + b"</channel></rss>"
    with serving({"/": packed(huge), "/good": page(GOOD)}) as server:
        limits = Limits(pause=0, parse_deadline=0.5, parsers=1)
        readings = read([source(server.url("/"), name="huge"), source(server.url("/good"), name="good")], limits=limits)
    assert readings["huge"].error == "the document took longer than 0.5 s to parse"
    assert readings["good"].outcome is Outcome.NEW


def test_an_entity_bomb_does_not_go_off():
    with serving({"/": page(entity_bomb())}) as server:
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
