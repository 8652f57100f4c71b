"""JSON Feed 1.1 as a JSON Schema, and a checker of the few words that it uses; it knows nothing of Tagwire.

The house asks for more than the specification: dates with a zone in every item, ids that occur once, and of the
extensions only our own.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import rfc4287

ADDRESS = {"type": "string", "format": "iri"}
MOMENT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"}
LANGUAGE = {"type": "string", "pattern": r"^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$"}
SAID = {"type": "string", "pattern": r"\S"}
AUTHORS = {
    "type": "array",
    "minItems": 1,
    "items": {
        "type": "object",
        "properties": {"name": SAID, "url": ADDRESS, "avatar": ADDRESS},
        "additionalProperties": False,
        "anyOf": [{"required": ["name"]}, {"required": ["url"]}, {"required": ["avatar"]}],
    },
}
ATTACHMENT = {
    "type": "object",
    "required": ["url", "mime_type"],
    "properties": {
        "url": ADDRESS,
        "mime_type": {"type": "string", "pattern": "^[A-Za-z0-9][^ /]*/[A-Za-z0-9][^ /]*$"},
        "title": SAID,
        "size_in_bytes": {"type": "integer", "minimum": 0},
        "duration_in_seconds": {"type": "integer", "minimum": 0},
    },
    "additionalProperties": False,
}
ITEM = {
    "type": "object",
    "required": ["id", "date_published", "date_modified"],
    "anyOf": [{"required": ["content_html"]}, {"required": ["content_text"]}],
    "properties": {
        "id": SAID,
        "url": ADDRESS,
        "external_url": ADDRESS,
        "title": SAID,
        "content_html": {"type": "string", "format": "html"},
        "content_text": {"type": "string"},
        "summary": SAID,
        "image": ADDRESS,
        "banner_image": ADDRESS,
        "date_published": MOMENT,
        "date_modified": MOMENT,
        "authors": AUTHORS,
        "tags": {"type": "array", "items": SAID},
        "language": LANGUAGE,
        "attachments": {"type": "array", "items": ATTACHMENT},
        "_tagwire": {"type": "object"},
    },
    "additionalProperties": False,
}
SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["version", "title", "items", "feed_url"],
    "properties": {
        "version": {"type": "string", "pattern": r"^https://jsonfeed\.org/version/1\.1$"},
        "title": SAID,
        "home_page_url": ADDRESS,
        "feed_url": ADDRESS,
        "description": SAID,
        "user_comment": SAID,
        "next_url": ADDRESS,
        "icon": ADDRESS,
        "favicon": ADDRESS,
        "authors": AUTHORS,
        "language": LANGUAGE,
        "expired": {"type": "boolean"},
        "hubs": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["type", "url"],
                "properties": {"type": SAID, "url": ADDRESS},
                "additionalProperties": False,
            },
        },
        "items": {"type": "array", "items": ITEM},
    },
    "additionalProperties": False,
}
_TYPES: dict[str, type] = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}


def problems(data: bytes) -> list[str]:
    """Give everything that is wrong with a JSON Feed; nothing if it is right."""
    try:
        feed = json.loads(data.decode())
    except ValueError as error:
        return [f"no JSON in UTF-8: {error}"]
    wrong = list(against(SCHEMA, feed, "feed"))
    ids = Counter(item.get("id") for item in feed.get("items", [])) if not wrong else Counter()
    return wrong + [f"id {each!r} stands for {times} items" for each, times in ids.items() if times > 1]


def against(schema: dict[str, Any], value: Any, place: str) -> Iterator[str]:
    """Check a value against a schema, as far as the words above go."""
    kind = schema.get("type")
    if kind and (not isinstance(value, _TYPES[kind]) or (kind == "integer" and isinstance(value, bool))):
        yield f"{place}: {value!r:.60} is no {kind}"
        return
    if isinstance(value, dict):
        yield from _object(schema, value, place)
    elif isinstance(value, list):
        if len(value) < schema.get("minItems", 0):
            yield f"{place}: {len(value)} items"
        for at, each in enumerate(value):
            yield from against(schema.get("items", {}), each, f"{place}[{at}]")
    elif isinstance(value, str):
        yield from _string(schema, value, place)
    elif isinstance(value, int) and value < schema.get("minimum", value):
        yield f"{place}: {value} is too small"
    if "anyOf" in schema and all(list(against(each, value, place)) for each in schema["anyOf"]):
        yield f"{place}: none of what it should be one of"


def _object(schema: dict[str, Any], value: dict[str, Any], place: str) -> Iterator[str]:
    properties = schema.get("properties", {})
    yield from (f"{place}: no {name}" for name in schema.get("required", []) if name not in value)
    for name, each in value.items():
        if name in properties:
            yield from against(properties[name], each, f"{place}.{name}")
        elif not schema.get("additionalProperties", True):
            yield f"{place}: {name} does not belong here"


def _string(schema: dict[str, Any], value: str, place: str) -> Iterator[str]:
    if not re.search(schema.get("pattern", ""), value):
        yield f"{place}: {value!r:.60} is not like {schema['pattern']}"
    if schema.get("format") == "iri" and not rfc4287.is_iri(value, absolute=True):
        yield f"{place}: {value!r:.60} is no absolute address"
    if schema.get("format") == "html":
        yield from (f"{place}: {problem}" for problem in rfc4287.html_problems(value))
