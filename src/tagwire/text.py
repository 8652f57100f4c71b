"""Text as every package needs it: safe for XML, folded for comparing, plain from HTML."""

import html
import re
import unicodedata
from functools import cache, lru_cache
from urllib.parse import urlsplit, urlunsplit

from selectolax.lexbor import LexborHTMLParser

_ADDRESS = re.compile(r"https?://[^\s<>\"]+")
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_COMMON = tuple(zip("’‘“”–—…，：！？（）", [*"''\"\"--", "...", *",:!?()"], strict=True))
"""The commonest of the characters that `unified` changes: after them, most texts need nothing more."""
_LOOKALIKES = {
    ord(sign): one
    for one, signs in (
        ("'", "‘’‚‛‹›＇`｀´"),
        ('"', "“”„‟«»「」｢｣『』＂"),
        ("-", "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"),
        ("", "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064\ufeff"),
    )
    for sign in signs
}
_REMEMBERED = 16_384
"""Characters of the longest HTML whose text is remembered for a while."""
_BLOCK = re.compile(
    r"<(?=/?(?:address|article|aside|blockquote|body|br|caption|dd|details|div|dl|dt|fieldset|figcaption|figure|footer"
    r"|form|h[1-6]|header|hr|html|img|legend|li|main|nav|ol|option|p|pre|section|summary|table|tbody|td|tfoot|th|thead"
    r"|title|tr|ul|video)\b)",
    re.IGNORECASE,
)
"""The tags that part words; those of a link or of bold letters stand inside words as well."""
_SIMPLE = re.compile(
    r"</?(?:a|abbr|b|blockquote|br|cite|code|dd|del|div|dl|dt|em|figcaption|figure|h[1-6]|hr|i|img|ins|li|ol|p|q|s|small"
    r"|span|strong|sub|sup|u|ul)(?: [a-z-]+=\"[^\"<>]*\")*>"
)
"""The tags of nearly all articles, as the sanitiser writes them; what stands between them is the text."""
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
"""For a character class: scripts without blanks between words, or with particles joined to them (Chinese, Thai, …)."""
_HAN = ((0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x2FFFF))
_IS_HAN = re.compile("[" + "".join(f"{chr(first)}-{chr(last)}" for first, last in _HAN) + "]")
_KANA_OR_HANGUL = re.compile("[\u3041-\u30ff\uac00-\ud7af]")
_WORD = re.compile(rf"(?=\w)[{UNSPACED}]|[^\W_{UNSPACED}]+")
_ASCII_WORDS = str.maketrans({sign: sign.lower() if sign.isalnum() else " " for sign in map(chr, range(128))})


def xml_safe(text: str) -> str:
    """Drop the characters that XML 1.0 forbids (section 2.2), lone surrogates among them."""
    return _FORBIDDEN.sub("", text)


def one_line(text: str) -> str:
    """Give XML-safe text with every run of blanks as one blank, none at the ends."""
    return " ".join(xml_safe(text).split())


def plain(markup: str) -> str:
    """Give the text of an HTML fragment, blanks folded, without scripts and styles."""
    if "<" not in markup and "&" not in markup:
        return one_line(markup)
    return _lately_read(markup) if len(markup) <= _REMEMBERED else _read(markup)


def word_line(markup: str) -> str:
    """Give the `words` of an HTML fragment, parted by blanks."""
    return _lately_split(markup) if len(markup) <= _REMEMBERED else _word_line(markup)


def _read(markup: str) -> str:
    parted = _BLOCK.sub(" <", markup)
    text = _SIMPLE.sub("", parted)
    if "<" not in text:  # to build a tree of it would cost five times as much
        return one_line(html.unescape(text))
    tree = LexborHTMLParser(parted)
    tree.strip_tags(["script", "style", "template", "noscript"])
    body = tree.body
    return one_line(body.text() if body else "")


def _word_line(markup: str) -> str:
    return " ".join(words(plain(markup)))


_lately_read = lru_cache(maxsize=2_500)(_read)
"""An article is read for its tags, for the matcher and for the index of words: all of a batch for one after another."""
_lately_split = lru_cache(maxsize=2_500)(_word_line)
"""For the last two."""


def unified(text: str) -> str:
    """Give text in which what reads alike is alike: NFKC, one kind of quotes and dashes, nothing invisible.

    Traditional Chinese becomes simplified; case and blanks stay.
    """
    text = text.replace("`", "'")
    if text.isascii():
        return text
    # Each step of this loop is a search for one character, ten times faster than any pass over the whole.
    for sign, one in _COMMON:
        text = text.replace(sign, one)
    if text.isascii() or not _changeable().search(text):
        return text
    return simplified(unicodedata.normalize("NFKC", text.translate(_LOOKALIKES)))


def straight(text: str) -> str:
    """Give text in one spelling: entities resolved (also those escaped twice), `unified`, blanks made one."""
    if "&" in text:
        text = html.unescape(html.unescape(text))
    return " ".join(unified(text).split())


def folded(text: str) -> str:
    """Give the form in which titles compare: `straight`, and without regard to case."""
    return straight(text).casefold()


def words(text: str) -> list[str]:
    """Give the words that a search compares: letters and digits, folded; each character of Chinese is a word."""
    text = unified(text)
    return text.translate(_ASCII_WORDS).split() if text.isascii() else _WORD.findall(text.casefold())


def without_keys(address: str) -> str:
    """Give an address without user and password, and without what its query says: any of it may be a key."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return address.partition("?")[0].rpartition("@")[2]
    names = (pair.partition("=") for pair in parts.query.split("&"))
    pairs = [f"{name}=…" if equals else name and "…" for name, equals, _ in names]
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, place, parts.path, "&".join(pairs), ""))


def told_without_keys(text: str) -> str:
    """Give a message with every address in it without what may be a key."""
    return _ADDRESS.sub(lambda found: without_keys(found[0]), text)


def is_chinese(text: str) -> bool:
    """Tell whether a text is Chinese for the most part: a word of other letters weighs as much as one character."""
    if text.isascii() or _KANA_OR_HANGUL.search(text):
        return False
    found = words(text)
    return 2 * sum(1 for word in found if _IS_HAN.match(word)) > len(found)


def simplified(text: str) -> str:
    """Give traditional Chinese characters in their simplified forms, each whatever stands around it.

    That is for comparing: a converter for readers looks at whole phrases, and would find no alias again in another one.
    """
    return text if text.isascii() else text.translate(_simple_forms())


@cache
def _simple_forms() -> dict[int, str]:
    import opencc

    han = "".join(chr(code) for first, last in _HAN for code in range(first, last + 1))
    apart = opencc.OpenCC("t2s").convert("\n".join(han)).split("\n")  # one to a line: no phrases
    return {ord(sign): simple for sign, simple in zip(han, apart, strict=True) if sign != simple}


@cache
def _changeable() -> re.Pattern[str]:
    """Find the characters that `unified` may change: lookalikes, all that NFKC touches, traditional Chinese."""
    plane = [*map(chr, range(0x80, 0xD800)), *map(chr, range(0xE000, 0x10000))]
    changed = [
        sign
        for sign in plane
        if ord(sign) in _LOOKALIKES
        or ord(sign) in _simple_forms()
        or not unicodedata.is_normalized("NFKC", sign)
        or unicodedata.category(sign).startswith("M")
        or "\u1100" <= sign <= "\u11ff"  # joined to what stands before
    ]
    # One range for all the rarer planes: listed singly they would slow down the search a hundredfold.
    return re.compile(f"[{''.join(changed)}\U00010000-\U0010ffff]")
