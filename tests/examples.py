"""Small values for tests: an article, a source, a reading, as a kind would make them."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tagwire.model import Article, Next, Origin, Outcome, Precision, Reading, Source, TaggedReading, TagReason
from tagwire.store.visits import generation

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
RULES = "rules-1"


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a kind made for tests."""

    place: str = "here"


def source(name: str = "shanghai-daily", **changes: Any) -> Source:
    """Give a source that is read at an address named after it."""
    made = Source(name=name, kind="web", address=f"https://{name}.example/feed", options=Options())
    return replace(made, **changes)


def article(title: str = "SAIC Motor opens a plant", guid: str = "", **changes: Any) -> Article:
    """Give an article published at noon, unless the test says otherwise."""
    published = changes.get("published", NOON)
    made = Article(
        source="shanghai-daily", guid=guid or title, link=f"https://shanghai-daily.example/{guid or title}",
        title=title, published=published, day=published.date(), dated=Precision.MINUTE, digest=f"1:{title}",
    )  # fmt: skip
    return replace(made, **changes)


def tags(*names: str) -> tuple[TagReason, ...]:
    """Give tags as a vocabulary earns them."""
    return tuple(TagReason(name, Origin.EARNED, f"“{name}” in the title") for name in names)


def tagged(*articles: Article, of: Source | None = None, each: tuple[str, ...] = (), **changes: Any) -> TaggedReading:
    """Give a reading of some articles, each with the same tags."""
    of = of or source()
    mine = tuple(replace(one, source=of.name) for one in articles)
    outcome = Outcome.NEW if articles else Outcome.UNCHANGED
    reading = replace(Reading(source=of, outcome=outcome, articles=mine, memo={"etag": "x"}), **changes)
    return TaggedReading(reading, tuple(tags(*each) for _ in mine), generation(RULES, of.tags))


def hourly(now: datetime = NOON) -> Any:
    """Give a plan that makes every source due in an hour."""
    return lambda _attendance: Next(now + timedelta(hours=1), "every 1h")
