"""Commands that make a site and look whether it is well made."""

import sys
from pathlib import Path

import click

from tagwire.cli import show
from tagwire.errors import TagwireError


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=".", metavar="[DIR]")
def init(folder: Path) -> None:
    """Make a new site in DIR with a small working sample; files that are there are left as they are."""
    from importlib.resources import as_file, files

    with as_file(files("tagwire") / "sample") as sample:
        names = sorted(path.relative_to(sample) for path in sample.rglob("*") if _wanted(path))
        made = [name for name in names if _copy(sample / name, folder / name)]
    for sub in ("sources", "feeds", "output"):
        _make(folder / sub)
    for name in made:
        click.echo(f"made {folder / name}")
    left = len(names) - len(made)
    if left:
        click.echo(f"left {show.count(left, 'file')} as they were" if left > 1 else "left 1 file as it was")
    where = "" if folder == Path() else f" --site {folder}"
    click.echo(f"ready: tagwire{where} run")


def _wanted(path: Path) -> bool:
    return path.is_file() and "__pycache__" not in path.parts and path.suffix not in {".py", ".pyc"}


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TagwireError("cannot make the folder", folder) from error


def _copy(origin: Path, target: Path) -> bool:
    """Copy a file unless there is one already."""
    _make(target.parent)
    try:
        with target.open("xb") as file:
            file.write(origin.read_bytes())
    except FileExistsError:
        return False
    except OSError as error:
        raise TagwireError("cannot make the file", target) from error
    return True


@click.command()
@click.pass_obj
def check(root: Path) -> None:
    """Say every problem in every definition, with file, line and what would be right.

    Tries the examples of all tags, too, and warns of tags in filters that nothing is known to give. Exit code 2 if
    there is any problem; warnings alone are no failure.
    """
    from tagwire import definitions

    loaded = definitions.load(root)
    problems = definitions.examined(loaded)
    for problem in problems:
        click.echo(str(problem))
    wrong = sum(not problem.warning for problem in problems)
    site = loaded.site
    if wrong:
        click.echo(f"tagwire: {show.count(wrong, 'problem')}", err=True)
        sys.exit(2)
    click.echo(f"well: {show.count(len(site.sources), 'source')}, {show.count(len(site.feeds), 'feed')}")
