"""Live filters: feeds and a page that are made when they are asked for, at a bounded cost.

Few are made at a time, each for a bounded time, and each is kept until a story changes.
"""

import asyncio
import re
from collections import OrderedDict
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote, unquote

from tagwire.model import Document, Feed, Filter
from tagwire.output import FORMATS, search
from tagwire.server import asked
from tagwire.server.answers import Answer, Scope, Send, refuse
from tagwire.server.asked import Asked, AskedError, UnknownTagError
from tagwire.server.mediatypes import SAFE, with_charset
from tagwire.server.site import Served
from tagwire.store.conditions import depends_on_time
from tagwire.store.reader import Found, TooLongError

_KEPT, _KEPT_BYTES = 128, 64 * 1024 * 1024
"""How many answers stay in memory, and how many bytes of them, at most."""
_FORMATS = {each.suffix: each for each in FORMATS}
_TAGS = re.compile(r"/tags/([^/]+)(\.[a-z]+)")
_STORIES = 50
_NO_STORE = [("Cache-Control", "no-store")]
_TOO_MUCH = "Too much is asked for; narrow the filter, or try again later.\n"


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


_PLAIN = Feed(name="feed", title="feed", limit=_STORIES)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is to be made, and in what form."""

    name: str
    """Of the feed, as its address begins."""
    suffix: str
    """Empty: a page."""
    asked: Asked
    like: Feed = _PLAIN
    """What all but its name, its title and its stories is taken from."""


class Live:
    """Answers made when they are asked for."""

    def __init__(self, served: Served, limits: Limits) -> None:
        """Look at nothing yet."""
        self._served = served
        self._limits = limits
        self._turns = asyncio.Semaphore(limits.at_once)
        self._waiting = 0
        self._kept: OrderedDict[Any, Answer] = OrderedDict()

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
            answer = await self._in_turn(path, query)
        except AskedError as error:
            await refuse(scope, send, 400, f"{error}\n", _NO_STORE)
        except (_BusyError, TooLongError):
            await refuse(scope, send, 503, _TOO_MUCH, [*_NO_STORE, ("Retry-After", "30")])
        else:
            if answer is None:
                return False
            await answer.send(scope, send)
        return True

    async def _in_turn(self, path: str, query: bytes) -> Answer | None:
        if self._waiting >= self._limits.waiting:
            raise _BusyError
        self._waiting += 1
        try:
            async with self._turns:
                return await asyncio.to_thread(self._make, path, query)
        except UnknownTagError:
            return None
        finally:
            self._waiting -= 1

    def _make(self, path: str, query: bytes) -> Answer | None:
        if path == "/search":
            return self._page(query)
        wanted = self._wanted(path, query)
        return None if wanted is None else self._feed(wanted)

    def _wanted(self, path: str, query: bytes) -> _Wanted | None:
        suffix = PurePosixPath(path).suffix
        if path == f"/feed{suffix}":
            return _Wanted("feed", suffix, asked.by_filter(query, self._served.tag_of))
        if matched := _TAGS.fullmatch(path):
            return _Wanted(f"tags/{matched[1]}", suffix, asked.by_tags(matched[1], query, self._served.tag_of))
        name = path.removeprefix("/").removesuffix(suffix)
        for feed in self._served.site().feeds:
            if feed.name == name and not feed.private and suffix.removeprefix(".") in feed.formats:
                narrowed = asked.by_feed(feed.filter, feed.title, query, self._served.tag_of)
                return _Wanted(name, suffix, narrowed, feed)
        return None

    def _feed(self, wanted: _Wanted) -> Answer:
        chosen, key = self._key(wanted.asked.filter, wanted.suffix, wanted.name, wanted.asked.query)
        if kept := self._from_memory(key):
            return kept
        site, format_ = self._served.site(), _FORMATS[wanted.suffix]
        found = self._found(chosen, wanted.like.limit)
        document = Document(
            face=replace(site.face, hub=""),  # nobody tells a hub of what is made when somebody asks
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
        return self._remember(key, Answer(format_.render(document), headers.items(), packs=True))

    def _page(self, query: bytes) -> Answer:
        """Make the page of a filter; one that cannot be read is said on it."""
        site = self._served.site()
        try:
            wanted = asked.by_filter(query, self._served.tag_of)
        except AskedError as error:
            text = asked.text_of(query)
            problem = str(error) if text else ""
            page = search.page(site.face, text, (), {}, formats=(), problem=problem)
            return _page_of(page, status=400 if problem else 200)
        chosen, key = self._key(wanted.filter, "", "search", wanted.query)
        if kept := self._from_memory(key):
            return kept
        found = self._found(chosen, _STORIES)
        formats = [(each, f"feed{each.suffix}{wanted.query}") for each in FORMATS]
        text = asked.text_of(query)
        page = search.page(site.face, text, found.stories, found.tag_pages, formats=formats, problem="")
        return self._remember(key, _page_of(page))

    def _key(self, chosen: Filter, *form: str) -> tuple[Filter, Any]:
        """Give a filter with its tags resolved, and what an answer to it depends on."""
        resolved = self._served.resolved(chosen)
        now = self._served.clock()
        minute = now.replace(second=0, microsecond=0) if depends_on_time(resolved) else None
        change = self._served.reader().newest_change()
        return resolved, (form, repr(resolved), change, self._served.version(), minute)

    def _found(self, chosen: Filter, limit: int) -> Found:
        return self._served.reader().found(chosen, limit, self._served.clock(), seconds=self._limits.seconds)

    def _from_memory(self, key: Any) -> Answer | None:
        return self._kept.get(key)

    def _remember(self, key: Any, answer: Answer) -> Answer:
        self._kept[key] = answer
        held = sum(each.size for each in list(self._kept.values()))
        while len(self._kept) > 1 and (len(self._kept) > _KEPT or held > _KEPT_BYTES):
            held -= self._kept.popitem(last=False)[1].size
        return answer


def _may_be_live(path: str, query: bytes) -> bool:
    if path == "/search":
        return True
    if PurePosixPath(path).suffix not in _FORMATS:
        return False
    return path.startswith(("/feed.", "/tags/")) or asked.excludes(query)


def _page_of(page: bytes, status: int = 200) -> Answer:
    headers = {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "max-age=60", **SAFE}
    return Answer(page, headers.items(), packs=True, status=status)
