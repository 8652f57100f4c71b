"""SQLite as we use it: safe journals, real transactions, one schema, and two processes at the door at once."""

import sqlite3
import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from tagwire.errors import StoreError
from tagwire.store import engine as engines
from tagwire.store import migrate, schema
from tagwire.store.store import Store


@pytest.fixture
def engine(tmp_path):
    made = engines.connect(f"sqlite+pysqlite:///{tmp_path / 'a.db'}")
    yield made
    made.dispose()


def pragma(engine, name):
    with engines.reading(engine) as connection:
        return connection.execute(text(f"PRAGMA {name}")).scalar()


def test_wal_is_used_only_with_a_safe_sqlite(engine, tmp_path, monkeypatch):
    newest = engines.sqlite_module().sqlite_version_info >= engines.SAFE_WAL
    assert pragma(engine, "journal_mode") == ("wal" if newest else "delete")
    assert pragma(engine, "synchronous") == 2
    assert pragma(engine, "foreign_keys") == 1

    monkeypatch.setattr(engines, "SAFE_WAL", (99, 0, 0))
    old = engines.connect(f"sqlite+pysqlite:///{tmp_path / 'old.db'}")
    assert pragma(old, "journal_mode") == "delete"
    old.dispose()


def test_the_standard_library_serves_where_the_newer_wheel_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "pysqlite3", None)
    monkeypatch.setitem(sys.modules, "pysqlite3.dbapi2", None)
    assert engines.sqlite_module() is sqlite3


def test_tables_made_in_a_transaction_that_fails_are_not_there(engine):
    def make():
        with engines.writing(engine) as connection:
            connection.execute(text("CREATE TABLE half (x INTEGER)"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        make()
    with engines.reading(engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM sqlite_master")).scalar() == 0


def is_no_index_of_words(name, kind, _parents):
    return kind != "table" or not name.startswith("article_words")


def test_the_migrations_make_the_schema(engine):
    migrate.migrate(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": is_no_index_of_words})
        assert compare_metadata(context, schema.metadata) == []


def test_the_head_is_the_newest_migration():
    folder = ScriptDirectory(str(migrate.MIGRATIONS))
    assert folder.get_current_head() == migrate.HEAD


def test_a_database_of_a_newer_tagwire_is_left_alone(engine):
    migrate.migrate(engine)
    with engines.writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match=r"newer Tagwire.*9999"):
        migrate.migrate(engine)


def test_processes_that_race_to_the_door_all_find_the_schema(tmp_path):
    url = f"sqlite+pysqlite:///{tmp_path / 'race.db'}"
    code = f"from tagwire.store.store import Store; Store({url!r}).close()"
    racers = [subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE) for _ in range(4)]
    for racer in racers:
        _, errors = racer.communicate(timeout=60)
        assert (racer.returncode, errors) == (0, b"")
    with Store(url) as store:
        assert list(store.stories()) == []
