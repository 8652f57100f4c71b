"""Every example in the documentation runs: commands, definitions, filters, article files, JSON."""

import json
import re
import subprocess
import tomllib
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

import manual
import sites
from tagwire import definitions
from tagwire.cli import main
from tagwire.definitions.document import Document
from tagwire.definitions.schema import checked
from tagwire.model import Source
from tagwire.sources.articlefile import parse
from tagwire.tags import filters
from tagwire.tags.checks import check_examples
from test_docs import COMMANDS, DEFINITIONS, REFERENCE, nothing


def named(examples):
    return [pytest.param(example, id=example.place) for example in examples]


# ------------------------------------------------------------ commands


@pytest.mark.parametrize(("place", "words"), [pytest.param(*call, id=call[0]) for call in manual.calls()])
def test_a_call_of_tagwire_is_understood(place, words):
    result = CliRunner().invoke(main, [*words, "--help"])

    assert result.exit_code == 0, f"{place}: {result.output}"


def test_a_command_that_is_mentioned_exists():
    nothing([f"{page}: there is no tagwire {name}" for page, name in manual.mentions() if name not in main.commands])


def test_a_call_of_dev_is_one_that_it_has():
    usage = subprocess.run(["sh", manual.ROOT / "dev", "help"], capture_output=True, text=True, check=True).stdout
    known = re.findall(r"^  (\w+) ", usage, re.MULTILINE)
    called = [(each.place, word) for each in manual.examples("sh") for word in re.findall(r"\./dev (\w+)", each.text)]

    assert {"run", "test"} <= {word for _, word in called}
    nothing([f"{place}: there is no ./dev {word}" for place, word in called if word not in known])


LINK = "https://a.example/plant"
CALLS = {
    "refresh": ("--all", "--json"),
    "status": ("--json",),
    "try": ("tag:batteries", "--json"),
    "tags": ("--json",),
    "preview": ("articles", "--json"),
    "why": (LINK, "--json"),
    "export": (),
}
"""A call of each command that prints JSON."""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    made = sites.make(tmp_path_factory.mktemp("docs") / "site")
    made.write("tagwire.toml", 'hub = "http://127.0.0.1:1/"')  # nobody is there
    made.write("sources/articles/plant.md", f"---\ntitle: A plant opens\ntags: [Batteries]\nlink: {LINK}\n---\nText.")
    made.refresh()
    return made


@pytest.mark.parametrize("command", CALLS)
def test_the_json_of_a_command_has_the_fields_that_the_reference_shows(site, command):
    section = manual.section(REFERENCE, command)
    shown = next(json.loads(each.text) for each in section.examples if each.info == ("json",))
    given = json.loads(site.run(command, *CALLS[command]).stdout.splitlines()[0])

    assert named_in(shown, given) == named_in(given, shown), section.place


def test_the_json_of_every_command_is_looked_at():
    nothing([f"{name} --json" for name, each in COMMANDS.items() if prints_json(each) and name not in CALLS])


def prints_json(command):
    return "--json" in {name for option in command.params for name in option.opts}


def named_in(value, other):
    """Give the names in a value of JSON; of lists that are empty on either side nothing can be told."""
    match value, other:
        case dict(), _:
            inside = other if isinstance(other, dict) else {}
            return {key: named_in(each, inside.get(key)) for key, each in value.items()}
        case [first, *_], [its, *_]:
            return [named_in(first, its)]
    return None


# ------------------------------------------------------------ definitions and filters


@pytest.mark.parametrize("title", DEFINITIONS)
def test_each_example_of_an_option_is_a_value_that_it_takes(title):
    model, section = DEFINITIONS[title].model, manual.section(REFERENCE, title)
    values = {}
    for name, row in section.rows().items():
        values |= tomllib.loads(f"{name} = {manual.plain(row[4])}")
    # An example of a tag has at least one text; all other tables are well with what they require.
    required = {name for name, each in model.model_fields.items() if each.is_required() or title.startswith("[[")}
    least = {name: value for name, value in values.items() if name in required}
    document = Document(section.place, "")
    for name, value in values.items():
        checked(document, {**least, name: value}, model)

    nothing([str(problem) for problem in document.problems])


@pytest.mark.parametrize("example", named(manual.examples("toml", "xml")))
def test_a_definition_loads_without_problems(tmp_path, example):
    path = re.match(r"(?:#|<!--) (\S+\.(?:toml|opml))", example.text)
    assert path, f"{example.place}: begins with no line that names its file, such as # feeds/NAME.toml"
    site = sites.make(tmp_path / "site", {"tagwire.toml": 'base_url = "https://news.example.org/"'})
    (site.root / "feeds/all.toml").unlink()  # beside a public feed of everything, none is private
    site.write(path[1], example.text)
    loaded = definitions.load(site.root)

    nothing([str(problem) for problem in loaded.problems])
    nothing([str(problem) for problem in check_examples(loaded.site.rules)])


@pytest.mark.parametrize("example", named(manual.examples("filter")))
def test_a_filter_can_be_read(example):
    for line in example.text.splitlines():
        filters.parse(line)


# ------------------------------------------------------------ article files


def article_files():
    return [
        pytest.param(example, each.after.get(example.line, []), id=example.info[1])
        for each in manual.sections("docs/articles.md")
        for example in each.examples
        if len(example.info) > 1
    ]


@pytest.mark.parametrize(("example", "table"), article_files())
def test_an_article_file_is_read_as_the_table_below_it_says(example, table):
    source = Source(name="docs", kind="files", address="docs", options=None)
    parsed = parse(example.info[1], example.text.encode(), source, datetime(2026, 3, 9, tzinfo=UTC))
    read = {name: getattr(parsed.article, name) for name, _ in table[1:]}
    told = {name: ", ".join(value) if isinstance(value, tuple) else str(value) for name, value in read.items()}

    assert parsed.warnings == ()
    assert table, f"{example.place}: wants a table of what is read"
    assert told == dict(table[1:])


def test_each_form_of_a_date_is_read():
    section = manual.section("docs/articles.md", "Dates")
    source = Source(name="docs", kind="files", address="docs", options=None)
    for written in re.split(r" {3,}|\n", section.examples[0].text.strip()):
        parsed = parse("x.txt", f"Title\n{written}\n\nText.\n".encode(), source, datetime(2026, 3, 9, tzinfo=UTC))
        assert str(parsed.article.day) == "2026-03-02", written
