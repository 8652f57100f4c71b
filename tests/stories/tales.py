"""Articles and kept stories for the tests of matching."""

from datetime import UTC, datetime, timedelta

from tagwire.model import Article, Candidate, Known, Precision

NOON = datetime(2024, 3, 4, 12, tzinfo=UTC)
TITLE = "Ferry service to the outer islands resumes after the storm"


def later(hours):
    return NOON + timedelta(hours=hours)


def article(source="harbour-post", title=TITLE, published=NOON, dated=Precision.MINUTE, day=None, **more):
    told = {"guid": f"{source} {title} {published}", "link": None} | more
    return Article(source=source, title=title, published=published, day=day or published.date(), dated=dated, **told)


def known(copy):
    return Known(
        source=copy.source, guid=copy.guid, title=copy.title, published=copy.published, day=copy.day,
        dated=copy.dated, link=copy.link, summary=copy.summary, content=copy.content,
    )  # fmt: skip


def story(*copies, number=1, shown=0):
    return Candidate(number, tuple(known(copy) for copy in copies), shown)


def prose(words, seed=0):
    """Give that many words of nonsense, other ones for another seed."""
    return " ".join(
        f"{'aeiou'[(i * 7 + seed) % 5]}{'bdfgklmnprst'[(i * i + seed * 31) % 12]}{i * 13 + seed * 1009}"
        for i in range(words)
    )
