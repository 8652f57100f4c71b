"""What Chinese headlines are made of: characters and figures, words that stand for one another, opposites."""

import re

_SAME = tuple(
    (re.compile(pattern), word)
    for pattern, word in (
        ("中方", "中国"),
        ("美方", "美国"),
        ("日方", "日本"),
        ("俄方", "俄罗斯"),
        ("遇难|身亡|丧生|罹难", "死亡"),
        ("举办|召开|举行了", "举行"),
        ("会晤|会谈", "会见"),
        ("逝世|病逝|离世|辞世", "去世"),
        ("逾|超过|突破", "超"),
        ("公布|宣布|官宣", "发布"),
        ("启动|开启", "开始"),
        ("预警信号", "预警"),
        ("被捕", "被抓"),
        ("百分之(?=[\\d])", ""),
    )
)
_UNIT = re.compile(r"\d+(?:[.:/-]\d+)*|[a-z]+\d*[a-z0-9]*|[^\W\d_]")
_CLAUSE = re.compile(r"[\s,;:。!?、…|丨]+|-{2,}")
_NUMERAL = re.compile(
    "[零一二三四五六七八九十百两]{2,}|(?<=第)[一二三四五六七八九十百]+|[二三四五六七八九十两](?=[条名座艘架辆])"
)
_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"两": 2}

SOFT = frozenset(
    "的了已获被在就对向把给称曝地得等是为由与和及其该至到又也都还则并从为中上出以因队奖说当日前日近会要可能"
)
"""Characters that titles may differ in."""

_OPPOSITES = """
    开幕|闭幕 开盘|收盘 开始|结束 上调|下调 上涨|下跌 涨|跌 升|降 增|减 买|卖 进口|出口
    胜|负 赢|输 男|女 东|西 南|北 左|右 今天|明天 今日|明日 昨天|今天 昨日|今日 今天|后天
    首|末 通过|否决 批准|驳回 同意|拒绝 支持|反对 承认|否认 有罪|无罪 生|死 红色|黄色
    红色|橙色 红色|蓝色 橙色|黄色 橙色|蓝色 黄色|蓝色 上半年|下半年 早|晚 盈利|亏损 扩大|缩小
    入|出 加|减 停|复 封|解 冠军|亚军 发射|返回 抵达|离开 就任|卸任 任命|免去 拘留|释放
    金牌|银牌 晋级|淘汰 一审|二审 初审|终审 逮捕|起诉
"""
OPPOSITES = tuple((one, other) for one, _, other in (pair.partition("|") for pair in _OPPOSITES.split()))
"""Of each pair, one in one title and the other in the other title means two stories."""

NEGATIONS = ("不", "未", "没", "无", "否认", "拒绝", "取消", "推迟", "暂停", "停止", "辟谣", "假", "非")

MOMENTS = (
    "将",
    "再次",
    "再度",
    "二审",
    "重启",
    "恢复",
    "续",
    "又一",
    "另一",
    "结束",
    "完成",
    "延期",
    "已满",
    "第2",
    "第3",
)
"""Words that tell another moment of an affair."""
TURNS = (*NEGATIONS, *MOMENTS)

_DAYS = re.compile("今天|今日|明天|明日|昨天|昨日|后天|今晚|明晚|今晨|(?:周|星期|礼拜)[一二三四五六日天]|\\d+月|\\d+日")


def spelt_out(title: str) -> str:
    """Give a title with words that stand for one another made one, and figures as digits."""
    for pattern, word in _SAME:
        title = pattern.sub(word, title)
    return _NUMERAL.sub(lambda found: str(_value(found[0])), title)


def _value(numeral: str) -> int | str:
    """Give the value of a Chinese numeral up to 999; digits in a row (二零二五) stand for themselves."""
    if not set(numeral) & {"十", "百"}:
        return "".join(str(_DIGITS[c]) for c in numeral)
    total, digit = 0, 0
    for c in numeral:
        if c in _DIGITS:
            digit = _DIGITS[c]
        else:
            total += (digit or 1) * (10 if c == "十" else 100)
            digit = 0
    return total + digit


def units(title: str) -> tuple[tuple[str, ...], frozenset[int]]:
    """Split into characters, Latin words and figures; tell before which of them a clause begins."""
    found: list[str] = []
    breaks = []
    for clause in _CLAUSE.split(re.sub(r"(?<=\d)[:/](?=\d)", "-", title)):
        breaks.append(len(found))
        found += _UNIT.findall(clause)
    return tuple(found), frozenset(breaks[1:]) - {0, len(found)}


def days(title: str) -> frozenset[str]:
    """Give the days and months that a title names."""
    return frozenset(
        day.replace("日", "天") if day[0] in "今明昨" else day.replace("星期", "周").replace("礼拜", "周")
        for day in _DAYS.findall(title)
    )


def opposed(mine: str, yours: str, one: str, other: str) -> bool:
    """Tell whether two titles hold opposites.

    Args:
        mine: what the first has for itself.
        yours: what the second has for itself.
        one: the first title.
        other: the second title.

    """
    for left, right in OPPOSITES:
        for first, second in ((left, right), (right, left)):
            if len(left) == 1:
                if first in mine and second in yours:
                    return True
            elif first in one and second in other and first not in other and second not in one:
                return True
    return False
