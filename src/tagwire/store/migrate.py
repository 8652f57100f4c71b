"""Brings a database to today's schema: at the door, under the database's own lock, so that two processes may race."""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from tagwire.errors import StoreError
from tagwire.store.engine import reading, writing

MIGRATIONS = Path(__file__).parent / "migrations"
HEAD = "0008"
"""The newest migration; a test holds it to `migrations/versions/`."""


def migrate(engine: Engine) -> None:
    """Bring the database to the newest schema, or leave it as it is if it is there already.

    Raises:
        StoreError: the database failed, or comes from a newer Tagwire.

    """
    with reading(engine) as connection:
        if _version(connection) == HEAD:
            return
    with writing(engine) as connection:
        found = _version(connection)
        if found != HEAD:
            _upgrade(connection, engine, found)


def is_newest(connection: Connection) -> bool:
    """Tell whether the database has today's schema."""
    return _version(connection) == HEAD


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(connection: Connection, engine: Engine, found: str | None) -> None:
    # Imported here: alembic takes a third of a second, and nearly every start finds the schema in place.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, HEAD)
    except CommandError as error:
        raise StoreError(
            "the database comes from a newer Tagwire",
            engine.url.render_as_string(),
            f"its schema is {found}, ours {HEAD}",
        ) from error
