"""The packages import only downwards, and one library lives in one place (docs/design.md)."""

import ast
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "tagwire"

HOMES = {
    "ahocorasick_rs": {"tags/lexicon.py"},
    "alembic": {"store/migrate.py", "store/migrations/env.py", "store/migrations/versions/*"},
    "apscheduler": {"daemon.py"},
    "click": {"cli/*"},
    "feedgen": {"output/*"},
    "feedparser": {"sources/documents.py"},
    "lark": {"tags/filters.py"},
    "nh3": {"sources/border.py"},
    "opencc": {"text.py"},
    "pycurl": {"sources/curl.py"},
    "pydantic": {"definitions/*"},
    "re2": {"tags/patterns.py"},
    "rich": {"cli/*"},
    "prometheus_client": {"server/metrics.py"},
    "sqlalchemy": {"store/*", "store/migrations/*", "store/migrations/versions/*"},
    "brotli": {"server/encodings.py"},
    "starlette": {"server/*"},
    "uvicorn": {"server/listening.py"},
    "watchfiles": {"daemon.py"},
}


def test_packages_import_only_downwards(monkeypatch):
    monkeypatch.chdir(ROOT)

    assert lint_imports(config_filename="pyproject.toml", no_cache=True) == 0


def imported(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


@pytest.mark.parametrize("library", HOMES)
def test_a_library_is_imported_only_at_home(library):
    users = {path.relative_to(SOURCE) for path in SOURCE.rglob("*.py") if library in imported(path)}

    assert users, "nobody uses it"
    strangers = {user for user in users if not any(user.match(home) for home in HOMES[library])}
    assert strangers == set()


def test_nothing_waits_to_be_done():
    waiting = [path.name for path in SOURCE.rglob("*.py") if "TO" + "DO" in path.read_text()]

    assert waiting == []
