"""Which stories other rules may tag otherwise: never too few of them."""

from hypothesis import given, settings
from hypothesis import strategies as st

from examples import article
from tagwire.model import Everything, HasTag, HasWords, Seen, TagRule, tag_key
from tagwire.tags.changes import changed, concerned
from tagwire.tags.matching import matches
from tagwire.tags.vocabulary import Vocabulary

WORDS = ("SAIC", "saic motor", "上汽", "上汽集团", "car", "5G", "C++", "&", "straße", "naïve", "EV-9", "上 EV")
words = st.lists(st.sampled_from(WORDS), max_size=3, unique=True).map(tuple)
rules = st.lists(
    st.builds(
        TagRule,
        name=st.sampled_from(["SAIC Motor", "Cars", "EV", "5G"]),
        aliases=words,
        ambiguous=words,
        context=words,
        exclude=words,
        broader=st.sampled_from([(), ("Industry",), ("Trade",)]),
        fields=st.sampled_from([("title",), ("title", "summary", "text")]),
        min_hits=st.integers(1, 2),
    ),
    max_size=4,
)
texts = st.lists(st.sampled_from((*WORDS, "and", "SAIC’s", "EV 9", "集团", "STRASSE", "上汽集團")), max_size=5).flatmap(
    lambda parts: st.sampled_from((" ", "", "-", "_")).map(lambda between: between.join(parts))
)


@settings(max_examples=600, deadline=None)
@given(rules, rules, texts, texts, st.sets(st.sampled_from(["ev", "上汽", "Saic  Motor", "5G"]), max_size=2))
def test_a_story_that_no_filter_concerns_keeps_its_tags(before, after, title, text, carried):
    one = article(title or "-", summary=text[:5], content=f"<p>{text}</p>", tags=tuple(carried))
    old, new = (frozenset(tag_key(each.tag) for each in Vocabulary(each).tags(one)) for each in (before, after))
    seen = Seen(copies=(one,), tags=old, published=one.published, day=one.day)
    filters = concerned(changed(before, after), carried)

    assert old == new or any(matches(each, seen, one.published) for each in filters)


def test_examples_and_places_of_rules_change_nothing():
    rule = TagRule(name="EV", aliases=("EVs",), file="a.toml", line=3)

    assert changed([rule], [TagRule(name="EV", aliases=("EVs",), file="b.toml")]) == ()


def test_only_what_differs_is_concerned():
    before = [TagRule(name="EV", aliases=("EVs",)), TagRule(name="Port")]
    after = [TagRule(name="EV", aliases=("E-cars",), context=("battery",)), TagRule(name="Port")]

    assert set(concerned(changed(before, after), ["evs", "harbour"])) == {
        HasTag("EV"), HasTag("evs"), HasWords("EV"), HasWords("EVs"), HasWords("E-cars"),
    }  # fmt: skip


def test_an_alias_of_signs_alone_may_stand_anywhere():
    assert Everything() in concerned([TagRule(name="And", aliases=("&",))], [])
