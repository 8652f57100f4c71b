"""Arrivals a second, matched and kept on one core, while the store grows.

    ./dev bench stories [STORED ...]        default: 10000 100000

Articles are made up from a seed: eight in a hundred repeat a story of the last two days under a title that is the same
or nearly the same, in another source; half have a text. They come in the order of their dates, about 10,000 a day, in
readings of twenty. At each size that is asked for, the last 2,000 arrivals are timed, in five rounds; the figure is
the median round. The last three days before them, all that the matcher looks back, are kept in the same way. What is
older is put into the tables as it is, each article a story of its own without a text, because keeping a million one
by one would take half an hour.
"""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path

from sqlalchemy import func, insert, select

from tagwire import collector
from tagwire.model import Article, Next, Outcome, Precision, Reading, Source, TaggedReading
from tagwire.sources.web import WebOptions
from tagwire.store import keys
from tagwire.store.conditions import article_words
from tagwire.store.rows import dated, told, words_of
from tagwire.store.schema import articles, sources, stories
from tagwire.store.store import Store
from tagwire.store.visits import Defined, generation
from tagwire.stories.match import Matcher

START = datetime(2026, 1, 1, tzinfo=UTC)
A_DAY = 10_000
READING = 20
BLOCK = 5_000
ROUND = 400
ROUNDS = 5
RULES = "bench"

SYLLABLES = [a + b for a in "bcdfghklmnprstvw" for b in ("a", "e", "i", "o", "u", "an", "er", "il", "on")]


class Newsroom:
    """Makes articles, the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.words = ["".join(self.random.choices(SYLLABLES, k=self.random.randint(1, 3))) for _ in range(20_000)]
        self.weights = list(accumulate(1 / (rank + 10) for rank in range(len(self.words))))
        self.sources = [
            Source(
                name=f"s{n}", kind="web", address=f"https://s{n}.example/", options=WebOptions(url="https://x.example/")
            )
            for n in range(200)
        ]
        self.recent: list[str] = []
        self.made = 0

    def text(self, length: int) -> str:
        return " ".join(self.random.choices(self.words, cum_weights=self.weights, k=length))

    def article(self, source: Source, *, brief: bool = False) -> Article:
        self.made += 1
        published = START + timedelta(days=self.made / A_DAY)
        if self.recent and self.random.random() < 0.08:
            title = self.recent[-self.random.randint(1, min(len(self.recent), 2 * A_DAY))]
            if self.random.random() < 0.5:
                title = title + " " + self.random.choice(self.words)
        else:
            title = self.text(self.random.randint(6, 12)).capitalize()
            self.recent.append(title)
        if brief:
            return self._told(source, title, published)
        content = f"<p>{self.text(150)}</p><p>{self.text(100)}</p>" if self.random.random() < 0.5 else ""
        return replace(self._told(source, title, published), summary=self.text(25), content=content)

    def _told(self, source: Source, title: str, published: datetime) -> Article:
        return Article(
            source=source.name, guid=str(self.made), link=f"{source.address}{self.made}", title=title,
            published=published, day=published.date(), dated=Precision.MINUTE, digest=f"1:{self.made}",
        )  # fmt: skip

    def readings(self) -> Iterator[TaggedReading]:
        while True:
            source = self.random.choice(self.sources)
            articles = tuple(self.article(source) for _ in range(READING))
            reading = Reading(source=source, outcome=Outcome.NEW, articles=articles, memo={})
            yield TaggedReading(reading, tuple(() for _ in articles), generation(RULES, ()))


def fill(store: Store, newsroom: Newsroom, matcher: Matcher, count: int) -> None:
    with store._engine.begin() as connection:  # noqa: SLF001 - nothing else puts rows into the tables
        number = {row.name: row.id for row in connection.execute(select(sources))}
        first = int(connection.execute(select(func.max(articles.c.id))).scalar() or 0) + 1
        made = {first + n: newsroom.article(newsroom.random.choice(newsroom.sources), brief=True) for n in range(count)}
        rows = [
            {
                "id": place, "uri": f"tag:bench.example,2026:{place}", "published": each.published, "day": each.day,
                "updated": each.published, "kept_at": START, "change": 1, "settled": 0, "shown": place, "quiet": False,
            }
            for place, each in made.items()
        ]  # fmt: skip
        connection.execute(insert(stories), rows)
        rest = {"turn": 0, "kept_at": START, "generation": "", "score": 1.0, "reason": ""}
        told_now = [
            told(each)
            | dated(each)
            | rest
            | {"id": place, "source": number[each.source], "guid": each.guid, "story": place}
            for place, each in made.items()
        ]
        connection.execute(insert(articles), told_now)
        found_by = (keys.rows(keys.keys_of(matcher, each), each.published, place) for place, each in made.items())
        keys.write(connection, (row for some in found_by for row in some))
        connection.execute(insert(article_words), [words_of(place, each) for place, each in made.items()])


def main() -> None:
    sizes = sorted(map(int, sys.argv[1:])) or [10_000, 100_000]
    newsroom = Newsroom(7)
    readings = newsroom.readings()
    matcher = Matcher()
    now = START
    collector.tune()
    with tempfile.TemporaryDirectory() as folder, Store(f"sqlite+pysqlite:///{Path(folder) / 'bench.db'}") as store:
        store.adopt([Defined(each, "1") for each in newsroom.sources], RULES, "bench.example", now)

        def keep(count: int) -> float:
            batch = [next(readings) for _ in range(count // READING)]
            begun = time.perf_counter()
            store.keep(batch, matcher, lambda attendance: Next(attendance.now, ""), now)
            return count / (time.perf_counter() - begun)

        rates: dict[int, float] = {}
        for size in sizes:
            while newsroom.made < size - 3 * A_DAY - BLOCK:
                fill(store, newsroom, matcher, BLOCK)
            while newsroom.made < size - ROUND * ROUNDS:
                keep(min(2_000, size - ROUND * ROUNDS - newsroom.made))
            rates[size] = statistics.median(keep(ROUND) for _ in range(ROUNDS))
            print(f"{size:>9,} articles kept: {rates[size]:>7,.0f} arrivals a second")
        first = rates[sizes[0]]
        for size in sizes[1:]:
            print(f"{sizes[0]:,} to {size:,}: {first / rates[size]:.2f} times the time for an arrival")


if __name__ == "__main__":
    main()
