"""By which keys a story is found again: small hashes, so that an index of them leaves a few stories to compare."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from hashlib import blake2b
from zlib import crc32

from tagwire.stories.headline import Headline

_MOST = 8
_FEW = 6


def of_title(headline: Headline) -> str:
    """Give the key that equal clean titles share."""
    return "t" + blake2b(headline.text.encode(), digest_size=8).hexdigest()


def of_link(link: str) -> str:
    """Give the key that articles with the same canonical link share."""
    return "l" + blake2b(link.encode(), digest_size=8).hexdigest()


def of_words(headline: Headline) -> tuple[str, ...]:
    """Give keys of which near titles share two or more: pairs of neighbouring words, runs of three characters.

    Of many, those with the smallest hashes: two titles that have most in common choose mostly the same (bottom-k
    sampling, Broder 1997).
    """
    units = [unit for unit in headline.units if not unit[0].isdigit()]
    if headline.han:
        runs = {"".join(units[place : place + 3]) for place in range(len(units) - 2)}
    else:
        reach = 2 if len(units) <= _FEW else 1  # few words have few neighbours: the next but one counts as well
        pairs = (
            (one, units[place - far]) for far in range(1, reach + 1) for place, one in enumerate(units) if place >= far
        )
        runs = {" ".join(sorted(pair)) for pair in pairs}
    return tuple(f"w{value:08x}" for value in sorted(crc32(run.encode()) for run in runs)[:_MOST])


def of_body(sketch: Iterable[int]) -> tuple[str, ...]:
    """Give keys of which nearly equal texts share some; see `tagwire.stories.bodies.sketch`."""
    return tuple(f"b{value:08x}" for value in sketch)


def are_enough(shared: AbstractSet[str]) -> bool:
    """Tell whether a story that shares these keys is worth weighing: its title, link or text, or two pairs of words."""
    return len(shared) > 1 or any(key[0] != "w" for key in shared)
