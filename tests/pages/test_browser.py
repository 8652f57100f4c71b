"""The pages in a real browser: they please nobody who cannot see, reach or read them.

One site in English and one in Chinese, served by the real server, looked at in Chromium.
"""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

import browsing
import processes
from browsing import watched

WIDE = {"viewport": {"width": 1280, "height": 900}}
NARROW = {"viewport": {"width": 320, "height": 640}, "has_touch": True, "is_mobile": True}
"""What WCAG 2.2 asks for in 1.4.10."""
LANGUAGES = ("en", "zh-CN")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with browsing.browser() as started:
        yield started


@pytest.fixture(scope="module")
def outputs(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("browser")
    english = browsing.site(folder / "en")
    chinese = browsing.translated(english, folder / "zh-CN", "zh-CN")
    return {"en": english.root / "output", "zh-CN": chinese.root / "output"}


@pytest.fixture(scope="module")
def addresses(outputs: dict[str, Path]) -> Iterator[dict[str, str]]:
    with ExitStack() as stack:
        yield {each: stack.enter_context(processes.served(folder.parent)) for each, folder in outputs.items()}


@pytest.fixture
def at(addresses: dict[str, str]) -> str:
    return addresses["en"]


@pytest.fixture
def topic(browser: Any, at: str) -> Iterator[Any]:
    """The page of a topic, in a wide window."""
    with watched(browser, at, **WIDE) as found:
        yield found.go("all.html")


def kinds(output: Path) -> list[str]:
    """Give the path of a page of each kind; of stories, those in either language."""
    stories = {("老朋友" in each.read_text()): f"stories/{each.name}" for each in (output / "stories").glob("*.html")}
    return [
        "index.html", "all.html", "empty.html", "tags/index.html", "tags/cranes.html", "archive/all/0001.html",
        stories[True], stories[False], "search", "search?q=tag:Cranes", "search?q=nothing",
    ]  # fmt: skip


def shown(page: Any) -> list[str]:
    """Give the titles of the stories that are to be seen."""
    return list(page.locator(".story:visible h3").all_inner_texts())


def problems(page: Any) -> list[tuple[str, list[str]]]:
    """Give what axe finds on a page: the rules, and what breaks them."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="no axe: it is in the dev group").Axe()
    found = axe.run(page, options={"runOnly": {"type": "tag", "values": RULES}}).response["violations"]
    return [(each["id"], [node["html"] for node in each["nodes"]][:3]) for each in found]


def widths(page: Any) -> list[int]:
    """Give how wide a page is, and how wide its window."""
    return list(page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]"))


def style(page: Any, element: str, name: str) -> str:
    """Give what a style comes to, of an element that a script names."""
    return str(page.evaluate(f"getComputedStyle({element}).{name}"))


# ---------------------------------------------------------------- every page, for everybody


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("zh-CN", "dark")])
def test_axe_finds_nothing_on_any_page(browser, addresses, outputs, language, scheme):
    with watched(browser, addresses[language], color_scheme=scheme, **WIDE) as found:
        for path in kinds(outputs[language]):
            page = found.go(path)
            page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
            assert (path, problems(page)) == (path, [])


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_scrolls_sideways_on_a_small_phone(browser, addresses, outputs, language):
    with watched(browser, addresses[language], **NARROW) as found:
        for path in kinds(outputs[language]):
            page = found.go(path)
            page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
            assert (path, widths(page)) == (path, [320, 320])


def test_the_interface_speaks_the_sites_language(browser, addresses):
    for language, word in (("en", "Subscribe"), ("zh-CN", "订阅")):
        with watched(browser, addresses[language], **WIDE) as found:
            page = found.go("all.html")
            assert page.locator("html").get_attribute("lang") == language
            assert page.locator(".subscribe summary").inner_text() == word
    page_words = "订阅 为什么在这里？ 标签 来源 最早收到的一篇"
    with watched(browser, addresses["zh-CN"], **WIDE) as found:
        page = found.go("cranes.html")
        page.locator(".why summary").first.click()
        told = page.locator("main").inner_text()
        assert [word for word in page_words.split() if word not in told] == []


def test_who_prefers_the_dark_gets_a_dark_page(browser, at):
    brightness = []
    for scheme in ("light", "dark"):
        with watched(browser, at, color_scheme=scheme, **WIDE) as found:
            colour = style(found.go("index.html"), "document.body", "backgroundColor")
            brightness.append(sum(map(int, re.findall(r"\d+", colour)[:3])))
    assert brightness[0] > 700
    assert brightness[1] < 100


def test_on_paper_stand_the_stories_alone_and_in_black_on_white(browser, at):
    with watched(browser, at, color_scheme="dark", **WIDE) as found:
        page = found.go("all.html")
        page.emulate_media(media="print")
        for left_out in ("nav", ".subscribe", ".narrow", ".why", "button"):
            assert page.locator(left_out).and_(page.locator(":visible")).count() == 0, left_out
        assert len(shown(page)) > 5
        assert style(page, "document.body", "color") == "rgb(0, 0, 0)"
        assert style(page, "document.body", "backgroundColor") == "rgb(255, 255, 255)"


# ---------------------------------------------------------------- with the keyboard


def test_the_first_key_leads_past_the_head_of_the_page(topic):
    topic.keyboard.press("Tab")
    link = topic.locator(".skip")
    assert link.evaluate("(each) => each === document.activeElement")
    assert link.bounding_box()["width"] > 50
    topic.keyboard.press("Enter")
    assert topic.evaluate("document.activeElement.id") == "main"
    topic.keyboard.press("Tab")
    assert topic.evaluate("document.activeElement.textContent") == "Subscribe"
    assert style(topic, "document.activeElement", "outlineStyle") == "solid"


def test_everything_on_a_topic_can_be_done_with_the_keyboard(topic):
    topic.locator(".subscribe summary").focus()
    topic.keyboard.press("Enter")
    assert topic.locator(".subscribe a:visible").count() == 3
    chip = topic.locator(".chips button", has_text="Harbour")
    chip.focus()
    topic.keyboard.press("Space")
    assert chip.get_attribute("aria-pressed") == "true"
    why = topic.locator(".story:visible .why summary").first
    why.focus()
    topic.keyboard.press("Enter")
    assert topic.locator(".story:visible .why dd:visible").count() > 1


# ---------------------------------------------------------------- a topic


def test_stories_stand_by_day_with_their_source_time_tags_and_other_outlets(topic):
    days = topic.locator(".day h2").all_inner_texts()
    assert days[0] == "Tuesday, 24 March 2026"
    assert len(days) == len(set(days))
    topic.goto(topic.url.replace("all.html", "archive/all/0001.html"))
    both = topic.locator(".story", has_text="also in:").first
    assert both.locator(".source, .also a").all_inner_texts() == ["Gazette", "Herald"]
    assert re.fullmatch(r"\d\d:\d\d", both.locator("time").inner_text())
    assert "News" in both.locator(".tags a").all_inner_texts()


def test_a_chip_narrows_then_excludes_then_lets_go(topic):
    everything = shown(topic)
    chip = topic.locator(".chips button", has_text="Harbour")
    chip.click()
    narrowed = shown(topic)
    assert 0 < len(narrowed) < len(everything)
    assert topic.locator(".state [role=status]").inner_text() == f"{len(narrowed)} of {len(everything)} stories"
    assert chip.evaluate("(each) => each.textContent").startswith("Show only stories with Harbour")
    chip.click()
    assert sorted(narrowed + shown(topic)) == sorted(everything)
    assert chip.evaluate("(each) => each.textContent").startswith("Hide stories with Harbour")
    assert topic.locator(".day:visible").count() < topic.locator(".day").count()
    chip.click()
    assert shown(topic) == everything
    assert chip.get_attribute("aria-pressed") == "false"


def test_chips_add_up_and_one_button_shows_everything_again(topic):
    everything = shown(topic)
    topic.locator(".chips button", has_text="Harbour").click()
    topic.locator(".chips button", has_text="Cranes").click()
    topic.locator(".chips button", has_text="Cranes").click()
    assert shown(topic)
    assert not any("Cranes" in title for title in shown(topic))
    topic.get_by_role("button", name="Show all").click()
    assert shown(topic) == everything


def test_a_copied_address_is_the_feeds_own_and_subscribing_takes_two_clicks(browser, at):
    permitted = {"permissions": ["clipboard-read", "clipboard-write"]}
    with watched(browser, at, **permitted, **WIDE) as found:
        page = found.go("tags/cranes.html")
        page.locator(".subscribe summary").click()
        button = page.get_by_role("button", name="Copy the address of RSS")
        button.click()
        page.wait_for_function("document.querySelector('.subscribe [role=status]').textContent === 'Copied'")
        address = page.evaluate("navigator.clipboard.readText()")
    assert address == f"{at}tags/cranes.rss"
    with urlopen(address, timeout=10) as answer:
        assert answer.headers["Content-Type"].startswith("application/rss+xml")


def test_the_address_of_a_search_is_copied_too(browser, at):
    with watched(browser, at, permissions=["clipboard-read", "clipboard-write"], **WIDE) as found:
        page = found.go("search?q=tag:Cranes")
        page.locator(".subscribe summary").click()
        page.get_by_role("button", name="Copy the address of Atom").click()
        page.wait_for_function("document.querySelector('.subscribe [role=status]')?.textContent === 'Copied'")
        assert page.evaluate("navigator.clipboard.readText()") == f"{at}feed.atom?q=tag%3ACranes"


def test_an_address_is_copied_without_https_too(browser, at):
    with watched(browser, at, permissions=["clipboard-read"], **WIDE) as found:
        found.page.add_init_script("navigator.clipboard.writeText = () => Promise.reject(new Error('no https'))")
        page = found.go("all.html")
        page.locator(".subscribe summary").click()
        button = page.get_by_role("button", name="Copy the address of JSON")
        button.click()
        page.wait_for_function("document.querySelector('.subscribe [role=status]').textContent === 'Copied'")
        assert page.evaluate("navigator.clipboard.readText()") == f"{at}all.json"
        assert button.evaluate("(each) => each === document.activeElement")


def test_one_click_says_why_a_story_is_here(browser, at):
    with watched(browser, at, **WIDE) as found:
        page = found.go("cranes.html")
        story = page.locator(".story", has_text="A crane surprises")
        story.locator(".why summary").click()
        told = story.locator(".why dd:visible").all_inner_texts()
    assert "Cranes “crane” in the title" in told
    assert any(each.startswith("Herald same title as gazette") for each in told)


def test_every_story_is_reached_through_the_older_pages(browser, at):
    with watched(browser, at, **WIDE) as found:
        page = found.go("all.html")
        titles = set(shown(page))
        while page.locator("nav.pages a[rel=prev]").count():
            page.locator("nav.pages a[rel=prev]").click()
            titles.update(shown(page))
        newest = page.locator("nav.pages a[rel=next]")
        newest.click()
    assert len(titles) == 16


# ---------------------------------------------------------------- home, and its search


def test_home_leads_to_topics_stories_and_tags(browser, at):
    with watched(browser, at, **WIDE) as found:
        page = found.go("index.html")
        assert page.locator(".card h2").all_inner_texts() == ["All", "Cranes · 吊车", "Whales"]
        assert page.locator(".card .trend").count() == 2
        page.get_by_role("link", name="港口的“老朋友”又来了").first.click()
        assert page.locator("h1").inner_text() == "港口的“老朋友”又来了"
        assert page.locator("article").get_attribute("lang") == "zh"
        page.get_by_role("link", name="Topics").click()
        page.locator(".all-tags a", has_text="Harbour").click()
        assert page.locator("h1").inner_text() == "Harbour"


def test_the_search_box_shows_where_a_server_answers_and_finds(browser, at):
    with watched(browser, at, **WIDE) as found:
        page = found.go("index.html")
        page.get_by_role("searchbox").fill("tag:吊车 货轮")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search?q=tag%3A%E5%90%8A%E8%BD%A6+%E8%B4%A7%E8%BD%AE")
        assert page.get_by_role("searchbox").input_value() == "tag:吊车 货轮"
        assert shown(page) == ["港口的“老朋友”又来了"]
        page.locator(".subscribe summary").click()
        feed = page.get_by_role("link", name="Atom").evaluate("(each) => each.href")
    with urlopen(feed, timeout=10) as answer:
        assert answer.headers["Content-Type"].startswith("application/atom+xml")
        assert "老朋友" in answer.read().decode()


def test_a_wrong_filter_is_told_beside_the_box(browser, at):
    with watched(browser, at, **WIDE) as found:
        page = found.go("search?q=tag:")
        assert page.get_by_role("alert").inner_text().startswith("column 1")
        assert page.get_by_role("searchbox").input_value() == "tag:"
        assert problems(page) == []
        found.problems.clear()  # the browser itself tells of the 400


def test_the_search_box_stays_away_where_nothing_answers(browser, at):
    with watched(browser, at, **WIDE) as found:
        found.page.route("**/search*", lambda route: route.fulfill(status=404))
        with found.page.expect_response("**/search"):
            page = found.go("index.html")
        assert not page.get_by_role("searchbox").is_visible()
        found.problems.clear()  # the browser itself tells of the 404


# ---------------------------------------------------------------- what the operator sees


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("zh-CN", "dark")])
def test_the_operator_sees_how_the_sources_are(browser, outputs, language, scheme):
    with processes.served_to_operator(outputs[language].parent) as address:
        with watched(browser, address, color_scheme=scheme, **WIDE) as found:
            page = found.go("status")
            names = page.locator(".source-card h2").all_inner_texts()
            assert names[0] == "gone", "problems stand on top"
            assert sorted(names) == ["articles", "gazette", "gone", "herald"]
            assert page.locator("svg.visits").count() == 4
            assert problems(page) == []
        with watched(browser, address, color_scheme=scheme, **NARROW) as found:
            assert widths(found.go("status")) == [320, 320]


# ---------------------------------------------------------------- without a server, without a script


def test_the_pages_work_from_a_disk(browser, outputs):
    with watched(browser, outputs["en"].as_uri() + "/", **WIDE) as found:
        page = found.go("index.html")
        assert not page.get_by_role("searchbox").is_visible()
        page.locator(".card h2 a", has_text="All").click()
        page.locator(".chips button", has_text="Harbour").click()
        page.locator(".story:visible h3 a", has_text="part 1").click()
        assert page.locator("h1").inner_text() == "Cranes in the harbour, part 1"
        page.locator(".tags a", has_text="Cranes").click()
        assert page.url == f"{found.root}tags/cranes.html"


def test_without_javascript_all_is_there_but_the_comforts(browser, at):
    with watched(browser, at, java_script_enabled=False, **WIDE) as found:
        page = found.go("all.html")
        assert len(shown(page)) >= 10
        page.locator(".subscribe summary").click()
        assert page.locator(".subscribe a:visible").all_inner_texts() == ["Atom", "RSS", "JSON"]
        assert page.locator("button:visible, .narrow:visible").count() == 0
        page.locator(".why summary").first.click()
        assert page.locator(".why dd:visible").count() > 1
        page.locator("nav.pages a[rel=prev]").click()
        assert shown(page)
        assert not found.go("index.html").get_by_role("searchbox").is_visible()
