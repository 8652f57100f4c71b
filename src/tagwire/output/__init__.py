"""How feeds go out: one file for each format, one line for it in `FORMATS`."""

from typing import Protocol

from tagwire.model import Document
from tagwire.output.atom import Atom


class Format(Protocol):
    """A format that feeds are published in."""

    name: str
    """As people say it: ``Atom``."""
    suffix: str
    """Of the file: ``.atom``."""
    media_type: str
    """Without parameters, as links name it; all formats are UTF-8."""

    def render(self, document: Document) -> bytes:
        """Render a whole document; the same document gives the same bytes."""


FORMATS: tuple[Format, ...] = (Atom(),)
