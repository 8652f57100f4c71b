"""The language of filters: what is read, what is refused, and that both ways lead to the same tree."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagwire.model import (
    After,
    And,
    Before,
    Everything,
    FromSource,
    Has,
    HasPattern,
    HasTag,
    HasWords,
    InLanguage,
    Not,
    Or,
    Part,
    Searched,
    Within,
)
from tagwire.tags.fields import FIELDS, reference
from tagwire.tags.filters import DEEPEST, LONGEST, FilterError, leaves, parse, show
from tagwire.text import words

A, B, C = HasTag("a"), HasTag("b"), HasTag("c")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("tag:a", A),
        ('tag:"two words"', HasTag("two words")),
        (r'tag:"a \"quoted\" \\ one"', HasTag(r'a "quoted" \ one')),
        ("tag:渡轮", HasTag("渡轮")),
        ("TAG:a AND Tag:b", And((A, B))),
        ("tag:a or tag:b and tag:c", Or((A, And((B, C))))),
        ("(tag:a or tag:b)and(tag:c)", And((Or((A, B)), C))),
        ("not tag:a and tag:b", And((Not(A), B))),
        ("not (tag:a or not tag:b)", Not(Or((A, Not(B))))),
        ("tag:a or tag:b or tag:c", Or((A, B, C))),
        ("tag:a\n  and\ttag:b", And((A, B))),
        ("tag:and or tag:not", Or((HasTag("and"), HasTag("not")))),
        ("*", Everything()),
    ],
)
def test_reads_tags_and_their_combinations(text, tree):
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("ferry", HasWords("ferry")),
        ('"night ferry"', HasWords("night ferry")),
        ("渡轮", HasWords("渡轮")),
        ("android", HasWords("android")),
        ('"and"', HasWords("and")),
        ("tag:a ferry -tag:b", And((A, HasWords("ferry"), Not(B)))),
        ("tag:a (tag:b or tag:c)", And((A, Or((B, C))))),
        ("-(tag:a tag:b)", Not(And((A, B)))),
        ("roll-on", HasWords("roll-on")),
        ("text:ferry", HasWords("ferry")),
        ("title:ferry", HasWords("ferry", Searched.TITLE)),
        (
            "author:doe link:example.org/pier",
            And((HasWords("doe", Searched.AUTHOR), HasWords("example.org/pier", Searched.LINK))),
        ),
        ("/pier [1-4]|quay/", HasPattern("pier [1-4]|quay")),
        (r"title:/a\/b/", HasPattern(r"a\/b", Searched.TITLE)),
        ("link:/news/2026", HasWords("/news/2026", Searched.LINK)),
        ("source:harbour", FromSource("harbour")),
        ("lang:zh_TW", InLanguage("zh-tw")),
        ("after:2026-01-31 before:2026-03-01", And((After(date(2026, 1, 31)), Before(date(2026, 3, 1))))),
        ("within:2w or within:90M", Or((Within(timedelta(weeks=2)), Within(timedelta(minutes=90))))),
        ("has:Enclosure", Has(Part.ENCLOSURE)),
        ("（tag：a or “夜 船”）", Or((A, HasWords("夜 船")))),
    ],
)
def test_reads_words_and_fields(text, tree):
    assert parse(text) == tree


START = 'a word, "a phrase", a field as in tag:NAME, /a pattern/, not or ('


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("", 1, f"found the end, expected {START}"),
        ("tag:a and", 10, f"found the end, expected {START}"),
        ("tag:a and (\ntag:b and )", 23, f"found “)”, expected {START}"),
        ("tag:a or or", 10, "“or” stands between two parts; in quotation marks it is a word"),
        ("tag:a - tag:b", 7, "“-” has no letters or digits to search for"),
        ("(tag:a", 7, "found the end, expected )"),
        ("tag:a)", 6, "found “)”, expected the end"),
        ('tag:"abc', 5, 'found a " that is never closed, expected a word, "a phrase" or /a pattern/'),
        ('tag:""', 5, 'found nothing between quotation marks, expected a word, "a phrase" or /a pattern/'),
        ("tag: a", 1, "tag: needs its value right behind the colon"),
        (
            "tga:x",
            1,
            f"there is no field “tga”, expected one of {', '.join(f.name for f in FIELDS)}; did you mean tag?",
        ),
        ("tag:a http://x.org", 7, 'or "http:…" in quotation marks to search for it'),
        ("tag:/a/", 5, "tag takes a tag, not a regular expression"),
        ("渡 \udcff", 3, r"found '\udcff', which is no character"),
        ("ferry &", 7, "“&” has no letters or digits to search for"),
        ("after:2026-02-30", 7, "“2026-02-30” is not a day, expected YEAR-MONTH-DAY as in 2026-01-31"),
        ("before:tomorrow", 8, "“tomorrow” is not a day, expected YEAR-MONTH-DAY as in 2026-01-31"),
        ("after:20260131", 7, "is not a day"),
        ("within:30", 8, "“30” is not a span of time, expected a number and m, h, d or w as in 30d"),
        ("within:0d", 8, "“0d” is not a span of time"),
        ("has:enclosures", 5, "author, enclosure, image, link, summary, tag, text; did you mean enclosure?"),
        ("lang:chinese!", 6, "“chinese!” is not a language, expected a code as in en, zh or zh-TW"),
        ("x title:/a(b/", 9, "/a(b/ is no regular expression that can be used: missing ): a(b"),
        ("/(?=a)/", 1, "invalid perl operator: (?="),
        ("/((a{99}){99}){99}/", 1, "is no regular expression that can be used"),
        (f"/{'a' * 301}/", 1, "a regular expression has at most 300 characters, this one has 301"),
    ],
)
def test_error_names_column_what_was_found_and_what_was_expected(text, column, message):
    with pytest.raises(FilterError, match=re.escape(message)) as caught:
        parse(text)
    assert caught.value.column == column
    assert str(caught.value).startswith(f"column {column}: ")


@pytest.mark.parametrize(("opening", "closing", "each"), [("(", ")", 1), ("not ", "", 1), ("not (", ")", 2)])
def test_nesting_has_an_end(opening, closing, each):
    most = DEEPEST // each
    parse(opening * most + "tag:a" + closing * most)
    for levels in (most + 1, 1000):
        with pytest.raises(FilterError, match="brackets and “not” are nested more than 50 levels deep"):
            parse(opening * levels + "tag:a" + closing * levels)


def test_length_has_an_end():
    parse("tag:" + "a" * (LONGEST - 4))
    with pytest.raises(FilterError, match="at most 10000 characters"):
        parse("tag:" + "a" * (LONGEST - 3))


def test_wide_filter_is_not_deep():
    assert len(parse(" or ".join(f"tag:t{n}" for n in range(800))).parts) == 800


names = st.text(min_size=1, max_size=12)
phrases = names.filter(words)
patterns = st.text(alphabet="ab渡[]()*+?|.^$-1", min_size=1, max_size=8).map(re.escape) | st.sampled_from(
    ["a|b", "Q[1-4]"]
)
leaf = (
    st.just(Everything())
    | st.builds(HasTag, names)
    | st.builds(HasWords, phrases, st.sampled_from(Searched))
    | st.builds(HasPattern, patterns, st.sampled_from(Searched))
    | st.builds(FromSource, names)
    | st.builds(InLanguage, st.sampled_from(["en", "zh", "zh-tw"]))
    | st.builds(After, st.dates())
    | st.builds(Before, st.dates())
    | st.builds(Within, st.integers(1, 99_999).map(lambda minutes: timedelta(minutes=minutes)))
    | st.builds(Has, st.sampled_from(Part))
)
trees = st.recursive(
    leaf,
    lambda inner: (
        st.builds(Not, inner)
        | st.builds(And, st.lists(inner, min_size=2, max_size=4).map(tuple))
        | st.builds(Or, st.lists(inner, min_size=2, max_size=4).map(tuple))
    ),
    max_leaves=12,
)


@given(trees)
def test_shown_filter_reads_back_as_the_same_tree(tree):
    assert parse(show(tree)) == tree


def test_leaves_are_all_that_is_asked_for():
    assert list(leaves(parse("tag:a -(tag:b or not tag:c)"))) == [A, B, C]


def test_reference_has_a_row_for_each_field_whose_example_reads():
    table = reference()
    for field in FIELDS:
        assert f"| `{field.name}:` |" in table
        assert f"`{field.example}`" in table
        assert show(parse(field.example))


@given(st.text(alphabet='tagitle:*() "\\/-andorx1\n“”（', max_size=60))
def test_any_text_is_a_filter_or_an_error_with_a_column(text):
    column, tree = read(text)
    assert parse(show(tree)) == tree if tree else 1 <= column <= len(text) + 1


def read(text):
    try:
        return 0, parse(text)
    except FilterError as error:
        return error.column, None
