"""A site as it would be with one feed's file in the place of another: what is tried out before it is in force."""

from dataclasses import replace
from pathlib import Path

from tagwire.definitions import files, lastgood
from tagwire.definitions.document import Document
from tagwire.definitions.feeds import feed_of
from tagwire.definitions.names import name_of
from tagwire.definitions.site import SETTINGS, Loaded, in_order, settings_of
from tagwire.errors import DefinitionError, Problem
from tagwire.model import Feed, Site, TagRule
from tagwire.tags import checks


def with_draft(loaded: Loaded, path: Path) -> tuple[Site, Feed]:
    """Give the site as it would be with a feed's file in the place of the one of the same name, and that feed.

    Raises:
        DefinitionError: the file is not right; last good versions are nothing to try out.

    """
    document = Document(str(path), _text(path))
    found = feed_of(document)
    if found is None:
        raise DefinitionError("cannot try", path, problems=in_order(document.problems))
    feed, drafted = found
    name = name_of(document.file)
    replaced = {other.file for other in loaded.site.feeds if other.name == name} | {f"feeds/{path.name}"}
    rules = (*(rule for rule in loaded.site.rules if rule.file not in replaced), *drafted)
    wrong = [problem for problem in checks.problems(rules) if not problem.warning]
    if wrong:
        raise DefinitionError("cannot try", path, problems=in_order(wrong))
    others = (other for other in loaded.site.feeds if other.name != name)
    return replace(loaded.site, feeds=(*others, feed), rules=rules), feed


def rules_in_force(root: Path) -> list[TagRule]:
    """Give the rules of the definitions that were in force last; none where nothing is remembered of them."""
    try:
        remembered = lastgood.recall(root)
    except ValueError:
        return []
    rules: list[TagRule] = []
    for file, text in remembered.items():
        parse = settings_of if file == SETTINGS else feed_of if file.startswith("feeds/") else None
        found = parse(Document(file, text, last_good=True)) if parse else None
        rules += found[1] if found else []
    return rules


def _text(path: Path) -> str:
    try:
        return files.text_of(path)
    except files.UnreadableError as error:
        problem = Problem(str(path), error.line, str(error), error.right)
        raise DefinitionError("cannot try", path, problems=(problem,)) from None
