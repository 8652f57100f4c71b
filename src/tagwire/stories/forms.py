"""What kind of piece a title announces: a report, a question, a digest, a live page; and whether it returns often."""

import re
from typing import NamedTuple


class _Signs(NamedTuple):
    """What shows in a title in small letters, as alternatives of a pattern."""

    words: str = "(?!)"
    """From the beginning of a word on, up to its end."""
    others: str = "(?!)"
    """Wherever they stand."""
    han: str = "(?!)"
    """In Chinese."""


_FORMS = {
    "question": _Signs(
        others=r"\?|^(?:what|why|how|when|where|which|who)\b|[:-] (?:what|why|how)\b",
        han="吗$|呢$|为什么|为何|怎么|如何|意味着什么|是什么|有多|哪些|几何",
    ),
    "explainer": _Signs(
        words="explain(?:ed|er)|things to know|fact ?box|fact ?check|backgrounder|timeline|q ?(?:&|and) ?a"
        "|what (?:we|you|to) (?:need to )?(?:know|watch)|(?:a|your) guide|in (?:numbers|charts|maps)",
        han="解读|详解|解析|科普|一文|盘点|须知|指南|误区",
    ),
    "digest": _Signs(
        words="digest|round-?up|briefing|bulletin|highlights|recap|quiz|crossword|horoscopes?|newsletter|icymi"
        r"|top (?:stories|headlines|\d+)|in brief|(?:the|this) week(?:'s)? in|the week's",
        han="早餐|早报|晚报|晨报|日报|周报|月报|早知道|汇总|合集|一周|要闻|限定",
    ),
    "live": _Signs(
        words="live (?:updates?|blog|coverage|stream)|as it happen(?:s|ed)",
        others=r"^live\b|\blive:",
        han="直播|实况|滚动更新",
    ),
    "opinion": _Signs(
        others=r"^(?:opinion|comment|commentary|editorial|analysis|column|op-ed|perspective|review|interview|letters?)"
        r" ?[:|-]|\bp?review:|\| ?opinion",
        han="社论|评论|时评|快评|锐评|观察[:丨|]|专访|对话[:丨|]|观后感|影评|书评",
    ),
    "record": _Signs(
        words="full (?:text|transcript|video)|transcript|in (?:pictures|photos)", han="全文|文字实录|图集|实拍"
    ),
    "answer": _Signs(han="回应|回复|评(?!选|为|定|级|估|审|上|奖)|辟谣|发声|表态|再次|后续|细节|怎么看|谈(?!判)"),
}
_ROUTINE = _Signs(
    words="digest|briefing|bulletin|forecast|weather|horoscopes?|crossword|quiz|lottery|icymi|highlights|recently"
    "|inventories|fixings?|freights?|obituar(?:y|ies)"
    "|(?:this|the) week|weekly|daily|today|this morning|what's on|to watch"
    r"|(?:red|orange|yellow|blue)\b.*\balert|alert for"
    r"|new\b.*\bcases|reverse repos?|repurchases?|exchange rates?|discount note rates"
    "|trade[sd]? (?:mostly )?(?:higher|lower|mixed)"
    "|(?:open|close|end|settle)s? (?:mostly )?(?:higher|lower|mixed|flat|up|down)"
    "|top (?:stories|headlines)",
    han="早餐|早报|晚报|晨报|周报|月报|预报|天气|汇总|一周|今日|明日|明天|收评|午评|早评|开盘|收盘|限定|榜单|开奖|预警"
    "|油价|中间价|逆回购",
)
_SHOUTED = re.compile(r"^WHO\b")
"""The organisation, at the beginning of a title: no question."""


def _latin(*several: _Signs) -> re.Pattern[str]:
    """Make one pattern of all; that words begin where words do is asked once, which is what makes it fast."""
    words, others = ("|".join(parts) for parts in zip(*((each.words, each.others) for each in several), strict=True))
    return re.compile(rf"\b(?:{words})\b|{others}")


_LATIN = {name: _latin(signs) for name, signs in _FORMS.items()}
_ANY_LATIN = _latin(*_FORMS.values())
_HAN = {name: re.compile(signs.han) for name, signs in _FORMS.items()}
_ROUTINE_LATIN, _ROUTINE_HAN = _latin(_ROUTINE), re.compile(_ROUTINE.han)


def forms(title: str) -> frozenset[str]:
    """Give the kinds that a straightened title shows; a plain report shows none."""
    small = _SHOUTED.sub("", title).lower()
    found = {name for name, pattern in _LATIN.items() if pattern.search(small)} if _ANY_LATIN.search(small) else set()
    if not small.isascii():
        found.update(name for name, pattern in _HAN.items() if pattern.search(small))
    return frozenset(found)


def is_routine(title: str) -> bool:
    """Tell whether a title reads like one that returns under the same words: forecasts, fixings, digests."""
    small = title.lower()
    return _ROUTINE_LATIN.search(small) is not None or (not small.isascii() and bool(_ROUTINE_HAN.search(small)))
