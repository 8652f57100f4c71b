"""The pages, parsed as a browser does: correct, linked relatively, and nothing in them runs."""

from dataclasses import replace
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest
from documents import FACE, FILE_COPY, GAZETTE, OWN_STORY, STORY, document, hostile_document
from hypothesis import HealthCheck, given, settings
from selectolax.lexbor import LexborHTMLParser

from tagwire.model import Document, Face
from tagwire.output import FORMATS
from tagwire.output.addresses import STYLE, story_address, story_path
from tagwire.output.pages import index, site_pages, story_page, story_pages, style

hostile = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))


def parsed(page: bytes) -> LexborHTMLParser:
    assert page.startswith(b"<!doctype html>\n")
    return LexborHTMLParser(page.decode())


def text(page: LexborHTMLParser, selector: str) -> list[str]:
    return [" ".join(node.text().split()) for node in page.css(selector)]


def hrefs(page: LexborHTMLParser, selector: str) -> list[str | None]:
    return [node.attributes.get("href") for node in page.css(selector)]


class Balance(HTMLParser):
    """Fails on an end tag without its start tag; the pages of the templates leave none open."""

    VOID = frozenset({"meta", "link", "img", "br", "hr"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, _attrs: object) -> None:
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("page", [index(FACE, [document(STORY, OWN_STORY), document()]), story_page(FACE, STORY)])
def test_every_tag_is_closed(page: bytes) -> None:
    balance = Balance()
    balance.feed(page.decode())
    assert balance.open == []


@pytest.mark.parametrize("page", [index(FACE, [document(STORY, OWN_STORY)]), story_page(FACE, STORY)])
def test_pages_have_no_inline_script_and_no_inline_style(page: bytes) -> None:
    tree = parsed(page)
    assert tree.css("script, style, [style]") == []
    assert "script-src 'none'" in tree.css_first("meta[http-equiv]").attributes["content"]


# ---------------------------------------------------------------- the list of the feeds


def test_the_index_lists_the_feeds_with_their_counts_and_newest_stories() -> None:
    many = [replace(STORY, id=f"tag:a.example,2026:{number}", title=f"Story {number}") for number in range(7)]
    page = parsed(index(FACE, [document(*many), document(OWN_STORY, title="Quays", subtitle="")]))
    assert page.css_first("html").attributes["lang"] == "en"
    assert text(page, "title") == ["Harbour news"]
    assert text(page, "h2") == ["Ports", "Quays"]
    assert [line.split(" · ")[0] for line in text(page, "section .meta")] == ["7 stories", "1 story"]
    assert text(page, "section:first-of-type li a") == [f"Story {number}" for number in range(5)]
    assert text(page, "section time") == ["2026-03-04"] * 6


def test_a_browser_finds_every_feed_in_every_format() -> None:
    page = parsed(index(FACE, [document(STORY), document(STORY, name="上汽: new", title="上汽")]))
    found = [
        (link.attributes["type"], link.attributes["title"], unquote(link.attributes["href"] or ""))
        for link in page.css('head link[rel="alternate"]')
    ]
    assert found == [
        (fmt.media_type, title, name + fmt.suffix)
        for name, title in (("ports", "Ports"), ("上汽: new", "上汽"))
        for fmt in FORMATS
    ]


def test_links_among_the_pages_work_under_any_address() -> None:
    page = parsed(index(FACE, [document(OWN_STORY, name="a: b")]))
    assert hrefs(page, "header a, link[rel=stylesheet], section li a, section .meta a") == [
        STYLE,
        "index.html",
        "a%3A%20b.atom",
        "stories/a1b2c3.html",
    ]
    below = parsed(story_page(FACE, OWN_STORY))
    assert hrefs(below, "header a, link[rel=stylesheet]") == ["../style.css", "../index.html"]


def test_every_site_has_its_index_and_its_style_sheet() -> None:
    assert site_pages(FACE, [document(STORY)]) == {
        "index.html": index(FACE, [document(STORY)]),
        "style.css": style(),
    }


def test_a_site_without_feeds_says_so() -> None:
    assert "There are no feeds yet." in index(Face(), []).decode()


# ---------------------------------------------------------------- the page of a story


def test_a_story_without_a_link_has_a_page_and_others_have_none() -> None:
    assert story_path(OWN_STORY) == "stories/a1b2c3.html"
    assert story_address(FACE, OWN_STORY) == "https://feeds.example.org/port/stories/a1b2c3.html"
    assert story_path(STORY) is None
    assert story_pages(FACE, [STORY, OWN_STORY]) == {"stories/a1b2c3.html": story_page(FACE, OWN_STORY)}
    assert story_address(FACE, STORY) == STORY.link


def test_the_page_tells_the_story() -> None:
    page = parsed(story_page(FACE, replace(OWN_STORY, authors=("Ann", "Bo"), copies=(FILE_COPY, GAZETTE))))
    assert page.css_first("html").attributes["lang"] == "en"
    assert page.css_first("article").attributes["lang"] == "zh-CN"
    assert text(page, "title") == ["吊车倒下 · Harbour news"]
    assert text(page, "h1") == ["吊车倒下"]
    assert text(page, "article .meta") == ["2026-03-04 · Ann, Bo", "The Herald"]
    assert page.css_first("time").attributes["datetime"] == "2026-03-04T12:30:15+00:00"
    assert text(page, ".summary") == ["Nobody was hurt."]
    assert text(page, ".content p") == ["The crane fell at the quay."]
    assert text(page, ".tags li") == ["Cranes", "港口"]
    assert text(page, "footer > ul:last-of-type li") == ["articles", "The Gazette"]
    assert hrefs(page, "footer a") == ["https://herald.example.com/17.mp3", "https://gazette.example.net/9"]


def test_the_summary_stands_on_the_page_once() -> None:
    assert story_page(FACE, OWN_STORY).decode().count("Nobody was hurt.") == 1


def test_a_page_says_only_what_is_known() -> None:
    bare = replace(OWN_STORY, summary="", tags=(), enclosures=(), rights="", language=None)
    page = parsed(story_page(Face(), bare))
    assert "lang" not in page.css_first("html").attributes
    assert "lang" not in page.css_first("article").attributes
    assert page.css(".summary, .tags") == []
    assert text(page, "h2") == ["Sources"]


@hostile
@given(made=hostile_document())
def test_hostile_text_stays_text(made: Document) -> None:
    pages = [index(made.face, [made]), *(story_page(made.face, story) for story in made.stories)]
    for page in map(parsed, pages):
        assert page.css("script, style, b") == []
        for href in hrefs(page, "[href]"):
            assert href is not None
            assert not href.lower().startswith("javascript:")


def test_the_style_sheet_asks_nobody_for_anything() -> None:
    sheet = style().decode()
    assert "prefers-color-scheme: dark" in sheet
    assert "url(" not in sheet
    assert "@import" not in sheet
