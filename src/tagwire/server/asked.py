"""Reading an address as a filter: ``/feed.atom?q=FILTER``, ``/tags/ciie+saic-motor.atom``, ``?not=rumour``; pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from tagwire.model import And, Filter, HasPattern, HasTag, Not, Or
from tagwire.tags.filters import FilterError, leaves, parse, show

LONGEST = 500
"""Signs of a filter in an address."""
MOST_PARTS = 20
MOST_PATTERNS = 2
BOTH, EITHER = "+", ","
"""What parts the tags of an address: stories with both, or with either of them."""


class AskedError(ValueError):
    """An address that asks for something that is none, or for too much; the message says why."""


class UnknownTagError(ValueError):
    """A name that no tag has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What an address asks for."""

    filter: Filter
    title: str
    query: str
    """What the address ends with, from its question mark on, as we write it."""


def by_filter(query: bytes, tag_of: Callable[[str], str | None]) -> Asked:
    """Read ``?q=FILTER``, perhaps with ``&not=TAG``.

    Raises:
        AskedError: the filter is none, or asks for too much.

    """
    pairs = _pairs(query)
    text = next((value for name, value in pairs if name == "q"), "").strip()
    if not text:
        raise AskedError("column 1: a filter is missing: write ?q=WORDS or ?q=tag:NAME")
    if len(text) > LONGEST:
        raise AskedError(f"column {LONGEST + 1}: a filter has at most {LONGEST} signs here")
    try:
        tree = parse(text)
    except FilterError as error:
        raise AskedError(str(error)) from error
    parts = list(leaves(tree))
    if len(parts) > MOST_PARTS:
        raise AskedError(f"a filter has at most {MOST_PARTS} parts here, this one has {len(parts)}")
    if sum(isinstance(part, HasPattern) for part in parts) > MOST_PATTERNS:
        raise AskedError(f"a filter has at most {MOST_PATTERNS} regular expressions here")
    without = _without(pairs)
    return _narrowed(tree, text, without, tag_of, {"q": text})


def by_tags(names: str, query: bytes, tag_of: Callable[[str], str | None]) -> Asked:
    """Read the names of tags, perhaps with ``?not=TAG``: ``+`` binds closer than ``,``.

    Args:
        names: as the feeds of tags are called, parted by ``+`` and ``,``.
        query: of the address.
        tag_of: gives the tag that a name stands for.

    Raises:
        UnknownTagError: no tag has such a name.
        AskedError: it asks for too much.

    """
    wanted = [each.split(BOTH) for each in names.split(EITHER)]
    if sum(map(len, wanted)) > MOST_PARTS:
        raise AskedError(f"at most {MOST_PARTS} tags can be asked for at once")
    tags = [[_tag(name, tag_of) for name in both] for both in wanted]
    tree = _any([_all([HasTag(tag) for tag in both]) for both in tags])
    title = " / ".join(" + ".join(both) for both in tags)
    return _narrowed(tree, title, _without(_pairs(query)), tag_of, {})


def by_feed(chosen: Filter, title: str, query: bytes, tag_of: Callable[[str], str | None]) -> Asked:
    """Read ``?not=TAG`` behind the address of a feed.

    Raises:
        AskedError: it asks for too much.

    """
    return _narrowed(chosen, title, _without(_pairs(query)), tag_of, {})


def _narrowed(
    tree: Filter, title: str, without: list[str], tag_of: Callable[[str], str | None], query: dict[str, str]
) -> Asked:
    tags = [tag_of(name) or name for name in without]
    written = urlencode([*query.items(), *(("not", name) for name in without)])
    return Asked(
        filter=_all([tree, *(Not(HasTag(tag)) for tag in tags)]),
        title=" − ".join([title, *tags]),
        query=f"?{written}" if written else "",
    )


def excludes(query: bytes) -> bool:
    """Tell whether an address excludes some tags, or too many to be read."""
    try:
        return any(name == "not" and value.strip() for name, value in _pairs(query))
    except AskedError:
        return True


def _without(pairs: Iterable[tuple[str, str]]) -> list[str]:
    names = list(dict.fromkeys(value.strip() for name, value in pairs if name == "not" and value.strip()))
    if len(names) > MOST_PARTS or any(len(name) > LONGEST for name in names):
        raise AskedError(f"at most {MOST_PARTS} tags can be excluded at once")
    return names


def _pairs(query: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query.decode("ascii", "replace"), max_num_fields=2 * MOST_PARTS, errors="replace")
    except ValueError as error:
        raise AskedError("an address has too many parts") from error


def _tag(name: str, tag_of: Callable[[str], str | None]) -> str:
    tag = tag_of(name)
    if tag is None:
        raise UnknownTagError(name)
    return tag


def _all(parts: list[Filter]) -> Filter:
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def _any(parts: list[Filter]) -> Filter:
    return parts[0] if len(parts) == 1 else Or(tuple(parts))


def page_query(asked: Asked) -> str:
    """Give the query of the page that shows the same stories."""
    return "?" + urlencode({"q": show(asked.filter)})


def text_of(query: bytes) -> str:
    """Give the filter of an address as it is written there, as far as it is short enough to be one."""
    try:
        return next((value for name, value in _pairs(query) if name == "q"), "").strip()[:LONGEST]
    except AskedError:
        return ""
