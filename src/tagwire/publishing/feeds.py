"""Writing feeds: in each of their formats and as a page, from fragments that are rendered once."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from operator import attrgetter

from tagwire import output
from tagwire.model import Document, Face, Feed
from tagwire.output import addresses, pages
from tagwire.output.cards import Card, Headline
from tagwire.output.entry import written_in
from tagwire.output.grammar import web_address
from tagwire.output.topic import Part, Topic
from tagwire.publishing.files import Files
from tagwire.publishing.fragments import Fragments
from tagwire.publishing.history import History, retained
from tagwire.store.archives import Archive
from tagwire.store.listing import Line, Listing
from tagwire.store.publishing import Publishing, Settled, State
from tagwire.text import one_line

_AT_ONCE = 20
"""Feeds for which the disk is waited for together."""
_HEADLINES = 4


class Feeds:
    """Writes the feeds of one site that are behind."""

    def __init__(self, face: Face, store: Publishing, files: Files, tag_pages: Mapping[str, str]) -> None:
        """Write nothing yet; `tag_pages` has the path of each tag's page, by the tag's key."""
        self._face = face
        self._store = store
        self._files = files
        self._tag_pages = tag_pages
        self._around = made_with(face)
        self._fragments = Fragments(face, store)
        self._history = History(face, store, files, self._fragments, tag_pages)

    def behind(self, feeds: Sequence[Feed], states: Mapping[str, State], incomplete: set[str]) -> list[Feed]:
        """Give the feeds that are behind: stale, of another definition, or incomplete."""
        return [
            feed
            for feed in feeds
            if (state := states[feed.name]).stale or state.made_from != self._made_from(feed) or feed.name in incomplete
        ]

    def forget_fragments(self, feeds: Sequence[Feed]) -> None:
        """Forget the fragments that none of the feeds there are would use."""
        self._fragments.forget_others(feeds)

    def write(self, feeds: Sequence[Feed], states: Mapping[str, State], now: datetime) -> set[str]:
        """Write feeds; give the names of those of which a file differs now."""
        self._store.close_archives((feed, states[feed.name].number) for feed in feeds if feed.retain != 0)
        written: set[str] = set()
        for first in range(0, len(feeds), _AT_ONCE):
            written |= self._write(feeds[first : first + _AT_ONCE], states, now)
        return written

    def _write(self, feeds: Sequence[Feed], states: Mapping[str, State], now: datetime) -> set[str]:
        rendered: dict[str, dict[str, bytes]] = {}
        settled = []
        for feed in feeds:
            listing = self._store.listing(feed)
            archives = self._store.closed_archives(listing.number) if listing.archives and feed.retain != 0 else []
            document = self._document(feed, listing, archives)
            card = _card(listing)
            rendered[feed.name] = self._rendered(document, listing, card)
            reshaped = states[feed.name].made_from != self._made_from(feed)
            kept = self._history.write(document, listing.number, archives, reshaped=reshaped)
            self._files.keep_only(feed.name, {*rendered[feed.name], *kept})
            html = pages.card(self._face, feed, card, self._tag_pages)
            told = () if feed.private else output.formats_of(feed)
            documents = tuple(addresses.feed_path(feed, each.suffix) for each in told)
            settled.append(
                Settled(feed=feed, listing=listing, made_from=self._made_from(feed), card=html, documents=documents)
            )
        self._fragments.keep()
        written = self._files.write(rendered)
        self._store.settle(settled, now)
        return written

    def _document(self, feed: Feed, listing: Listing, archives: list[Archive]) -> Document:
        return Document(
            face=replace(self._face, hub="") if feed.private else self._face,  # a hub would pass the address on
            feed=feed,
            id=listing.uri,
            updated=listing.updated,
            withdrawn=listing.withdrawn,
            archives=len(archives),
            first_archive=next((each.number for each in retained(archives, feed.retain)), 1),
            last_archive=len(archives),
        )

    def _rendered(self, document: Document, listing: Listing, card: Card) -> dict[str, bytes]:
        """Render a feed in its formats and as a page, by path."""
        feed = document.feed
        rendered = {
            addresses.feed_path(feed, each.suffix): each.join(document, self._fragments.of(each, feed, listing.lines))
            for each in output.formats_of(feed)
        }
        path = addresses.page_path(feed)
        topic = Topic(self._face, path, self._tag_pages)
        bodies = self._fragments.of(topic, feed, listing.lines)
        parts = [Part(line.day, body) for line, body in zip(listing.lines, bodies, strict=True)]
        return rendered | {path: topic.join(document, parts, card)}

    def _made_from(self, feed: Feed) -> str:
        """Give a digest of all that a feed's files depend on beside its stories."""
        return _digest(self._around, _shape(feed))


def made_with(face: Face) -> str:
    """Give a digest of what everything that is published depends on."""
    return _digest(output.version(), face)


def _digest(*values: object) -> str:
    return hashlib.blake2b(repr(values).encode(errors="surrogatepass"), digest_size=12).hexdigest()


_shape = attrgetter(*(name for name in Feed.__dataclass_fields__ if name not in {"filter", "file", "was"}))


def _card(listing: Listing) -> Card:
    return Card(
        stories=listing.total,
        headlines=tuple(map(_headline, listing.lines[:_HEADLINES])),
        tags=listing.tags,
        trend=listing.trend,
    )


def _headline(line: Line) -> Headline:
    link = web_address(line.link) or addresses.reference(addresses.own_page(line.uri))
    return Headline(one_line(line.title) or link, link, line.day, written_in(line.language, line.title))
