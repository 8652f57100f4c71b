"""Adding a web source: from any of its pages to a definition that works."""

import json

import pytest

import misbehaving
import sites
from misbehaving import page, redirect
from visiting import rss

FEED = page(rss("One", "Two"))


def html(head=""):
    return page(f"<!doctype html><html><head>{head}</head><body>Hello</body></html>".encode(), kind="text/html")


def link(href, kind="application/rss+xml"):
    return f'<link rel="alternate" type="{kind}" href="{href}">'


@pytest.fixture
def web():
    with misbehaving.serving({"/feed.xml": FEED}) as server:
        yield server


@pytest.fixture
def site(tmp_path):
    return sites.make(tmp_path / "site")


def add(site, url, *arguments, code=0):
    return site.run("add", url, "--allow-private", *arguments, code=code)


def defined(site):
    return {path.name: path.read_text() for path in (site.root / "sources").glob("*.toml")}


def test_the_address_of_a_feed_is_defined_as_it_is_and_works(site, web):
    result = add(site, web.url("/feed.xml"), "--name", "daily")

    assert defined(site) == {"daily.toml": f'# Example\nurl = "{web.url("/feed.xml")}"\nallow_private = true\n'}
    assert "One" in result.stdout
    assert f"made sources/daily.toml: {web.url('/feed.xml')}, 2 articles" in result.stdout
    site.run("check")
    assert site.refresh()["sources"][0]["new"] == 2


def test_a_page_leads_to_the_feed_that_it_names(site, web):
    web.answers |= {"/blog": html(link("feeds/broken") + link("/feed.xml"))}
    add(site, web.url("/blog"), "--name", "daily")

    assert web.url("/feed.xml") in defined(site)["daily.toml"]


@pytest.mark.parametrize(("start", "place"), [("/", "/rss.xml"), ("/blog/", "/blog/feed"), ("/blog", "/atom.xml")])
def test_a_page_that_names_none_leads_to_the_usual_places(site, web, start, place):
    web.answers = {start: html(), place: FEED}
    add(site, web.url(start), "--name", "daily")

    assert web.url(place) in defined(site)["daily.toml"]


def test_of_several_feeds_the_first_that_can_be_read_is_chosen(site, web):
    web.answers |= {"/": html(link("/none") + link("/b") + link("/feed.xml")), "/b": page(rss("B"))}
    add(site, web.url("/"), "--name", "daily")

    assert web.url("/b") in defined(site)["daily.toml"]


def test_a_source_is_named_after_its_address_and_never_like_another(site, web):
    web.answers |= {"/other.xml": FEED}
    site.write("sources/127.0.0.1-feed.xml.toml", 'url = "https://a.example/"')
    add(site, web.url("/feed.xml"))

    (name,) = defined(site).keys() - {"127.0.0.1-feed.xml.toml"}
    assert name.startswith("127.0.0.1-feed.xml-")
    site.run("check")


def test_nothing_that_is_there_is_overwritten(site, web):
    site.write("sources/daily.toml", "broken =")
    result = add(site, web.url("/feed.xml"), "--name", "Daily", code=2)

    assert "there is a source of this name already: Daily" in result.stderr
    assert defined(site) == {"daily.toml": "broken ="}


@pytest.mark.parametrize("name", ["a/b", "../evil", "", "a*b", "con\n"])
def test_what_cannot_be_a_name_is_told(site, web, name):
    result = add(site, web.url("/feed.xml"), "--name", name, code=2)

    assert "this cannot be a name" in result.stderr
    assert defined(site) == {}


def test_a_source_that_is_defined_already_is_told_by_its_file(site, web):
    add(site, web.url("/feed.xml"), "--name", "daily")
    again = add(site, web.url("/feed.xml"), code=2)
    web.answers |= {"/": html(link("/feed.xml"))}
    by_page = add(site, web.url("/"), code=2)

    for result in (again, by_page):
        assert f"this is a source already: {web.url('/feed.xml')}: sources/daily.toml" in result.stderr


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (html(), "this is a web page; no feed was found that it names, or in a usual place"),
        (html(link("/none")), "this is a web page; no feed was found"),
        (page(status="404 Not Found"), "404 Not Found"),
        (page(b"neither"), "this is not a feed"),
        (redirect("file:///etc/passwd"), "neither http nor https"),
    ],
)
def test_where_there_is_no_feed_nothing_is_defined(site, web, answer, said):
    web.answers = {"/": answer}
    result = add(site, web.url("/"), code=1)

    assert said in result.stderr
    assert defined(site) == {}


def test_a_private_address_wants_the_flag(site, web):
    result = site.run("add", web.url("/feed.xml"), code=1)

    assert "where sources may not go without --allow-private" in result.stderr
    assert "without --allow-private" in site.run("preview", web.url("/feed.xml"), code=1).stderr
    assert web.asked == []


def test_where_an_address_has_moved_for_good_the_new_one_is_defined(site, web):
    web.answers |= {"/feed": redirect("/feed.xml", 301), "/now": redirect("/feed.xml", 302)}
    add(site, web.url("/feed"), "--name", "moved")
    add(site, web.url("/now"), "--name", "elsewhere")
    again = add(site, web.url("/feed"), code=2)

    urls = {name: text.splitlines()[1] for name, text in defined(site).items()}
    assert urls["moved.toml"] == f'url = "{web.url("/feed.xml")}"'
    assert urls["elsewhere.toml"] == f'url = "{web.url("/now")}"'
    assert f"this is a source already: {web.url('/feed.xml')}: sources/moved.toml" in again.stderr


def test_what_is_no_address_is_told(site):
    assert "write one such as https://example.org/feed.xml" in site.run("add", "http://", code=2).stderr


def test_an_address_without_a_scheme_is_one_of_the_web(site):
    assert "could not find the host nobody.invalid" in site.run("add", "nobody.invalid", code=1).stderr


def test_a_title_that_would_break_out_stays_a_comment(site, web):
    evil = rss("One").replace(b"<title>Example</title>", b'<title>x\nurl = "http://evil.example/"&#x85;y</title>', 1)
    web.answers |= {"/evil": page(evil)}
    add(site, web.url("/evil"), "--name", "daily")

    first, second, _ = defined(site)["daily.toml"].splitlines()
    assert first.startswith("# x")
    assert json.loads(second.removeprefix("url = ")) == web.url("/evil")
    site.run("check")


def test_preview_of_a_page_names_its_feed(site, web):
    web.answers |= {"/": html(link("/feed.xml"))}
    result = site.run("preview", web.url("/"), "--allow-private", code=1)

    assert f"this is a web page; its feed is {web.url('/feed.xml')}" in result.stderr


def test_preview_and_add_go_by_the_sites_proxy_and_name_its_contact(site):
    with misbehaving.serving({"http://127.0.0.1:1/feed.xml": FEED}) as proxy:
        site.write("tagwire.toml", f'proxy = "{proxy.url("")}"\ncontact = "mailto:news@example.org"')
        site.run("preview", "http://127.0.0.1:1/feed.xml", "--allow-private")
        add(site, "http://127.0.0.1:1/feed.xml", "--name", "daily")
        site.refresh()
    assert [each.path for each in proxy.asked] == ["http://127.0.0.1:1/feed.xml"] * 3
    assert {each.headers["user-agent"].rpartition(" ")[2] for each in proxy.asked} == {"(+mailto:news@example.org)"}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('contact = "ask me"', "is no address at which you can be found; write contact = "),
        ('contact = "https://example.org/)"', "is no address at which you can be found"),
        ('proxy = "socks5://user:secret@proxy.example"', "proxy: is no address of a proxy; write something like"),
        ('proxy = "http://"', "is no address of a proxy"),
    ],
)
def test_contact_and_proxy_are_addresses(site, line, said):
    site.write("tagwire.toml", line)
    result = site.run("check", code=2)

    assert said in result.stdout
    assert "secret" not in result.stdout
