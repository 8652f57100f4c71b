"""Reads ``feeds/NAME.toml``: a feed, and the vocabulary that may stand in its file."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tagwire.definitions.document import Document, Where, shown
from tagwire.definitions.names import RESERVED, is_usable, name_of
from tagwire.definitions.schema import FeedTable, Vocabulary, checked
from tagwire.definitions.vocabulary import rules_of
from tagwire.errors import Problem
from tagwire.model import And, Everything, Feed, Filter, HasTag, Or, TagRule


def feed_of(document: Document) -> tuple[Feed, list[TagRule]] | None:
    """Give the feed and the rules of a file; None if anything in it is wrong."""
    usable = is_usable(document, RESERVED)
    table = document.table()
    if table is None:
        _explain_two_meanings(document)
        return None
    words, options = _parted(table)
    vocabulary = checked(document, words, Vocabulary)
    values = checked(document, options, FeedTable)
    written = _written(document, options.get("filter"))
    if not (usable and vocabulary and values and written):
        return None
    name = name_of(document.file)
    feed = Feed(
        name=name,
        title=values.title or name,
        filter=_both(_any_of(values.tags), written),
        subtitle=values.subtitle,
        limit=values.limit,
        language=values.language,
        author=values.author,
        rights=values.rights,
        image=values.image,
        content=values.content,
        formats=tuple(dict.fromkeys(values.formats)),
        retain=values.retain,
        was=tuple(dict.fromkeys(values.was)),
        private=values.private,
        file=document.file,
    )
    return feed, rules_of(document, vocabulary.tags)


def asked(document: Document) -> Iterator[tuple[Where, Filter]]:
    """Give each place of a feed's file that chooses stories, and what it chooses."""
    table = document.table()
    values = None if table is None else checked(document, _parted(table)[1], FeedTable)
    if values is None:
        return
    for position, tag in enumerate(values.tags):
        yield ("tags", position), HasTag(tag)
    if written := _written(document, values.filter):
        yield ("filter",), written


def claims(feeds: Sequence[Feed], texts: Mapping[str, str]) -> Iterator[Problem]:
    """Give a problem for each former name that another feed has, or that another feed gives as its own."""
    taken = {feed.name: feed.file for feed in feeds}
    for feed in feeds:
        for position, name in enumerate(feed.was):
            owner = taken.setdefault(name, feed.file)
            if owner != feed.file or name == feed.name:
                what = f"was: {shown(name)} is a name of {owner}"
                line = Document(feed.file, texts[feed.file]).line(("was", position))
                yield Problem(feed.file, line, what, "take it out: one address leads to one feed")


def told_anyway(feeds: Sequence[Feed], texts: Mapping[str, str]) -> Iterator[Problem]:
    """Give a warning for each private feed whose stories are for all, because a public one holds every story."""
    public = next((feed for feed in feeds if not feed.private and isinstance(feed.filter, Everything)), None)
    for feed in feeds:
        if public and feed.private:
            what = f"private: {public.file} is public and holds every story, those of this feed, too"
            line = Document(feed.file, texts[feed.file]).line(("private",))
            yield Problem(feed.file, line, what, "give that one a filter that leaves them out", warning=True)


def _parted(table: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Part vocabulary and options: ``tags`` is a list of the tags to publish, or holds the ``[tags."NAME"]`` tables."""
    tags = table.get("tags")
    if not isinstance(tags, dict):
        return {}, table
    return {"tags": tags}, {name: value for name, value in table.items() if name != "tags"}


def _explain_two_meanings(document: Document) -> None:
    """Help where ``tags = [..]`` and ``[tags."NAME"]`` meet, which TOML takes for one name used twice."""
    lines = [line.strip() for line in document.text.split("\n")]
    tables = [number for number, line in enumerate(lines, 1) if line.replace(" ", "").startswith("[tags.")]
    if tables and any(line.replace(" ", "").startswith("tags=") for line in lines):
        what = "tags is both a list and a table here"
        document.report(tables[0], what, "write filter = 'tag:\"NAME\"' in place of the list")


def _written(document: Document, text: object) -> Filter | None:
    """Read ``filter``; None if it is wrong. Without one, everything is chosen."""
    from tagwire.tags.filters import FilterError, parse

    if not isinstance(text, str):
        return Everything()
    try:
        return parse(text)
    except FilterError as error:
        what = str(error).removeprefix(f"column {error.column}: ")
        document.report(("filter",), f"filter, {_place(text, error.column)}: {what}")
        return None


def _place(text: str, column: int) -> str:
    """Name a place in a filter as an editor counts it: by lines where there are several."""
    *above, line = text[: column - 1].split("\n")
    return f"its line {len(above) + 1}, column {len(line) + 1}" if "\n" in text else f"column {column}"


def _any_of(tags: list[str]) -> Filter:
    parts = tuple(HasTag(tag) for tag in dict.fromkeys(tags))
    if not parts:
        return Everything()
    return parts[0] if len(parts) == 1 else Or(parts)


def _both(first: Filter, second: Filter) -> Filter:
    if isinstance(first, Everything):
        return second
    return first if isinstance(second, Everything) else And((first, second))
