"""The language of filters: text to tree, and back."""

import re
from functools import cache
from typing import cast

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from tagwire.model import And, Everything, Filter, HasTag, Not, Or

LONGEST = 10_000
"""Characters of a filter."""
DEEPEST = 50
"""Brackets and “not” within each other."""

_GRAMMAR = r"""
?start: either
?either: both (_OR both)*
?both: part (_AND part)*
?part: NOT part -> negated
    | LPAR either RPAR -> bracket
    | EVERYTHING -> everything
    | _TAG (WORD | QUOTED) -> has_tag

_TAG: /tag:(?=[^\s()])/i
EVERYTHING: "*"
QUOTED: /"(?:[^"\\]|\\.)+"/s
_AND: /and(?![^\s()])/i
_OR: /or(?![^\s()])/i
NOT: /not(?![^\s()])/i
LPAR: "("
RPAR: ")"
WORD: /[^\s()"\\]+/
%ignore /\s+/
"""
_EXPECTED = {
    "_TAG": "tag:NAME",
    "EVERYTHING": "*",
    "NOT": "not",
    "_AND": "and",
    "_OR": "or",
    "LPAR": "(",
    "RPAR": ")",
    "WORD": "a name",
    "QUOTED": 'a "name"',
    "$END": "the end",
}
"""How the terminals are called in messages, in the order in which they are offered."""
_BARE = re.compile(r'[^\s()"\\]+')
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class FilterError(ValueError):
    """A filter that cannot be read; the message names the column, what was found and what was expected."""

    def __init__(self, column: int, what: str) -> None:
        """Remember the column, counted from 1 at the start of the text."""
        super().__init__(f"column {column}: {what}")
        self.column = column


def parse(text: str) -> Filter:
    """Read a filter: ``tag:CIIE and not (tag:rumour or tag:"two words")``; ``*`` is every story.

    Raises:
        FilterError: it cannot be read, is longer than `LONGEST` characters or deeper than `DEEPEST` levels.

    """
    if len(text) > LONGEST:
        raise FilterError(LONGEST + 1, f"a filter has at most {LONGEST} characters, this one has {len(text)}")
    try:
        tree, _ = cast("_Piece", _parser().parse(text))
    except UnexpectedInput as error:
        raise _explained(error, text) from None
    return tree


def show(tree: Filter) -> str:
    """Write a filter so that `parse` gives back an equal tree; `And` and `Or` need two parts or more."""
    match tree:
        case Everything():
            return "*"
        case HasTag(tag):
            return f"tag:{tag if _BARE.fullmatch(tag) else _quoted(tag)}"
        case Not(part):
            return f"not {_inner(part)}"
        case And(parts):
            return " and ".join(_inner(part) for part in parts)
        case Or(parts):
            return " or ".join(_inner(part) for part in parts)


def _inner(tree: Filter) -> str:
    return f"({show(tree)})" if isinstance(tree, And | Or) else show(tree)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


_Piece = tuple[Filter, int]
"""A tree, and how many brackets and nots lie within each other in it."""


class _Builder(Transformer[Token, _Piece]):
    """Makes the tree while the parser reads, so that none is ever walked by recursion."""

    def everything(self, _: list[Token]) -> _Piece:
        return Everything(), 0

    def has_tag(self, tokens: list[Token]) -> _Piece:
        name = tokens[0]
        return HasTag(_ESCAPED.sub(r"\1", name[1:-1]) if name.type == "QUOTED" else str(name)), 0

    def bracket(self, parts: tuple[Token, _Piece, Token]) -> _Piece:
        opening, (tree, depth), _ = parts
        return tree, _deeper(depth, opening)

    def negated(self, parts: tuple[Token, _Piece]) -> _Piece:
        word, (tree, depth) = parts
        return Not(tree), _deeper(depth, word)

    def both(self, pieces: list[_Piece]) -> _Piece:
        return And(tuple(tree for tree, _ in pieces)), max(depth for _, depth in pieces)

    def either(self, pieces: list[_Piece]) -> _Piece:
        return Or(tuple(tree for tree, _ in pieces)), max(depth for _, depth in pieces)


def _deeper(depth: int, token: Token) -> int:
    if depth >= DEEPEST:
        raise FilterError((token.start_pos or 0) + 1, f"brackets and “not” are nested more than {DEEPEST} levels deep")
    return depth + 1


@cache
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", lexer="contextual", transformer=_Builder())


def _explained(error: UnexpectedInput, text: str) -> FilterError:
    """Say what was found and what would have been right."""
    position, names = len(text), set[str]()
    if isinstance(error, UnexpectedCharacters):
        position, names = cast("int", error.pos_in_stream), set(error.allowed)
    elif isinstance(error, UnexpectedToken):
        names = set(error.accepts or error.expected)
        if error.token.start_pos is not None and error.token.type != "$END":
            position = error.token.start_pos
    expected = [words for name, words in _EXPECTED.items() if name in names]
    return FilterError(position + 1, f"found {_found(text[position:])}, expected {_one_of(expected)}")


def _found(rest: str) -> str:
    if not rest:
        return "the end"
    word = _BARE.match(rest)
    return f"“{word[0][:40] if word else rest[0]}”"


def _one_of(words: list[str]) -> str:
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))
