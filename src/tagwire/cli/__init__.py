"""The command line: one file for each group of commands.

Each command imports what it needs inside itself, so that ``--help`` answers at once.
"""

import sys
from pathlib import Path
from typing import Any

import click

from tagwire import __version__, collector
from tagwire.cli import adding, lists, looking, making, mending, opening, ruling, working
from tagwire.errors import DefinitionError, TagwireError


class Commands(click.Group):
    """The group of all commands: lists them in the order of a day's work, and ends errors as a sentence."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the commands in the order in which they were added."""
        del ctx
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; what a user can mend is said in a sentence, with the exit code of its kind."""
        try:
            return super().invoke(ctx)
        except DefinitionError as error:
            for problem in error.problems:
                click.echo(str(problem), err=True)
            click.echo(f"tagwire: {error}", err=True)
            sys.exit(error.exit_code)
        except TagwireError as error:
            click.echo(f"tagwire: {error}", err=True)
            sys.exit(error.exit_code)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="tagwire")
@click.option(
    "--site",
    type=click.Path(path_type=Path),
    default=".",
    metavar="DIR",
    help="The site's folder; without it, this one.",
)
@click.pass_context
def main(ctx: click.Context, site: Path) -> None:
    """Read many sources, keep each story once, tag it, and publish a feed for each topic.

    Exit codes: 0 all is well, 1 a source failed, 2 a definition or the usage is wrong,
    3 the store failed, 4 another process holds the site.
    """
    ctx.obj = site
    collector.tune()


for _command in (
    making.init, adding.add, working.run, working.serve, working.refresh, working.publish,
    looking.preview, making.check, ruling.try_out, ruling.tags, looking.status, opening.token, looking.export,
    lists.opml,
    mending.why, mending.tag, mending.split, mending.merge, mending.withdraw, mending.undo, mending.rematch,
):  # fmt: skip
    main.add_command(_command)
