"""Addresses of before: where a feed or a tag is to be found that has another name now; pure."""

import re
import unicodedata
from functools import cached_property

from tagwire.model import Site
from tagwire.output import FORMATS
from tagwire.tags.names import file_name
from tagwire.tags.vocabulary import Vocabulary

_ENDING = "|".join(re.escape(each) for each in (".html", *(each.suffix for each in FORMATS)))
_FEED = re.compile(rf"/(archive/)?([^/]+?)((?:/[0-9]+)?(?:{_ENDING}))")
_TAGS = re.compile(rf"/tags/([^/]+?)({_ENDING})")
_NAME = re.compile(r"[^+,]+")


class Moved:
    """The names of before, and those of today."""

    def __init__(self, site: Site, vocabulary: Vocabulary) -> None:
        """Look at nothing yet; where two feeds claim one name, the first has it, and a feed of today before both."""
        self._vocabulary = vocabulary
        self._feeds = {feed.name: feed.name for feed in site.feeds}
        for feed in site.feeds:
            for name in feed.was:
                self._feeds.setdefault(name, feed.name)

    def path(self, path: str) -> str | None:
        """Give what took the place of a path, whether it is there or not; None: nothing did."""
        path = unicodedata.normalize("NFC", path)
        new = None
        if matched := _TAGS.fullmatch(path):
            names = _NAME.sub(lambda name: self._tags.get(name[0], name[0]), matched[1])
            new = f"/tags/{names}{matched[2]}"
        elif (matched := _FEED.fullmatch(path)) and (name := self._feeds.get(matched[2])):
            new = f"/{matched[1] or ''}{name}{matched[3]}"
        return None if new == path else new

    @cached_property
    def _tags(self) -> dict[str, str]:
        """The name of the feed of each alias, had it one, and that of its tag."""
        return {file_name(alias): file_name(tag) for alias, tag in self._vocabulary.former()}
