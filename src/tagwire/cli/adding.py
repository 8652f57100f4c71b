"""The command that adds a web source, from the address of its feed or of any of its pages."""

import json
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import click

from tagwire.cli import looking, show, site
from tagwire.errors import DefinitionError, SourceError, TagwireError

if TYPE_CHECKING:
    from tagwire.model import Reading, Site

_NOTHING = "nothing to add"


@click.command()
@click.argument("url")
@click.option("--name", metavar="NAME", default=None, help="What the source is called; without it, after its address.")
@click.option("--allow-private", is_flag=True, help="Let the address lie in your own network.")
@click.pass_obj
def add(root: Path, url: str, name: str | None, allow_private: bool) -> None:  # noqa: FBT001 - a flag
    """Find the web feed of URL, show what it would bring, and define it in sources/NAME.toml.

    URL is a feed or a page that has one. A definition that is there is left as it is.
    """
    loaded = site.load(root)
    reading = _find(loaded.site, url if "://" in url else f"https://{url}", allow_private=allow_private)
    # A new definition need not wait for visits over a day, as one that is there does.
    address = reading.moved_to or reading.source.address
    _see_that_it_is_new(loaded.site, address)
    name = _name(loaded.site, address, name)
    looking.say_articles(reading.articles)
    file = f"sources/{name}.toml"
    _write(root / file, _definition(reading, address, allow_private=allow_private))
    click.echo(f"made {file}: {address}, {show.count(reading.entries, 'article')}")


def _find(there: "Site", url: str, *, allow_private: bool) -> "Reading":
    """Read the feed of an address: itself, else what it names as a page, else what lies in the usual places.

    Raises:
        DefinitionError: it is no address, or a source of the site already.
        SourceError: no feed was found.

    """
    from tagwire.cli import previewing
    from tagwire.sources.discovery import COMMON

    reading = _visited(there, [url], allow_private=allow_private)[0]
    if reading.instead is None:
        if reading.error:
            raise SourceError(_NOTHING, url, previewing.told(reading.error))
        return reading
    usual = [urljoin(start, path) for start in (f"{url.rstrip('/')}/", urljoin(url, "/")) for path in COMMON]
    for places in (reading.instead, tuple(dict.fromkeys(usual))):
        found = [each for each in _visited(there, places, allow_private=allow_private) if not each.error]
        if found:
            return found[0]
    raise SourceError(_NOTHING, url, "this is a web page; no feed was found that it names, or in a usual place")


def _visited(there: "Site", urls: "tuple[str, ...] | list[str]", *, allow_private: bool) -> "list[Reading]":
    from tagwire.cli.previewing import visited, web_source

    sources = [web_source(url, allow_private=allow_private, nothing=_NOTHING) for url in urls]
    for source in sources:
        _see_that_it_is_new(there, source.address)
    return visited(there, sources, site.clock()) if sources else []


def _see_that_it_is_new(there: "Site", address: str) -> None:
    """See that no source of the site is at an address.

    Raises:
        DefinitionError: one is; the message says which.

    """
    for source in there.sources:
        if source.address == address:
            raise DefinitionError("this is a source already", address, source.file or source.name)


def _name(there: "Site", address: str, wished: str | None) -> str:
    """Give a name that no source has.

    Raises:
        DefinitionError: the one that was wished for cannot be a name, or is taken.

    """
    from tagwire.definitions import names, opml
    from tagwire.definitions.document import Document

    files = [path.stem for path in (there.root / "sources").glob("*.toml")]
    taken = {name.casefold() for name in (*files, *(source.name for source in there.sources))}
    if wished is None:
        return opml.name_of(address, taken)
    wished = unicodedata.normalize("NFC", wished)
    document = Document(f"sources/{wished}.toml", "")
    if names.name_of(document.file) != wished or not names.is_usable(document):
        raise DefinitionError("this cannot be a name", wished, problems=tuple(document.problems))
    if wished.casefold() in taken:
        raise DefinitionError("there is a source of this name already", wished)
    return wished


def _definition(reading: "Reading", address: str, *, allow_private: bool) -> str:
    from tagwire.definitions.document import printable

    title = printable(reading.about.title) if reading.about else ""
    lines = [f"# {title}"] if title else []
    lines.append(f"url = {json.dumps(address, ensure_ascii=False)}")
    if allow_private:
        lines.append("allow_private = true")
    return "\n".join(lines) + "\n"


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise TagwireError("cannot make the file", path, error.strerror or "") from error
