"""Looking at what is stored: the newest stories of a filter."""

from datetime import datetime

from sqlalchemy import Connection, Select, func, select

from tagwire.model import Filter
from tagwire.store.conditions import ALIVE, Window, condition
from tagwire.store.schema import articles, stories

_FIRST_WINDOW = 4_000
_WIDER = 8
"""How much wider each window is than the one before: rare words are soon looked for in everything."""


def newest(connection: Connection, chosen: Filter, limit: int, now: datetime) -> list[int]:
    """Give the numbers of the stories of a filter that were kept last, the last one first.

    Most filters find what they need among the newest stories, so that these are looked at first, and then ever more.
    """
    found: list[int] = []
    below = int(connection.execute(select(func.max(stories.c.id))).scalar() or 0) + 1
    size = _FIRST_WINDOW
    while below > 1 and len(found) < limit:
        window = _window(connection, max(1, below - size), below - 1)
        found += [row.id for row in connection.execute(in_window(chosen, window, limit - len(found), now))]
        below, size = window.stories[0], size * _WIDER
    return found


def in_window(chosen: Filter, window: Window, limit: int, now: datetime) -> Select[tuple[int]]:
    """Give the query for the newest stories of a window; it walks in the order of the numbers, and sorts nothing."""
    wanted = select(stories.c.id).where(stories.c.id.between(*window.stories), ALIVE, condition(chosen, now, window))
    return wanted.order_by(stories.c.id.desc()).limit(limit)


def _window(connection: Connection, first: int, last: int) -> Window:
    if first == 1:  # all the rest: no better than everything
        return Window((first, last), None)
    # Not from the numbers of the stories alone: what was split or merged by hand has copies from before or after.
    copies = select(func.min(articles.c.id), func.max(articles.c.id)).where(articles.c.story.between(first, last))
    least, greatest = connection.execute(copies).one()
    return Window((first, last), (least or 0, greatest or 0))
