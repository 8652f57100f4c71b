"""How articles come in: one file for each kind of source, one line for it in `KINDS`."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from tagwire.model import Reading, Source, Visit


class Kind(Protocol):
    """A kind of source, as a user writes it: ``kind = "web"``."""

    @property
    def version(self) -> str:
        """Give the version of its reader; another one drops the memos, so that the next visit applies it."""

    @property
    def options(self) -> type[Any]:
        """Give a frozen dataclass; its fields are the options that a definition may set."""

    @property
    def every(self) -> timedelta | None:
        """Give how long after a visit the next one is due, unless the definition says otherwise.

        Zero: at every pass. None: as often as it brings something new.
        """

    @property
    def own(self) -> bool:
        """Tell whether its articles are the operator's own work.

        A corrected date is taken over then, and they all enter feeds.
        """

    def address(self, options: Any, home: Path) -> str:
        """Give the canonical address that the source's memory belongs to.

        Raises:
            ValueError: the options name no usable address; the message says what would be right.

        """

    def folder(self, source: Source) -> Path | None:
        """Give the folder whose changes make this source due at once, if it has one."""

    def read(self, visits: Iterable[Visit | None], now: datetime) -> Iterator[Reading | None]:
        """Visit many sources, and yield a `Reading` for each as it comes home.

        `visits` is taken lazily, in the caller's own thread; None in it means that nothing is due just now, and it is
        asked again while other visits are under way. None comes out about once a second while visits are under way
        and nothing comes home, so that the caller can keep what has come, and end. A failure is a reading with an
        outcome, never an exception.
        """


def kinds(contact: str = "", proxy: str = "") -> dict[str, Kind]:
    """Give every kind by the name that definitions use.

    Args:
        contact: where the operators of servers find us.
        proxy: the address of the proxy that all requests go through; empty: none.

    """
    from tagwire.sources.files import Files
    from tagwire.sources.web import Web

    return {"files": Files(), "web": Web(contact=contact, proxy=proxy)}


def unverified(sources: Iterable[Source]) -> frozenset[str]:
    """Give the names of the sources whose servers need no certificate that holds, as their definitions say."""
    return frozenset(source.name for source in sources if not getattr(source.options, "verify", True))
