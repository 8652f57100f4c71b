"""Private feeds that get another name, or are public before or after: nothing leads the world to what is private."""

import io
import re
from urllib.parse import urlsplit

import feedparser
import pytest

import processes
import sites
from test_private import Answer, ask

NOTE = "title: Pay of the chair, part {0}\ndate: 2026-03-0{0}\ntags: Board\n\nWhat stands in note {0}.\n"
FEED = 'title = "Affairs of the chair"\nfilter = "tag:Board"\nlimit = 1\nprivate = {private}\nwas = {was}\n'
SUFFIXES = (".atom", ".rss", ".json", ".html")
OLD = [*(f"/board{suffix}" for suffix in SUFFIXES), "/archive/board/0001.atom", "/archive/board/0001.html"]


class Renamed:
    """A site whose one feed, board, has archives; and what its server answers."""

    def __init__(self, site: sites.Site, server: str) -> None:
        self.site = site
        self.server = server

    def define(self, name: str, *, private: bool, was: tuple[str, ...] = ()) -> None:
        for file in (self.site.root / "feeds").iterdir():
            file.unlink()
        text = FEED.format(private=str(private).lower(), was=list(was))
        self.site.write(f"feeds/{name}.toml", text)
        self.site.run("publish")

    def address(self, name: str) -> str:
        return urlsplit(self.site.run("token", "show", name).stdout.strip()).path

    def ask(self, path: str) -> Answer:
        return ask(self.server + path)

    def history(self, path: str) -> tuple[str, list[str], list[str]]:
        """Walk a feed into its past; give its id, the ids of its entries, and the paths of its documents."""
        ids, paths, feed = [], [], None
        while path:
            parsed = feedparser.parse(io.BytesIO(self.ask(path).body))
            feed = feed or parsed.feed.id
            ids += [entry.id for entry in parsed.entries]
            paths.append(path)
            links = {link.rel: urlsplit(link.href).path for link in parsed.feed.links}
            assert links["self"] == path
            path = links.get("prev-archive", "")
        return feed, ids, paths

    def is_hidden(self, *names: str) -> None:
        """Make sure that nothing in ``output/``, and no redirect, tells of what is private."""
        words = [name.encode() for name in (*names, "Affairs", "Pay of")]
        output = self.site.output()
        told = [path for path in output if path != "script.js" and any(word in output[path] for word in words)]
        assert told + [path for path in output if re.search("|".join(names), path)] == []
        nothing = self.ask("/no-such-page")
        for path in [each.replace("board", name) for each in OLD for name in names] + ["/board.atom?not=x"]:
            answer = self.ask(path)
            assert (answer.status, sorted(answer.headers)) == (404, sorted(nothing.headers)), path


@pytest.fixture
def made(tmp_path):
    site = sites.make(tmp_path / "site", {"tagwire.toml": "[tag_feeds]\nenabled = false\n"})
    (site.root / "feeds/all.toml").unlink()
    site.write("feeds/board.toml", FEED.format(private="true", was=[]))
    for part in range(1, 5):
        site.write(f"sources/articles/{part}.txt", NOTE.format(part))
        site.refresh("--all")
    with processes.served(site.root) as address:
        yield Renamed(site, address.rstrip("/"))


def test_a_private_feed_goes_on_under_another_name_and_nothing_leads_there(made) -> None:
    old = made.address("board")
    before = made.history(old)
    assert len(before[2]) > 1
    made.define("chair", private=True, was=("board",))
    new = made.address("chair")
    assert new.split("/")[2] != old.split("/")[2]
    after = made.history(new)
    assert after[:2] == before[:2]
    assert [path.replace(new.split("/")[2], "") for path in after[2]] == [
        path.replace(old.split("/")[2], "").replace("board", "chair") for path in before[2]
    ]
    for path in before[2]:
        assert made.ask(path).status == 404
        assert made.ask(path.replace("board", "chair")).status == 404
        assert made.ask(path.replace(old.split("/")[2], new.split("/")[2])).status == 404
    made.is_hidden("board", "chair")


def test_a_public_feed_that_turns_private_under_another_name_leaves_nothing(made) -> None:
    made.define("board", private=False)
    before = made.history("/board.atom")
    assert len(before[2]) > 1
    assert {made.ask(path).status for path in OLD} == {200}
    made.define("chair", private=True, was=("board",))
    assert made.history(made.address("chair"))[:2] == before[:2]
    made.is_hidden("board", "chair")


def test_a_private_feed_that_turns_public_under_another_name_does_not_tell_its_old_address(made) -> None:
    old = made.address("board")
    before = made.history(old)
    made.define("chair", private=False, was=("board",))
    after = made.history("/chair.atom")
    assert after[:2] == before[:2]
    assert {made.ask(path).status for path in before[2]} == {404}
    token = old.split("/")[2].encode()
    assert [path for path, body in made.site.output().items() if token in body] == []
    assert list((made.site.root / ".tagwire" / "private").iterdir()) == []
    answers = [made.ask(path) for path in OLD]
    assert {answer.status for answer in answers} == {301}
    assert [answer.headers["Location"] for answer in answers[:2]] == ["chair.atom", "chair.rss"]


def test_a_feed_turns_private_and_public_again_under_other_names_with_its_whole_past(made) -> None:
    made.define("board", private=False)
    first = made.history("/board.atom")
    made.define("chair", private=True, was=("board",))
    made.address("chair")
    made.define("seat", private=False, was=("board", "chair"))
    assert made.history("/seat.atom")[:2] == first[:2]
    assert [made.ask(path).headers["Location"] for path in ("/board.atom", "/chair.atom")] == ["seat.atom"] * 2
    made.define("seat", private=True, was=("board", "chair"))
    made.is_hidden("board", "chair", "seat")
