"""How requests are sent: guarded, polite, anonymous, and never late because somebody was busy."""

import os
import selectors
import socket
import ssl
import threading
import time
from dataclasses import replace
from datetime import timedelta
from itertools import chain, pairwise
from pathlib import Path

import pytest
import trustme

from misbehaving import conditional, page, redirect, serving
from tagwire import __version__
from tagwire.model import Outcome, Visit
from tagwire.sources import names
from tagwire.sources.http import user_agent
from tagwire.sources.web import Web
from visiting import NOW, QUICK, read, rss, source, visit

GOOD = rss("One")


def ours():
    """Give what must not be left behind: threads and child processes of a reading."""
    threads = [each.name for each in threading.enumerate() if each.name.startswith("tagwire")]
    return threads + Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()


def after(pause, body=GOOD):
    def answer(conversation):
        conversation.wait(pause)
        page(body)(conversation)

    return answer


def one_after_another(urls):
    return filter(None, Web(replace(QUICK, waiting=1)).read([Visit(source(each)) for each in urls], NOW))


def test_a_connection_that_one_source_may_use_is_not_reused_by_another_that_may_not():
    """libcurl asks for no socket on a reused connection; the request itself is judged too."""
    with serving({"/mine": conditional(GOOD), "/again": conditional(GOOD)}) as inner:
        with serving({"/": redirect(inner.url("/mine"))}) as outer:
            readings = Web(QUICK).read(
                map(Visit, [source(inner.url("/mine")), source(inner.url("/again")), source(outer.url("/"))]), NOW
            )
            outcomes = {each.source.name: each for each in filter(None, readings)}
        assert outcomes[inner.url("/mine")].outcome is Outcome.NEW
        assert "where sources may not go" in outcomes[outer.url("/")].error
        assert sorted(each.path for each in inner.asked) == ["/again", "/mine"]


def test_the_request_is_judged_even_where_a_connection_stands_ready():
    with serving({"/a": conditional(GOOD), "/b": conditional(GOOD)}) as inner:
        with serving({"/": redirect(inner.url("/a"))}) as outer:
            urls = [inner.url("/a"), inner.url("/b"), outer.url("/")]
            outcomes = [each.outcome for each in one_after_another(urls)]
        assert outcomes == [Outcome.NEW, Outcome.NEW, Outcome.FAILED]
        first, second = inner.asked  # and no third
        assert first.connection == second.connection  # so there was one to be reused


def test_answers_that_come_in_time_are_in_time_however_busy_the_consumer_is():
    answers = {f"/{number}": after(0.2) for number in range(4)}
    with serving(answers) as server:
        visits = map(Visit, [source(server.url(path)) for path in answers])
        readings = []
        for reading in filter(None, Web(replace(QUICK, deadline=1, per_host=1)).read(visits, NOW)):
            time.sleep(0.6)
            readings.append(reading)
    assert [each.outcome for each in readings] == [Outcome.NEW] * 4


def test_a_slow_source_holds_up_no_other():
    with serving({"/slow": after(1), "/fast": page(GOOD)}) as server:
        visits = map(Visit, [source(server.url("/slow")), source(server.url("/fast"))])
        first = next(filter(None, Web(replace(QUICK, stall=5, deadline=5)).read(visits, NOW)))
    assert first.source.name == server.url("/fast")


def test_a_host_is_asked_at_most_two_things_at_once():
    answers = {f"/{number}": after(0.1) for number in range(8)}
    with serving(answers) as server:
        readings = read(source(server.url(path)) for path in answers)
    assert len(readings) == 8
    assert server.busiest == 2


def test_no_more_than_so_many_are_under_way_over_all_hosts():
    hosts = tuple(f"127.0.3.{number}" for number in range(1, 9))
    with serving({"/": after(0.1)}, hosts) as server:
        readings = read([source(server.url("/", host)) for host in hosts], limits=replace(QUICK, at_once=3))
    assert {each.outcome for each in readings.values()} == {Outcome.NEW}
    assert server.busiest == 3


def test_requests_to_a_host_lie_a_pause_apart():
    answers = {f"/{number}": page(GOOD) for number in range(4)}
    with serving(answers) as server:
        read([source(server.url(path)) for path in answers], limits=replace(QUICK, pause=0.2))
    times = [each.at for each in server.asked]
    assert all(later - earlier > 0.15 for earlier, later in pairwise(times))


def test_a_host_that_asks_for_patience_is_sent_nothing_more():
    """Also not what was already waiting for its turn, and what others redirect there."""
    asks = page(status="429 Slow down", headers={"Retry-After": "600"})
    hosts = ("127.0.0.1", "127.0.0.2")
    with serving({"/": asks, **{f"/{number}": page(GOOD) for number in range(5)}}, hosts) as server:
        paths = ["/", *(f"/{number}" for number in range(5))]
        crowd = [source(server.url(path), name=path) for path in paths]
        other = source(server.url("/0", "127.0.0.2"), name="other")
        readings = read([*crowd, other], limits=replace(QUICK, per_host=1))
    assert [each.path for each in server.asked if each.headers["host"].startswith("127.0.0.1")] == ["/"]
    assert readings.pop("other").outcome is Outcome.NEW
    assert {each.outcome for each in readings.values()} == {Outcome.HELD}
    assert {each.hints.retry_after for each in readings.values()} == {timedelta(minutes=10)}
    assert {each.error for name, each in readings.items() if name != "/"} == {"127.0.0.1 asked us to wait"}


def test_what_was_under_way_to_a_host_that_asks_for_patience_comes_home_and_tells_the_schedule():
    asks = page(status="503 Busy", headers={"Retry-After": "600"})
    with serving({"/slow": after(0.5), "/fails": after(0.5, b""), "/asks": asks}) as server:
        sources = [source(server.url(path), name=path) for path in ("/slow", "/fails", "/asks", "/late")]
        readings = read(sources, limits=replace(QUICK, per_host=3))
    assert (readings["/slow"].outcome, readings["/fails"].outcome) == (Outcome.NEW, Outcome.HELD)
    assert {each.hints.retry_after for each in readings.values()} == {timedelta(minutes=10)}
    assert {each.hints.asked_by for each in readings.values()} == {"127.0.0.1"}
    assert "/late" not in {each.path for each in server.asked}


def test_a_visit_that_comes_after_its_host_asked_for_patience_does_not_set_out():
    asks = page(status="429 Slow down", headers={"Retry-After": "600"})

    def visits(server):
        yield Visit(source(server.url("/asks")))
        yield None
        yield Visit(source(server.url("/late"), name="late"))

    with serving({"/asks": asks, "/slow": after(2)}, ("127.0.0.1", "127.0.0.2")) as server:
        away = [Visit(source(server.url("/slow", "127.0.0.2"), name="slow"))]
        readings = list(filter(None, Web(QUICK).read(chain(away, visits(server)), NOW)))
    assert {each.source.name: each.outcome for each in readings}["late"] is Outcome.HELD
    assert "/late" not in {each.path for each in server.asked}


def test_nothing_leads_to_a_host_that_asked_for_patience_in_an_earlier_pass():
    """Neither its own sources, nor those that moved there, nor those that are redirected there."""
    hosts = ("127.0.0.1", "127.0.0.2")
    with serving({"/feed": page(GOOD)}, hosts) as server:
        kept = server.url("/feed", "127.0.0.2")
        server.answers["/away"] = redirect(kept, 302)
        held = {"127.0.0.2": NOW + timedelta(minutes=10)}
        visits = [
            Visit(source(server.url("/away"), name="redirected"), held=held),
            Visit(source(server.url("/"), name="moved"), {"place": kept}, held),
            Visit(source(kept, name="own"), held=held),
            Visit(source(server.url("/feed"), name="other"), held=held),
        ]
        readings = {each.source.name: each for each in filter(None, Web(QUICK).read(visits, NOW))}
    assert sorted(each.path for each in server.asked if each.headers["host"].startswith("127.0.0.1")) == [
        "/away",
        "/feed",
    ]
    assert [each for each in server.asked if each.headers["host"].startswith("127.0.0.2")] == []
    assert readings.pop("other").outcome is Outcome.NEW
    for reading in readings.values():
        assert (reading.outcome, reading.error) == (Outcome.HELD, "127.0.0.2 asked us to wait")
        assert (reading.hints.retry_after, reading.hints.known) == (timedelta(minutes=10), True)


def test_visits_are_taken_lazily_in_the_callers_own_thread():
    pulled = []

    def visits(server):
        for number in range(20):
            pulled.append(threading.get_ident())
            yield Visit(source(server.url(f"/{number}")))

    with serving() as server:
        readings = Web(replace(QUICK, waiting=3)).read(visits(server), NOW)
        assert pulled == []
        for home, _ in enumerate(filter(None, readings), 1):
            assert home <= len(pulled) <= home - 1 + 3
            if home == 5:
                break
        readings.close()
    assert set(pulled) == {threading.get_ident()}


def test_a_caller_with_nothing_due_is_asked_again_while_others_are_away():
    def visits(server):
        yield Visit(source(server.url("/slow")))
        yield None
        yield Visit(source(server.url("/late")))

    with serving({"/slow": after(2), "/late": page(GOOD)}) as server:
        readings = list(filter(None, Web(replace(QUICK, stall=5, deadline=5)).read(visits(server), NOW)))
    assert [each.source.name.rpartition("/")[2] for each in readings] == ["late", "slow"]


def test_a_caller_hears_about_once_a_second_that_nobody_has_come_home():
    with serving({"/slow": after(3)}) as server:
        readings = list(Web(replace(QUICK, stall=5, deadline=5)).read([Visit(source(server.url("/slow")))], NOW))
    assert readings[-1].outcome is Outcome.NEW
    assert 1 <= len(readings[:-1]) <= 4
    assert set(readings[:-1]) == {None}


def test_reading_ends_when_nothing_is_due_and_nobody_is_away():
    assert list(Web(QUICK).read(iter([None, None]), NOW)) == []
    assert list(Web(QUICK).read([], NOW)) == []


def test_a_reading_that_is_left_early_leaves_nothing_behind():
    answers = {"/fast": page(GOOD)} | {f"/{number}": after(10) for number in range(5)}
    files = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - numbers, not paths
    with serving(answers) as server:
        readings = Web(replace(QUICK, stall=15, deadline=15, per_host=9)).read(
            map(Visit, [source(server.url(path)) for path in answers]), NOW
        )
        assert next(filter(None, readings)).outcome is Outcome.NEW  # a busy machine may be told first that nobody came
        assert ours()
        readings.close()
        assert ours() == []
    assert len(os.listdir("/proc/self/fd")) <= files  # noqa: PTH208 - numbers, not paths


def test_an_exception_of_the_caller_leaves_nothing_behind():
    def visits(server):
        yield Visit(source(server.url("/")))
        raise RuntimeError("the database is gone")

    with serving({"/": after(10)}) as server, pytest.raises(RuntimeError, match="the database is gone"):
        list(Web(QUICK).read(visits(server), NOW))
    assert ours() == []


def test_requests_say_who_asks_and_nothing_else():
    with serving({"/": page(GOOD, headers={"Set-Cookie": "a=b"}), "/next": redirect("/")}) as server:
        read([source(server.url("/")), source(server.url("/next"))])
    for asked in server.asked:
        assert asked.headers.keys() == {"host", "user-agent", "accept", "accept-encoding"}
        assert asked.headers["user-agent"] == f"Tagwire/{__version__}"
        assert "application/atom+xml" in asked.headers["accept"]
        assert {"gzip", "br"} <= set(asked.headers["accept-encoding"].split(", "))


def test_the_user_agent_names_a_contact_and_nothing_that_could_break_out():
    assert user_agent("https://example.org/bot") == f"Tagwire/{__version__} (+https://example.org/bot)"
    assert user_agent("x)\r\nEvil: 1") == f"Tagwire/{__version__} (+xEvil: 1)"


def test_proxies_of_the_environment_are_not_used(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with serving({"/": page(GOOD)}) as server:
        assert visit(server.url("/")).outcome is Outcome.NEW


# ---------------------------------------------------------------- through a proxy


def through(server, *sources):
    """Read through a server that is a proxy: such a one is asked for whole addresses."""
    readings = Web(QUICK, proxy=server.url("")).read(map(Visit, sources), NOW)
    return [each for each in readings if each is not None]


def test_a_proxy_of_the_site_is_asked_and_nobody_else():
    with serving({"http://127.0.0.1:1/feed": page(GOOD)}) as proxy:
        (reading,) = through(proxy, source("http://127.0.0.1:1/feed"))
    assert reading.outcome is Outcome.NEW
    assert [each.path for each in proxy.asked] == ["http://127.0.0.1:1/feed"]


def test_behind_a_proxy_the_guard_judges_the_name_at_every_hop():
    away = {"http://127.0.0.1:1/away": redirect("http://localhost:2/secret"), "http://localhost:2/secret": page(GOOD)}
    with serving(away) as proxy:
        closed, opened = through(
            proxy, source("http://localhost:2/secret", allow_private=False), source("http://127.0.0.1:1/away")
        )
    assert "sources may not go without allow_private = true" in closed.error
    assert "(loopback), where sources may not go" in opened.error
    assert [each.path for each in proxy.asked] == ["http://127.0.0.1:1/away"]


def test_behind_a_proxy_a_name_that_cannot_be_judged_is_not_asked_for():
    with serving() as proxy:
        (reading,) = through(proxy, source("http://nobody.invalid/feed", allow_private=False))
    assert reading.error == "could not find the host nobody.invalid"
    assert proxy.asked == []


def test_a_proxy_tunnels_what_is_encrypted(tls):
    with serving({"/": page(GOOD)}, tls=tls) as server:
        target = f"127.0.0.1:{server.port}"
        with serving({target: tunnel(server.port)}) as proxy:
            (reading,) = through(proxy, source(server.url("/"), verify=False))
    assert reading.outcome is Outcome.NEW
    assert [each.path for each in proxy.asked] == [target]
    assert [each.path for each in server.asked] == ["/"]


def test_a_proxy_that_is_not_there_is_told_as_such():
    with serving() as proxy:
        pass
    (reading,) = through(proxy, source("http://127.0.0.1:1/feed"))
    assert reading.error == "could not connect to the proxy, or it did not connect us"


def test_leaving_early_waits_for_no_name(monkeypatch):
    release = threading.Event()
    monkeypatch.setattr(names.socket, "getaddrinfo", lambda *_, **__: release.wait(20) and [])
    with serving() as proxy:
        readings = Web(QUICK, proxy=proxy.url("")).read([Visit(source("http://127.0.0.1:1/feed"))], NOW)
        assert next(readings) is None
        readings.close()
        assert not [each for each in threading.enumerate() if each.name == "tagwire-transfers"]
    release.set()


def tunnel(port):
    """Answer a CONNECT by passing on what either side sends."""

    def answer(conversation):
        conversation.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with socket.create_connection(("127.0.0.1", port), 5) as far, selectors.DefaultSelector() as ready:
            ends = {conversation.socket: far, far: conversation.socket}
            for end in ends:
                ready.register(end, selectors.EVENT_READ)
            while all(_passed_on(key.fileobj, ends[key.fileobj]) for key, _ in ready.select(5)):
                pass
        conversation.close = True

    return answer


def _passed_on(near, far):
    data = near.recv(65536)
    far.sendall(data)
    return bool(data)


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def tls(authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


def test_a_certificate_that_nobody_vouches_for_is_refused(tls):
    with serving({"/": page(GOOD)}, tls=tls) as server:
        reading = visit(server.url("/"))
    assert reading.error.startswith("the certificate of 127.0.0.1 does not hold: ")
    assert server.asked == []


def test_an_exception_for_a_certificate_is_one_sources_own(tls):
    with serving({"/": page(GOOD), "/other": page(GOOD)}, tls=tls) as server:
        readings = read([source(server.url("/"), verify=False), source(server.url("/other"))])
    assert readings[server.url("/")].outcome is Outcome.NEW
    assert readings[server.url("/other")].outcome is Outcome.FAILED


def test_certificates_that_the_system_trusts_are_trusted(tls, authority, tmp_path, monkeypatch):
    trusted = tmp_path / "trusted.pem"
    authority.cert_pem.write_to_path(str(trusted))
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    with serving({"/": page(GOOD)}, tls=tls) as server:
        assert visit(server.url("/")).outcome is Outcome.NEW


def test_a_source_that_verifies_uses_no_connection_of_one_that_does_not(tls):
    with serving({"/lax": page(GOOD), "/strict": page(GOOD)}, tls=tls) as server:
        visits = [Visit(source(server.url("/lax"), verify=False)), Visit(source(server.url("/strict")))]
        outcomes = [each.outcome for each in filter(None, Web(replace(QUICK, waiting=1)).read(visits, NOW))]
    assert outcomes == [Outcome.NEW, Outcome.FAILED]
    assert [each.path for each in server.asked] == ["/lax"]
