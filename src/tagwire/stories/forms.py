"""What kind of piece a title announces: a report, a question, a digest, a live page; and whether it returns often."""

import re


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_FORMS = {
    "question": _any(
        r"\?",
        r"^(?:(?-i:[Ww]ho)|what|why|how|when|where|which)\b",
        r"[:-] (?:what|why|how)\b",
        "吗$|呢$|为什么|为何|怎么|如何|意味着什么|是什么|有多|哪些|几何",
    ),
    "explainer": _any(
        r"\bexplain(?:ed|er)\b|\bthings to know\b",
        r"\b(?:fact ?box|fact ?check|backgrounder|timeline)\b|\bq ?(?:&|and) ?a\b",
        r"\bwhat (?:we|you|to) (?:need to )?(?:know|watch)|\b(?:a|your) guide\b|\bin (?:numbers|charts|maps)\b",
        "解读|详解|解析|科普|一文|盘点|须知|指南|误区",
    ),
    "digest": _any(
        r"\b(?:digest|round-?up|briefing|bulletin|highlights|recap|quiz|crossword|horoscopes?|newsletter|icymi)\b",
        r"\btop (?:stories|headlines|\d+)\b|\bin brief\b|\b(?:the|this) week(?:'s)? in\b|\bthe week's\b",
        "早餐|早报|晚报|晨报|日报|周报|月报|早知道|汇总|合集|一周|要闻|限定",
    ),
    "live": _any(
        r"^live\b|\blive(?: updates?| blog|:| coverage| stream)|\bas it happen(?:s|ed)\b", "直播|实况|滚动更新"
    ),
    "opinion": _any(
        r"^(?:opinion|comment|commentary|editorial|analysis|column|op-ed|perspective|review|interview|letters?) ?[:|-]",
        r"\bp?review:|\| ?opinion",
        "社论|评论|时评|快评|锐评|观察[:丨|]|专访|对话[:丨|]|观后感|影评|书评",
    ),
    "record": _any(
        r"\bfull (?:text|transcript|video)\b|\btranscript\b|\bin (?:pictures|photos)\b", "全文|文字实录|图集|实拍"
    ),
    "answer": _any("回应|回复|评(?!选|为|定|级|估|审|上|奖)|辟谣|发声|表态|再次|后续|细节|怎么看|谈(?!判)"),
}

_ROUTINE = _any(
    r"\b(?:digest|briefing|bulletin|forecast|weather|horoscopes?|crossword|quiz|lottery|icymi|highlights|recently)\b",
    r"\b(?:inventories|fixings?|freights?|obituar(?:y|ies))\b",
    r"\b(?:this|the) week\b|\b(?:weekly|daily|today|this morning)\b|\bwhat's on\b|\bto watch\b",
    r"\b(?:red|orange|yellow|blue)\b.*\balert\b|\balert for\b",
    r"\bnew\b.*\bcases\b|\breverse repos?\b|\brepurchases?\b|\bexchange rates?\b|\bdiscount note rates\b",
    r"\btrade[sd]? (?:mostly )?(?:higher|lower|mixed)\b",
    r"\b(?:open|close|end|settle)s? (?:mostly )?(?:higher|lower|mixed|flat|up|down)\b",
    r"\btop (?:stories|headlines)\b",
    "早餐|早报|晚报|晨报|周报|月报|预报|天气|汇总|一周|今日|明日|明天|收评|午评|早评|开盘|收盘|限定|榜单|开奖|预警",
    "油价|中间价|逆回购",
)


def forms(title: str) -> frozenset[str]:
    """Give the kinds that a straightened title shows; a plain report shows none."""
    return frozenset(name for name, pattern in _FORMS.items() if pattern.search(title))


def is_routine(title: str) -> bool:
    """Tell whether a title reads like one that returns under the same words: forecasts, fixings, digests."""
    return _ROUTINE.search(title) is not None
