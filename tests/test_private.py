"""Private feeds: who was told the address reads them, and nobody else learns that they are there."""

import http.client
import io
import re
import stat
from dataclasses import dataclass
from urllib.parse import urlsplit

import feedparser
import pytest
from lxml import etree

import hubs
import processes
import rfc4287
import rss20
import sites

MEMO = "title: {title}\ndate: 2026-03-0{day}\ntags: {tag}\n\nWhat stands in the note on {title}.\n"
PUBLIC = 'title = "All"\nfilter = "tag:Ships"\n'
BOARD = 'title = "Affairs of the chair"\ntags = ["Board"]\nprivate = true\n'


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes


def ask(address: str, **headers: str) -> Answer:
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=processes.PATIENCE)
    try:
        asked = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", f"{parts.path}{'?' if parts.query else ''}{parts.query}", headers=asked)
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())
    finally:
        connection.close()


@pytest.fixture
def site(tmp_path):
    """A site with a public feed on ships, and a private one of what concerns the board; nothing is in both."""
    files = {
        "tagwire.toml": "[tag_feeds]\nenabled = false\n",
        "feeds/all.toml": PUBLIC,
        "feeds/board.toml": BOARD,
        "sources/articles/ship.txt": MEMO.format(title="A ship leaves", day=1, tag="Ships"),
        "sources/articles/pay.txt": MEMO.format(title="Pay of the chair", day=2, tag="Board"),
    }
    made = sites.make(tmp_path / "site", files)
    made.refresh()
    return made


@pytest.fixture
def server(site):
    with processes.served(site.root) as address:
        yield address.rstrip("/")


def path_of(site, *action: str) -> str:
    """Give the path of the private feed's address, as the operator is told it."""
    told = site.run("token", *(action or ("show",)), "board").stdout.strip()
    assert re.fullmatch(r"http://localhost:8000/private/[\w-]{32}/board\.atom", told)
    return urlsplit(told).path


def described(answer: Answer) -> tuple[int, list[str], bytes]:
    return answer.status, sorted(answer.headers.keys()), answer.body


def test_nothing_of_it_is_in_output(site) -> None:
    token = path_of(site).split("/")[2]
    everything = {path: body for path, body in site.output().items() if path not in {"script.js", "style.css"}}
    assert {"all.atom", "all.html", "index.html", "feeds.opml"} <= everything.keys()
    assert not [path for path in everything if "board" in path or token in path]
    for word in (b"board.atom", b"board.html", b"of the chair", token.encode()):
        assert not [path for path, body in everything.items() if word in body], word
    assert len([path for path in everything if path.startswith("stories/")]) == 1


def test_nobody_else_on_the_machine_sees_it(site) -> None:
    assert stat.S_IMODE((site.root / ".tagwire" / "private").stat().st_mode) == 0o700


def test_who_knows_the_address_reads_it_in_every_format(site, server) -> None:
    path = path_of(site)
    atom = ask(server + path)
    assert (atom.status, rfc4287.problems(atom.body)) == (200, [])
    parsed = feedparser.parse(io.BytesIO(atom.body))
    assert [entry.title for entry in parsed.entries] == ["Pay of the chair"]
    assert "What stands in the note" in parsed.entries[0].content[0].value
    assert [link.href for link in parsed.feed.links if link.rel == "self"] == [f"http://localhost:8000{path}"]
    page = path.replace(".atom", ".html")
    assert parsed.entries[0].link.partition("#")[0] == f"http://localhost:8000{page}"

    rss = ask(server + path.replace(".atom", ".rss"))
    assert (rss.status, rss20.problems(rss.body)) == (200, [])
    assert ask(server + path.replace(".atom", ".json")).headers["Content-Type"].startswith("application/feed+json")

    html = etree.HTML(ask(server + page).body)
    anchor = parsed.entries[0].link.partition("#")[2]
    assert html.xpath(f"//li[@id='{anchor}']//h3//text()") == ["Pay of the chair"]
    assert "What stands in the note" in "".join(html.xpath(f"//li[@id='{anchor}']//text()"))
    folder = page.rpartition("/")[0] + "/"
    for link in html.xpath("//link[@rel='stylesheet']/@href | //header//a/@href | //details//a/@href"):
        assert ask(_resolved(server, folder, link)).status == 200, link


def _resolved(server: str, folder: str, link: str) -> str:
    steps = folder.strip("/").split("/")
    while link.startswith("../"):
        link, steps = link.removeprefix("../"), steps[:-1]
    return "/".join([server, *steps, link])


def test_it_is_told_in_confidence_and_once(site, server) -> None:
    for suffix in (".atom", ".rss", ".json", ".html"):
        address = server + path_of(site).replace(".atom", suffix)
        answer = ask(address)
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Access-Control-Allow-Origin"] is None
        assert ask(address, If_None_Match=answer.headers["ETag"]).status == 304


def test_a_wrong_address_is_like_any_other_that_is_wrong(site, server) -> None:
    path = path_of(site)
    token = path.split("/")[2]
    operator = site.run("token", "show").stdout.strip()
    nothing = described(ask(f"{server}/no-such-page"))
    wrong = [
        "/private/", "/private/board.atom", f"/private/{token[:-1]}/board.atom", f"/private/{operator}/board.atom",
        f"/private/{token}", f"/private/{token}/", f"/private/{token}/all.atom", f"/private/{token}/../tokens.json",
        f"/private/{token}/%2e%2e/%2e%2e/tokens.json", "/private//board.atom", "/private/%ff/board.atom",
        "/board.atom", "/board.atom?not=Ships", "/board.html", "/.tagwire/tokens.json", f"{path}x",
    ]  # fmt: skip
    for each in wrong:
        assert described(ask(server + each)) == nothing, each


def test_a_renewed_token_is_in_force_at_once(site, server) -> None:
    old = path_of(site)
    assert ask(server + old).status == 200
    new = path_of(site, "renew")
    assert ask(server + old).status == 404
    assert "board: 1 story, written" in site.run("publish").stdout
    assert (ask(server + new).status, ask(server + old).status) == (200, 404)
    assert f"http://localhost:8000{new}".encode() in ask(server + new).body
    assert not (site.root / ".tagwire" / old.strip("/")).parent.exists()
    assert "written" not in site.run("publish").stdout


def test_the_daemon_notices_a_renewed_token(site) -> None:
    with processes.daemon(site.root) as daemon:
        server = daemon.address().rstrip("/")
        daemon.until(lambda: ask(server + path_of(site)).status == 200)
        new = path_of(site, "renew")
        daemon.until(lambda: ask(server + new).status == 200)


def test_it_turns_public_and_private_again(site, server) -> None:
    old = path_of(site)
    site.write("feeds/board.toml", BOARD.replace("true", "false"))
    assert ask(server + old).status == 404
    site.run("publish")
    assert site.titles("board") == ["Pay of the chair"]
    home = ask(f"{server}/").body
    assert b"board.html" in home
    link = site.feed("board").entries[0].link
    assert ask(server + urlsplit(link).path).status == 200
    site.run("token", "show", "board", code=2)

    site.write("feeds/board.toml", BOARD)
    site.run("publish")
    assert not [path for path, body in site.output().items() if "board" in path or b"Pay of the chair" in body]
    again = path_of(site)
    assert again != old
    site.run("publish")
    assert ask(server + again).status == 200


def told_to_all(site, server) -> list[str]:
    """Give where all can learn of the private feed's story, be it that its tag is known."""
    told = [path for path, body in site.output().items() if b"Pay of the chair" in body or b"Board" in body]
    for path in ("/feed.atom?q=*", "/feed.json?q=chair", "/feed.rss?q=tag:Board", "/search?q=chair+and+note"):
        answer = ask(server + path)
        assert answer.status == 200
        told += [path] if b"Pay of" in answer.body else []
    return told + [path for path in ("/tags/board.atom", "/tags/board,ships.json") if ask(server + path).status != 404]


def test_what_only_a_private_feed_picks_is_told_to_nobody_else(site, server) -> None:
    site.write("tagwire.toml", "[tag_feeds]\nleast = 1\n")
    site.run("publish")
    assert site.titles("tags/ships") == ["A ship leaves"]
    assert told_to_all(site, server) == []
    assert b"A ship leaves" in ask(f"{server}/feed.atom?q=*").body
    assert b"Pay of the chair" in ask(server + path_of(site)).body

    site.write("sources/articles/tea.txt", MEMO.format(title="Tea of the chair", day=3, tag="Board"))
    site.refresh()
    assert [path for path, body in site.output().items() if b"Tea of" in body] == []


def test_what_a_public_feed_picks_too_is_told_to_all(site, server) -> None:
    site.write("tagwire.toml", "[tag_feeds]\nleast = 1\n")
    site.write("feeds/open.toml", 'title = "Open"\nfilter = "chair"\n')
    site.run("publish")
    assert {"open.atom", "tags/board.atom", "/feed.atom?q=*", "/tags/board.atom"} <= set(told_to_all(site, server))
    site.write("feeds/open.toml", 'title = "Open"\nfilter = "chair"\nprivate = true\n')
    site.run("publish")
    assert told_to_all(site, server) == []


def test_without_private_feeds_every_story_is_told_to_all(site, server) -> None:
    site.write("tagwire.toml", "[tag_feeds]\nleast = 1\n")
    (site.root / "feeds" / "board.toml").unlink()
    site.run("publish")
    assert {"tags/board.atom", "/feed.atom?q=*", "/search?q=chair+and+note"} <= set(told_to_all(site, server))


def test_a_removed_one_leaves_neither_files_nor_a_token(site, server) -> None:
    path = path_of(site)
    (site.root / "feeds" / "board.toml").unlink()
    assert ask(server + path).status == 404
    site.run("publish")
    assert list((site.root / ".tagwire" / "private").iterdir()) == []
    assert "board" not in (site.root / ".tagwire" / "tokens.json").read_text()


def test_the_operator_is_shown_the_address(site) -> None:
    path = path_of(site)
    said = site.run("status").stdout
    assert f"http://localhost:8000{path}" in said
    assert "http://localhost:8000/all.atom" in said
    assert "no private feed has this name" in site.run("token", "renew", "all", code=2).stderr


def test_every_token_and_address_is_listed(site) -> None:
    site.write("feeds/desk.toml", 'title = "The desk"\nprivate = true\n')
    operator, board = site.run("token", "show").stdout.strip(), site.run("token", "renew", "board").stdout.strip()
    desk = site.run("token", "show", "desk").stdout.strip()
    listed = f"what only you see\t{operator}\nfeed board\t{board}\nfeed desk\t{desk}\n"
    for arguments in (("token",), ("token", "list")):
        said = site.run(*arguments)
        assert (said.stdout, said.stderr) == (listed, "")
    assert "list takes no NAME" in site.run("token", "list", "board", code=2).stderr


def test_a_list_without_private_feeds_says_so(site) -> None:
    (site.root / "feeds" / "board.toml").unlink()
    said = site.run("token")
    operator = site.run("token", "show").stdout
    assert (said.stdout, said.stderr) == (f"what only you see\t{operator}", "no feed is private\n")


def test_archives_are_private_too(site, server) -> None:
    site.write("feeds/board.toml", BOARD + "limit = 1\n")
    for day in range(3, 6):
        site.write(f"sources/articles/more{day}.txt", MEMO.format(title=f"Minutes number {day}", day=day, tag="Board"))
        site.refresh("--all")
    path = path_of(site)
    told, before = [], path
    while before:
        told.append(ask(server + before))
        last = before
        links = feedparser.parse(io.BytesIO(told[-1].body)).feed.links
        before = next((urlsplit(link.href).path for link in links if link.rel == "prev-archive"), "")
    assert last.startswith(path.rpartition("/")[0] + "/archive/board/")
    assert [(each.status, rfc4287.problems(each.body)) for each in told] == [(200, [])] * len(told)
    assert b"Pay of the chair" in told[-1].body
    assert ask(server + last.replace(".atom", ".html")).status == 200
    assert not [each for each in site.output() if "board" in each]

    new = path_of(site, "renew")
    site.run("publish")
    moved = last.replace(path.split("/")[2], new.split("/")[2])
    assert f"http://localhost:8000{moved}".encode() in ask(server + moved).body
    assert path.split("/")[2].encode() not in ask(server + moved).body


def test_a_hub_hears_nothing_of_it(site) -> None:
    with hubs.serving() as hub:
        site.write("tagwire.toml", f'hub = "{hub.url}"\n[tag_feeds]\nenabled = false\n')
        site.write("sources/articles/pay.txt", MEMO.format(title="Pay of all", day=2, tag="Board"))
        site.write("sources/articles/ship.txt", MEMO.format(title="A ship comes", day=2, tag="Ships"))
        site.refresh("--all")
        assert {urlsplit(each).path for each in hub.topics} == {"/all.atom", "/all.rss", "/all.json"}
        files = (site.root / ".tagwire" / "private").rglob("board.*")
        bodies = {path.suffix: path.read_bytes() for path in files}
        assert bodies.keys() == {".atom", ".rss", ".json", ".html"}
        assert not [suffix for suffix, body in bodies.items() if hub.url.encode() in body]
