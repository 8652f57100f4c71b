"""Over TLS, servers that speak HTTP/2 are spoken to in HTTP/2, as politely and as guardedly as in HTTP/1."""

import ssl
from dataclasses import replace

import pytest
import trustme

import http2
from misbehaving import redirect, serving
from tagwire.model import Outcome, Visit
from tagwire.sources.web import Web
from visiting import NOW, QUICK, rss, source, visit

GOOD = rss("One")
PATHS = ("/a", "/b", "/c", "/d", "/e", "/f")


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def tls(authority, tmp_path, monkeypatch):
    """Give a server's side of TLS that the whole process trusts."""
    trusted = tmp_path / "trusted.pem"
    authority.cert_pem.write_to_path(str(trusted))
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
def server(tls):
    with http2.serving({path: http2.page(GOOD) for path in PATHS}, tls) as server:
        yield server


def read(sources, memos=None, **limits):
    visits = [Visit(each, (memos or {}).get(each.name, {})) for each in sources]
    return [each for each in Web(replace(QUICK, **limits)).read(visits, NOW) if each is not None]


def test_many_sources_of_one_host_share_a_connection(server):
    readings = read([source(server.url(path)) for path in PATHS])
    assert [each.outcome for each in readings] == [Outcome.NEW] * len(PATHS)
    assert sorted(each.path for each in server.asked) == list(PATHS)
    assert set(server.agreed) == {"h2"}
    assert len(server.agreed) <= QUICK.per_host  # as many as there were requests at once, before the first was there
    assert len(server.agreed) == len({each.connection for each in server.asked})


def test_requests_say_the_same_in_http_2(server):
    read([source(server.url("/a"))])
    (asked,) = server.asked
    assert {name for name in asked.headers if not name.startswith(":")} == {"user-agent", "accept", "accept-encoding"}
    assert asked.headers["user-agent"].startswith("Tagwire/")


def test_what_has_not_changed_is_told_in_http_2(server):
    one = source(server.url("/a"), name="one")
    (first,) = read([one])
    (second,) = read([one], {"one": first.memo})
    assert (first.outcome, second.outcome) == (Outcome.NEW, Outcome.UNCHANGED)
    assert server.asked[1].headers["if-none-match"] == '"1"'


def test_a_stream_that_breaks_off_is_a_failure_and_costs_no_other(server):
    server.answers["/b"] = http2.broken_off(GOOD[: GOOD.index(b"</item>") + 7])
    readings = {each.source.name: each for each in read([source(server.url(path), name=path) for path in PATHS])}
    broken = readings.pop("/b")
    assert (broken.outcome, broken.error, broken.memo) == (Outcome.FAILED, "the connection broke off", {})
    assert {each.outcome for each in readings.values()} == {Outcome.NEW}


def test_a_standing_connection_leads_nobody_where_he_may_not_go(server):
    with serving({"/": redirect(server.url("/b"))}) as outer:
        mine, other = source(server.url("/a")), source(outer.url("/"))
        readings = read([mine, other], waiting=1)
    assert [each.outcome for each in readings] == [Outcome.NEW, Outcome.FAILED]
    assert "where sources may not go" in readings[1].error
    assert [each.path for each in server.asked] == ["/a"]


def test_a_server_of_http_2_is_not_trusted_without_its_certificate(server, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    reading = visit(server.url("/a"))
    assert reading.error.startswith("the certificate of 127.0.0.1 does not hold: ")
    assert server.asked == []
