"""A real Chromium, and a site with every kind of page for it to look at.

Where Chromium or playwright is absent, the tests that ask for a browser are skipped, and say so.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import sites
from webserver import rss, serving

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip
PATIENCE = 10_000
"""Milliseconds after which what a page does not show is a failure."""


@contextmanager
def browser() -> Iterator[Any]:
    """Start a browser, and end it; without one, the test that asks for it is skipped."""
    if CHROMIUM is None:
        pytest.skip("no chromium: install Debian's package")
    playwright = pytest.importorskip("playwright.sync_api", reason="no playwright: it is in the dev group")
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS, timeout=3 * PATIENCE)
        try:
            yield started
        finally:
            started.close()


@dataclass
class Watched:
    """A page, and everything that went wrong on it."""

    page: Any
    root: str
    """Where the site is: all that the page may ask for begins with it."""
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda said: self.problems.append(f"console: {said.type}: {said.text}"))
        self.page.on("pageerror", lambda error: self.problems.append(f"script: {error}"))
        self.page.on("requestfailed", self._failed)
        self.page.on("request", self._asked)

    def go(self, path: str) -> Any:
        self.page.goto(self.root + path)
        return self.page

    def _failed(self, request: Any) -> None:
        if request.failure != "net::ERR_ABORTED":  # the page was left
            self.problems.append(f"failed: {request.url}: {request.failure}")

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.root, "data:")):
            self.problems.append(f"another host: {request.url}")


@contextmanager
def watched(started: Any, root: str, **options: Any) -> Iterator[Watched]:
    """Open a page in a window of its own; at the end, nothing may have gone wrong on it."""
    context = started.new_context(**options)
    context.set_default_timeout(PATIENCE)
    try:
        found = Watched(context.new_page(), root)
        yield found
        assert not found.problems, found.problems
    finally:
        context.close()


def site(root: Path) -> sites.Site:
    """Make a site with every kind of page: several topics, days, copies and archives; web stories and article files."""
    made = sites.make(root, {"tagwire.toml": _FACE.format("en")})
    made.write("feeds/all.toml", 'title = "All"\nsubtitle = "Whatever happens in the harbour"\nlimit = 10')
    made.write("feeds/cranes.toml", _CRANES)
    made.write("feeds/empty.toml", 'title = "Whales"\nfilter = "tag:Whales"')
    with serving() as web:
        for name in ("gazette", "herald"):
            web.pages[f"/{name}"] = rss(*_items(name), title=name.title())
            made.write(f"sources/{name}.toml", f'url = "{web.url("/" + name)}"\nallow_private = true\ntags = ["News"]')
        made.refresh()
    for number, about in enumerate(("Cranes", "Ships", "Tides"), 1):
        made.write(f"sources/articles/{number}.md", _ENGLISH.format(number=number, about=about))
    made.write("sources/articles/4.txt", _CHINESE)
    made.write("sources/gone.toml", 'url = "http://127.0.0.1:1/feed"\nallow_private = true')
    made.refresh(code=1)
    return made


def translated(origin: sites.Site, root: Path, language: str) -> sites.Site:
    """Make the same site in another language."""
    shutil.copytree(origin.root, root)
    made = sites.Site(root)
    made.write("tagwire.toml", _FACE.format(language))
    made.run("publish")
    return made


_FACE = """\
title = "Harbour news · 港口新闻"
language = "{}"
"""
_CRANES = """\
title = "Cranes · 吊车"
filter = "tag:Cranes"

[tags.Cranes]
aliases = ["crane"]
"""
_ENGLISH = """\
---
title: {about} in the harbour, part {number}
date: 2026-03-2{number} 10:00
tags: [{about}, Harbour, Very long tags are a trial for narrow columns]
summary: What there is to say about {about}, in a sentence.
---

It is **well** known, as <https://port.example/{number}/a-long-address-that-goes-on-and-on-without-any-blank/> says.

## What follows

| what | how many |
|---|---|
| {about} | {number} |

> A word of somebody.

    some_code = "that is much wider than any telephone, so that it has to scroll in a box of its own"
"""
_CHINESE = """\
标题：港口的“老朋友”又来了
日期：2026年3月24日
关键词：港口；吊车

港口今天迎来了第 100 艘货轮。码头上的吊车一早就开始工作，到傍晚已经卸下三千多个集装箱。

“明天还会有更多。”一位老工人说。
"""


_DATE = "{:02} Mar 2026 08:15:00 GMT"


def _items(name: str) -> list[tuple[str, str, str]]:
    """Give stories of different words, some of which both papers bring."""
    words = ("crane", "ferry", "pilot", "anchor", "lighthouse", "tide", "rope", "quay", "ship", "buoy", "net", "gull")
    found = [
        (f"A {word} surprises the {words[number - 1]} watchers", f"{name}-{number}", _DATE.format(number + 1))
        for number, word in enumerate(words)
    ]
    return found if name == "gazette" else found[:3]
