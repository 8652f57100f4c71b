"""A title without its clothes: what outlets and wires hang on it is taken off."""

import re
from dataclasses import dataclass

from tagwire.model import Outlet
from tagwire.text import straight

HAN = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
"""Characters that are written without blanks between words: Chinese, and Japanese with its kana."""

_WIRE = re.compile(
    r"""^(?:
      (?:update|upd|wrapup|wrap|refile|rpt|repeat|corrected|correction|recast|exclusive|advisory|insight|focus|analysis
        |urgent|alert|breaking|newsalert|\d(?:st|nd|rd|th)\ lead)(?:\ ?\d+)?-(?=\S)
      |(?:breaking(?:\ news)?|updated?|roundup|urgent|exclusive|just\ in|watch|video|photos?|gallery|in\ pictures|flash
        |spotlight|feature|top\ news|developing|news\ alert|alert|correction|corrected|latest|official|report)
        (?:\ ?\d+)?\ ?[:|-]\ +
      |[\[(【](?![^\])】]*\d+月)[^\])】]{1,24}[\])】]\s*
      |(?:快讯|突发|最新|独家|重磅|视频|图集|组图|更新|紧急|热点|头条|关注|聚焦|速递|简讯|消息|滚动|特写|综述|通讯|图解)
        [:丨|!·-]\s*
      |[^\d丨|:]{1,6}[丨|]\s*(?=\S{4})
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_TAIL = re.compile(
    r"\s*[\[(【](?:video|photos?|pics|pictures|audio|gallery|updated?|watch|blog|视频|图|组图|多图)[\])】]$",
    re.IGNORECASE,
)
_CLOSING = frozenset("])】")
_BREAKING_OFF = frozenset(".…]")
_CUT = re.compile(r"\s*(?:\.{2,}|…+|\[(?:\.{3}|…)\])\s*$")
_SEGMENT = re.compile(r"^(?P<rest>.*\S)(?P<mark>\s+-{1,2}\s+|\s*[|_丨]\s*|\s+(?:::|·|>>|/)\s+)(?P<last>\S.*)$")
_MARK = re.compile(r"[|_丨]|\s(?:-{1,2}|::|·|>>|/)\s")
_DOMAIN = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,6}", re.IGNORECASE)
_CAPITALISED = re.compile(r"(?:[A-Z][\w'&.]*|of|the|and|\d+)(?: (?:[A-Z][\w'&.]*|of|the|and|\d+)){0,3}", re.ASCII)
_LAST_WORD = re.compile(
    r"(?:news|times|post|tv|radio|magazine|online|videos?|daily|journal|herald|tribune|gazette|today|press|network"
    r"|guardian|telegraph|mail|chronicle|review|reuters|wire|blog|podcast|media)$",
    re.IGNORECASE,
)
_HAN_OUTLET = re.compile("(?:网|新闻|日报|晚报|早报|时报|周刊|杂志|在线|客户端|频道|电视台|通讯社|公众号|视频|资讯)$")
_SECTION_WORDS, _SECTION_CHARACTERS = 4, 6
"""How long the name of a section is at most."""
_READ = 400
"""Characters of a title that are looked at: no headline is longer, and what a source sends bounds no work."""
_LEAST_WORDS, _LEAST_CHARACTERS = 3, 4
"""What has to be left of a title."""


@dataclass(frozen=True, slots=True)
class Stripped:
    """A title as its outlet meant it: straightened, in its own case."""

    text: str
    cut: bool = False
    """It breaks off ("…"): the outlet's feed shortened it."""


def stripped(title: str, names: frozenset[str] = frozenset()) -> Stripped:
    """Take off what wires put before a title and outlets hang on it; `names` are the outlet's (see `names_of`)."""
    text, cut = _uncut(straight(title[:_READ]))
    for _ in range(2):
        text = _without_outlet(text, names)
    text, again = _uncut(_TAIL.sub("", text) if text[-1:] in _CLOSING else text)
    for _ in range(3):
        shorter = _WIRE.sub("", text)
        if len(shorter) == len(text) or not _says_something(shorter):
            break
        text = shorter
    return Stripped(text, cut or again)


def names_of(source: str, outlet: Outlet) -> frozenset[str]:
    """Give what a source may call itself at the end of its titles: its name, title, host, and what was learnt."""
    host = outlet.host.removeprefix("www.")
    spellings = {source, outlet.title, host, host.partition(".")[0], *outlet.learnt.suffixes}
    return frozenset(short for each in spellings if len(short := squeezed(each)) > 1)


def _uncut(text: str) -> tuple[str, bool]:
    if text[-1:] not in _BREAKING_OFF:
        return text, False
    whole = _CUT.sub("", text)
    return (whole, True) if whole and whole != text else (text, False)


def _without_outlet(text: str, names: frozenset[str]) -> str:
    found = _SEGMENT.match(text) if _MARK.search(text) else None
    if found is None or not _says_something(found["rest"]):
        return text
    last, pipe = found["last"], found["mark"].strip() in {"|", "丨"}
    known = squeezed(last) in names or _DOMAIN.fullmatch(last) is not None
    return found["rest"] if known or _is_outlet_like(last, pipe=pipe) else text


def _is_outlet_like(segment: str, *, pipe: bool) -> bool:
    """Tell whether a last segment reads like an outlet or a section; after a stroke nearly everything short does."""
    if HAN.search(segment):
        return bool(_HAN_OUTLET.search(segment)) or (
            pipe and len(segment) <= _SECTION_CHARACTERS and not re.search(r"\d", segment)
        )
    words = segment.split()
    if pipe:
        return len(words) <= _SECTION_WORDS and not re.search(r"\d", segment)
    return _LAST_WORD.match(words[-1]) is not None and bool(_CAPITALISED.fullmatch(segment))


def _says_something(text: str) -> bool:
    return len(HAN.findall(text)) >= _LEAST_CHARACTERS or len(text.split()) >= _LEAST_WORDS


def squeezed(text: str) -> str:
    """Give only the letters and digits of a text, without regard to case."""
    return "".join(c for c in text.casefold() if c.isalnum())
