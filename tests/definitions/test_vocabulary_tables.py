"""Tables of tags in any file are one vocabulary."""

import pytest
from definition_kinds import loaded, said

from tagwire.definitions import remember
from tagwire.model import Example, TagRule


def broader(result):
    return {rule.name: rule.broader for rule in result.site.rules}


def test_every_table_of_every_file_is_a_rule_with_its_place(tmp_path):
    files = {
        "tagwire.toml": '[tags."SAIC Motor"]\naliases = ["SAIC Motor", "上汽"]',
        "feeds/a.toml": '\n[tags."saic_motor"]\naliases = ["上汽", "上汽集团"]\n[tags.CIIE]\naliases = ["进博会"]',
    }
    result = loaded(tmp_path, files)
    assert result.site.rules == (
        TagRule(name="SAIC Motor", aliases=("SAIC Motor", "上汽"), file="tagwire.toml", line=1),
        TagRule(name="saic_motor", aliases=("上汽", "上汽集团"), file="feeds/a.toml", line=2),
        TagRule(name="CIIE", aliases=("进博会",), file="feeds/a.toml", line=4),
    )
    assert said(result) == []


def test_a_table_says_all_that_a_rule_is_made_of(tmp_path):
    text = """
        [tags.Harbour]
        aliases = ["  the   quay "]
        ambiguous = ["pier"]
        context = ["ship"]
        exclude = ["pier glass"]
        broader = ["Sea"]
        fields = ["title", "summary"]
        min_hits = 2

        [[tags.Harbour.examples]]
        title = "At the quay"
        expect = true
        [[tags.Harbour.examples]]
        summary = "A pier glass"
        text = "for the hall"
        expect = false
    """
    (rule,) = loaded(tmp_path, {"feeds/a.toml": text}).site.rules
    assert rule == TagRule(
        name="Harbour",
        aliases=("the quay",),
        ambiguous=("pier",),
        context=("ship",),
        exclude=("pier glass",),
        broader=("Sea",),
        fields=("title", "summary"),
        min_hits=2,
        examples=(
            Example(title="At the quay", expect=True, line=11),
            Example(summary="A pier glass", text="for the hall", expect=False, line=14),
        ),
        file="feeds/a.toml",
        line=2,
    )


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
    assert line.startswith("feeds/b.toml:2: warning: “saic” earns “Software” and “Motor” (feeds/a.toml) alike; ")
    assert len(result.site.rules) == 2


@pytest.mark.parametrize("alias", ["a", "The", "的", "X", "7", "…", "Ａ"])
def test_an_alias_that_matches_nearly_everything_is_a_warning_by_name(tmp_path, alias):
    result = loaded(tmp_path, {"feeds/a.toml": f'\n[tags.Tea]\naliases = ["fine", "{alias}"]'})
    (line,) = said(result)
    assert line.startswith(f"feeds/a.toml:2: warning: “{alias}” of “Tea” stands in nearly every article; ")
    assert len(result.site.feeds) == 1


@pytest.mark.parametrize("alias", ["MG", "AI", "上汽", "C++"])
def test_short_aliases_that_mean_something_are_fine(tmp_path, alias):
    assert said(loaded(tmp_path, {"feeds/a.toml": f'[tags.Tea]\naliases = ["{alias}"]'})) == []


# ---------------------------------------------------------------- broader tags in a circle


def test_tags_in_a_circle_are_a_problem_and_have_no_broader_ones_if_they_never_had(tmp_path):
    files = {
        "tagwire.toml": '[tags.Boats]\nbroader = ["Ships"]',
        "feeds/a.toml": '\n[tags.Ships]\nbroader = ["Boats", "Trade"]\n[tags.Yachts]\nbroader = ["Boats"]',
    }
    result = loaded(tmp_path, files)
    assert broader(result) == {"Boats": (), "Ships": (), "Yachts": ("Boats",)}
    assert said(result) == [
        "feeds/a.toml:2: warning: until that is mended, the broader tags of “Ships” are: none",
        "tagwire.toml:1: broader tags go in a circle: Boats > Ships > Boats; take one of these steps out",
        "tagwire.toml:1: warning: until that is mended, the broader tags of “Boats” are: none",
    ]
    remember(result)
    assert (loaded(tmp_path).site, loaded(tmp_path).problems) == (result.site, result.problems)


def test_tags_in_a_circle_have_the_broader_ones_that_they_had_before_until_it_is_mended(tmp_path):
    files = {
        "feeds/a.toml": '[tags.Boats]\nbroader = ["Ships"]',
        "feeds/b.toml": 'limit = 1\n[tags.Ships]\nbroader = ["Trade"]',
    }
    good = loaded(tmp_path, files)
    remember(good)
    for _ in range(3):
        result = loaded(tmp_path, {"feeds/b.toml": 'limit = 2\n[tags.Ships]\nbroader = ["Boats"]\naliases = ["ss"]'})
        assert broader(result) == broader(good)
        assert [rule.aliases for rule in result.site.rules] == [(), ("ss",)]
        assert [feed.limit for feed in result.site.feeds] == [50, 2]
        assert said(result) == [
            "feeds/a.toml:1: broader tags go in a circle: Boats > Ships > Boats; take one of these steps out",
            "feeds/b.toml:2: warning: until that is mended, the broader tags of “Ships” are: Trade",
        ]
        remember(result)
    mended = loaded(tmp_path, {"feeds/a.toml": ""})
    assert broader(mended) == {"Ships": ("Boats",)}
    assert said(mended) == []


def test_what_was_before_and_what_is_new_may_go_in_a_circle_together(tmp_path):
    remember(loaded(tmp_path, {"feeds/a.toml": '[tags.Boats]\nbroader = ["Sea"]', "feeds/b.toml": "[tags.Sea]"}))
    files = {"feeds/a.toml": '[tags.Boats]\nbroader = ["boats"]', "feeds/b.toml": '[tags.Sea]\nbroader = ["Boats"]'}
    assert broader(loaded(tmp_path, files)) == {"Boats": (), "Sea": ()}
