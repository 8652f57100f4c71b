"""Article files as people save and write them: what the parser must see in each, and that no bytes stop it."""

import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tagwire.model import Article, Precision, Source
from tagwire.sources.articlefile import Parsed, decoded, parse
from tagwire.sources.files import FilesOptions

SHANGHAI = Source(
    name="articles", kind="files", address="articles", options=FilesOptions("articles"), timezone="Asia/Shanghai"
)
MTIME = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


def parsed(text: str | bytes, name: str = "piece.txt") -> Parsed:
    return parse(name, text.encode() if isinstance(text, str) else text, SHANGHAI, MTIME)


def article(text: str | bytes, name: str = "piece.txt") -> Article:
    made = parsed(text, name).article
    assert made is not None
    return made


def paragraphs(made: Article) -> list[str]:
    return re.findall("<p>(.*?)</p>", made.content, re.DOTALL)


SAVED = """ date 2024-03-06 \n\
Port ferry returns to the river

A ferry built in 1958 sails again, the port company said on Wednesday.
The ferry at its old pier

A ferry built in 1958 sails again, the port company said on Wednesday.

It takes 90 people across in eight minutes.

Tickets cost two yuan.



Huangpu River
Ferries
ferries
"""  # fmt: skip


def test_a_page_saved_from_a_news_site_is_taken_apart() -> None:
    made = article(SAVED)
    assert made.title == "Port ferry returns to the river"
    assert (made.day, made.dated) == (date(2024, 3, 6), Precision.DAY)
    assert made.published == datetime(2024, 3, 5, 16, tzinfo=UTC)
    assert made.summary == "A ferry built in 1958 sails again, the port company said on Wednesday."
    assert made.content == (
        "<figure><figcaption>The ferry at its old pier</figcaption></figure>\n"
        "<p>It takes 90 people across in eight minutes.</p>\n<p>Tickets cost two yuan.</p>"
    )
    assert made.tags == ("Huangpu River", "Ferries")
    assert (made.guid, made.link) == ("piece.txt", None)


def test_a_deck_is_recognised_though_quotes_case_and_punctuation_differ() -> None:
    made = article('T\n\nThe "old" ferry - back\n\nthe “old” ferry — back.\n\nBody.')
    assert made.summary == 'The "old" ferry - back'
    assert paragraphs(made) == ["Body."]


def test_a_deck_twice_in_one_block_is_no_caption() -> None:
    made = article("T\n\nA deck.\nA deck\n\nA deck.\n\nBody.")
    assert (made.summary, made.content) == ("A deck.", "<p>Body.</p>")


@pytest.mark.parametrize(
    "text",
    [
        "T\n\nA deck.\nCaption\n\nAnother paragraph.",
        "T\n\nA deck.\nCaption\nThird line\n\nA deck.",
        "T\n\n…\n\n!!!",
    ],
    ids=["not repeated", "three lines", "nothing but punctuation"],
)
def test_without_a_repeated_deck_nothing_is_dropped(text: str) -> None:
    made = article(text)
    assert made.summary == ""
    assert paragraphs(made) == [line for line in text.split("\n")[1:] if line]


@pytest.mark.parametrize(
    ("written", "moment", "precision"),
    [
        ("date 2023-05-25", "2023-05-25T00:00", Precision.DAY),
        ("Published: 2023/6/1", "2023-06-01T00:00", Precision.DAY),
        ("Date: 2023.5.30", "2023-05-30T00:00", Precision.DAY),
        ("20230529", "2023-05-29T00:00", Precision.DAY),
        ("日期：2023年6月5日", "2023-06-05T00:00", Precision.DAY),
        ("2023年6月5日 星期一 下午2:30", "2023-06-05T14:30", Precision.MINUTE),
        ("发布时间：2023-06-05 14:30:09 来源：新华社", "2023-06-05T14:30:09", Precision.MINUTE),
        ("May 27, 2023", "2023-05-27T00:00", Precision.DAY),
        ("Published Saturday, May 27, 2023 at 2:30 p.m.", "2023-05-27T14:30", Precision.MINUTE),
        ("27 May 2023 14:30", "2023-05-27T14:30", Precision.MINUTE),
        ("Sat, 27 May 2023 06:30:00 +0000", "2023-05-27T14:30", Precision.MINUTE),
        ("2023-05-27T06:30:00Z", "2023-05-27T14:30", Precision.MINUTE),
        ("Published: Sept. 3rd, 2023 | Updated: 2023-09-05", "2023-09-03T00:00", Precision.DAY),
        ("**Date:** 2023-05-25 12:15 am", "2023-05-25T00:15", Precision.MINUTE),
    ],
)
def test_every_form_of_date_is_read_before_and_behind_the_title(
    written: str, moment: str, precision: Precision
) -> None:
    for text in (f"{written}\nTitle\n\nBody.", f"Title\n{written}\n\nBody."):
        made = article(text)
        assert made.published == datetime.fromisoformat(f"{moment}+08:00")
        assert (made.dated, made.title, paragraphs(made)) == (precision, "Title", ["Body."])


@pytest.mark.parametrize(
    "written",
    ["2023-02-30", "Date: 2023-13-01", "2023-05-25 25:10", "date 0001-01-01", "Date: 2023-05-25T10:00+99:00",
     "Date: soon", "2023-05-25 13:00 pm", "9999-12-31T23:00-08:00"],
)  # fmt: skip
def test_an_impossible_date_is_unknown_with_a_warning(written: str) -> None:
    made = parsed(f"{written}\nTitle\n\nBody.")
    assert made.article is not None
    assert (made.article.title, made.article.dated, made.article.published) == ("Title", Precision.UNKNOWN, MTIME)
    assert "date" in made.warnings[0]


@pytest.mark.parametrize("name", ["2023-05-25.txt", "press/20230525-ferry.txt", "ferry_2023_5_25.txt"])
def test_the_files_name_dates_an_article_that_says_nothing(name: str) -> None:
    assert (article("Title\n\nBody.", name).day, article("2024-01-01\nTitle", name).day) == (
        date(2023, 5, 25),
        date(2024, 1, 1),
    )


def test_an_undated_article_has_the_files_time_and_is_marked_so() -> None:
    made = article("Title\n\nBody.")
    assert (made.published, made.dated) == (MTIME, Precision.UNKNOWN)


def test_published_wins_over_updated_wherever_it_stands() -> None:
    made = article("Updated: 2023-06-02 10:00\nTitle\nPublished: 2023-06-01\n\nBody.")
    assert made.day == date(2023, 6, 1)
    assert made.updated == datetime(2023, 6, 2, 2, tzinfo=UTC)
    only = article("Updated: 2023-06-02 10:00\nTitle\n\nBody.")
    assert (only.day, only.updated) == (date(2023, 6, 2), None)


@pytest.mark.parametrize(
    "title", ["Updated: how the ferry was saved", "Date night on the river", "By train to Shanghai", "2023 in review"]
)
def test_a_title_that_begins_like_a_label_stays_a_title(title: str) -> None:
    assert article(f"{title}\n\nBody.").title == title


def test_source_author_and_editor_lines_become_metadata() -> None:
    made = article("标题：渡轮归来\n来源：港务日报 作者：张三、李四\n\n渡轮今天复航。\n\n（责任编辑：王五）")
    assert (made.title, made.authors) == ("渡轮归来", ("张三", "李四"))
    assert paragraphs(made) == ["渡轮今天复航。"]
    assert article("T\n\nBody.\n\nSource: Port Daily\nEditor: Wang Wu").authors == ("Port Daily",)


@pytest.mark.parametrize(
    ("ending", "tags"),
    [
        ("Tags: SAIC Motor, CIIE; MG，上海、汽车", ("SAIC Motor", "CIIE", "MG", "上海", "汽车")),
        ("关键词：上汽集团；进博会", ("上汽集团", "进博会")),
        ("Keywords: ciie, CIIE", ("ciie",)),
        ("#SAIC #进博会 #new_energy", ("SAIC", "进博会", "new_energy")),
        ("#上汽集团# #进博会#", ("上汽集团", "进博会")),
        ("\n\nSAIC Motor\nImport expo", ("SAIC Motor", "Import expo")),
        ("\n#CIIE\nSAIC Motor", ("CIIE", "SAIC Motor")),
    ],
)
def test_tags_stand_at_the_end(ending: str, tags: tuple[str, ...]) -> None:
    made = article(f"T\n\nBody.\n\n{ending}\n\n")
    assert (made.tags, paragraphs(made)) == (tags, ["Body."])


@pytest.mark.parametrize(
    "ending",
    [
        "SAIC Motor",
        "\nSAIC Motor\nThis is a sentence.",
        "\nSAIC Motor\nPhoto: Xinhua",
        "\n图/新华社\n上汽集团",
        "\nCIIE\nWords that are far too many to be a tag",
        "\n" + "x" * 61,
    ],
    ids=["one blank line", "sentence", "credit", "Chinese credit", "eight words", "61 characters"],
)
def test_a_last_block_that_is_not_all_tags_is_body(ending: str) -> None:
    made = article(f"T\n\nBody.\n\n{ending}")
    assert made.tags == ()
    assert paragraphs(made) == ["Body.", *ending.strip().split("\n")]


def test_a_date_line_between_title_and_text_does_not_make_the_text_a_tag() -> None:
    made = article("T\n\n2023-05-25\n\nShort body")
    assert (paragraphs(made), made.tags) == (["Short body"], ())


def test_a_text_with_a_line_of_tags_has_no_block_of_tags() -> None:
    made = article("T\n\n\nShort body\n\nTags: a")
    assert (paragraphs(made), made.tags) == (["Short body"], ("a",))


def test_a_line_break_starts_a_paragraph_and_markup_is_text() -> None:
    made = article("T\n\none\ntwo & <b>three</b>\n\nfour")
    assert made.content == "<p>one</p>\n<p>two &amp; &lt;b&gt;three&lt;/b&gt;</p>\n<p>four</p>"


def test_a_first_line_of_a_books_length_is_text_with_its_first_words_as_title() -> None:
    made = article("word " * 200)
    assert made.title.endswith("…")
    assert len(made.title) <= 121
    assert paragraphs(made) == [("word " * 200).strip()]


@pytest.mark.parametrize("text", ["", " \n\u3000\n", "date 2023-05-25\n", "\ufeff", "Tags: a, b"])
def test_a_file_without_title_and_text_is_no_article(text: str) -> None:
    made = parsed(text)
    assert made.article is None
    assert made.warnings


# ---------------------------------------------------------------- decoding


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xef\xbb\xbfcaf\xc3\xa9", "café"),
        ("渡轮".encode("utf-16"), "渡轮"),
        (b"\xfe\xff" + "渡轮".encode("utf-16-be"), "渡轮"),
        ("渡轮今天在黄浦江上复航，票价两元。".encode("gbk"), "渡轮今天在黄浦江上复航，票价两元。"),
        ("Le café à côté de l’été".encode("windows-1252"), "Le café à côté de l’été"),
        (b"a\r\nb\rc\x00\x0b\x1f", "a\nb\nc"),
        ("\u3000\u3000段落\u00a0\nb".encode(), "段落\nb"),
    ],
    ids=["BOM", "UTF-16 LE", "UTF-16 BE", "GBK", "Windows-1252", "line ends and controls", "wide blanks"],
)
def test_text_is_decoded(data: bytes, text: str) -> None:
    assert decoded(data) == text


@pytest.mark.parametrize("charset", ["gb2312", "GBK", "big5", "iso-8859-1", "utf-16", "rot13"])
def test_a_page_may_declare_its_charset(charset: str) -> None:
    title = {"big5": "渡輪歸來", "iso-8859-1": "Café “ferry”"}.get(charset, "渡轮归来")
    encoding = {"iso-8859-1": "windows-1252", "utf-16": "utf-8", "rot13": "utf-8"}.get(charset, charset)
    page = f'<html><head><meta charset="{charset}"><title>{title}</title></head><body><p>x</p></body></html>'
    assert article(page.encode(encoding), "page.html").title == title


# ---------------------------------------------------------------- Markdown


@pytest.mark.parametrize(
    "front",
    [
        "---\ntitle: Ferry\ndate: 2024-03-06\ntags: [NO, Ferries]\nauthor: {name: Ann}\ndescription: Short.\n---",
        '+++\ntitle = "Ferry"\ndate = 2024-03-06\ntags = ["NO", "Ferries"]\nauthor = "Ann"\nsummary = "Short."\n+++',
        '{"title": "Ferry", "date": "2024-03-06", "tags": ["NO", "Ferries"], "author": ["Ann"], "summary": "Short."}',
    ],
    ids=["YAML", "TOML", "JSON"],
)
def test_front_matter_says_what_the_article_is(front: str) -> None:
    made = article(f"{front}\n\n# Ferry\n\nIt *sails*\nagain: [why](https://port.example/why).\n\n- a\n- b\n", "f.md")
    assert (made.title, made.day, made.tags) == ("Ferry", date(2024, 3, 6), ("NO", "Ferries"))
    assert (made.authors, made.summary) == (("Ann",), "Short.")
    assert "<p>It <em>sails</em>\nagain" in made.content
    assert '<a href="https://port.example/why">why</a>' in made.content
    assert "<h1>" not in made.content


def test_a_deck_that_is_not_the_summary_of_the_front_matter_stays_in_the_text() -> None:
    made = article("---\ntitle: T\nsummary: Another.\n---\nA deck.\n\nA deck.\n\nBody.", "f.md")
    assert (made.summary, paragraphs(made)) == ("Another.", ["A deck.", "A deck.", "Body."])


def test_empty_front_matter_says_nothing() -> None:
    assert article("---\n---\nTitle\n", "f.md").title == "Title"
    assert article("---\n\nTitle\n", "f.md").title == "Title"


@pytest.mark.parametrize("link", ["/relative", "http://xn--a/", "http://port.example:99999/", "javascript:alert(1)"])
def test_a_link_that_no_browser_could_open_is_none(link: str) -> None:
    made = article(f"---\ntitle: T\nlink: {link}\nlang: not a language\n---\n[a](b)", "f.md")
    assert (made.link, made.language, made.content) == (None, None, "<p><a>a</a></p>")


def test_broken_front_matter_is_read_line_by_line() -> None:
    made = parsed("---\ntitle: Ferry: it sails\ndate: 2024-03-06\ntags: [a, b\n\nBody.\n", "f.md")
    assert made.article is not None
    assert (made.article.title, made.article.day, made.article.tags) == (
        "Ferry: it sails", date(2024, 3, 6), ("a", "b"),
    )  # fmt: skip
    assert paragraphs(made.article) == ["Body."]
    assert "not valid YAML" in made.warnings[0]


@pytest.mark.parametrize(
    "front",
    [
        "---\na: &a [x, x]\nb: &b [*a, *a]\n<<: *b\n---",
        "---\na: " + "[" * 5000 + "\n---",
        "+++\na = " + "[" * 5000 + "\n+++",
        '{"a": ' + "[" * 50000 + "\n",
        "---\n- a list\n---",
        "---\n" + "k: v\n" * 10000 + "---",
    ],
    ids=["aliases", "deep YAML", "deep TOML", "deep JSON", "no mapping", "too long"],
)
def test_front_matter_that_would_cost_too_much_is_passed_over(front: str) -> None:
    made = parsed(f"{front}\n\nTitle\n\nBody.", "f.md")
    assert made.article is not None
    assert made.article.title == "Title"
    assert "front matter" in made.warnings[0]


def test_markdown_without_front_matter_has_the_head_and_the_tags_of_plain_text() -> None:
    made = article("2024-03-06\n\n# The **ferry** sails\n\nIt *sails*.\n\n\nFerries\n", "f.md")
    assert (made.title, made.day, made.tags) == ("The ferry sails", date(2024, 3, 6), ("Ferries",))
    assert made.content == "<p>It <em>sails</em>.</p>"
    assert article("Ferry\n=====\n\nText.", "f.md").content == "<p>Text.</p>"


def test_html_in_markdown_passes_the_border() -> None:
    made = article("T\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1)) <b onclick=x>y</b>", "f.md")
    assert made.content == "<p>[x](javascript:alert(1)) <b>y</b></p>"


def test_markdown_too_large_to_render_is_kept_as_text() -> None:
    made = article("T\n\n" + "*x* word\n" * 40_000, "f.md")
    assert made.content.startswith("<p>*x* word</p>")


# ---------------------------------------------------------------- HTML

PAGE = """<!DOCTYPE html><html lang="en-GB"><head><title>The ferry sails | Port Daily</title>
<link rel="canonical" href="https://port.example/2024/ferry">
<meta name="keywords" content="Ferries, Huangpu River"><meta name="author" content="Ann">
<meta name="description" content="A ferry returns.">
<meta property="article:published_time" content="2024-03-06T10:00:00+08:00">
</head><body><nav>Home</nav><article><h1>The ferry sails</h1><p>It sails <a href="/map">there</a>.</p>
<script>alert(1)</script></article><footer>All rights</footer></body></html>"""


def test_an_html_page_says_what_it_is() -> None:
    made = article(PAGE, "page.htm")
    assert (made.title, made.summary, made.authors) == ("The ferry sails", "A ferry returns.", ("Ann",))
    assert made.published == datetime(2024, 3, 6, 2, tzinfo=UTC)
    assert (made.tags, made.language) == (("Ferries", "Huangpu River"), "en-GB")
    assert made.link == "https://port.example/2024/ferry"
    assert made.content == '<p>It sails <a href="https://port.example/map">there</a>.</p>'


def test_the_longest_article_of_a_page_is_its_text() -> None:
    made = article("<title>A - B</title><article><h1>A</h1>x</article><article><p>long text</p></article>", "p.html")
    assert (made.title, made.content) == ("A - B", "<p>long text</p>")


def test_a_page_saved_as_text_is_a_page() -> None:
    assert article(PAGE, "page.txt").title == "The ferry sails"


def test_json_ld_says_what_a_page_is() -> None:
    linked = (
        '{"@graph": [{"@type": "WebPage"}, {"@type": "NewsArticle", "headline": "Ferry",'
        '"datePublished": "2024-03-06", "author": [{"name": "Ann"}, "Bo"], "keywords": ["a", "b"]}]}'
    )
    made = article(f'<title>x</title><script type="application/ld+json">{linked}</script><p>y</p>', "p.html")
    assert (made.title, made.day, made.authors, made.tags) == ("Ferry", date(2024, 3, 6), ("Ann", "Bo"), ("a", "b"))


@pytest.mark.parametrize("linked", ["{", "[" * 100_000, '"text"', '[1, {"url": "x"}]'])
def test_json_ld_that_says_nothing_is_passed_over(linked: str) -> None:
    made = article(f'<title>x</title><script type="application/ld+json">{linked}</script><p>y</p>', "p.html")
    assert (made.title, made.dated) == ("x", Precision.UNKNOWN)


@pytest.mark.parametrize(
    "body",
    [
        '<time datetime="2024-03-06">Wednesday</time><p>x</p>',
        "<h1>T</h1><p>2024-03-06</p>",
        "<p>日期：2024年3月6日</p>",
    ],
)
def test_a_page_without_metadata_is_dated_by_its_first_lines(body: str) -> None:
    assert article(f"<title>T</title>{body}", "p.html").day == date(2024, 3, 6)


def test_relative_links_without_a_base_lose_their_target() -> None:
    made = article('<base href="http://xn--a/"><title>T</title><p><a href="map">there</a></p>', "p.html")
    assert made.content == "<p><a>there</a></p>"


def test_a_page_of_endless_tags_is_refused() -> None:
    made = parsed("<title>T</title>" + "<div>" * 20_001, "p.html")
    assert made.article is None
    assert "20000 tags" in made.warnings[0]


# ---------------------------------------------------------------- any bytes

PIECES = st.sampled_from(
    ["---\n", "+++\n", "{", "}", "\n", "\n\n\n", "date ", "Tags: ", "来源：", "title: ", "2023-02-30", "99999999",
     "<html>", "<meta charset=utf-7>", "<article>", "#x", "\u3000", "&a ", "*a", "- ", "[", "\ud800", "1:1:1",
     "|\n|-|\n"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(data=st.binary(max_size=300) | st.lists(PIECES | st.text(max_size=8), max_size=25).map("".join),
       name=st.sampled_from(["a.txt", "a.md", "a.html", "2023-99-99.md"]))  # fmt: skip
@example(data=b"\xff\xfe\x00", name="a.txt")
@example(data=b"<html><frameset></frameset>", name="a.html")
def test_no_bytes_stop_the_parser(data: bytes | str, name: str) -> None:
    raw = data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass")
    made = parse(name, raw, SHANGHAI, MTIME)
    assert made.article or made.warnings
    if made.article:
        assert made.article.title.strip()
        assert all("\n" not in warning for warning in made.warnings)
    assert parse(name, raw, SHANGHAI, MTIME) == made
