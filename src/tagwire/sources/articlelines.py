"""What single lines of an article file say: dates, labelled values, tags.

Nothing here knows where in a file a line stands; that is `articlefile`'s business.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import TypeAlias

from tagwire.model import Source
from tagwire.sources.border import When, at, on

Said: TypeAlias = dict[str, list[str]]
"""What a file says of itself: the values of each field, the one that counts first."""

# ---------------------------------------------------------------- dates

_FIRST_YEAR = 1000
"""Before it, years do not fill the four digits of RFC 3339, and times run out when they are moved to another zone."""

_MONTHS = {name: 1 + n for n, name in enumerate(re.findall("...", "janfebmaraprmayjunjulaugsepoctnovdec"))}
_MONTH = r"""(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?
    |oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"""
_WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?"
_CLOCK = r"""(?: (?:\s*[(（]?(?:星期|周)[一二三四五六日天][)）]?)?
    (?:\s*[,T·]?\s*|\s+at\s+) (?P<half>上午|下午|晚上)? \s*
    (?P<hour>\d{1,2})[:：时](?P<minute>\d{2})(?:[:：分](?P<second>\d{2})(?:[.,]\d+)?秒?|分)? (?!\d)
    (?:\s*(?P<m>[ap])\.?m\b\.?)? (?:\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})(?!\w))? )?"""
_FORMS = tuple(
    re.compile(form + _CLOCK, re.IGNORECASE | re.VERBOSE)
    for form in (
        r"(?<!\d)(?P<year>\d{4})\s*(?P<mark>[-/.])\s*(?P<month>\d{1,2})\s*(?P=mark)\s*(?P<day>\d{1,2})(?!\d)",
        r"(?<!\d)(?P<year>\d{4})\s*年\s*(?P<month>\d{1,2})\s*月\s*(?P<day>\d{1,2})\s*[日号]",
        r"(?<!\d)(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})(?!\d)",
        rf"\b{_MONTH}\s*(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s*,?\s*(?P<year>\d{{4}})(?!\d)",
        rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+{_MONTH}\s*,?\s*(?P<year>\d{{4}})(?!\d)",
    )
)
_AROUND = re.compile(rf"[\s\[\]()（）【】,，|·]|{_WEEKDAY}|(?:星期|周)[一二三四五六日天]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """A date as a text writes it, which may be an impossible one."""

    text: str
    parts: dict[str, str]

    def when(self, source: Source) -> When:
        """Date an article by it: a date without a clock stays a day, one without a zone is in the source's.

        Raises:
            ValueError: there is no such day or time.

        """
        month = self.parts["month"]
        day = date(int(self.parts["year"]), _MONTHS.get(month[:3].lower()) or int(month), int(self.parts["day"]))
        if day.year < _FIRST_YEAR:
            raise ValueError(f"year {day.year} is out of range")
        try:
            if "hour" not in self.parts:
                return on(day, source)
            return at(datetime.combine(day, self._clock(), self._zone()), source)
        except OverflowError as error:
            raise ValueError(f"year {day.year} is out of range") from error

    def _clock(self) -> time:
        hour = int(self.parts["hour"])
        if half := self.parts.get("m"):
            if hour not in range(1, 13):
                raise ValueError("a clock of two halves has the hours 1 to 12")
            hour = hour % 12 + 12 * (half in "pP")
        elif self.parts.get("half") in {"下午", "晚上"} and hour < 12:  # noqa: PLR2004 - the hour of noon
            hour += 12
        return time(hour, int(self.parts["minute"]), int(self.parts.get("second") or 0))

    def _zone(self) -> timezone | None:
        zone = self.parts.get("zone", "")
        if zone[:1] not in {"+", "-"}:
            return UTC if zone else None
        offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
        return timezone(-offset if zone[0] == "-" else offset)


def find_date(text: str) -> Found | None:
    """Find the first date in a text, in any of the forms that article files use."""
    hits = [hit for form in _FORMS if (hit := form.search(text[:_LINE]))]
    if not hits:
        return None
    first = min(hits, key=lambda hit: hit.start())
    return Found(first[0].strip(), {name: part for name, part in first.groupdict().items() if part})


def is_bare_date(line: str) -> bool:
    """Tell whether a line is a date and nothing else; a weekday and brackets may stand around it."""
    found = find_date(line)
    return found is not None and not _AROUND.sub("", line.replace(found.text, "", 1))


# ---------------------------------------------------------------- labelled values

_LINE = 1000
"""The longest line that is looked at, in characters; a longer one is text."""
_VALUE = 60
"""The longest name of a source or person; a longer one is a sentence that happens to begin like a label."""

_LABELS = {
    "title": "title|标题|標題",
    "published": "date|published|published on|publication date|publish date|posted|posted on|release date"
    "|日期|时间|時間|发布时间|发布日期|发表时间|发表日期|發布時間|發布日期|发布于|发表于",
    "updated": "updated|last updated|updated on|modified|last modified|更新|更新时间|更新日期|更新于|修改时间",
    "source": "source|来源|來源|稿源",
    "author": "author|authors|by|byline|writer|reporter|作者|记者|記者|撰文",
    "editor": "editor|editors|edited by|编辑|編輯|责任编辑|責任編輯|责编",
    "tags": "tags|tag|keywords|keyword|关键词|关键字|關鍵詞|标签|標籤",
}
_KEYS = {
    "published": "pubdate|publishdate|published at|publish time",
    "updated": "lastmod|last modified at|updated at|modified at",
    "tags": "categories|category",
    "summary": "summary|description|excerpt|deck|摘要",
    "link": "link|canonical|canonical url|canonicalurl|url|链接",
    "language": "language|lang|语言",
    "image": "image|cover",
    "rights": "rights|copyright|版权",
}
_FIELDS = {name: field for field, names in _LABELS.items() for name in names.split("|")}
FIELDS = _FIELDS | {name: field for field, names in _KEYS.items() for name in names.split("|")}
"""The field that a front matter's key names."""
_ALWAYS = frozenset({"date", "日期", "发布时间", "发布日期", "發布日期"})
"""Labels of nothing but dates: one that cannot be read is wrong. "Updated: how it was built" is a title."""


def _any(names: list[str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


_MONTHS_BEGIN = "|".join(_MONTHS)
_LABEL = re.compile(
    rf"(?:^|(?<=[\s|｜,，;；(（\[【]))(?:(?P<name>{_any(list(_FIELDS))})\s*[:：]"
    rf"|(?P<when>{_any([name for name, field in _FIELDS.items() if field in {'published', 'updated'}])})"
    rf"(?=\s+(?:\d|{_WEEKDAY}|{_MONTHS_BEGIN})))",
    re.IGNORECASE,
)
_EDGES = " \t|｜,，;；()（）[]【】"


def labelled(line: str) -> list[tuple[str, str]] | None:
    """Give the (field, value) pairs of a line that is made of labelled values; of any other, None.

    A date may stand before the first label: ``2023-06-05 14:30 来源：…``. Its field is "bare".
    """
    if len(line) > _LINE:
        return None
    line = line.replace("**", "").strip(_EDGES)
    marks = list(_LABEL.finditer(line))
    pairs: list[tuple[str, str]] = []
    if lead := line[: marks[0].start() if marks else len(line)].strip(_EDGES):
        if not is_bare_date(lead):
            return None
        pairs.append(("bare", lead))
    starts = [*(mark.start() for mark in marks), len(line)]
    for mark, end in zip(marks, starts[1:], strict=True):
        name = (mark["name"] or mark["when"]).lower()
        value = line[mark.end() : end].strip(_EDGES)
        if not _fits(name, value):
            return None
        pairs.append((_FIELDS[name], value))
    return pairs or None


def _fits(name: str, value: str) -> bool:
    match _FIELDS[name]:
        case "published" | "updated":
            return name in _ALWAYS or not value or find_date(value) is not None
        case "source" | "author" | "editor":
            return len(value) <= _VALUE and not _SENTENCE_END.search(value)
    return True


# ---------------------------------------------------------------- tags

_SENTENCE_END = re.compile(r"[.!?。！？…]['\"”’」』)）\]】]*$")
_NO_TAG = re.compile(
    r"[(（\[【<>*|!`]|[-+=] |#\s|.*(?:[:：](?:\s|$)|：|©|://)|(?:photo|image|picture|图|摄)\w*\s*/", re.IGNORECASE
)
_TAG_LENGTH = 60
_TAG_WORDS = 7


def split_names(text: str) -> list[str]:
    """Split a list of names as people write it: at , ; ， ； 、."""
    return [name for part in re.split("[,;，；、]", text) if (name := part.strip().strip("#").strip())]


def hashtags(line: str) -> list[str] | None:
    """Give the tags of a line of #hashtags (also #话题# as in Chinese microblogs); of any other line, None."""
    words = line.split()
    if not words or not all(word.startswith("#") and word.strip("#") for word in words):
        return None
    return [tag for word in words for tag in word.split("#") if tag]


def is_tag_like(line: str) -> bool:
    """Tell whether a line could be a tag: short, no sentence, no credit such as "Photo: …", no markup."""
    return (
        0 < len(line) <= _TAG_LENGTH
        and len(line.split()) <= _TAG_WORDS
        and not _SENTENCE_END.search(line)
        and not _NO_TAG.match(line)
    )
