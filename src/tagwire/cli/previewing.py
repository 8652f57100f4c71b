"""Reading a source that may not be defined: a file, a folder, an address, or a source's name."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from tagwire import definitions
from tagwire.errors import DefinitionError
from tagwire.model import Reading, Site, Source, Visit
from tagwire.sources import kinds
from tagwire.sources.exchange import WITHOUT_LEAVE
from tagwire.sources.files import FilesOptions, read_file
from tagwire.sources.web import WebOptions

_NOTHING = "nothing to preview"


def read(root: Path, target: str, now: datetime, *, allow_private: bool) -> Reading:
    """Read a target as it would be read at a first visit.

    Raises:
        DefinitionError: the target is neither a source of the site, nor a file or folder, nor an address.

    """
    site = definitions.load(root).site if definitions.is_site(root) else Site(root=root)
    defined = next((source for source in site.sources if source.name == target), None)
    if defined is not None:
        return visited(site, [defined], now)[0]
    path = Path(target)
    if target and path.is_dir():
        return visited(site, [_source("files", FilesOptions(path=str(path.absolute())))], now)[0]
    if target and path.exists():
        return read_file(path, _source("files", FilesOptions(path=str(path.absolute().parent))), now)
    if "://" in target:
        return visited(site, [web_source(target, allow_private=allow_private)], now)[0]
    raise DefinitionError(
        _NOTHING, target, "it is no source of this site, no file or folder, and no http or https address"
    )


def web_source(url: str, *, allow_private: bool, nothing: str = _NOTHING) -> Source:
    """Make a web source that is not defined.

    Raises:
        DefinitionError: it is no address.

    """
    return _source("web", WebOptions(url=url, allow_private=allow_private), nothing)


def _source(kind: str, options: FilesOptions | WebOptions, nothing: str = _NOTHING) -> Source:
    """Make a source of the options alone, as a definition would.

    Raises:
        DefinitionError: the options name no address.

    """
    try:
        address = kinds()[kind].address(options, Path.cwd())
    except ValueError as error:
        raise DefinitionError(nothing, detail=str(error)) from error
    return Source(name="preview", kind=kind, address=address, options=options, home=Path.cwd())


def visited(site: Site, sources: Sequence[Source], now: datetime) -> list[Reading]:
    """Visit some sources of one kind for the first time, and give their readings in the same order."""
    kind = kinds(site.contact, site.proxy)[sources[0].kind]
    found = {id(reading.source): reading for reading in filter(None, kind.read(map(Visit, sources), now))}
    return [found[id(source)] for source in sources]


def told(error: str) -> str:
    """Give why a visit failed to who has no definition yet: there, a flag stands for one of its lines."""
    return error.replace(WITHOUT_LEAVE, "without --allow-private")
