"""Stories as formats and pages render them: each is rendered once, kept, and used again in every feed."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Protocol

from tagwire import output
from tagwire.model import Face, Feed, Story
from tagwire.output import addresses
from tagwire.output.entry import Entry, make_entry
from tagwire.store.listing import Line
from tagwire.store.publishing import Publishing


class Renderer(Protocol):
    """Renders stories one by one."""

    suffix: str

    def fragment(self, entry: Entry) -> bytes:
        """Render one story; the same entry gives the same bytes."""


class Fragments:
    """Gives the fragments of stories: those that are kept, and those that are rendered now."""

    def __init__(self, face: Face, store: Publishing) -> None:
        """Render nothing yet."""
        self._face = face
        self._store = store
        self._made: dict[str, dict[int, tuple[int, bytes]]] = {}
        self._stories: dict[int, Story] = {}

    def of(self, renderer: Renderer, feed: Feed, lines: Sequence[Line]) -> list[bytes]:
        """Give the fragments of stories in their order; what is rendered now is kept at the next `keep`."""
        way = self._way(renderer.suffix, feed)
        found = self._store.fragments(way, lines)
        missing = [line for line in lines if line.story not in found] if len(found) < len(lines) else []
        made: dict[int, tuple[int, bytes]] = {}
        for line, story in zip(missing, self._loaded([line.story for line in missing]), strict=True):
            found[line.story] = renderer.fragment(make_entry(self._face, feed, story))
            made[line.story] = line.change, found[line.story]
        if made:
            self._store.have_fragments(way, made)
            self._made.setdefault(way, {}).update(made)
        return [found[line.story] for line in lines]

    def once(self, renderer: Renderer, feed: Feed, lines: Sequence[Line]) -> list[bytes]:
        """Give the fragments of stories in their order, without keeping any: for what is written once."""
        stories = self._store.load([line.story for line in lines])
        return [renderer.fragment(make_entry(self._face, feed, story)) for story in stories]

    def keep(self) -> None:
        """Keep what was rendered."""
        if self._made:
            self._store.keep_fragments(self._made)
        self._made.clear()
        self._stories.clear()

    def forget_others(self, feeds: Iterable[Feed]) -> None:
        """Forget fragments that no feed would use: of another version, or for another address."""
        suffixes = [*(each.suffix for each in output.FORMATS), ".html"]
        different = {(feed.content, feed.folder, addresses.top(feed.name)): feed for feed in feeds}.values()
        self._store.forget_fragments({self._way(suffix, feed) for feed in different for suffix in suffixes})

    def _loaded(self, numbers: Sequence[int]) -> list[Story]:
        unknown = [number for number in numbers if number not in self._stories]
        self._stories.update(zip(unknown, self._store.load(unknown), strict=True))
        return [self._stories[number] for number in numbers]

    def _way(self, suffix: str, feed: Feed) -> str:
        """Name the way in which a fragment is made: the format, and a digest of all that it depends on."""
        # A private feed's page stands for the stories that have none.
        own = addresses.page_path(feed) if feed.private else ""
        depends_on = [output.version(), self._face.base_url, feed.content, own]
        if suffix == ".html":
            depends_on += [self._face.language or "", self._face.timezone, addresses.top(addresses.page_path(feed))]
        return f"{suffix}:{hashlib.blake2b(repr(depends_on).encode(), digest_size=8).hexdigest()}"
