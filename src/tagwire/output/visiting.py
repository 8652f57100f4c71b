"""Why a source is visited when it is, in the words of the site's language: kept in English, and said in Chinese."""

import re

from tagwire.output.words import is_chinese_language

_SPAN = r"(\d+)([smhd])"
_UNITS = {"s": "秒", "m": "分钟", "h": "小时", "d": "天"}
_PACES = {"an hour": "每小时", "a day": "每天", "a week": "每周"}
_WHOLE = {
    "never visited": "尚未访问",
    "its definition changed": "其定义已更改",
    "it is gone for good (410); looked at once a month": "已永久消失（410），每月查看一次",
    "at every pass": "每次运行时",
    "hardly anything new": "几乎没有新文章",
}
_MOVED = "; later, for its skipHours or skipDays"
_FAILED = re.compile(r"tried again after failure (\d+)")
_HELD = re.compile(rf"(\S+|its server) asked us to wait(?: {_SPAN})?")
_CRON = re.compile(r"cron (.+)")
_EVERY = re.compile(rf"every {_SPAN}(?:, as it brings (.+))?")
_FRESH = re.compile(rf"it asked to be left alone for {_SPAN}")
_PACE = re.compile(r"about (\d+) new articles? (an hour|a day|a week)")


def next_visit_in(reason: str, language: str | None) -> str:
    """Give the reason for a next visit in a language; one that is not known stays as it is."""
    if not is_chinese_language(language):
        return reason
    said = _said(reason.removesuffix(_MOVED))
    return f"{said}；因其 skipHours 或 skipDays 而推迟" if reason.endswith(_MOVED) else said


def _said(reason: str) -> str:
    if failed := _FAILED.fullmatch(reason):
        return f"第{failed[1]}次失败后重试"
    if held := _HELD.fullmatch(reason):
        host, number, unit = held.groups()
        who = "其服务器" if host == "its server" else f"{host} "
        return f"{who}要求等待{_span(number, unit) if number else ''}"
    if cron := _CRON.fullmatch(reason):
        return f"按 cron 时间表 {cron[1]}"
    if every := _EVERY.fullmatch(reason):
        number, unit, pace = every.groups()
        return f"每{_span(number, unit)}一次" + (f"，因为它{_pace(pace)}" if pace else "")
    if fresh := _FRESH.fullmatch(reason):
        return f"它要求{_span(*fresh.groups())}内不要访问"
    return _WHOLE.get(reason, reason)


def _span(number: str, unit: str) -> str:
    return f"{number}{_UNITS[unit]}"


def _pace(pace: str) -> str:
    counted = _PACE.fullmatch(pace)
    return f"{_PACES[counted[2]]}约有{counted[1]}篇新文章" if counted else _WHOLE.get(pace, pace)
