"""Tagwire in processes of its own: begun by a test, ended by their own handle, and every wait bounded."""

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from lxml import etree

from tagwire.store.engine import sqlite_module

PATIENCE = 20.0
"""Seconds after which what has not come about is a failure."""

Found = TypeVar("Found")


def command(root: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "tagwire", "--site", str(root), *arguments]


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(root, *arguments), capture_output=True, text=True, timeout=60, check=False)


def until(come_about: Callable[[], Found], what: Callable[[], str] = str, patience: float = PATIENCE) -> Found:
    """Wait until something is there, and give it; `what` says more where it does not come."""
    end = time.monotonic() + patience
    while not (found := come_about()):
        assert time.monotonic() < end, what()
        time.sleep(0.05)
    return found


@dataclass(frozen=True, slots=True)
class Daemon:
    """A daemon, and all that it and its server have said."""

    process: subprocess.Popen[bytes]
    log: Path

    def said(self) -> str:
        return self.log.read_text()

    def until(self, come_about: Callable[[], Found], patience: float = PATIENCE) -> Found:
        return until(come_about, self.said, patience)

    def until_said(self, pattern: str) -> str:
        """Wait for a line, and give the group of the pattern."""
        found = self.until(lambda: re.search(pattern, self.said()))
        return found[found.re.groups]

    def address(self) -> str:
        return self.until_said(r"serving .* at (http://\S+)")

    def children(self) -> list[int]:
        tasks = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        return [int(child) for task in tasks for child in task.read_text().split()]

    def server(self) -> int:
        """Give the process that serves."""
        self.address()
        return next(
            pid for pid in self.children() if b"serve" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        )

    def ended(self) -> int:
        """Wait for the end, and give the exit code."""
        return self.process.wait(PATIENCE)


@contextmanager
def daemon(root: Path, *arguments: str) -> Iterator[Daemon]:
    """Run a daemon, by default with a server at any free port; one that is left at the end is killed."""
    with _begun(root, "run", *(arguments or ("--port", "0"))) as begun:
        yield begun


@contextmanager
def served(root: Path) -> Iterator[str]:
    """Serve what a site has published, and give the address; the server is killed at the end."""
    with _begun(root, "serve", "--port", "0") as begun:
        yield begun.address()


@contextmanager
def served_to_operator(root: Path) -> Iterator[str]:
    """Serve what only the operator sees, and give the address; the server is killed at the end."""
    with _begun(root, "serve", "--port", "0", "--admin", "127.0.0.1:0") as begun:
        yield begun.until_said(r"serving the operator at (http://\S+)")


@contextmanager
def _begun(root: Path, *arguments: str) -> Iterator[Daemon]:
    log = root.with_name(f"{root.name}.log")
    with (
        log.open("wb") as file,
        subprocess.Popen(command(root, *arguments), stdin=subprocess.DEVNULL, stdout=file, stderr=file) as process,
    ):
        try:
            yield Daemon(process, log)
        finally:
            process.kill()


def is_running(pid: int) -> bool:
    """Tell whether a process is there and is more than a name that its parent has not asked for."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def peak_memory(pid: int | str = "self") -> int:
    """Give the most memory that a process has had at a time, in bytes."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)[1]) * 1024


def forget_peak_memory() -> None:
    """Count our own peak from here on."""
    Path("/proc/self/clear_refs").write_text("5")


def query(root: Path, sql: str) -> list[tuple]:
    """Look into the database with nothing of ours in between."""
    with closing(sqlite_module().connect(root / "tagwire.db", timeout=PATIENCE)) as connection:
        return connection.execute(sql).fetchall()


def leftovers(root: Path) -> list[Path]:
    """Give the files in ``output/`` that somebody did not finish."""
    return [path for path in (root / "output").rglob("*") if path.name.startswith(".")]


def whole_feeds(root: Path) -> list[Path]:
    """Give the feeds on the disk; one that is not whole is an error."""
    feeds = sorted((root / "output").glob("*.atom"))
    for feed in feeds:
        etree.fromstring(feed.read_bytes())
    return feeds
