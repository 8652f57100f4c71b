"""The values that definitions hold: what each may be, and what to write where it is not."""

import re
import unicodedata
import zoneinfo
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal, NoReturn
from urllib.parse import urlsplit

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from tagwire.definitions.document import did_you_mean, shown
from tagwire.model import tag_key
from tagwire.output.grammar import web_address
from tagwire.text import one_line

MINE = "tagwire"
"""The type of the pydantic errors that carry our own words."""

_EVERY = re.compile(r"([0-9]{1,6})\s*([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_LONGEST = timedelta(days=366)
_CRON_FIELDS = 5
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_DATABASE = re.compile(r"[a-z][a-z0-9_]*(\+[a-z][a-z0-9_]*)?://")
_CONTACT = re.compile(r"(https?://|mailto:)[!-'*-;=?-~]{1,200}")
_SUFFIXES = (".toml", ".atom", ".rss", ".json", ".html")
_NO_ADDRESS = re.compile(r"[\s\x00-\x1f\x7f\"<>\\^`{|}\ufffe\uffff]")


def wrong(what: str, right: str = "") -> NoReturn:
    """Refuse a value in our own words."""
    raise PydanticCustomError(MINE, "wrong", {"what": what, "right": right})


def _said(text: str) -> str:
    return one_line(text) or wrong("is empty", "write something between the quotes, or leave it out")


def _tag(text: str) -> str:
    if not tag_key(one_line(text)):
        wrong(f"{shown(text)} is no name for a tag", "a tag has a letter, a digit or a character of its own")
    return one_line(text)


def _heading(name: str) -> str:
    _tag(name)
    return name  # as written, so that its line is found, and no two tables become one unseen


def _some(tags: list[str]) -> list[str]:
    return tags or wrong("names no tag", 'write tags = ["CIIE"], or leave it out for every story')


def _some_fields(names: list[str]) -> list[str]:
    return names or wrong("names no field", 'write fields = ["title", "summary"], or leave it out for all three')


def _former(name: str) -> str:
    if not name or "/" in name or name.startswith(".") or name.endswith(_SUFFIXES):
        wrong(f"{shown(name)} was no name of a feed", 'write it without folder and suffix: was = ["car-maker"]')
    return unicodedata.normalize("NFC", name)


def _tables(value: object) -> object:
    if not isinstance(value, list):
        wrong(f"{shown(value)} is no list of tables", 'write [[tags."NAME".examples]], in double brackets')
    return value


def _every(value: object) -> timedelta | None:
    if value == "auto":
        return None
    match = _EVERY.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        wrong(f"{shown(value)} is no span of time", 'write a number and s, m, h, d or w: every = "15m", or "auto"')
    span = timedelta(**{_UNITS[match[2]]: int(match[1])})
    if not timedelta(seconds=1) <= span <= _LONGEST:
        wrong(f"{shown(value)} is out of bounds", 'write something from "1s" to "366d", or "auto"')
    return span


def _cron(text: str) -> str:
    try:
        fields = len(text.split())
        if fields != _CRON_FIELDS:
            raise CronSimError(f"it has {fields} fields")  # noqa: TRY301 - one message for all that is wrong
        # A fixed start: whether the expression ever comes true does not depend on today.
        never = next(CronSim(text, datetime(2024, 1, 1, tzinfo=UTC)), None) is None
    except (CronSimError, ValueError) as error:
        wrong(
            f"{shown(text)} is no cron expression ({error})",
            'write minute, hour, day of the month, month and weekday: cron = "0 7 * * 1-5"',
        )
    return wrong(f"{shown(text)} never comes true") if never else text


def _timezone(name: str) -> str:
    try:
        zoneinfo.ZoneInfo(name)
    except (OSError, ValueError, KeyError):  # as zoneinfo raises for folders, odd paths and unknown names
        # "CST" is not meant to be "EST": only names of places are offered
        near = did_you_mean(name, (each for each in zoneinfo.available_timezones() if "/" in each))
        wrong(f"{shown(name)} is no time zone", near or 'write a name such as "Asia/Shanghai" or "UTC"')
    return name


def _language(text: str) -> str:
    if _LANGUAGE.fullmatch(text):
        return text
    mended = text.replace("_", "-")
    right = f"did you mean {mended}?" if _LANGUAGE.fullmatch(mended) else 'write a code such as "en" or "zh-CN"'
    return wrong(f"{shown(text)} is no language code", right)


def _base_url(text: str) -> str:
    try:
        parts = urlsplit(text)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    right = 'write where output/ is served: base_url = "https://example.org/feeds/"'
    if not usable or _NO_ADDRESS.search(text):
        wrong(f"{shown(text)} is no http or https address", right)
    if "@" in parts.netloc or "?" in text or "#" in text:
        wrong("a base address has no user name, no ? and no #", right)
    return text.rstrip("/") + "/"


def _web_address(text: str) -> str:
    if text and not web_address(text):
        wrong(f"{shown(text)} is no http or https address", 'write the whole of it: "https://example.org/picture.png"')
    return web_address(text) or ""


def _some_formats(names: list[str]) -> list[str]:
    return names or wrong("names no format", 'write formats = ["atom"], or leave it out for all of them')


def _database(text: str) -> str:
    if not _DATABASE.match(text):  # its value is not shown: it may hold a password
        wrong("is no SQLAlchemy address", 'write something like database = "sqlite:////var/lib/tagwire/tagwire.db"')
    return text


def _contact(text: str) -> str:
    if not _CONTACT.fullmatch(text):
        wrong(
            f"{shown(text)} is no address at which you can be found",
            'write contact = "https://example.org/about" or contact = "mailto:news@example.org"',
        )
    return text


def _proxy(text: str) -> str:
    try:
        parts = urlsplit(text)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or _NO_ADDRESS.search(text):  # its value is not shown: it may hold a password
        wrong("is no address of a proxy", 'write something like proxy = "http://proxy.example.org:3128"')
    return text


Text = Annotated[str, AfterValidator(one_line)]
Alias = Annotated[str, AfterValidator(_said)]
TagName = Annotated[str, AfterValidator(_tag)]
TagHeading = Annotated[str, AfterValidator(_heading)]
Tags = Annotated[list[TagName], Field(examples=[["CIIE"]])]
SomeTags = Annotated[Tags, AfterValidator(_some)]
Fields = Annotated[
    list[Literal["title", "summary", "text"]], AfterValidator(_some_fields), Field(examples=[["title", "summary"]])
]
Formats = Annotated[
    list[Literal["atom", "rss", "json"]], AfterValidator(_some_formats), Field(examples=[["atom", "json"]])
]
FormerNames = Annotated[list[Annotated[str, AfterValidator(_former)]], Field(examples=[["car-maker"]])]
Tables = BeforeValidator(_tables)
"""For a list of tables: names the double brackets to whoever forgot them."""
Every = Annotated[timedelta | None, BeforeValidator(_every), Field(examples=["15m"])]
"""None: as the kind does by default, which is what ``auto`` says."""
Cron = Annotated[str, AfterValidator(_cron), Field(examples=["0 7 * * 1-5"])]
TimeZone = Annotated[str, AfterValidator(_timezone), Field(examples=["Asia/Shanghai"])]
Language = Annotated[str, AfterValidator(_language), Field(examples=["zh-CN"])]
BaseUrl = Annotated[str, AfterValidator(_base_url), Field(examples=["https://example.org/feeds/"])]
Contact = Annotated[str, AfterValidator(_contact), Field(examples=["mailto:news@example.org"])]
Proxy = Annotated[str, AfterValidator(_proxy), Field(examples=["http://proxy.example.org:3128"])]
WebAddress = Annotated[str, AfterValidator(_web_address), Field(examples=["https://example.org/picture.png"])]
Database = Annotated[str, AfterValidator(_database), Field(examples=["sqlite:////var/lib/tagwire/tagwire.db"])]
