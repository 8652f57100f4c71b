"""Writing the archives of a feed (RFC 5005, 4), for readers and as pages for people.

A closed archive is written once. It is written again only when its site moves to another address, when somebody
removed it, or when a story in it was withdrawn: then that story is cut out of it, and all else stays as it was.
Its page for people also follows the site's looks and the feed's title, and links to nothing that went away.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from tagwire.model import Document, Face
from tagwire.output import addresses, atom
from tagwire.output.cards import Card
from tagwire.output.topic import Part, Topic
from tagwire.publishing.files import Files
from tagwire.publishing.fragments import Fragments
from tagwire.store.archives import Archive, Archived
from tagwire.store.publishing import Publishing


class History:
    """Writes archives."""

    def __init__(
        self, face: Face, store: Publishing, files: Files, fragments: Fragments, tag_pages: Mapping[str, str]
    ) -> None:
        """Write nothing yet; `tag_pages` has the path of each tag's page, by the tag's key."""
        self._face = face
        self._store = store
        self._files = files
        self._fragments = fragments
        self._tag_pages = tag_pages
        self._atom = atom.Atom()

    def write(self, current: Document, number: int, archives: list[Archive], *, reshaped: bool) -> list[str]:
        """Write the archives that are new or stale; give the paths of all that are kept.

        Args:
            current: the feed's current document.
            number: of the feed.
            archives: all that are closed, the oldest first.
            reshaped: whether pages look different from those that were written before.

        """
        paths = []
        for archive in retained(archives, current.feed.retain):
            document = replace(current, archive=archive.number, archives=archive.number - 1, withdrawn=())
            told = addresses.archive_path(current.feed, archive.number)
            page = addresses.archive_page_path(current.feed, archive.number)
            paths += [told, page]
            fresh = archive.base_url == self._face.base_url and not archive.stale
            last_but_new = archive.number < len(archives) and not archives[archive.number].base_url
            if not fresh or last_but_new or not (self._files.lies_there(told) and self._files.lies_there(page)):
                self._write(document, number, archive, told, page)
            elif reshaped or self._is_oldest_now(document):
                archived = self._store.archived(number, archive.number)
                self._files.write({document.feed.name: {page: self._page(document, archived, page)}})
        return paths

    def _is_oldest_now(self, document: Document) -> bool:
        """Tell whether the archive before one goes now: its page still leads there."""
        before = addresses.archive_page_path(document.feed, document.archives)
        return document.archive == document.first_archive and self._files.lies_there(before)

    def _write(self, document: Document, number: int, archive: Archive, told: str, page: str) -> None:
        archived = self._store.archived(number, archive.number)
        document = replace(document, updated=archived.updated, withdrawn=archived.withdrawn)
        before = self._files.read(told) if archive.base_url == self._face.base_url else None
        rendered = {
            told: self._told(document, archived, before),
            page: self._page(document, archived, page),
        }
        self._files.write({document.feed.name: rendered})
        self._store.settle_archive(number, archive.number, self._face.base_url)

    def _told(self, document: Document, archived: Archived, before: bytes | None) -> bytes:
        """Give the archive as it was, less what was withdrawn; made anew where a story in it is not known from then."""
        lines = self._store.lines(archived.stories)
        if before is not None:
            cut = atom.without(before, document.withdrawn)
            if atom.ids(cut) == [line.uri for line in lines]:
                return cut
        return self._atom.join(document, self._fragments.once(self._atom, document.feed, lines))

    def _page(self, document: Document, archived: Archived, page: str) -> bytes:
        lines = self._store.lines(archived.stories)
        topic = Topic(self._face, page, self._tag_pages)
        bodies = self._fragments.once(topic, document.feed, lines)
        parts = [Part(line.day, body) for line, body in zip(lines, bodies, strict=True)]
        return topic.join(document, parts, Card())


def retained(archives: list[Archive], retain: int | None) -> Iterator[Archive]:
    """Give the archives that are kept, the oldest first: the newest ones that hold `retain` stories, at least."""
    later = sum(archive.stories for archive in archives)
    for archive in archives:
        later -= archive.stories
        if retain is None or later < retain:
            yield archive
