"""Reads what is in ``sources/``: definitions, lists of subscriptions, and the folder of article files."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from tagwire.definitions import opml
from tagwire.definitions.document import Document, Where, did_you_mean, shown
from tagwire.definitions.files import is_folder
from tagwire.definitions.names import is_usable, name_of
from tagwire.definitions.schema import SourceTable, checked, with_options
from tagwire.errors import Problem
from tagwire.model import Mode, Source
from tagwire.sources import Kind

ARTICLES = "articles"
"""The folder of article files that is read without any definition."""


@dataclass(frozen=True, slots=True)
class Found:
    """A source, and where its address is written."""

    source: Source
    document: Document
    where: Where
    listed: bool = False
    """Whether it comes from a list, where a definition of its own goes before it."""


class SourceReader:
    """Makes sources of files, with the kinds and the time zone of one site."""

    def __init__(self, home: Path, kinds: Mapping[str, Kind], timezone: str) -> None:
        """Prepare the model of each kind once, for all its sources."""
        self._home = home
        self._kinds = kinds
        self._timezone = timezone
        self._models = {name: with_options(name, kind.options) for name, kind in kinds.items()}

    def defined(self, document: Document) -> Found | None:
        """Give the source of ``NAME.toml``; None if anything in it is wrong."""
        usable = is_usable(document)
        table = document.table()
        source = None if table is None else self._source(document, name_of(document.file), table)
        if source is None or table is None or not usable:
            return None
        written = [option.name for option in fields(source.options) if option.name in table]
        return Found(source, document, (written[0],) if written else None)

    def subscribed(self, document: Document, taken: set[str]) -> list[Found] | None:
        """Give the sources of a list of subscriptions; those that are wrong are left out, each with its problem.

        None if it is no list. `taken` holds the case-folded names that are in use, and takes in the new ones.
        """
        outlines = opml.outlines(document)
        if outlines is None:
            return None
        found = []
        for outline in outlines:
            name = opml.name_of(outline.url, taken)
            table = {"url": outline.url, "title": outline.title, "tags": list(outline.folders)}
            if outline.language:
                table["language"] = outline.language
            part = Document(document.file, "")
            if source := self._source(part, name, table):
                taken.add(name.casefold())
                found.append(Found(source, document, outline.line, listed=True))
            document.problems += [replace(problem, line=outline.line) for problem in part.problems]
        return found

    def articles(self, found: list[Found]) -> Found | None:
        """Give the source for the folder of article files, if it is there and nothing that was found reads it."""
        if not is_folder(self._home / ARTICLES):
            return None
        document = Document("", "")
        source = self._source(document, ARTICLES, {"kind": "files", "path": ARTICLES})
        if source is None or any(each.source.address == source.address for each in found):
            return None
        return Found(source, document, None)

    def _source(self, document: Document, name: str, table: dict[str, Any]) -> Source | None:
        values = self._values(document, table)
        twice = "every" in table and "cron" in table
        if twice:
            document.report(("cron",), "every and cron say both when to visit", "keep one of them")
        if values is None or twice:
            return None
        kind = self._kinds[values.kind]
        try:
            options = kind.options(**{each.name: getattr(values, each.name) for each in fields(kind.options)})
            address = kind.address(options, self._home)
        except ValueError as error:
            what, _, right = str(error).partition("; ")
            document.report((_meant(what, table),), what, right)
            return None
        return Source(
            name=name,
            kind=values.kind,
            address=address,
            options=options,
            home=self._home,
            tags=tuple(values.tags),
            title=values.title,
            language=values.language,
            timezone=values.timezone or self._timezone,
            every=values.every,
            priority=values.priority,
            matching=Mode(values.matching),
            cron=values.cron,
            file=document.file,
        )

    def _values(self, document: Document, table: dict[str, Any]) -> SourceTable | None:
        """Check a table against its kind; of an unknown kind only what every source has can be checked."""
        kind = table.get("kind", "web")
        if isinstance(kind, str) and kind in self._models:
            return checked(document, table, self._models[kind])
        if isinstance(kind, str):
            right = did_you_mean(kind, self._kinds) or "kinds are: " + ", ".join(self._kinds)
            document.report(("kind",), f"kind: {shown(kind)} is unknown", right)
        checked(document, {name: table[name] for name in SourceTable.model_fields if name in table}, SourceTable)
        return None


def _meant(what: str, table: dict[str, Any]) -> str:
    """Give the option that a kind's message begins with, else the first of the table."""
    return next((name for name in table if what.startswith(name)), next(iter(table), ""))


def apart(found: list[Found], problems: list[Problem]) -> list[Source]:
    """Give the sources by name, of those with the same address only the first; definitions go before lists."""
    first: dict[str, Source] = {}
    for each in sorted(found, key=lambda each: (each.listed, each.source.name.casefold(), each.source.name)):
        source = each.source
        kept = first.setdefault(source.address, source)
        if kept is not source:
            what = f"{shown(source.name)} has the same address as {shown(kept.name)} in {kept.file}"
            problems.append(Problem(source.file, each.document.line(each.where), what, "keep one of them"))
    return sorted(first.values(), key=lambda source: (source.name.casefold(), source.name))
