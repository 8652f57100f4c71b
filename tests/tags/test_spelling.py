"""What reads alike compares alike, on the fast way as on the thorough one."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from tagwire.tags.spelling import origins, spelt
from tagwire.text import _LOOKALIKES, simplified, unified, words

texts = st.text(
    alphabet=st.characters(exclude_categories=["Cs"]) | st.sampled_from("aB ’—…，：「漢汉ßﬁ가\u1100\u1161\u0301´`")
)


@given(texts)
def test_fast_way_gives_what_the_thorough_way_gives(text):
    thorough = unicodedata.normalize("NFKC", text.replace("…", "...").translate(_LOOKALIKES))
    assert unified(text) == simplified(thorough)


@given(texts)
def test_both_spellings_have_one_length(text):
    cased, folded = spelt(text)
    assert len(cased) == len(folded)
    assert cased.casefold() == folded


@given(texts)
def test_origins_lead_from_every_place_of_a_spelling_into_its_text(text):
    places = origins(text)
    assert len(places) == len(spelt(text)[0]) + 1
    assert places == sorted(places)
    assert places[-1] == len(text)


def test_words_are_runs_of_letters_and_single_chinese_characters():
    assert words("Ｊoint-venture: 上汽MG’s 3.5%，漢字ｶﾅ") == [
        "joint", "venture", "上", "汽", "mg", "s", "3", "5", "汉", "字", "カ", "ナ",
    ]  # fmt: skip


def test_character_has_one_simple_form_whatever_stands_around_it():
    assert unified("答覆") in unified("他們的答覆")
    assert unified("乾") in unified("乾坤") in unified("乾坤後")
    assert unified("打坏") == "打坏"
