"""The pages beside the feeds: home, the list of the tags, and a page for each story without a link of its own.

They need no script and no server: links among them are relative, so they work from a file and under any address.
What the script adds works without it in a plainer way, or is not shown.
"""

from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files

from tagwire.model import Face, Feed, Story
from tagwire.output import formats_of
from tagwire.output.addresses import INDEX, SCRIPT, STYLE, TAGS, feed_path, page_path, reference, story_path, top
from tagwire.output.cards import Card
from tagwire.output.environment import link_tags, render

_TAGS_AT_HOME = 40


def site_pages(
    face: Face, feeds: Sequence[tuple[Feed, Card]], tags: Sequence[tuple[Feed, Card]], tag_pages: Mapping[str, str]
) -> dict[str, bytes]:
    """Render what every site has, by path: home, the list of the tags, the style sheet and the script."""
    return {
        INDEX: home(face, feeds, tags, tag_pages),
        TAGS: tags_page(face, tags),
        STYLE: _file("style.css"),
        SCRIPT: _file("script.js"),
    }


def home(
    face: Face, feeds: Sequence[tuple[Feed, Card]], tags: Sequence[tuple[Feed, Card]], tag_pages: Mapping[str, str]
) -> bytes:
    """Render the page of all feeds, each with its newest stories; and the tags with the most stories."""
    most = sorted(tags, key=lambda each: (-each[1].stories, each[0].name))[:_TAGS_AT_HOME]
    cards = [(feed, card, reference(page_path(feed))) for feed, card in feeds]
    links = [
        (each, feed.title, reference(feed_path(feed, each.suffix))) for feed, _ in feeds for each in formats_of(feed)
    ]
    common = [(feed.title, card.stories, reference(page_path(feed))) for feed, card in most]
    page = render("home.html", face, top="", cards=cards, links=links, tags=common)
    return link_tags(page, tag_pages, "")


def tags_page(face: Face, tags: Sequence[tuple[Feed, Card]]) -> bytes:
    """Render the page of all tags that have a feed."""
    by_name = sorted(tags, key=lambda each: (each[0].title.casefold(), each[0].name))
    listed = [(feed.title, card, top(TAGS) + reference(page_path(feed))) for feed, card in by_name]
    return render("tags.html", face, top=top(TAGS), tags=listed)


def story_pages(face: Face, stories: Iterable[Story], tag_pages: Mapping[str, str]) -> dict[str, bytes]:
    """Render the pages of those stories that have one, by path."""
    return {path: story_page(face, story, tag_pages) for story in stories if (path := story_path(story))}


def story_page(face: Face, story: Story, tag_pages: Mapping[str, str]) -> bytes:
    """Render the page of a story; it lies in a folder of its own, see `addresses.story_path`."""
    return link_tags(render("story.html", face, top="../", story=story), tag_pages, "../")


def _file(name: str) -> bytes:
    """Give a file that is published as it is."""
    return files("tagwire.output").joinpath("templates", name).read_bytes()
