"""The templates' surroundings: everything is escaped but what says otherwise, and nothing missing goes unnoticed."""

import html
import re
from collections.abc import Mapping
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from tagwire.model import Face, tag_key
from tagwire.output import addresses
from tagwire.output.cards import BOX, sparkline
from tagwire.output.entry import carried, copy_title, feed_title, written_in
from tagwire.output.grammar import language_tag, web_address
from tagwire.output.reasons import reason_in
from tagwire.output.visiting import next_visit_in
from tagwire.output.words import long_day, short_day, words
from tagwire.text import xml_safe

_TAG = re.compile(r'<a class="tag" data-tag="([^"]*)"')


def render(template: str, face: Face, **values: object) -> bytes:
    """Render a template in the words of the site's language."""
    text = _environment().get_template(template).render(values, face=face, words=words(face.language))
    return xml_safe(text).encode()


def link_tags(page: bytes, tag_pages: Mapping[str, str], top: str) -> bytes:
    """Let the tags on a page link to their own pages, as far as they have one.

    It is done last: whether a tag has a page changes without the story.

    Args:
        page: with tags as ``<a class="tag" data-tag="KEY">``.
        tag_pages: the path of each tag's page, by the tag's key.
        top: what leads from the page to the top of ``output/``.

    """

    def linked(found: re.Match[str]) -> str:
        path = tag_pages.get(html.unescape(found[1]))
        return f'{found[0]} href="{top}{addresses.reference(path)}"' if path else found[0]

    return _TAG.sub(linked, page.decode()).encode()


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("tagwire.output"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.update(
        {
            "addresses": addresses,
            "box": BOX,
            "carried": carried,
            "copy_title": copy_title,
            "feed_title": feed_title,
            "language_tag": language_tag,
            "long_day": long_day,
            "next_visit_in": next_visit_in,
            "reason_in": reason_in,
            "reference": addresses.reference,
            "short_day": short_day,
            "sparkline": sparkline,
            "tag_key": tag_key,
            "web_address": web_address,
            "written_in": written_in,
        }
    )
    return environment
