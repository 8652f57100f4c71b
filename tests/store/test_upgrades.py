"""A database of an older Tagwire goes on: nothing is lost, and nothing is published twice."""

from contextlib import closing

import pytest
from alembic.script import ScriptDirectory

import sites
from tagwire.store import engine as engines
from tagwire.store import migrate
from tagwire.store.engine import sqlite_module

FOLDER = ScriptDirectory(str(migrate.MIGRATIONS))
OLDER = [each.revision for each in FOLDER.walk_revisions() if each.revision != migrate.HEAD]


@pytest.fixture
def site(tmp_path):
    made = sites.make(tmp_path / "site", {"feeds/port.toml": 'filter = "tag:Port and port"\nlimit = 2'})
    for number in range(1, 6):
        made.write(
            f"sources/articles/{number}.md",
            f"---\ntitle: Port {number}\ndate: 2026-03-0{number}\ntags: [Port]\n---\nNews of port {number}.\n",
        )
        made.refresh()
    return made


def as_it_was(root, revision, monkeypatch):
    """Make the database one of an older schema, with all that it had room for."""
    now, then = root / "tagwire.db", root / "then.db"
    with monkeypatch.context() as older:
        older.setattr(migrate, "HEAD", revision)
        engine = engines.connect(f"sqlite+pysqlite:///{then}")
        migrate.migrate(engine)
        engine.dispose()
    with closing(sqlite_module().connect(then)) as database:
        database.execute("ATTACH ? AS now", (str(now),))
        query = "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'article_words_%'"
        for (table,) in database.execute(f"{query} AND name NOT IN ('alembic_version', 'sqlite_sequence')").fetchall():
            names = [row[1] for row in database.execute(f"PRAGMA main.table_info({table})")]
            columns = ", ".join(f'"{name}"' for name in (["rowid"] if table == "article_words" else []) + names)
            database.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM now.{table}")
        database.commit()
    for each in root.glob("tagwire.db*"):
        each.unlink()
    then.rename(now)


@pytest.mark.parametrize("revision", OLDER)
def test_an_older_database_keeps_its_stories_and_publishes_none_again(site, monkeypatch, revision):
    stories, output = site.stories(), site.output()
    as_it_was(site.root, revision, monkeypatch)
    with closing(sqlite_module().connect(site.root / "tagwire.db")) as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchall() == [(revision,)]
    site.refresh("--all")
    with closing(sqlite_module().connect(site.root / "tagwire.db")) as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchall() == [(migrate.HEAD,)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    assert site.stories() == stories
    assert site.output() == output
    site.write("sources/articles/6.md", "---\ntitle: Another\ndate: 2026-03-06\ntags: [Port]\n---\nNews of the port.\n")
    site.refresh()
    assert site.titles("port") == ["Another", "Port 5"]
