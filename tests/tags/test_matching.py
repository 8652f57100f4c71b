"""Which stories a filter chooses."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagwire.model import Article, Enclosure, Precision, Seen
from tagwire.tags.filters import parse
from tagwire.tags.matching import matches

NOW = datetime(2026, 3, 10, tzinfo=UTC)


def article(**parts):
    whole = {
        "source": "Harbour",
        "guid": "1",
        "link": None,
        "title": "A quiet day",
        "published": datetime(2026, 3, 1, tzinfo=UTC),
        "day": date(2026, 3, 1),
        "dated": Precision.DAY,
    }
    return Article(**whole | parts)


FERRY = Seen(
    copies=(
        article(
            title="Night ferry’s record run",
            summary="The joint venture opened on Q3 day.",
            content="<p>新渡輪<b>到港</b>，SAIC wins</p>",
            authors=("Jane Doe", "Li Wei"),
            link="https://news.example.com/sea/2026-03.html",
            language="en-GB",
            enclosures=(Enclosure(url="https://example.com/a.mp3"),),
        ),
        article(source="pier", title="夜船首航", language="zh_CN", image="https://example.com/a.png"),
    ),
    tags=frozenset({"ferries", "night-trips"}),
    published=datetime(2026, 3, 1, 12, tzinfo=UTC),
    day=date(2026, 3, 1),
)
BARE = Seen(copies=(article(),), tags=frozenset(), published=NOW, day=date(2026, 3, 10))


@pytest.mark.parametrize(
    "text",
    [
        "*",
        "tag:Ferries",
        'tag:"night trips"',
        "tag:night_trips",
        "record",
        "RECORD",
        '"night ferry"',
        '"night-ferry"',
        "到港",
        "渡轮",
        "轮到",
        "saic",
        "title:record",
        "title:夜船",
        "text:venture",
        "author:doe",
        'author:"jane doe"',
        "link:example.com",
        "link:sea/2026",
        "source:harbour",
        "source:PIER",
        "lang:en",
        "lang:en-gb",
        "lang:zh",
        "after:2026-03-01",
        "before:2026-03-02",
        "within:9d",
        "has:enclosure has:image has:author has:summary has:text has:tag has:link",
        "/q[1-4]/",
        "/新渡轮 ?到/",
        "/新渡輪/",
        "title:/^night .* run$/",
        "link:/2026-\\d\\d/",
        "tag:ferries title:record lang:zh",
        "tag:x or record",
    ],
)
def test_chooses(text):
    assert matches(parse(text), FERRY, NOW)
    assert not matches(parse(f"-({text})"), FERRY, NOW)


@pytest.mark.parametrize(
    "text",
    [
        "tag:ferry",
        "recor",
        '"ferry night"',
        '"run the"',
        "港到",
        "title:venture",
        "author:doe-li",
        "link:ample.com",
        "source:har",
        "lang:de",
        "lang:en-us",
        "after:2026-03-02",
        "before:2026-03-01",
        "within:8d",
        "/Q[5-9]/",
        "title:/venture/",
        "tag:ferries -lang:zh",
    ],
)
def test_passes_over(text):
    assert not matches(parse(text), FERRY, NOW)


@pytest.mark.parametrize("part", ["author", "enclosure", "image", "link", "summary", "tag", "text"])
def test_bare_story_has_nothing(part):
    assert not matches(parse(f"has:{part}"), BARE, NOW)


def test_story_without_a_language_is_in_none():
    assert not matches(parse("lang:en"), BARE, NOW)


@given(st.text(alphabet="ab渡c (-)+*|[]^$.?", min_size=1, max_size=30))
def test_pattern_that_reads_can_be_matched(pattern):
    try:
        tree = parse(f"/{pattern}/")
    except ValueError:
        return
    assert matches(tree, FERRY, NOW) in {True, False}


def test_pattern_that_would_backtrack_without_end_elsewhere_is_answered():
    tangled = article(title="a" * 20_000)
    seen = Seen(copies=(tangled,), tags=frozenset(), published=NOW, day=NOW.date())
    assert not matches(parse("/^(a|a)*(a+)+b$/"), seen, NOW)
