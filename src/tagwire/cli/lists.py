"""Commands for lists of subscriptions: sources come from other readers, and go to them."""

from pathlib import Path
from typing import BinaryIO

import click

from tagwire.cli import show, site
from tagwire.errors import DefinitionError, TagwireError


@click.group()
def opml() -> None:
    """Take sources from another reader's list of subscriptions (OPML), or give them to another."""


@opml.command("export")
@click.argument("file", type=click.File("wb"), default="-", metavar="[FILE]")
@click.pass_obj
def export(root: Path, file: BinaryIO) -> None:
    """Write the web sources as OPML to FILE or standard output; their tags become nested folders.

    What OPML has no room for, such as schedules and passwords, is left out.
    """
    from tagwire.output.opml import subscribed

    loaded = site.load(root)
    file.write(subscribed(loaded.site.face, loaded.site.sources))
    left = sum(each.kind != "web" for each in loaded.site.sources)
    if left:
        click.echo(f"left out {show.count(left, 'source')} without a web address", err=True)


@opml.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE")
@click.pass_obj
def import_(root: Path, file: Path) -> None:
    """Copy an OPML list into sources/: each of its outlines is a source, its folders are tags.

    A list of the same name is never overwritten. To tune a single source, write sources/NAME.toml with its address;
    that goes before the list.
    """
    from tagwire import definitions
    from tagwire.definitions import files
    from tagwire.definitions.document import Document
    from tagwire.definitions.opml import outlines

    try:
        document = Document(file.name, files.text_of(file))
    except files.UnreadableError as error:
        raise DefinitionError("cannot read the list", file, str(error)) from None
    found = outlines(document)
    if found is None:
        raise DefinitionError("no list of subscriptions", file, problems=tuple(document.problems))
    known = {each.address for each in definitions.load(root).site.sources}
    target = _copy(root, file, document.text)
    added = {each.address for each in site.load(root).site.sources} - known
    click.echo(f"{target}: {show.count(len(found), 'source')}, {len(added)} of them new")


def _copy(root: Path, file: Path, text: str) -> Path:
    """Write a list into the site's sources, unless there is one of that name."""
    target = root / "sources" / f"{file.stem}.opml"
    try:
        target.parent.mkdir(exist_ok=True)
        with target.open("x", encoding="utf-8") as copy:
            copy.write(text)
    except FileExistsError:
        if target.read_text(encoding="utf-8") != text:
            raise DefinitionError("there is a list of that name", target, "give yours another name") from None
    except OSError as error:
        raise TagwireError("cannot write the list", target) from error
    return target
