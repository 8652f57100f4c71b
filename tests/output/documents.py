"""Documents for the tests of this folder: plain ones by hand, and hostile ones by hypothesis."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from tagwire.model import About, Copy, Document, Enclosure, Face, Feed, Story

NOON = datetime(2026, 3, 4, 12, 30, 15, tzinfo=UTC)
FACE = Face(title="Harbour news", base_url="https://feeds.example.org/port/", author="The editors", language="en")
FEED = Feed(name="ports", title="Ports", subtitle="Ships and quays", rights="CC BY 4.0")
HERALD = Copy(
    source="herald",
    guid="17",
    link="https://herald.example.com/17",
    title="A crane falls",
    published=NOON,
    reason="the first of its story",
    about=About(id="https://herald.example.com/", title="The Herald", link="https://herald.example.com/"),
)
GAZETTE = replace(
    HERALD,
    source="gazette",
    guid="g/9",
    link="https://gazette.example.net/9",
    reason="the same title",
    about=About(title="The Gazette"),
)
STORY = Story(
    id="tag:feeds.example.org,2026-03-04:0f1e2d",
    published=NOON,
    updated=NOON + timedelta(hours=1),
    day=date(2026, 3, 4),
    title="A crane falls",
    link="https://herald.example.com/17",
    summary="Nobody was hurt.",
    content='<p>The crane fell at <a href="https://herald.example.com/quay">the quay</a>.</p>',
    authors=("Ann Archer", "Bo Berg"),
    language="en-GB",
    enclosures=(Enclosure(url="https://herald.example.com/17.mp3", type="audio/mpeg", length=1234, duration=61),),
    image="https://herald.example.com/17.jpg",
    rights="The Herald",
    tags=("Cranes", "港口"),
    reasons=("“crane” in the title", "given by the source"),
    shown=HERALD,
    copies=(HERALD, GAZETTE),
)
FILE_COPY = replace(HERALD, source="articles", guid="crane.txt", link=None, about=About())
OWN_STORY = replace(
    STORY,
    id="tag:feeds.example.org,2026-03-03:a1b2c3",
    title="吊车倒下",
    link=None,
    language="zh-CN",
    authors=(),
    shown=FILE_COPY,
    copies=(FILE_COPY,),
)


def document(*stories: Story, face: Face = FACE, **feed: object) -> Document:
    return Document(
        face=face,
        feed=replace(FEED, **feed),  # type: ignore[arg-type]  # the caller names fields of Feed
        id="tag:feeds.example.org,2026:feed:ports",
        updated=max((each.updated for each in stories), default=NOON),
        stories=stories,
    )


# Every character that Python knows, lone surrogates and controls among them, and some known to break things.
TEXT = st.one_of(
    st.text(alphabet=st.characters(), max_size=60),
    st.sampled_from(
        [
            "\x00\x0b\ufffe",
            "\ud800 alone",
            "]]>",
            "<b>&amp;</b> & <",
            "\u202eright to left\u202c שלום",
            "👩‍👩‍👧 🇨🇳",
            " \t\r\n ",
        ]
    ),
)
LONG_TEXT = TEXT | st.just("x" * 70_000)
URL = st.one_of(
    st.none(),
    TEXT,
    TEXT.map("https://example.com/".__add__),
    TEXT.map("http://".__add__),
    st.sampled_from(
        [
            "javascript:alert(1)",
            "https://例子.example/新闻?q=汽车",
            "http://[::1]:8080/x",
            "http://h:port/",
            "https://a.example/%zz#b#c",
            'http://a"b.example/[x]|{y}?^`\\',
            "https://user:pass@a.example",
        ]
    ),
)
MOMENT = st.datetimes(timezones=st.just(UTC))
ABOUT = st.builds(About, id=URL.map(lambda url: url or ""), title=TEXT, link=URL.map(lambda url: url or ""))
COPY = st.builds(
    Copy, source=TEXT, guid=TEXT, link=URL, title=TEXT, published=MOMENT, reason=TEXT, about=ABOUT
)  # fmt: skip
ENCLOSURE = st.builds(
    Enclosure,
    url=URL.map(lambda url: url or ""),
    type=st.one_of(TEXT, st.sampled_from(["audio/mpeg", "text/html; charset=x", "/"])),
    length=st.none() | st.integers(-10, 2**70),
    duration=st.none() | st.integers(-10, 2**70),
)


@st.composite
def hostile_story(draw: st.DrawFn, number: int) -> Story:
    copies = tuple(draw(st.lists(COPY, min_size=1, max_size=3)))
    published, other = draw(MOMENT), draw(MOMENT)
    tags = tuple(draw(st.lists(TEXT, max_size=3)))
    return Story(
        id=f"tag:feeds.example.org,2026-03-04:{number:06x}",
        published=published,
        updated=max(published, other),
        day=published.date(),
        title=draw(LONG_TEXT),
        link=draw(URL),
        summary=draw(LONG_TEXT),
        # Content was sanitised when it came in; what is tried here is its text.
        content=draw(LONG_TEXT.map(lambda text: "<p>" + text.replace("&", "&amp;").replace("<", "&lt;") + "</p>")),
        authors=tuple(draw(st.lists(TEXT, max_size=3))),
        language=draw(st.none() | TEXT | st.sampled_from(["zh_CN", "en"])),
        enclosures=tuple(draw(st.lists(ENCLOSURE, max_size=2))),
        image=draw(URL),
        rights=draw(TEXT),
        tags=tags,
        reasons=tuple(draw(TEXT) for _ in tags),
        shown=copies[0],
        copies=copies,
    )


@st.composite
def hostile_document(draw: st.DrawFn) -> Document:
    count = draw(st.integers(0, 3))
    return document(
        *(draw(hostile_story(number)) for number in range(count)),
        face=Face(title=draw(TEXT), author=draw(TEXT), language=draw(st.none() | TEXT), hub=draw(URL) or ""),
        title=draw(TEXT),
        subtitle=draw(TEXT),
        rights=draw(TEXT),
        author=draw(TEXT),
        language=draw(st.none() | TEXT),
        image=draw(URL) or "",
        content=draw(st.sampled_from(["full", "summary"])),
    )
