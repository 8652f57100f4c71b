"""Whole sites for tests: made of files, worked by the real command line, looked at from outside."""

import io
import json
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import feedparser
from click.testing import CliRunner, Result

import rfc4287
from tagwire.cli import main


@dataclass(frozen=True, slots=True)
class Site:
    """A site's folder, and what tests do with it."""

    root: Path

    def write(self, path: str, text: str) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(text).lstrip("\n"), encoding="utf-8")
        return file

    def run(self, *arguments: str, code: int = 0) -> Result:
        result = CliRunner().invoke(main, ["--site", str(self.root), *arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result

    def refresh(self, *arguments: str, code: int = 0) -> dict:
        return json.loads(self.run("refresh", "--json", *arguments, code=code).stdout)

    def feed(self, name: str) -> feedparser.FeedParserDict:
        body = (self.root / "output" / f"{name}.atom").read_bytes()
        assert rfc4287.problems(body) == []
        return feedparser.parse(io.BytesIO(body))

    def titles(self, name: str) -> list[str]:
        return [entry.title for entry in self.feed(name).entries]

    def stories(self) -> list[dict]:
        return [json.loads(line) for line in self.run("export").stdout.splitlines()]

    def output(self) -> dict[str, bytes]:
        folder = self.root / "output"
        return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def make(root: Path, files: dict[str, str] | None = None) -> Site:
    """Make a site with one feed of everything, and some more files."""
    site = Site(root)
    site.write("feeds/all.toml", 'title = "All"')
    (root / "sources").mkdir(exist_ok=True)
    for name, text in (files or {}).items():
        site.write(name, text)
    return site
