"""How fast tags are earned, against the bare automaton; and how long tagging everything anew takes.

Both sides of the first figure search the same texts for the same ten thousand words, in turns; the bare side gets
text that is folded already. Run it with ``python bench/tags.py``.
"""

import random
import re
import statistics
import time
from collections.abc import Callable
from datetime import UTC, date, datetime

from ahocorasick_rs import AhoCorasick

from tagwire.model import Article, Precision, TagRule
from tagwire.tags.lexicon import Lexicon
from tagwire.tags.rules import merged
from tagwire.tags.vocabulary import Vocabulary
from tagwire.text import simplified

ALIASES = 10_000
TEXTS = 400
STORIES = 100_000
ROUNDS = 15

SYLLABLES = re.findall("..", "baconderefigraharinjukalomenorplasteratiumaverwiexyazoingedly")
CHINESE = "的一是了在人有我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后"


class Language:
    """Writes texts of made-up words, few of them common and most of them rare, as in any language."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.latin = list(dict.fromkeys(self._word() for _ in range(30_000)))
        rare = bytes(byte for row in range(0xB0, 0xD7) for cell in range(0xA1, 0xFF) for byte in (row, cell))
        self.han = CHINESE + simplified("".join(dict.fromkeys(rare.decode("gb2312"))))  # the common characters
        self.latin_odds = [1 / (rank + 3) for rank in range(len(self.latin))]
        self.han_odds = [1 / (rank + 8) for rank in range(len(self.han))]

    def _word(self) -> str:
        return "".join(self.random.choices(SYLLABLES, k=self.random.randint(1, 4)))

    def english(self, size: int) -> str:
        """Write so many words."""
        words = self.random.choices(self.latin, self.latin_odds, k=size)
        ends = self.random.choices(("", ",", ".", "’s", " —"), (80, 8, 8, 3, 1), k=size)
        return " ".join(
            (word.capitalize() if end == "." else word) + end for word, end in zip(words, ends, strict=True)
        )

    def chinese(self, size: int) -> str:
        """Write so many characters."""
        signs = self.random.choices(self.han, self.han_odds, k=size)
        return "".join(sign + ("，" if at % 11 == 10 else "") for at, sign in enumerate(signs))

    def aliases(self, count: int) -> list[str]:
        """Make names as vocabularies have them: one to three rare words, a few acronyms, a third of them Chinese."""
        names = set[str]()
        while len(names) < count:
            kind = self.random.random()
            if kind < 0.63:
                words = self.random.sample(self.latin[1000:], self.random.choice((1, 2, 2, 3)))
                names.add(" ".join(words).title() if len(words[0]) > 5 else f"{words[0].title()} Group")
            elif kind < 0.67:
                names.add("".join(self.random.choices("ABCDEFGHIJKLMNOPRSTUVW", k=self.random.randint(3, 5))))
            else:
                names.add("".join(self.random.sample(self.han[200:], self.random.choice((2, 3, 4)))))
        return sorted(names)


def rules(names: list[str]) -> list[TagRule]:
    """Make rules: five aliases to a tag, some of them ambiguous, some tags with exclusions and a broader tag."""
    return [
        TagRule(
            name=f"Tag {at}",
            aliases=tuple(names[at : at + 4]),
            ambiguous=(names[at + 4],),
            context=tuple(names[at : at + 2]),
            exclude=(f"{names[at]} {names[at + 1]}",) if at % 3 == 0 else (),
            broader=(f"Group {at % 50}",),
        )
        for at in range(0, len(names), 5)
    ]


def article(title: str, text: str) -> Article:
    """Make an article with its text in paragraphs."""
    third = len(text) // 3
    content = "".join(f"<p>{text[at : at + third]}</p>" for at in range(0, len(text), third))
    day = datetime(2026, 1, 1, tzinfo=UTC)
    return Article(
        source="bench",
        guid=title,
        link=None,
        title=title,
        published=day,
        day=date(2026, 1, 1),
        dated=Precision.DAY,
        summary=text[:200],
        content=content,
    )


def seconds(work: Callable[[], object]) -> float:
    """Time one run."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    """Print the figures."""
    language = Language(2026)
    names = language.aliases(ALIASES)
    vocabulary = rules(names)
    texts = [language.english(500) if at % 2 else language.chinese(900) for at in range(TEXTS)]
    folded = [text.casefold() for text in texts]
    size = sum(map(len, texts))

    lexicon, bare = Lexicon(merged(vocabulary)), AhoCorasick([name.casefold() for name in names])
    ours_times, bare_times = [], []
    for _ in range(ROUNDS):
        bare_times.append(seconds(lambda: [bare.find_matches_as_indexes(text, overlapping=True) for text in folded]))
        ours_times.append(seconds(lambda: [lexicon.hits(text) for text in texts]))
    bare_time, ours_time = statistics.median(bare_times), statistics.median(ours_times)
    found = sum(len(lexicon.hits(text)) for text in texts)
    print(f"{len(names)} aliases over {TEXTS} texts of {size} characters, {found} words found")
    print(f"bare automaton {bare_time / size * 1e9:6.1f} ns a character")
    print(f"tagwire        {ours_time / size * 1e9:6.1f} ns a character")
    print(f"ratio          {bare_time / ours_time:6.2f}")

    tagger = Vocabulary(vocabulary)
    articles = [article(language.english(10), text) for text in texts]
    one_pass = statistics.median(seconds(lambda: [tagger.tags(each) for each in articles]) for _ in range(5))
    print(f"tagging {STORIES} stories anew: {one_pass / TEXTS * STORIES:.0f} s on one core")


if __name__ == "__main__":
    main()
