"""The pages beside the feeds: the list of the feeds, and a page for each story without a link of its own.

They need no script and no server: links among them are relative, so they work from a file and under any address.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from tagwire.model import Document, Face, Story
from tagwire.output import FORMATS
from tagwire.output.addresses import INDEX, STYLE, feed_path, reference, story_path
from tagwire.output.entry import copy_title
from tagwire.output.grammar import language_tag, web_address
from tagwire.text import xml_safe

_NEWEST = 5


def site_pages(face: Face, documents: Sequence[Document]) -> dict[str, bytes]:
    """Render what every site has, by path: the list of the feeds, and the style sheet."""
    return {INDEX: index(face, documents), STYLE: style()}


def story_pages(face: Face, stories: Iterable[Story]) -> dict[str, bytes]:
    """Render the pages of those stories that have one, by path."""
    return {path: story_page(face, story) for story in stories if (path := story_path(story))}


def index(face: Face, documents: Sequence[Document]) -> bytes:
    """Render the page that lists the feeds, each with its newest stories."""
    return _render("index.html", face=face, top="", documents=documents, newest=_NEWEST)


def story_page(face: Face, story: Story) -> bytes:
    """Render the page of a story; it lies in a folder of its own, see `addresses.story_path`."""
    return _render("story.html", face=face, top="../", story=story)


def style() -> bytes:
    """Give the style sheet that all pages share, for `addresses.STYLE`."""
    return files("tagwire.output").joinpath("templates", "style.css").read_bytes()


def _render(template: str, **values: object) -> bytes:
    return xml_safe(_environment().get_template(template).render(values)).encode()


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
            "copy_title": copy_title,
            "feed_path": feed_path,
            "formats": FORMATS,
            "index_path": INDEX,
            "language_tag": language_tag,
            "reference": reference,
            "story_path": story_path,
            "style_path": STYLE,
            "web_address": web_address,
        }
    )
    return environment
