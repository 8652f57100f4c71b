"""How feeds go out: one file for each format, one line for it in `FORMATS`."""

from typing import Protocol

from tagwire.model import Document
from tagwire.output.atom import Atom


class Format(Protocol):
    """A format that feeds are published in."""

    suffix: str
    """Of the file: ``.atom``."""
    media_type: str

    def render(self, document: Document) -> bytes:
        """Render a whole document; the same document gives the same bytes."""


FORMATS: tuple[Format, ...] = (Atom(),)
