"""Names made of tags."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tagwire.model import tag_key
from tagwire.tags.names import RESERVED, file_name, near_duplicates


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("SAIC Motor", "saic-motor"),
        ("渡轮", "渡轮"),
        ("Hafen Köln", "hafen-köln"),
        ("5G", "5g"),
        ("new_energy", "new-energy"),
    ],
)
def test_name_reads_like_its_tag(tag, name):
    assert file_name(tag) == name


@pytest.mark.parametrize(
    "tag", ["index", "Stories", "CON", "lpt1", "../../etc", "a/b", ".hidden", "", "🚢", "x" * 300, "长" * 300]
)
def test_name_is_never_taken_as_it_comes(tag):
    name = file_name(tag)
    assert name not in RESERVED
    assert len(name.encode()) <= 100
    assert all(sign.isalnum() or sign == "-" for sign in name)
    assert name == file_name(tag)


@given(st.lists(st.text(alphabet="aAb1-_ +/.²ﬁ渡🚢", max_size=5), min_size=2, max_size=30))
@example(["c++", "c", "c#"])
@example(["a/b", "a b", file_name("a/b")])
def test_no_two_tags_share_a_name(tags):
    keys = {tag_key(tag) for tag in tags}
    assert len({file_name(tag) for tag in tags}) == len(keys)


@given(st.text())
def test_any_tag_has_a_safe_name(tag):
    name = file_name(tag)
    assert name
    assert name == name.strip("-")
    assert not set(name) & set('/\\:*?"<>|.\0 ')


def test_near_duplicates_are_tags_of_other_signs_or_number():
    tags = ["EV", "EVs", "Ferries", "ferry", "E.V.", "AI", "A.I.", "Gas", "US", "us", "汽车", "汽車", "Class", "Pier"]
    assert near_duplicates(tags) == (("A.I.", "AI"), ("E.V.", "EV", "EVs"), ("Ferries", "ferry"), ("汽車", "汽车"))
