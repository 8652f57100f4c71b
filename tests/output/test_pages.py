"""The pages, parsed as a browser does: correct, linked relatively, and nothing in them runs."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from itertools import pairwise
from urllib.parse import unquote

import pytest
from documents import FACE, FEED, FILE_COPY, GAZETTE, OWN_STORY, STORY, document, hostile_document
from hypothesis import HealthCheck, given, settings
from selectolax.lexbor import LexborHTMLParser

from tagwire.model import Document, Face, Feed, tag_key
from tagwire.output import FORMATS
from tagwire.output.addresses import SCRIPT, page_path, story_address, story_path
from tagwire.output.cards import Card, Headline, sparkline
from tagwire.output.entry import make_entry
from tagwire.output.pages import Shown, card, home, site_pages, story_page, story_pages, tags_page
from tagwire.output.reasons import reason_in
from tagwire.output.topic import Part, Topic
from tagwire.output.words import long_day, words

hostile = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))


def parsed(page: bytes) -> LexborHTMLParser:
    assert page.startswith(b"<!doctype html>\n")
    return LexborHTMLParser(page.decode())


def text(page: LexborHTMLParser, selector: str) -> list[str]:
    return [" ".join(node.text().split()) for node in page.css(selector)]


def hrefs(page: LexborHTMLParser, selector: str) -> list[str | None]:
    return [node.attributes.get("href") for node in page.css(selector)]


TAG_PAGES = {"cranes": "tags/cranes.html"}


def topic_page(made: Document, tag_pages: Mapping[str, str] | None = None) -> bytes:
    topic = Topic(made.face, page_path(made.feed), TAG_PAGES if tag_pages is None else tag_pages)
    parts = [Part(each.day, topic.fragment(make_entry(made.face, made.feed, each))) for each in made.stories]
    return topic.join(made, parts, Card(stories=len(parts)))


class Balance(HTMLParser):
    """Fails on an end tag without its start tag; the pages of the templates leave none open."""

    VOID = frozenset({"meta", "link", "img", "br", "hr", "input"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, _attrs: object) -> None:
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        """Nothing stays open: ``<path …/>``."""

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


CARD = Card(
    stories=2,
    headlines=(
        Headline("A crane falls", "https://herald.example.com/17", date(2026, 3, 4), "en-GB"),
        Headline("吊车倒下", "stories/a1b2c3.html", date(2026, 3, 3), "zh-CN"),
    ),
    tags=("Cranes", "港口"),
    trend=((date(2026, 3, 1), 1), (date(2026, 3, 4), 3)),
)
CRANES = Feed(name="tags/cranes", title="Cranes", tag="Cranes")


def shown(feed: Feed = FEED, told: Card = CARD, face: Face = FACE) -> Shown:
    return Shown(feed, told.stories, card(face, feed, told, TAG_PAGES))


def at_home(*feeds: Shown, face: Face = FACE) -> bytes:
    return home(face, feeds, [shown(CRANES)])


PAGES = {
    "home": at_home(shown()),
    "tags": tags_page(FACE, [shown(CRANES)]),
    "topic": topic_page(document(STORY, OWN_STORY)),
    "story": story_page(FACE, STORY, TAG_PAGES),
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_every_tag_is_closed(page: bytes) -> None:
    balance = Balance()
    balance.feed(page.decode())
    assert balance.open == []


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_pages_have_no_inline_script_and_no_inline_style_and_ask_no_other_host(page: bytes) -> None:
    tree = parsed(page)
    assert tree.css("style, [style], script:not([src])") == []
    assert tree.css_first("script").attributes["src"].endswith(SCRIPT)
    assert not any(name.startswith("on") for node in tree.css("*") for name in node.attributes)
    policy = tree.css_first("meta[http-equiv]").attributes["content"]
    assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
    loaded = [node.attributes.get("href") for node in tree.css("link:not([rel=alternate])")]
    assert [href for href in loaded if "//" in href and not href.startswith("data:")] == []


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_a_page_has_one_first_heading_landmarks_and_a_way_past_its_head(page: bytes) -> None:
    tree = parsed(page)
    assert len(tree.css("h1")) == 1
    assert len(tree.css("main, body > header, body > footer")) == 3
    assert tree.css_first("body > a").attributes["href"] == "#main"
    levels = [int(node.tag[1]) for node in tree.css("h1, h2, h3")]
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


# ---------------------------------------------------------------- home, and the list of the tags


def test_home_has_a_card_for_each_feed() -> None:
    page = parsed(at_home(shown(), shown(replace(FEED, name="上汽: new", title="上汽"), Card())))
    assert page.css_first("html").attributes["lang"] == "en"
    assert text(page, "title") == ["Harbour news"]
    assert text(page, ".card h2") == ["Ports", "上汽"]
    assert hrefs(page, ".card h2 a") == ["ports.html", "%E4%B8%8A%E6%B1%BD%3A%20new.html"]
    assert text(page, ".headlines a") == ["A crane falls", "吊车倒下"]
    assert text(page, ".headlines time") == ["4 Mar 2026", "3 Mar 2026"]
    assert text(page, ".card .foot .meta") == ["2 stories", "0 stories"]


def test_tags_link_to_their_pages_where_they_have_one() -> None:
    page = parsed(at_home(shown()))
    assert hrefs(page, ".card .tag") == ["tags/cranes.html", None]
    assert hrefs(page, ".all-tags a") == ["tags/cranes.html", "tags/index.html"]


def test_a_trend_is_drawn_up_to_the_newest_storys_day() -> None:
    page = parsed(at_home(shown()))
    (drawn,) = page.css(".card svg")
    assert drawn.attributes["aria-label"] == "4 stories in six weeks"
    assert drawn.css_first("path").attributes["d"] == "M114 24v-8h2v8zM123 24v-24h2v24z"
    assert sparkline(()) == ""
    assert sparkline(((date(2025, 1, 1), 5), (date(2026, 3, 4), 1))) == "M123 24v-5h2v5z"


def test_a_browser_finds_every_feed_in_every_format() -> None:
    page = parsed(at_home(shown(), shown(replace(FEED, name="上汽: new", title="上汽", formats=("json",)))))
    found = [
        (link.attributes["type"], link.attributes["title"], unquote(link.attributes["href"] or ""))
        for link in page.css('head link[rel="alternate"]')
    ]
    assert found == [
        *((fmt.media_type, f"Ports ({fmt.name})", f"ports{fmt.suffix}") for fmt in FORMATS),
        ("application/feed+json", "上汽 (JSON)", "上汽: new.json"),
    ]


def test_the_search_waits_for_a_server_that_can_search() -> None:
    (form,) = parsed(at_home(shown())).css("form")
    assert "hidden" in form.attributes
    assert "data-served" in form.attributes


def test_every_site_has_its_pages_its_style_sheet_and_its_script() -> None:
    made = site_pages(FACE, [shown()], [shown(CRANES)])
    assert set(made) == {"index.html", "tags/index.html", "style.css", "script.js"}


def test_a_site_without_feeds_says_so() -> None:
    assert "There are no feeds yet." in home(Face(), [], []).decode()
    assert "还没有任何主题。" in home(Face(language="zh-CN"), [], []).decode()
    assert "No tag has enough stories" in tags_page(Face(), []).decode()


def test_the_list_of_the_tags_is_sorted_and_linked_within_its_folder() -> None:
    page = parsed(tags_page(FACE, [shown(replace(CRANES, name="tags/zoo", title="zoo")), shown(CRANES)]))
    assert text(page, ".tag-list a") == ["Cranes", "zoo"]
    assert hrefs(page, ".tag-list a") == ["../tags/cranes.html", "../tags/zoo.html"]


def test_the_words_are_those_of_the_sites_language() -> None:
    chinese = replace(FACE, language="zh-CN")
    page = parsed(home(chinese, [shown(face=chinese)], []))
    assert text(page, "nav a") == ["主题", "标签"]
    assert text(page, ".card .foot .meta") == ["2 篇"]
    assert long_day(date(2026, 3, 4), "zh-CN") == "2026年3月4日 星期三"
    assert long_day(date(2026, 3, 4), "fr") == "Wednesday, 4 March 2026"
    assert words("zh-Hant").keys() == words(None).keys()
    assert not words(None).keys() & set(dir(dict))  # templates would find the method in place of the word


# ---------------------------------------------------------------- the page of a story


def test_a_story_without_a_link_has_a_page_and_others_have_none() -> None:
    assert story_path(OWN_STORY) == "stories/a1b2c3.html"
    assert story_address(FACE, OWN_STORY) == "https://feeds.example.org/port/stories/a1b2c3.html"
    assert story_path(STORY) is None
    assert story_pages(FACE, [STORY, OWN_STORY], {}) == {"stories/a1b2c3.html": story_page(FACE, OWN_STORY, {})}
    assert story_address(FACE, STORY) == STORY.link


def test_the_page_tells_the_story() -> None:
    page = parsed(story_page(FACE, replace(OWN_STORY, authors=("Ann", "Bo"), copies=(FILE_COPY, GAZETTE)), TAG_PAGES))
    assert page.css_first("html").attributes["lang"] == "en"
    assert page.css_first("article").attributes["lang"] == "zh-CN"
    assert text(page, "title") == ["吊车倒下 · Harbour news"]
    assert text(page, "h1") == ["吊车倒下"]
    assert text(page, "article .meta") == ["Wednesday, 4 March 2026 Ann, Bo also in: The Gazette", "The Herald"]
    assert page.css_first("time").attributes["datetime"] == "2026-03-04T12:30:15+00:00"
    assert text(page, ".summary") == ["Nobody was hurt."]
    assert text(page, ".content p") == ["The crane fell at the quay."]
    assert text(page, ".tags li") == ["Cranes", "港口"]
    assert hrefs(page, ".about a") == [
        "https://herald.example.com/17.mp3", "../tags/cranes.html", None, "https://gazette.example.net/9",
    ]  # fmt: skip


def test_one_click_says_why_a_story_is_here() -> None:
    pages = [topic_page(document(STORY)), story_page(FACE, replace(STORY, link=None), TAG_PAGES)]
    for page in map(parsed, pages):
        (told,) = page.css("details.why")
        assert text(told, "dt") == ["Tags", "Sources"]
        assert text(told, "dd") == [
            "Cranes “crane” in the title", "港口 given by the source",
            "The Herald the first of its story", "The Gazette the same title",
        ]  # fmt: skip


def test_what_is_told_without_a_language_is_chinese_where_its_title_is() -> None:
    silent = replace(OWN_STORY, language=None)
    page = parsed(topic_page(document(silent, replace(STORY, language=None))))
    assert [node.attributes.get("lang") for node in page.css(".story article")] == ["zh", None]
    assert parsed(story_page(FACE, silent, {})).css_first("article").attributes["lang"] == "zh"


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("the first of its story", "最早收到的一篇"),
        ("“上汽” in the title", "标题中有“上汽”"),
        ("“上汽” in the text, with “car” in the summary", "正文中有“上汽”，摘要中有“car”"),
        ("broader than “MG”", "“MG”的上位标签"),
        ("given by the source", "来源自带的标签"),
        ("same link as shine, 5 min apart", "与shine链接相同，相隔5分钟"),
        ("nearly the same title (0.93) as city, news, 2 days apart", "与city, news标题几乎相同（0.93），相隔2天"),
        ("nearly the same text (0.90) as shine, on the same day", "与shine正文几乎相同（0.90），同日"),
        ("something new", "something new"),
    ],
)
def test_reasons_are_said_in_the_sites_language(reason: str, said: str) -> None:
    assert reason_in(reason, "zh-CN") == said
    assert reason_in(reason, "en") == reason


def test_the_summary_stands_on_the_page_once() -> None:
    assert story_page(FACE, OWN_STORY, {}).decode().count("Nobody was hurt.") == 1


def test_a_page_says_only_what_is_known() -> None:
    bare = replace(OWN_STORY, title="1:0", summary="", tags=(), enclosures=(), rights="", language=None)
    page = parsed(story_page(Face(), bare, {}))
    assert "lang" not in page.css_first("html").attributes
    assert "lang" not in page.css_first("article").attributes
    assert page.css(".summary, .tags") == []
    assert text(page, "h2") == []
    assert text(page, ".why dt") == ["Sources"]


@hostile
@given(made=hostile_document())
def test_hostile_text_stays_text(made: Document) -> None:
    told = Card(headlines=tuple(Headline(each.title, "x.html", each.day, each.language) for each in made.stories))
    tags = {tag_key(tag): "tags/x.html" for story in made.stories for tag in story.tags}
    pages = [
        home(made.face, [shown(made.feed, told, made.face)], []),
        topic_page(made, tags),
        *(story_page(made.face, story, tags) for story in made.stories),
    ]
    for page in map(parsed, pages):
        assert page.css("script:not([src]), style, b") == []
        for href in hrefs(page, "[href]"):
            assert href is not None
            assert not href.lower().startswith("javascript:")


def test_the_style_sheet_asks_nobody_for_anything() -> None:
    sheet = site_pages(FACE, [], [])["style.css"].decode()
    assert "prefers-color-scheme: dark" in sheet
    assert "url(" not in sheet
    assert "@import" not in sheet


# ---------------------------------------------------------------- the page of a feed


def test_stories_stand_under_their_days_each_once() -> None:
    late = replace(STORY, id="tag:a.example,2026:late", title="Told late", day=date(2026, 3, 3))
    page = parsed(topic_page(document(late, STORY, OWN_STORY)))
    assert text(page, ".day h2") == ["Wednesday, 4 March 2026", "Tuesday, 3 March 2026"]
    assert [text(day, "h3") for day in page.css(".day")] == [["A crane falls", "吊车倒下"], ["Told late"]]


def test_a_story_says_who_told_it_when_and_who_else_did() -> None:
    page = parsed(topic_page(document(STORY)))
    assert text(page, ".story .source") == ["The Herald"]
    assert text(page, ".story .meta time") == ["12:30"]
    assert text(page, ".story .also") == ["also in: The Gazette"]
    assert hrefs(page, ".story .tag") == ["tags/cranes.html", None]
    assert page.css_first(".story article").attributes["lang"] == "en-GB"


def test_the_time_is_that_of_the_site_and_a_day_without_a_clock_has_none() -> None:
    there = replace(FACE, timezone="Asia/Shanghai")
    page = parsed(topic_page(document(STORY, face=there)))
    assert text(page, ".story .meta time") == ["20:30"]
    midnight = replace(STORY, published=datetime(2026, 3, 3, 16, tzinfo=UTC))
    assert parsed(topic_page(document(midnight, face=there))).css(".story .meta time") == []
    assert parsed(topic_page(document(replace(STORY, day=date(2026, 3, 5))))).css(".story .meta time") == []


def test_subscribing_takes_two_clicks_and_a_browser_finds_the_formats_by_itself() -> None:
    page = parsed(topic_page(document(STORY, formats=("atom", "json"))))
    assert hrefs(page, ".subscribe a") == ["ports.atom", "ports.json"]
    assert [node.attributes["data-copy"] for node in page.css(".subscribe button")] == ["ports.atom", "ports.json"]
    assert text(page, ".subscribe button") == ["Copy", "Copy"]
    assert hrefs(page, "head link[rel=alternate]") == ["ports.atom", "ports.json"]


def test_a_story_of_ours_is_linked_within_output() -> None:
    assert hrefs(parsed(topic_page(document(OWN_STORY))), ".story h3 a") == ["stories/a1b2c3.html"]
    below = parsed(topic_page(document(OWN_STORY, name="tags/cranes")))
    assert hrefs(below, ".story h3 a, header .name") == ["../index.html", "../stories/a1b2c3.html"]


def test_a_feed_without_stories_says_so() -> None:
    assert "There are no stories yet." in topic_page(document()).decode()
