"""How feeds go out: one file for each format, one line for it in `FORMATS`."""

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Protocol

from tagwire.model import Document, Feed
from tagwire.output.atom import Atom
from tagwire.output.entry import Entry
from tagwire.output.jsonfeed import JsonFeed
from tagwire.output.rss import Rss


class Format(Protocol):
    """A format that feeds are published in.

    A document is its head and its stories' fragments, joined. A fragment depends on its entry alone, so that it can be
    kept and used again: in the next document, and in other feeds.
    """

    name: str
    """As people say it: ``Atom``."""
    suffix: str
    """Of the file: ``.atom``."""
    media_type: str
    """Without parameters, as links name it; all formats are UTF-8."""

    def fragment(self, entry: Entry) -> bytes:
        """Render one story; the same entry gives the same bytes."""

    def join(self, document: Document, fragments: Iterable[bytes]) -> bytes:
        """Render a document around fragments, which stand for its stories; never looks at the stories themselves."""

    def render(self, document: Document) -> bytes:
        """Render a whole document with its stories; the same document gives the same bytes."""


FORMATS: tuple[Format, ...] = (Atom(), Rss(), JsonFeed())


@cache
def version() -> str:
    """Give a digest of everything in this package, so that what another version of it rendered is not used again."""
    folder = files(__name__)
    sources = [*folder.iterdir(), *folder.joinpath("templates").iterdir()]
    texts = sorted(each.name.encode() + b"\0" + each.read_bytes() for each in sources if each.is_file())
    return hashlib.blake2b(b"\0".join(texts), digest_size=8).hexdigest()


def formats_of(feed: Feed) -> tuple[Format, ...]:
    """Give the formats that a feed is published in."""
    return tuple(each for each in FORMATS if each.suffix.removeprefix(".") in feed.formats)
