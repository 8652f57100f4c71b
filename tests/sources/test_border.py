"""The border: whatever HTML comes in, what is behind it is safe to show, and cheap to read again."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from tagwire.sources.border import safe_url, sanitised
from tagwire.text import _BLOCK, one_line, plain, xml_safe

ATTACKS = [
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<img src="x" onerror = "alert(1)" / >',
    "<svg/onload=alert(1)>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<iframe srcdoc='&lt;script&gt;alert(1)&lt;/script&gt;'></iframe>",
    "<object data='data:text/html,<script>alert(1)</script>'></object><embed src='javascript:alert(1)'>",
    "<form action=javascript:alert(1)><input type=submit formaction=javascript:alert(1)><button>x</button></form>",
    "<base href='javascript:/'><meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<link rel=stylesheet href='javascript:alert(1)'><style>@import 'javascript:alert(1)'</style>",
    "<div style='background:url(javascript:alert(1))' onclick=alert(1)>x</div>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='jAvA&#x09;sCrIpT&colon;alert(1)'>x</a>",
    "<a href='java\n\rscript:alert(1)'>x</a>",
    "<a href='\x01\x02javascript:alert(1)'>x</a>",
    "<a href='&#1;javascript:alert(1)'>x</a>",
    "<a href=' &#32;vbscript:x'>x</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD4='>x</a>",
    "<a href='file:///etc/passwd'>x</a>",
    "<img src='data:image/svg+xml,<svg onload=alert(1)>'>",
    "<video poster=javascript:alert(1)><source src=javascript:alert(1)></video>",
    "<xmp><p title='</xmp><img src=x onerror=alert(1)>'>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<p title='\"><img src=x onerror=alert(1)>'>x",
]
HARMLESS = {"href", "src", "cite", "title", "alt", "width", "height", "colspan", "rowspan", "align", "lang", "datetime"}


def live(markup: str) -> list[str]:
    """Give every element that could do something, as a browser understands them."""
    found = []
    for node in LexborHTMLParser(markup).body.traverse():
        targets = [node.attributes.get(name) or "http:" for name in ("href", "src", "cite")]
        led = [not target.lower().startswith(("http:", "https:", "mailto:")) for target in targets]
        if any(led) or (node.attributes.keys() - HARMLESS) or node.tag in {"script", "style", "svg", "form", "iframe"}:
            found.append(node.html)
    return found


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_a_source_sends_runs_in_a_browser(attack):
    for markup in (attack, f"<div>{attack}</div>", "<p>" * 300 + attack, f"<div title='{attack}'>x</div>"):
        assert live(sanitised(markup, "http://example.org/dir/")) == []


_PIECES = st.sampled_from(
    ["<div>", "</div>", "<p>", "<ul><li>", "<br>", "<b title='a>b'>", "</b>", "x", " & ", *ATTACKS]
)


@given(st.lists(_PIECES, max_size=60).map("".join), st.integers(1, 400))
def test_what_is_clean_stays_as_it_is_and_nothing_in_it_is_alive(markup, levels):
    clean = sanitised("<blockquote>" * levels + markup)
    assert live(clean) == []
    assert sanitised(clean) == clean
    assert clean == xml_safe(clean)


_WRITTEN = st.sampled_from([
    "<p>", "</p>", "<br>", "<ul>", "<li>", "</li>", "</ul>", "<b>", "</b>", "<h2>", "</h2>", "<table>", "<tr>", "<td>",
    "</table>", "<pre>", "</pre>", "<ruby>", "<rt>", "</ruby>", "<details>", '<a href="/x" title="a > b">', "</a>",
    '<img alt="1 < 2">', "<!-- c -->", "&lt;p>", "&amp;lt;", "&nbsp;", "&#20013;", "&notit;", "&", "<", ">", " one ",
    "two", "\n", "三", *ATTACKS,
])  # fmt: skip


@given(st.lists(_WRITTEN, max_size=30).map("".join))
def test_the_text_of_an_article_is_what_a_browser_shows(markup):
    """Most markup is read without a tree; what a tree would say is the same."""
    clean = sanitised(markup)
    shown = LexborHTMLParser(_BLOCK.sub(" <", clean)).body
    assert plain(clean) == one_line(shown.text() if shown else "")


class Depth(HTMLParser):
    """How many elements stand inside one another at most."""

    def __init__(self, markup):
        super().__init__()
        self.now = self.most = 0
        self.feed(markup)

    def handle_starttag(self, tag, attrs):  # noqa: ARG002 - the parser's own signature
        self.now += tag != "br"
        self.most = max(self.most, self.now)

    def handle_endtag(self, tag):  # noqa: ARG002 - likewise
        self.now -= 1


@pytest.mark.parametrize("levels", [200, 255, 256, 4_000])
def test_elements_stand_inside_one_another_to_a_bound_and_no_word_is_lost(levels):
    """Who reads it after us is quadratic in depth: an article would take seconds at each reading."""
    markup = '<div title="a">in <br>' * levels + "the <em>end</em>" + "</div> out" * levels
    clean = sanitised(markup)
    assert plain(clean).split() == ["in"] * levels + ["the", "end"] + ["out"] * levels
    depth = Depth(clean)
    assert (depth.now, depth.most) == (0, min(levels + 1, 256))
    assert clean.count("<br>") == levels
    assert clean.count("<div title=") == min(levels, 256)


def test_a_thousand_paragraphs_without_an_end_stand_inside_nothing():
    assert sanitised("<p>Some <b>words</b>" * 3_000).count("<p>") == 3_000


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("http://example.org/a b", "http://example.org/a%20b"),
        ("  HTTPS://example.org/\n", "HTTPS://example.org/"),
        ("/x", "http://example.org/x"),
        ("//other.example/x", "http://other.example/x"),
        ("java\tscript:alert(1)", None),
        ("\x01javascript:alert(1)", None),
        ("javascript\n:alert(1)", None),
        ("data:text/html,x", None),
        ("mailto:a@example.org", None),
        ("http://[::1", None),
        ("", None),
    ],
)
def test_an_address_is_judged_as_a_browser_reads_it(url, safe):
    assert safe_url(url, "http://example.org/dir/") == safe
