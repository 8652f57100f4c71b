"""The site that a command works on: loaded, its problems said, its store open."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from tagwire.definitions import Loaded
    from tagwire.pipeline import Pipeline
    from tagwire.store.store import Store


def clock() -> datetime:
    """Give the time, aware and in UTC."""
    return datetime.now(UTC)


def load(root: Path) -> "Loaded":
    """Load the site and say its problems on standard error; what is right goes on.

    Raises:
        DefinitionError: there is no site.

    """
    from tagwire import definitions

    loaded = definitions.load(root)
    for problem in loaded.problems:
        if not problem.warning:
            click.echo(str(problem), err=True)
    return loaded


def broken(loaded: "Loaded") -> bool:
    """Tell whether a definition is wrong, warnings aside."""
    return any(not problem.warning for problem in loaded.problems)


@contextmanager
def opened(loaded: "Loaded") -> Iterator["Store"]:
    """Open the site's store.

    Raises:
        StoreError: it cannot be opened.

    """
    from tagwire.pipeline import database
    from tagwire.store.store import Store
    from tagwire.tags.patterns import found

    with Store(database(loaded.site), found) as store:
        yield store


@contextmanager
def at_work(loaded: "Loaded") -> Iterator["Pipeline"]:
    """Open the site's store, take over its definitions, and keep them as the last good ones.

    Raises:
        DefinitionError: ``tagwire.toml`` was never right.
        StoreError: the store cannot be opened.

    """
    from tagwire import definitions
    from tagwire.locks import shared
    from tagwire.pipeline import Pipeline

    trusted = loaded.trusted()
    with opened(loaded) as store:
        definitions.remember(loaded)
        pipeline = Pipeline(trusted, store, clock)
        pipeline.adopt()
        with shared(trusted.root, "reading", alone=pipeline.take_back):
            yield pipeline
