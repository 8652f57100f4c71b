"""Content encodings: which one a reader wants, and how bytes are compressed (RFC 9110, 8.4 and 12.5.3)."""

import gzip
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType

import brotli

PLAIN = ""

# Fast rather than small: brotli's best takes a hundred times as long for a tenth less.
COMPRESSED: Mapping[str, Callable[[bytes], bytes]] = MappingProxyType(
    {
        "br": lambda body: bytes(brotli.compress(body, mode=brotli.MODE_TEXT, quality=6)),
        "gzip": lambda body: gzip.compress(body, 6, mtime=0),
    }
)
"""The encodings there are, best first, and what makes them of bytes."""


@lru_cache(maxsize=256)
def wanted(accepted: bytes) -> tuple[str, ...]:
    """Give the encodings that an ``Accept-Encoding`` header allows and prefers to plain bytes, the best first."""
    weights: dict[str, float] = {}
    for part in accepted.decode("latin-1").lower().split(","):
        coding, *parameters = (each.strip() for each in part.split(";"))
        weights["gzip" if coding == "x-gzip" else coding] = _weight(parameters)
    anything = weights.get("*", 0.0)
    plain = weights.get("identity", 0.0)
    weighed = [(weights.get(coding, anything), coding) for coding in COMPRESSED]
    # A stable sort: among those that are wanted alike, our own order holds.
    best_first = sorted(weighed, key=lambda each: -each[0])
    return tuple(coding for weight, coding in best_first if weight > 0 and weight >= plain)


def _weight(parameters: list[str]) -> float:
    for each in parameters:
        name, _, value = each.partition("=")
        if name.strip() == "q":
            try:
                return max(0.0, min(1.0, float(value)))
            except ValueError:
                return 0.0
    return 1.0
