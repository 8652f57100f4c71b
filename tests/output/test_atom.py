"""What Atom says of a feed and a story, and each trap of feedgen 1.0 by name."""

import io
from dataclasses import replace
from typing import Any

import feedparser
import pytest
from documents import FACE, GAZETTE, HERALD, NOON, OWN_STORY, STORY, document
from lxml import etree

import rfc4287
from tagwire.model import About, Document, Enclosure, Face, Story, Withdrawn
from tagwire.output.atom import Atom, feed_entry, feed_head
from tagwire.output.entry import make_entry

NAMES = {
    "a": "http://www.w3.org/2005/Atom",
    "at": "http://purl.org/atompub/tombstones/1.0",
    "fh": "http://purl.org/syndication/history/1.0",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
}


def xpath(made: Document, path: str) -> Any:
    data = Atom().render(made)
    assert rfc4287.problems(data) == []
    return etree.fromstring(data).xpath(path, namespaces=NAMES)


def entry_of(story: Story, path: str, **feed: object) -> Any:
    return xpath(document(story, **feed), f"/a:feed/a:entry/{path}")


def attributes(links: list[etree._Element]) -> list[dict[str, str]]:
    return [dict(link.attrib) for link in links]


# ---------------------------------------------------------------- the feed


def test_the_feed_says_what_it_is() -> None:
    parsed = feedparser.parse(io.BytesIO(Atom().render(document(STORY)))).feed
    assert parsed.id == "tag:feeds.example.org,2026:feed:ports"
    assert (parsed.title, parsed.subtitle, parsed.rights) == ("Ports", "Ships and quays", "CC BY 4.0")
    assert parsed.updated == "2026-03-04T13:30:15+00:00"
    assert parsed.author == "The editors"
    assert parsed.generator.startswith("Tagwire")
    assert parsed.language == "en"


def test_the_feed_links_to_itself_and_to_the_page() -> None:
    assert attributes(xpath(document(STORY), "/a:feed/a:link")) == [
        {"href": "https://feeds.example.org/port/ports.atom", "rel": "self", "type": "application/atom+xml"},
        {"href": "https://feeds.example.org/port/ports.html", "rel": "alternate", "type": "text/html"},
    ]


def test_a_chinese_name_gives_an_address_that_everyone_can_type() -> None:
    (link,) = xpath(document(STORY, name="上汽"), "/a:feed/a:link[@rel='self']/@href")
    assert link == "https://feeds.example.org/port/%E4%B8%8A%E6%B1%BD.atom"


@pytest.mark.parametrize(
    ("feed_author", "site_author", "name"),
    [("Desk", "The editors", "Desk"), ("", "The editors", "The editors"), (" \x00", "", "Harbour news")],
)
def test_the_author_is_the_feeds_else_the_sites_else_the_sites_title(
    feed_author: str, site_author: str, name: str
) -> None:
    made = document(STORY, face=replace(FACE, author=site_author), author=feed_author)
    assert xpath(made, "/a:feed/a:author/a:name/text()") == [name]


def test_a_feed_without_any_words_still_has_a_title_and_an_author() -> None:
    made = document(STORY, face=Face(title=""), title="")
    assert xpath(made, "/a:feed/a:title/text() | /a:feed/a:author/a:name/text()") == ["ports", "ports"]


def test_the_language_is_the_feeds_else_the_sites() -> None:
    assert xpath(document(language="zh_CN"), "string(/a:feed/@xml:lang)") == "zh-CN"
    assert xpath(document(language="no such language"), "string(/a:feed/@xml:lang)") == "en"


# ---------------------------------------------------------------- whole, and joined


def canonical(xml: bytes) -> bytes:
    return etree.tostring(etree.fromstring(xml), method="c14n")


def whole(made: Document) -> bytes:
    """Give what feedgen writes of all the entries at once."""
    feed = feed_head(made)
    for story in made.stories:
        feed.add_entry(feed_entry(make_entry(FACE, made.feed, story)), order="append")
    return bytes(feed.atom_str(pretty=True))


@pytest.mark.parametrize("stories", [(), (STORY,), (STORY, OWN_STORY, replace(STORY, id="tag:a.example,2026:1"))])
def test_a_joined_document_is_what_feedgen_would_write(stories: tuple[Story, ...]) -> None:
    made = document(*stories)
    assert canonical(Atom().render(made)) == canonical(whole(made))


# ---------------------------------------------------------------- archives, and what is withdrawn


def test_the_current_document_leads_to_the_last_archive() -> None:
    made = replace(document(STORY), archives=12)
    assert attributes(xpath(made, "/a:feed/a:link"))[2:] == [
        {"href": "https://feeds.example.org/port/archive/ports/0012.atom", "rel": "prev-archive",
         "type": "application/atom+xml"},
    ]  # fmt: skip
    assert xpath(made, "//fh:archive") == []


def test_an_archive_says_that_it_is_one_and_where_its_neighbours_are() -> None:
    made = replace(document(STORY), archive=2, archives=1)
    (marked,) = xpath(made, "/a:feed/fh:archive")
    assert marked.text is None
    assert {link.get("rel"): link.get("href") for link in xpath(made, "/a:feed/a:link")} == {
        "self": "https://feeds.example.org/port/archive/ports/0002.atom",
        "alternate": "https://feeds.example.org/port/ports.html",
        "current": "https://feeds.example.org/port/ports.atom",
        "prev-archive": "https://feeds.example.org/port/archive/ports/0001.atom",
        "next-archive": "https://feeds.example.org/port/archive/ports/0003.atom",
    }
    assert xpath(replace(made, archive=1, archives=0), "//a:link[@rel='prev-archive']") == []


def test_an_archive_names_no_hub_since_there_is_no_news_of_it() -> None:
    face = replace(FACE, hub="https://hub.example/")
    current = replace(document(STORY, face=face), archives=1)
    assert xpath(current, "/a:feed/a:link[@rel='hub']/@href") == ["https://hub.example/"]
    assert xpath(replace(current, archive=1), "/a:feed/a:link[@rel='hub']") == []


def test_a_withdrawn_story_is_told_with_its_time() -> None:
    made = replace(document(STORY), withdrawn=(Withdrawn("tag:feeds.example.org,2026-03-01:dead", NOON),))
    (gone,) = xpath(made, "/a:feed/at:deleted-entry")
    assert dict(gone.attrib) == {"ref": "tag:feeds.example.org,2026-03-01:dead", "when": "2026-03-04T12:30:15+00:00"}


# ---------------------------------------------------------------- the traps of feedgen


def test_feedgen_drops_what_entry_links_say_and_we_do_not() -> None:
    assert attributes(entry_of(STORY, "a:link")) == [
        {"href": "https://herald.example.com/17", "rel": "alternate"},
        {"href": "https://gazette.example.net/9", "rel": "via", "title": "The Gazette"},
        {"href": "https://herald.example.com/17.mp3", "rel": "enclosure", "type": "audio/mpeg", "length": "1234"},
    ]


def test_feedgen_writes_a_source_without_id_and_time_and_we_do_not() -> None:
    (source,) = entry_of(STORY, "a:source")
    assert {etree.QName(each).localname: each.text or each.get("href") for each in source} == {
        "id": "https://herald.example.com/",
        "title": "The Herald",
        "updated": "2026-03-04T13:30:15+00:00",
        "link": "https://herald.example.com/",
    }


def test_feedgen_fills_in_the_clock_and_we_say_both_times() -> None:
    assert entry_of(STORY, "a:published/text()") == ["2026-03-04T12:30:15+00:00"]
    assert entry_of(STORY, "a:updated/text()") == ["2026-03-04T13:30:15+00:00"]


@pytest.mark.parametrize("bad", ["bell \x07", "half \ud83d", "\x00", "non\ufffe"])
def test_feedgen_raises_on_such_characters_and_one_bad_entry_kills_no_feed(bad: str) -> None:
    story = replace(STORY, title=bad, summary=bad, content=bad, authors=(bad,), tags=(bad,), rights=bad)
    assert len(entry_of(story, "a:id")) == 1


def test_a_guid_that_is_no_iri_reaches_no_id() -> None:
    copy = replace(HERALD, guid="not an iri", about=About(id="not an iri either", title="Herald"))
    story = replace(STORY, shown=copy, copies=(copy,))
    assert entry_of(story, "a:id/text()") == [STORY.id]
    assert entry_of(story, "a:source/a:id/text()")[0].startswith("urn:uuid:")


def test_html_is_escaped_and_its_type_is_html() -> None:
    (content,) = entry_of(STORY, "a:content")
    assert (content.get("type"), content.text, len(content)) == ("html", STORY.content, 0)


# ---------------------------------------------------------------- the entry


def test_an_entry_is_the_same_whatever_stands_beside_it() -> None:
    """So that a rendered entry may be kept and used again."""
    (alone,) = xpath(document(STORY), "//a:entry")
    _, beside = xpath(document(OWN_STORY, STORY), "//a:entry")
    assert etree.tostring(alone, method="c14n", with_tail=False) == etree.tostring(
        beside, method="c14n", with_tail=False
    )


def test_a_story_without_a_link_leads_to_its_own_page() -> None:
    assert attributes(entry_of(OWN_STORY, "a:link[@rel='alternate']")) == [
        {"href": "https://feeds.example.org/port/stories/a1b2c3.html", "rel": "alternate", "type": "text/html"}
    ]


def test_a_link_that_nobody_can_follow_is_none() -> None:
    (link,) = entry_of(replace(STORY, link="javascript:alert(1)"), "a:link[@rel='alternate']/@href")
    assert link == "https://feeds.example.org/port/stories/0f1e2d.html"


def test_a_copy_with_the_shown_link_is_not_told_twice() -> None:
    copies = (HERALD, replace(GAZETTE, link=HERALD.link), GAZETTE, replace(GAZETTE, source="echo"))
    assert entry_of(replace(STORY, copies=copies), "a:link[@rel='via']/@href") == [GAZETTE.link]


def test_every_tag_is_a_category_of_the_site() -> None:
    assert attributes(entry_of(STORY, "a:category")) == [
        {"term": tag, "scheme": "https://feeds.example.org/port/tags/", "label": tag} for tag in ("Cranes", "港口")
    ]


def test_authors_are_the_articles_else_its_sources_else_the_feeds() -> None:
    assert entry_of(STORY, "a:author/a:name/text()") == ["Ann Archer", "Bo Berg"]
    assert entry_of(replace(STORY, authors=("", "\x00")), "a:author/a:name/text()") == ["The Herald"]
    assert entry_of(OWN_STORY, "a:author/a:name/text()") == []


def test_a_source_without_an_address_has_one_id_whatever_the_story() -> None:
    first = entry_of(OWN_STORY, "a:source/a:id/text()")
    other = entry_of(replace(OWN_STORY, id="tag:feeds.example.org,2027-01-01:ffff"), "a:source/a:id/text()")
    elsewhere = entry_of(replace(OWN_STORY, id="tag:else.example.org,2026-03-03:a1"), "a:source/a:id/text()")
    assert first == other != elsewhere


def test_a_source_without_an_id_is_known_by_its_link() -> None:
    copy = replace(HERALD, about=About(title="Herald", link="https://herald.example.com/feed"))
    assert entry_of(replace(STORY, shown=copy), "a:source/a:id/text()") == ["https://herald.example.com/feed"]


def test_an_entry_has_its_own_language_rights_and_picture() -> None:
    assert entry_of(STORY, "@xml:lang") == ["en-GB"]
    assert entry_of(STORY, "a:rights/text()") == ["The Herald"]
    assert entry_of(STORY, "media:thumbnail/@url") == ["https://herald.example.com/17.jpg"]


def test_files_and_their_length_are_told_to_players() -> None:
    files = (*STORY.enclosures, Enclosure(url="https://a.example/2.png", type="image/png", duration=-4))
    story = replace(STORY, enclosures=files)
    assert attributes(entry_of(story, "media:content")) == [
        {"url": "https://herald.example.com/17.mp3", "fileSize": "1234", "type": "audio/mpeg", "medium": "audio",
         "duration": "61"},
        {"url": "https://a.example/2.png", "type": "image/png", "medium": "image"},
    ]  # fmt: skip
    assert entry_of(story, "itunes:duration/text()") == ["61"]
    parsed = feedparser.parse(io.BytesIO(Atom().render(document(story)))).entries[0]
    assert (parsed.itunes_duration, parsed.media_thumbnail[0]["url"]) == ("61", "https://herald.example.com/17.jpg")


def test_what_an_enclosure_does_not_know_is_left_out() -> None:
    files = (
        Enclosure(url="https://a.example/1", type="no type", length=-1),
        Enclosure(url="https://a.example/2", type="audio/ogg; codecs=opus"),
        Enclosure(url="ftp//nowhere", type="audio/ogg"),
    )
    assert attributes(entry_of(replace(STORY, enclosures=files), "a:link[@rel='enclosure']")) == [
        {"href": "https://a.example/1", "rel": "enclosure"},
        {"href": "https://a.example/2", "rel": "enclosure", "type": "audio/ogg"},
    ]


def test_a_feed_of_summaries_has_no_content() -> None:
    assert entry_of(STORY, "a:content", content="summary") == []
    assert entry_of(STORY, "a:summary/text()", content="summary") == ["Nobody was hurt."]


def test_a_summary_that_is_missing_is_the_beginning_of_the_text() -> None:
    (english,) = entry_of(
        replace(STORY, summary="", content="<p>" + "word " * 100 + "</p>"), "a:summary/text()", content="summary"
    )
    assert english.endswith("word…")
    assert 280 < len(english) <= 301
    (chinese,) = entry_of(
        replace(STORY, summary="", content="<p>" + "港" * 400 + "</p>"), "a:summary/text()", content="summary"
    )
    assert chinese == "港" * 150 + "…"  # which reads as long as the other
    (short,) = entry_of(replace(STORY, summary="", content="<p>Short.</p>"), "a:summary/text()", content="summary")
    assert short == "Short."
    assert entry_of(replace(STORY, summary=""), "a:summary") == []
