"""Loads a site: every file of the user, every problem at once, and the last good version of what is broken."""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from tagwire.definitions import files, lastgood, names, vocabulary
from tagwire.definitions.document import Document, printable, shown
from tagwire.definitions.feeds import claims, feed_of, told_anyway
from tagwire.definitions.schema import SiteTable, checked
from tagwire.definitions.sources import ARTICLES, SourceReader, apart
from tagwire.errors import DefinitionError, Problem
from tagwire.model import Face, Feed, Mode, Site, Source, TagFeeds, TagRule
from tagwire.sources import Kind
from tagwire.tags import checks

SETTINGS = "tagwire.toml"

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A site, and what is wrong in its files."""

    site: Site
    """Everything that is right, and the last good version of what is broken."""
    problems: tuple[Problem, ...]
    """By file and line."""
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The last good text of each file, for `remember`."""
    guessed: bool = False
    """Whether ``tagwire.toml`` is broken and no good version of it is known.

    Time zone, database and addresses of the site are defaults then. What is stored under them would stay wrong
    after the file is mended, so nothing should be.
    """

    def trusted(self) -> Site:
        """Give the site to work on.

        Raises:
            DefinitionError: what would be stored now would stay wrong, because ``tagwire.toml`` was never right.

        """
        if self.guessed:
            why = "nothing is stored until it is mended, because its time zone and addresses would stay wrong"
            raise DefinitionError(f"{SETTINGS} is broken", self.site.root, why)
        return self.site


def is_site(root: Path) -> bool:
    """Tell whether a folder is a site: it holds ``sources/``, ``feeds/`` or ``tagwire.toml``."""
    try:
        return any((root / name).exists() for name in ("sources", "feeds", SETTINGS))
    except (OSError, ValueError):
        return False


def load(root: Path, kinds: Mapping[str, Kind] | None = None) -> Loaded:
    """Load a site; reads files and writes nothing.

    Raises:
        DefinitionError: there is no site. Whatever else is wrong is a problem of what is loaded.

    """
    if not is_site(root):
        raise DefinitionError("no site", root, "it has no sources/, feeds/ or tagwire.toml; tagwire init makes them")
    if kinds is None:
        from tagwire.sources import kinds as every_kind

        kinds = every_kind()
    return _Loader(root.resolve(), kinds).load()


def remember(loaded: Loaded) -> None:
    """Keep what is good as the version that stays in force while a file is broken; never raises."""
    lastgood.remember(loaded.site.root, loaded.texts)


class _Loader:
    """One loading of a site: collects problems and good texts on its way through the files."""

    def __init__(self, root: Path, kinds: Mapping[str, Kind]) -> None:
        self.root = root
        self.kinds = kinds
        self.problems: list[Problem] = []
        self.texts: dict[str, str] = {}
        self.remembered: dict[str, str] = {}

    def load(self) -> Loaded:
        self._recall()
        settings = self._settings()
        table, site_rules = settings or (SiteTable(), [])
        sources = self._sources(table.timezone)
        feeds, feed_rules = self._feeds()
        rules = [*site_rules, *feed_rules]
        self.problems += checks.problems(rules)
        site = Site(
            root=self.root,
            face=Face(
                title=table.title,
                base_url=table.base_url,
                author=table.author,
                language=table.language,
                timezone=table.timezone,
                hub=table.hub,
            ),
            timezone=table.timezone,
            database=table.database,
            contact=table.contact,
            proxy=table.proxy,
            matching=Mode(table.matching),
            sources=tuple(sources),
            feeds=tuple(feeds),
            tag_feeds=TagFeeds(enabled=table.tag_feeds.enabled, least=table.tag_feeds.least),
            rules=tuple(self._without_circles(rules)),
        )
        return Loaded(site, in_order(self.problems), self.texts, guessed=settings is None)

    def _recall(self) -> None:
        try:
            self.remembered = lastgood.recall(self.root)
        except ValueError as error:
            what = f"cannot be read, so that broken files have no last good version: {error}"
            self.problems.append(Problem(lastgood.FILE, None, what, "it is made anew by itself", warning=True))

    def _settings(self) -> tuple[SiteTable, list[TagRule]] | None:
        """Read ``tagwire.toml``; None if it is broken and always was."""
        there = os.path.lexists(self.root / SETTINGS)
        settings = self._read(SETTINGS, settings_of) if there else (SiteTable(), [])
        if settings and "base_url" not in settings[0].model_fields_set:
            what = f"base_url is not set: addresses in feeds begin with {settings[0].base_url}"
            right = 'write where output/ is served: base_url = "https://example.org/feeds/"'
            self.problems.append(Problem(SETTINGS, None, what, right, warning=True))
        return settings

    def _sources(self, timezone: str) -> list[Source]:
        reader = SourceReader(self.root / "sources", self.kinds, timezone)
        defined, lists = self._listed("sources")
        found = [each for file in defined if (each := self._read(file, reader.defined))]
        own_names = {names.name_of(file).casefold() for file in defined}
        taken = own_names | {ARTICLES}
        for file in lists:
            found += self._read(file, lambda document: reader.subscribed(document, taken)) or []
        if articles := reader.articles(found):
            if ARTICLES in own_names:  # perhaps broken, and meant for this folder: its time zone is not known then
                what = "this folder is not read: the definition that has its name does not read it"
                right = f'write kind = "files" and path = "{ARTICLES}" there, or give it another name'
                self.problems.append(Problem(f"sources/{ARTICLES}", None, what, right))
            else:
                found.append(articles)
        return apart(found, self.problems)

    def _feeds(self) -> tuple[list[Feed], list[TagRule]]:
        defined, _ = self._listed("feeds")
        found = [each for file in defined if (each := self._read(file, feed_of))]
        feeds = [feed for feed, _ in found]
        self.problems += [*claims(feeds, self.texts), *told_anyway(feeds, self.texts)]
        return feeds, [rule for _, rules in found for rule in rules]

    def _without_circles(self, rules: list[TagRule]) -> list[TagRule]:
        """Let tags that are broader than themselves have the broader ones of the last good version, else none."""
        before: list[TagRule] = []
        for file in {rule.file for rule in vocabulary.circling(rules)} & self.remembered.keys():
            self.texts[file] = self.remembered[file]  # stays the last good one
            found = (settings_of if file == SETTINGS else feed_of)(Document(file, self.texts[file]))
            before += found[1] if found else []
        kept = vocabulary.without_circles(rules, before)
        for rule, now in zip(rules, kept, strict=True):
            if now.broader != rule.broader:
                what = (
                    f"until that is mended, the broader tags of “{rule.name}” are: {', '.join(now.broader) or 'none'}"
                )
                self.problems.append(Problem(rule.file, rule.line, what, warning=True))
        return kept

    def _listed(self, folder: str) -> tuple[list[str], list[str]]:
        """Give a folder's definitions, each name once, and its lists of subscriptions."""
        try:
            found = files.listed(self.root, folder)
        except files.UnreadableError as error:  # what was there before is not known to be gone
            self._unreadable(folder, error)
            found = [file for file in self.remembered if file.startswith(f"{folder}/")]
        for file in found:
            if not file.isprintable():  # not UTF-8, or with a line break in it: not to be shown as it is
                what = "its name has characters that cannot be shown"
                self.problems.append(Problem(shown(file).strip('"'), None, what, "give it another name"))
        found = [file for file in found if file.isprintable()]
        definitions = [file for file in found if file.casefold().endswith(".toml")]
        return names.once(definitions, self.problems), [file for file in found if file.casefold().endswith(".opml")]

    def _read(self, file: str, parse: Callable[[Document], _T | None]) -> _T | None:
        """Give what a file defines, else what its last good version defined."""
        try:
            document = Document(file, files.text_of(self.root / file))
        except files.UnreadableError as error:
            self._unreadable(file, error)
            return self._last_good(file, parse)
        found = parse(document)
        self.problems += document.problems
        if found is None:
            return self._last_good(file, parse)
        self.texts[file] = document.text
        return found

    def _unreadable(self, file: str, error: files.UnreadableError) -> None:
        self.problems.append(Problem(file, error.line, str(error), error.right))

    def _last_good(self, file: str, parse: Callable[[Document], _T | None]) -> _T | None:
        text = self.remembered.get(file)
        if text is None:
            return None
        self.texts[file] = text
        found = parse(Document(file, text, last_good=True))
        if found is not None:
            self.problems.append(Problem(file, None, "its last good version stays in force", warning=True))
        return found


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Give problems by file and line, fit to be shown whatever they quote."""
    fit = (replace(each, what=printable(each.what), right=printable(each.right)) for each in problems)
    return tuple(sorted(fit, key=lambda problem: (problem.file, problem.line or 0, problem.what)))


def settings_of(document: Document) -> tuple[SiteTable, list[TagRule]] | None:
    """Give what ``tagwire.toml`` says, and the vocabulary in it; None if anything in it is wrong."""
    table = document.table()
    settings = None if table is None else checked(document, table, SiteTable)
    return None if settings is None else (settings, vocabulary.rules_of(document, settings.tags))
