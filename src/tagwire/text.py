"""Text as every package needs it: safe for XML, folded for comparing, plain from HTML."""

import html
import re
import unicodedata
from functools import cache

from selectolax.lexbor import LexborHTMLParser

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_QUOTES = str.maketrans("‘’‚‛“”„‟«»‹›「」『』＂＇`´", '\'\'\'\'""""""\'\'"""""\'\'\'')
_DASHES = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
_BLANKS = re.compile(r"\s+")


def xml_safe(text: str) -> str:
    """Drop the characters that XML 1.0 forbids (section 2.2), lone surrogates among them."""
    return _FORBIDDEN.sub("", text)


def one_line(text: str) -> str:
    """Give XML-safe text with every run of blanks as one blank, none at the ends."""
    return _BLANKS.sub(" ", xml_safe(text)).strip()


def plain(markup: str) -> str:
    """Give the text of an HTML fragment, blanks folded, without scripts and styles."""
    if "<" not in markup and "&" not in markup:
        return one_line(markup)
    tree = LexborHTMLParser(markup)
    tree.strip_tags(["script", "style", "template", "noscript"])
    body = tree.body
    return one_line(body.text(separator=" ") if body else "")


def straight(text: str) -> str:
    """Give text in one spelling: entities, NFKC, blanks, quotes and dashes made one, the case as it was.

    Invisible characters go, and traditional Chinese becomes simplified.
    """
    if "&" in text:
        text = html.unescape(html.unescape(text))
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text.translate(_QUOTES)).translate(_QUOTES)
        text = simplified(_DASHES.sub("-", _INVISIBLE.sub("", text)))
    return _BLANKS.sub(" ", text.translate(_QUOTES)).strip()


def folded(text: str) -> str:
    """Give the form in which titles compare: `straight`, and without regard to case."""
    return straight(text).casefold()


def simplified(text: str) -> str:
    """Give traditional Chinese characters in their simplified forms; text without any is given back as it is."""
    if text.isascii() or not any("\u3400" <= c <= "\u9fff" or "\uf900" <= c <= "\ufaff" for c in text):
        return text
    return str(_converter().convert(text))


@cache
def _converter() -> "opencc.OpenCC":  # type: ignore[name-defined]  # noqa: F821
    import opencc

    return opencc.OpenCC("t2s")
