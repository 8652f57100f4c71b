"""Commands that do the work: read, publish, serve."""

import logging
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tagwire.cli import show, site

if TYPE_CHECKING:
    from tagwire.pipeline import Pipeline
    from tagwire.publishing import Published
    from tagwire.store.keeping import Kept

_HUB_PATIENCE = timedelta(seconds=10)
"""How long a pass stays for the hub; what it was not told by then, the next one tells."""

_LAST_PORT = 65_535
_host = click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
_port = click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="The port.")

_admin = click.option(
    "--admin", default=None, metavar="HOST:PORT", help="An address at which the operator needs no token."
)


@click.command()
@_host
@_port
@_admin
@click.option("--no-serve", is_flag=True, help="Read and publish only; another web server serves output/.")
@click.pass_obj
def run(root: Path, host: str, port: int, admin: str | None, no_serve: bool) -> None:  # noqa: FBT001 - a flag
    """Run as a daemon: visit each source when it is due, publish what changed, serve output/.

    Ctrl-C and SIGTERM end it when the step in hand is done.
    """
    from tagwire import daemon

    _place(admin)
    daemon.run(root, clock=site.clock, listen=None if no_serve else (host, port), admin=admin or "", say=click.echo)


@click.command()
@_host
@_port
@_admin
@click.option("--with-parent", is_flag=True, hidden=True, help="End when standard input ends.")
@click.pass_obj
def serve(root: Path, host: str, port: int, admin: str | None, with_parent: bool) -> None:  # noqa: FBT001 - a flag
    """Serve output/ over HTTP, and nothing else."""
    from tagwire import definitions, server
    from tagwire.pipeline import output_folder

    there = definitions.load(root).site.root
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    output_folder(there)
    server.serve(there, (host, port), clock=site.clock, admin=_place(admin), ends_with_stdin=with_parent)


def _place(admin: str | None) -> "tuple[str, int] | None":
    """Read ``HOST:PORT``; None where nothing is written."""
    if not admin:
        return None
    host, colon, port = admin.rpartition(":")
    if not colon or not host or not port.isdecimal() or int(port) > _LAST_PORT:
        raise click.BadParameter("write it as HOST:PORT, as in 127.0.0.1:8001", param_hint="--admin")
    return host.strip("[]"), int(port)


@click.command()
@click.option("--all", "everything", is_flag=True, help="Visit every source, also those not due yet.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_obj
def refresh(root: Path, everything: bool, as_json: bool) -> None:  # noqa: FBT001 - flags of the command line
    """Make one pass: read what is due, publish what changed, and end. Made for cron."""
    loaded = site.load(root)
    with site.at_work(loaded) as pipeline:
        visited = _collect(pipeline, everything=everything, quiet=as_json)
        published = pipeline.publish()
        pipeline.tell_hub(_HUB_PATIENCE)
    if as_json:
        click.echo(show.as_json({"sources": [_source(each) for each in visited], "feeds": published or []}))
    else:
        _summary(visited, published)
    failed = any(each.failed for each in visited)
    sys.exit(2 if site.broken(loaded) else int(failed))


@dataclass(frozen=True, slots=True)
class _Visited:
    """What is told of a visit; what it brought is stored, and of ten thousand sources too much to hold on to."""

    name: str
    outcome: str
    error: str
    warnings: tuple[str, ...]
    articles: int
    new: int
    edited: int
    failed: bool
    next_at: datetime


def _collect(pipeline: "Pipeline", *, everything: bool, quiet: bool) -> list[_Visited]:
    """Read what is due, with a progress bar where somebody looks on."""
    visited = map(_visited, pipeline.collect(list(pipeline.kinds), everything=everything))
    if quiet or not show.on_terminal():
        return list(visited)
    from rich.progress import track

    return list(track(visited, description="reading", total=None, transient=True))


def _visited(kept: "Kept") -> _Visited:
    reading = kept.reading
    return _Visited(
        reading.source.name, kept.outcome, reading.error, reading.warnings, len(reading.articles), kept.new,
        kept.edited, kept.failed, kept.following.at,
    )  # fmt: skip


def _source(visited: _Visited) -> dict[str, Any]:
    return {
        "name": visited.name, "outcome": visited.outcome, "error": visited.error or "; ".join(visited.warnings),
        "articles": visited.articles, "new": visited.new,
    }  # fmt: skip


def _summary(visited: list[_Visited], published: "list[Published] | None") -> None:
    for each in visited:
        for warning in each.warnings:
            click.echo(f"{each.name}: {warning}", err=True)
        if each.failed:
            again = show.moment(each.next_at)
            click.echo(f"{each.outcome}: {each.name}: {each.error}; next visit {again}", err=True)
    new, edited = sum(each.new for each in visited), sum(each.edited for each in visited)
    done = f"read {show.count(len(visited), 'source')}: {show.count(new, 'new article')}, {edited} edited"
    click.echo(done if visited else "nothing was due")
    _say_feeds(published)


@click.command()
@click.pass_obj
def publish(root: Path) -> None:
    """Write output/ from what is stored; nothing is read."""
    loaded = site.load(root)
    with site.at_work(loaded) as pipeline:
        _say_feeds(pipeline.publish())
        pipeline.tell_hub(_HUB_PATIENCE)
    sys.exit(2 if site.broken(loaded) else 0)


def _say_feeds(published: "list[Published] | None") -> None:
    if published is None:
        click.echo("feeds rest: another process is tagging what is stored anew", err=True)
    for feed in published or ():
        click.echo(f"{feed.name}: {show.count(feed.stories, 'story', 'stories')}{', written' if feed.written else ''}")
