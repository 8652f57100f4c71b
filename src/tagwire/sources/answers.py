"""What a response means: a reading at once, or a document that has to be parsed first. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from tagwire.model import Hints, Memo, Outcome, Reading, Visit
from tagwire.sources import hints, identity, moving
from tagwire.sources.exchange import Response, describe
from tagwire.sources.limits import Limits
from tagwire.sources.parsing import Job, Parsed

_OK, _NOT_MODIFIED, _UNAUTHORIZED, _GONE, _TOO_MANY, _UNAVAILABLE = 200, 304, 401, 410, 429, 503


_DAY = timedelta(days=1)
_NOTHING_ASKED = Hints()


@dataclass(frozen=True, slots=True)
class Answer:
    """A response to a visit, at its time."""

    visit: Visit
    response: Response
    body: str
    """A digest of the response's body; empty: it has none."""
    now: datetime
    limits: Limits

    def reading(self) -> Reading | None:
        """Give what it comes to; None: its document has to be parsed."""
        response = self.response
        if response.error:
            return self.failed(response.error)
        if response.status == _NOT_MODIFIED and response.conditional:
            return self._well(self.visit.memo)
        if response.status != _OK:
            return self._refused(response.status)
        if not self.body:
            return self.failed("the document is empty")
        if self.body == self.visit.memo.get("body"):
            return self._well({**self.visit.memo, **self._validators()})
        return None

    def job(self) -> Job:
        """Give what is to be known to parse the document."""
        headers, memo = self.response.headers, self.visit.memo
        return Job(
            source=self.visit.source,
            url=self.response.address.href,
            content_type=headers.get("content-type", ""),
            open_ended="content-encoding" in headers or self.response.ends_with_connection,
            now=self.now,
            limit=self.limits.articles,
            rule=memo.get("rule", identity.GUID),
            marks=tuple(memo.get("marks", ())),
        )

    def parsed(self, parsed: Parsed) -> Reading:
        """Give the reading that the parsed document comes to."""
        document = parsed.result
        if document is None:
            return replace(self.failed(parsed.error), instead=parsed.instead)
        memo = {
            **self._validators(),
            "rule": document.rule,
            "marks": list(document.marks),
            "fresh": document.fresh_for.total_seconds() if document.fresh_for else 0,
            "skip_hours": list(document.skip_hours),
            "skip_days": list(document.skip_days),
            **self._moving(),
        }
        return Reading(
            source=self.visit.source,
            outcome=Outcome.NEW if document.articles else Outcome.UNCHANGED,
            articles=document.articles,
            memo=memo,
            warnings=document.warnings,
            about=document.about,
            hints=self._hints(memo),
            moved_to=moving.shown(memo),
            entries=document.entries,
            backlog=None if self.visit.memo else self.visit.source.options.backlog,
            oldest=document.oldest,
        )

    def failed(self, error: str, outcome: Outcome = Outcome.FAILED, asked: Hints | None = None) -> Reading:
        """Give the reading of a visit that brought nothing; its memo stays as it was."""
        return Reading(
            source=self.visit.source, outcome=outcome, memo=self.visit.memo, error=error, hints=asked or Hints()
        )

    def _well(self, memo: Memo) -> Reading:
        """Give the reading of a visit that found nothing changed."""
        before, moves = self.visit.memo, self._moving()
        if moves or not moving.NAMES.isdisjoint(memo):
            memo = {name: value for name, value in memo.items() if name not in moving.NAMES} | moves
        return Reading(
            source=self.visit.source,
            outcome=Outcome.UNCHANGED,
            memo=memo,
            memo_stays=memo is before or memo == before,
            hints=self._hints(memo),
            moved_to=moving.shown(memo),
        )

    def _moving(self) -> dict[str, Any]:
        response = self.response
        asked, own = response.request.address.href, self.visit.source.address
        return moving.settled(self.visit.memo, own, asked, response.moved_to, self.now)

    def _refused(self, status: int) -> Reading:
        words = describe(status)
        if status == _GONE:
            return self.failed(words, Outcome.GONE)
        wait = patience(self.response, self.now)
        if wait is not None:
            asked = Hints(retry_after=min(wait, self.limits.longest_hint), asked_by=self.response.address.host)
            return self.failed(words, Outcome.HELD, asked)
        if status == _UNAUTHORIZED:
            words += "; the source's definition can name a user or a token in auth"
        if status == _NOT_MODIFIED:
            words += ", though no condition was sent"
        return self.failed(words)

    def _validators(self) -> dict[str, Any]:
        headers = self.response.headers
        return {
            "url": self.response.address.href,
            "etag": headers.get("etag", ""),
            "last_modified": headers.get("last-modified", ""),
            "body": self.body,
            "whole": self._whole(),
        }

    def _whole(self) -> str:
        """Give when a whole document came, to the day: with every visit, each memo would have to be written anew."""
        before = whole_at(self.visit.memo)
        fresh = before is not None and timedelta() <= self.now - before < _DAY
        return str(self.visit.memo["whole"]) if fresh else self.now.isoformat()

    def _hints(self, memo: Mapping[str, Any]) -> Hints:
        """Give what this answer asks of our schedule, and what the last document asked: a 304 does not repeat it."""
        by_answer = hints.fresh_for(self.response.headers, self.now) or timedelta()
        seconds, hours, days = memo.get("fresh"), memo.get("skip_hours"), memo.get("skip_days")
        if not (by_answer or seconds or hours or days):
            return _NOTHING_ASKED
        longest = max(by_answer, timedelta(seconds=seconds or 0))
        return Hints(
            fresh_for=min(longest, self.limits.longest_hint) or None,
            skip_hours=tuple(hours or ()),
            skip_days=tuple(days or ()),
        )


def patience(response: Response, now: datetime) -> timedelta | None:
    """Give how long the host of a response asks to be left alone, if it does."""
    return hints.retry_after(response.headers, now) if response.status in {_TOO_MANY, _UNAVAILABLE} else None


def whole_at(memo: Memo) -> datetime | None:
    """Give when a whole document came last, None if it is not known."""
    try:
        return datetime.fromisoformat(memo["whole"])
    except (KeyError, ValueError):
        return None


def place(visit: Visit, now: datetime, limits: Limits) -> str:
    """Give the address to ask for a source: its own, or where it has moved for good."""
    came = whole_at(visit.memo)
    unheard = now - came - limits.unconditional if came else timedelta()
    return moving.place(visit.memo, visit.source.address, unheard)


def conditions(memo: Memo, now: datetime, limits: Limits) -> dict[str, str]:
    """Give what makes a request conditional; now and then nothing, to get past a server that is stuck on 304."""
    came = whole_at(memo)
    if came is None or now - came > limits.unconditional:
        return {}
    return {"etag": memo["etag"], "last_modified": memo["last_modified"], "validated": memo["url"]}
