"""Folders of article files on a real disk: what a visit reads, remembers, passes over and waits for."""

import json
import os
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tagwire.model import Outcome, Reading, Source, Visit
from tagwire.sources.files import Files, FilesOptions, read_file

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "sources" / "articles"
    made.mkdir(parents=True)
    return made


@pytest.fixture
def source(folder: Path) -> Source:
    return Source(
        name="articles", kind="files", address="articles", options=FilesOptions("articles"), home=folder.parent,
        timezone="Asia/Shanghai",
    )  # fmt: skip


@pytest.fixture
def visit(source: Source) -> Callable[..., Reading]:
    def visited(memo: Any = None, now: datetime = NOW) -> Reading:
        (reading,) = Files().read([Visit(source, json.loads(json.dumps(memo or {})))], now)
        return reading

    return visited


def write(path: Path, text: str | bytes = "Title\n\nBody.", changed: datetime = LONG_AGO) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    os.utime(path, (changed.timestamp(), changed.timestamp()))
    return path


def guids(reading: Reading) -> list[str]:
    return [article.guid for article in reading.articles]


# ---------------------------------------------------------------- the definition


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("articles", "articles"),
        ("./press/../articles/", "articles"),
        (".", "."),
        ("../news", "{parent}/news"),
        ("/srv//news/", "/srv/news"),
    ],
)
def test_the_address_moves_with_the_site_where_the_folder_lies_inside(tmp_path: Path, path: str, address: str) -> None:
    home = tmp_path / "sources"
    assert Files().address(FilesOptions(path), home) == address.format(parent=tmp_path.as_posix())


@pytest.mark.parametrize("path", ["", "  ", "a\0b"])
def test_a_path_that_names_no_folder_is_a_problem_of_the_definition(path: str) -> None:
    with pytest.raises(ValueError, match='path = "articles"'):
        Files().address(FilesOptions(path), Path("sources"))


def test_the_folder_to_watch_is_the_one_that_is_read(source: Source, folder: Path) -> None:
    assert Files().folder(source) == folder


# ---------------------------------------------------------------- reading


def test_article_files_of_all_folders_are_read_in_order(folder: Path, visit: Callable[..., Reading]) -> None:
    for name in ("b.txt", "A.TXT", "press/2024/c.md", "d.html", "e.htm"):
        write(folder / name)
    reading = visit()
    assert reading.outcome is Outcome.NEW
    assert guids(reading) == ["A.TXT", "b.txt", "d.html", "e.htm", "press/2024/c.md"]


def test_hidden_files_leftovers_and_other_files_are_passed_over_in_silence(
    folder: Path, visit: Callable[..., Reading]
) -> None:
    for name in (".#a.txt", ".hidden/a.txt", "a.txt~", "~$a.html", "#a.txt#", ".a.txt.swp", "a.tmp", "a.pdf", "README"):
        write(folder / name)
    (folder / "folder.txt").mkdir()
    os.mkfifo(folder / "pipe.txt")
    reading = visit()
    assert (reading.outcome, reading.articles, reading.warnings) == (Outcome.UNCHANGED, (), ())


def test_only_new_and_changed_files_are_read_again(folder: Path, visit: Callable[..., Reading]) -> None:
    write(folder / "a.txt")
    edited = write(folder / "b.txt")
    first = visit()
    assert visit(first.memo).outcome is Outcome.UNCHANGED
    assert visit(first.memo).memo == first.memo
    write(edited, "Title\n\nOther.", LONG_AGO + timedelta(seconds=1))
    write(folder / "c.txt")
    second = visit(first.memo)
    assert guids(second) == ["b.txt", "c.txt"]
    assert second.articles[0].digest != first.articles[1].digest


def test_a_removed_file_leaves_the_memo_and_nothing_else_happens(folder: Path, visit: Callable[..., Reading]) -> None:
    write(folder / "a.txt").unlink()
    write(folder / "b.txt")
    first = visit()
    (folder / "b.txt").unlink()
    second = visit(first.memo)
    assert (second.outcome, second.articles, second.memo, second.warnings) == (Outcome.UNCHANGED, (), {"files": {}}, ())


def test_a_file_changed_twice_within_one_tick_is_not_lost(folder: Path, visit: Callable[..., Reading]) -> None:
    just_now = NOW - timedelta(seconds=1)
    write(folder / "a.txt", "Title\n\nOne.", just_now)
    first = visit()
    write(folder / "a.txt", "Title\n\nTwo.", just_now)
    second = visit(first.memo, NOW + timedelta(seconds=10))
    assert second.articles[0].content == "<p>Two.</p>"
    assert visit(second.memo, NOW + timedelta(seconds=20)).outcome is Outcome.UNCHANGED


def test_a_corrected_date_is_an_edit(folder: Path, visit: Callable[..., Reading]) -> None:
    write(folder / "a.txt", "2024-01-01\nTitle\n\nBody.")
    first = visit()
    write(folder / "a.txt", "2024-01-02\nTitle\n\nBody.", LONG_AGO + timedelta(days=1))
    assert visit(first.memo).articles[0].digest != first.articles[0].digest


def test_touching_an_undated_file_is_no_edit(folder: Path, visit: Callable[..., Reading]) -> None:
    write(folder / "a.txt")
    first = visit()
    write(folder / "a.txt", changed=LONG_AGO + timedelta(days=1))
    assert visit(first.memo).outcome is Outcome.UNCHANGED
    assert visit().articles[0].digest == first.articles[0].digest


@pytest.mark.parametrize(
    ("date", "appears"),
    [
        ("2026-03-03", datetime(2026, 3, 2, 16, tzinfo=UTC)),
        ("2026-03-03 09:30", datetime(2026, 3, 3, 1, 30, tzinfo=UTC)),
    ],
    ids=["day", "moment"],
)
def test_a_file_dated_ahead_waits_in_silence_for_its_day_in_its_sources_time_zone(
    folder: Path, visit: Callable[..., Reading], date: str, appears: datetime
) -> None:
    write(folder / "a.txt", f"{date}\nTitle\n\nBody.")
    early = visit(now=appears - timedelta(seconds=1))
    assert (early.outcome, early.articles, early.warnings) == (Outcome.UNCHANGED, (), ())
    assert guids(visit(early.memo, appears)) == ["a.txt"]


def test_a_file_whose_clock_runs_ahead_does_not_wait(folder: Path, visit: Callable[..., Reading]) -> None:
    write(folder / "a.txt", changed=NOW + timedelta(days=400))
    assert visit().articles[0].published == NOW


def test_names_are_the_same_in_composed_and_decomposed_form(folder: Path, visit: Callable[..., Reading]) -> None:
    write(folder / unicodedata.normalize("NFD", "café.txt"))
    assert guids(visit()) == [unicodedata.normalize("NFC", "café.txt")]
    write(folder / unicodedata.normalize("NFC", "café.txt"))
    reading = visit()
    assert len(reading.articles) == 1
    assert "rename one" in reading.warnings[0]


def test_a_name_in_another_encoding_is_readable(folder: Path, visit: Callable[..., Reading]) -> None:
    write(folder / os.fsdecode("渡".encode("gbk") + b".txt"))
    assert guids(visit()) == [r"\xb6\xc9.txt"]


# ---------------------------------------------------------------- what is broken


def test_a_broken_file_is_named_at_every_visit_and_the_others_go_on(
    folder: Path, visit: Callable[..., Reading]
) -> None:
    write(folder / "a.txt", "date 2024-01-01\n")
    write(folder / "b.txt", "2024-02-30\nTitle\n\nBody.")
    write(folder / "c.txt")
    first = visit()
    assert guids(first) == ["b.txt", "c.txt"]
    assert [line.split(":")[0] for line in first.warnings] == ["a.txt", "b.txt"]
    second = visit(first.memo)
    assert (second.outcome, second.warnings) == (Outcome.UNCHANGED, first.warnings)
    write(folder / "a.txt", "Mended\n\nBody.", LONG_AGO + timedelta(days=1))
    third = visit(second.memo)
    assert (guids(third), third.warnings) == (["a.txt"], first.warnings[1:])


def test_a_file_that_is_too_large_is_passed_over(folder: Path, visit: Callable[..., Reading]) -> None:
    with write(folder / "a.txt").open("ab") as file:
        file.truncate(10_000_001)
    reading = visit()
    assert (reading.articles, reading.warnings) == ((), ("a.txt: is larger than 10 MB",))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_tried_again(folder: Path, visit: Callable[..., Reading]) -> None:
    write(folder / "a.txt").chmod(0)
    write(folder / "closed" / "b.txt")
    (folder / "closed").chmod(0)
    reading = visit()
    (folder / "closed").chmod(0o700)
    assert reading.warnings == (
        "closed: cannot be listed (Permission denied)",
        "a.txt: cannot be read (Permission denied)",
    )
    (folder / "a.txt").chmod(0o600)
    assert guids(visit(reading.memo)) == ["a.txt", "closed/b.txt"]


def test_links_that_lead_out_of_the_folder_are_not_followed(
    folder: Path, tmp_path: Path, visit: Callable[..., Reading]
) -> None:
    secret = write(tmp_path / "secret.txt")
    (folder / "out.txt").symlink_to(secret)
    (folder / "far").symlink_to(tmp_path)
    (folder / "gone.txt").symlink_to(folder / "nothing.txt")
    (folder / "loop.txt").symlink_to(folder / "loop.txt")
    write(folder / ".versions" / "a.txt")
    (folder / "inside.txt").symlink_to(".versions/a.txt")
    reading = visit()
    assert guids(reading) == ["inside.txt"]
    assert "out.txt: is a link that leads out of the folder; not followed" in reading.warnings


def test_a_folder_that_is_missing_fails_its_reading_and_no_other(source: Source, folder: Path) -> None:
    write(folder / "a.txt")
    visits = [
        Visit(Source(name="x", kind="files", address=path, options=FilesOptions(path), home=folder.parent))
        for path in ("nowhere", "articles/a.txt")
    ]
    missing, no_folder, good = Files().read([*visits, Visit(source)], NOW)
    assert (missing.outcome, missing.error) == (Outcome.FAILED, f"there is no folder {folder.parent}/nowhere")
    assert (no_folder.outcome, no_folder.error) == (Outcome.FAILED, f"{folder}/a.txt is no folder")
    assert good.outcome is Outcome.NEW


# ---------------------------------------------------------------- one file by itself


def test_one_file_can_be_read_by_itself_even_before_its_day(tmp_path: Path, source: Source) -> None:
    reading = read_file(write(tmp_path / "draft.txt", "2030-01-01\nTitle"), source, NOW)
    assert guids(reading) == ["draft.txt"]
    failed = read_file(tmp_path / "nothing.txt", source, NOW)
    assert (failed.outcome, failed.error) == (Outcome.FAILED, f"{tmp_path}/nothing.txt: No such file or directory")


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir], ids=["pipe", "folder"])
def test_a_pipe_or_folder_is_no_article_file(tmp_path: Path, source: Source, make: Callable[[Path], None]) -> None:
    make(tmp_path / "x.txt")
    assert read_file(tmp_path / "x.txt", source, NOW).outcome is Outcome.FAILED
