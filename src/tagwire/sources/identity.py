"""What holds a source's articles apart, and what was there at the last visit.

Some publishers give every entry a new guid at each fetch, some give one guid or one link to all. Where that shows, the
rule for the source steps down, once: from the guid to the link, from the link to title and day. It never steps back.
Where a document has a single entry, no link shows that it holds entries apart: title and day do.
"""

import base64
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from typing import Final
from unicodedata import normalize

from tagwire.sources.drafts import Draft

GUID, LINK, TITLE = "guid", "link", "title"
_RULES: Final = (GUID, LINK, TITLE)
_TOLERATED = 0.05
"""The share of entries that may carry another one's key."""
_FEW = 2
_SHORT, _LONG = 4, 8


@dataclass(frozen=True, slots=True)
class Mark:
    """What is remembered of one entry of the last document, each part a short digest; empty where there is none."""

    guid: str
    link: str
    title: str
    """With the day."""
    raw: str
    """Of all that the entry says."""

    def __str__(self) -> str:
        """Write it as it is kept in the memo."""
        return f"{self.guid}:{self.link}:{self.title}:{self.raw}"

    @classmethod
    def read(cls, text: str) -> "Mark":
        """Read it back."""
        guid, link, title, raw = text.split(":")
        return cls(guid, link, title, raw)


def mark(draft: Draft) -> Mark:
    """Mark an entry, so that it is known again."""
    rest = repr((
        draft.link, draft.base, draft.title, draft.summary, draft.content, draft.published, draft.updated,
        draft.authors, draft.tags, draft.language, draft.enclosures, draft.image, draft.rights,
    ))  # fmt: skip
    return Mark(
        _digest(draft.guid, _SHORT), _digest(draft.link, _SHORT), _digest(titled(draft), _SHORT), _digest(rest, _LONG)
    )


def titled(draft: Draft) -> str:
    """Give the key of last resort: the title as titles compare, with the day as it is written."""
    words = _folded(draft.title.as_text()) or _folded(draft.content.as_text() or draft.summary.as_text())[:200]
    day = draft.published[:10] if draft.published[:4].isdigit() else draft.published[:16]
    return f"{words} {day}".strip()


def _folded(text: str) -> str:
    """Fold a text for comparing with others of its own publisher: less than where the spellings of several meet."""
    return " ".join(normalize("NFKC", unescape(text)).casefold().split())


def key(draft: Draft, rule: str) -> str:
    """Give what names an entry by a rule, or by the next one where it lacks that."""
    if rule == GUID and draft.guid:
        return draft.guid
    if rule in (GUID, LINK) and draft.link:
        return draft.link
    return titled(draft) or draft.guid


def settled(rule: str, marks: Sequence[Mark], last: Sequence[Mark]) -> str:
    """Decide by what this source's entries are told apart: by `rule`, or by one further down."""
    if rule == GUID and _renewed_alone(marks, last):
        return TITLE
    for each in _RULES[_RULES.index(rule) : -1]:
        if not _repeated(each, marks) and not _renewed(each, marks, last):
            return each
    return TITLE


def _repeated(rule: str, marks: Sequence[Mark]) -> bool:
    """Tell whether different entries share a key."""
    different = {(_key(each, rule), each.link, each.title) for each in marks}
    counted = Counter(name for name, _, _ in different if name)
    return sum(counted.values()) - len(counted) > _TOLERATED * len(different)


def _renewed(rule: str, marks: Sequence[Mark], last: Sequence[Mark]) -> bool:
    """Tell whether entries that we know by something else came with other keys than last time."""
    return any(_renewed_by(other, rule, marks, last) for other in _RULES[_RULES.index(rule) + 1 :])


def _renewed_alone(marks: Sequence[Mark], last: Sequence[Mark]) -> bool:
    """Tell whether a document's only entry came again with another guid, and is the same in everything else.

    One that also has a new text, time or link may be the next of a source that tells one thing at a time.
    """
    if not len(marks) == len(last) == 1:
        return False
    (now,), (before,) = marks, last
    return now.guid != before.guid and now.raw == before.raw and bool(now.title)


def _renewed_by(other: str, rule: str, marks: Sequence[Mark], last: Sequence[Mark]) -> bool:
    before = _unique(other, last)
    now = _unique(other, marks)
    known = now.keys() & before.keys()
    changed = sum(_key(now[name], rule) != _key(before[name], rule) for name in known)
    return changed >= _FEW and changed * 2 > len(known)


def _unique(rule: str, marks: Sequence[Mark]) -> dict[str, Mark]:
    counted = Counter(_part(each, rule) for each in marks)
    return {name: each for each in marks if (name := _part(each, rule)) and counted[name] == 1}


def _part(each: Mark, rule: str) -> str:
    return {GUID: each.guid, LINK: each.link, TITLE: each.title}[rule]


def _key(each: Mark, rule: str) -> str:
    return next((part for other in _RULES[_RULES.index(rule) :] if (part := _part(each, other))), each.guid)


def _digest(text: str, size: int) -> str:
    if not text:
        return ""
    digest = hashlib.blake2b(text.encode(errors="replace"), digest_size=6).digest()
    return base64.urlsafe_b64encode(digest).decode()[:size]
