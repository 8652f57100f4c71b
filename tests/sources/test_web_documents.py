"""What is read out of a document, whatever its format and however it is written."""

import json
from datetime import UTC, date, datetime

import pytest

from tagwire.errors import SourceError
from tagwire.model import About, Enclosure, Precision
from tagwire.sources.discovery import discover
from tagwire.sources.documents import read_document
from tagwire.sources.parsing import Job
from visiting import NOW, rss, source

URL = "http://example.org/news/feed.xml"


def job(*, content_type="application/xml", url=URL, open_ended=False, limit=100, rule="guid", marks=(), **more):
    return Job(
        source=source(url, **more),
        url=url,
        content_type=content_type,
        open_ended=open_ended,
        now=NOW,
        limit=limit,
        rule=rule,
        marks=marks,
    )


def read(content, **more):
    return read_document(content, job(**more))


def one(content, **more):
    (article,) = read(content, **more).articles
    return article


def item(inner, channel="", url=URL, **more):
    spaces = (
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/" '
        'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
    )
    document = f'<rss version="2.0" {spaces}><channel>{channel}<item>{inner}</item></channel></rss>'
    return one(document.encode(), url=url, **more)


def atom(inner, head=""):
    return one(f'<feed xmlns="http://www.w3.org/2005/Atom">{head}<entry>{inner}</entry></feed>'.encode())


# ---------------------------------------------------------------- titles and text


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("5 &lt; 6 &amp; more", "5 < 6 & more"),
        ("AT&amp;amp;T", "AT&T"),
        ("&lt;b&gt;Bold&lt;/b&gt; words", "Bold words"),
        ("<![CDATA[Caf&eacute;]]>", "Café"),
        ("a\n  b\u0008", "a b"),
        ("上汽集团 &#38; 进博会", "上汽集团 & 进博会"),
    ],
)
def test_titles_become_text_as_they_were_meant(written, title):
    assert item(f"<title>{written}</title>").title == title


@pytest.mark.parametrize(
    ("element", "title"),
    [
        ('<title type="text">&lt;b&gt; is bold</title>', "<b> is bold"),
        ('<title type="html">&lt;b&gt;Bold&lt;/b&gt;</title>', "Bold"),
        ('<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><b>Bold</b> x</div></title>', "Bold x"),
    ],
)
def test_atom_says_itself_what_its_titles_are(element, title):
    assert atom(element).title == title


def test_a_description_alone_is_the_content():
    article = item("<title>T</title><description>Some &lt;b&gt;bold&lt;/b&gt; words</description>")
    assert (article.summary, article.content) == ("", "Some <b>bold</b> words")


def test_content_goes_before_the_description_which_becomes_the_summary():
    article = item(
        "<description>In &lt;i&gt;short&lt;/i&gt;</description>"
        "<content:encoded>&lt;p&gt;At length&lt;/p&gt;</content:encoded>"
    )
    assert (article.summary, article.content) == ("In short", "<p>At length</p>")


def test_a_summary_that_only_repeats_the_content_goes():
    article = item(
        "<description>The words</description><content:encoded>&lt;p&gt;The words&lt;/p&gt;</content:encoded>"
    )
    assert article.summary == ""


def test_plain_content_becomes_paragraphs():
    article = atom('<title>T</title><content type="text">1 &lt; 2\n\nNext</content>')
    assert article.content == "<p>1 &lt; 2</p><p>Next</p>"


def test_content_is_sanitised_and_its_addresses_are_absolute():
    article = item(
        "<title>T</title><description>&lt;img src=a.png onerror=x()&gt;&lt;a href='javascript:x()'&gt;y&lt;/a&gt;"
        "&lt;script&gt;z()&lt;/script&gt;</description>"
    )
    assert article.content == '<img src="http://example.org/news/a.png"><a>y</a>'


@pytest.mark.parametrize("link", ["", "<link>#a1</link>", "<link>other</link>"])
def test_a_key_in_the_address_of_a_document_is_published_nowhere(link):
    url = "http://example.org/feed?key=hunter2"
    article = item(f'{link}<title>a</title><description>&lt;a href="#fn1"&gt;1&lt;/a&gt;</description>', url=url)
    atom_link = link.replace("<link>", '<link href="').replace("</link>", '"/>')
    entry = f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>a</title>{atom_link}</entry></feed>'

    assert 'href="http://example.org/feed#fn1"' in article.content
    assert "hunter2" not in repr((article.link, article.guid, article.content))
    assert "hunter2" not in repr(one(entry.encode(), url=url).link)


def test_the_base_that_a_document_names_counts():
    article = atom(
        '<title>T</title><link href="a"/><content type="html">&lt;a href="b"&gt;b&lt;/a&gt;</content>',
        head='<link rel="self" href="x"/>',
    )
    assert (article.link, article.content) == (
        "http://example.org/news/a",
        '<a href="http://example.org/news/b">b</a>',
    )
    based = one(
        b'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://other.example/dir/"><entry xml:base="sub/">'
        b'<title>T</title><link href="a"/><summary type="html">&lt;a href="b"&gt;b&lt;/a&gt;</summary></entry></feed>'
    )
    assert based.link == "http://other.example/dir/sub/a"
    assert based.content == '<a href="http://other.example/dir/sub/b">b</a>'


def test_a_base_that_is_relative_itself_begins_at_the_document():
    based = one(
        b'<feed xmlns="http://www.w3.org/2005/Atom"><entry xml:base="sub/"><title>T</title><link href="a"/>'
        b'<summary type="html">&lt;a href="b"&gt;b&lt;/a&gt;</summary></entry></feed>'
    )
    assert based.link == "http://example.org/news/sub/a"
    assert based.content == '<a href="http://example.org/news/sub/b">b</a>'


@pytest.mark.parametrize("guid", ["a1", "/2024/a1", "isbn:9780131103627", "tag:example.org,2024:a1"])
def test_a_guid_is_a_name_and_no_address_so_that_it_outlives_a_move(guid):
    written = f"<title>T</title><guid isPermaLink='false'>{guid}</guid>"
    assert item(written).guid == item(written, url="https://moved.example/feed").guid == guid


@pytest.mark.parametrize("link", ["javascript:alert(1)", "java\tscript:alert(1)", "data:text/html,x", "file:///etc/x"])
def test_a_link_that_nobody_should_follow_is_none(link):
    assert item(f"<title>T</title><link>{link}</link>").link is None


def test_an_entry_without_a_title_is_called_by_its_first_words():
    assert item("<description>&lt;p&gt;Only these words&lt;/p&gt;</description>").title == "Only these words"


def test_an_entry_without_anything_still_becomes_an_article():
    assert item("<guid isPermaLink='false'>x</guid>").title == "x"


# ---------------------------------------------------------------- dates


@pytest.mark.parametrize(
    ("written", "published", "day", "dated"),
    [
        (
            "Thu, 25 May 2023 20:30:00 GMT",
            datetime(2023, 5, 25, 20, 30, tzinfo=UTC),
            date(2023, 5, 26),
            Precision.MINUTE,
        ),
        (
            "Thu, 25 May 2023 08:30:00 +0800",
            datetime(2023, 5, 25, 0, 30, tzinfo=UTC),
            date(2023, 5, 25),
            Precision.MINUTE,
        ),
        ("Thu, 25 May 2023 08:30:00", datetime(2023, 5, 25, 0, 30, tzinfo=UTC), date(2023, 5, 25), Precision.MINUTE),
        (
            "Thu, 25 May 2023 08:30:00 CST",
            datetime(2023, 5, 25, 0, 30, tzinfo=UTC),
            date(2023, 5, 25),
            Precision.MINUTE,
        ),
        ("2023-05-25 08:30:00", datetime(2023, 5, 25, 0, 30, tzinfo=UTC), date(2023, 5, 25), Precision.MINUTE),
        ("2023/05/25 08:30", datetime(2023, 5, 25, 0, 30, tzinfo=UTC), date(2023, 5, 25), Precision.MINUTE),
        ("2023-05-25T08:30:00Z", datetime(2023, 5, 25, 8, 30, tzinfo=UTC), date(2023, 5, 25), Precision.MINUTE),
        ("2023-05-25", datetime(2023, 5, 24, 16, tzinfo=UTC), date(2023, 5, 25), Precision.DAY),
        ("2023年5月25日", datetime(2023, 5, 24, 16, tzinfo=UTC), date(2023, 5, 25), Precision.DAY),
        ("25 May 2023", datetime(2023, 5, 24, 16, tzinfo=UTC), date(2023, 5, 25), Precision.DAY),
    ],
)
def test_dates_mean_what_their_publisher_means(written, published, day, dated):
    article = item(f"<title>T</title><pubDate>{written}</pubDate>", timezone="Asia/Shanghai")
    assert (article.published, article.day, article.dated) == (published, day, dated)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "soon",
        "0001-01-01T00:00:00Z",
        "1970-01-01T00:00:00Z",
        "9999-12-31T23:59:59-12:00",
        "Mon, 02 Mar 2026 13:00:01 GMT",
        "2023/13/45",
    ],
)
def test_dates_that_mean_nothing_or_lie_ahead_count_as_first_seen(written):
    article = item(f"<title>T</title><pubDate>{written}</pubDate>")
    assert (article.published, article.dated) == (NOW, Precision.UNKNOWN)


def test_a_clock_that_is_a_little_fast_is_believed():
    article = item("<title>T</title><pubDate>Mon, 02 Mar 2026 12:59:00 GMT</pubDate>")
    assert article.dated is Precision.MINUTE


def test_what_was_updated_later_says_so():
    article = atom("<title>T</title><published>2023-05-25T08:00:00Z</published><updated>2023-05-26T08:00:00Z</updated>")
    assert (article.published, article.updated) == (
        datetime(2023, 5, 25, 8, tzinfo=UTC),
        datetime(2023, 5, 26, 8, tzinfo=UTC),
    )
    assert item("<title>T</title><pubDate>Thu, 25 May 2023 20:30:00 GMT</pubDate>").updated is None


# ---------------------------------------------------------------- everything else


def test_authors_tags_language_and_rights_come_along():
    article = item(
        "<title>T</title><author>ann@example.org (Ann)</author><category>Cars</category><category>cars</category>"
        "<category>上海</category><dc:rights>© Ann</dc:rights>",
        channel="<language>zh_CN</language>",
    )
    assert article.authors == ("Ann",)
    assert article.tags == ("Cars", "上海")
    assert article.language == "zh-CN"
    assert article.rights == "© Ann"


def test_a_mail_address_is_no_name_to_publish():
    assert item("<title>T</title><author>ann@example.org</author>").authors == ()


def test_an_atom_entry_inherits_the_feeds_author_and_says_its_own_language():
    article = atom('<title xml:lang="de">T</title>', head="<author><name>Ann</name></author>")
    assert (article.authors, article.language) == (("Ann",), "de")


def test_enclosures_and_pictures_come_along():
    article = item(
        '<title>T</title><enclosure url="/a.mp3" length="12" type="audio/mpeg"/>'
        "<itunes:duration>1:02:03</itunes:duration>"
        '<media:content url="/v.mp4" type="video/mp4" fileSize="7" duration="9"/>'
        '<media:content url="/p.jpg" medium="image"/><media:thumbnail url="/t.png"/>'
        '<enclosure url="javascript:x()" length="many" type="x"/>'
    )
    assert article.enclosures == (
        Enclosure(url="http://example.org/a.mp3", type="audio/mpeg", length=12, duration=3723),
        Enclosure(url="http://example.org/v.mp4", type="video/mp4", length=7, duration=9),
    )
    assert article.image == "http://example.org/t.png"


def test_a_whole_document_as_guid_is_shortened_to_its_digest():
    article = item(f"<title>T</title><guid isPermaLink='false'>{'x' * 5000}</guid>")
    assert article.guid.startswith("blake2b:")
    assert len(article.guid) < 100


def test_update_periods_count_as_freshness():
    document = (
        b'<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel>'
        b"<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency></channel></rss>"
    )
    assert read(document).fresh_for.total_seconds() == 6 * 3600


# ---------------------------------------------------------------- encodings


@pytest.mark.parametrize(
    ("encoding", "content_type", "head"),
    [
        ("utf-8", "", ""),
        ("utf-8", "text/xml", ""),
        ("utf-8", "text/xml; charset=iso-8859-1", ""),
        ("utf-8-sig", "application/xml", '<?xml version="1.0"?>'),
        ("utf-16", "application/xml", '<?xml version="1.0" encoding="utf-16"?>'),
        ("utf-16", "application/xml; charset=utf-16", ""),
        ("gb18030", "text/xml; charset=gb2312", ""),
        ("gb18030", "application/xml", '<?xml version="1.0" encoding="gbk"?>'),
        ("big5", "application/xml; charset=big5", ""),
    ],
)
def test_chinese_survives_its_encodings(encoding, content_type, head):
    document = rss({"title": "上海", "guid": "1"}, head=head).decode().encode(encoding)
    assert one(document, content_type=content_type).title == "上海"


@pytest.mark.parametrize("forbidden", ["\x01", "\x0b", "&#1;", "&#xB;", "&#xD800;", "&#x110000;", "&#xFFFE;"])
def test_characters_that_there_are_not_are_gone(forbidden):
    article = item(f"<title>a{forbidden}b</title><description>d{forbidden}e &#x4E0A;</description>")
    assert (article.title, article.content) == ("ab", "de 上")


def test_a_document_that_is_not_well_formed_is_still_read():
    article = one(b'<rss version="2.0"><channel><item><title>A & B<br></title><guid>1</guid></item></channel>')
    assert article.title == "A & B"


# ---------------------------------------------------------------- JSON Feed


def test_json_feed_is_read():
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Example",
        "home_page_url": "http://example.org/",
        "feed_url": "http://example.org/feed.json",
        "language": "en-GB",
        "authors": [{"name": "Ann"}],
        "items": [
            {
                "id": 7,
                "url": "/seven",
                "title": "5 < 6",
                "content_html": "<p onclick=x()>Hello <img src=i.png></p>",
                "summary": "Greeting",
                "date_published": "2023-05-25T08:30:00+08:00",
                "tags": ["Cars", 5, "cars"],
                "image": "/i.png",
                "attachments": [{"url": "/a.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 5}, {}, "x"],
            },
            {"id": "text", "content_text": "a < b", "author": {"name": "Bob"}},
            "no item",
        ],
    }
    read_ = read(json.dumps(document).encode())
    assert read_.about == About(id="http://example.org/feed.json", title="Example", link="http://example.org/")
    seven, text = read_.articles
    assert (seven.guid, seven.link, seven.title) == ("7", "http://example.org/seven", "5 < 6")
    assert seven.content == '<p>Hello <img src="http://example.org/news/i.png"></p>'
    assert (seven.summary, seven.authors, seven.tags) == ("Greeting", ("Ann",), ("Cars",))
    assert (seven.language, seven.image) == ("en-GB", "http://example.org/i.png")
    assert seven.published == datetime(2023, 5, 25, 0, 30, tzinfo=UTC)
    assert seven.enclosures == (Enclosure(url="http://example.org/a.mp3", type="audio/mpeg", length=5),)
    assert (text.content, text.authors, text.link) == ("<p>a &lt; b</p>", ("Bob",), None)


@pytest.mark.parametrize("items", [None, 5, {"a": 1}, [None, [], {"id": None, "title": ["x"], "tags": "x"}]])
def test_json_of_other_shapes_is_survived(items):
    document = {"version": "https://jsonfeed.org/version/1", "items": items, "authors": "x", "author": 5}
    assert len(read(json.dumps(document).encode()).articles) <= 1


def test_json_nested_without_end_is_refused():
    with pytest.raises(SourceError, match="its JSON cannot be read"):
        read(b'{"version":' + b"[" * 100_000)


# ---------------------------------------------------------------- pages


def test_a_page_names_its_feeds():
    page = b"""<!doctype html><html><head><base href="/blog/">
    <link rel="alternate" type="application/rss+xml" href="feed.xml">
    <link rel="ALTERNATE feed" type="Application/Atom+XML; charset=utf-8" href="//example.net/atom">
    <link rel="alternate" type="application/rss+xml" href="feed.xml">
    <link rel="alternate" type="application/rss+xml" href="javascript:x()">
    <link rel="alternate" type="text/html" href="other.html"><link rel="stylesheet" type="application/rss+xml" href="s">
    </head></html>"""
    assert discover(page, "http://example.org/") == ["http://example.org/blog/feed.xml", "http://example.net/atom"]


def test_a_page_without_feeds_is_told_as_a_page():
    with pytest.raises(SourceError, match=r"^this is a web page that names no feed$"):
        read(b"<html><body>Hello</body></html>", content_type="text/html")


def test_a_feed_that_is_served_as_a_page_is_a_feed():
    assert one(rss("T"), content_type="text/html; charset=utf-8").title == "T"


def test_a_feed_without_entries_is_a_feed():
    assert read(b'<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title></feed>').articles == ()


# ---------------------------------------------------------------- whole documents


@pytest.mark.parametrize("content", [b"", b" \n", b"\xef\xbb\xbf", b"\0\0"])
def test_an_empty_document_is_told(content):
    with pytest.raises(SourceError, match="the document is empty"):
        read(content)


def test_what_may_have_broken_off_unseen_is_not_kept_by_half():
    whole = rss("One", "Two")
    assert len(read(whole, open_ended=True).articles) == 2
    assert len(read(whole + b"<!-- cached -->", open_ended=True).articles) == 2
    assert (
        len(read(whole.decode().encode("utf-16"), open_ended=True, content_type="text/xml; charset=utf-16").articles)
        == 2
    )
    with pytest.raises(SourceError, match="broke off before its end"):
        read(whole[: whole.rindex(b"</item>")], open_ended=True)


def test_a_document_that_came_whole_without_its_end_is_read_as_far_as_it_goes():
    whole = rss("One", "Two")
    assert len(read(whole[: whole.rindex(b"</item>")]).articles) == 2


def test_the_newest_are_read_where_there_are_too_many():
    undated = [{"title": "Undated", "guid": "0"}]
    dated = [{"title": f"{d}", "guid": f"{d}", "pubDate": f"{d:02} May 2023 08:00:00 GMT"} for d in range(1, 10)]
    understood = read(rss(*undated, *dated), limit=2)
    assert [article.title for article in understood.articles] == ["8", "9"]
    assert understood.warnings == ("only the newest 2 of 10 entries were read",)


def test_a_rule_that_stepped_down_never_steps_back():
    first = read(
        rss({"title": "A", "guid": "x", "link": "http://e/a"}, {"title": "B", "guid": "x", "link": "http://e/b"})
    )
    assert (first.rule, len(first.warnings)) == ("link", 1)
    second = read(rss("One", "Two"), rule=first.rule, marks=first.marks)
    assert (second.rule, second.warnings) == ("link", ())
    assert [article.guid for article in second.articles] == ["http://example.org/1", "http://example.org/2"]


def test_updates_outside_the_calendar_are_none():
    assert atom("<title>T</title><updated>9999-12-31T23:59:59-12:00</updated>").updated is None


@pytest.mark.parametrize(
    ("wishes", "hours", "days"),
    [
        (b"<skipHours><hour>24</hour><hour>25</hour><hour>x</hour><hour>5</hour></skipHours>", (0, 5), ()),
        (b"<skipHours>" + b"".join(b"<hour>%d</hour>" % hour for hour in range(24)) + b"</skipHours>", (), ()),
        (b"<skipHours/><hour>5</hour>", (), ()),
        (b"<skipDays><day>sunday</day><day> Monday </day></skipDays>", (), ("Monday", "Sunday")),
    ],
)
def test_hours_and_days_to_stay_away(wishes, hours, days):
    understood = read(b'<rss version="2.0"><channel>' + wishes + b"</channel></rss>")
    assert (understood.skip_hours, understood.skip_days) == (hours, days)
