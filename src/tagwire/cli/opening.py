"""The command that shows and renews what opens that which is not for the world."""

from pathlib import Path

import click

from tagwire.cli import show, site


@click.command()
@click.argument("action", type=click.Choice(["show", "renew"]), default="show", metavar="[ACTION]")
@click.argument("name", default="")
@click.pass_obj
def token(root: Path, action: str, name: str) -> None:
    """Show the token that opens what only you see over HTTP, or the address of a private feed; or renew it.

    ACTION is show or renew; without it, show. After renew, the old token or address opens nothing.
    NAME is that of a private feed.
    """
    from tagwire import tokens

    loaded = site.load(root)
    there = loaded.site.root
    private = [feed for feed in loaded.site.feeds if feed.private and feed.name == name]
    if name and not private:
        raise click.BadParameter("no private feed has this name", param_hint="NAME")
    make = tokens.renewed if action == "renew" else tokens.token_of
    made = make(there, tokens.of_feed(name) if name else tokens.OPERATOR)
    click.echo(show.feed_addresses(there, loaded.site.face, private)[name] if name else made)
