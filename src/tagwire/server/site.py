"""The site as the server sees it: the definitions in force, and the store that another process writes."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from tagwire import definitions
from tagwire.errors import DefinitionError
from tagwire.locks import is_held
from tagwire.model import Filter, Site
from tagwire.pipeline import database
from tagwire.server.moved import Moved
from tagwire.store.reader import Reader, State
from tagwire.tags.names import file_name
from tagwire.tags.patterns import found
from tagwire.tags.vocabulary import Vocabulary


class Served:
    """A site that is served: its definitions are loaded anew when they changed. Safe to use from several threads."""

    def __init__(self, root: Path, clock: Callable[[], datetime]) -> None:
        """Look at nothing yet."""
        self.root = root
        self.clock = clock
        self.output = root / "output"
        self._loaded: _Loaded | None = None
        self._reader: tuple[str, Reader] | None = None
        self._names: tuple[State, dict[str, str]] | None = None
        self._loading = threading.Lock()
        self._naming = threading.Lock()

    def site(self) -> Site:
        """Give the definitions in force; what is broken is as it was when it was right.

        Raises:
            DefinitionError: there is no site.

        """
        return self._now().site

    def version(self) -> str:
        """Give what is another whenever the definitions are."""
        return self._now().version

    def resolved(self, chosen: Filter) -> Filter:
        """Give a filter whose tags stand for what the vocabulary says that they mean."""
        return self._now().vocabulary.resolved(chosen)

    def moved(self, path: str) -> str | None:
        """Give the path that took the place of one of before; None: nothing did."""
        try:
            return self._now().moved.path(path)
        except DefinitionError:
            return None

    def state(self) -> State:
        """Give what answers to filters depend on; nobody is tagging anew where no process is at work on the site."""
        state = self.reader().state()
        return replace(state, retagging=False) if state.retagging and not is_held(self.root, "reading") else state

    def tag_of(self, name: str) -> str | None:
        """Give the tag whose feed has a name; None: no story carries such a tag."""
        state = self.state()
        with self._naming:
            if self._names is None or not (state.retagging or self._names[0] == state):
                self._names = state, {file_name(tag): tag for tag in self.reader().tags()}
            return self._names[1].get(name)

    def _now(self) -> "_Loaded":
        with self._loading:
            stamps = definitions.stamps(self.root)
            if self._loaded is None or stamps != self._loaded.stamps:
                site = definitions.load(self.root).site
                vocabulary = Vocabulary(site.rules)
                self._loaded = _Loaded(stamps, site, vocabulary, repr(stamps), Moved(site, vocabulary))
            return self._loaded

    def reader(self) -> Reader:
        """Give the store.

        Raises:
            StoreError: its address is none.

        """
        url = database(self.site())
        with self._loading:
            if self._reader is None or self._reader[0] != url:
                self._reader = url, Reader(url, found)
            return self._reader[1]


@dataclass(frozen=True, slots=True)
class _Loaded:
    stamps: dict[Path, tuple[int, ...]]
    site: Site
    vocabulary: Vocabulary
    version: str
    moved: Moved
