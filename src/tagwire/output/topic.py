"""The page of a feed: its stories by day, for people; put together from fragments as the feeds themselves are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from itertools import groupby
from zoneinfo import ZoneInfo

from tagwire.model import Document, Face
from tagwire.output import formats_of
from tagwire.output.addresses import archive_page_path, feed_path, page_path, reference, top
from tagwire.output.cards import Card
from tagwire.output.entry import Entry, excerpt
from tagwire.output.environment import link_tags, render
from tagwire.text import plain


@dataclass(frozen=True, slots=True)
class Part:
    """A story on a page."""

    day: date
    fragment: bytes


class Topic:
    """Renders the pages of feeds that lie in one folder of ``output/``."""

    suffix = ".html"

    def __init__(self, face: Face, path: str, tag_pages: Mapping[str, str]) -> None:
        """Remember where the page lies.

        Args:
            face: what the pages say of the site, and in which language.
            path: of the page, or of another one in the same folder.
            tag_pages: the path of each tag's page, by the tag's key.

        """
        self._face = face
        self._top = top(path)
        self._tag_pages = tag_pages

    def fragment(self, entry: Entry) -> bytes:
        """Render one story; the same entry gives the same bytes."""
        anchor = entry.link.partition("#")[2] if entry.page else ""
        own = f"{self._top}{reference(entry.page)}{'#' if anchor else ''}{anchor}" if entry.page else ""
        return render(
            "entry.html",
            self._face,
            top=self._top,
            entry=entry,
            anchor=anchor,
            link=own or entry.link,
            clock=self._clock(entry),
            summary=entry.summary or excerpt(plain(entry.content)),
            others=[copy for copy in entry.copies if copy.source != entry.source.title],
        )

    def join(self, document: Document, parts: Sequence[Part], card: Card) -> bytes:
        """Render the page of a feed, or of one of its archives, around its stories.

        Args:
            document: the feed; its own stories are not looked at.
            parts: the stories, last come first.
            card: what is known of the feed as a whole.

        """
        feed = document.feed
        newest_first = sorted(parts, key=lambda part: part.day, reverse=True)
        days = [
            (day, b"".join(part.fragment for part in several).decode())
            for day, several in groupby(newest_first, key=lambda part: part.day)
        ]
        page = render(
            "topic.html",
            self._face,
            top=self._top,
            document=document,
            feed=feed,
            card=card,
            days=days,
            count=len(parts),
            formats=[(each, self._top + reference(feed_path(feed, each.suffix))) for each in formats_of(feed)],
            older=self._link(_older(document)),
            newer=self._link(_newer(document)),
        )
        return link_tags(page, self._tag_pages, self._top)

    def _link(self, path: str | None) -> str | None:
        return path and self._top + reference(path)

    def _clock(self, entry: Entry) -> str:
        """Give the time of day, unless it is midnight, which stands for a day without a clock, or of another day."""
        there = entry.published.astimezone(ZoneInfo(self._face.timezone))
        known = there.date() == entry.day and there.time() != time(0)
        return f"{there:%H:%M}" if known else ""


def _older(document: Document) -> str | None:
    there = document.first_archive <= document.archives
    return archive_page_path(document.feed, document.archives) if there else None


def _newer(document: Document) -> str | None:
    if document.archive is None:
        return None
    if document.archive < document.last_archive:
        return archive_page_path(document.feed, document.archive + 1)
    return page_path(document.feed)
