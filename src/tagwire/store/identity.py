"""The ids of stories: made once of what never changes, so that a lost database gives the same ids again."""

import hashlib
import json
from collections.abc import Container
from datetime import date

from sqlalchemy import Connection, select

from tagwire.store.schema import stories


def new_uri(connection: Connection, authority: str, key: tuple[str, str], day: date, taken: Container[str] = ()) -> str:
    """Give a ``tag:`` URI (RFC 4151) that no story has, from the first copy's source, guid and day.

    Args:
        connection: to look whether a story has it.
        authority: who names it, fixed at the first run.
        key: the address of the source, and the guid of the article.
        day: of the article.
        taken: ids that are given and not written yet.

    """
    turn = 0
    while True:
        hashed = hashlib.blake2b(json.dumps([*key, *([turn] if turn else [])]).encode(), digest_size=10).hexdigest()
        uri = f"tag:{authority},{day.isoformat()}:{hashed}"
        if uri not in taken and connection.execute(select(stories.c.id).where(stories.c.uri == uri)).first() is None:
            return uri
        turn += 1
