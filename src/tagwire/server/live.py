"""Live filters: feeds and a page that are made when they are asked for, at a bounded cost.

Few are made at a time, each for a bounded time, and each is kept until a story changes. While stories are tagged anew,
those that ask for tags stay as they were, as all feeds do.
"""

import asyncio
import re
from collections import OrderedDict
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from urllib.parse import quote, unquote

from tagwire.model import Document, Face, Feed, Filter, Has, HasTag, Leaf, Part
from tagwire.output import FORMATS, search
from tagwire.server import asked
from tagwire.server.answers import Answer, Scope, Send, refuse
from tagwire.server.asked import Asked, AskedError, UnknownTagError
from tagwire.server.mediatypes import SAFE, with_charset
from tagwire.server.site import Served
from tagwire.store.conditions import depends_on_time
from tagwire.store.reader import Found, TooLongError
from tagwire.tags.filters import leaves

_KEPT, _KEPT_BYTES = 128, 64 * 1024 * 1024
"""How many answers stay in memory, and how many bytes of them, at most."""
_FORMATS = {each.suffix: each for each in FORMATS}
_TAGS = re.compile(r"/tags/([^/]+)(\.[a-z]+)")
_STORIES = 50
_NO_STORE = [("Cache-Control", "no-store")]
_TOO_MUCH = "Too much is asked for; narrow the filter, or try again later.\n"
_BEING_TAGGED = "Stories are being tagged anew; try again later.\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What live filters may cost."""

    seconds: float = 3.0
    """That the database may take for one answer."""
    at_once: int = 2
    """How many are made at a time."""
    waiting: int = 16
    """How many are in hand or wait for their turn, at most."""


LIMITS = Limits()


class _BusyError(Exception):
    """Too many wait for their turn."""


class _RestingError(Exception):
    """Stories are being tagged anew, so that a filter of tags would find some by old rules and some by new ones."""


_PLAIN = Feed(name="feed", title="feed", limit=_STORIES)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """What is to be made, and in what form."""

    name: str
    """Of the feed, as its address begins."""
    suffix: str
    """Empty: a page."""
    asked: Asked
    like: Feed
    """What all but its name, its title and its stories is taken from."""
    chosen: Filter
    """The filter, its tags resolved."""
    stamp: tuple[object, ...]
    """Another one: there may be other stories, or they are told otherwise."""
    resting: bool
    """Whether it is not to be made now; what was made before holds until then."""

    @property
    def key(self) -> tuple[str, ...]:
        """What was asked for."""
        return self.name, self.suffix, self.asked.query, repr(self.asked.filter)


class Live:
    """Answers made when they are asked for."""

    def __init__(self, served: Served, limits: Limits) -> None:
        """Look at nothing yet."""
        self._served = served
        self._limits = limits
        self._turns = asyncio.Semaphore(limits.at_once)
        self._waiting = 0
        self._kept: OrderedDict[tuple[str, ...], tuple[tuple[object, ...], Answer]] = OrderedDict()

    def overrides(self, scope: Scope) -> bool:
        """Tell whether an address asks for less than the file that may lie there: it excludes some tags."""
        path = unquote(scope["raw_path"].decode(errors="replace"))
        if PurePosixPath(path).suffix not in _FORMATS or path.startswith("/archive/"):
            return False
        return asked.excludes(scope["query_string"])

    def makes(self, path: str) -> bool:
        """Tell whether a path, without its query, is a feed of tags that stories carry."""
        matched = _TAGS.fullmatch(path)
        if not matched or matched[2] not in _FORMATS:
            return False
        return all(map(self._served.tag_of, re.split(r"[+,]", matched[1])))

    async def answer(self, scope: Scope, send: Send) -> bool:
        """Answer a request, and tell whether it was one for a live filter."""
        path, query = unquote(scope["raw_path"].decode(errors="replace")), scope["query_string"]
        if not _may_be_live(path, query):
            return False
        try:
            answer = await self._answer(path, query)
        except AskedError as error:
            await refuse(scope, send, 400, f"{error}\n", _NO_STORE)
        except (_BusyError, TooLongError):
            await refuse(scope, send, 503, _TOO_MUCH, [*_NO_STORE, ("Retry-After", "30")])
        except _RestingError:
            await refuse(scope, send, 503, _BEING_TAGGED, [*_NO_STORE, ("Retry-After", "30")])
        else:
            if answer is None:
                return False
            await answer.send(scope, send)
        return True

    async def _answer(self, path: str, query: bytes) -> Answer | None:
        """Give what is kept; only what has to be made waits for its turn."""
        wanted = await asyncio.to_thread(self._wanted, path, query)
        if not isinstance(wanted, _Wanted):
            return wanted
        if kept := self._from_memory(wanted):
            return kept
        if wanted.resting:
            raise _RestingError
        if self._waiting >= self._limits.waiting:
            raise _BusyError
        self._waiting += 1
        try:
            async with self._turns:
                return self._from_memory(wanted) or await asyncio.to_thread(self._make, wanted)
        finally:
            self._waiting -= 1

    def _wanted(self, path: str, query: bytes) -> _Wanted | Answer | None:
        """Give what an address asks for, or the page that says why it cannot be read; None: it is no live filter."""
        state = self._served.state()
        try:
            read = self._read(path, query)
        except UnknownTagError as error:
            if state.retagging:
                raise _RestingError from error
            return None
        if read is None or isinstance(read, Answer):
            return read
        name, suffix, wanted, like = read
        chosen = self._served.resolved(wanted.filter)
        now = self._served.clock()
        minute = now.replace(second=0, microsecond=0) if depends_on_time(chosen) else None
        return _Wanted(
            name=name, suffix=suffix, asked=wanted, like=like, chosen=chosen,
            stamp=(state.change, state.opened, self._served.version(), minute),
            resting=state.retagging and any(map(_asks_for_tags, leaves(wanted.filter))),
        )  # fmt: skip

    def _read(self, path: str, query: bytes) -> tuple[str, str, Asked, Feed] | Answer | None:
        site, tag_of = self._served.site(), self._served.tag_of
        suffix = PurePosixPath(path).suffix
        plain = replace(_PLAIN, content=site.content)
        if path == "/search":
            try:
                return "search", "", asked.by_filter(query, tag_of), plain
            except AskedError as error:
                return _unread(site.face, asked.text_of(query), str(error))
        if path == f"/feed{suffix}":
            return "feed", suffix, asked.by_filter(query, tag_of), plain
        if matched := _TAGS.fullmatch(path):
            return f"tags/{matched[1]}", suffix, asked.by_tags(matched[1], query, tag_of), plain
        name = path.removeprefix("/").removesuffix(suffix)
        for feed in site.feeds:
            if feed.name == name and not feed.private and suffix.removeprefix(".") in feed.formats:
                return name, suffix, asked.by_feed(feed.filter, feed.title, query, tag_of), feed
        return None

    def _make(self, wanted: _Wanted) -> Answer:
        found = self._found(wanted.chosen, wanted.like.limit)
        answer = self._feed(wanted, found) if wanted.suffix else self._page(wanted, found)
        return self._remember(wanted, answer)

    def _feed(self, wanted: _Wanted, found: Found) -> Answer:
        format_ = _FORMATS[wanted.suffix]
        document = Document(
            face=replace(self._served.site().face, hub=""),  # nobody tells a hub of what is made when somebody asks
            feed=replace(wanted.like, name=wanted.name, title=wanted.asked.title),
            id=f"tag:{found.authority},2026:filter:{quote(wanted.name + wanted.asked.query)}",
            updated=found.updated,
            stories=found.stories,
            query=wanted.asked.query,
            page=f"search{asked.page_query(wanted.asked)}",
        )
        headers = {
            "Content-Type": with_charset(format_.media_type), "Cache-Control": "max-age=60",
            "Access-Control-Allow-Origin": "*", **SAFE,
        }  # fmt: skip
        return Answer(format_.render(document), headers.items(), packs=True)

    def _page(self, wanted: _Wanted, found: Found) -> Answer:
        formats = [(each, f"feed{each.suffix}{wanted.asked.query}") for each in FORMATS]
        face, text = self._served.site().face, asked.text_of(wanted.asked.query.removeprefix("?").encode())
        return _page_of(search.page(face, text, found.stories, found.tag_pages, formats=formats, problem=""))

    def _found(self, chosen: Filter, limit: int) -> Found:
        return self._served.reader().found(chosen, limit, self._served.clock(), seconds=self._limits.seconds)

    def _from_memory(self, wanted: _Wanted) -> Answer | None:
        stamp, answer = self._kept.get(wanted.key, ((), None))
        return answer if wanted.resting or stamp == wanted.stamp else None

    def _remember(self, wanted: _Wanted, answer: Answer) -> Answer:
        self._kept[wanted.key] = wanted.stamp, answer
        self._kept.move_to_end(wanted.key)
        held = sum(each.size for _, each in list(self._kept.values()))
        while len(self._kept) > 1 and (len(self._kept) > _KEPT or held > _KEPT_BYTES):
            held -= self._kept.popitem(last=False)[1][1].size
        return answer


def _asks_for_tags(part: Leaf) -> bool:
    return isinstance(part, HasTag) or part == Has(Part.TAG)


def _may_be_live(path: str, query: bytes) -> bool:
    if path == "/search":
        return True
    if PurePosixPath(path).suffix not in _FORMATS:
        return False
    return path.startswith(("/feed.", "/tags/")) or asked.excludes(query)


def _unread(face: Face, text: str, error: str) -> Answer:
    """Give the page for a filter that cannot be read, which says why; and for none."""
    problem = error if text else ""
    return _page_of(search.page(face, text, (), {}, formats=(), problem=problem), status=400 if problem else 200)


def _page_of(page: bytes, status: int = 200) -> Answer:
    headers = {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "max-age=60", **SAFE}
    return Answer(page, headers.items(), packs=True, status=status)
