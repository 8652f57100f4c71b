"""The pages beside the feeds: home, the list of the tags, and a page for each story without a link of its own.

They need no script and no server: links among them are relative, so they work from a file and under any address.
What the script adds works without it in a plainer way, or is not shown.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from tagwire.model import Face, Feed, Story
from tagwire.output import formats_of
from tagwire.output.addresses import INDEX, SCRIPT, STYLE, TAGS, feed_path, page_path, reference, story_path, top
from tagwire.output.cards import Card
from tagwire.output.entry import feed_title, tellings
from tagwire.output.environment import link_tags, render

_TAGS_AT_HOME = 40


@dataclass(frozen=True, slots=True)
class Shown:
    """A feed on the pages of all feeds."""

    feed: Feed
    stories: int
    card: str
    """As `card` renders it."""


def card(face: Face, feed: Feed, told: Card, tag_pages: Mapping[str, str]) -> str:
    """Render what the pages of all feeds say of one: home of a feed, the list of the tags of a tag's feed."""
    template, path = ("tag.html", top(TAGS) + reference(page_path(feed))) if feed.tag else (
        "card.html", reference(page_path(feed))
    )  # fmt: skip
    return link_tags(render(template, face, feed=feed, card=told, path=path), tag_pages, "").decode()


def site_pages(face: Face, feeds: Sequence[Shown], tags: Sequence[Shown]) -> dict[str, bytes]:
    """Render what every site has, by path: home, the list of the tags, the style sheet and the script."""
    return {
        INDEX: home(face, feeds, tags),
        TAGS: tags_page(face, tags),
        STYLE: _file("style.css"),
        SCRIPT: _file("script.js"),
    }


def home(face: Face, feeds: Sequence[Shown], tags: Sequence[Shown]) -> bytes:
    """Render the page of all feeds, each with its newest stories; and the tags with the most stories."""
    most = sorted(tags, key=lambda each: (-each.stories, each.feed.name))[:_TAGS_AT_HOME]
    common = [(each.feed.title, each.stories, reference(page_path(each.feed))) for each in most]
    cards = "".join(each.card for each in feeds)
    links = _links(face, tuple(each.feed for each in feeds))
    return render("home.html", face, top="", cards=cards, links=links, tags=common)


@lru_cache(maxsize=1)
def _links(face: Face, feeds: tuple[Feed, ...]) -> str:
    """Render where each feed lies, for readers that look for feeds on a page; it changes with the definitions alone."""
    links = [
        (each, feed_title(feed), reference(feed_path(feed, each.suffix))) for feed in feeds for each in formats_of(feed)
    ]
    return render("links.html", face, links=links).decode()


def tags_page(face: Face, tags: Sequence[Shown]) -> bytes:
    """Render the page of all tags that have a feed."""
    by_name = sorted(tags, key=lambda each: (each.feed.title.casefold(), each.feed.name))
    return render("tags.html", face, top=top(TAGS), tags="".join(each.card for each in by_name))


def story_pages(face: Face, stories: Iterable[Story], tag_pages: Mapping[str, str]) -> dict[str, bytes]:
    """Render the pages of those stories that have one, by path."""
    return {path: story_page(face, story, tag_pages) for story in stories if (path := story_path(story))}


def story_page(face: Face, story: Story, tag_pages: Mapping[str, str]) -> bytes:
    """Render the page of a story; it lies in a folder of its own, see `addresses.story_path`."""
    copies = tellings(story)
    others = [copy for copy in copies if copy.link]
    page = render("story.html", face, top="../", story=story, copies=copies, others=others)
    return link_tags(page, tag_pages, "../")


def _file(name: str) -> bytes:
    """Give a file that is published as it is."""
    return files("tagwire.output").joinpath("templates", name).read_bytes()
