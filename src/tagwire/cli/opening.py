"""The command that shows and renews what opens that which is not for the world."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tagwire.cli import show, site

if TYPE_CHECKING:
    from tagwire.model import Feed, Site


@click.command()
@click.argument("action", type=click.Choice(["list", "show", "renew"]), default="list", metavar="[ACTION]")
@click.argument("name", default="")
@click.pass_obj
def token(root: Path, action: str, name: str) -> None:
    """Show the token that opens what only you see over HTTP, and the address of each private feed; or renew one.

    ACTION is list, show or renew; without it, list. After renew, the old token or address opens nothing.
    NAME is that of a private feed; show and renew without it mean your own token.
    """
    from tagwire import tokens

    there = site.load(root).site
    private = [feed for feed in there.feeds if feed.private]
    if action == "list":
        if name:
            raise click.UsageError("list takes no NAME: it shows all")
        _list(there, private)
        return
    if name and name not in {feed.name for feed in private}:
        raise click.BadParameter("no private feed has this name", param_hint="NAME")
    make = tokens.renewed if action == "renew" else tokens.token_of
    made = make(there.root, tokens.of_feed(name) if name else tokens.OPERATOR)
    click.echo(show.feed_addresses(there.root, there.face, private)[name] if name else made)


def _list(there: "Site", private: "list[Feed]") -> None:
    """Print what opens what: the operator's token, then the address of each private feed."""
    from tagwire import tokens

    rows = [("what only you see", tokens.token_of(there.root, tokens.OPERATOR))]
    rows += [(f"feed {name}", at) for name, at in show.feed_addresses(there.root, there.face, private).items()]
    show.table(("for", "token or address"), rows)
    if not private:
        click.echo("no feed is private", err=True)
