"""Article files made of lines: plain text as it is saved from news pages, and Markdown.

Lines that are labels, dates or tags leave the text; the title is taken, then the deck; what remains is the body.
"""

import html
import re
from dataclasses import dataclass, field

from markdown_it import MarkdownIt

from tagwire.sources.articlelines import Said, hashtags, is_tag_like, labelled, split_names
from tagwire.sources.articlemarkup import TAGS_LIMIT, front_matter
from tagwire.text import folded, plain

_HEAD_LINES = 6
_TAIL_LINES = 4
_TITLE_LENGTH = 300
_DECK_LENGTH = 2000
_TAG_GAP = 2
_MARKDOWN_LENGTH = 300_000
"""The longest Markdown that is rendered, in characters: a few seconds' worth of the worst there is."""


@dataclass(slots=True)
class _Block:
    """Lines without a blank one between them, and the number of blank lines before them."""

    gap: int
    lines: list[str] = field(default_factory=list)


def text_page(text: str, *, is_markdown: bool) -> tuple[Said, str, list[str]]:
    """Give what a text says of itself, its content as HTML, and warnings.

    The content is not sanitised here; it passes the border like everybody's.
    """
    said: Said = {}
    warnings: list[str] = []
    if is_markdown and (front := front_matter(text)):
        said, text, warning = front
        warnings += [warning] if warning else []
    tags_before = len(said.get("tags", ()))
    lines: list[str | None] = list(text.split("\n"))
    _take_head(lines, said)
    _take_title(lines, said, is_markdown=is_markdown)
    _take_tail(lines, said)
    blocks = _blocks(lines)
    if len(said.get("tags", ())) == tags_before:
        _take_tags(blocks, said)
    figure = _take_deck(blocks, said)
    body = _rendered(blocks) if is_markdown else ""
    return said, figure + (body or _paragraphs(blocks)), warnings


def _rendered(blocks: list[_Block]) -> str:
    """Render Markdown (CommonMark and tables) as HTML; nothing where that would take too long."""
    text = "\n\n".join("\n".join(block.lines) for block in blocks)
    body = _markdown().render(text) if len(text) <= _MARKDOWN_LENGTH else ""
    return body if body.count("<") <= TAGS_LIMIT else ""


def _rendered_line(line: str) -> str:
    """Give the plain text of one line of Markdown: a heading without its marks."""
    return plain(_markdown().renderInline(re.sub(r"^#{1,6}\s+|\s+#+$", "", line)))


def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("table")


def _paragraphs(blocks: list[_Block]) -> str:
    return "\n".join(f"<p>{_escaped(line)}</p>" for block in blocks for line in block.lines)


def _take_head(lines: list[str | None], said: Said) -> None:
    """Take labelled lines and bare dates from the first lines.

    A line that is taken becomes None: neither text nor a blank line.
    """
    for n in _written(lines)[:_HEAD_LINES]:
        if pairs := labelled(_bare(lines[n])):
            _say(said, pairs)
            lines[n] = None


def _take_tail(lines: list[str | None], said: Said) -> None:
    """Take labelled lines and #hashtags from the last lines, upwards to the first that is none."""
    for n in reversed(_written(lines)[-_TAIL_LINES:]):
        tags = hashtags(_bare(lines[n]))
        pairs = [("tags", ",".join(tags))] if tags else labelled(_bare(lines[n])) or []
        if not pairs or any(name in {"title", "bare"} for name, _ in pairs):
            break
        _say(said, pairs)
        lines[n] = None


def _written(lines: list[str | None]) -> list[int]:
    return [n for n, line in enumerate(lines) if _bare(line)]


def _say(said: Said, pairs: list[tuple[str, str]]) -> None:
    for name, value in pairs:
        if value:
            said.setdefault(name, []).extend(split_names(value) if name == "tags" else [value])


def _take_title(lines: list[str | None], said: Said, *, is_markdown: bool) -> None:
    """Take the first remaining line as the title; where there is one already, only its repetition."""
    for n, line in enumerate(lines):
        if line is None or not _bare(line):
            continue
        title = _rendered_line(_bare(line)) if is_markdown else _bare(line)
        if len(line) > _TITLE_LENGTH or ("title" in said and folded(title) != folded(said["title"][0])):
            return
        said.setdefault("title", [title])
        lines[n] = None
        if is_markdown and n + 1 < len(lines) and re.fullmatch(r"=+|-+", _bare(lines[n + 1])):
            lines[n + 1] = None
        return


def _blocks(lines: list[str | None]) -> list[_Block]:
    blocks: list[_Block] = []
    gap, is_open = 0, False
    for line in lines:
        if line is None:
            gap, is_open = 0, False
        elif not _bare(line):
            gap, is_open = gap + 1, False
        else:
            if not is_open:
                blocks.append(_Block(gap))
            blocks[-1].lines.append(line)
            gap, is_open = 0, True
    return blocks


def _take_tags(blocks: list[_Block], said: Said) -> None:
    """Take the last block as tags, one a line, if blank lines set it apart and every line is tag-like."""
    last = [_bare(line) for line in blocks[-1].lines] if blocks else []
    if last and blocks[-1].gap >= _TAG_GAP and all(is_tag_like(line) for line in last):
        said.setdefault("tags", []).extend(line.strip("#") for line in last)
        blocks.pop()


def _take_deck(blocks: list[_Block], said: Said) -> str:
    """Take a deck that is repeated as the first paragraph: it is the summary, and leaves the body.

    Gives the caption below it as a figure.
    """
    if len(blocks) < 2 or len(blocks[0].lines) > 2:  # noqa: PLR2004 - a deck, a caption; a deck, its repetition
        return ""
    deck, *below = (_bare(line) for line in blocks[0].lines)
    again = " ".join(_bare(line) for line in blocks[1].lines)
    if len(deck) > _DECK_LENGTH or not _letters(deck) or _letters(deck) != _letters(again):
        return ""
    if _letters(said.setdefault("summary", [deck])[0]) != _letters(deck):
        return ""
    del blocks[:2]
    caption = next((line for line in below if _letters(line) != _letters(deck)), "")
    return f"<figure><figcaption>{_escaped(caption)}</figcaption></figure>\n" if caption else ""


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, folded(text)))


def _bare(line: str | None) -> str:
    return (line or "").strip()


def _escaped(line: str) -> str:
    return html.escape(_bare(line), quote=False)
