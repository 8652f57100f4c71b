"""Links to one page compare equal, links to two do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagwire.stories.links import canonical

PAGE = "https://example.org/2024/03/ferry-resumes"


@pytest.mark.parametrize(
    "link",
    [
        "http://example.org/2024/03/ferry-resumes",
        "https://www.example.org/2024/03/ferry-resumes/",
        "https://EXAMPLE.org:443/2024/03/ferry-resumes",
        f"{PAGE}#comments",
        f"{PAGE}?utm_source=rss&utm_medium=feed",
        f"{PAGE}?fbclid=abc&gclid=1",
        f"{PAGE}?mc_cid=1&ref=home",
        f"{PAGE}/amp/",
        f"{PAGE}.amp.html",
        f"{PAGE}?amp=1",
        "https://m.example.org/2024/03/ferry-resumes",
        "https://mobile.example.org/2024/03/ferry-resumes",
        "https://amp.example.org/2024/03/ferry-resumes",
        "https://example.org/amp/2024/03/ferry-resumes",
        "https://www-example-org.cdn.ampproject.org/c/s/www.example.org/2024/03/ferry-resumes",
        "https://www.google.com/amp/s/example.org/2024/03/ferry-resumes",
        "https://example.org/2024/03/ferry%2Dresumes",
        f"{PAGE}/index.html",
    ],
)
def test_forms_of_one_address_are_one(link):
    assert canonical(link) == canonical(PAGE)


@pytest.mark.parametrize(
    "link",
    [
        "https://example.org/2024/03/ferry-resumes-again",
        "https://example.org/2024/03/Ferry-resumes",
        "https://news.example.org/2024/03/ferry-resumes",
        "https://example.com/2024/03/ferry-resumes",
        "https://example.org:8443/2024/03/ferry-resumes",
        f"{PAGE}?page=2",
        f"{PAGE}?id=7",
        f"{PAGE}#/part/2",
    ],
)
def test_other_pages_stay_others(link):
    assert canonical(link) != canonical(PAGE)


def test_parameters_that_name_a_page_count_in_any_order():
    assert canonical("https://a.example/?id=7&lang=en") == canonical("https://a.example/?lang=en&id=7")
    assert canonical("https://a.example/?id=7") != canonical("https://a.example/?id=8")


def test_bytes_that_are_not_utf_8_are_not_confused():
    """GBK: two other words of two characters."""
    assert canonical("https://a.example/%B6%C9%C2%D6") != canonical("https://a.example/%B8%B4%BA%BD")
    assert canonical("https://a.example/?w=%B6%C9") != canonical("https://a.example/?w=%B8%B4")


@pytest.mark.parametrize(
    "link",
    [
        None,
        "",
        "https://example.org",
        "https://www.example.org/?utm_source=x",
        "http://[",
        "mailto:a@b.example",
        "https://a.example:x/y",
    ],
)
def test_what_names_no_page_gives_nothing(link):
    assert canonical(link) is None


@given(st.text(max_size=80))
def test_any_text_is_read_and_a_canonical_link_stays_as_it_is(link):
    page = canonical("https://example.org/" + link)
    if page is not None:
        assert canonical(f"https://{page}") == page
    canonical(link)
