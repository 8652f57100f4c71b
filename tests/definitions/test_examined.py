"""What `check` says beyond the loading: examples that fail, and tags that nothing is known to give."""

import json

import pytest
from click.testing import CliRunner
from definition_kinds import loaded, said, write

from tagwire.cli.making import check
from tagwire.definitions import examined, remember

RULES = """
[tags.Harbour]
aliases = ["quay"]
broader = ["Sea"]

[[tags.Harbour.examples]]
title = "At the quay"
expect = true
"""
WRONG = """
[[tags.Harbour.examples]]
title = "A quay of words"
expect = false
"""


def found(result):
    """Every problem beyond those of the loading."""
    before = set(result.problems)
    return [str(problem) for problem in examined(result) if problem not in before]


def test_an_example_that_turns_out_otherwise_is_a_problem_of_check_alone(tmp_path):
    result = loaded(tmp_path, {"feeds/a.toml": RULES + WRONG})
    assert said(result) == []
    (line,) = found(result)
    assert line.startswith("feeds/a.toml:10: the example “A quay of words” should not earn “Harbour” but does")


def test_tags_that_nothing_is_known_to_give_are_a_warning_with_the_line_that_asks(tmp_path):
    files = {
        "tagwire.toml": RULES,
        "sources/s.toml": 'url = "http://a.example"\ntags = ["Weather"]',
        "feeds/a.toml": 'title = "A"\nfilter = "tag:quay or tag:sea or tag:weather or -tag:harbuor"',
        "feeds/b.toml": 'tags = [\n  "harbour",\n  "Festival",\n]',
    }
    first, second = found(loaded(tmp_path, files))
    assert first.startswith("feeds/a.toml:2: warning: ")
    assert "“harbuor”" in first
    assert first.endswith("; did you mean Harbour? It is fine if a source gives it")
    assert second.startswith("feeds/b.toml:3: warning: ")
    assert "“Festival”" in second
    assert second.endswith("; it is fine if a source gives it")


def test_what_is_no_longer_in_a_file_has_no_line_in_it(tmp_path):
    remember(loaded(tmp_path, {"feeds/a.toml": 'title = "A"\nfilter = "tag:rumour"\n' + RULES + WRONG}))
    lines = found(loaded(tmp_path, {"feeds/a.toml": "= broken"}))
    assert [line.split(" ")[0] for line in lines] == ["feeds/a.toml:", "feeds/a.toml:"]


def test_everything_is_in_order_of_file_and_line(tmp_path):
    files = {"feeds/a.toml": 'filter = "tag:rumour"\n' + RULES + WRONG + "[tags.the]", "feeds/b.toml": "limit = 0"}
    places = [(problem.file, problem.line) for problem in examined(loaded(tmp_path, files))]
    assert places == [
        ("feeds/a.toml", 1),
        ("feeds/a.toml", 11),
        ("feeds/a.toml", 14),
        ("feeds/b.toml", 1),
        ("tagwire.toml", None),
    ]


def test_check_ends_with_2_for_an_example_and_with_0_for_warnings(tmp_path):
    write(tmp_path, {"feeds/a.toml": 'filter = "tag:rumour"\n' + RULES})
    well = CliRunner().invoke(check, obj=tmp_path)
    assert well.exit_code == 0
    assert "feeds/a.toml:1: warning: " in well.stdout
    write(tmp_path, {"feeds/a.toml": RULES + WRONG})
    wrong = CliRunner().invoke(check, obj=tmp_path)
    assert wrong.exit_code == 2
    assert "feeds/a.toml:10: the example" in wrong.stdout
    assert wrong.stderr == "tagwire: 1 problem\n"


@pytest.mark.parametrize("refused", ["limit = 0", 'filter = "tag:rumour ("', "= broken"])
def test_a_last_good_version_that_newer_rules_refuse_does_not_stop_the_closer_look(tmp_path, refused):
    memory = {".tagwire/definitions.json": json.dumps({"feeds/a.toml": refused})}
    result = loaded(tmp_path, {**memory, "feeds/a.toml": '[tags.Boats]\nbroader = ["Boats"]'})
    assert [feed.name for feed in result.site.feeds] == ["a"]
    assert found(result) == []
