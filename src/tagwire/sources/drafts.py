"""What a document says of one article, before it is made one: the same for every format that is read."""

import hashlib
import html
from dataclasses import dataclass, replace
from time import struct_time

from tagwire.model import Article, Enclosure, Source
from tagwire.sources import dates
from tagwire.sources.border import When, make_article
from tagwire.text import one_line, plain

_TITLE = 2_000
_SUMMARY = 100_000
_CONTENT = 1_000_000
_GUID = 1_000
_TAGS = 100
_AUTHORS = 50
_ENCLOSURES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Some text as a document has it."""

    value: str = ""
    markup: bool = False
    """Whether it is HTML."""

    def as_text(self) -> str:
        """Give it without markup."""
        return plain(self.value) if self.markup else one_line(self.value)

    def as_html(self) -> str:
        """Give it as markup, blank lines as paragraphs."""
        if self.markup:
            return self.value
        paragraphs = (one_line(part) for part in self.value.replace("\r\n", "\n").split("\n\n"))
        return "".join(f"<p>{html.escape(part, quote=False)}</p>" for part in paragraphs if part)

    def cut(self, most: int) -> "Text":
        """Give no more than so many characters of it."""
        return self if len(self.value) <= most else replace(self, value=self.value[:most])


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One entry of a document; everything as the publisher wrote it."""

    guid: str = ""
    link: str = ""
    base: str = ""
    """What relative addresses are resolved against."""
    title: Text = Text()
    summary: Text = Text()
    content: Text = Text()
    published: str = ""
    published_parsed: struct_time | None = None
    updated: str = ""
    updated_parsed: struct_time | None = None
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    language: str | None = None
    enclosures: tuple[Enclosure, ...] = ()
    image: str | None = None
    rights: Text = Text()

    def to_article(self, source: Source, guid: str, when: When) -> Article:
        """Make it an article, of a size that can be lived with."""
        content = (self.content if self.content.value.strip() else self.summary).cut(_CONTENT)
        summary = self.summary.cut(_SUMMARY)
        words = summary.as_text() if content is not self.summary and summary.value else ""
        if words and words == content.as_text():
            words = ""
        return make_article(
            source,
            when,
            guid=short_guid(guid),
            link=self.link or None,
            title=self.title.cut(_TITLE).as_text(),
            summary=words,
            content=content.as_html(),
            base=self.base,
            updated=dates.utc(self.updated, self.updated_parsed, source),
            authors=self.authors[:_AUTHORS],
            tags=self.tags[:_TAGS],
            language=self.language,
            enclosures=self.enclosures[:_ENCLOSURES],
            image=self.image,
            rights=self.rights.cut(_TITLE).as_text(),
        )


def short_guid(guid: str) -> str:
    """Give a guid that fits an index: whole documents have been seen in its place."""
    if len(guid) <= _GUID:
        return guid
    return f"blake2b:{hashlib.blake2b(guid.encode(errors='replace'), digest_size=20).hexdigest()}"
