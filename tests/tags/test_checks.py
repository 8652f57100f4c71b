"""What a vocabulary's author is told before anything is tagged."""

import pytest

from tagwire.errors import Problem
from tagwire.model import Example, TagRule
from tagwire.tags.checks import check_examples, problems, unknown_tags
from tagwire.tags.filters import parse
from tagwire.tags.vocabulary import Vocabulary


def rule(name, *aliases, file="feeds/sea.toml", line=7, **parts):
    return TagRule(name=name, aliases=aliases, file=file, line=line, **parts)


def said(*rules):
    return [str(each) for each in problems(rules)]


def test_sound_rules_bring_no_problem():
    harbour = rule(
        "Harbour", "码头", ambiguous=("of", "quay"), context=("ship",), exclude=("码头风云",), broader=("Sea",)
    )
    assert said(harbour, rule("Sea", "WHO", "IT", "C+")) == []


def test_loop_is_an_error_that_shows_the_loop_once():
    rules = (
        rule("Boats", broader=("Ships",), line=1),
        rule("ships", broader=("trade", "Sea"), line=2),
        rule("Sea", broader=("Things", "boats"), line=3),
        rule("Deep Sea", broader=("Sea",)),
    )
    assert problems(rules) == (
        Problem(
            "feeds/sea.toml",
            1,
            "broader tags go in a circle: Boats > ships > Sea > Boats",
            "take one of these steps out",
        ),
    )


def test_tag_broader_than_itself_is_a_loop():
    assert said(rule("Sea", broader=("sea",))) == [
        "feeds/sea.toml:7: broader tags go in a circle: Sea > Sea; take one of these steps out"
    ]


@pytest.mark.parametrize("word", ["a", "的", "of", "The", "X", "没有", "++", "5"])
def test_word_that_stands_in_nearly_every_article_is_named(word):
    assert said(rule("Harbour", word)) == [
        (
            f"feeds/sea.toml:7: warning: “{word}” of “Harbour” stands in nearly every article; "
            "use a longer word, or make it ambiguous"
        )
    ]


def test_word_of_two_tags_is_named_with_both():
    assert said(rule("Harbour", "Quay Side"), rule("Bar", "quay-side", file="feeds/food.toml", line=2)) == [
        (
            "feeds/food.toml:2: warning: “quay-side” earns “Bar” and “Harbour” (feeds/sea.toml) alike; "
            "leave it to one of them, or make it ambiguous in both and give each its context"
        )
    ]


def test_name_of_one_tag_as_alias_of_another_is_named():
    assert len(said(rule("Harbour", "quay"), rule("Quay"))) == 1


def test_two_tables_of_one_tag_may_repeat_a_word():
    assert said(rule("Harbour", "quay"), rule("harbour", "quay", file="feeds/food.toml")) == []


def test_ambiguous_words_without_context_are_named():
    assert said(rule("Harbour", ambiguous=("quay",))) == [
        (
            "feeds/sea.toml:7: warning: the ambiguous words of “Harbour” never count; "
            "name words in context that make them count"
        )
    ]


def test_word_that_its_own_exclusions_swallow_is_named():
    assert said(rule("Harbour", "渡轮码头", exclude=("码头",))) == [
        (
            "feeds/sea.toml:7: warning: “渡轮码头” of “Harbour” never counts, it is excluded; "
            "exclude longer phrases around it"
        )
    ]


def test_examples_are_tried_on_the_whole_vocabulary():
    harbour = rule(
        "Harbour",
        "quay",
        examples=(
            Example(title="At the quay"),
            Example(summary="A Quay Side story", expect=False),
            Example(title="Quay lights", expect=False, line=11),
            Example(text="Nothing here"),
        ),
    )
    assert [str(each) for each in check_examples([harbour, rule("Bar", "quay side")])] == [
        (
            "feeds/sea.toml:11: the example “Quay lights” should not earn “Harbour” but does: “quay” in the title; "
            "exclude the phrase or make the word ambiguous"
        ),
        (
            "feeds/sea.toml:7: the example “Nothing here” should earn “Harbour” but does not; "
            "add the word that should earn it"
        ),
    ]


def test_unknown_tags_of_a_filter_are_named_with_what_may_be_meant():
    sea = Vocabulary([rule("Harbour", "quay", broader=("Sea",))])
    tree = parse("tag:harbuor (tag:quay or tag:SEA or -tag:wheather) tag:pier tag:harbuor")
    assert unknown_tags(tree, sea, carried=["Weather", "pier"]) == (
        "nothing known gives the tag “harbuor”; did you mean Harbour?",
        "nothing known gives the tag “wheather”; did you mean Weather?",
    )


def test_what_may_be_meant_is_found_in_whatever_case():
    cars = Vocabulary([rule("SAIC Motor", "上汽")])

    assert unknown_tags(parse("tag:saic-moter"), cars) == (
        "nothing known gives the tag “saic-moter”; did you mean SAIC Motor?",
    )
