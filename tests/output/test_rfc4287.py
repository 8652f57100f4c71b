"""The checker of Atom itself: it finds nothing in a right document, and each wrong one is refused for its reason."""

import pytest

import rfc4287

RIGHT = """<?xml version="1.0"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
  <id>tag:a.example,2026:feed</id>
  <title>A feed</title>
  <updated>2026-03-04T12:00:00Z</updated>
  <author><name>Ann</name><email>ann@a.example</email><uri>https://a.example/ann</uri></author>
  <link href="https://a.example/feed.atom" rel="self" type="application/atom+xml"/>
  <link href="/" type="text/html" hreflang="en"/>
  <icon>/icon.png</icon>
  <generator uri="https://a.example/" version="1">Somebody</generator>
  <entry>
    <id>tag:a.example,2026:1</id>
    <title type="html">One &lt;b>bold&lt;/b></title>
    <published>2026-03-03T12:00:00.5+08:00</published>
    <updated>2026-03-04T12:00:00Z</updated>
    <link href="https://a.example/1"/>
    <link href="https://a.example/1.mp3" rel="enclosure" type="audio/mpeg" length="12"/>
    <category term="ports" scheme="https://a.example/tags/" label="Ports"/>
    <source><id>https://b.example/</id><title>B</title><updated>2026-03-04T12:00:00Z</updated></source>
    <summary>Short.</summary>
    <content type="html">&lt;p>Long &lt;a href="https://a.example/2">text&lt;/a>.&lt;/p></content>
  </entry>
  <entry>
    <id>tag:a.example,2026:2</id>
    <title>Two</title>
    <published>2026-03-03T12:00:00Z</published>
    <updated>2026-03-03T12:00:00Z</updated>
    <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Text</div></content>
  </entry>
</feed>
"""

HTML_CONTENT = '<content type="html">&lt;p>Long &lt;a href="https://a.example/2">text&lt;/a>.&lt;/p></content>'
XHTML_CONTENT = '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Text</div></content>'


def test_nothing_is_wrong_with_a_right_document() -> None:
    assert rfc4287.problems(RIGHT.encode()) == []


WRONG = [
    ("</feed>", "", "not well-formed"),
    ("<feed ", "<!DOCTYPE feed><feed ", "a document type"),
    ("http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#", "not an Atom feed"),
    # what must be there, and how often
    ("  <id>tag:a.example,2026:feed</id>\n", "", "feed: no id"),
    ("  <title>A feed</title>\n", "", "feed: no title"),
    ("  <updated>2026-03-04T12:00:00Z</updated>\n  <author>", "  <author>", "feed: no updated"),
    ("<title>A feed</title>", "<title>A</title><title>B</title>", "feed: 2 of title"),
    ("    <id>tag:a.example,2026:1</id>\n", "", "entry 1: no id"),
    ("    <title>Two</title>\n", "", "entry 2: no title"),
    ("    <published>2026-03-03T12:00:00Z</published>\n", "", "entry 2: no published"),
    ("    <updated>2026-03-03T12:00:00Z</updated>\n", "", "entry 2: no updated"),
    ("<summary>Short.</summary>", "<summary>A</summary><summary>B</summary>", "entry 1: 2 of summary"),
    (XHTML_CONTENT, "", "entry 2: neither content nor an alternate link"),
    ("<author><name>Ann</name><email>ann@a.example</email><uri>https://a.example/ann</uri></author>", "",
     "entry 2: no author"),
    ("<id>https://b.example/</id>", "", "entry 1 source: no id"),
    ("<title>B</title>", "", "entry 1 source: no title"),
    ("<name>Ann</name>", "", "author: no name"),
    (' rel="self"', ' rel="via"', "0 self links"),
    ("<summary>Short.</summary>", "<subtitle>Short.</subtitle>", "subtitle does not belong here"),
    ("<title>Two</title>", "<title>Two</title> stray", "text between the elements"),
    ("<title>Two</title>", '<title>Two</title><x xmlns="">y</x>', "<x> has no namespace"),
    # ids
    ("<id>tag:a.example,2026:1</id>", "<id>42</id>", "'42' is no absolute IRI"),
    ("<id>tag:a.example,2026:1</id>", "<id>tag:a b</id>", "'tag:a b' is no absolute IRI"),
    ("<id>https://b.example/</id>", "<id>http://</id>", "'http://' is no absolute IRI"),
    ("<id>tag:a.example,2026:1</id>", "<id>tag:a.example,2026:2</id>", "occurs 2 times"),
    ("<id>tag:a.example,2026:1</id>", "<id>tag:a.example,2026:feed</id>", "occurs 2 times"),
    # dates
    ("2026-03-03T12:00:00.5+08:00", "2026-03-03T12:00:00", "no date of RFC 3339"),
    ("2026-03-03T12:00:00.5+08:00", "2026-02-30T12:00:00Z", "no date of RFC 3339"),
    ("2026-03-03T12:00:00.5+08:00", "Tue, 03 Mar 2026 12:00:00 GMT", "no date of RFC 3339"),
    ("<updated>2026-03-03T12:00:00Z</updated>", "<updated>2026-03-05T12:00:00Z</updated>", "later than its feed"),
    # links and categories
    ('href="https://a.example/1"', 'href="https://a.example/a b"', "is no IRI"),
    ('href="https://a.example/1"', 'href="https://a.example/%zz"', "is no IRI"),
    ('<link href="https://a.example/1"/>', '<link rel="alternate"/>', "href None is no IRI"),
    ('<link href="https://a.example/1"/>', '<link href="/1"/><link href="/2"/>', "2 alternate links"),
    ('rel="enclosure"', 'rel="En Closure"', "neither a registered name"),
    ('type="audio/mpeg"', 'type="mp3"', "no media type"),
    ('length="12"', 'length="12 kB"', "no number of bytes"),
    ('hreflang="en"', 'hreflang="english language"', "no language"),
    ('xml:lang="en"', 'xml:lang="en_GB"', "xml:lang is 'en_GB'"),
    ('label="Ports"', 'label="Ports" rel="tag"', "attribute rel does not belong here"),
    ('term="ports"', 'term=" "', "no term"),
    ('scheme="https://a.example/tags/"', 'scheme="tags"', "no absolute IRI"),
    ("ann@a.example", "ann", "no e-mail address"),
    ("<icon>/icon.png</icon>", "<icon>my icon</icon>", "'my icon' is no IRI"),
    (">Somebody<", "> <", "generator: is empty"),
    ("<name>Ann</name>", "<name><b/></name>", "has elements in it"),
    # text and content
    ("<title>Two</title>", "<title> </title>", "title: is empty"),
    ("<title>Two</title>", '<title type="CDATA">Two</title>', "type 'CDATA'"),
    ("<title>Two</title>", "<title>Two <b>bold</b></title>", "unescaped elements"),
    ("&lt;b>bold&lt;/b>", "<b>bold</b>", "type html with unescaped elements"),
    (XHTML_CONTENT, '<content type="xhtml">Text</content>', "without exactly one xhtml:div"),
    (HTML_CONTENT, '<content src="https://a.example/1">text</content>', "not empty in spite of its src"),
    (HTML_CONTENT, '<content src="a b"/>', "src 'a b' is no IRI"),
    (HTML_CONTENT, '<content type="multipart/mixed">x</content>', "no type for content"),
    (XHTML_CONTENT, '<content type="image/png">aGk=</content>', "no summary beside content"),
    ("&lt;p>Long", "&lt;script>alert(1)&lt;/script>", "active HTML: <script>"),
    ("&lt;p>Long", '&lt;p onclick="alert(1)">', "active HTML: attribute onclick"),
    ("https://a.example/2", "/2", "is not absolute"),
    ("https://a.example/2", "javascript:alert(1)", "is not absolute"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "reason"), WRONG, ids=[each[2] for each in WRONG])
def test_a_wrong_document_is_refused_for_its_reason(right: str, wrong: str, reason: str) -> None:
    assert right in RIGHT
    found = rfc4287.problems(RIGHT.replace(right, wrong, 1).encode())
    assert any(reason in problem for problem in found), found
