"""How Tagwire behaves towards servers over many passes, and beside other processes: what one pass alone cannot show."""

import json
import subprocess

import crowd
import processes
import sites
from misbehaving import page, redirect, serving
from tagwire.cli import site as working_site
from tagwire.definitions import load
from tagwire.sources.limits import Limits
from visiting import rss

GOOD = rss("One", "Two")


def web_source(url):
    return f"url = {json.dumps(url)}\nallow_private = true"


def asked(server, host):
    """Give the paths that were asked of a host, by the name that it was asked by."""
    return [each.path for each in server.asked if each.headers["host"].partition(":")[0] == host]


def test_a_host_that_asked_for_patience_is_asked_by_no_later_pass_wherever_that_is_led(tmp_path):
    busy = page(status="429 Slow down", headers={"Retry-After": "3600"})
    with serving({"/busy": busy, "/feed": page(GOOD)}, ("127.0.6.1", "127.0.6.2")) as server:
        server.answers["/away"] = redirect(server.url("/feed", "127.0.6.1"), 302)
        site = sites.make(tmp_path / "site", {"sources/busy.toml": web_source(server.url("/busy", "127.0.6.1"))})
        site.refresh(code=1)
        site.write("sources/away.toml", web_source(server.url("/away", "127.0.6.2")))
        visited = site.refresh("--all", code=1)["sources"]

        assert [(each["name"], each["outcome"], each["error"]) for each in visited] == [
            ("away", "held", "127.0.6.1 asked us to wait")
        ]
        assert asked(server, "127.0.6.1") == ["/busy"]
        assert asked(server, "127.0.6.2") == ["/away"]


def test_a_pass_leaves_a_host_alone_for_a_moment_after_another_was_there(tmp_path):
    with serving({"/one": page(GOOD), "/two": page(GOOD)}) as server:
        site = sites.make(tmp_path / "site", {"sources/one.toml": web_source(server.url("/one"))})
        site.refresh()
        site.write("sources/two.toml", web_source(server.url("/two")))
        site.refresh()

        first, second = server.asked
        assert (first.path, second.path) == ("/one", "/two")
        assert second.at - first.at > Limits().pause * 0.8


def test_two_passes_at_once_are_as_polite_as_one_and_forget_no_source(tmp_path):
    """More sources lie on one host than a pass may lease there at a time, so that both want some."""

    def answer(conversation):
        conversation.wait(0.2)
        page(GOOD)(conversation)

    paths = [f"/{number}" for number in range(9)]
    with serving(dict.fromkeys(paths, answer)) as server:
        site = sites.make(tmp_path / "site", {f"sources/s{p[1:]}.toml": web_source(server.url(p)) for p in paths})
        racing = [
            subprocess.Popen(processes.command(site.root, "refresh"), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            for _ in range(2)
        ]
        said = [process.communicate(timeout=60)[0] for process in racing]

        assert [process.returncode for process in racing] == [0, 0], said
        assert sorted(each.path for each in server.asked) == paths
        assert crowd.impolite(server, Limits().pause) == []


def test_a_pass_that_somebody_breaks_off_keeps_no_other_waiting(tmp_path):
    def drips(conversation):
        conversation.send(b"HTTP/1.1 200 OK\r\n\r\n<rss>")
        conversation.drip((b" " for _ in range(100)), 0.2)

    with serving({"/slow": drips, "/quick": page(GOOD)}) as server:
        definitions = {f"sources/{name}.toml": web_source(server.url(f"/{name}")) for name in ("slow", "quick")}
        site = sites.make(tmp_path / "site", definitions)
        with working_site.at_work(load(site.root)) as pipeline:
            collected = pipeline.collect(["web"])
            assert next(collected).reading.source.name == "quick"
            assert processes.query(site.root, "SELECT name FROM sources WHERE leased_until IS NOT NULL") == [("slow",)]
            collected.close()
        assert processes.query(site.root, "SELECT name FROM sources WHERE leased_until IS NOT NULL") == []
