"""Documents as publishers write them, good ones and bad ones, always the same for a number."""

import random
from email.utils import formatdate
from html import escape
from itertools import accumulate
from pathlib import Path

ENTRIES = 12
WORDS = 20_000
"""Some are common and most are rare, as in any language: what is made of a word is not made anew at each place."""
SYLLABLES = "ba co di fu ge ha ir jo ka le mi no or pa qui ra sa te um va we xi yo za".split()  # noqa: SIM905 - shorter
HAN = "的一是了在人有我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后"


class Author:
    """Writes documents as publishers do, good ones and bad ones, always the same for a number."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        rnd = random.Random(1)
        self.words = ["".join(rnd.choices(SYLLABLES, k=rnd.randint(1, 4))) for _ in range(WORDS)]
        self.weights = list(accumulate(1 / (rank + 10) for rank in range(WORDS)))
        self.wire = [self._entry(random.Random(-number), f"wire-{number}") for number in range(200)]

    def write(self, number: int, news: int = 0) -> None:
        """Write a source's document; `news` entries of this round stand on top of its old ones."""
        rnd = random.Random(number)
        entries = [
            rnd.choice(self.wire)
            if rnd.random() < 0.1
            else self._entry(rnd, f"{number}-{place}", chinese=number % 10 == 3)
            for place in range(ENTRIES)
        ]
        fresh = [
            self._entry(random.Random(f"{number}.{news}.{n}"), f"{number}-{news}-{n}") for n in range(2 * (news > 0))
        ]
        head = '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>'
        about = f"<title>Source {number}</title><link>http://{host(number)}/</link>"
        text = f"{head}{about}{''.join(fresh + entries)}</channel></rss>"
        if number % 50 == 7:
            text = text.replace("</title>", " & more</title>", 2)  # not well-formed
        target = self.folder / f"{number}.xml"
        (self.folder / "new").write_text(text)
        (self.folder / "new").replace(target)

    def _entry(self, rnd: random.Random, name: str, *, chinese: bool = False) -> str:
        words = self._chinese if chinese else self._english
        paragraphs = "".join(f"<p>{words(rnd, 40)}</p>" for _ in range(rnd.randint(2, 5)))
        extra = f'<p><a href="/more/{name}">{words(rnd, 3)}</a> <img src="/{name}.jpg" alt=""><br/></p>'
        when = formatdate(1_760_000_000 + rnd.randint(0, 10_000_000))
        return (
            f"<item><title>{words(rnd, 9)}</title><link>http://news.example/{name}</link><guid>{name}</guid>"
            f"<pubDate>{when}</pubDate><category>{words(rnd, 1)}</category>"
            f"<description>{escape(paragraphs + extra)}</description></item>"
        )

    def _english(self, rnd: random.Random, size: int) -> str:
        return " ".join(rnd.choices(self.words, cum_weights=self.weights, k=size)).capitalize()

    def _chinese(self, rnd: random.Random, size: int) -> str:
        return "".join(rnd.choices(HAN, k=size * 2))


def host(number: int) -> str:
    """Give each source a host of its own."""
    return f"127.{1 + number // 62_500}.{number // 250 % 250}.{1 + number % 250}"
