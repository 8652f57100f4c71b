"""Writing into output/, on a real disk: whole files, only when they differ, never outside."""

import errno
import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tagwire.errors import TagwireError
from tagwire.output.folder import remove, sweep, write


def files(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_a_file_is_written_with_the_folders_it_needs(tmp_path: Path) -> None:
    assert write(tmp_path / "output", "stories/a/b.html", b"bytes")
    assert (tmp_path / "output/stories/a/b.html").read_bytes() == b"bytes"
    assert files(tmp_path) == ["output/stories/a/b.html"]


def test_the_same_bytes_are_not_written_again(tmp_path: Path) -> None:
    write(tmp_path, "a.atom", b"one")
    before = (tmp_path / "a.atom").stat()
    assert not write(tmp_path, "a.atom", b"one")
    after = (tmp_path / "a.atom").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_other_bytes_of_the_same_length_replace_the_file(tmp_path: Path) -> None:
    write(tmp_path, "a.atom", b"one")
    assert write(tmp_path, "a.atom", b"two")
    assert (tmp_path / "a.atom").read_bytes() == b"two"


def test_each_version_has_the_time_of_another_second(tmp_path: Path) -> None:
    times = []
    for body in (b"one", b"two", b"six"):
        write(tmp_path, "all.atom", body)
        times.append(int((tmp_path / "all.atom").stat().st_mtime))
    assert times == sorted(set(times))


def test_a_reader_sees_the_old_file_or_the_new_one_and_never_a_part(tmp_path: Path) -> None:
    whole = {bytes([letter]) * 300_000 for letter in b"ab"}
    write(tmp_path, "a.atom", min(whole))
    done = threading.Event()
    seen: set[bytes] = set()

    def look() -> None:
        while not done.is_set():
            seen.add((tmp_path / "a.atom").read_bytes())

    reader = threading.Thread(target=look)
    reader.start()
    try:
        for _ in range(20):
            for data in sorted(whole):
                write(tmp_path, "a.atom", data)
    finally:
        done.set()
        reader.join()
    assert seen
    assert seen <= whole


@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600)])
def test_the_mode_of_a_file_is_the_umasks(tmp_path: Path, mask: int, mode: int) -> None:
    old = os.umask(mask)
    try:
        write(tmp_path, "a.atom", b"x")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "a.atom").stat().st_mode) == mode


@pytest.mark.parametrize("path", ["../x", "a/../../x", "/etc/x", "..", "", ".", "a\0b"])
@pytest.mark.parametrize("do", [lambda root, path: write(root, path, b"x"), remove], ids=["write", "remove"])
def test_a_path_that_leads_outside_is_refused(tmp_path: Path, do: object, path: str) -> None:
    root = tmp_path / "output"
    root.mkdir()
    (tmp_path / "x").write_bytes(b"precious")
    with pytest.raises(TagwireError, match="outside of the output folder"):
        do(root, path)  # type: ignore[operator]  # one of the two above
    assert files(tmp_path) == ["x"]


def test_a_folder_that_is_a_symbolic_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "output").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "output/stories").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(TagwireError, match="output/stories: it is a symbolic link"):
        write(tmp_path / "output", "stories/a.html", b"x")
    assert files(tmp_path / "elsewhere") == []


def test_the_output_folder_itself_may_be_a_symbolic_link(tmp_path: Path) -> None:
    (tmp_path / "www").mkdir()
    (tmp_path / "output").symlink_to(tmp_path / "www")
    write(tmp_path / "output", "a.atom", b"x")
    assert files(tmp_path / "www") == ["a.atom"]


def test_a_symbolic_link_in_place_of_a_file_is_replaced_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "output").mkdir()
    (tmp_path / "precious").write_bytes(b"new")
    (tmp_path / "output/a.atom").symlink_to(tmp_path / "precious")
    assert write(tmp_path / "output", "a.atom", b"new")
    assert not (tmp_path / "output/a.atom").is_symlink()
    (tmp_path / "output/b.atom").symlink_to(tmp_path / "precious")
    write(tmp_path / "output", "b.atom", b"other")
    assert (tmp_path / "precious").read_bytes() == b"new"


def test_a_folder_in_place_of_the_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.atom").mkdir()
    with pytest.raises(TagwireError, match=r"cannot write: .*a\.atom: Is a directory"):
        write(tmp_path, "a.atom", b"x")
    assert files(tmp_path) == []


def test_a_file_in_place_of_a_folder_is_named(tmp_path: Path) -> None:
    write(tmp_path, "stories", b"x")
    with pytest.raises(TagwireError, match=r"cannot write: .*stories/a\.html"):
        write(tmp_path, "stories/a.html", b"x")
    assert not remove(tmp_path, "stories/a.html")


def test_a_full_disk_names_the_file_and_leaves_the_old_one_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "a.atom", b"old")

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(TagwireError, match=r"cannot write: .*a\.atom: No space left on device"):
        write(tmp_path, "a.atom", b"new")
    assert files(tmp_path) == ["a.atom"]
    assert (tmp_path / "a.atom").read_bytes() == b"old"


def test_a_file_is_removed_once(tmp_path: Path) -> None:
    write(tmp_path, "stories/a.html", b"x")
    assert remove(tmp_path, "stories/a.html")
    assert not remove(tmp_path, "stories/a.html")
    assert not remove(tmp_path, "never/was.html")
    assert files(tmp_path) == []


KILLED = """
import os, signal, sys
from pathlib import Path
from tagwire.output import folder
os.fsync = lambda descriptor: os.kill(os.getpid(), signal.SIGKILL)
folder.write(Path(sys.argv[1]), "stories/a.html", b"new")
"""


def test_a_killed_process_leaves_the_old_file_and_a_dotted_one_that_is_swept_away(tmp_path: Path) -> None:
    write(tmp_path, "stories/a.html", b"old")
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    left = [path.name for path in (tmp_path / "stories").iterdir() if path.name != "a.html"]
    assert len(left) == 1
    assert left[0].startswith(".")
    assert sweep(tmp_path) == {"stories/a.html"}
    assert files(tmp_path) == ["stories/a.html"]
    assert (tmp_path / "stories/a.html").read_bytes() == b"old"


def test_sweeping_leaves_what_is_not_ours(tmp_path: Path) -> None:
    for name in (".gitignore", ".tagwire-notes", "a.tmp"):
        (tmp_path / name).write_bytes(b"x")
    assert sweep(tmp_path) == {".gitignore", ".tagwire-notes", "a.tmp"}
    assert sweep(tmp_path / "not there") == set()
    assert files(tmp_path) == [".gitignore", ".tagwire-notes", "a.tmp"]
