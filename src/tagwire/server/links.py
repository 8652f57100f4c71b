"""What a feed's document links to, as HTTP says it: hubs look for their topic there first (W3C WebSub, 4).

It is read out of the document itself, so that the two never say different things.
"""

import io
import json
from collections.abc import Iterator

from lxml import etree

from tagwire.output.grammar import uri

_ATOM = "{http://www.w3.org/2005/Atom}"
_BODIES = {f"{_ATOM}entry", "item"}
_RELATIONS = ("hub", "self")


def header(suffix: str, body: bytes) -> str:
    """Give the ``Link`` header (RFC 8288) of a feed's document: its hub and itself; empty where it names no hub.

    Args:
        suffix: of its file.
        body: the document, whosever it is: what cannot be read links to nothing.

    """
    try:
        found = list(_in_json(body) if suffix == ".json" else _in_xml(body))
    except (ValueError, TypeError, AttributeError, KeyError, etree.XMLSyntaxError):
        return ""
    if not any(relation == "hub" for relation, _ in found):
        return ""
    return ", ".join(f'<{there}>; rel="{relation}"' for relation, href in sorted(found) if (there := uri(href)))


def _in_xml(body: bytes) -> Iterator[tuple[str, str]]:
    """Give the links of the head, up to the first story."""
    parsing = etree.iterparse(
        io.BytesIO(body), events=("start",), resolve_entities=False, no_network=True, load_dtd=False
    )
    for _, element in parsing:
        if element.tag in _BODIES:
            return
        relation = element.get("rel", "")
        if element.tag == f"{_ATOM}link" and relation in _RELATIONS:
            yield relation, element.get("href", "")


def _in_json(body: bytes) -> Iterator[tuple[str, str]]:
    feed = json.loads(body)
    for relation, href in [*(("hub", hub["url"]) for hub in feed.get("hubs", ())), ("self", feed.get("feed_url"))]:
        if isinstance(href, str):
            yield relation, href
