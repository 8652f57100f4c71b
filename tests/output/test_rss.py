"""What RSS 2.0 says of a feed and a story, and the traps of feedgen 1.0 in it."""

import io
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import feedparser
import pytest
from documents import OWN_STORY, STORY, document
from lxml import etree

import rss20
from tagwire.model import Document, Enclosure, Story
from tagwire.output.entry import make_entry
from tagwire.output.rss import Rss, channel_head, feed_item

NAMES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
}


def xpath(made: Document, path: str) -> Any:
    data = Rss().render(made)
    assert rss20.problems(data) == []
    return etree.fromstring(data).xpath(path, namespaces=NAMES)


def item_of(story: Story, path: str, **feed: object) -> Any:
    return xpath(document(story, **feed), f"/rss/channel/item/{path}")


def test_the_channel_says_what_it_is() -> None:
    parsed = feedparser.parse(io.BytesIO(Rss().render(document(STORY)))).feed
    assert (parsed.title, parsed.subtitle, parsed.rights) == ("Ports", "Ships and quays", "CC BY 4.0")
    assert (parsed.language, parsed.link) == ("en", "https://feeds.example.org/port/ports.html")
    assert parsed.author == "The editors"
    assert parsed.updated == "Wed, 04 Mar 2026 13:30:15 GMT"


def test_the_channel_links_to_itself() -> None:
    (link,) = xpath(document(STORY), "/rss/channel/atom:link")
    assert dict(link.attrib) == {
        "href": "https://feeds.example.org/port/ports.rss",
        "rel": "self",
        "type": "application/rss+xml",
    }


def test_a_channel_without_a_subtitle_is_described_by_its_title() -> None:
    assert xpath(document(subtitle=""), "/rss/channel/description/text()") == ["Ports"]


def test_an_item_has_all_that_the_story_has() -> None:
    (guid,) = item_of(STORY, "guid")
    assert (guid.text, guid.get("isPermaLink")) == (STORY.id, "false")
    assert item_of(STORY, "link/text()") == ["https://herald.example.com/17"]
    assert item_of(STORY, "dc:creator/text()") == ["Ann Archer", "Bo Berg"]
    assert [(each.text, each.get("domain")) for each in item_of(STORY, "category")] == [
        ("Cranes", "https://feeds.example.org/port/tags/"),
        ("港口", "https://feeds.example.org/port/tags/"),
    ]
    assert item_of(STORY, "pubDate/text()") == ["Wed, 04 Mar 2026 12:30:15 GMT"]
    assert item_of(STORY, "atom:updated/text()") == ["2026-03-04T13:30:15+00:00"]
    assert item_of(STORY, "dc:language/text()") == ["en-GB"]
    assert item_of(STORY, "itunes:duration/text()") == ["61"]
    (source,) = item_of(STORY, "source")
    assert (source.text, source.get("url")) == ("The Herald", "https://herald.example.com/")
    assert [dict(each.attrib) for each in item_of(STORY, "atom:link[@rel='via']")] == [
        {"href": "https://gazette.example.net/9", "rel": "via", "title": "The Gazette"}
    ]
    assert item_of(STORY, "content:encoded/text()") == [STORY.content]


def test_a_source_without_an_address_is_left_out() -> None:
    assert item_of(OWN_STORY, "source") == []


def test_feedgen_takes_the_last_enclosure_and_we_the_first() -> None:
    files = (Enclosure(url="https://a.example/1"), Enclosure(url="https://a.example/2", type="audio/ogg", length=5))
    (enclosure,) = item_of(replace(STORY, enclosures=files), "enclosure")
    assert dict(enclosure.attrib) == {
        "url": "https://a.example/1",
        "length": "0",
        "type": "application/octet-stream",
    }


def test_readers_take_a_description_for_html_and_a_summary_is_text() -> None:
    (description,) = item_of(replace(STORY, summary="AT&T <b>"), "description/text()")
    assert description == "AT&amp;T &lt;b&gt;"


def test_content_stands_beside_a_description_even_without_a_summary() -> None:
    story = replace(STORY, summary="")
    assert item_of(story, "description/text()")[0].startswith("The crane fell at the quay")
    assert item_of(story, "content:encoded/text()") == [STORY.content]
    assert item_of(story, "content:encoded", content="summary") == []


def test_feedgen_writes_short_years_and_we_write_four_digits() -> None:
    story = replace(STORY, published=datetime(33, 4, 3, 15, tzinfo=UTC))
    assert item_of(story, "pubDate/text()") == ["Sun, 03 Apr 0033 15:00:00 GMT"]


@pytest.mark.parametrize("stories", [(), (STORY,), (STORY, OWN_STORY)])
def test_a_joined_document_is_what_feedgen_would_write(stories: tuple[Story, ...]) -> None:
    made = document(*stories)
    feed = channel_head(made)
    for story in stories:
        feed.add_entry(feed_item(make_entry(made.face, made.feed, story)), order="append")
    whole, joined = (
        etree.tostring(etree.fromstring(xml), method="c14n") for xml in (feed.rss_str(pretty=True), Rss().render(made))
    )
    assert joined == whole
