"""What JSON Feed says of a feed and a story."""

import json
from dataclasses import replace
from typing import Any

from documents import FACE, FILE_COPY, OWN_STORY, STORY, document

import jsonfeed11
from tagwire.model import Document, Story
from tagwire.output.jsonfeed import JsonFeed


def read(made: Document) -> dict[str, Any]:
    data = JsonFeed().render(made)
    assert jsonfeed11.problems(data) == []
    return json.loads(data)


def item_of(story: Story, **feed: object) -> dict[str, Any]:
    (item,) = read(document(story, **feed))["items"]
    return item


def test_the_feed_says_what_it_is() -> None:
    made = read(document(face=replace(FACE, hub="https://hub.example/")))
    assert made == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Ports",
        "home_page_url": "https://feeds.example.org/port/ports.html",
        "feed_url": "https://feeds.example.org/port/ports.json",
        "description": "Ships and quays",
        "authors": [{"name": "The editors"}],
        "language": "en",
        "hubs": [{"type": "WebSub", "url": "https://hub.example/"}],
        "items": [],
    }


def test_an_item_has_all_that_the_story_has() -> None:
    item = item_of(STORY)
    assert item["authors"] == [{"name": "Ann Archer"}, {"name": "Bo Berg"}]
    assert (item["language"], item["tags"]) == ("en-GB", ["Cranes", "港口"])
    assert (item["content_html"], item["summary"]) == (STORY.content, "Nobody was hurt.")
    assert item["date_published"] == "2026-03-04T12:30:15+00:00"
    assert item["date_modified"] == "2026-03-04T13:30:15+00:00"
    assert item["image"] == "https://herald.example.com/17.jpg"
    assert item["attachments"] == [
        {
            "url": "https://herald.example.com/17.mp3",
            "mime_type": "audio/mpeg",
            "size_in_bytes": 1234,
            "duration_in_seconds": 61,
        }
    ]


def test_our_extension_says_who_told_the_story_and_why_it_is_one() -> None:
    copies = item_of(STORY)["_tagwire"]["copies"]
    assert [(each["source"], each["url"], each["reason"]) for each in copies] == [
        ("The Herald", "https://herald.example.com/17", "the first of its story"),
        ("The Gazette", "https://gazette.example.net/9", "the same title"),
    ]
    (own,) = item_of(replace(OWN_STORY, copies=(FILE_COPY,)))["_tagwire"]["copies"]
    assert (own["source"], "url" in own) == ("articles", False)


def test_a_story_always_has_a_text() -> None:
    bare = replace(STORY, summary="", content="")
    assert item_of(bare)["content_text"] == "A crane falls"
    assert item_of(STORY, content="summary")["content_text"] == "Nobody was hurt."


def test_what_is_not_known_is_left_out() -> None:
    item = item_of(replace(STORY, tags=(), enclosures=(), image=None, language=None))
    assert item.keys().isdisjoint({"tags", "attachments", "image", "language"})
