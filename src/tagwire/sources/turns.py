"""Whose turn it is: how requests to one host keep out of each other's way."""

from collections import deque
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(slots=True)
class _Host(Generic[Item]):
    waiting: deque[Item] = field(default_factory=deque)
    under_way: int = 0
    not_before: float = 0.0
    listed: bool = False
    """Whether it stands in the heap, so that it stands there once."""


class Turns(Generic[Item]):
    """At most `per_host` requests under way to a host, a pause between them, and no host held up by another.

    Pure but for its memory: the time is handed in, in seconds.
    """

    def __init__(self, per_host: int, pause: float) -> None:
        self._per_host = per_host
        self._pause = pause
        self._hosts: dict[str, _Host[Item]] = {}
        self._heap: list[tuple[float, int, str]] = []
        self._number = count()

    def wait(self, host: str, item: Item) -> None:
        """Put a request in its host's queue."""
        state = self._hosts.setdefault(host, _Host())
        state.waiting.append(item)
        self._list(host, state)

    def take(self, now: float) -> Item | None:
        """Give the next request that may begin, if there is one; its host is told by `done` when it has ended."""
        while self._heap and self._heap[0][0] <= now:
            _, _, host = heappop(self._heap)
            state = self._hosts[host]
            state.listed = False
            if state.waiting and state.not_before <= now:
                return self._begin(host, state, now)
            self._list(host, state)  # another of its requests has ended meanwhile
        return None

    def give_up(self, host: str) -> list[Item]:
        """Give all who wait for a host, and let them wait no longer."""
        state = self._hosts.get(host)
        if state is None:
            return []
        waiting = list(state.waiting)
        state.waiting.clear()
        return waiting

    def _begin(self, host: str, state: _Host[Item], now: float) -> Item:
        state.under_way += 1
        state.not_before = now + self._pause
        item = state.waiting.popleft()
        self._list(host, state)
        return item

    def done(self, host: str, now: float) -> None:
        """Note that a request to `host` has ended."""
        state = self._hosts[host]
        state.under_way -= 1
        state.not_before = now + self._pause
        self._list(host, state)

    def next_at(self) -> float | None:
        """Give the time when the next request may begin; None: as soon as one has ended or come."""
        return self._heap[0][0] if self._heap else None

    def _list(self, host: str, state: _Host[Item]) -> None:
        if state.waiting and not state.listed and state.under_way < self._per_host:
            state.listed = True
            heappush(self._heap, (state.not_before, next(self._number), host))
