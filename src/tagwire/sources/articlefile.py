"""One article file: bytes in, an article out. Pure; the disk is `files`' business.

Three forms are understood: plain text as it is saved from news pages, Markdown with front matter, and HTML.
The name's suffix and the first bytes tell which.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

import can_ada

from tagwire.model import Article, Source
from tagwire.sources.articlelines import Said, find_date
from tagwire.sources.articlemarkup import html_page
from tagwire.sources.articletext import text_page
from tagwire.sources.border import When, make_article, safe_url, undated
from tagwire.text import plain, xml_safe

SUFFIXES = frozenset({".txt", ".md", ".html", ".htm"})


@dataclass(frozen=True, slots=True)
class Parsed:
    """What an article file brought: an article, or none, and what is wrong with it, one line each."""

    article: Article | None
    warnings: tuple[str, ...] = ()


def parse(name: str, data: bytes, source: Source, mtime: datetime) -> Parsed:
    """Parse an article file, whatever its bytes are.

    Args:
        name: its path relative to its folder; the article's guid.
        data: its bytes.
        source: whose time zone holds for dates without one.
        mtime: when it was last changed, aware; the date of an article that has none.

    """
    suffix = PurePosixPath(name).suffix.lower()
    is_page = suffix in {".html", ".htm"} or re.match(rb"\W*<(!doctype html|html)\b", data[:100], re.IGNORECASE)
    text = decoded(data, declared=_declared(data) if is_page else "")
    warnings: list[str] = []
    if is_page:
        try:
            said, content = html_page(text)
        except ValueError as error:
            return Parsed(None, (str(error),))
    else:
        said, content, warnings = text_page(text, is_markdown=suffix == ".md")
    if not said.get("title") and not plain(content):
        return Parsed(None, (*warnings, "has neither a title nor text" if text.strip() else "is empty"))
    article = _article(name, said, content, _when(name, said, source, mtime, warnings), source)
    return Parsed(article, tuple(warnings))


# ---------------------------------------------------------------- decoding

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w-]{1,40})""", re.IGNORECASE)
_KNOWN = re.compile(r"utf-?8|gbk?[\d-]*|big5|shift[_-]jis|euc-(jp|kr)|(iso-?8859|windows|koi8)-\w{1,4}")
_WIDE_BLANKS = "\u3000\u00a0"
_ASCII = bytes(range(128))
_HANZI = re.compile(rb"[\xa1-\xf7][\xa1-\xfe]")


def decoded(data: bytes, declared: str = "") -> str:
    """Decode an article file's bytes; never fails.

    A byte order mark counts first, then the charset that a page declares, then strict UTF-8, then GB18030 if most
    high bytes make up Chinese characters, else Windows-1252. Line ends become LF; what XML forbids goes.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _tidy(data[len(bom) :].decode(encoding, "replace"))
    for encoding in filter(None, (declared, "utf-8")):
        try:
            return _tidy(data.decode(encoding))
        except (UnicodeDecodeError, LookupError):
            continue
    high = len(data.translate(None, _ASCII))
    chinese = 2 * len(_HANZI.findall(data)) > high / 2
    return _tidy(data.decode("gb18030" if chinese else "windows-1252", "replace"))


def _declared(data: bytes) -> str:
    """Give the charset of a page's <meta>, read as browsers do: GB2312 and GBK as GB18030, Latin-1 as Windows-1252."""
    hit = _CHARSET.search(data[:4096])
    name = hit[1].decode().lower() if hit else ""
    if not _KNOWN.fullmatch(name):
        return ""
    if name.startswith("gb"):
        return "gb18030"
    return "windows-1252" if name == "iso-8859-1" else name


def _tidy(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return xml_safe("\n".join(line.strip(_WIDE_BLANKS) for line in lines))


# ---------------------------------------------------------------- the article


def _when(name: str, said: Said, source: Source, mtime: datetime, warnings: list[str]) -> When:
    """Date an article by what it says, first found; published wins over updated; else by the file's own time."""
    for text in _dates(name, said):
        if (found := find_date(text)) is None:
            warnings.append(f"“{text[:60]}” is no date; write it like 2023-05-25")
            continue
        try:
            return found.when(source)
        except ValueError as error:
            warnings.append(f"{found.text} is no possible date ({error})")
    return undated(mtime, source)


def _dates(name: str, said: Said) -> Iterator[str]:
    for key in ("published", "bare", "updated"):
        yield from said.get(key, [])
    stem = PurePosixPath(name).stem.replace("_", "-")
    if find_date(stem):
        yield stem


def _updated(said: Said, source: Source, when: When) -> datetime | None:
    found = find_date(said.get("updated", [""])[0])
    try:
        moment = found.when(source).moment if found else None
    except ValueError:
        return None
    return moment if moment and moment > when.moment else None


def _article(name: str, said: Said, content: str, when: When, source: Source) -> Article:
    first = {key: values[0] for key, values in said.items()}
    people = next((said[key] for key in ("author", "source", "editor") if key in said), [])
    language = first.get("language", "").replace("_", "-")
    return make_article(
        source,
        when,
        guid=name,
        link=_address(first.get("link", "")),
        title=first.get("title", ""),
        summary=first.get("summary", ""),
        content=content,
        base=_address(first.get("base", "")) or "",
        updated=_updated(said, source, when),
        authors=tuple(one for names in people for one in re.split("[;；、]", names)),
        tags=tuple(said.get("tags", [])),
        language=language if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}", language) else None,
        image=first.get("image"),
        rights=first.get("rights", ""),
        dates_are_content=True,
    )


def _address(url: str) -> str | None:
    """Give an address that is absolute and that a browser could open, else None."""
    usable = safe_url(url)
    return usable if usable and can_ada.can_parse(usable) else None
