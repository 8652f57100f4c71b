"""Where a source is asked when its address has moved for good (RFC 9110, 15.4.2 and 15.4.9). Pure.

A permanent redirect is believed after good documents have come from where it leads on three visits over at least a
day. From then on the source is asked there; its identity, its stories and its own privileges stay with the address
that its definition names. It goes back by itself: where nothing good comes any more, the old address is asked again
every second day, and counts again once it answers without the redirect.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from tagwire.model import Memo

_VISITS: Final = 3
_SPAN: Final = timedelta(days=1)
_PLACE, _MOVING = "place", "moving"
NAMES: Final = frozenset({_PLACE, _MOVING})
"""Of the parts of a memo that are ours."""


def place(memo: Memo, address: str, unheard: timedelta) -> str:
    """Give the address to ask.

    Args:
        memo: of the last good visit.
        address: the source's own.
        unheard: for how long nothing good has come.

    """
    asks_back = unheard > _SPAN and unheard.days % 2 == 1
    return address if asks_back else memo.get(_PLACE, address)


def settled(memo: Memo, address: str, asked: str, moved_to: str | None, now: datetime) -> dict[str, Any]:
    """Give what is remembered of moving after a good document has come.

    Args:
        memo: of the last good visit.
        address: the source's own.
        asked: the address that was asked.
        moved_to: where the permanent redirects from there led; None: there were none.
        now: the time.

    """
    kept = {_PLACE: memo[_PLACE]} if _PLACE in memo and memo[_PLACE] in {asked, moved_to} else {}
    if moved_to is None or moved_to == memo.get(_PLACE):
        return kept
    moving: Mapping[str, Any] = memo.get(_MOVING, {})
    if moving.get("to") != moved_to:
        moving = {"to": moved_to, "since": now.isoformat(), "visits": 0}
    visits = min(moving["visits"] + 1, _VISITS)
    if visits < _VISITS or now - datetime.fromisoformat(moving["since"]) < _SPAN:
        return {**kept, _MOVING: {**moving, "visits": visits}}
    return {} if moved_to == address else {_PLACE: moved_to}


def shown(memo: Memo) -> str:
    """Give where a source has moved or is moving to; empty: it has not."""
    moving: Mapping[str, str] = memo.get(_MOVING, {})
    return moving.get("to") or memo.get(_PLACE, "")
