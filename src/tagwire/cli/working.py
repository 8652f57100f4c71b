"""Commands that do the work: read, publish, serve."""

import logging
import sys
from datetime import timedelta
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
        kept = _collect(pipeline, everything=everything, quiet=as_json)
        published = pipeline.publish()
        pipeline.tell_hub(_HUB_PATIENCE)
    if as_json:
        click.echo(show.as_json({"sources": [_source(each) for each in kept], "feeds": published or []}))
    else:
        _summary(kept, published)
    failed = any(each.failed for each in kept)
    sys.exit(2 if site.broken(loaded) else int(failed))


def _collect(pipeline: "Pipeline", *, everything: bool, quiet: bool) -> "list[Kept]":
    """Read what is due, with a progress bar where somebody looks on."""
    kept = pipeline.collect(list(pipeline.kinds), everything=everything)
    if quiet or not show.on_terminal():
        return list(kept)
    from rich.progress import track

    return list(track(kept, description="reading", total=None, transient=True))


def _source(kept: "Kept") -> dict[str, Any]:
    reading = kept.reading
    return {
        "name": reading.source.name, "outcome": kept.outcome, "error": reading.error or "; ".join(reading.warnings),
        "articles": len(reading.articles), "new": kept.new,
    }  # fmt: skip


def _summary(kept: "list[Kept]", published: "list[Published] | None") -> None:
    for each in kept:
        reading = each.reading
        for warning in reading.warnings:
            click.echo(f"{reading.source.name}: {warning}", err=True)
        if each.failed:
            again = show.moment(each.following.at)
            click.echo(f"{reading.outcome}: {reading.source.name}: {reading.error}; next visit {again}", err=True)
    new, edited = sum(each.new for each in kept), sum(each.edited for each in kept)
    done = f"read {show.count(len(kept), 'source')}: {show.count(new, 'new article')}, {edited} edited"
    click.echo(done if kept else "nothing was due")
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
