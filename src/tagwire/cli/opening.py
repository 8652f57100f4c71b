"""The command that shows and renews what opens that which is not for the world."""

from pathlib import Path

import click

from tagwire.cli import site


@click.command()
@click.argument("action", type=click.Choice(["show", "renew"]), default="show", metavar="[ACTION]")
@click.pass_obj
def token(root: Path, action: str) -> None:
    """Show the token that opens what only you see over HTTP, or renew it.

    ACTION is show or renew; without it, show. After renew, the old token opens nothing.
    """
    from tagwire import tokens

    there = site.load(root).site.root
    make = tokens.renewed if action == "renew" else tokens.token_of
    click.echo(make(there, tokens.OPERATOR))
