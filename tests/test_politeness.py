"""How Tagwire behaves towards servers over many passes, and beside other processes: what one pass alone cannot show."""

import json

import sites
from misbehaving import page, redirect, serving
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
