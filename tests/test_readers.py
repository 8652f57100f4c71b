"""Readers that people use, subscribed to a served site: each sees every story, once, and later only what is new.

Three come from Debian, one from PyPI. Where one is absent, its tests are skipped, and say so.
"""

import importlib.util
import mailbox
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from email.header import decode_header, make_header
from pathlib import Path

import pytest

import processes
import sites


def run(home: Path, *command: str) -> str:
    """Run a reader in a home of its own, with nothing of ours but the path."""
    environment = {"HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def newsboat(home: Path, url: str) -> list[str]:
    urls, cache = home / "urls", home / "cache.db"
    urls.write_text(url)
    (home / "config").touch()
    files = [f"--url-file={urls}", f"--cache-file={cache}", f"--config-file={home / 'config'}"]
    run(home, "newsboat", *files, "-x", "reload")
    with closing(sqlite3.connect(cache)) as connection:
        return [title for (title,) in connection.execute("SELECT title FROM rss_item WHERE deleted = 0")]


def sfeed(home: Path, url: str) -> list[str]:
    settings = home / "sfeedrc"
    settings.write_text(f'sfeedpath="{home}/feeds"\nfeeds() {{\n\tfeed "all" "{url}"\n}}\n')
    run(home, "sfeed_update", str(settings))
    return [line.split("\t")[1] for line in (home / "feeds/all").read_text().splitlines()]


def rss2email(home: Path, url: str) -> list[str]:
    settings = home / "rss2email.cfg"
    inbox = home / "mail"
    r2e = ["r2e", "--config", str(settings), "--data", str(home / "rss2email.json")]
    if not settings.exists():
        inbox.mkdir()
        run(home, *r2e, "new", "reader@localhost")
        told = settings.read_text().replace("= sendmail\n", "= maildir\n", 1)
        settings.write_text(told.replace("= ~/Maildir\n", f"= {inbox}\n", 1))
        run(home, *r2e, "add", "all", url)
    run(home, *r2e, "run")
    letters = mailbox.Maildir(inbox / "INBOX")
    return [str(make_header(decode_header(letter["Subject"]))) for letter in letters]


READER = """
import sys
from reader import make_reader
reader = make_reader(sys.argv[1])
reader.add_feed(sys.argv[2], exist_ok=True)
reader.update_feed(sys.argv[2])
for entry in reader.get_entries():
    print(entry.title)
"""


def pypi_reader(home: Path, url: str) -> list[str]:
    return run(home, sys.executable, "-c", READER, str(home / "reader.db"), url).splitlines()


@dataclass(frozen=True)
class Reader:
    """A program that people read feeds with."""

    titles: Callable[[Path, str], list[str]]
    """Lets it look at a feed, and gives the titles of all that it has from there."""
    absent: str
    """Why it cannot be tried; empty: it can."""


def of_debian(titles: Callable[[Path, str], list[str]], command: str, package: str) -> Reader:
    return Reader(titles, "" if shutil.which(command) else f"no {command}: install Debian's package {package}")


READERS = {
    "newsboat": of_debian(newsboat, "newsboat", "newsboat"),
    "sfeed": of_debian(sfeed, "sfeed_update", "sfeed"),
    "rss2email": of_debian(rss2email, "r2e", "rss2email"),
    "reader": Reader(pypi_reader, "" if importlib.util.find_spec("reader") else "no reader: it is in the dev group"),
}
FORMATS = ("atom", "rss", "json")
READS_JSON = {"reader"}


@pytest.fixture
def site(tmp_path: Path) -> sites.Site:
    made = sites.make(tmp_path / "site")
    for number in range(1, 6):
        made.write(f"sources/articles/{number}.md", article(number, "First told."))
    made.write(
        "sources/articles/6.txt", "标题：港口的“老朋友”又来了\n日期：2026年3月4日\n\n港口今天迎来了第一百艘货轮。\n"
    )
    made.refresh()
    return made


@pytest.fixture
def address(site: sites.Site) -> Iterator[str]:
    with processes.served(site.root) as served:
        yield served


def article(number: int, text: str) -> str:
    names = ("Crane", "Ferry", "Pilot", "Anchor", "Lighthouse", "Tide", "Rope")
    return f"---\ntitle: {names[number]} & co. <sail> at {number}\ndate: 2026-03-0{number}\n---\n\n{text}\n"


@pytest.mark.parametrize(
    ("name", "suffix"),
    [(name, suffix) for name in READERS for suffix in FORMATS if suffix != "json" or name in READS_JSON],
)
def test_a_reader_sees_each_story_once_and_later_only_what_is_new(site, address, tmp_path, name, suffix):
    if READERS[name].absent:
        pytest.skip(READERS[name].absent)
    home, url = tmp_path / "home", f"{address}all.{suffix}"
    home.mkdir()

    def seen() -> list[str]:
        return sorted(READERS[name].titles(home, url))

    published = sorted(site.titles("all"))
    assert len(published) == 6
    assert seen() == published, "each story, once"
    assert seen() == published, "nothing new where nothing was published"

    site.write("feeds/all.toml", 'title = "All of it"')
    site.write("sources/articles/3.md", article(3, "Told again, with more to say."))
    site.refresh()
    assert seen() == published, "nothing new after a republish with a changed head and an edited story"

    site.write("sources/articles/7.md", article(6, "The newest."))
    site.refresh()
    fresh = sorted(site.titles("all"))
    assert len(fresh) == 7
    assert seen() == fresh, "the one new story"
