"""What is wrong in a definition is said in plain words: the line, the option, and what to write."""

import pytest
from definition_kinds import loaded, said

SOURCE = "sources/a.toml"
FEED = "feeds/a.toml"
SETTINGS = "tagwire.toml"


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        (SOURCE, '\nurl = "http://a"\nurll = "x"', "3: urll is not an option; did you mean url?"),
        (SOURCE, '\nevery = "1h"', "1: url is missing; write url = "),
        (SOURCE, "url = 5", '1: url: 5 is not text in quotes; write url = "…"'),
        (SOURCE, 'url = "ftp://a"', "1: url is neither http nor https; write url = "),
        (SOURCE, 'kind = "wep"', '1: kind: "wep" is unknown; did you mean web?'),
        (SOURCE, 'kind = "telepathy"', '1: kind: "telepathy" is unknown; kinds are: web, files'),
        (SOURCE, "kind = []", '1: kind: a list is not text in quotes; write kind = "web"'),
        (SOURCE, 'kind = "files"\npath = "/etc"', "2: path starts with a slash; write it relative to sources/"),
        (SOURCE, 'kind = "files"', "1: path is missing; write path = "),
        (SOURCE, "url = \n", "1: not TOML: Invalid value at column 7; text stands in straight quotes"),
        (FEED, "limit = 0", "1: limit: 0 is out of bounds; the smallest is 1"),
        (FEED, "limit = 1001", "1: limit: 1001 is out of bounds; the largest is 1000"),
        (FEED, 'limit = "5"', '1: limit: "5" is not a whole number; write limit = 50'),
        (FEED, "limit = true", "1: limit: true is not a whole number; write limit = 50"),
        (FEED, "limit = 5.0", "1: limit: 5.0 is not a whole number; write limit = 50"),
        (FEED, "title = 1979-05-27", '1: title: 1979-05-27 is not text in quotes; write title = "…"'),
        (FEED, 'content = "ful"', '1: content: "ful" is not one of its values; did you mean full?'),
        (FEED, "content = 5", '1: content: 5 is not one of its values; write "full" or "summary"'),
        (FEED, 'was = ["b",\n"old.atom"]', '2: was: "old.atom" was no name of a feed; write it without folder'),
        (FEED, 'was = ["tags/b"]', '1: was: "tags/b" was no name of a feed; write it without folder and suffix'),
        (FEED, "tags = []", '1: tags: names no tag; write tags = ["CIIE"], or leave it out for every story'),
        (FEED, 'title = "a"\nfilter = "tag:a (tag:b"', "2: filter, column 13: found the end, expected "),
        (FEED, 'filter = """\ntag:a and\n  taag:b"""', "1: filter, its line 2, column 3: there is no field “taag”"),
        (FEED, 'filter = ""', "1: filter, column 1: found the end, expected "),
        (FEED, "filter = 5", '1: filter: 5 is not text in quotes; write filter = "tag:CIIE and not tag:rumour"'),
        (FEED, "[tags.A]\naliasses = []", "2: tags.A.aliasses is not an option; did you mean aliases?"),
        (
            FEED,
            '[tags."A B"]\naliases = [\n"x",\n""]',
            '4: tags."A B".aliases: is empty; write something between the quotes',
        ),
        (
            FEED,
            '[tags.A]\naliases = "x"',
            '2: tags.A.aliases: "x" is not a list; write tags.A.aliases = ["SAIC Motor", "上汽"]',
        ),
        (FEED, "[tags.A]\nmin_hits = 0", "2: tags.A.min_hits: 0 is out of bounds; the smallest is 1"),
        (FEED, "[tags.A]\nfields = []", '2: tags.A.fields: names no field; write fields = ["title", "summary"], '),
        (
            FEED,
            '[tags.A]\nfields = ["title",\n"body"]',
            '3: tags.A.fields: "body" is not one of its values; write "title", "summary" or "text"',
        ),
        (FEED, '[tags.A]\nbroader = ["B",\n"-"]', '3: tags.A.broader: "-" is no name for a tag; '),
        (
            FEED,
            '[[tags.A.examples]]\ntitle = "x"\nexpect = true\n[[tags.A.examples]]\ntitle = "x"',
            "4: tags.A.examples.expect is missing; write tags.A.examples.expect = true",
        ),
        (FEED, '[[tags.A.examples]]\ntitle = "x"\nexpect = 1', "3: tags.A.examples.expect: 1 is not true or false; "),
        (
            FEED,
            '\n[[tags.A.examples]]\nsummary = " "\nexpect = true',
            "2: tags.A.examples: has nothing to look for words in; give it a title, a summary or a text",
        ),
        (
            FEED,
            '[tags.A.examples]\ntitle = "x"',
            '1: tags.A.examples: a table is no list of tables; write [[tags."NAME".examples]], in double brackets',
        ),
        (FEED, '[tags."-"]', '1: tags.-: "-" is no name for a tag; '),
        (FEED, "[tags]\nA = 5", "2: tags.A: 5 is not a table; write tags.A = { NAME = "),
        (
            SETTINGS,
            'timezone = "CST"',
            '1: timezone: "CST" is no time zone; write a name such as "Asia/Shanghai" or "UTC"',
        ),
        (SETTINGS, "tags = []", "1: tags: a list is not a table; write tags = { NAME = "),
        (SETTINGS, 'base_url = "example.org"', '1: base_url: "example.org" is no http or https address; write where'),
        (
            SETTINGS,
            'base_url = "https://a/?x"',
            "1: base_url: a base address has no user name, no ? and no #; write where",
        ),
        (SETTINGS, 'base_url = "https://u:p@a/"', "1: base_url: a base address has no user name"),
        (SETTINGS, 'base_url = "http://[::1"', '1: base_url: "http://[::1" is no http or https address'),
        (SETTINGS, 'base_url = "http://a b/"', '1: base_url: "http://a b/" is no http or https address'),
        (
            SETTINGS,
            'database = "tagwire.db"',
            "1: database: is no SQLAlchemy address; write something like database = ",
        ),
    ],
)
def test_a_problem_names_the_line_the_option_and_what_to_write(tmp_path, file, text, expected):
    result = loaded(tmp_path, {file: text})
    assert len(said(result)) == 1
    assert said(result)[0].startswith(f"{file}:{expected}")
    assert result.site.sources == result.site.feeds == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("_url = 1", "2: _url is not an option; did you mean url?"),
        ("model_config = 1", "2: model_config is not an option; options are: kind, title, "),
        ('"[key]" = 1', '2: "[key]" is not an option; '),
        ('allow_private = "yes"', '2: allow_private: "yes" is not true or false; write allow_p'),
        ('headers = "x"', '2: headers: "x" is not a list; write headers = ["…"]'),
        ('headers = [\n"x",\n1]', '4: headers: 1 is not text in quotes; write headers = ["…"]'),
        ("every = 15", '2: every: 15 is no span of time; write a number and s, m, h, d or w: every = "15m", or "auto"'),
        ('every = "soon"', '2: every: "soon" is no span of time; '),
        ('every = "0s"', '2: every: "0s" is out of bounds; write something from "1s" to "366d", or "auto"'),
        ('every = "999999w"', '2: every: "999999w" is out of bounds; '),
        ('cron = "0 7"', '2: cron: "0 7" is no cron expression (it has 2 fields); write minute'),
        ('cron = "0 0 30 2 *"', '2: cron: "0 0 30 2 *" is no cron expression (Bad day-of-month)'),
        ('cron = "* * * * * *"', "2: cron: "),
        ('every = "1h"\ncron = "0 7 * * *"', "3: every and cron say both when to visit; keep one"),
        ('timezone = "Asia/Shangai"', '2: timezone: "Asia/Shangai" is no time zone; did you mean Asia/Shanghai?'),
        ('timezone = "Asia"', '2: timezone: "Asia" is no time zone; '),
        ('timezone = "../../etc/passwd"', "2: timezone: "),
        ('language = "zh_CN"', '2: language: "zh_CN" is no language code; did you mean zh-CN?'),
        ('language = "english"', '2: language: "english" is no language code; write a code such as'),
        ('tags = "Cars"', '2: tags: "Cars" is not a list; write tags = ["CIIE"]'),
        ('tags = ["Cars",\n" "]', '3: tags: " " is no name for a tag; '),
    ],
)
def test_a_problem_with_an_option_of_a_source_names_it_too(tmp_path, text, expected):
    result = loaded(tmp_path, {SOURCE: f'url = "http://a"\n{text}'})
    assert len(said(result)) == 1
    assert said(result)[0].startswith(f"{SOURCE}:{expected}")
    assert result.site.sources == ()


def test_every_problem_of_every_file_is_told_at_once_by_file_and_line(tmp_path):
    files = {
        "tagwire.toml": 'titel = "x"\ntimezone = "Mars"',
        "sources/a.toml": 'every = "x"\nkind = "wep"\ntags = 1\n',
        "feeds/b.toml": 'titel = "x"\nlimit = 0\nfilter = "("\n[tags.a]\naliases = 1',
        "feeds/a.toml": "x",
    }
    places = [line.split(": ")[0] for line in said(loaded(tmp_path, files))]
    assert places == [
        "feeds/a.toml:1",
        *(f"feeds/b.toml:{line}" for line in (1, 2, 3, 5)),
        *(f"sources/a.toml:{line}" for line in (1, 2, 3)),
        *(f"tagwire.toml:{line}" for line in (1, 2)),
    ]


def test_tags_to_publish_and_a_vocabulary_in_one_file_are_explained(tmp_path):
    text = 'tags = ["A"]\n\n[tags."A"]\naliases = ["x"]'
    lines = said(loaded(tmp_path, {FEED: text}))
    assert (
        f"{FEED}:3: tags is both a list and a table here; write filter = 'tag:\"NAME\"' in place of the list" in lines
    )


def test_a_password_in_a_database_address_is_not_shown(tmp_path):
    assert "secret" not in " ".join(said(loaded(tmp_path, {SETTINGS: 'database = "//u:secret@host"'})))


def test_long_and_unprintable_values_are_shown_short_and_on_one_line(tmp_path):
    (line,) = said(loaded(tmp_path, {SETTINGS: 'timezone = "\\u001b[2J\\n' + "x" * 5000 + '"'}))
    assert line.isprintable()
    assert len(line) < 200


def test_no_problem_carries_what_steers_a_terminal(tmp_path):
    text = 'filter = "tag:\\u009b2J:/x/ (\\u001b[2J"\n[tags."a\\u009b"]\naliases = ["的"]'
    lines = said(loaded(tmp_path, {FEED: text, "feeds/b.toml": '[tags."a\\u009b"]\naliases = ["的"]'}))
    assert len(lines) > 1
    assert all(line.isprintable() for line in lines)
