"""Passwords, tokens and keys in addresses stay where they belong, whatever happens to their sources.

The daemon runs with every logger of its process at its most talkative, and everything that it leaves is searched.
"""

import base64
import json
import os
import subprocess
import sys
import urllib.request

import pytest
from click.testing import CliRunner

import processes
import sites
from misbehaving import page, redirect, serving
from tagwire.cli import main
from visiting import rss

PASSWORD, TOKEN, KEY = "hunter2-password", "hunter2-token", "hunter2-key"
PAIR = base64.b64encode(f"ann:{PASSWORD}".encode()).decode()
TALKATIVE = """
import logging, sys
logging.basicConfig(level=1, format="%(name)s|%(message)s")
logging.getLogger("sqlalchemy").setLevel(1)
from tagwire.store import writing
words_of = writing.words_of
def fails(number, article):
    if article.source == "odd":
        raise RuntimeError("nobody foresaw this")
    return words_of(number, article)
writing.words_of = fails
from tagwire.cli import main
main()
"""
SOURCES = {
    "basic": 'auth = {user = "ann", password_env = "FEED_PASSWORD"}',
    "bearer": 'auth = {token_file = "token.txt"}',
    "odd": 'auth = {user = "ann", password_env = "FEED_PASSWORD"}',
    "refused": 'auth = {user = "ann", password_env = "FEED_PASSWORD"}',
    "garbage": 'auth = {token_file = "token.txt"}',
    "away": 'auth = {token_file = "token.txt"}',
    "broken": 'auth = {user = "ann", password_env = "FEED_PASSWORD"}',
    "moved": "",
    "page": "",
}
PAGE = f'<!DOCTYPE html><link rel=alternate type="application/rss+xml" href="/feed?key={KEY}">'.encode()


def answers():
    good = page(rss("One", "Two"))
    far = f"ftp://ann:{PASSWORD}@files.example/feed?key={KEY}"
    made = {
        "basic": good,
        "bearer": good,
        "odd": page(rss("An oddity")),
        "refused": page(status="401 Unauthorized"),
        "garbage": page(b"<?xml version='1.0'?><rss version='2.0'><chan"),
        "away": redirect(far, 302),
        "broken": page(rss("One"), length=9_999),
        "moved": redirect(f"/there?key={KEY}"),
        "page": page(PAGE, kind="text/html"),
    }
    return {f"/{name}?key={KEY}": answer for name, answer in made.items()} | {f"/there?key={KEY}": good}


def read(address, path):
    with urllib.request.urlopen(address + path, timeout=10) as answer:
        return answer.read().decode()


@pytest.fixture(scope="module")
def left(tmp_path_factory):
    """Give all that is left when each source was visited twice, by where it was found; and the site."""
    hosts = [f"127.0.9.{number}" for number in range(1, 1 + len(SOURCES))]  # of their own: none waits for its turn
    with serving(answers(), hosts) as server:
        definitions = {
            f"sources/{name}.toml": f'url = "{server.url(f"/{name}?key={KEY}", host)}"\nallow_private = true\n{more}\n'
            for host, (name, more) in zip(hosts, SOURCES.items(), strict=True)
        }
        site = sites.make(tmp_path_factory.mktemp("secrets") / "site", definitions)
        site.write("sources/token.txt", TOKEN)
        log = site.root.with_name("daemon.log")
        arguments = ["--site", str(site.root), "run", "--port", "0", "--admin", "127.0.0.1:0"]
        environment = {**os.environ, "FEED_PASSWORD": PASSWORD}
        with (
            log.open("wb") as file,
            subprocess.Popen(
                [sys.executable, "-c", TALKATIVE, *arguments],
                stdin=subprocess.DEVNULL, stdout=file, stderr=file, env=environment,
            ) as process,
        ):  # fmt: skip
            daemon = processes.Daemon(process, log)
            try:
                daemon.until((site.root / "output/all.atom").exists)
                daemon.until(lambda: len(ended(site)) == len(SOURCES))
                operator = daemon.until_said(r"serving the operator at (http://\S+)")
                found = {path: read(operator, path) for path in ("status", "status.json", "health.atom", "metrics")}
                process.terminate()
                assert daemon.ended() == 0
            finally:
                process.kill()
        said = log.read_text()
        found["the log"] = "\n".join(line for line in said.splitlines() if not line.startswith("sqlalchemy."))
        with pytest.MonkeyPatch.context() as patched:
            patched.setenv("FEED_PASSWORD", PASSWORD)
            for command in ("refresh --all", "preview refused", "status", "status --json", "export"):
                result = CliRunner().invoke(main, ["--site", str(site.root), *command.split()])
                found[f"tagwire {command}"] = result.output
        found |= {name: body.decode() for name, body in site.output().items()}
    return found, said, site


def ended(site):
    return processes.query(site.root, "SELECT name FROM sources WHERE last_at IS NOT NULL")


def test_each_source_ended_as_it_should_so_that_there_was_something_to_tell(left):
    found, said, _ = left
    told = {each["name"]: each["error"] for each in json.loads(found["tagwire status --json"])["sources"]}
    words = {
        "basic": "", "bearer": "", "odd": "", "refused": "401 Unauthorized",
        "garbage": "cannot be read", "away": "it redirects to ftp://files.example/feed?key=…, which is neither http",
        "broken": "broke off", "moved": "", "page": "this is a web page; its feed is",
    }  # fmt: skip
    assert {name: error for name, error in told.items() if words[name] not in error} == {}
    assert "nobody foresaw this" in said
    assert "failed: odd: what it brought cannot be kept" in said
    assert "?key=…" in found["tagwire status"]  # where it moved
    assert "sqlalchemy." in said  # the loggers did talk


@pytest.mark.parametrize("secret", [PASSWORD, TOKEN, PAIR])
def test_no_password_and_no_token_is_told_or_kept_anywhere(left, secret):
    found, said, site = left
    assert [where for where, text in found.items() if secret in text] == []
    assert secret not in said  # not even by the database's own logger
    kept = [path for path in site.root.rglob("*") if path.is_file() and path.name != "token.txt"]
    assert site.root / "tagwire.db" in kept
    assert [path.name for path in kept if secret.encode() in path.read_bytes()] == []


def test_no_key_of_an_address_is_told_anywhere(left):
    """It stands in the definition and in the database, which are the operator's own."""
    found, *_ = left
    assert [where for where, text in found.items() if KEY in text] == []
