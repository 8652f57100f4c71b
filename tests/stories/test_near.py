"""Near titles: properties that hold for any two."""

from hypothesis import given
from hypothesis import strategies as st

from tagwire.stories import chinese, english, synonyms
from tagwire.stories.headline import headline
from tagwire.stories.near import likeness
from tagwire.stories.similar import compare
from tagwire.stories.words import stem

WORDS = [
    *("Ferry", "ferry", "Isle", "islands", "fire", "fires", "sinks", "sank", "3", "5", "five", "first", "second"),
    *(
        "not",
        "by",
        "after",
        "over",
        "to",
        "as",
        "in",
        "the",
        "UN",
        "U.S.",
        "says:",
        "harbour",
        "closes",
        "close",
        "opens",
    ),
    *("Kenya", "Chile,", "March", "Monday", "today", "-", "rises", "falls", "mayor", "Okafor", "Okafer"),
]
CHARACTERS = "渡轮复航停三5号线今明天不再的了，：上海州一二审升降"
titles = (
    st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join)
    | st.text(CHARACTERS, max_size=24)
    | st.text(max_size=30)
)
both = st.booleans()


@given(titles, titles, both)
def test_likeness_does_not_depend_on_which_title_came_first(one, other, same_source):
    first, second = headline(one), headline(other)
    forth = likeness(first, second, same_source=same_source)
    assert forth == likeness(second, first, same_source=same_source)
    assert 0 <= forth <= 1


@given(titles, titles)
def test_one_source_is_never_judged_more_boldly_than_two(one, other):
    first, second = headline(one), headline(other)
    assert likeness(first, second, same_source=True) <= likeness(first, second, same_source=False)


@given(titles, titles)
def test_nothing_is_lost_when_titles_are_laid_side_by_side(one, other):
    first, second = headline(one), headline(other)
    found = compare(first, second)
    mine, yours = found.only
    assert 0 <= found.common <= min(len(first.units), 60)
    assert mine <= set(first.units)
    assert yours <= set(second.units)
    assert 0 <= found.score <= 1


@given(titles)
def test_a_title_has_no_difference_from_itself(title):
    one = headline(title)
    assert compare(one, one).gaps == []


def test_no_word_of_the_tables_stands_for_two_others():
    """A word in two lines would make of the second line what the first says, or nothing at all."""
    for table in (synonyms.SYNONYMS, synonyms.IRREGULAR, synonyms.ABBREVIATIONS):
        assert not set(table) & set(table.values())


def test_opposites_are_no_synonyms():
    for one, other in english.OPPOSITES:
        assert not {stem(word) for word in one} & {stem(word) for word in other}
    for one, other in chinese.OPPOSITES:
        assert chinese.spelt_out(one) != chinese.spelt_out(other)
