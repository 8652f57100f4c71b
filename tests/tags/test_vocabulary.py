"""Which tags an article carries, and why."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagwire.model import Article, Origin, Precision, TagReason, TagRule
from tagwire.tags.filters import parse, show
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


def rule(name, *aliases, **parts):
    return TagRule(name=name, aliases=aliases, **parts)


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
        "L'E\u0301toile",
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
    assert earned(FERRIES, title="渡轮公司 ferries", summary="ferry boat") == {"Ferries": "“渡轮公司” in the title"}


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


def test_blank_between_chinese_and_latin_does_not_matter():
    ships = Vocabulary([rule("Ships", "雪龙 X2", "MV海燕")])
    for title in ("雪龙X2", "雪龙 x2号", "mv海燕", "MV 海燕"):
        assert set(earned(ships, title=title)) == {"Ships"}


def test_dash_between_blanks_parts_a_phrase():
    assert earned(FERRIES, title="On the ferry — boat sinks") == {}


TOWERS = Vocabulary(
    [
        rule("Tower", "tower"),
        rule("Tower Bridge", "tower bridge"),
        rule("Pearl Tower", "明珠塔", exclude=("小明珠塔", "明珠塔糖")),
        rule("Sweets", "明珠塔糖"),
    ]
)


def test_longest_alias_wins_over_those_within_it_whatever_their_tag():
    assert set(earned(TOWERS, title="A Tower Bridge at night")) == {"Tower Bridge"}
    assert set(earned(TOWERS, title="Tower Bridge and the tower")) == {"Tower Bridge", "Tower"}


def test_longer_alias_that_is_a_piece_of_a_word_does_not_win():
    assert set(earned(TOWERS, title="tower bridges")) == {"Tower"}


def test_excluded_phrase_is_passed_over_for_its_tag_alone():
    assert earned(TOWERS, title="小明珠塔") == {}
    assert set(earned(TOWERS, title="明珠塔糖")) == {"Sweets"}
    assert set(earned(TOWERS, title="小明珠塔边上的明珠塔")) == {"Pearl Tower"}


MINT = Vocabulary(
    [rule("Royal Mint", "Royal Mint", ambiguous=("mint",), context=("coin", "铸币"), exclude=("mint coin tea",))]
)


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"title": "Fresh mint"}, None),
        ({"title": "Mint strikes a coin"}, "“mint” in the title, with “coin” in the title"),
        ({"title": "Mint opens", "content": "<p>It can 鑄幣 now</p>"}, "“mint” in the title, with “铸币” in the text"),
        ({"title": "Royal Mint opens"}, "“Royal Mint” in the title"),
        ({"title": "mint coin tea"}, None),
        ({"title": "A day", "tags": ("mint",)}, None),
        ({"title": "A coin", "tags": ("mint",)}, "“mint” in the tags, with “coin” in the title"),
        ({"title": "A day", "tags": ("royal_mint",)}, None),
    ],
)
def test_ambiguous_alias_counts_only_in_its_context(parts, reason):
    assert earned(MINT, **parts).get("Royal Mint") == reason


def test_acronym_counts_in_its_own_case_only():
    health = Vocabulary([rule("Wharf Office", "WHO", "Dock"), rule("who", "WHO")])
    assert earned(health, title="who pays? Who knows") == {}
    assert set(earned(health, title="WHO pays")) == {"Wharf Office", "who"}
    assert set(earned(health, title="新ＷＨＯ码头")) == {"Wharf Office", "who"}
    assert set(earned(health, title="THE DOCK IS CLOSED")) == {"Wharf Office"}


def test_acronym_that_is_a_common_word_needs_context_among_capitals():
    health = Vocabulary([rule("Health", "WHO", "MSF", context=("vaccine",))])
    assert earned(health, title="WHO WILL PAY FOR THE PIER") == {}
    assert set(earned(health, title="MSF WILL PAY FOR THE PIER")) == {"Health"}
    assert set(earned(health, title="WHO WILL PAY FOR THE VACCINE")) == {"Health"}
    assert set(earned(health, title="WHO：AI 新码头")) == {"Health"}


def test_acronym_listed_in_two_spellings_counts_in_any():
    assert set(earned(Vocabulary([rule("Basin", "BSN", "Bsn")]), title="bsn")) == {"Basin"}


def test_given_acronym_counts_in_any_case():
    assert set(earned(Vocabulary([rule("Wharf Office", "WHO")]), tags=("who",))) == {"Wharf Office"}


def test_text_needs_min_hits_where_title_does_not():
    harbour = Vocabulary([rule("Harbour", "quay", min_hits=2)])
    assert earned(harbour, content="<p>a quay</p>") == {}
    assert earned(harbour, content="<p>a quay, the quay</p>") == {"Harbour": "“quay” in the text"}
    assert earned(harbour, summary="a quay") == {"Harbour": "“quay” in the summary"}


def test_fields_say_where_an_alias_counts():
    harbour = Vocabulary([rule("Harbour", ambiguous=("quay",), context=("ship",), fields=("title",))])
    assert earned(harbour, summary="quay and ship") == {}
    assert set(earned(harbour, title="quay", content="ship")) == {"Harbour"}


SEA = Vocabulary(
    [rule("Ferries", broader=("Ships",)), rule("ships", broader=("Sea", "Trade")), rule("Sea", broader=("Ferries",))]
)


def test_broader_tags_are_carried_too_up_to_the_top():
    tags = SEA.tags(article(title="ferries"))
    assert [(each.tag, each.reason) for each in tags] == [
        ("Ferries", "“Ferries” in the title"),
        ("ships", "broader than “Ferries”"),
        ("Sea", "broader than “Ferries”"),
        ("Trade", "broader than “Ferries”"),
    ]


def test_given_tag_carries_its_broader_tags():
    assert set(earned(SEA, tags=("SHIPS",))) == {"Sea", "Trade", "Ferries"}


def test_filter_for_a_tag_means_narrower_ones_and_aliases_too():
    tree = Vocabulary([rule("Ferries", "car ferry", broader=("Ships",)), rule("Ships")]).resolved(
        parse("-tag:ships tag:car_ferry tag:x ferry")
    )
    assert show(tree) == "not (tag:ships or tag:Ferries) and (tag:car_ferry or tag:Ferries) and tag:x and ferry"


def test_known_tags_are_names_aliases_and_broader_ones():
    sea = Vocabulary([rule("Ferries", "car ferry", broader=("Ships",))])
    assert [sea.knows(tag) for tag in ("ferries", "Car Ferry", "ships", "boats")] == [True, True, True, False]
    assert sea.names() == ("Ferries", "Ships")


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("The ferry boat sinks", ["ferry boat"]),
        ("坐渡輪去", ["渡輪"]),
        ("Wait… the ﬁrst ferry—boat", ["ferry—boat"]),
        ("no such thing", []),
    ],
)
def test_highlights_are_the_words_that_earn(text, marked):
    assert [text[start:end] for start, end in FERRIES.highlights(text, ["ferries"])] == marked
    assert FERRIES.highlights(text, ["C++"]) == ()


def test_order_and_files_of_rules_do_not_matter():
    one, other = (
        rule("Sea Ports", "pier", file="a.toml"),
        rule("sea-ports", "码头", exclude=("码头风云",), file="b.toml", line=3),
    )
    assert Vocabulary([one, other]).generation == Vocabulary([replace(other, file="c.toml"), one]).generation
    assert Vocabulary([one, other]).tags(article(title="码头风云")) == ()


@given(
    st.lists(st.text(alphabet="abßİ渡輪 -'C+1", min_size=1, max_size=6), min_size=1, max_size=6),
    st.text(alphabet="abßİ渡輪 -'C+1.，", max_size=40),
)
def test_more_aliases_never_lose_a_tag_that_no_longer_alias_hides(aliases, title):
    alone = {
        name for at, alias in enumerate(aliases) if earned(Vocabulary([rule(name := f"Tag {at}", alias)]), title=title)
    }
    together = set(earned(Vocabulary([rule(f"Tag {at}", alias) for at, alias in enumerate(aliases)]), title=title))
    assert together <= alone
    assert bool(together) == bool(alone)
