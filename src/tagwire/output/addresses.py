"""Where everything that is published lies: its path in ``output/``, and its address on the web."""

from urllib.parse import quote

from tagwire.model import Document, Face, Feed, Story
from tagwire.output.grammar import web_address

INDEX = "index.html"
TAGS = "tags/index.html"
STYLE = "style.css"
SCRIPT = "script.js"
OPML = "feeds.opml"


def feed_path(feed: Feed, suffix: str) -> str:
    """Give the path of a feed's file: ``NAME.atom``, of a private feed ``private/TOKEN/NAME.atom``."""
    return feed.folder + feed.name + suffix


def page_path(feed: Feed) -> str:
    """Give the path of a feed's page for people: ``NAME.html``."""
    return feed.folder + feed.name + ".html"


def archive_path(feed: Feed, number: int) -> str:
    """Give the path of an archive of a feed: ``archive/NAME/0001.atom``."""
    return f"{feed.folder}archive/{feed.name}/{number:04}.atom"


def archive_page_path(feed: Feed, number: int) -> str:
    """Give the path of an archive's page for people: ``archive/NAME/0001.html``."""
    return f"{feed.folder}archive/{feed.name}/{number:04}.html"


def story_path(story: Story) -> str | None:
    """Give the path of a story's own page, or None for a story with a link: its page is where the link leads."""
    return None if web_address(story.link) else own_page(story.id)


def own_page(uri: str) -> str:
    """Give the path of the page of a story that has one, by the story's id."""
    return f"stories/{uri.rpartition(':')[2]}.html"


def reference(path: str) -> str:
    """Give what a page at the top of ``output/`` writes to link to a path in it."""
    return quote(path)


def address(face: Face, path: str) -> str:
    """Give the absolute address of a path in ``output/``."""
    return face.base_url + reference(path)


def document_address(document: Document, suffix: str) -> str:
    """Give the absolute address of a feed's current document."""
    return address(document.face, feed_path(document.feed, suffix)) + document.query


def document_page(document: Document) -> str:
    """Give the absolute address of a document's page for people."""
    if document.page:
        return document.face.base_url + document.page
    return address(document.face, page_path(document.feed))


def story_address(face: Face, story: Story) -> str:
    """Give the absolute address that a story links to: its link, else its own page."""
    path = story_path(story)
    return address(face, path) if path else web_address(story.link) or face.base_url


def top(path: str) -> str:
    """Give what leads from a page up to the top of ``output/``: ``../`` for each folder that it lies in."""
    return "../" * path.count("/")


def tag_scheme(face: Face) -> str:
    """Give the IRI that says whose tags these are (RFC 4287, 4.2.2.2)."""
    return address(face, "tags/")
