"""The ids of stories: made once of what never changes, so that a lost database gives the same ids again."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, select

from tagwire.store.rows import one_of
from tagwire.store.schema import stories


class Birth(NamedTuple):
    """What a story's id is made of: its first copy's source, guid and day."""

    address: str
    guid: str
    day: date


def new_uris(connection: Connection, authority: str, births: Mapping[int, Birth]) -> dict[int, str]:
    """Give each new story a ``tag:`` URI (RFC 4151) that no other has; `authority` is fixed at the first run."""
    named: dict[int, str] = {}
    waiting, turn = dict(births), 0
    while waiting:
        wanted = {number: _uri(authority, birth, turn) for number, birth in waiting.items()}
        taken = {*named.values(), *_taken(connection, wanted)}
        for number, uri in wanted.items():
            if uri not in taken:
                taken.add(uri)
                named[number] = uri
                del waiting[number]
        turn += 1
    return named


def _uri(authority: str, birth: Birth, turn: int) -> str:
    key = json.dumps([birth.address, birth.guid, *([turn] if turn else [])])
    return f"tag:{authority},{birth.day.isoformat()}:{hashlib.blake2b(key.encode(), digest_size=10).hexdigest()}"


def _taken(connection: Connection, wanted: Mapping[int, str]) -> set[str]:
    return set(connection.execute(select(stories.c.uri).where(stories.c.uri.in_(one_of(wanted.values())))).scalars())
