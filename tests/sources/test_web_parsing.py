"""Worker processes: what a document may cost, and what becomes of a worker that is lost."""

import io
import os
import queue
import signal
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from tagwire.sources import parsing
from tagwire.sources.limits import Limits
from tagwire.sources.parsing import Job, Parsers
from visiting import NOW, rss, source

SLOW = rss({"title": "T", "guid": "1", "author": "a" * 200_000})
"""Takes feedparser minutes."""
JOB = Job(
    source=source("http://example.org/"),
    url="http://example.org/",
    content_type="",
    open_ended=False,
    now=NOW,
    limit=100,
)


@contextmanager
def parsers(**limits):
    home = queue.SimpleQueue()
    with Parsers(Limits(**limits), home.put) as started:
        yield started, home


def workers():
    """Give the workers whose thread has started them; only the main thread's children are listed by the kernel."""
    found = []
    for task in Path("/proc/self/task").iterdir():
        found += [int(pid) for pid in (task / "children").read_text().split()]
    return found


def start(pool, name, content):
    pool.start(name, io.BytesIO(content), JOB)


def test_a_worker_is_small():
    """The tables that compare kinds of Chinese alone would be a third of it, and there are several workers."""
    with parsers(parsers=1) as (pool, home):
        start(pool, "one", rss("上汽集團在嘉定的新廠開工", "“Quoted” – and more"))
        assert len(home.get(timeout=20).result.articles) == 2
        (worker,) = workers()
        assert "/opencc/" not in Path(f"/proc/{worker}/maps").read_text().lower()


def test_a_worker_starts_when_there_is_a_document_for_it_and_ends_with_the_reading():
    with parsers(parsers=2) as (pool, home):
        assert workers() == []
        start(pool, "one", rss("One"))
        assert home.get(timeout=20).result.articles[0].title == "One"
        assert len(workers()) == 1
    assert workers() == []


def test_a_stuck_document_costs_itself_alone_and_its_worker_is_replaced():
    with parsers(parsers=1, parse_deadline=0.5) as (pool, home):
        for name, content in (("stuck", SLOW), ("next", rss("Next"))):
            start(pool, name, content)
        stuck, following = home.get(timeout=20), home.get(timeout=20)
    assert (stuck.caller, stuck.error) == ("stuck", "the document took longer than 0.5 s to parse")
    assert following.result.articles[0].title == "Next"


def test_a_dead_worker_costs_its_one_document_and_is_replaced():
    with parsers(parsers=1) as (pool, home):
        start(pool, "first", rss("First"))
        home.get(timeout=20)
        start(pool, "dead", SLOW)
        time.sleep(0.2)
        (worker,) = workers()
        os.kill(worker, signal.SIGKILL)
        dead = home.get(timeout=20)
        start(pool, "next", rss("Next"))
        assert home.get(timeout=20).result.articles[0].title == "Next"
    assert (dead.caller, dead.result, dead.error) == ("dead", None, "the parser died of the document")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_that_are_meant_for_the_parent_do_not_stop_a_worker(number):
    with parsers(parsers=1) as (pool, home):
        start(pool, "first", rss("First"))
        home.get(timeout=20)
        os.kill(workers()[0], number)
        start(pool, "second", rss("Second"))
        assert home.get(timeout=20).result.articles[0].title == "Second"


def test_leaving_early_waits_for_no_document():
    with parsers(parsers=1) as (pool, home):
        start(pool, "stuck", SLOW)
        start(pool, "waiting", SLOW)
        time.sleep(0.1)
    assert workers() == []
    assert all(home.get_nowait().result is None for _ in range(home.qsize()))


def test_a_worker_that_cannot_be_started_fails_its_document(monkeypatch):
    monkeypatch.setattr(parsing.sys, "executable", "/nowhere/python")
    with parsers(parsers=1) as (pool, home):
        start(pool, "one", rss("One"))
        assert home.get(timeout=20).error.startswith("no parser could be started: ")


def test_a_worker_that_is_not_ready_in_time_fails_its_document():
    with parsers(parsers=1, parser_start=0.001) as (pool, home):
        start(pool, "one", rss("One"))
        assert home.get(timeout=20).error == "no parser could be started: not ready within 0.001 s"


def long(name, length=18_000):
    """Give a document that takes feedparser about two seconds, and is well: the square of this length."""
    return rss({"title": name, "guid": name, "author": "a" * length})


def test_a_document_that_takes_long_has_all_its_time_while_nobody_waits():
    with parsers(parsers=1, parse_patience=0.2) as (pool, home):
        start(pool, "long", long("Long"))
        assert home.get(timeout=20).result.articles[0].title == "Long"
        assert len(workers()) == 1


def test_a_document_that_takes_long_holds_up_nobody_and_is_read_all_the_same():
    with parsers(parsers=1, parse_patience=0.5, parse_deadline=30) as (pool, home):
        for name, content in (("long", long("Long")), ("one", rss("One")), ("two", rss("Two"))):
            start(pool, name, content)
        came = [home.get(timeout=30) for _ in range(3)]
    assert [each.caller for each in came] == ["one", "two", "long"]
    assert [each.result.articles[0].title for each in came] == ["One", "Two", "Long"]


def test_many_documents_that_are_stuck_hold_up_nobody():
    with parsers(parsers=2, parse_patience=1, parse_deadline=240) as (pool, home):
        for number in range(5):
            start(pool, f"stuck {number}", SLOW)
        for number in range(10):
            start(pool, f"well {number}", rss("Well"))
        came = [home.get(timeout=40) for _ in range(10)]
        assert len(workers()) <= 3
    assert {each.caller.split()[0] for each in came} == {"well"}


def test_documents_that_are_stuck_share_the_time_of_one():
    with parsers(parsers=1, parse_patience=0.1, parse_deadline=1) as (pool, home):
        for number in range(5):
            start(pool, number, SLOW)
        came = {each.caller: each.error for each in (home.get(timeout=40) for _ in range(5))}
    took = [float(error.removeprefix("the document took longer than ").split()[0]) for error in came.values()]
    assert max(took) <= 1
    assert min(took) <= 0.5


def test_leaving_early_waits_for_no_document_that_was_begun_anew():
    with parsers(parsers=1, parse_patience=0.5) as (pool, home):
        for name in ("stuck", "stuck, too"):
            start(pool, name, SLOW)
        start(pool, "well", rss("Well"))
        assert home.get(timeout=30).caller == "well"
    assert workers() == []
