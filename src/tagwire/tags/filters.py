"""The language of filters: text to tree, and back."""

import re
from functools import cache
from typing import cast

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from tagwire.model import And, Everything, Filter, Not, Or
from tagwire.tags.fields import FilterError, Value, is_field, make_leaf
from tagwire.tags.written import leaves, show

__all__ = ["FilterError", "leaves", "parse", "show"]

LONGEST = 10_000
"""Characters of a filter."""
DEEPEST = 50
"""Brackets and “not” within each other."""

# Chinese brackets, colons and quotation marks are what a Chinese keyboard types.
_GRAMMAR = r"""
?start: either
?either: both (_OR both)*
?both: part (_AND? part)*
?part: (NOT | MINUS) part -> negated
    | LPAR either RPAR -> bracket
    | EVERYTHING -> everything
    | FIELD? (WORD | QUOTED | PATTERN) -> leaf

FIELD.2: /[A-Za-z]+[:：](?=[^\s()（）])/
EVERYTHING.2: /\*(?![^\s()（）])/
PATTERN.2: /\/(?:[^\/\\\n]|\\.)+\/(?![^\s()（）])/
_AND.2: /and(?![^\s()（）])/i
_OR.2: /or(?![^\s()（）])/i
NOT.2: /not(?![^\s()（）])/i
MINUS.2: /-(?=[^\s()（）]|[(（])/
LPAR: /[(（]/
RPAR: /[)）]/
QUOTED: /"(?:[^"\\]|\\.)+"|“[^”]+”/s
WORD: /[^\s()（）"“”]+/
%ignore /\s+/
"""
_EXPECTED = {
    "WORD": "a word",
    "QUOTED": '"a phrase"',
    "FIELD": "a field as in tag:NAME",
    "PATTERN": "/a pattern/",
    "NOT": "not",
    "_AND": "and",
    "_OR": "or",
    "LPAR": "(",
    "RPAR": ")",
    "$END": "the end",
}
"""How the terminals are called in messages, in the order in which they are offered."""
_BROKEN = re.compile(r"[\s()（）]")
_TAIL = re.compile(r"([A-Za-z]+)[:：]")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def parse(text: str) -> Filter:
    """Read a filter: ``tag:CIIE -tag:rumour (title:record or "joint venture")``; ``*`` is every story.

    Raises:
        FilterError: it cannot be read, is longer than `LONGEST` characters or nested deeper than `DEEPEST`.

    """
    if len(text) > LONGEST:
        raise FilterError(LONGEST + 1, f"a filter has at most {LONGEST} characters, this one has {len(text)}")
    try:
        text.encode()  # bytes of a command line that are no text arrive as lone surrogates
        tree, _ = cast("_Piece", _parser().parse(text))
    except UnexpectedInput as error:
        raise _explained(error, text) from None
    except UnicodeEncodeError as error:
        raise FilterError(error.start + 1, f"found {text[error.start]!a}, which is no character") from None
    return tree


_Piece = tuple[Filter, int]
"""A tree, and how many brackets and nots lie within each other in it."""


class _Builder(Transformer[Token, _Piece]):
    """Makes the tree while the parser reads, so that none is ever walked by recursion before its depth is known."""

    def everything(self, _: list[Token]) -> _Piece:
        return Everything(), 0

    def leaf(self, tokens: list[Token]) -> _Piece:
        *field, value = tokens
        if field:
            return make_leaf(field[0][:-1], _column(field[0]), _value_of(value)), 0
        if value.type == "WORD" and value.lower() in {"and", "or"}:
            raise FilterError(_column(value), f"“{value}” stands between two parts; in quotation marks it is a word")
        if (tail := _TAIL.fullmatch(value)) and is_field(tail[1]):
            raise FilterError(_column(value), f"{tail[1]}: needs its value right behind the colon")
        return make_leaf("", 0, _value_of(value)), 0

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


def _column(token: Token) -> int:
    return (token.start_pos or 0) + 1


def _value_of(token: Token) -> Value:
    if token.type == "WORD":
        return Value(str(token), _column(token))
    inside = token[1:-1]
    if token.type == "PATTERN":
        return Value(inside, _column(token), is_pattern=True)
    return Value(_ESCAPED.sub(r"\1", inside) if token[0] == '"' else inside, _column(token))


def _deeper(depth: int, token: Token) -> int:
    if depth >= DEEPEST:
        raise FilterError(_column(token), f"brackets and “not” are nested more than {DEEPEST} levels deep")
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
    if rest[0] in '"“':
        empty = rest[:2] in {'""', "“”"}
        return "nothing between quotation marks" if empty else f"a {rest[0]} that is never closed"
    return f"“{_BROKEN.split(rest, maxsplit=1)[0][:40] or rest[0]}”"


def _one_of(words: list[str]) -> str:
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))
