"""Addresses of before, by a real server over a real site whose feed and tag were renamed."""

import io
from urllib.parse import quote, urljoin

import feedparser
import pytest

import sites
from test_operator import ask, serving

FEED = 'title = "Cars"\nfilter = "tag:Cars"\nlimit = 2\n'
NEW = "汽车"
STORY = "---\ntitle: Number {0}\ndate: 2026-03-0{0}\ntags: [Cars]\n---\nNews of the Autohaus.\n"


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    """A site with a feed that has archives, and what it publishes."""
    site = sites.make(
        tmp_path_factory.mktemp("moved") / "site",
        {"feeds/cars.toml": FEED, "tagwire.toml": '[tags.Dealer]\naliases = ["Autohaus"]\n'},
    )
    for number in range(1, 8):
        site.write(f"sources/articles/{number}.md", STORY.format(number))
        site.refresh()
    return site, site.output()


@pytest.fixture(scope="module")
def site(before):
    """The same site with other names."""
    site, _ = before
    (site.root / "feeds/cars.toml").unlink()
    site.write(f"feeds/{NEW}.toml", f'was = ["autos", "cars", "all"]\n{FEED}')
    site.write("tagwire.toml", '[tags.Showroom]\naliases = ["Dealer"]\nambiguous = ["Autohaus"]\ncontext = ["news"]\n')
    site.refresh(code=2)  # "all" is a feed of today
    return site


@pytest.fixture(scope="module")
def port(site):
    with serving(site.root) as (port, _, _):
        yield port


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/cars.atom", f"/{NEW}.atom"),
        ("/cars.rss", f"/{NEW}.rss"),
        ("/cars.json?utm_source=a&b", f"/{NEW}.json?utm_source=a&b"),
        ("/autos.html", f"/{NEW}.html"),
        ("/c%61rs.atom?not=rumour", f"/{NEW}.atom?not=rumour"),
        ("/archive/cars/0001.atom", f"/archive/{NEW}/0001.atom"),
        ("/archive/cars/0001.html?x", f"/archive/{NEW}/0001.html?x"),
        ("/tags/dealer.atom", "/tags/showroom.atom"),
        ("/tags/dealer.html", "/tags/showroom.html"),
        ("/tags/autohaus.json?not=x", "/tags/showroom.json?not=x"),
        ("/tags/dealer+cars,dealer.rss", "/tags/showroom+cars,showroom.rss"),
    ],
)
def test_an_old_address_leads_to_the_new_one(port, old, new):
    answer = ask(port, old)
    assert answer.status == 301
    assert "://" not in answer.headers["Location"]
    assert urljoin(old, answer.headers["Location"]) == quote(new, safe="/+,?&=")
    assert ask(port, quote(new, safe="/+,?&=")).status == 200
    assert answer.headers["Access-Control-Allow-Origin"] == (None if ".html" in old else "*")
    assert answer.headers["Cache-Control"] == "max-age=3600"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/all.atom", 200),
        (f"/{quote(NEW)}.atom", 200),
        ("/tags/showroom.atom", 200),
        ("/cars.opml", 404),
        ("/archive/cars/0099.atom", 404),
        ("/cars/0001.atom", 404),
        ("/x%2fcars.atom", 404),
        ("/archive/cars.atom", 404),
        ("/tags/dealer+nobody.atom", 404),
        ("/tags/cars%2fdealer.atom", 404),
        ("/planes.atom", 404),
    ],
)
def test_nothing_that_is_there_moves_and_nothing_leads_nowhere(port, path, status):
    assert ask(port, path).status == status


def test_a_file_of_the_old_name_is_served_as_it_lies(site, port):
    mine = site.root / "output" / "cars.html"
    mine.write_text("mine")
    assert ask(port, "/cars.html").body == b"mine"
    mine.unlink()
    assert ask(port, "/cars.html").status == 301


def test_a_reader_that_follows_sees_the_same_feed(before, site, port):
    old = feedparser.parse(io.BytesIO(before[1]["cars.atom"]))
    new = feedparser.parse(f"http://127.0.0.1:{port}/cars.atom")
    assert new.status == 301
    assert new.href == f"http://127.0.0.1:{port}/{quote(NEW)}.atom"
    assert new.feed.id == old.feed.id
    assert [entry.id for entry in new.entries] == [entry.id for entry in old.entries]


def test_a_renamed_feed_keeps_its_archives_and_leaves_nothing_under_its_old_name(before, site):
    old, new = before[1], site.output()

    def entries(files, path):
        return [entry.id for entry in feedparser.parse(io.BytesIO(files[path])).entries]

    closed = [path for path in old if path.startswith("archive/cars/") and path.endswith(".atom")]
    assert len(closed) > 1
    for path in closed:
        assert entries(new, path.replace("cars", NEW)) == entries(old, path)
    assert [path for path in new if path.split(".")[0] == "cars" or path.startswith("archive/cars/")] == []


def test_a_feed_that_takes_the_old_name_is_another_feed(before, site):
    site.write("feeds/cars.toml", 'title = "Another"\n')
    site.refresh(code=2)
    ids = {site.feed(name).feed.id for name in ("cars", NEW, "all")}
    (site.root / "feeds/cars.toml").unlink()
    assert len(ids) == 3
