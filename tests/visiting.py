"""Web sources as tests visit them: on loopback, with small limits, at a fixed time."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

from tagwire.model import Memo, Reading, Source, Visit
from tagwire.sources.limits import Limits
from tagwire.sources.web import Web, WebOptions

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
QUICK = Limits(deadline=2, stall=1, pause=0, parse_deadline=10)
"""As little patience as tests have time for."""


def source(url: str, *, name: str = "", timezone: str = "UTC", home: Path = Path(), **options: Any) -> Source:
    """Define a source that may go where the tests' servers are."""
    chosen = WebOptions(url=url, **{"allow_private": True, **options})
    return Source(
        name=name or url,
        kind="web",
        address=Web().address(chosen, home),
        options=chosen,
        home=home,
        timezone=timezone,
    )


def read(
    sources: Iterable[Source], memos: Mapping[str, Memo] | None = None, limits: Limits = QUICK, now: datetime = NOW
) -> dict[str, Reading]:
    """Visit some sources, and give each reading by its source's name."""
    visits = [Visit(each, (memos or {}).get(each.name, {})) for each in sources]
    return {reading.source.name: reading for reading in Web(limits).read(visits, now) if reading is not None}


def visit(url: str, memo: Memo | None = None, limits: Limits = QUICK, now: datetime = NOW, **more: Any) -> Reading:
    """Visit one source."""
    one = source(url, **more)
    return read([one], {one.name: memo or {}}, limits, now)[one.name]


def rss(*items: Mapping[str, str] | str, channel: str = "", head: str = '<?xml version="1.0"?>') -> bytes:
    """Write an RSS document; an item is a title, or its elements by name."""
    written = []
    for number, item in enumerate(items, 1):
        elements = (
            {
                "title": item,
                "link": f"http://example.org/{number}",
                "guid": f"urn:example:{number}",
                "pubDate": f"Thu, 25 May 2023 08:{number % 60:02}:00 GMT",
            }
            if isinstance(item, str)
            else item
        )
        inner = "".join(f"<{name}>{escape(value)}</{name.split()[0]}>" for name, value in elements.items())
        written.append(f"<item>{inner}</item>")
    title = "<title>Example</title><link>http://example.org/</link>"
    return f'{head}<rss version="2.0"><channel>{title}{channel}{"".join(written)}</channel></rss>'.encode()
