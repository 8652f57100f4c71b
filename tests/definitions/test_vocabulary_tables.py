"""Tables of tags in any file are one vocabulary."""

import pytest
from definition_kinds import loaded, said

from tagwire.model import TagRule


def test_tables_of_all_files_are_one_vocabulary(tmp_path):
    files = {
        "tagwire.toml": '[tags."SAIC Motor"]\naliases = ["SAIC Motor", "上汽"]',
        "feeds/a.toml": '\n[tags."saic_motor"]\naliases = ["上汽", "上汽集团"]\n[tags.CIIE]\naliases = ["进博会"]',
    }
    result = loaded(tmp_path, files)
    assert result.site.rules == (
        TagRule(name="SAIC Motor", aliases=("SAIC Motor", "上汽", "上汽集团"), file="tagwire.toml", line=1),
        TagRule(name="CIIE", aliases=("进博会",), file="feeds/a.toml", line=4),
    )
    assert said(result) == []


def test_a_feed_with_a_vocabulary_publishes_by_its_filter(tmp_path):
    (feed,) = loaded(tmp_path, {"feeds/a.toml": 'title = "A"\n[tags.A]\naliases = ["aa"]'}).site.feeds
    assert feed.title == "A"


def test_an_alias_that_two_tags_claim_is_a_warning_that_names_both(tmp_path):
    files = {
        "feeds/a.toml": '[tags.Motor]\naliases = ["SAIC", "x1"]',
        "feeds/b.toml": '\n[tags.Software]\naliases = ["saic"]',
    }
    result = loaded(tmp_path, files)
    (line,) = said(result)
    assert line.startswith('feeds/b.toml:2: warning: the alias "saic" of the tag "Software" is one of "Motor" too; ')
    assert line.endswith("keep it here or in feeds/a.toml:1")
    assert len(result.site.rules) == 2


@pytest.mark.parametrize("alias", ["a", "The", "的", "X", "7", "…", "Ａ"])
def test_an_alias_that_matches_nearly_everything_is_a_warning_with_its_line(tmp_path, alias):
    text = f'[tags.T]\naliases = [\n  "fine",\n  "{alias}",\n]'
    result = loaded(tmp_path, {"feeds/a.toml": text})
    (line,) = said(result)
    assert line.startswith(f'feeds/a.toml:4: warning: the alias "{alias}" of the tag "T" matches nearly everything')
    assert len(result.site.feeds) == 1


@pytest.mark.parametrize("alias", ["MG", "AI", "车", "上汽", "C++"])
def test_short_aliases_that_mean_something_are_fine(tmp_path, alias):
    assert said(loaded(tmp_path, {"feeds/a.toml": f'[tags.T]\naliases = ["{alias}"]'})) == []
