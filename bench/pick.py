"""How long it takes to find the newest 50 stories of a filter, and which of 1,000 feeds a changed story touches.

Run it with ``python bench/pick.py [STORIES]``; there are 100,000 stories unless another number is given. They are
written straight into a database of its own, by the store's own functions for rows, and forgotten at the end.
"""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine, func, insert, select, update

from tagwire.model import Article, Feed, Precision, Source, tag_key
from tagwire.sources.files import FilesOptions
from tagwire.store.conditions import article_words, finder
from tagwire.store.engine import connect, reading, writing
from tagwire.store.looking import newest
from tagwire.store.rows import chunks, dated, told, words_of
from tagwire.store.schema import articles, feeds, sources, stories, story_tags
from tagwire.store.store import Store
from tagwire.store.touched import Judge
from tagwire.store.visits import Defined
from tagwire.tags.filters import parse
from tagwire.tags.matching import judge
from tagwire.tags.patterns import found

STORIES = 100_000
NEWEST = 50
FEEDS = 1_000
ASKED = 100
SOURCES = 100
ROUNDS = 5
NOW = datetime(2026, 11, 1, tzinfo=UTC)
FILTERS = (
    "tag:CIIE",
    "tag:Automotive",
    "not tag:rumour",
    "tag:CIIE and not tag:rumour -market",
    "上汽",
    "market",
    "quasar",
    '(tag:"SAIC Motor" or 上汽) and title:record',
    "source:source-7 lang:zh after:2026-01-01",
    'within:90d has:enclosure -tag:sport title:/Q[1-4]/ "joint venture"',
)
"""A rare tag, a common one, nearly everything; a Chinese word, a common word and a rare one; and mixtures."""

ODDS = {
    "Automotive": 0.2, "sport": 0.1, "rumour": 0.03, "SAIC Motor": 0.02, "CIIE": 0.005, "Port": 0.001,
}  # fmt: skip
WORDS = {
    "market": 0.3, "上汽": 0.05, "record": 0.03, "joint venture": 0.02, "Q3": 0.05, "quasar": 0.0001,
}  # fmt: skip


def source(number: int) -> Source:
    """Make a source."""
    name = f"source-{number}"
    return Source(name=name, kind="files", address=name, options=FilesOptions(path=name))


class Writer:
    """Makes stories: a few hundred words of filling, and here and there what the filters ask for."""

    def __init__(self, count: int) -> None:
        self.random = random.Random(2026)
        self.step = timedelta(days=730) / count
        self.filling = ["".join(self.random.choices("abcdefghijklmnoprstuvwy", k=6)) for _ in range(5_000)]

    def chosen(self, odds: dict[str, float]) -> list[str]:
        """Choose some by their odds."""
        return [name for name, odd in odds.items() if self.random.random() < odd]

    def article(self, number: int, age: int) -> Article:
        """Make an article; the numbers grow with time."""
        text = self.random.choices(self.filling, k=40) + self.chosen(WORDS)
        self.random.shuffle(text)
        published = NOW - age * self.step
        return Article(
            source="", guid=str(number), link=f"https://a.example/{number}", title=" ".join(text[:8]),
            published=published, day=published.date(), dated=Precision.MINUTE, summary=" ".join(text[8:20]),
            content=f"<p>{' '.join(text[20:])}</p>", language=self.random.choice(("en", "en", "zh", "zh-TW", None)),
        )  # fmt: skip


def fill(connection: Connection, count: int) -> None:
    """Write the stories, in chunks."""
    writer = Writer(count)
    ids = list(connection.execute(select(sources.c.id)).scalars())
    for numbers in chunks(range(1, count + 1), 5_000):
        rows: dict[str, list[dict[str, object]]] = {"stories": [], "articles": [], "words": [], "tags": []}
        for number in numbers:
            article = writer.article(number, count - number)
            rows["stories"].append({
                "id": number, "uri": f"tag:bench.example,2026:{number}", "published": article.published,
                "updated": article.published, "day": article.day, "kept_at": article.published, "change": number,
                "settled": 0, "shown": number,
            })  # fmt: skip
            enclosures = [{"url": "https://a.example/x.mp3"}] if number % 20 == 0 else []
            rows["articles"].append(told(article) | dated(article) | {
                "id": number, "source": ids[number % len(ids)], "guid": article.guid, "turn": 0, "story": number,
                "kept_at": article.published, "generation": "", "score": 1.0, "reason": "", "enclosures": enclosures,
            })  # fmt: skip
            rows["words"].append(words_of(number, article))
            rows["tags"] += [{"key": tag_key(tag), "story": number, "tag": tag} for tag in writer.chosen(ODDS)]
        for table, values in zip((stories, articles, article_words, story_tags), rows.values(), strict=True):
            connection.execute(insert(table), values)


def make_feeds(count: int) -> list[Feed]:
    """Make feeds with filters like the ones above that do not depend on time, each with another word in it."""
    lasting = [text for text in FILTERS if "within:" not in text]
    filling = Writer(1).filling
    trees = [parse(f"({lasting[number % len(lasting)]}) -{filling[number]}") for number in range(count)]
    return [Feed(name=f"feed-{number}", title="", filter=tree) for number, tree in enumerate(trees)]


def seconds(work: Callable[[], object]) -> float:
    """Time one run."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def change(engine: Engine, count: int) -> None:
    """Let the newest stories look changed."""
    with writing(engine) as connection:
        newest = connection.execute(select(func.max(stories.c.change))).scalar_one()
        last = connection.execute(select(func.max(stories.c.id))).scalar_one()
        changed = update(stories).where(stories.c.id > last - count).values(change=newest + 1)
        connection.execute(changed)


def caught_up(engine: Engine, store: Store, defined: list[Feed], count: int, judged: Judge | None) -> float:
    """Time the catching up of all feeds after some stories changed."""
    times = []
    for _ in range(ROUNDS if judged else 1):
        change(engine, count)
        times.append(seconds(lambda: store.catch_up(defined, NOW, judged)))
    return statistics.median(times)


def settle(engine: Engine, defined: list[Feed]) -> None:
    """Let feeds have seen all that there is, without publishing any of it."""
    with writing(engine) as connection:
        newest = connection.execute(select(func.max(stories.c.change))).scalar_one()
        common = {"uri": "", "since": NOW, "seen": newest}
        rows = [{"name": feed.name, "filter": repr(feed.filter), **common} for feed in defined]
        connection.execute(insert(feeds), rows)


def main() -> None:
    """Print the figures."""
    count = int(sys.argv[1]) if sys.argv[1:] else STORIES
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+pysqlite:///{Path(folder) / 'bench.db'}"
        with Store(url, found) as store:
            measure(store, connect(url, finder(found)), count)


def measure(store: Store, engine: Engine, count: int) -> None:
    """Fill an empty store, and print the figures."""
    store.adopt([Defined(source(number), "1") for number in range(SOURCES)], "rules", "bench.example", NOW)
    with writing(engine) as connection:
        print(f"{count} stories written in {seconds(lambda: fill(connection, count)):.0f} s")
    for text in FILTERS:
        print_newest(engine, text)
    defined = make_feeds(FEEDS)
    settle(engine, defined)
    for changed in (1, 50, 200):
        judged = caught_up(engine, store, defined, changed, judge)
        print(f"{judged * 1000:8.1f} ms  {FEEDS} feeds catch up with {changed} changed stories, judged in memory")
    asked = caught_up(engine, store, defined[:ASKED], 1, None)
    print(f"{asked * 1000:8.1f} ms  {ASKED} feeds catch up with 1 changed story, the database asked for each")


def print_newest(engine: Engine, text: str) -> None:
    """Print how long the newest stories of a filter take."""
    tree = parse(text)
    with reading(engine) as connection:
        times = [seconds(lambda: newest(connection, tree, NEWEST, NOW)) for _ in range(ROUNDS)]
        hits = len(newest(connection, tree, NEWEST, NOW))
    print(f"{statistics.median(times) * 1000:8.1f} ms  the newest {hits} of  {text}")


if __name__ == "__main__":
    main()
