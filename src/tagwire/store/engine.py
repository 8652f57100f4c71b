"""The connection to the database, and what each database needs to be safe.

SQLite before 3.51.3 is reported to corrupt a database in WAL mode when two connections write and checkpoint at the
same moment (https://sqlite.org/wal.html), so the newer library of the `pysqlite3` wheel is used where it is
installed, and a rollback journal where only an older one is.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError, StatementError

from tagwire.errors import BusyError, StoreError

SAFE_WAL = (3, 51, 3)
_BUSY_SECONDS = 60
_CACHE_KIB = 24 * 1024
"""Of each connection, and at most: 2 MB hold too little of the index of keys, and more than this gains nothing."""
_PAGES = 4_000
"""Of the journal, until they are written to their places: a page that many transactions change is written once."""

Found = Callable[[str, str | None, str], bool]


def sqlite_module() -> ModuleType:
    """Give the newest SQLite that is installed."""
    try:
        import pysqlite3.dbapi2 as newest
    except ImportError:
        return sqlite3
    return newest if newest.sqlite_version_info >= sqlite3.sqlite_version_info else sqlite3


def connect(url: str, found: Found | None = None, *, writes: bool = True) -> Engine:
    """Give an engine for the database at `url`; nothing is opened yet.

    Args:
        url: as SQLAlchemy writes it.
        found: tells whether a pattern is found in a value; see `conditions.finder`.
        writes: whether anything may be written; if not, SQLite sees to it that nothing is.

    Raises:
        StoreError: the address is none that SQLAlchemy can open.

    """
    shown = ""
    try:
        shown = make_url(url).render_as_string()  # without the password
        if make_url(url).get_backend_name() != "sqlite":
            return create_engine(url)
        module = sqlite_module()
        engine = create_engine(url, module=module, connect_args={"timeout": _BUSY_SECONDS})
    except (SQLAlchemyError, ImportError) as error:
        raise StoreError("cannot open the database", shown) from error
    journal = "WAL" if module.sqlite_version_info >= SAFE_WAL else "DELETE"

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        # The driver's own transactions leave DDL outside, so it is told to keep out and `begin` below sees to them.
        connection.isolation_level = None
        keeping = [f"journal_mode={journal}", "synchronous=FULL", f"wal_autocheckpoint={_PAGES}"]
        pragmas = keeping if writes else ["query_only=ON"]
        for pragma in (*pragmas, "foreign_keys=ON", f"cache_size=-{_CACHE_KIB}"):
            connection.execute(f"PRAGMA {pragma}").close()
        if found is not None:
            connection.create_function("tagwire_found", 3, found, deterministic=True)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A writer takes its lock at once: one that upgrades half-way can fail as "locked" without waiting.
        reading = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Run one transaction that may write; all of it happens or nothing.

    Raises:
        StoreError: the database failed; a `BusyError` if another process held it for too long.

    """
    with _failing(engine), engine.begin() as connection:
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Run one transaction that only reads, and sees one state of the database throughout.

    Raises:
        StoreError: the database failed; a `BusyError` if another process held it for too long.

    """
    with _failing(engine), engine.connect().execution_options(reading=True) as connection, connection.begin():
        yield connection


@contextmanager
def _failing(engine: Engine) -> Iterator[None]:
    """Say in our own words that the database failed, without the statement and its parameters.

    What it refuses because of a value is no failure of the database, and goes on as it is.
    """
    try:
        yield
    except (IntegrityError, DataError):
        raise
    except SQLAlchemyError as error:
        if isinstance(error, StatementError) and not isinstance(error, DBAPIError):
            raise
        said = str(getattr(error, "orig", None) or error).splitlines()[0]
        kind = BusyError if "locked" in said or "busy" in said else StoreError
        raise kind("the database failed", engine.url.render_as_string(), said) from error
