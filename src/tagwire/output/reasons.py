"""Why a story is what it is, in the words of the site's language: reasons are kept in English, and said in Chinese."""

import re

from tagwire.output.words import is_chinese_language

_PLACES = {"title": "标题", "summary": "摘要", "text": "正文", "tags": "来源标签"}
_ALIKE = {
    "same link": "链接相同",
    "same title": "标题相同",
    "nearly the same title": "标题几乎相同",
    "nearly the same text": "正文几乎相同",
}
_WHOLE = {
    "the first of its story": "最早收到的一篇",
    "given by the source": "来源自带的标签",
    "given by the source's definition": "来源定义中指定的标签",
    "given by hand": "手工添加的标签",
    "on the same day": "同日",
}
_EARNED = re.compile(r"“(.+?)” in the (\w+)(?:, with “(.+)” in the (\w+))?")
_BROADER = re.compile(r"broader than (“.+”)")
_MATCHED = re.compile(rf"({'|'.join(_ALIKE)})(?: \(([\d.]+)\))? as (.+), (.+)")
_APART = re.compile(r"(\d+) (days?|h|min) apart")
_UNITS = {"day": "天", "days": "天", "h": "小时", "min": "分钟"}


def reason_in(reason: str, language: str | None) -> str:
    """Give a reason in a language; one that is not known stays as it is."""
    if not is_chinese_language(language):
        return reason
    if earned := _EARNED.fullmatch(reason):
        word, place, context, its_place = earned.groups()
        said = f"{_place(place)}中有“{word}”"
        return said if context is None else f"{said}，{_place(its_place)}中有“{context}”"
    if broader := _BROADER.fullmatch(reason):
        return f"{broader[1]}的上位标签"
    if matched := _MATCHED.fullmatch(reason):
        how, score, source, distance = matched.groups()
        return f"与{source}{_ALIKE[how]}{f'（{score}）' if score else ''}，{_distance(distance)}"
    return _WHOLE.get(reason, reason)


def _place(place: str) -> str:
    return _PLACES.get(place, place)


def _distance(distance: str) -> str:
    apart = _APART.fullmatch(distance)
    return f"相隔{apart[1]}{_UNITS[apart[2]]}" if apart else _WHOLE.get(distance, distance)
