"""Link headers say what the documents say, and nothing that is served can do more than name no link."""

from dataclasses import replace

import pytest
from documents import FACE, OWN_STORY, STORY, document
from hypothesis import given
from hypothesis import strategies as st

from tagwire.output import FORMATS
from tagwire.server.links import header

each_format = pytest.mark.parametrize("fmt", FORMATS, ids=lambda fmt: fmt.name)


@each_format
def test_a_document_with_a_hub_links_to_it_and_to_itself(fmt):
    made = document(STORY, OWN_STORY, face=replace(FACE, hub="https://hub.example/中"))

    assert header(fmt.suffix, fmt.render(made)) == (
        f'<https://hub.example/%E4%B8%AD>; rel="hub", <https://feeds.example.org/port/ports{fmt.suffix}>; rel="self"'
    )


@each_format
def test_a_document_without_a_hub_needs_no_header(fmt):
    assert header(fmt.suffix, fmt.render(document(STORY))) == ""


ODD = (
    b"", b"<", b"null", b"[]", b'{"hubs": 7}', b'{"hubs": [{}]}', b'{"hubs": [{"url": 7}]}',
    b'{"hubs": [{"url": "https://hub.example/\\u0000"}], "feed_url": "javascript:1"}',
    b'<feed xmlns="http://www.w3.org/2005/Atom"><link rel="hub" href="https://hub.example/"/>',
    b'<!DOCTYPE feed [<!ENTITY e SYSTEM "file:///etc/passwd">]><feed>&e;</feed>',
)  # fmt: skip


@given(body=st.sampled_from(ODD) | st.binary(max_size=40), suffix=st.sampled_from([fmt.suffix for fmt in FORMATS]))
def test_whatever_lies_there_makes_a_header_or_none(body, suffix):
    told = header(suffix, body)
    assert told.isascii()
    assert told.isprintable()
