"""Commands that look: what a source would bring, how all is going, what is stored."""

import dataclasses
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tagwire.cli import show, site

if TYPE_CHECKING:
    from tagwire.model import Article, Story
    from tagwire.store.pings import HubStatus
    from tagwire.store.visits import SourceStatus


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_obj
def status(root: Path, as_json: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Show how each source and each feed is going."""
    from tagwire.sources import unverified

    loaded = site.load(root)
    lax = unverified(loaded.site.sources)
    with site.opened(loaded) as store:
        sources, feeds, hub = list(map(_shown, store.sources())), store.feeds(loaded.site.feeds), store.pings.status()
    address = show.feed_addresses(loaded.site.root, loaded.site.face, loaded.site.feeds)
    if as_json:
        visited = [{**show.fields(each), "verify": each.name not in lax} for each in sources]
        listed = [{**show.fields(feed), "address": address[feed.name]} for feed in feeds]
        click.echo(show.as_json({"sources": visited, "feeds": listed, "hub": hub}))
        return
    _say_sources(sources, lax)
    click.echo()
    show.table(
        ("feed", "stories", "newest", "address"),
        [(each.name, str(each.stories), show.moment(each.newest), address[each.name]) for each in feeds],
    )
    if hub is not None:
        _say_hub(hub)


def _shown(each: "SourceStatus") -> "SourceStatus":
    """Give what is known of a source, without what its addresses may hold as a key."""
    from tagwire.text import without_keys

    return dataclasses.replace(each, address=without_keys(each.address), moved_to=without_keys(each.moved_to))


def _say_hub(hub: "HubStatus") -> None:
    """Print how telling the hub goes, on one line."""
    parts = []
    if hub.waiting:
        waiting = show.count(hub.waiting, "document")
        parts.append(f"to be told of {waiting}, next at {show.moment(hub.next_at)}")
    if hub.given_up:
        parts.append(f"given up on telling it of {show.count(hub.given_up, 'document')}")
    if hub.error:
        parts.append(f"last problem: {show.harmless(hub.error)}")
    click.echo(f"\nhub {hub.hub}: {'; '.join(parts) or 'told of everything'}")


def _say_sources(sources: "Sequence[SourceStatus]", lax: "frozenset[str]") -> None:
    """Print the sources; on a terminal, where lines are short, their problems stand below the table.

    Args:
        sources: what is known of each.
        lax: the names of those whose certificate is not checked.

    """
    columns = ("source", "outcome", "last visit", "next visit", "why then", "articles", "missed?")
    rows = [
        (
            each.name, each.outcome or "never visited", show.near(each.last_at), show.near(each.next_at),
            each.next_reason, str(each.articles), str(each.missed or ""),
        )
        for each in sources
    ]  # fmt: skip
    problems = [_problem(each, verified=each.name not in lax) for each in sources]
    if not show.on_terminal():
        show.table((*columns, "problem"), [(*row, problem) for row, problem in zip(rows, problems, strict=True)])
        return
    show.table(columns, rows, long=("why then",))
    for each, problem in zip(sources, problems, strict=True):
        if problem:
            click.echo(f"{each.name}: {problem}")


def _problem(each: "SourceStatus", *, verified: bool) -> str:
    moved = f"moved to {each.moved_to}" if each.moved_to else ""
    unchecked = "" if verified else "its certificate is not checked (verify = false)"
    return "; ".join(filter(None, (each.error, moved, *each.warnings, unchecked)))


@click.command()
@click.pass_obj
def export(root: Path) -> None:
    """Print every story that is kept, as one line of JSON each."""
    with site.opened(site.load(root)) as store:
        for story in store.stories():
            click.echo(show.as_json(_exported(story)))


def _exported(story: "Story") -> dict[str, Any]:
    copies = [
        {
            "source": copy.source, "guid": copy.guid, "link": copy.link, "title": copy.title,
            "published": copy.published, "reason": copy.reason,
        }
        for copy in story.copies
    ]  # fmt: skip
    return {
        "id": story.id, "title": story.title, "link": story.link, "published": story.published,
        "updated": story.updated, "day": story.day, "tags": story.tags, "copies": copies,
    }  # fmt: skip


@click.command()
@click.argument("target")
@click.option("--json", "as_json", is_flag=True, help="Print each article as a line of JSON.")
@click.option("--allow-private", is_flag=True, help="Let the address lie in your own network.")
@click.pass_obj
def preview(root: Path, target: str, as_json: bool, allow_private: bool) -> None:  # noqa: FBT001 - flags
    """Show what a reading of TARGET would bring: a file, a folder, an address or a source's name.

    Nothing is stored. Files, folders and addresses need no site.
    """
    from tagwire.cli.previewing import read, told

    reading = read(root, target, site.clock(), allow_private=allow_private)
    for warning in reading.warnings:
        click.echo(f"{target}: {warning}", err=True)
    if as_json:
        for article in reading.articles:
            click.echo(show.as_json(article))
    else:
        say_articles(reading.articles)
    if reading.error:
        error = reading.error if reading.source.file else told(reading.error)
        click.echo(f"{reading.outcome}: {target}: {error}", err=True)
        sys.exit(1)


def say_articles(articles: "Sequence[Article]") -> None:
    """Show what a reading brought, a line for each article."""
    show.table(
        ("published", "dated", "title", "tags", "link"),
        [
            (show.moment(each.published), each.dated, each.title, ", ".join(each.tags), each.link or each.guid)
            for each in articles
        ],
    )
    if show.on_terminal():
        click.echo(show.count(len(articles), "article"))
