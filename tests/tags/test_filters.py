"""The language of filters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagwire.model import And, Everything, HasTag, Not, Or
from tagwire.tags.filters import DEEPEST, LONGEST, FilterError, parse, show

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
def test_reads(text, tree):
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("", 1, "column 1: found the end, expected tag:NAME, *, not or ("),
        ("tga:x", 1, "column 1: found “tga:x”, expected tag:NAME, *, not or ("),
        ("tag:a tag:b", 7, "column 7: found “tag:b”, expected and, or or the end"),
        ("tag:a android", 7, "column 7: found “android”, expected and, or or the end"),
        ("tag:a and", 10, "column 10: found the end, expected tag:NAME, *, not or ("),
        ("(tag:a", 7, "column 7: found the end, expected )"),
        ("tag:a)", 6, "column 6: found “)”, expected the end"),
        ("tag: a", 1, "column 1: found “tag:”, expected tag:NAME, *, not or ("),
        ('tag:"abc', 5, 'column 5: found “"”, expected a name or a "name"'),
        ('tag:""', 5, 'column 5: found “"”, expected a name or a "name"'),
        ("tag:a and (\ntag:b and )", 23, "column 23: found “)”, expected tag:NAME, *, not or ("),
    ],
)
def test_error_names_column_what_was_found_and_what_was_expected(text, column, message):
    with pytest.raises(FilterError) as caught:
        parse(text)
    assert (str(caught.value), caught.value.column) == (message, column)


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


leaves = st.just(Everything()) | st.builds(HasTag, st.text(min_size=1, max_size=12))
trees = st.recursive(
    leaves,
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


@given(st.text(alphabet='tag:*() "\\andortx\n', max_size=60))
def test_any_text_is_a_filter_or_an_error_with_a_column(text):
    column, tree = read(text)
    assert parse(show(tree)) == tree if tree else 1 <= column <= len(text) + 1


def read(text):
    try:
        return 0, parse(text)
    except FilterError as error:
        return error.column, None
