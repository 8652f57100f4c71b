"""Lists of subscriptions: of the feeds that are published, and of the sources, there and back."""

from dataclasses import replace

from documents import FACE, FEED
from lxml import etree

import sites
from tagwire.output.opml import Subscription, published, render


def outlines(data: bytes) -> list[dict[str, str]]:
    root = etree.fromstring(data)
    assert (root.tag, root.get("version"), [child.tag for child in root]) == ("opml", "2.0", ["head", "body"])
    return [dict(outline.attrib) for outline in root.iter("outline")]


def test_the_feeds_are_listed_in_the_first_of_their_formats() -> None:
    listed = outlines(published(FACE, [FEED, replace(FEED, name="上汽", title="", formats=("json",))]))
    assert listed[0] == {
        "type": "rss",
        "text": "Ports",
        "title": "Ports",
        "description": "Ships and quays",
        "language": "en",
        "xmlUrl": "https://feeds.example.org/port/ports.atom",
        "htmlUrl": "https://feeds.example.org/port/ports.html",
    }
    assert listed[1]["text"] == "上汽"
    assert listed[1]["xmlUrl"] == "https://feeds.example.org/port/%E4%B8%8A%E6%B1%BD.json"


def test_hostile_titles_leave_a_right_list() -> None:
    hostile = Subscription(title="\x00 <b>\ud800 & ]]>", url="https://a.example/", folders=("\x0b", '"'))
    assert outlines(render("\x07", [hostile]))[-1]["text"] == "<b> & ]]>"


SOURCES = {
    "sources/plain.toml": 'url = "https://a.example/feed"\ntitle = "A & B"',
    "sources/cars.toml": 'url = "https://b.example/feed"\ntags = ["Cars"]',
    "sources/deep.toml": 'url = "https://c.example/feed"\ntags = ["Cars", "中国"]\nlanguage = "zh-CN"\nevery = "2h"',
    "sources/articles/one.txt": "An article\n\nWith a text.",
}


def subscriptions(data: bytes) -> set[tuple[str | None, ...]]:
    """Give what a list says of each source, and the folders that it lies in, the outermost first."""
    return {
        (
            *(each.get(name) for name in ("title", "xmlUrl", "language")),
            *(folder.get("text") for folder in reversed(list(each.iterancestors("outline")))),
        )
        for each in etree.fromstring(data).iter("outline")
        if each.get("xmlUrl")
    }


def test_sources_go_out_and_come_back_with_their_titles_languages_and_tags(tmp_path) -> None:
    first = sites.make(tmp_path / "first", SOURCES)
    told = first.run("opml", "export", str(tmp_path / "list.opml"))
    assert "left out 1 source" in told.output
    listed = (tmp_path / "list.opml").read_bytes()
    assert subscriptions(listed) == {
        ("A & B", "https://a.example/feed", None),
        ("cars", "https://b.example/feed", None, "Cars"),
        ("deep", "https://c.example/feed", "zh-CN", "Cars", "中国"),
    }
    second = sites.make(tmp_path / "second")
    told = second.run("opml", "import", str(tmp_path / "list.opml"))
    assert "3 sources, 3 of them new" in told.output
    second.run("opml", "export", str(tmp_path / "again.opml"))
    assert subscriptions((tmp_path / "again.opml").read_bytes()) == subscriptions(listed)


def test_an_import_never_overwrites_a_list(tmp_path) -> None:
    site = sites.make(tmp_path / "site", {"sources/list.opml": "<opml><body/></opml>"})
    (tmp_path / "list.opml").write_bytes(render("x", [Subscription(title="A", url="https://a.example/")]))
    refused = site.run("opml", "import", str(tmp_path / "list.opml"), code=2)
    assert "give yours another name" in refused.output
    assert (site.root / "sources/list.opml").read_text() == "<opml><body/></opml>"


def test_importing_the_same_list_twice_changes_nothing(tmp_path) -> None:
    site = sites.make(tmp_path / "site")
    (tmp_path / "list.opml").write_bytes(render("x", [Subscription(title="A", url="https://a.example/")]))
    site.run("opml", "import", str(tmp_path / "list.opml"))
    assert "0 of them new" in site.run("opml", "import", str(tmp_path / "list.opml")).output


def test_what_is_no_list_is_refused_with_its_line(tmp_path) -> None:
    site = sites.make(tmp_path / "site")
    (tmp_path / "list.opml").write_text("<opml>\n<body>")
    refused = site.run("opml", "import", str(tmp_path / "list.opml"), code=2)
    assert "list.opml:2: not well-formed XML" in refused.output
    assert not (site.root / "sources/list.opml").exists()
