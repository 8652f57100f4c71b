"""The page of a filter: its stories, and its feed's addresses; made when somebody asks, by a server."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from tagwire.model import Face, Feed, Story
from tagwire.output import Format
from tagwire.output.entry import make_entry
from tagwire.output.environment import link_tags, render
from tagwire.output.topic import Topic

PATH = "search"
_ANY = Feed(name=PATH, title=PATH)


def page(
    face: Face,
    text: str,
    stories: Sequence[Story],
    tag_pages: Mapping[str, str],
    *,
    formats: Sequence[tuple[Format, str]],
    problem: str,
) -> bytes:
    """Render the page of a filter.

    Args:
        face: what pages say of the site, and in which language.
        text: the filter, as it was asked for; empty: none was.
        stories: what it chooses, newest first.
        tag_pages: the path of each tag's page, by the tag's key.
        formats: the addresses of its feed.
        problem: why it is no filter; empty: it is one.

    """
    topic = Topic(face, PATH, tag_pages)
    newest_first = sorted(stories, key=lambda story: story.day, reverse=True)
    days = [
        (day, b"".join(topic.fragment(make_entry(face, _ANY, story)) for story in several).decode())
        for day, several in groupby(newest_first, key=lambda story: story.day)
    ]
    rendered = render(
        "search.html", face, top="", text=text, days=days, count=len(stories), formats=formats, problem=problem
    )
    return link_tags(rendered, tag_pages, "")
