"""Resolving names for the guard where requests go through a proxy, which connects in our place."""

import socket
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

_AT_ONCE = 8


class Names:
    """Resolves names in threads of its own, since that waits for other machines."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="tagwire-names")

    def resolve(self, host: str, deliver: Callable[[tuple[str, ...]], None]) -> None:
        """Call `deliver`, in another thread, with the network addresses of a host; none if it cannot be found."""

        def done(found: Future[tuple[str, ...]]) -> None:
            if not found.cancelled():
                deliver(found.result())

        self._threads.submit(_resolved, host).add_done_callback(done)

    def close(self) -> None:
        """Resolve no more; who waits hears nothing."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _resolved(host: str) -> tuple[str, ...]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    return tuple(dict.fromkeys(str(address[0]) for _, _, _, _, address in found))
