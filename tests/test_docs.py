"""The reference names what the code has, and nothing else: commands, options, fields, formats, limits.

Each failure names the file, the section and the row that it wants.
"""

import json
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any, get_args, get_origin

import click
import pytest
from pydantic import TypeAdapter

import manual
from tagwire import errors
from tagwire.cli import main
from tagwire.definitions.schema import FeedTable, SiteTable, SourceTable, Table, with_options
from tagwire.output import FORMATS
from tagwire.server import mediatypes
from tagwire.sources import kinds
from tagwire.sources.articlefile import SUFFIXES
from tagwire.sources.articlelines import FIELDS
from tagwire.sources.limits import Limits
from tagwire.sources.schedule import spell
from tagwire.tags import fields as filter_fields
from tagwire.tags import filters, patterns

REFERENCE = "docs/reference.md"


def differences(place, wanted, found):
    """Say which rows a section lacks, and which it has for something that is not there.

    `wanted` gives the row to write for each name.
    """
    lacking = [f"{place}: wants the row  {row}" for name, row in wanted.items() if name not in found]
    strange = [f"{place}: there is no {name}; take its row out" for name in found if name not in wanted]
    return lacking + strange


def nothing(found):
    """Fail with every line that was found, in full."""
    assert not found, "\n" + "\n".join(found)


# ------------------------------------------------------------ commands


def all_commands(group=main, path=""):
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from all_commands(command, f"{path}{name} ")
        elif not command.hidden:
            yield path + name, command


COMMANDS = {"tagwire": main, **dict(all_commands())}


def options_of(command):
    options = [each for each in command.get_params(click.Context(command)) if isinstance(each, click.Option)]
    return [each for each in options if not each.hidden and (command is main or "--help" not in each.opts)]


def name_of(option):
    return max(option.opts, key=len)


@pytest.mark.parametrize("name", COMMANDS)
def test_each_option_of_a_command_is_in_the_reference_and_no_other(name):
    section = manual.section(REFERENCE, name)
    wanted, defaults = {}, {}
    for each in options_of(COMMANDS[name]):
        option = name_of(each)
        defaults[option] = "" if each.is_flag or each.default is None else f"`{each.default}`"
        wanted[option] = f"| `{option}` | {defaults[option]} | {each.help} |"
    found = section.rows()

    nothing(differences(section.place, wanted, found))
    for option, row in found.items():
        assert row[1] == defaults[option], f"{section.place}: wants {defaults[option]} as the default of {option}"


@pytest.mark.parametrize("name", COMMANDS)
def test_the_usage_of_a_command_names_its_arguments_and_options(name):
    command, section = COMMANDS[name], manual.section(REFERENCE, name)
    arguments = [each for each in command.params if isinstance(each, click.Argument)]
    words = [each.make_metavar(click.Context(command)).strip("[]") for each in arguments]
    words += [name_of(each) for each in options_of(command)] if command is not main else ["--site"]
    usage = section.examples[0].text

    nothing([f"{section.place}: its usage lacks {word}" for word in words if word not in usage])


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_and_option_has_help(name):
    assert COMMANDS[name].help
    assert [each.opts for each in options_of(COMMANDS[name]) if not each.help] == []


def test_the_reference_has_no_section_for_a_command_that_is_not_there():
    titles = manual.chapter(REFERENCE, "Commands")

    nothing([f"{REFERENCE}: take out the section {title}" for title in titles if title not in COMMANDS])


def test_the_readme_names_exactly_the_commands_in_their_order():
    section = manual.section("README.md", "Commands")
    wanted = {name.split(" ")[0]: f"| `{name}` | {each.get_short_help_str(80)} |" for name, each in all_commands()}
    found = [name.split(" ")[0] for name in section.rows()]

    nothing(differences(section.place, wanted, found))
    assert found == list(wanted)


# ------------------------------------------------------------ definitions


@dataclass(frozen=True)
class Options:
    """The options of one table of a definition: some fields of a model."""

    model: type[Table]
    names: tuple[str, ...]


def inner_table(annotation: Any) -> type[Table] | None:
    if isinstance(annotation, type) and issubclass(annotation, Table):
        return annotation
    return next(filter(None, map(inner_table, get_args(annotation))), None)


def inner_tables(model, path=""):
    """Give the tables within a table, by the headings that TOML has for them."""
    for name, each in model.model_fields.items():
        if inner := inner_table(each.annotation):
            inside = f"{path}{name}" + ('."NAME"' if get_origin(each.annotation) is dict else "")
            yield (f"[[{inside}]]" if get_origin(each.annotation) is list else f"[{inside}]"), own_options(inner)
            yield from inner_tables(inner, f"{inside}.")


def own_options(model, inherited=()):
    names = (name for name, each in model.model_fields.items() if not inner_table(each.annotation))
    return Options(model, tuple(name for name in names if name not in inherited))


def definitions():
    files = {"tagwire.toml": SiteTable, "feeds/NAME.toml": FeedTable, "sources/NAME.toml": SourceTable}
    found = {title: own_options(model) for title, model in files.items()}
    for name, kind in kinds().items():
        found[f'kind = "{name}"'] = own_options(with_options(name, kind.options), SourceTable.model_fields)
    for model in files.values():
        found |= dict(inner_tables(model))
    return found


DEFINITIONS = definitions()
TYPES = {
    "string": "text", "integer": "number", "number": "number", "boolean": "true or false", "array": "list",
    "object": "table",
}  # fmt: skip


def type_of(field):
    schema = TypeAdapter(field.annotation).json_schema()
    schema = next((each for each in schema.get("anyOf", ()) if each.get("type") != "null"), schema)
    return TYPES[schema["type"]]


def default_of(field):
    """Give what the column says; empty: there is nothing that could be written down, and the words are free."""
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    return f"`{json.dumps(value, ensure_ascii=False)}`" if value not in (None, "", [], {}, ()) else ""


@pytest.mark.parametrize("title", DEFINITIONS)
def test_each_option_of_a_definition_is_in_the_reference_and_no_other(title):
    options, section = DEFINITIONS[title], manual.section(REFERENCE, title)
    model = options.model.model_fields
    types = {name: type_of(model[name]) for name in options.names}
    defaults = {name: default_of(model[name]) for name in options.names}
    wanted = {name: f"| `{name}` | {types[name]} | {defaults[name]} | {{means}} | {{example}} |" for name in types}
    found = section.rows()

    nothing(differences(section.place, wanted, found))
    for name, row in found.items():
        assert row[1].startswith(types[name]), f"{section.place}: wants {types[name]} as the type of {name}"
        assert defaults[name] in {"", row[2]}, f"{section.place}: wants {defaults[name]} as the default of {name}"


def test_the_reference_has_no_section_for_a_definition_that_is_not_there():
    titles = manual.chapter(REFERENCE, "Definition files")

    nothing([f"{REFERENCE}: take out the section {title}" for title in titles if title not in DEFINITIONS])


@pytest.mark.parametrize("name", kinds())
def test_the_reference_says_how_often_a_kind_is_visited(name):
    section, every = manual.section(REFERENCE, f'kind = "{name}"'), kinds()[name].every
    if every is None:
        words = "as often as it brings something new"
    else:
        words = f"every {spell(every)}" if every else "at every pass"

    assert f"`{words}`" in section.text, f"{section.place}: wants the words `{words}`"


# ------------------------------------------------------------ filters, formats, exit codes, limits


def test_the_table_of_fields_is_the_one_that_the_code_makes():
    table = filter_fields.reference()

    assert table in manual.text(REFERENCE), f"{REFERENCE}, The filter language: wants the table\n{table}"


def test_the_formats_of_the_reference_are_those_that_there_are():
    section = manual.section(REFERENCE, "Formats")
    wanted = {each.name: f"| {each.name} | `{each.suffix}` | `{each.media_type}` |" for each in FORMATS}
    found = {name: f"| {' | '.join(row)} |" for name, row in section.rows().items()}

    nothing(differences(section.place, wanted, found))
    nothing([f"{section.place}: wants the row  {wanted[name]}" for name in found if found[name] != wanted[name]])


@pytest.mark.parametrize("page", [REFERENCE, "docs/running.md"])
def test_the_exit_codes_are_those_that_there_are(page):
    codes = {0, *(each.exit_code for each in vars(errors).values() if hasattr(each, "exit_code"))}

    assert sorted(manual.section(page, "Exit codes").rows()) == sorted(map(str, codes))


def test_the_limits_of_web_sources_are_those_that_there_are():
    section = manual.section("docs/safety.md", "Limits")
    values = {each.name: measured(each.name, each.default) for each in fields(Limits)}
    wanted = {name: f"| {{what}} | {value} | `{name}` |" for name, value in values.items()}
    found = {row[2].strip("`"): row[1] for row in section.tables[0][1:]}

    nothing(differences(section.place, wanted, found))
    nothing([f"{section.place}: wants the row  {wanted[name]}" for name in found if found[name] != values[name]])


def measured(name, value):
    """Write a limit with its unit: spans in seconds or days, sizes in bytes, all others are numbers."""
    if isinstance(value, timedelta):
        return f"{value.days} days"
    if name.endswith(("_bytes", "_memory")):
        units = ((1024**3, "GiB"), (10**6, "MB"), (1024, "KiB"))
        return next(f"{value // size} {unit}" for size, unit in units if value % size == 0)
    return f"{value:g} s" if Limits.__annotations__[name] is float else f"{value:,}"


def test_the_limits_of_filters_are_those_that_there_are():
    found = manual.section(REFERENCE, "Limits").rows()

    assert found["a filter"][1].startswith(f"{filters.LONGEST:,} characters, {filters.DEEPEST} brackets")
    assert found["a regular expression"][1] == f"{patterns.LONGEST} characters"


@pytest.mark.parametrize("path", ["docs/deploy/nginx.conf", "docs/deploy/Caddyfile"])
def test_the_policy_for_another_web_server_is_the_one_of_ours(path):
    policy = mediatypes.POLICY

    assert f'"{policy}"' in manual.text(path), f"{path}: wants the policy {policy}"


# ------------------------------------------------------------ article files


def test_the_labels_of_article_files_are_those_that_there_are():
    section = manual.section("docs/articles.md", "Labels")
    found = {(name, each) for table in section.tables for name, labels in table[1:] for each in labels.split(", ")}
    wanted = {(name, f"`{label}`") for label, name in FIELDS.items()}

    nothing([f"{section.place}: wants {label} in the row of {name}" for name, label in sorted(wanted - found)])
    nothing([f"{section.place}: {label} is no {name}; take it out" for name, label in sorted(found - wanted)])


def test_every_suffix_of_article_files_is_named():
    section = manual.section("docs/articles.md", "Which files are read")

    nothing([f"{section.place}: wants {suffix}" for suffix in sorted(SUFFIXES) if f"`{suffix}`" not in section.text])
