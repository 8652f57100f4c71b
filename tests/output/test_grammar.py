"""Addresses, ids, languages and media types: kept where right, mended where clear, left out otherwise."""

import pytest
from documents import URL
from hypothesis import given

from tagwire.output.grammar import is_id, language_tag, media_type, web_address


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com",
        "http://example.com:8080/a;b?c=d&e=%20#f",
        "HTTPS://EXAMPLE.COM/",
        "http://[2001:db8::1]/",
        "https://例子.example/新闻?q=汽车#一",
        "https://user@example.com/~a/(b)'!*",
    ],
)
def test_a_right_address_is_left_as_it_came(url: str) -> None:
    assert web_address(url) == url


@pytest.mark.parametrize(
    ("url", "mended"),
    [
        ("https://example.com/a b", "https://example.com/a%20b"),
        ("https://example.com/%zz?100%", "https://example.com/%25zz?100%25"),
        ("https://example.com/a|b[c]?[d]#e#f", "https://example.com/a%7Cb%5Bc%5D?%5Bd%5D#e%23f"),
        ("https:\\\\example.com\\a", "https://example.com/a"),
        ("https://example.com/\u202egpj", "https://example.com/%E2%80%AEgpj"),
        (' https://example.com/"\ud800', "https://example.com/%22"),
    ],
)
def test_a_wrong_address_is_mended_as_browsers_do(url: str, mended: str) -> None:
    assert web_address(url) == mended


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "word",
        "/path",
        "javascript:alert(1)",
        "mailto:a@example.com",
        "http://",
        "http://h:port/",
        "http://h:65536/",
        "http\u017f://a.example",
    ],
)
def test_what_leads_nowhere_is_no_address(url: str | None) -> None:
    assert web_address(url) is None


@given(URL)
def test_mending_twice_changes_nothing(url: str | None) -> None:
    once = web_address(url)
    assert web_address(once) == once


@pytest.mark.parametrize("text", ["tag:a.example,2026:x", "urn:uuid:0-1", "https://a.example/#1", "Mid:42"])
def test_an_absolute_iri_is_an_id(text: str) -> None:
    assert is_id(text)


@pytest.mark.parametrize(
    "text", ["", "42", "a b:c", "/relative", "http://", "http:word", "http://h:65536/", "tag:", "x:\x00"]
)
def test_a_guid_of_another_kind_is_no_id(text: str) -> None:
    assert not is_id(text)


@pytest.mark.parametrize(
    ("text", "tag"),
    [("en", "en"), (" zh_Hans_CN ", "zh-Hans-CN"), ("english language", None), ("", None), (None, None), ("en-", None)],
)
def test_a_language_is_a_tag_of_bcp_47_or_none(text: str | None, tag: str | None) -> None:
    assert language_tag(text) == tag


@pytest.mark.parametrize(
    ("text", "bare"), [("audio/mpeg", "audio/mpeg"), ("text/html; charset=x", "text/html"), ("mp3", ""), ("a/b c", "")]
)
def test_a_media_type_has_two_parts_and_no_parameters(text: str, bare: str) -> None:
    assert media_type(text) == bare
