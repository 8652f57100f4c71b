"""A site's files become a site: what is right gets in, what is wrong is told, each with its place."""

from datetime import timedelta
from pathlib import Path

import pytest
from definition_kinds import KINDS, FilesOptions, WebOptions, loaded, said, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tagwire.definitions import is_site, load, remember
from tagwire.errors import DefinitionError
from tagwire.model import And, Everything, Face, HasTag, Not, Or


def test_a_folder_without_any_of_our_files_is_no_site_and_nothing_is_made_in_it(tmp_path):
    with pytest.raises(DefinitionError, match="tagwire init"):
        load(tmp_path, kinds=KINDS)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", ["missing", "a\0b", "loop", "x" * 300])
def test_a_path_that_is_no_folder_is_no_site(tmp_path, path):
    (tmp_path / "loop").symlink_to("loop")
    assert not is_site(tmp_path / path)


@pytest.mark.parametrize("name", ["sources/x.toml", "feeds/x.toml", "tagwire.toml"])
def test_any_one_of_our_files_makes_a_site(tmp_path, name):
    assert is_site(write(tmp_path, {name: ""}))


def test_loading_writes_nothing(tmp_path):
    write(tmp_path, {"sources/a.toml": 'url = "http://a.example"', "feeds/b.toml": "limit = x"})
    before = sorted(tmp_path.rglob("*"))
    loaded(tmp_path)
    assert sorted(tmp_path.rglob("*")) == before


# ---------------------------------------------------------------- tagwire.toml


def test_the_settings_are_read(tmp_path):
    text = """
        title = "Wire"
        base_url = "https://wire.example/feeds"
        author = "A. Writer"
        language = "zh-CN"
        timezone = "Asia/Shanghai"
        database = "postgresql+psycopg://localhost/wire"
    """
    result = loaded(tmp_path, {"tagwire.toml": text})
    face = Face(
        title="Wire",
        base_url="https://wire.example/feeds/",
        author="A. Writer",
        language="zh-CN",
        timezone="Asia/Shanghai",
    )
    assert result.site.face == face
    assert result.site.timezone == "Asia/Shanghai"
    assert result.site.database == "postgresql+psycopg://localhost/wire"
    assert result.problems == ()


def test_without_settings_everything_has_a_default_and_base_url_a_warning(tmp_path):
    result = loaded(tmp_path, {"feeds/a.toml": ""})
    assert result.site.face == Face()
    assert (result.site.timezone, result.site.database) == ("UTC", "")
    (problem,) = result.problems
    assert problem.warning
    assert str(problem).startswith("tagwire.toml: warning: base_url is not set")
    assert "http://localhost:8000/" in problem.what


def test_the_root_is_absolute(tmp_path, monkeypatch):
    write(tmp_path, {"feeds/a.toml": ""})
    monkeypatch.chdir(tmp_path / "feeds")
    assert load(Path(".."), kinds=KINDS).site.root == tmp_path.resolve()


# ---------------------------------------------------------------- sources


def test_a_source_is_read_with_the_options_of_its_kind(tmp_path):
    text = """
        url = "https://a.example/feed/"
        allow_private = true
        headers = ["x", "y"]
        every = "15m"
        tags = ["Cars", "汽车"]
        title = "A"
        language = "en"
        timezone = "Asia/Tokyo"
    """
    (source,) = loaded(tmp_path, {"sources/a.toml": text}).site.sources
    assert source.options == WebOptions("https://a.example/feed/", allow_private=True, headers=("x", "y"))
    assert (source.name, source.kind, source.address) == ("a", "web", "https://a.example/feed")
    assert (source.every, source.cron) == (timedelta(minutes=15), None)
    assert (source.tags, source.title, source.language) == (("Cars", "汽车"), "A", "en")
    assert (source.timezone, source.file) == ("Asia/Tokyo", "sources/a.toml")
    assert source.home == tmp_path.resolve() / "sources"


def test_a_source_without_a_time_zone_has_the_sites_but_not_its_language(tmp_path):
    settings = 'timezone = "Asia/Shanghai"\nlanguage = "zh"'
    result = loaded(tmp_path, {"tagwire.toml": settings, "sources/a.toml": 'url = "http://a.example"'})
    (source,) = result.site.sources
    assert (source.timezone, source.language) == ("Asia/Shanghai", None)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("1s", timedelta(seconds=1)),
        ("90m", timedelta(minutes=90)),
        ("12 h", timedelta(hours=12)),
        ("366d", timedelta(days=366)),
        ("2w", timedelta(weeks=2)),
    ],
)
def test_every_is_a_span_of_time(tmp_path, text, span):
    (source,) = loaded(tmp_path, {"sources/a.toml": f'url = "http://a"\nevery = "{text}"'}).site.sources
    assert source.every == span


def test_every_auto_leaves_it_to_the_kind(tmp_path):
    (source,) = loaded(tmp_path, {"sources/a.toml": 'url = "http://a"\nevery = "auto"'}).site.sources
    assert source.every is None


def test_articles_are_read_without_any_definition(tmp_path):
    write(tmp_path, {"sources/articles/one.txt": "", "tagwire.toml": 'timezone = "Asia/Shanghai"'})
    (source,) = loaded(tmp_path).site.sources
    assert (source.name, source.kind, source.options) == ("articles", "files", FilesOptions("articles"))
    assert (source.timezone, source.tags, source.file) == ("Asia/Shanghai", (), "")


@pytest.mark.parametrize("name", ["articles", "press"])
def test_a_definition_of_the_articles_folder_goes_before_the_default(tmp_path, name):
    text = 'kind = "files"\npath = "articles"\ntimezone = "Asia/Tokyo"'
    result = loaded(tmp_path, {"sources/articles/one.txt": "", f"sources/{name}.toml": text})
    assert [(source.name, source.timezone) for source in result.site.sources] == [(name, "Asia/Tokyo")]
    assert said(result) == []


@pytest.mark.parametrize("text", ['url = "http://a.example"', 'kind = "files"\npath = "articles"\ntimezone = "Mars"'])
def test_articles_are_not_read_with_a_guessed_time_zone_when_another_definition_has_their_name(tmp_path, text):
    result = loaded(tmp_path, {"sources/articles/one.txt": "", "sources/articles.toml": text})
    assert "files" not in {source.kind for source in result.site.sources}
    assert any(line.startswith("sources/articles: this folder is not read") for line in said(result))


def test_articles_that_cannot_be_reached_are_no_source(tmp_path):
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources/articles").symlink_to("x" * 300)
    assert loaded(tmp_path).site.sources == ()


def test_the_kinds_that_tagwire_has_are_known(tmp_path):
    files = {"sources/w.toml": 'url = "https://a.example/feed"', "sources/f.toml": 'kind = "files"\npath = "press"'}
    result = load(write(tmp_path, {**files, "sources/press/one.txt": "", "sources/articles/one.txt": ""}))
    assert [(source.name, source.kind) for source in result.site.sources] == [
        ("articles", "files"),
        ("f", "files"),
        ("w", "web"),
    ]
    assert said(result) == []


def test_two_sources_with_the_same_address_are_one_and_the_problem_names_both(tmp_path):
    files = {"sources/b.toml": '\nurl = "http://x.example/"', "sources/a.toml": 'url = "http://x.example"'}
    result = loaded(tmp_path, files)
    assert [source.name for source in result.site.sources] == ["a"]
    assert said(result) == [
        'sources/b.toml:2: "b" has the same address as "a" in sources/a.toml; keep one of them',
    ]


def test_hidden_files_and_other_files_are_passed_over(tmp_path):
    files = {f"sources/{name}": "nonsense" for name in (".a.toml", "a.toml~", "README.md", ".opml", "a.txt")}
    result = loaded(tmp_path, files | {"feeds/.b.toml": "nonsense"})
    assert result.site.sources == ()
    assert said(result) == []


# ---------------------------------------------------------------- feeds


def test_a_feed_is_read(tmp_path):
    text = """
        title = "Cars"
        subtitle = "All of them"
        filter = "tag:cars and not tag:rumour"
        limit = 10
        language = "en"
        author = "A"
        rights = "B"
        content = "summary"
    """
    (feed,) = loaded(tmp_path, {"feeds/汽车.toml": text}).site.feeds
    assert (feed.name, feed.title, feed.subtitle, feed.limit) == ("汽车", "Cars", "All of them", 10)
    assert (feed.language, feed.author, feed.rights, feed.content) == ("en", "A", "B", "summary")
    assert feed.filter == And((HasTag("cars"), Not(HasTag("rumour"))))
    assert feed.file == "feeds/汽车.toml"


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("", Everything()),
        ('tags = ["A"]', HasTag("A")),
        ('tags = ["A", "B", "A"]', Or((HasTag("A"), HasTag("B")))),
        ('filter = "tag:C"', HasTag("C")),
        ('tags = ["A", "B"]\nfilter = "tag:C"', And((Or((HasTag("A"), HasTag("B"))), HasTag("C")))),
    ],
)
def test_tags_are_any_of_and_the_filter_must_hold_too(tmp_path, text, chosen):
    (feed,) = loaded(tmp_path, {"feeds/a.toml": text}).site.feeds
    assert feed.filter == chosen


def test_a_former_name_belongs_to_one_feed(tmp_path):
    result = loaded(
        tmp_path,
        {
            "feeds/a.toml": 'was = ["old", "a", "older"]',
            "feeds/b.toml": 'title = "b"\nwas = ["older",\n"a"]',
            "feeds/c.toml": 'was = ["C", "old1"]',
        },
    )
    assert [feed.was for feed in result.site.feeds] == [("old", "a", "older"), ("older", "a"), ("C", "old1")]
    assert [each for each in said(result) if "feeds/" in each] == [
        'feeds/a.toml:1: was: "a" is a name of feeds/a.toml; take it out: one address leads to one feed',
        'feeds/b.toml:2: was: "older" is a name of feeds/a.toml; take it out: one address leads to one feed',
        'feeds/b.toml:3: was: "a" is a name of feeds/a.toml; take it out: one address leads to one feed',
    ]


@pytest.mark.parametrize(("public", "told"), [("", True), ('filter = "not tag:b"', False), ("private = true", False)])
def test_a_private_feed_beside_a_public_one_of_every_story_is_a_warning(tmp_path, public, told):
    result = loaded(tmp_path, {"feeds/a.toml": public, "feeds/b.toml": 'filter = "tag:b"\nprivate = true'})
    warning = (
        "feeds/b.toml:2: warning: private: feeds/a.toml is public and holds every story, those of this feed, too; "
    )
    assert [each.startswith(warning) for each in said(result) if "feeds/" in each] == [True] * told


def test_a_feed_without_a_title_has_its_name(tmp_path):
    (feed,) = loaded(tmp_path, {"feeds/cars.toml": ""}).site.feeds
    assert feed.title == "cars"


@pytest.mark.parametrize(
    "name", ["index", "Tags", "STORIES", "health", "healthz", "status", "Sources", "feed", "Style", "con"]
)
def test_names_that_are_needed_for_something_else_are_refused(tmp_path, name):
    result = loaded(tmp_path, {f"feeds/{name}.toml": ""})
    assert result.site.feeds == ()
    assert said(result) == [
        f'feeds/{name}.toml: "{name}" is a name that Tagwire or Windows needs; give the file another name'
    ]


@pytest.mark.parametrize("name", ["a", "saic-motor", "上汽", "a.b_C-1", "é", "हिन्दी"])
def test_names_have_letters_of_any_script(tmp_path, name):
    (feed,) = loaded(tmp_path, {f"feeds/{name}.toml": ""}).site.feeds
    assert feed.name == name


@pytest.mark.parametrize(("name", "better"), [("my feed", "my-feed"), ("a?b", "a-b"), ("a.", "a"), ("50%", "50-")])
def test_names_that_cannot_stand_in_an_address_are_refused(tmp_path, name, better):
    result = loaded(tmp_path, {f"feeds/{name}.toml": ""})
    assert result.site.feeds == ()
    assert f'rename it to "{better}.toml"' in said(result)[0]


def test_a_name_that_leaves_no_room_for_suffixes_is_refused(tmp_path):
    result = loaded(tmp_path, {f"feeds/{'汽' * 67}.toml": ""})
    assert result.site.feeds == ()
    assert "name is too long" in said(result)[0]


@pytest.mark.parametrize(
    ("first", "second"), [("A", "a"), ("É", "e\u0301")], ids=["in case", "in the way it is composed"]
)
def test_of_two_names_that_differ_only_in_writing_the_first_is_kept(tmp_path, first, second):
    files = {f"feeds/{first}.toml": "", f"feeds/{second}.toml": ""}
    if len(list(write(tmp_path, files).joinpath("feeds").iterdir())) == 1:
        pytest.skip("this file system takes them for one file")
    result = loaded(tmp_path)
    assert len(result.site.feeds) == 1
    assert "has the same name as feeds/" in said(result)[0]


@pytest.mark.parametrize("name", [b"a\xff.toml", b"a\nb.toml", b"a\x1b[2J.toml"])
def test_a_name_that_cannot_be_shown_is_a_problem_that_can(tmp_path, name):
    (tmp_path / "feeds").mkdir()
    Path(tmp_path, "feeds", name.decode(errors="surrogateescape")).touch()
    result = loaded(tmp_path)
    assert result.site.feeds == ()
    (line,) = said(result)
    assert line.isprintable()


# ---------------------------------------------------------------- files that are none


def test_whatever_lies_in_the_place_of_a_file_is_a_problem_and_the_rest_goes_on(tmp_path):
    import os

    write(tmp_path, {"feeds/good.toml": "", "feeds/latin.toml": 'title = "a"\ntitle = "é"'.encode("latin-1")})
    write(tmp_path, {"feeds/long.toml": "#" * 1_000_001, "feeds/mark.toml": b'\xef\xbb\xbftitle = "Mark"'})
    (tmp_path / "feeds/folder.toml").mkdir()
    (tmp_path / "feeds/dangling.toml").symlink_to("nowhere")
    (tmp_path / "feeds/endless.toml").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "feeds/pipe.toml")
    result = loaded(tmp_path)
    assert [feed.title for feed in result.site.feeds] == ["good", "Mark"]
    assert said(result) == [
        "feeds/dangling.toml: cannot be read: No such file or directory",
        "feeds/endless.toml: is not a regular file",
        "feeds/folder.toml: is a folder, not a file",
        "feeds/latin.toml:2: is not UTF-8 text; save it as UTF-8",
        "feeds/long.toml: is longer than 1 MB",
        "feeds/pipe.toml: is not a regular file",
    ]


def test_a_file_in_the_place_of_a_folder_is_a_problem(tmp_path):
    result = loaded(tmp_path, {"sources": "", "feeds/a.toml": ""})
    assert said(result) == ["sources: cannot be listed: Not a directory"]
    assert len(result.site.feeds) == 1


PIECES = r"""
    url kind tags title [tags.a] aliases filter "web" "files" path = [ ] "tag:a" ["a"] 1 true 1979-05-27 { } ''' every
    [key] self [[a]] é
"""
XML = """
    <opml> </opml> <body> <outline <outline> </outline> text="a"> xmlUrl="http://["> xmlUrl="http://a"/> <!DOCTYPE
    a [ <!ENTITY b "c"> ]> &b; &#0; <?xml?> <!-- é
"""
WORDS = [st.lists(st.sampled_from([*words.split(), "\0", "\n"])) for words in (PIECES, XML)]
TEXTS = st.one_of(WORDS).map(" ".join).map(str.encode) | st.binary(max_size=60)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
@given(data=TEXTS, file=st.sampled_from(["tagwire.toml", "sources/a.toml", "sources/a.opml", "feeds/a.toml"]))
def test_no_bytes_in_any_file_stop_the_loading(tmp_path, data, file):
    write(tmp_path, {"tagwire.toml": "", "sources/a.toml": "", "sources/a.opml": "", "feeds/a.toml": ""})
    result = loaded(tmp_path, {file: data, ".tagwire/definitions.json": data})
    assert all(line.isprintable() for line in said(result))
    remember(result)
    again = loaded(tmp_path)
    assert (again.site, [p for p in again.problems if p.file != ".tagwire/definitions.json"]) == (
        result.site,
        [p for p in result.problems if p.file != ".tagwire/definitions.json"],
    )
