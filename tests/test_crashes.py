"""Killed at any moment, or run twice at once, a pass loses no story and publishes none twice."""

import random
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

import processes
import sites
import webserver

ROUNDS = 25
NURSERY = """
import os, select, signal, sys
from tagwire import definitions, pipeline
from tagwire.cli import main
from tagwire.output import atom, pages
from tagwire.sources import kinds
from tagwire.store import store
from alembic import command, config
kinds()
for line in sys.stdin:
    child = os.fork()
    if not child:
        sys.stdout = open(os.devnull, "w")
        main(["--site", sys.argv[1], "refresh", "--all"])
    ended = os.pidfd_open(child)
    if not select.select([ended], [], [], float(line))[0]:
        os.kill(child, signal.SIGKILL)
    os.close(ended)
    print(os.waitpid(child, 0)[1], flush=True)
"""


@dataclass(frozen=True, slots=True)
class Nursery:
    """A process with everything imported: its children begin a pass at once, and are killed in time."""

    process: subprocess.Popen[str]

    def refresh(self, seconds: float) -> int:
        """Let a pass run for so long at most, and give its exit code, or minus the number of the signal."""
        self.process.stdin.write(f"{seconds}\n")
        self.process.stdin.flush()
        status = int(self.process.stdout.readline())
        return -(status & 127) or status >> 8


@contextmanager
def nursery(site):
    with subprocess.Popen(
        [sys.executable, "-c", NURSERY, str(site.root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield Nursery(process)
        finally:
            process.kill()


def day(number):
    return f"2026-{number // 28 % 12 + 1:02}-{number % 28 + 1:02}"


def more_news(site, web, turn):
    """Add a dozen articles to the files and to the web; four of them are told by both."""
    for number in range(turn * 12, turn * 12 + 12):
        site.write(f"sources/articles/{number}.txt", f"Story {number}\n{day(number)}\n\nOf plants and bridges.\n")
    web.pages["/feed"] = webserver.rss(
        *((f"Story {number}", f"{number}", f"{day(number)}T00:00:00Z") for number in told_by_web(turn))
    )


def told_by_web(turn):
    """Give the numbers of what stands in the document: it grows, and tells some of what the files tell, too."""
    return [*(each * 12 + number for each in range(turn + 1) for number in range(4)), *range(1000, 1008 + 8 * turn)]


def titles(turn):
    return sorted(f"Story {number}" for number in {*range(turn * 12 + 12), *told_by_web(turn)})


@pytest.fixture
def web():
    with webserver.serving() as server:
        yield server


def site_of(root, web):
    return sites.make(
        root,
        {
            "feeds/all.toml": 'title = "All"\nlimit = 1000',
            "feeds/plants.toml": 'title = "Plants"\nfilter = "tag:Plants"\n[tags.Plants]\naliases = ["plants"]',
            "sources/daily.toml": f'url = "{web.url("/feed")}"\nallow_private = true\nbacklog = 1000',
        },
    )


def published_files(site):
    """Give what is published; how many archives were closed depends on the passes that there were."""
    return {path for path in site.output() if not path.startswith("archive/")}


def test_killed_again_and_again_it_loses_nothing_and_publishes_nothing_twice(tmp_path, web):
    """Each round brings news, and ends at another moment; its feeds are whole, and the last pass misses nothing."""
    chance = random.Random(20260302)
    site, killed, longest = site_of(tmp_path / "killed", web), 0, 1.5
    with nursery(site) as begun:
        for turn in range(ROUNDS):
            more_news(site, web, turn)
            since = time.monotonic()
            if begun.refresh(chance.uniform(0, longest)) < 0:
                killed += 1
            else:
                longest = time.monotonic() - since  # so that the next moments lie within a pass on this machine
            processes.whole_feeds(site.root)
        assert begun.refresh(processes.PATIENCE) == 0
    assert killed > ROUNDS / 3

    untouched = site_of(tmp_path / "untouched", web)
    for turn in range(ROUNDS):
        more_news(untouched, web, turn)
    untouched.refresh()
    stories, expected = site.stories(), untouched.stories()
    assert sorted(story["title"] for story in stories) == titles(ROUNDS - 1)
    assert {story["id"] for story in stories} == {story["id"] for story in expected}
    assert sorted(site.titles("all")) == titles(ROUNDS - 1)
    assert sorted(site.titles("plants")) == sorted(untouched.titles("plants"))
    assert processes.leftovers(site.root) == []
    assert published_files(site) == published_files(untouched)
    assert processes.query(site.root, "PRAGMA integrity_check") == [("ok",)]


def test_two_passes_at_once_end_as_one_does(tmp_path):
    """Forty folders tell twenty stories twice: whoever comes second at the door, or in keeping, sees the first."""
    files = {"feeds/all.toml": 'title = "All"\nlimit = 100'}  # of fewer, which are the last depends on who came first
    for folder in range(40):
        files[f"sources/f{folder}.toml"] = f'kind = "files"\npath = "f{folder}"'
        files[f"sources/f{folder}/a.txt"] = f"Story {folder % 20}\n{day(folder % 20)}\n\nText.\n"
        files[f"sources/f{folder}/b.txt"] = f"Story {folder + 100}\n{day(folder)}\n\nText.\n"
    raced, alone = sites.make(tmp_path / "raced", files), sites.make(tmp_path / "alone", files)
    racing = [
        subprocess.Popen(processes.command(raced.root, "refresh"), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for _ in range(2)
    ]
    said = [process.communicate(timeout=60)[0] for process in racing]
    alone.refresh()

    assert [process.returncode for process in racing] == [0, 0], said
    assert sorted(story["title"] for story in raced.stories()) == sorted(story["title"] for story in alone.stories())
    assert len(raced.stories()) == 60
    assert all(len(story["copies"]) == 2 for story in raced.stories() if int(story["title"].split()[1]) < 100)
    assert sorted(raced.titles("all")) == sorted(alone.titles("all"))
    assert processes.query(raced.root, "SELECT name FROM sources WHERE leased_until IS NOT NULL") == []
