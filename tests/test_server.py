"""The server as readers meet it: a real process on loopback, real HTTP, a real folder."""

import gzip
import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Any

import brotli
import pytest

from tagwire.cli.site import clock
from tagwire.errors import TagwireError
from tagwire.server import serve

SERVER = """
import logging, sys
from datetime import UTC, datetime
from pathlib import Path
from tagwire.server import serve
logging.basicConfig(level="INFO", format="%(message)s")
root, clock = Path(sys.argv[1]).parent, lambda: datetime.now(UTC)
serve(root, (sys.argv[2], 0), clock=clock, ends_with_stdin=sys.argv[3] == "pipe")
"""
PATIENCE = 20
"""Seconds before a test gives up waiting for a process."""

ATOM = b'<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom"/>\n'


@dataclass
class Answer:
    status: int
    headers: Message
    body: bytes


@dataclass
class Server:
    process: subprocess.Popen[str]
    port: int
    log: list[str]

    def ask(self, path: str, method: str = "GET", **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.putrequest(method, path, skip_accept_encoding=True)
            for name, value in headers.items():
                connection.putheader(name.replace("_", "-"), value)
            connection.endheaders()
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()


@pytest.fixture
def output(tmp_path: Path) -> Path:
    folder = tmp_path / "site" / "output"
    (folder / "stories").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>Feeds</title>", encoding="utf-8")
    (folder / "ciie.atom").write_bytes(ATOM)
    (folder / "上汽.atom").write_bytes(ATOM)
    (folder / "style.css").write_text("body { margin: 0 }", encoding="utf-8")
    (folder / "stories" / "one.html").write_text("<!doctype html><title>One</title>", encoding="utf-8")
    return folder


@pytest.fixture
def start(output: Path) -> Iterator[Callable[..., Server]]:
    started: list[subprocess.Popen[str]] = []

    def go(stdin: Any = subprocess.DEVNULL, ending: str = "") -> Server:
        command = [sys.executable, "-c", SERVER, str(output), "127.0.0.1", ending]
        process = subprocess.Popen(command, stdin=stdin, stderr=subprocess.PIPE, text=True)
        started.append(process)
        log = [process.stderr.readline()]
        assert log[0].startswith("serving "), log[0] + process.stderr.read()
        return Server(process, int(log[0].rstrip("/\n").rpartition(":")[2]), log)

    yield go
    for process in started:
        process.kill()
        process.wait(PATIENCE)
        process.stderr.close()
        if process.stdin:
            process.stdin.close()


@pytest.fixture
def server(start: Callable[..., Server]) -> Server:
    return start()


# ---------------------------------------------------------------- what readers get


def test_each_file_has_its_media_type(server: Server) -> None:
    for path, media_type in {
        "/": "text/html; charset=utf-8",
        "/index.html": "text/html; charset=utf-8",
        "/stories/one.html": "text/html; charset=utf-8",
        "/style.css": "text/css; charset=utf-8",
        "/ciie.atom": "application/atom+xml; charset=utf-8",
        "/%E4%B8%8A%E6%B1%BD.atom": "application/atom+xml; charset=utf-8",
    }.items():
        answer = server.ask(path)
        assert answer.status == 200, path
        assert answer.headers["Content-Type"] == media_type, path
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "max-age=60"


def test_the_address_of_a_folder_is_that_of_its_index_and_of_none_where_it_has_none(
    server: Server, output: Path
) -> None:
    (output / "tags").mkdir()
    (output / "tags" / "index.html").write_text("<!doctype html><title>Tags</title>", encoding="utf-8")
    assert server.ask("/tags/").body == server.ask("/tags/index.html").body
    assert [server.ask(path).status for path in ("/tags/", "/tags", "/stories/", "/tags//")] == [200, 404, 404, 404]


def test_a_file_of_unknown_kind_is_bytes_that_no_browser_shows(server: Server, output: Path) -> None:
    (output / "odd.bin").write_bytes(b"<script>")
    answer = server.ask("/odd.bin")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_feed_is_served_byte_by_byte_and_any_page_may_read_it(server: Server) -> None:
    answer = server.ask("/ciie.atom")
    assert answer.body == ATOM
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert server.ask("/index.html").headers["Access-Control-Allow-Origin"] is None


def test_a_hub_is_named_in_a_header_together_with_the_feeds_own_address(server: Server, output: Path) -> None:
    links = b'<link rel="self" href="https://a.example/new.atom"/><link rel="hub" href="https://hub.example/"/>'
    (output / "new.atom").write_bytes(ATOM.replace(b"/>", b">" + links + b"</feed>"))
    answer = server.ask("/new.atom", "HEAD")
    assert answer.headers["Link"] == '<https://hub.example/>; rel="hub", <https://a.example/new.atom>; rel="self"'
    assert server.ask("/new.atom", If_None_Match=answer.headers["ETag"]).headers["Link"] == answer.headers["Link"]
    assert server.ask("/cars.atom").headers["Link"] is None


def test_of_all_scripts_only_ours_may_run(server: Server) -> None:
    policy = server.ask("/").headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src ")
    assert policy.count("script") == 1
    assert "unsafe" not in policy


def test_head_says_the_same_without_the_body(server: Server) -> None:
    full, head = server.ask("/ciie.atom"), server.ask("/ciie.atom", "HEAD")
    assert head.status == 200
    assert head.body == b""
    for name in ("Content-Type", "Content-Length", "ETag", "Last-Modified"):
        assert head.headers[name] == full.headers[name] is not None


def test_nothing_can_be_sent(server: Server) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
        answer = server.ask("/ciie.atom", method)
        assert answer.status == 405, method
        assert {each.strip() for each in answer.headers["Allow"].split(",")} == {"GET", "HEAD"}


def test_health_needs_no_published_file(server: Server, output: Path) -> None:
    for file in output.rglob("*.*"):
        file.unlink()
    assert server.ask("/healthz").status == 200
    assert server.ask("/").status == 404


# ---------------------------------------------------------------- nothing new costs nothing


def test_what_a_reader_has_already_is_not_sent_again(server: Server) -> None:
    etag = server.ask("/ciie.atom").headers["ETag"]
    assert etag.startswith('"')
    for held in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        answer = server.ask("/ciie.atom", If_None_Match=held)
        assert (answer.status, answer.body) == (304, b"")
        assert answer.headers["ETag"] == etag
        assert answer.headers["Cache-Control"] == "max-age=60"


def test_an_etag_outranks_a_date(server: Server) -> None:
    modified = server.ask("/ciie.atom").headers["Last-Modified"]
    assert server.ask("/ciie.atom", If_Modified_Since=modified).status == 304
    assert server.ask("/ciie.atom", If_Modified_Since=modified, If_None_Match='"other"').status == 200


def test_a_replaced_file_is_seen_at_once(server: Server, output: Path) -> None:
    old = server.ask("/ciie.atom")
    beside = output / ".beside"
    beside.write_bytes(ATOM.replace(b"<feed", b"<feed xml:lang='en'"))
    beside.replace(output / "ciie.atom")
    new = server.ask("/ciie.atom", If_None_Match=old.headers["ETag"])
    assert new.status == 200
    assert b"xml:lang" in new.body


def test_the_same_bytes_written_again_are_no_change(server: Server, output: Path) -> None:
    etag = server.ask("/ciie.atom").headers["ETag"]
    (output / "ciie.atom").write_bytes(ATOM)
    os.utime(output / "ciie.atom", (1_700_000_000, 1_700_000_000))
    answer = server.ask("/ciie.atom", If_None_Match=etag)
    assert answer.status == 304
    assert answer.headers["Last-Modified"] == "Tue, 14 Nov 2023 22:13:20 GMT"


def test_a_file_put_back_from_a_backup_is_new_to_a_reader_with_a_later_date(server: Server, output: Path) -> None:
    later = server.ask("/ciie.atom").headers["Last-Modified"]
    os.utime(output / "ciie.atom", (1_700_000_000, 1_700_000_000))
    assert server.ask("/ciie.atom", If_Modified_Since=later).status == 200


# ---------------------------------------------------------------- compressed

LONG = "<!doctype html><title>Long</title>" + "<p>The same story again, and again. 上汽集团在进博会。</p>" * 200
UNPACKED = {"br": brotli.decompress, "gzip": gzip.decompress, None: lambda body: body}


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("x-gzip", "gzip"),
        ("GZIP;Q=0.5", "gzip"),
        ("gzip;q=1.0, br;q=0.5", "gzip"),
        ("br;q=0, *", "gzip"),
        ("*", "br"),
        ("gzip;q=0.4, identity;q=0.8", None),
        ("gzip;q=0, br;q=0", None),
        ("identity", None),
        ("deflate, zstd", None),
        ("", None),
        ("gzip;q=much", None),
    ],
)
def test_a_reader_gets_the_encoding_that_it_likes_best(server, output, accepted, encoding) -> None:
    (output / "long.html").write_text(LONG, encoding="utf-8")
    answer = server.ask("/long.html", Accept_Encoding=accepted)
    assert answer.headers["Content-Encoding"] == encoding
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert int(answer.headers["Content-Length"]) == len(answer.body)
    assert UNPACKED[encoding](answer.body).decode() == LONG


def test_each_encoding_has_a_strong_etag_of_its_own_and_any_of_them_is_understood(server, output) -> None:
    (output / "long.html").write_text(LONG, encoding="utf-8")
    etags = {each: server.ask("/long.html", Accept_Encoding=each).headers["ETag"] for each in ("", "gzip", "br")}
    assert len(set(etags.values())) == 3
    assert all(etag.startswith('"') for etag in etags.values())
    for held in etags.values():
        for accepted in ("", "gzip", "br", "gzip, br"):
            answer = server.ask("/long.html", Accept_Encoding=accepted, If_None_Match=held)
            assert (answer.status, answer.headers["ETag"]) == (304, held)
            assert answer.headers["Vary"] == "Accept-Encoding"
    both = server.ask("/long.html", Accept_Encoding="br", If_None_Match=", ".join(etags.values()))
    assert both.headers["ETag"] == etags["br"]
    (output / "long.html").write_text(LONG + "<p>New.</p>", encoding="utf-8")
    assert server.ask("/long.html", Accept_Encoding="br", If_None_Match=", ".join(etags.values())).status == 200


def test_head_tells_the_length_of_the_encoding(server: Server, output: Path) -> None:
    (output / "long.html").write_text(LONG, encoding="utf-8")
    full = server.ask("/long.html", Accept_Encoding="br")
    head = server.ask("/long.html", "HEAD", Accept_Encoding="br")
    assert head.body == b""
    for name in ("Content-Length", "Content-Encoding", "ETag"):
        assert head.headers[name] == full.headers[name] is not None


def test_a_large_feed_asked_for_by_many_at_once_is_whole_for_each(server: Server, output: Path) -> None:
    large = b"<feed>" + os.urandom(200_000).hex().encode() + b"</feed>"
    (output / "large.atom").write_bytes(large)
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(server.ask, "/large.atom", Accept_Encoding="br") for _ in range(16)]
        answers = [each.result() for each in asked]
    assert {answer.headers["Content-Encoding"] for answer in answers} == {"br"}
    assert {brotli.decompress(answer.body) for answer in answers} == {large}


def test_what_is_small_or_packed_already_is_sent_as_it_is(server: Server, output: Path) -> None:
    (output / "photo.jpg").write_bytes(b"\xff" * 5_000)
    for path in ("/ciie.atom", "/photo.jpg"):
        answer = server.ask(path, Accept_Encoding="br, gzip")
        assert answer.headers["Content-Encoding"] is None
        assert answer.headers["Vary"] is None
        assert answer.body == server.ask(path).body


# ---------------------------------------------------------------- nobody gets in


ODD_PATHS = (
    "/../secret.txt",
    "/stories/../../secret.txt",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/%2e%2e%2fsecret.txt",
    "/..%5csecret.txt",
    "//secret.txt",
    "/stories//one.html",
    "/stories%2fone.html",
    "/stories/",
    "/stories",
    "/index.html/",
    "/index.html/x",
    "/ciie.atom%00.html",
    "/%00",
    "/.hidden",
    "/%2ehidden",
    "/.well/known.txt",
    "/outside.html",
    "/away/secret.txt",
    "/inside.html",
    "/round",
    "/pipe",
    "/" + "x" * 300,
    "/%ff%fe",
    "/none.atom",
    "http://127.0.0.1/index.html",
)


def test_only_plain_files_inside_the_folder_are_served(server: Server, output: Path) -> None:
    (output.parent / "secret.txt").write_text("secret", encoding="utf-8")
    (output / ".hidden").write_text("secret", encoding="utf-8")
    (output / ".well").mkdir()
    (output / ".well" / "known.txt").write_text("secret", encoding="utf-8")
    (output / "outside.html").symlink_to(output.parent / "secret.txt")
    (output / "away").symlink_to(output.parent)
    (output / "inside.html").symlink_to(output / ".hidden")
    (output / "round").symlink_to(output / "round")
    os.mkfifo(output / "pipe")
    for path in ODD_PATHS:
        answer = server.ask(path)
        assert answer.status == 404, path
        assert b"secret" not in answer.body, path


def test_a_file_that_may_not_be_read_is_not_there_for_the_world(server: Server, output: Path) -> None:
    (output / "ciie.atom").chmod(0)
    if os.access(output / "ciie.atom", os.R_OK):
        pytest.skip("this user may read every file")
    assert server.ask("/ciie.atom").status == 404


def test_a_folder_that_became_a_link_leads_nowhere_although_its_file_was_served(server: Server, output: Path) -> None:
    assert server.ask("/stories/one.html").status == 200
    (output.parent / "away").mkdir()
    (output.parent / "away" / "one.html").write_text("<!doctype html><title>secret</title>", encoding="utf-8")
    (output / "stories").rename(output.parent / "before")
    (output / "stories").symlink_to(output.parent / "away")
    assert server.ask("/stories/one.html").status == 404


def test_an_output_folder_behind_a_link_is_served(server: Server, output: Path) -> None:
    output.rename(output.with_name("release-2"))
    output.symlink_to("release-2")
    assert server.ask("/ciie.atom").body == ATOM


# ---------------------------------------------------------------- how it ends


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly_even_right_at_the_start(server: Server, number: signal.Signals) -> None:
    server.process.send_signal(number)
    assert server.process.wait(PATIENCE) == 0
    assert server.process.stderr.read() == ""


def test_a_reader_who_holds_his_connection_does_not_hold_the_end_up(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as idle:
        idle.sendall(b"GET /ciie.atom HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert idle.recv(100).startswith(b"HTTP/1.1 200")
        with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as silent:
            silent.sendall(b"GET /ciie.atom HTTP/1.1\r\n")
            server.process.terminate()
            assert server.process.wait(PATIENCE) == 0


def test_a_reader_who_stops_reading_half_way_does_not_hold_the_end_up(server: Server, output: Path) -> None:
    with (output / "large.txt").open("wb") as large:
        large.truncate(32 * 1024 * 1024)
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as stuck:
        stuck.sendall(b"GET /large.txt HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert stuck.recv(100).startswith(b"HTTP/1.1 200")
        server.process.terminate()
        assert server.process.wait(PATIENCE) == 0


def test_it_ends_with_its_parent(start: Callable[..., Server]) -> None:
    server = start(subprocess.PIPE, "pipe")
    assert server.ask("/").status == 200
    server.process.stdin.close()
    assert server.process.wait(PATIENCE) == 0
    assert server.process.stderr.read() == ""


def test_without_being_asked_to_it_does_not_end_with_stdin(start: Callable[..., Server]) -> None:
    server = start(subprocess.PIPE)
    server.process.stdin.close()
    with pytest.raises(subprocess.TimeoutExpired):
        server.process.wait(0.5)
    assert server.ask("/").status == 200


def test_a_port_in_use_is_named_with_what_to_do(output: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        with pytest.raises(TagwireError) as caught:
            serve(output.parent, ("127.0.0.1", port), clock=clock)
    assert f"http://127.0.0.1:{port}/" in str(caught.value)
    assert "--port" in str(caught.value)


def test_an_address_of_another_machine_is_named_with_what_to_do(output: Path) -> None:
    with pytest.raises(TagwireError, match=r"http://192\.0\.2\.1:8000/: this machine has no such address; .*--host"):
        serve(output.parent, ("192.0.2.1", 8000), clock=clock)
