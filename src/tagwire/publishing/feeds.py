"""Writing feeds: in each of their formats and as a page, from fragments that are rendered once."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

from tagwire import output
from tagwire.model import Document, Face, Feed
from tagwire.output import addresses
from tagwire.output.cards import Card, Headline
from tagwire.output.grammar import web_address
from tagwire.output.topic import Part, Topic
from tagwire.publishing.files import Files
from tagwire.publishing.fragments import Fragments
from tagwire.publishing.history import History, retained
from tagwire.store.publishing import Line, Listing, Publishing
from tagwire.text import one_line

_HEADLINES = 4
_TAGS = 6


class Feeds:
    """Writes the feeds of one site that are behind."""

    def __init__(self, face: Face, store: Publishing, files: Files, tag_pages: Mapping[str, str]) -> None:
        """Write nothing yet; `tag_pages` has the path of each tag's page, by the tag's key."""
        self._face = face
        self._store = store
        self._files = files
        self._tag_pages = tag_pages
        self._fragments = Fragments(face, store)
        self._history = History(face, store, files, self._fragments, tag_pages)

    def write(self, feeds: Sequence[Feed], incomplete: set[str]) -> set[str]:
        """Write the feeds that are behind, and those that are incomplete; give the names of those that differ now."""
        states = self._store.states()
        written = set()
        for feed in feeds:
            made_from = self._made_from(feed)
            state = states[feed.name]
            behind = state.stale or state.made_from != made_from or feed.name in incomplete
            if behind and self._write(feed, made_from):
                written.add(feed.name)
        self._fragments.forget_others(feeds)
        return written

    def _write(self, feed: Feed, made_from: str) -> bool:
        """Write a feed; what of it is not published any more is removed."""
        listing = self._store.listing(feed)
        archives = self._history.close(feed, listing.number)
        document = Document(
            face=self._face,
            feed=feed,
            id=listing.uri,
            updated=listing.updated,
            withdrawn=listing.withdrawn,
            archives=len(archives),
            first_archive=next((each.number for each in retained(archives, feed.retain)), 1),
            last_archive=len(archives),
        )
        card = _card(listing)
        rendered = {
            addresses.feed_path(feed, each.suffix): each.join(document, self._fragments.of(each, feed, listing.lines))
            for each in output.formats_of(feed)
        }
        path = addresses.page_path(feed)
        topic = Topic(self._face, path, self._tag_pages)
        bodies = self._fragments.of(topic, feed, listing.lines)
        parts = [Part(line.day, body) for line, body in zip(listing.lines, bodies, strict=True)]
        rendered[path] = topic.join(document, parts, card)
        self._fragments.keep(listing.lines)
        kept = self._history.write(document, listing.number, archives)
        written = self._files.write(feed.name, rendered)
        self._files.keep_only(feed.name, {*rendered, *kept})
        self._store.settle(feed, listing, made_from, card.as_json())
        return written

    def _made_from(self, feed: Feed) -> str:
        """Give a digest of all that a feed's files depend on beside its stories."""
        told = (output.version(), self._face, replace(feed, filter=None, file=""))  # type: ignore[arg-type]  # for repr
        return hashlib.blake2b(repr(told).encode(errors="surrogatepass"), digest_size=12).hexdigest()


def _card(listing: Listing) -> Card:
    return Card(
        stories=listing.total,
        headlines=tuple(map(_headline, listing.lines[:_HEADLINES])),
        tags=listing.tags[:_TAGS],
        trend=tuple((day.isoformat(), count) for day, count in listing.trend),
    )


def _headline(line: Line) -> Headline:
    ours = addresses.reference(addresses.own_page(line.uri))
    link = web_address(line.link) or ours
    return Headline(one_line(line.title) or link, link, line.day.isoformat(), line.language)
