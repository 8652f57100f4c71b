"""No way into the operator's network: neither as a source's own address, nor by a redirect, however it is written."""

import socket

import pycurl
import pytest

from misbehaving import page, redirect, serving
from tagwire.model import Outcome
from tagwire.sources import curl
from visiting import read, rss, source, visit

GOOD = rss("One")
LOOPBACK = (
    "127.0.0.1",
    "127.0.0.1.",  # a name may end with a dot, and so may what is only written like one
    "2130706433",  # one decimal number
    "0x7f000001",
    "0x7F.0.0.1",
    "017700000001",
    "0177.0.0.01",
    "127.1",
    "127.0.1",
    "１２７.０.０.１",
    "127。0。0。1",
    "localhost",
    "LOCALHOST.",
    "any.name.localhost",
    "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ",
    "user:password@127.0.0.1",
    "example.org@127.0.0.1",
    "example.org%40@127.0.0.1",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:7f00:0001]",
)
"""Ways to write an address of the very server that must not be asked."""
ELSEWHERE = {
    "0": "this host",
    "0.0.0.0": "this host",
    "10.1.2.3": "private",
    "172.16.0.1": "private",
    "192.168.1.1": "private",
    "0300.0250.1.1": "private",
    "100.64.0.1": "carrier-grade NAT",
    "169.254.169.254": "link-local, where clouds keep their metadata",
    "0xA9FEA9FE": "link-local, where clouds keep their metadata",
    "2852039166": "link-local, where clouds keep their metadata",
    "168.63.129.16": "a cloud's metadata service",
    "224.0.0.1": "multicast",
    "255.255.255.255": "reserved",
    "[::1]": "loopback",
    "[::]": "IPv4-compatible",
    "[::127.0.0.1]": "IPv4-compatible",
    "[::ffff:10.0.0.1]": "IPv4-mapped",
    "[::ffff:93.184.216.34]": "IPv4-mapped",
    "[fe80::1]": "link-local",
    "[fd00:ec2::254]": "private",
    "[fec0::1]": "site-local",
    "[ff02::1]": "multicast",
    "[64:ff9b::7f00:1]": "NAT64",
    "[64:ff9b:1::a00:1]": "NAT64",
    "[2002:7f00:1::]": "6to4",
    "[2001:0:53aa:64c::1]": "Teredo",
}
"""Where nobody answers: that they are refused shows in the words alone."""


def in_utf_8(text):
    """Give text as it stands in a header that was written in UTF-8."""
    return text.encode().decode("latin-1")


@pytest.mark.parametrize("way", LOOPBACK)
def test_no_spelling_of_a_private_address_is_connected_to(way):
    """As a redirect of a source that may go to its own private host and port, and of one that may not."""
    with serving({"/secret": page(GOOD)}) as inner, serving() as outer:
        outer.answers["/away"] = redirect(f"http://{in_utf_8(way)}:{inner.port}/secret", 302)
        reading = visit(outer.url("/away"))
        assert reading.outcome is Outcome.FAILED
        assert "where sources may not go" in reading.error
        assert "password" not in reading.error
        assert inner.asked == []


@pytest.mark.parametrize("way", [way for way in LOOPBACK if "@" not in way])
def test_no_source_goes_to_a_private_address_of_its_own_unless_it_says_so(way):
    with serving({"/": page(GOOD)}) as inner:
        closed = visit(f"http://{way}:{inner.port}/", allow_private=False)
        assert "where sources may not go without allow_private = true" in closed.error
        assert inner.asked == []


@pytest.mark.parametrize(("way", "why"), ELSEWHERE.items())
def test_no_redirect_leads_into_any_range_that_is_not_of_the_world(way, why):
    with serving({"/": redirect(f"http://{way}:9/", 302)}) as outer:
        reading = visit(outer.url("/"))
    assert f"({why}), where sources may not go" in reading.error


def test_every_hop_is_judged_and_not_the_first_alone():
    with serving({"/secret": page(GOOD)}) as inner, serving() as outer:
        outer.answers |= {f"/{n}": redirect(f"/{n + 1}", 302) for n in range(4)}
        outer.answers["/4"] = redirect(inner.url("/secret"), 302)
        reading = visit(outer.url("/0"))
    assert "where sources may not go" in reading.error
    assert (len(outer.asked), inner.asked) == (5, [])


def test_the_privilege_of_one_source_opens_nothing_to_another():
    """Each may go to its own host and port, and is sent to the other's."""
    with serving({"/secret": page(GOOD)}) as one, serving({"/secret": page(GOOD)}) as other:
        one.answers["/"], other.answers["/"] = redirect(other.url("/secret")), redirect(one.url("/secret"))
        readings = read([source(one.url("/")), source(other.url("/"))])
    assert all("where sources may not go" in each.error for each in readings.values())
    assert [each.path for each in (*one.asked, *other.asked)] == ["/", "/"]


def resolving(monkeypatch, *found):
    """Let libcurl find these for a name, as if the resolver had said so."""
    settings = curl._settings
    monkeypatch.setattr(curl, "_settings", lambda *given: [*settings(*given), (pycurl.RESOLVE, list(found))])


def test_a_name_of_the_world_that_is_given_a_private_address_is_refused(monkeypatch):
    with serving({"/": page(GOOD)}) as inner:
        resolving(monkeypatch, f"feeds.example:{inner.port}:127.0.0.1", f"both.example:{inner.port}:10.0.0.1,127.0.0.1")
        for name in ("feeds.example", "both.example"):
            reading = visit(f"http://{name}:{inner.port}/", allow_private=False)
            assert f"{name} is at " in reading.error
            assert "where sources may not go" in reading.error
    assert inner.asked == []


def test_a_name_that_changes_its_mind_between_two_hops_is_judged_by_what_is_connected_to(monkeypatch):
    """What a name led to a moment ago says nothing: a name that was well is bound to the inside now."""
    judged = []
    allowed = curl.Line._allowed

    def remember(self, peer):
        judged.append(peer)
        return allowed(self, peer)

    monkeypatch.setattr(curl.Line, "_allowed", remember)
    with serving({"/secret": page(GOOD)}) as inner, serving() as outer:
        resolving(monkeypatch, f"rebound.example:{inner.port}:127.0.0.1", f"rebound.example:{outer.port}:127.0.0.1")
        outer.answers["/"] = redirect(f"http://rebound.example:{inner.port}/secret", 302)
        reading = visit(f"http://rebound.example:{outer.port}/")
    assert "rebound.example is at 127.0.0.1 (loopback), where sources may not go" in reading.error
    assert (len(outer.asked), inner.asked) == (1, [])
    assert [peer.decode() if isinstance(peer, bytes) else peer for peer in judged] == ["127.0.0.1"] * 3


def test_no_connection_is_even_begun_where_sources_may_not_go():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        visit(f"http://127.0.0.1:{listener.getsockname()[1]}/", allow_private=False)
        with pytest.raises(TimeoutError):
            listener.accept()
