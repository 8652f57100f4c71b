"""One user's folders."""

from dataclasses import dataclass
from pathlib import Path

from tagwire.model.publishing import Face, Feed, TagFeeds
from tagwire.model.stories import Mode
from tagwire.model.tags import TagRule
from tagwire.model.visits import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One user's folders, loaded and checked."""

    root: Path
    face: Face = Face()
    timezone: str = "UTC"
    database: str = ""
    """An SQLAlchemy URL; empty: ``tagwire.db`` beside the folders."""
    contact: str = ""
    """Where the operators of servers that we visit find us: an address of the web, or of mail."""
    proxy: str = ""
    """The address of the proxy that all visits to the web go through; empty: none."""
    matching: Mode = Mode.NORMAL
    sources: tuple[Source, ...] = ()
    feeds: tuple[Feed, ...] = ()
    tag_feeds: TagFeeds = TagFeeds()
    rules: tuple[TagRule, ...] = ()

    @property
    def content(self) -> str:
        """How much is told of a story where nobody defined the feed: summaries, if a public feed gives no more."""
        careful = any(feed.content == "summary" for feed in self.feeds if not feed.private)
        return "summary" if careful else "full"
