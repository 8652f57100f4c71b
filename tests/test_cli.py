"""The command line as people and programs meet it: what is said, to whom, and with which exit code."""

import dataclasses
import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import termios

import pytest

import misbehaving
import processes
import sites
import webserver
from tagwire.cli import show
from tagwire.locks import held
from tagwire.model import Article

MONDAY = "Mon, 02 Mar 2026 08:30:00 +0000"
PLANT = "A new plant\n2026-03-02\n\nIt was opened on Monday.\n"
FIELDS = [field.name for field in dataclasses.fields(Article)]


@pytest.fixture
def web():
    with webserver.serving() as server:
        server.pages["/feed"] = webserver.rss(("News of the web", "1", MONDAY))
        yield server


@pytest.fixture
def site(tmp_path):
    return sites.make(tmp_path / "site", {"sources/articles/plant.txt": PLANT})


def web_source(web, path="/feed"):
    return f'url = "{web.url(path)}"\nallow_private = true'


def on_terminal(root, *arguments):
    """Run a command for somebody who looks on, and give what is seen."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 200, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color"}
    with subprocess.Popen(
        processes.command(root, *arguments), stdin=theirs, stdout=theirs, stderr=theirs, env=environment
    ) as process:
        os.close(theirs)
        seen = b""
        while piece := read(ours):
            seen += piece
        assert process.wait(processes.PATIENCE) == 0
    os.close(ours)
    return seen.decode()


def read(terminal):
    try:
        return os.read(terminal, 65536)
    except OSError:  # how Linux says that nobody writes any more
        return b""


# ------------------------------------------------------------ exit codes


def test_a_pass_in_which_all_is_well_ends_with_0(site):
    assert site.run("refresh").stdout.splitlines() == [
        "read 1 source: 1 new article, 0 edited",
        "all: 1 story, written",
    ]


def test_a_source_that_failed_ends_a_pass_with_1_and_says_when_it_is_tried_next(site, web):
    site.write("sources/gone.toml", web_source(web, "/none"))
    result = site.run("refresh", code=1)

    (line,) = result.stderr.splitlines()
    assert line.startswith("failed: gone: ")
    assert "404" in line
    assert "; next visit 20" in line
    assert site.titles("all") == ["A new plant"]


def test_a_wrong_definition_ends_with_2_and_the_rest_goes_on(site):
    site.write("feeds/broken.toml", 'titel = "Broken"')

    assert "feeds/broken.toml:1" in site.run("refresh", code=2).stderr
    assert "feeds/broken.toml:1" in site.run("publish", code=2).stderr
    assert site.titles("all") == ["A new plant"]


@pytest.mark.parametrize("command", ["refresh", "publish", "status", "export", "run"])
def test_a_database_that_is_none_ends_with_3(site, command):
    (site.root / "tagwire.db").write_bytes(b"no database at all, " * 50)
    arguments = [command, "--no-serve"] if command == "run" else [command]

    assert site.run(*arguments, code=3).stderr.splitlines()[-1].startswith("tagwire: the database failed: ")


def test_a_site_that_another_daemon_holds_ends_with_4(site):
    with held(site.root, "daemon", wait=False):
        result = site.run("run", "--no-serve", code=4)

    assert f"process {os.getpid()} on" in result.stderr


# ------------------------------------------------------------ for programs


def test_refresh_tells_programs_of_the_visited_sources_and_of_all_feeds(site, web):
    site.write("sources/daily.toml", web_source(web))
    site.write("sources/gone.toml", web_source(web, "/none"))
    result = site.refresh(code=1)
    error = next(each["error"] for each in result["sources"] if each["name"] == "gone")

    assert "404" in error
    assert sorted(result["sources"], key=lambda each: each["name"]) == [
        {"name": "articles", "outcome": "new", "error": "", "articles": 1, "new": 1},
        {"name": "daily", "outcome": "new", "error": "", "articles": 1, "new": 1},
        {"name": "gone", "outcome": "failed", "error": error, "articles": 0, "new": 0},
    ]
    assert result["feeds"] == [{"name": "all", "stories": 2, "written": True}]
    assert site.refresh() == {
        "sources": [{"name": "articles", "outcome": "unchanged", "error": "", "articles": 0, "new": 0}],
        "feeds": [{"name": "all", "stories": 2, "written": False}],
    }


def test_status_tells_programs_of_each_source_and_each_feed(site):
    site.refresh()
    result = json.loads(site.run("status", "--json").stdout)

    (source,), (feed,) = result["sources"], result["feeds"]
    assert (source["name"], source["outcome"], source["articles"]) == ("articles", "new", 1)
    assert source["last_at"] <= source["next_at"]
    assert {**feed, "newest": feed["newest"][:10]} == {
        "name": "all", "stories": 1, "newest": "2026-03-02", "address": "http://localhost:8000/all.atom",
    }  # fmt: skip


def test_status_says_which_certificates_are_not_checked_and_no_key_of_an_address(site, web):
    site.write("sources/daily.toml", f'url = "{web.url("/feed?key=hunter2")}"\nverify = false\nallow_private = true')
    site.refresh(code=1)
    lines = {line.split("\t")[0]: line for line in site.run("status").stdout.splitlines()}
    told = {each["name"]: each for each in json.loads(site.run("status", "--json").stdout)["sources"]}

    assert lines["daily"].endswith("404 Not Found; its certificate is not checked (verify = false)")
    assert "certificate" not in lines["articles"]
    assert {name: each["verify"] for name, each in told.items()} == {"daily": False, "articles": True}
    assert told["daily"]["address"] == web.url("/feed?key=…")


def test_status_says_where_a_source_moved_and_what_may_have_been_missed(site):
    day = "Mon, 02 Mar 2026 08:30:00 +0000"
    one, other = (webserver.rss((f"Plant {n}", f"{n}", day), (f"Bridge {n}", f"b{n}", day)) for n in (1, 2))
    with misbehaving.serving({"/there": misbehaving.in_turn(*map(misbehaving.page, (one, other)))}) as server:
        server.answers["/feed"] = misbehaving.redirect("/there", 308)
        site.write("sources/daily.toml", f'url = "{server.url("/feed")}"\nallow_private = true')
        for _ in range(2):
            site.refresh("--all")
        line = next(each for each in site.run("status").stdout.splitlines() if each.startswith("daily"))
        told = {each["name"]: each for each in json.loads(site.run("status", "--json").stdout)["sources"]}["daily"]

    assert line.endswith(f"\tmoved to {server.url('/there')}")
    assert line.split("\t")[6] == "1"  # nothing of the second document was known: there may have been more between
    assert (told["moved_to"], told["missed"]) == (server.url("/there"), 1)


def test_export_gives_a_line_for_each_story(site, web):
    web.pages["/feed"] = webserver.rss(("A new plant", "1", "Mon, 02 Mar 2026 08:30:00 +0000"))
    site.write("sources/daily.toml", web_source(web) + '\ntags = ["Daily"]')
    site.refresh()
    (story,) = site.stories()

    assert list(story) == ["id", "title", "link", "published", "updated", "day", "tags", "copies"]
    assert (story["title"], story["day"], story["tags"]) == ("A new plant", "2026-03-02", ["Daily"])
    assert story["published"] == "2026-03-02T00:00:00+00:00"
    assert [list(copy) for copy in story["copies"]] == [["source", "guid", "link", "title", "published", "reason"]] * 2
    assert [copy["source"] for copy in story["copies"]] == ["articles", "daily"]
    assert all(copy["reason"] for copy in story["copies"])


def test_a_story_stays_on_one_line_whatever_its_source_sends(site, web):
    hostile = "one\u2028two\u2029three"
    item = f"<item><guid isPermaLink='false'>{hostile}</guid><title>Parts</title></item>"
    web.pages["/feed"] = f'<rss version="2.0"><channel><title>Parts</title>{item}</channel></rss>'.encode()
    site.write("sources/daily.toml", web_source(web))
    site.refresh()
    guids = {story["title"]: story["copies"][0]["guid"] for story in site.stories()}
    assert guids["Parts"] == hostile
    assert [line.split("\t")[-1] for line in site.run("preview", "daily").stdout.splitlines()] == ["one two three"]
    assert show.as_json({"\x85": "\u2028\u2029"}).isascii()


# ------------------------------------------------------------ for people


def test_a_pipe_gets_plain_lines_and_a_terminal_a_table(site):
    plain = processes.run(site.root, "refresh").stdout
    assert plain == "read 1 source: 1 new article, 0 edited\nall: 1 story, written\n"
    piped = site.run("status").stdout
    assert "\x1b" not in piped
    assert piped.splitlines()[0].split("\t")[0] == "articles"
    assert piped.splitlines()[-1].split("\t") == ["all", "1", "2026-03-02 00:00", "http://localhost:8000/all.atom"]

    seen = on_terminal(site.root, "status")
    assert "\x1b[1m" in seen
    assert "next visit" in seen
    assert "\t" not in seen


def test_a_terminal_sees_a_pass_go_on_and_its_summary(site):
    assert "read 1 source: 1 new article, 0 edited" in on_terminal(site.root, "refresh")


@pytest.mark.parametrize("arguments", [["-m", "tagwire"], ["-c", "from tagwire.__main__ import main; main()"]])
def test_the_command_is_a_module_too(arguments):
    done = subprocess.run(
        [sys.executable, *arguments, "--version"], capture_output=True, text=True, timeout=60, check=False
    )

    assert (done.returncode, done.stdout.split(" ")[0], done.stderr) == (0, "tagwire,", "")


# ------------------------------------------------------------ preview


def previewed(site, *arguments, code=0):
    result = site.run("preview", "--json", *arguments, code=code)
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture(params=["with a site", "without a site"])
def somewhere(request, site, tmp_path, monkeypatch):
    """A site, or a folder that is none; the working directory is that folder."""
    place = site if request.param == "with a site" else sites.Site(tmp_path / "elsewhere")
    place.root.mkdir(exist_ok=True)
    monkeypatch.chdir(place.root)
    yield place
    assert not (place.root / "tagwire.db").exists()
    assert not (place.root / "output").exists()


def test_preview_of_a_file_gives_its_article_with_every_field(somewhere, site):
    file = site.root / "sources/articles/plant.txt"
    (article,) = previewed(somewhere, str(file))

    assert list(article) == FIELDS
    assert (article["title"], article["day"], article["dated"]) == ("A new plant", "2026-03-02", "day")
    assert article["published"] == "2026-03-02T00:00:00+00:00"
    assert somewhere.run("preview", str(file)).stdout.split("\t")[1:3] == ["day", "A new plant"]


def test_preview_of_a_folder_gives_all_its_articles_and_names_what_is_wrong(somewhere, site):
    site.write("sources/articles/undated.txt", "Nobody knows when\n\nText.\n")
    site.write("sources/articles/empty.txt", "")
    result = somewhere.run("preview", "--json", str(site.root / "sources/articles"))

    dated = {each["title"]: each["dated"] for each in map(json.loads, result.stdout.splitlines())}
    assert dated == {"A new plant": "day", "Nobody knows when": "unknown"}
    assert "empty.txt" in result.stderr


def test_preview_of_an_address_gives_what_a_visit_would_bring(somewhere, web):
    assert "without --allow-private" in somewhere.run("preview", web.url("/feed"), code=1).stderr
    (article,) = previewed(somewhere, "--allow-private", web.url("/feed"))

    assert list(article) == FIELDS
    assert (article["title"], article["dated"]) == ("News of the web", "minute")
    assert article["published"] == "2026-03-02T08:30:00+00:00"


def test_preview_of_a_source_reads_as_its_definition_says(site, web):
    site.write("sources/daily.toml", web_source(web) + '\ntimezone = "Asia/Shanghai"')
    (article,) = previewed(site, "daily")

    assert (article["source"], article["day"]) == ("daily", "2026-03-02")
    assert previewed(site, "articles")[0]["title"] == "A new plant"
    assert not (site.root / "tagwire.db").exists()


@pytest.mark.parametrize("target", ["", "nothing-of-the-kind", "ftp://example.org/", "http://", "http://[::1"])
def test_preview_of_nothing_that_can_be_read_is_wrong_usage(somewhere, target):
    assert somewhere.run("preview", target, code=2).stderr.startswith("tagwire: nothing to preview: ")


@pytest.mark.parametrize("target", ["/dev/zero", "/dev/stdin"])
def test_preview_of_what_is_no_regular_file_fails(somewhere, target):
    assert "no regular file" in somewhere.run("preview", target, code=1).stderr


# ------------------------------------------------------------ wrong inputs


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "--port", "x"], "'x' is not a valid integer"),
        (["run", "--port", "70000"], "70000 is not in the range"),
        (["refrehs"], "No such command 'refrehs'"),
        (["refresh", "--alll"], "--alll"),
        (["preview"], "Missing argument 'TARGET'"),
    ],
)
def test_wrong_usage_ends_with_2_and_says_what_is_wrong(site, arguments, said):
    assert said in site.run(*arguments, code=2).stderr


def test_a_file_is_no_site(site):
    result = sites.Site(site.root / "feeds/all.toml").run("refresh", code=2)

    assert result.stderr.startswith("tagwire: no site: ")


@pytest.mark.parametrize(
    ("database", "code"),
    [
        ("hello world", 2),
        ("nosuchdatabase://host/name", 3),
        ("sqlite+nosuchdriver:///tagwire.db", 3),
        ("sqlite:////no/such/folder/tagwire.db", 3),
    ],
)
def test_a_database_that_cannot_be_opened_is_named(site, database, code):
    site.write("tagwire.toml", f'database = "{database}"')
    result = site.run("refresh", code=code)

    assert "database" in result.stderr
    assert not (site.root / "output").exists()


@pytest.mark.parametrize("command", ["refresh", "publish", "run", "serve"])
def test_a_file_where_output_should_be_is_named(site, command):
    site.write("output", "I am a file.")

    assert site.run(command, code=1).stderr.splitlines()[-1] == (
        f"tagwire: cannot make the folder: {site.root / 'output'}: File exists"
    )


@pytest.mark.parametrize(
    ("path", "code", "said"),
    [
        ("output/all.atom/x", 1, "output/all.atom: Is a directory"),
        ("tagwire.db/x", 3, "unable to open database file"),
    ],
)
def test_a_folder_where_a_file_should_be_is_named(site, path, code, said):
    site.write(path, "")

    assert said in site.run("refresh", code=code).stderr


def test_a_file_where_locks_should_be_is_named(site):
    site.write(".tagwire", "I am a file.")

    assert "tagwire: cannot lock the site: " in site.run("refresh", code=1).stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
@pytest.mark.parametrize(("folder", "code"), [("output", 1), (".tagwire", 1), (".", 3)])
def test_a_folder_that_may_not_be_written_is_named(site, folder, code):
    place = site.root / folder
    place.mkdir(exist_ok=True)
    place.chmod(0o500)
    try:
        result = site.run("refresh", code=code)
    finally:
        place.chmod(0o700)

    assert str(place.resolve()) in result.stderr


# ------------------------------------------------------------ trials


PLANTS = 'title = "Plants"\nfilter = "tag:Plant"\n\n[tags.Plant]\naliases = ["plants"]\n'


def test_on_a_terminal_a_trial_marks_words_in_bold_and_what_comes_in(site):
    site.run("refresh")
    said = on_terminal(site.root, "try", str(site.write("drafts/plants.toml", PLANTS)))

    assert "\x1b[32m+ 2026-03-02" in said
    assert "A new \x1b[1mplant\x1b[0m" in said
    assert "Plant: “Plant” in the title" in said
    assert "1 story in plants: 1 would come in, 0 would leave" in said


def test_what_a_source_sends_cannot_steer_the_terminal(site):
    site.write("sources/articles/evil.txt", "A \x9b31m plant \x1b[2J\n2026-03-02\nTags: a\x9bb\n\nText\x9b.\n")
    site.run("refresh")

    for said in (site.run("try", "plant").stdout, site.run("tags").stdout):
        assert not {"\x9b", "\x1b"} & set(said)
