"""Publishing: the second half of the pipeline, for what is behind alone.

    pick | render | write

A feed is behind when a story entered it, left it or changed in it, when its definition changed, or when a file of it
is gone. The store remembers that until the files are written, so that a crash at any moment loses nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tagwire import tokens
from tagwire.model import Feed, Site, tag_key
from tagwire.output import addresses, opml, pages
from tagwire.publishing import private
from tagwire.publishing.feeds import Feeds, made_with
from tagwire.publishing.files import Files
from tagwire.store.publishing import State, Told
from tagwire.store.store import Store
from tagwire.tags.matching import judge
from tagwire.tags.names import file_name

_SITE, _STORIES = "/site", "/stories"
"""Who files belong to that are no feed's; no feed's name begins with a slash."""


_STORIES_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Published:
    """What became of one feed."""

    name: str
    stories: int
    written: bool


class Publisher:
    """Writes what is behind in the ``output/`` of one site."""

    def __init__(self, site: Site, feeds: Sequence[Feed], store: Store, clock: Callable[[], datetime]) -> None:
        """Write nothing yet.

        Args:
            site: the definitions in force.
            feeds: its feeds, their filters resolved.
            store: open.
            clock: gives the time, aware and in UTC.

        """
        self._site = site
        self._named = tuple(feeds)
        self._store = store.publishing
        self._clock = clock
        self._files = Files(site.root, self._store)

    def publish(self) -> list[Published] | None:
        """Let the feeds catch up, and write what is behind; the caller sees to it that nobody else does meanwhile.

        Returns:
            what became of each feed that has a definition. None: some articles still carry tags of other rules than
            today's; until none does, the feeds rest, and then change in one stroke.

        Raises:
            TagwireError: a file cannot be written.

        """
        now = self._clock()
        self._files.make_ready()
        if not self._store.catch_up(self._named, judge, now):
            return None
        tags = self._store.catch_up_tags(self._site.tag_feeds, file_name, now)
        tags = [replace(feed, content=self._site.content) for feed in tags] if self._site.content != "full" else tags
        tag_pages = {tag_key(feed.tag): addresses.page_path(feed) for feed in tags}
        incomplete = self._files.incomplete()
        named = private.placed(self._site.root, self._named)
        every = [*named, *tags]
        feeds = Feeds(self._site.face, self._store, self._files, tag_pages)
        states = self._store.states()
        behind = feeds.behind(every, states, incomplete)
        written = feeds.write(behind, states, now)
        self._write_stories(tag_pages, everything=_STORIES in incomplete)
        gone = self._files.remove_others({*(feed.name for feed in every), _SITE, _STORIES})
        tokens.forget_feeds(self._site.root, (feed.name for feed in named if feed.private))
        shown: Mapping[str, State | Told] = states
        if behind or gone or _SITE in incomplete or not every:
            feeds.forget_fragments(every)
            shown = self._write_site(tags)
        if written:
            self._store.published(now, self._clock())
        return [Published(feed.name, shown[feed.name].stories, feed.name in written) for feed in self._named]

    def _write_stories(self, tag_pages: dict[str, str], *, everything: bool) -> None:
        """Write the pages of the stories without a link that changed, and remove those that are no longer published."""
        made_from = made_with(self._site.face)
        behind = self._store.pages_behind(made_from, everything=everything)
        for first in range(0, len(behind.wanted), _STORIES_AT_ONCE):
            some = behind.wanted[first : first + _STORIES_AT_ONCE]
            self._files.write({_STORIES: pages.story_pages(self._site.face, self._store.load(some), tag_pages)})
        if behind.wanted or behind.gone:
            self._files.remove(map(addresses.own_page, behind.gone))
            self._store.settle_pages(behind, made_from)

    def _write_site(self, tags: Sequence[Feed]) -> Mapping[str, Told]:
        """Write what there is once: home, the list of the tags, the list of the feeds; of private feeds nothing.

        Gives what is told there of each feed.
        """
        public = [feed for feed in self._named if not feed.private]
        told = self._store.told()
        named, tagged = (
            [pages.Shown(feed, told[feed.name].stories, told[feed.name].card) for feed in feeds]
            for feeds in (public, tags)
        )
        rendered = pages.site_pages(self._site.face, named, tagged)
        rendered[addresses.OPML] = opml.published(self._site.face, public)
        self._files.write({_SITE: rendered})
        return told
