"""Private feeds: they lie beside ``output/``, where no web server looks, under a name that nobody guesses."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from tagwire import tokens
from tagwire.model import Feed

FOLDER = "private"
"""Of all private feeds, below the site's address and in ``.tagwire/``."""


def placed(root: Path, feeds: Iterable[Feed]) -> list[Feed]:
    """Let each private feed lie where its token says; the others lie where they did.

    Raises:
        TagwireError: the tokens cannot be read or written.

    """
    return [
        replace(feed, folder=f"{FOLDER}/{tokens.token_of(root, tokens.of_feed(feed.name))}/") if feed.private else feed
        for feed in feeds
    ]


def is_private(path: str) -> bool:
    """Tell whether a path is that of a private feed's file."""
    return path.startswith(FOLDER + "/")
