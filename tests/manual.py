"""The documentation as tests read it: its pages, their sections, tables and examples, and the commands in them."""

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import takewhile
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[1]
_NOT_OURS = {"__pycache__", "build", "dist", "output"}
_COMMAND = re.compile(r"(?:^|/bin/)tagwire\s+([^>|]*)")


@dataclass(frozen=True, slots=True)
class Example:
    """A fenced block."""

    page: str
    line: int
    info: tuple[str, ...]
    """The words behind the fence: the language, and what it is called."""
    text: str

    @property
    def place(self) -> str:
        return f"{self.page}:{self.line}"


@dataclass(slots=True)
class Section:
    """A heading, and what stands below it up to the next one."""

    page: str
    line: int
    level: int
    title: str
    tables: list[list[list[str]]] = field(default_factory=list)
    """Rows of cells, each as it is written; the head first."""
    examples: list[Example] = field(default_factory=list)
    text: str = ""
    after: dict[int, list[list[str]]] = field(default_factory=dict)
    """The table that follows an example, by the example's line."""

    @property
    def place(self) -> str:
        return f"{self.page}, {plain(self.title)}"

    def rows(self) -> dict[str, list[str]]:
        """Give the rows of its tables without their heads, by the first name in their first cell."""
        return {plain(row[0]).partition(",")[0]: row for table in self.tables for row in table[1:]}


def pages() -> list[str]:
    return [path for path in files() if path.endswith(".md") and path.count("/") <= 1]


@cache
def sections(page: str) -> list[Section]:
    found = [Section(page, 1, 0, "")]
    tokens = _parsed(page)
    row: list[str] = []
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        current = found[-1]
        line = token.map[0] + 1 if token.map else 0
        if token.type == "heading_open" and following is not None:
            found.append(Section(page, line, int(token.tag[1]), following.content))
        elif token.type == "fence":
            current.examples.append(Example(page, line, tuple(token.info.split()), token.content))
        elif token.type == "table_open":
            current.tables.append([])
            if current.examples:
                current.after.setdefault(current.examples[-1].line, current.tables[-1])
        elif token.type == "tr_open":
            row = []
            current.tables[-1].append(row)
        elif token.type == "table_close":
            row = []
        elif token.type == "inline":
            row.append(token.content)
            current.text += token.content + "\n"
    return found


def section(page: str, title: str) -> Section:
    found = next((each for each in sections(page) if plain(each.title) == title), None)
    assert found, f"{page}: wants a section  ### `{title}`"
    return found


def chapter(page: str, title: str) -> list[str]:
    """Give the titles of the sections below a heading."""
    every = iter(sections(page))
    level = next(each.level for each in every if each.title == title)
    return [plain(each.title) for each in takewhile(lambda each: each.level > level, every)]


def examples(*languages: str) -> list[Example]:
    found = [example for page in pages() for each in sections(page) for example in each.examples]
    return [example for example in found if example.info[:1] and example.info[0] in languages]


def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def plain(text: str) -> str:
    """Give text without the marks of code."""
    return text.replace("`", "").strip()


def anchors(page: str) -> set[str]:
    """Give the anchors of a page's headings as forges make them."""
    names: list[str] = []
    for each in sections(page):
        name = re.sub(r"[^\w\- ]", "", each.title.lower()).replace(" ", "-")
        names.append(f"{name}-{names.count(name)}" if name in names else name)
    return set(names)


def links(page: str) -> Iterator[str]:
    for token in _inline(page):
        if token.type in {"link_open", "image"}:
            yield str(token.attrs.get("href") or token.attrs.get("src"))


def calls() -> Iterator[tuple[str, list[str]]]:
    """Give every call of ``tagwire`` in the documentation and the files for deploying: its place, and its words."""
    lines = [(each.place, line) for each in examples("sh", "console") for line in each.text.splitlines()]
    for path in (ROOT / "docs" / "deploy").iterdir():
        lines += [(f"docs/deploy/{path.name}", line) for line in path.read_text().splitlines() if line[:1] != "#"]
    for place, line in lines:
        if found := _COMMAND.search(line):
            yield place, shlex.split(found[1], comments=True)


def mentions() -> Iterator[tuple[str, str]]:
    """Give every command that is named in running text, as in ``tagwire check``, with its page."""
    for page in pages():
        for token in _inline(page):
            found = re.match(r"(?:python -m )?tagwire (?:--site \S+ )?([a-z][\w-]*)", token.content)
            if token.type == "code_inline" and found:
                yield page, found[1]


@cache
def files() -> list[str]:
    """Give the files of the repository, by git where this is a checkout."""
    git = shutil.which("git")
    if git and (ROOT / ".git").exists():
        # New ones too, before they are added.
        arguments = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run([git, "-C", ROOT, *arguments], capture_output=True, check=True).stdout
        return sorted(path for path in set(listed.decode().split("\0")) if path and (ROOT / path).is_file())
    found = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
    return sorted(path.as_posix() for path in found if not _is_made(path))


def _is_made(path: Path) -> bool:
    hidden = any(part.startswith(".") and part != ".ci" for part in path.parts[:-1])
    return hidden or path.name.startswith("tagwire.db") or not _NOT_OURS.isdisjoint(path.parts[:-1])


@cache
def _parsed(page: str) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(text(page))


def _inline(page: str) -> Iterator[Token]:
    for token in _parsed(page):
        yield from token.children or ()
