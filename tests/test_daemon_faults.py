"""Every fault at once through the daemon, with the limits that it has in earnest, beside a hundred healthy sources."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

import crowd
import processes
import rfc4287
import sites
from tagwire.model import Outcome
from tagwire.sources.limits import Limits

LIMITS = Limits()
MOST = 300_000_000
"""Bytes of memory of the daemon, its parsers left out: they have a limit of their own."""


def named(name):
    """Give the name of the source that has a fault."""
    return f"bad-{re.sub('[^A-Za-z0-9]+', '-', name)}"


def ended(site):
    """Give the names of the sources whose first visit has come to an end."""
    return {name for (name,) in processes.query(site.root, "SELECT name FROM sources WHERE last_at IS NOT NULL")}


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    """Run the daemon until all but the slowest came home; give what was seen then."""
    with crowd.serving_all(LIMITS, datetime.now(UTC)) as there:
        urls = {named(name): url for name, url in there.faulty.items()}
        urls |= {f"good-{number}": url for number, url in enumerate(there.healthy)}
        site = sites.make(
            tmp_path_factory.mktemp("faults") / "site",
            {"feeds/all.toml": 'title = "All"\nlimit = 1000'}
            | {f"sources/{name}.toml": f"url = {json.dumps(url)}\nallow_private = true" for name, url in urls.items()},
        )
        quick = {named(name) for name, fault in there.faults.items() if not fault.slow}
        good = {name for name in urls if name.startswith("good")}
        with processes.daemon(site.root, "--no-serve") as daemon:
            daemon.until(lambda: published(site))
            daemon.until(lambda: ended(site) >= good, patience=50)
            beside = ended(site)
            daemon.until(lambda: ended(site) >= quick, patience=50)
            daemon.until(lambda: published(site).count(b">Healthy story") == 100)
            memory = processes.peak_memory(daemon.process.pid)
            daemon.process.terminate()
            code = daemon.ended()
        status = {each["name"]: each for each in json.loads(site.run("status", "--json").stdout)["sources"]}
        yield there, status, beside, memory, code, published(site), daemon.said()


def published(site):
    file = site.root / "output" / "all.atom"
    return file.read_bytes() if file.exists() else b""


def test_all_healthy_sources_come_home_and_none_waits_for_the_slowest(seen):
    _, status, beside, *_ = seen
    healthy = [each for name, each in status.items() if name.startswith("good")]
    assert [(each["outcome"], each["articles"]) for each in healthy] == [("new", 1)] * 100
    assert not beside & {named("dripping body"), named("dripping headers")}


def test_each_fault_is_told_and_tried_again_in_time(seen):
    there, status, *_ = seen
    for name, fault in there.faults.items():
        if fault.slow:
            continue  # nobody waited for those here
        each = status[named(name)]
        assert each["outcome"] == fault.outcome, name
        assert fault.words in each["error"], name
        assert each["articles"] == fault.stories, name
        waits = datetime.fromisoformat(each["next_at"]) - datetime.fromisoformat(each["last_at"])
        least, most = fault.wait
        if fault.outcome is not Outcome.HELD:  # a span that was asked for counts from the answer
            least, most = least - timedelta(seconds=1), most + timedelta(seconds=1)
        assert least <= waits <= most, name
        assert each["next_reason"], name


def test_its_memory_stays_flat(seen):
    memory = seen[3]
    assert memory < MOST


def test_it_ends_well_though_some_never_would(seen):
    *_, code, _, said = seen
    assert code == 0
    assert "Traceback" not in said


def test_what_is_published_is_valid(seen):
    body = seen[5]
    assert rfc4287.problems(body) == []
    assert b"root:" not in body


def test_no_server_has_anything_against_it(seen):
    there = seen[0]
    assert crowd.impolite(there.good, LIMITS.pause) + crowd.impolite(there.bad, LIMITS.pause) == []
    assert sorted(each.path for each in there.good.asked) == sorted(f"/healthy/{number}" for number in range(100))
