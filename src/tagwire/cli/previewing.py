"""Reading a source that may not be defined: a file, a folder, an address, or a source's name."""

from datetime import datetime
from pathlib import Path

from tagwire import definitions
from tagwire.errors import DefinitionError
from tagwire.model import Reading, Source, Visit
from tagwire.sources import kinds
from tagwire.sources.files import FilesOptions, read_file
from tagwire.sources.web import WebOptions


def read(root: Path, target: str, now: datetime, *, allow_private: bool) -> Reading:
    """Read a target as it would be read at a first visit.

    Raises:
        DefinitionError: the target is neither a source of the site, nor a file or folder, nor an address.

    """
    defined = _defined(root, target)
    if defined is not None:
        return _visited(defined, now)
    path = Path(target)
    if target and path.is_dir():
        return _visited(_source("files", FilesOptions(path=str(path.absolute()))), now)
    if target and path.exists():
        return read_file(path, _source("files", FilesOptions(path=str(path.absolute().parent))), now)
    if "://" in target:
        return _visited(_source("web", WebOptions(url=target, allow_private=allow_private)), now)
    raise DefinitionError(
        "nothing to preview", target, "it is no source of this site, no file or folder, and no http or https address"
    )


def _defined(root: Path, name: str) -> Source | None:
    if not definitions.is_site(root):
        return None
    sources = definitions.load(root).site.sources
    return next((source for source in sources if source.name == name), None)


def _source(kind: str, options: FilesOptions | WebOptions) -> Source:
    """Make a source of the options alone, as a definition would.

    Raises:
        DefinitionError: the options name no address.

    """
    try:
        address = kinds()[kind].address(options, Path.cwd())
    except ValueError as error:
        raise DefinitionError("nothing to preview", detail=str(error)) from error
    return Source(name="preview", kind=kind, address=address, options=options, home=Path.cwd())


def _visited(source: Source, now: datetime) -> Reading:
    return next(filter(None, kinds()[source.kind].read([Visit(source)], now)))
