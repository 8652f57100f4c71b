"""A broken definition changes nothing: its last good version stays in force until the file is mended or removed."""

import json
import logging
from dataclasses import replace

import pytest
from definition_kinds import loaded, said, write

from tagwire.definitions import remember

GOOD = {
    "tagwire.toml": 'base_url = "https://w.example/"\ntimezone = "Asia/Shanghai"',
    "sources/a.toml": 'url = "https://a.example"',
    "sources/list.opml": '<opml><outline xmlUrl="https://b.example"/></opml>',
    "feeds/f.toml": 'title = "F"\n[tags.Tea]\naliases = ["tt"]',
}
MEMORY = ".tagwire/definitions.json"


def placeless(site):
    """The site without the lines of its rules: the text that is in force is no longer the file's."""
    return replace(site, rules=tuple(replace(rule, line=None) for rule in site.rules))


@pytest.mark.parametrize("file", GOOD)
@pytest.mark.parametrize("broken", [b"= <", b"\xff", b"x = 1"])
def test_the_last_good_version_of_a_broken_file_stays_in_force_for_ever(tmp_path, file, broken):
    good = loaded(tmp_path, GOOD)
    assert good.problems == ()
    remember(good)
    for _ in range(3):
        result = loaded(tmp_path, {file: broken})
        assert placeless(result.site) == placeless(good.site)
        assert not result.guessed
        assert {problem.file for problem in result.problems} == {file}
        assert f"{file}: warning: its last good version stays in force" in said(result)
        assert any(not problem.warning for problem in result.problems)
        remember(result)


def test_what_is_mended_takes_the_place_of_the_last_good_version(tmp_path):
    remember(loaded(tmp_path, GOOD))
    remember(loaded(tmp_path, {"feeds/f.toml": "= broken"}))
    remember(loaded(tmp_path, {"feeds/f.toml": 'title = "G"'}))
    assert [feed.title for feed in loaded(tmp_path, {"feeds/f.toml": "= broken"}).site.feeds] == ["G"]


def test_a_removed_file_is_gone_and_forgotten(tmp_path):
    remember(loaded(tmp_path, GOOD))
    (tmp_path / "feeds/f.toml").unlink()
    result = loaded(tmp_path)
    assert (result.site.feeds, result.problems) == ((), ())
    remember(result)
    assert loaded(tmp_path, {"feeds/f.toml": "= broken"}).site.feeds == ()


def test_a_folder_that_cannot_be_listed_has_not_lost_its_files(tmp_path):
    good = loaded(tmp_path, GOOD)
    remember(good)
    (tmp_path / "feeds").rename(tmp_path / "away")
    result = loaded(tmp_path, {"feeds": ""})
    assert placeless(result.site) == placeless(good.site)
    assert "feeds: cannot be listed: Not a directory" in said(result)


def test_a_broken_file_that_never_was_good_is_left_out(tmp_path):
    result = loaded(tmp_path, GOOD | {"feeds/f.toml": "= broken"})
    assert result.site.feeds == ()
    assert len(result.site.sources) == 2


def test_a_last_good_version_that_newer_rules_refuse_is_left_out_and_kept_in_memory(tmp_path):
    write(tmp_path, GOOD | {"feeds/f.toml": "= broken", MEMORY: json.dumps({"feeds/f.toml": "gone = 1"})})
    result = loaded(tmp_path)
    assert result.site.feeds == ()
    assert result.texts["feeds/f.toml"] == "gone = 1"


def test_settings_that_never_were_good_are_marked_as_guessed(tmp_path):
    assert loaded(tmp_path, GOOD | {"tagwire.toml": "= broken"}).guessed
    assert not loaded(tmp_path, GOOD).guessed


def test_a_good_file_that_has_the_address_of_another_falls_under_that_rule(tmp_path):
    remember(loaded(tmp_path, GOOD | {"sources/b.toml": 'url = "https://c.example"'}))
    result = loaded(tmp_path, {"sources/b.toml": 'url = "https://a.example"'})
    assert [source.name for source in result.site.sources] == ["a", "b.example"]
    assert said(result) == ['sources/b.toml:1: "b" has the same address as "a" in sources/a.toml; keep one of them']


@pytest.mark.parametrize("memory", [b"\xff", b"{", b"[]", b'{"feeds/f.toml": 5}', b"[" * 100_000])
def test_a_broken_memory_is_a_warning_and_is_made_anew(tmp_path, memory):
    result = loaded(tmp_path, GOOD | {MEMORY: memory})
    (problem,) = result.problems
    assert (problem.file, problem.warning) == (MEMORY, True)
    assert len(result.site.feeds) == 1
    remember(result)
    assert loaded(tmp_path).problems == ()


def test_a_memory_that_cannot_be_written_stops_nothing(tmp_path, caplog):
    result = loaded(tmp_path, GOOD | {".tagwire": ""})
    with caplog.at_level(logging.WARNING):
        remember(result)
    assert "cannot remember the definitions" in caplog.text
    assert len(loaded(tmp_path).site.feeds) == 1


def test_an_unchanged_memory_is_not_written_again_and_none_is_left_half_written(tmp_path):
    remember(loaded(tmp_path, GOOD))
    before = (tmp_path / MEMORY).stat()
    remember(loaded(tmp_path))
    assert (tmp_path / MEMORY).stat() == before
    assert [path.name for path in (tmp_path / ".tagwire").iterdir()] == ["definitions.json"]
    assert set(json.loads((tmp_path / MEMORY).read_text())) == set(GOOD)


def test_a_memory_that_cannot_be_replaced_leaves_nothing_beside_it(tmp_path, caplog):
    write(tmp_path, {f"{MEMORY}/in the way": ""})
    remember(loaded(tmp_path, GOOD))
    assert "cannot remember the definitions" in caplog.text
    assert [path.name for path in (tmp_path / ".tagwire").iterdir()] == ["definitions.json"]
