"""How long tagging anew takes through the store: 100,000 stored stories, a vocabulary of 10,000 aliases.

Run it with ``python bench/retag.py [STORIES]``. The texts are those of ``bench/tags.py``.
"""

import sys
import tempfile
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, insert, select

from pick import NOW, SOURCES, source
from tags import ALIASES, STORIES, TEXTS, Language, article, rules
from tagwire.store.conditions import article_words
from tagwire.store.engine import connect, writing
from tagwire.store.rows import chunks, dated, told, words_of
from tagwire.store.schema import articles, sources, stories
from tagwire.store.store import Store
from tagwire.store.visits import Defined
from tagwire.tags.vocabulary import Vocabulary


def fill(connection: Connection, language: Language, count: int) -> None:
    """Write stories of one copy each, whose texts come again every few hundred."""
    texts = [language.english(500) if at % 2 else language.chinese(900) for at in range(TEXTS)]
    told_before = [article(language.english(10), text) for text in texts]
    ids = list(connection.execute(select(sources.c.id)).scalars())
    for numbers in chunks(range(1, count + 1), 5_000):
        rows: tuple[list[dict[str, object]], ...] = ([], [], [])
        for number in numbers:
            one = replace(told_before[number % TEXTS], guid=str(number))
            common = {"id": number, "kept_at": NOW + timedelta(seconds=number)}
            rows[0].append(common | {
                "uri": f"tag:bench.example,2026:{number}", "published": one.published, "updated": one.published,
                "day": one.day, "change": 1, "settled": 0, "shown": number,
            })  # fmt: skip
            rows[1].append(common | told(one) | dated(one) | {
                "source": ids[number % len(ids)], "guid": one.guid, "turn": 0, "story": number, "generation": "old",
                "score": 1.0, "reason": "",
            })  # fmt: skip
            rows[2].append(words_of(number, one))
        for table, values in zip((stories, articles, article_words), rows, strict=True):
            connection.execute(insert(table), values)


def main() -> None:
    """Print the figures."""
    count = int(sys.argv[1]) if sys.argv[1:] else STORIES
    language = Language(2026)
    vocabulary = Vocabulary(rules(language.aliases(ALIASES)))
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+pysqlite:///{Path(folder) / 'bench.db'}"
        with Store(url) as store:
            defined = [Defined(source(number), "1") for number in range(SOURCES)]
            store.adopt(defined, "old", "bench.example", NOW)
            with writing(connect(url)) as connection:
                fill(connection, language, count)
            store.adopt(defined, vocabulary.generation, "bench.example", NOW)
            longest, start = 0.0, time.perf_counter()
            before = start

            def said(done: int, total: int) -> None:
                nonlocal longest, before
                now = time.perf_counter()
                longest, before = max(longest, now - before), now
                assert done <= total

            done = store.retag(vocabulary.tags, vocabulary.generation, said)
            took = time.perf_counter() - start
    print(f"{done} stored articles tagged anew in {took:.1f} s; the longest transaction took {longest:.2f} s")


if __name__ == "__main__":
    main()
