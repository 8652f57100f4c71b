"""Which tags an article carries, and why."""

from datetime import UTC, date, datetime

import pytest

from tagwire.model import Article, Origin, Precision, TagReason, TagRule
from tagwire.tags.vocabulary import Vocabulary


def article(title="A quiet day", summary="", content="", tags=()):
    return Article(
        source="harbour",
        guid="1",
        link=None,
        title=title,
        published=datetime(2026, 3, 1, tzinfo=UTC),
        day=date(2026, 3, 1),
        dated=Precision.DAY,
        summary=summary,
        content=content,
        tags=tags,
    )


def rule(name, *aliases):
    return TagRule(name=name, aliases=aliases)


def earned(vocabulary, **parts):
    return {each.tag: each.reason for each in vocabulary.tags(article(**parts)) if each.origin is Origin.EARNED}


FERRIES = Vocabulary(
    [rule("Ferries", "ferry boat", "渡轮", "渡轮公司", "L'Étoile"), rule("C++", "c++"), rule("Microsoft", ".net")]
)


@pytest.mark.parametrize(
    "title",
    [
        "A ferry boat sinks",
        "FERRY BOAT",
        "the ferry-boat, again",
        "新ferry boat到港",
        "ｆｅｒｒｙ　ｂｏａｔ",
        "坐渡轮去",
        "坐渡輪去",
        "渡轮5号",
        "l’étoile",
        "Ferries",
    ],
)
def test_alias_counts_as_a_word_in_any_spelling(title):
    assert "Ferries" in earned(FERRIES, title=title)


@pytest.mark.parametrize("title", ["ferry boats", "aferry boat", "ferry boat2", "étoile", "ferry, boat", "渡 轮"])
def test_piece_of_a_longer_word_earns_nothing(title):
    assert earned(FERRIES, title=title) == {}


def test_alias_with_signs_is_found_whole():
    assert set(earned(FERRIES, title="C++ and .NET")) == {"C++", "Microsoft"}
    assert earned(FERRIES, title="c++17 at example.net") == {}


@pytest.mark.parametrize(
    ("parts", "field"),
    [({"title": "渡轮"}, "title"), ({"summary": "渡轮"}, "summary"), ({"content": "<p>坐<b>渡轮</b></p>"}, "text")],
)
def test_reason_names_alias_and_field(parts, field):
    assert earned(FERRIES, **parts) == {"Ferries": f"“渡轮” in the {field}"}


def test_markup_is_not_text():
    assert earned(FERRIES, content='<p><a href="/ferries" title="Ferries">there</a></p>') == {}


def test_tag_is_earned_once_however_many_words_earn_it():
    assert earned(FERRIES, title="渡轮公司 ferries", summary="ferry boat") == {"Ferries": "“渡轮” in the title"}


def test_given_and_source_tags_stay_as_given():
    tags = FERRIES.tags(article(tags=("ferry_boat", "Weather")), source_tags=("Harbour", "weather"))
    assert tags == (
        TagReason("ferry_boat", Origin.GIVEN, "given by the source"),
        TagReason("Weather", Origin.GIVEN, "given by the source"),
        TagReason("Harbour", Origin.SOURCE, "given by the source's definition"),
        TagReason("weather", Origin.SOURCE, "given by the source's definition"),
        TagReason("Ferries", Origin.EARNED, "“ferry boat” in the tags"),
    )


def test_given_tag_of_another_spelling_earns_nothing_anew():
    assert FERRIES.tags(article(tags=("ferries", "FERRIES"))) == (
        TagReason("ferries", Origin.GIVEN, "given by the source"),
    )


def test_two_tags_may_share_an_alias():
    both = Vocabulary([rule("Ships", "vessel"), rule("Blood", "vessel")])
    assert set(earned(both, title="A vessel")) == {"Ships", "Blood"}


def test_rules_of_one_tag_in_two_files_are_one():
    merged = Vocabulary([rule("Sea Ports", "pier"), rule("sea-ports", "码头")])
    assert set(earned(merged, title="pier")) == set(earned(merged, title="码头")) == {"Sea Ports"}


def test_without_rules_only_given_tags_remain():
    assert Vocabulary([]).tags(article(tags=("a",))) == (TagReason("a", Origin.GIVEN, "given by the source"),)


def test_alias_of_blanks_is_no_word():
    assert earned(Vocabulary([rule("Odd", " ", "-")]), title=" - ") == {}


def test_generation_follows_the_rules():
    assert Vocabulary([rule("A", "b")]).generation == Vocabulary([rule("A", "b")]).generation
    assert Vocabulary([rule("A", "b")]).generation != Vocabulary([rule("A", "c")]).generation
