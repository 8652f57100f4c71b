"""The site as the server sees it: the definitions in force, and the store that another process writes."""

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from tagwire import definitions
from tagwire.model import Site
from tagwire.pipeline import database
from tagwire.store.reader import Reader
from tagwire.tags.patterns import found


class Served:
    """A site that is served: its definitions are loaded anew when they changed. Safe to use from several threads."""

    def __init__(self, root: Path, clock: Callable[[], datetime]) -> None:
        """Look at nothing yet."""
        self.root = root
        self.clock = clock
        self.output = root / "output"
        self._stamps: Any = None
        self._site: Site | None = None
        self._reader: tuple[str, Reader] | None = None
        self._loading = threading.Lock()

    def site(self) -> Site:
        """Give the definitions in force; what is broken is as it was when it was right.

        Raises:
            DefinitionError: there is no site.

        """
        with self._loading:
            stamps = definitions.stamps(self.root)
            if self._site is None or stamps != self._stamps:
                self._site, self._stamps = definitions.load(self.root).site, stamps
            return self._site

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
