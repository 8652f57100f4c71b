"""Lists of subscriptions in OPML: each outline with an address is a source."""

from definition_kinds import loaded, said

HEAD = '<?xml version="1.0" encoding="ISO-8859-1"?>\n<opml version="2.0"><head><title>x</title></head><body>\n'
TAIL = "\n</body></opml>"


def sources(tmp_path, body, **files):
    result = loaded(tmp_path, {"sources/list.opml": HEAD + body + TAIL, **files})
    return result, {source.name: source for source in result.site.sources}


def test_each_outline_with_an_address_is_a_source_and_its_folders_are_its_tags(tmp_path):
    body = """
    <outline text="Cars"><outline text="中国">
        <outline type="rss" text="Short" title="A &amp; B" language="zh_CN" xmlUrl="https://www.a.example/汽车/feed.xml?lang=zh"/>
    </outline><outline text="Other" xmlurl="https://b.example" language="unknown"/></outline>
    <outline text="no address" htmlUrl="https://c.example"/>
    """
    result, found = sources(tmp_path, body)
    assert list(found) == ["b.example", "www.a.example-汽车-feed.xml-lang-zh"]
    first = found["www.a.example-汽车-feed.xml-lang-zh"]
    assert (first.kind, first.title, first.tags) == ("web", "A & B", ("Cars", "中国"))
    assert (first.address, first.file) == ("https://www.a.example/汽车/feed.xml?lang=zh", "sources/list.opml")
    assert found["b.example"].tags == ("Cars",)
    assert (first.language, found["b.example"].language) == ("zh-CN", None)
    assert said(result) == []


def test_an_address_in_two_folders_is_one_source_with_both_tags(tmp_path):
    outline = '<outline xmlUrl="https://a.example"/>'
    result, found = sources(tmp_path, f'<outline text="X">{outline}</outline><outline text="Y">{outline}</outline>')
    assert found["a.example"].tags == ("X", "Y")
    assert said(result) == []


def test_addresses_that_would_have_the_same_name_get_names_of_their_own(tmp_path):
    body = '<outline xmlUrl="https://a.example/x/y"/><outline xmlUrl="https://a.example/x?y"/>'
    _, found = sources(tmp_path, body, **{"sources/A.EXAMPLE-x-y.toml": 'url = "https://b.example"'})
    assert len({name.casefold() for name in found}) == len(found) == 3


def test_a_definition_goes_before_an_outline_with_its_address(tmp_path):
    mine = {"sources/z.toml": 'url = "https://a.example"\nevery = "5m"'}
    result, found = sources(tmp_path, '\n<outline xmlUrl="https://a.example"/>', **mine)
    assert list(found) == ["z"]
    assert said(result) == [
        'sources/list.opml:4: "a.example" has the same address as "z" in sources/z.toml; keep one of them'
    ]


def test_an_outline_that_is_wrong_is_named_with_its_line_and_the_others_are_read(tmp_path):
    body = '<outline xmlUrl="gopher://a"/>\n<outline xmlUrl="https://b.example"/>\n<outline xmlUrl="http://[/"/>'
    result, found = sources(tmp_path, body)
    assert "b.example" in found
    assert said(result)[0].startswith("sources/list.opml:3: url is neither http nor https")


def test_lists_that_are_broken_are_named_with_their_line(tmp_path):
    files = {
        "sources/cut.opml": HEAD + '<outline xmlUrl="https://a.example"',
        "sources/rss.opml": "<rss/>",
        "sources/empty.OPML": "",
        "sources/deep.opml": "<opml>" + "<outline>" * 10_000,
        "sources/nul.opml": "<opml>\0</opml>",
    }
    result = loaded(tmp_path, files)
    assert result.site.sources == ()
    assert [line.partition(": ")[::2] for line in said(result)] == [
        ("sources/cut.opml:3", said(result)[0].partition(": ")[2]),
        ("sources/deep.opml:1", said(result)[1].partition(": ")[2]),
        ("sources/empty.OPML:1", said(result)[2].partition(": ")[2]),
        ("sources/nul.opml:1", said(result)[3].partition(": ")[2]),
        ("sources/rss.opml", 'not OPML: its first element is "rss"; it would be "opml"'),
    ]
    assert sum("not well-formed XML" in line for line in said(result)) == 4


def test_entities_neither_read_files_nor_fill_the_memory(tmp_path):
    (tmp_path / "secret").write_text("secret")
    bomb = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
    for doctype, entity in [
        (f'<!DOCTYPE opml [<!ENTITY s SYSTEM "file://{tmp_path}/secret">]>', "&s;"),
        (f'<!DOCTYPE opml [<!ENTITY e0 "aaaaaaaaaa">{bomb}]>', "&e9;"),
    ]:
        text = f'{doctype}<opml><body><outline text="{entity}" xmlUrl="https://a.example"/>{entity}</body></opml>'
        result = loaded(tmp_path, {"sources/list.opml": text})
        assert "secret" not in "".join(source.title for source in result.site.sources)
        assert sum(len(source.title) for source in result.site.sources) < 1_000_000


def test_a_list_of_thousands_is_read_whole(tmp_path):
    outlines = "\n".join(f'<outline text="{n}" xmlUrl="https://example{n}.org/feed"/>' for n in range(10_000))
    _, found = sources(tmp_path, outlines)
    assert len(found) == 10_000
