"""Headlines near the border: no two stories are merged, and the same story is known again under another title."""

from pathlib import Path

import pytest
from tales import article, later, story

from tagwire.stories.keys import are_enough
from tagwire.stories.match import Matcher


def pairs(mark):
    lines = Path(__file__).with_name("headlines.txt").read_text(encoding="utf-8").splitlines()
    return [
        pytest.param(first, second, int(head.split()[1]), head.endswith("one source"), id=f"{first} / {second}")
        for head, first, second in zip(lines, lines[1:], lines[2:], strict=False)
        if head.startswith(f"{mark} ")
    ]


def is_one(first, second, hours, *, one_source):
    matcher = Matcher()
    kept = article("isle-radio", first)
    newcomer = article("isle-radio" if one_source else "harbour-post", second, later(hours))
    found = set(matcher.keys(kept)) & set(matcher.keys(newcomer))
    return are_enough(found) and matcher.decide(newcomer, [story(kept)]).story is not None


def test_there_are_enough_pairs_to_mean_something():
    assert len(pairs("=")) >= 40
    assert len(pairs("!")) >= 60


@pytest.mark.parametrize(("first", "second", "hours", "one_source"), pairs("="))
def test_one_story_told_twice_is_found_and_merged(first, second, hours, one_source):
    assert is_one(first, second, hours, one_source=one_source)
    assert is_one(second, first, hours, one_source=one_source)


@pytest.mark.parametrize(("first", "second", "hours", "one_source"), pairs("!"))
def test_two_stories_under_similar_titles_stay_apart(first, second, hours, one_source):
    assert not is_one(first, second, hours, one_source=one_source)
    assert not is_one(second, first, hours, one_source=one_source)
