"""Tags: the rules that earn them, and the reasons why they were earned."""

from dataclasses import dataclass
from enum import StrEnum


def tag_key(name: str) -> str:
    """Give the form in which tags compare: case-folded, blanks and underscores as one hyphen."""
    return "-".join(name.casefold().replace("_", " ").replace("-", " ").split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """What a tag's rule is expected to do with a piece of text, as its author wrote it down."""

    title: str = ""
    summary: str = ""
    text: str = ""
    expect: bool = True
    """Whether it should earn the tag."""
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TagRule:
    """One ``[tags."NAME"]`` table of the vocabulary: the words that earn the tag."""

    name: str
    aliases: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()
    """Aliases that count only where one of `context` stands in title, summary or text too."""
    context: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    """Phrases that are passed over, with every alias in them."""
    broader: tuple[str, ...] = ()
    """The tags that an article carries because it carries this one."""
    fields: tuple[str, ...] = ("title", "summary", "text")
    """Where aliases are looked for; context is looked for everywhere."""
    min_hits: int = 1
    """How often aliases must stand in the text alone; in title and summary once is enough."""
    examples: tuple[Example, ...] = ()
    file: str = ""
    line: int | None = None


class Origin(StrEnum):
    """Where an article's tag comes from."""

    GIVEN = "given"
    SOURCE = "source"
    EARNED = "earned"


@dataclass(frozen=True, slots=True, order=True)
class TagReason:
    """A tag that an article carries, and why."""

    tag: str
    origin: Origin
    reason: str
