"""The contract of every format: right by its own rules, whatever the strings; the same document, the same bytes."""

import io
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone

import feedparser
import pytest
import time_machine
from documents import FACE, FEED, NOON, OWN_STORY, STORY, document, hostile_document
from hypothesis import HealthCheck, given, settings

import jsonfeed11
import rfc4287
import rss20
from tagwire.model import Document, Story
from tagwire.output import FORMATS, Format, formats_of
from tagwire.output.entry import make_entry
from tagwire.text import one_line, xml_safe


@dataclass(frozen=True)
class Told:
    """What a reader of the format gets back of one story."""

    id: str
    title: str
    link: str
    text: str
    """HTML, or plain text where there is no more than a summary."""
    enclosures: tuple[tuple[str, str, str], ...]
    tags: tuple[str, ...]


def read_by_feedparser(data: bytes) -> list[Told]:
    parsed = feedparser.parse(io.BytesIO(data), sanitize_html=False, resolve_relative_uris=False)
    assert not parsed.bozo
    return [
        Told(
            entry.id,
            entry.title,
            entry.link,
            entry.content[0].value if "content" in entry else entry.get("summary", ""),
            tuple((each.href, each.get("type", ""), each.get("length", "")) for each in entry.enclosures),
            tuple(tag.term for tag in entry.get("tags", [])),
        )
        for entry in parsed.entries
    ]


@dataclass(frozen=True)
class Judge:
    """How a format is checked and read; a new format brings its own."""

    problems: Callable[[bytes], list[str]]
    read: Callable[[bytes], list[Told]]
    unclear: re.Pattern[str]
    """In texts that this reader makes something else of."""


# Allowed in XML, but feedparser reads them as what Windows means by these bytes, and mends what looks like UTF-8 that
# was taken for ISO 8859-1.
C1 = re.compile("[\x80-\x9f]|[\xc2-\xf4][\x80-\xbf]")
# RSS does not say whether a title is text or HTML, and feedparser guesses.
C1_OR_HTML = re.compile(f"{C1.pattern}|[&<]")


def read_json(data: bytes) -> list[Told]:
    return [
        Told(
            item["id"],
            item["title"],
            item["url"],
            item.get("content_html") or item["content_text"],
            tuple(
                (each["url"], each["mime_type"], str(each.get("size_in_bytes", "")))
                for each in item.get("attachments", [])
            ),
            tuple(item.get("tags", [])),
        )
        for item in json.loads(data)["items"]
    ]


JUDGES = {
    ".atom": Judge(rfc4287.problems, read_by_feedparser, C1),
    ".rss": Judge(rss20.problems, read_by_feedparser, C1_OR_HTML),
    ".json": Judge(jsonfeed11.problems, read_json, re.compile("(?!)")),
}

each_format = pytest.mark.parametrize("fmt", FORMATS, ids=lambda fmt: fmt.name)
hostile = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))


def told(story: Story, link: str) -> Told:
    return Told(
        story.id,
        story.title,
        link,
        story.content,
        tuple((each.url, each.type, str(each.length)) for each in story.enclosures),
        story.tags,
    )


def test_no_two_formats_share_a_suffix() -> None:
    assert len({fmt.suffix for fmt in FORMATS}) == len(FORMATS)


def test_a_feed_is_published_in_the_formats_it_names() -> None:
    assert formats_of(FEED) == FORMATS
    assert [fmt.suffix for fmt in formats_of(replace(FEED, formats=("json", "atom")))] == [".atom", ".json"]


@each_format
def test_a_fragment_depends_on_its_entry_alone_and_fits_into_any_document(fmt: Format) -> None:
    made = document(STORY, OWN_STORY)
    kept = [fmt.fragment(make_entry(FACE, FEED, story)) for story in made.stories]
    assert fmt.join(replace(made, stories=()), kept) == fmt.render(made)
    other = document(STORY, OWN_STORY, title="Quays", author="Somebody", language="zh", subtitle="", rights="")
    assert fmt.join(other, kept) == fmt.render(other)


@each_format
def test_a_hub_is_told_to_subscribers(fmt: Format) -> None:
    data = fmt.render(document(STORY, face=replace(FACE, hub="https://hub.example/")))
    assert JUDGES[fmt.suffix].problems(data) == []
    assert b"https://hub.example/" in data
    assert b"hub" not in fmt.render(document(STORY, face=replace(FACE, hub="javascript:")))


@each_format
def test_a_feeds_picture_is_told(fmt: Format) -> None:
    data = fmt.render(document(STORY, image="https://a.example/logo.png"))
    assert JUDGES[fmt.suffix].problems(data) == []
    assert b"https://a.example/logo.png" in data


@each_format
def test_what_is_published_comes_back(fmt: Format) -> None:
    judge = JUDGES[fmt.suffix]
    data = fmt.render(document(STORY, OWN_STORY))
    assert judge.problems(data) == []
    assert judge.read(data) == [
        told(STORY, "https://herald.example.com/17"),
        told(OWN_STORY, "https://feeds.example.org/port/stories/a1b2c3.html"),
    ]


@each_format
def test_a_feed_without_stories_is_right_too(fmt: Format) -> None:
    data = fmt.render(document())
    assert JUDGES[fmt.suffix].problems(data) == []
    assert JUDGES[fmt.suffix].read(data) == []


@each_format
@hostile
@given(given_document=hostile_document())
def test_hostile_text_leaves_every_story_and_a_right_feed(fmt: Format, given_document: Document) -> None:
    data = fmt.render(given_document)
    assert JUDGES[fmt.suffix].problems(data) == []
    read = JUDGES[fmt.suffix].read(data)
    unclear = JUDGES[fmt.suffix].unclear.search
    assert [each.id for each in read] == [each.id for each in given_document.stories]
    for story, back in zip(given_document.stories, read, strict=True):
        if not unclear(one_line(story.title) or story.link or ""):
            assert back.title == (one_line(story.title) or back.link)
        if text := xml_safe(story.content).strip() if given_document.feed.content == "full" else "":
            assert C1.search(text) or back.text == text
        if not any(map(unclear, story.tags)):
            assert back.tags == tuple(dict.fromkeys(filter(None, map(one_line, story.tags))))


@each_format
def test_a_megabyte_of_content_is_published_whole(fmt: Format) -> None:
    story = replace(STORY, content=f"<p>{'港口 ' * 250_000}end</p>")
    data = fmt.render(document(story))
    assert JUDGES[fmt.suffix].problems(data) == []
    assert [each.text for each in JUDGES[fmt.suffix].read(data)] == [story.content]


@each_format
def test_the_order_of_the_stories_is_kept(fmt: Format) -> None:
    stories = [replace(STORY, id=f"tag:feeds.example.org,2026-03-04:{number}") for number in range(5)]
    read = JUDGES[fmt.suffix].read(fmt.render(document(*stories)))
    assert [each.id for each in read] == [story.id for story in stories]


@each_format
def test_neither_the_clock_nor_the_time_zone_is_in_the_bytes(fmt: Format, monkeypatch: pytest.MonkeyPatch) -> None:
    def rendered(year: int, zone: str) -> bytes:
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        with time_machine.travel(datetime(year, 1, 1, tzinfo=UTC), tick=False):
            return fmt.render(document(STORY, OWN_STORY))

    try:
        assert rendered(2001, "America/New_York") == rendered(2031, "Asia/Shanghai")
    finally:
        monkeypatch.undo()
        time.tzset()


@each_format
def test_the_same_moment_in_another_zone_gives_the_same_bytes(fmt: Format) -> None:
    shanghai = timezone(timedelta(hours=8))
    moved = replace(STORY, published=NOON.astimezone(shanghai), updated=STORY.updated.astimezone(shanghai))
    assert fmt.render(document(moved)) == fmt.render(document(STORY))
