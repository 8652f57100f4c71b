"""What it means that a source tells an article of the same guid anew: nothing, an edit, or another article."""

import re
from datetime import datetime, timedelta
from html import unescape

from tagwire.model import Article, Change, Known
from tagwire.stories import bodies
from tagwire.stories.links import canonical
from tagwire.stories.titles import squeezed
from tagwire.text import folded, plain

DAILY = timedelta(days=1)
"""How often an article that changes at every visit may be updated."""
RESTLESS = 3
"""After how many changes in a row it is one that changes at every visit."""
_SAME_TEXT = 0.5
_LINK = re.compile(r"""href=["']?([^"'\s>]+)""", re.IGNORECASE)
_COUNTED = (
    "views?|reads?|comments?|likes?|shares?|votes?|points?|replies|reactions?"
    "|阅读量?|次阅读|评论数?|点赞数?|浏览量?|回复"
)
_COUNTERS = re.compile(
    rf"(?:(?:{_COUNTED})\s*[:(]?\s*\d[\d.,]*[km]?\)?|\(?\d[\d.,]*[km]?\)?\s*(?:{_COUNTED})"
    r"|\d+\s*(?:seconds?|minutes?|mins?|hours?|hrs?|days?)\s+ago|\d+\s*(?:秒|分钟|小时|天)前|[\s|·•/,#-])+",
    re.IGNORECASE,
)
"""Counters and ages, where nothing else stands: "won by 5 votes" is news, "5 votes" alone is a counter."""
_ADVERTISEMENT = re.compile(
    r"^(?:advert(?:isement)?s?|sponsored|promoted|read (?:more|next|also)|related|more from|you may also like"
    r"|see also|recommended|广告|推荐阅读|相关阅读|延伸阅读|更多|猜你喜欢)\b",
    re.IGNORECASE,
)
_BLOCK = re.compile(r"</(?:p|div|li|ul|ol|h[1-6]|blockquote|table|section|aside|figure)>|<br\s*/?>", re.IGNORECASE)
_COUNTERS_LENGTH = 80
_END = 4
"""Paragraphs at the end that may be advertisements."""


def judge(before: Known, after: Article, *, dates_are_content: bool = False) -> Change:
    """Tell what has happened to an article that its source tells anew under the same guid.

    Args:
        before: the article as it is kept.
        after: as it is told now.
        dates_are_content: whether a corrected date is an edit (article files) or noise (web feeds).

    """
    if dates_are_content and (before.published, before.dated) != (after.published, after.dated):
        return Change.EDIT
    if _title(before) == _title(after) and _essence(before) == _essence(after):
        return Change.NONE if canonical(before.link) == canonical(after.link) else Change.EDIT
    return Change.ANOTHER if _is_another(before, after) else Change.EDIT


def is_due(changes: int, updated: datetime, now: datetime) -> bool:
    """Tell whether an edit may update its story now, or waits as one of an article that changes at every visit.

    Args:
        changes: at how many visits in a row the article has changed.
        updated: when the story was last updated.
        now: the time of the visit.

    """
    return changes < RESTLESS or now - updated >= DAILY


def _is_another(before: Known, after: Article) -> bool:
    """Tell whether title, day and text all changed: a column that keeps its address."""
    if before.day == after.day or _title(before) == _title(after):
        return False
    overlap = bodies.overlap(
        bodies.shingles(before.content, before.summary), bodies.shingles(after.content, after.summary)
    )
    if overlap is None:
        return _essence(before) != _essence(after)
    return overlap < _SAME_TEXT


def _title(article: Article | Known) -> str:
    return squeezed(folded(article.title))


def _is_counters(words: str) -> bool:
    return len(words) <= _COUNTERS_LENGTH and _COUNTERS.fullmatch(words) is not None


def _essence(article: Article | Known) -> tuple[str, str, tuple[str | None, ...]]:
    """Give what a reader would miss: the words, without counters and closing advertisements, and where links lead."""
    blocks = [(block, words) for block in _BLOCK.split(article.content) if (words := plain(block))]
    last = range(max(0, len(blocks) - _END), len(blocks))
    end = next((place for place in last if _ADVERTISEMENT.match(blocks[place][1])), None)
    told = [(block, words) for block, words in blocks[:end] if not _is_counters(words)]
    targets = tuple(canonical(unescape(link)) for block, _ in told for link in _LINK.findall(block))
    return squeezed(folded(" ".join(words for _, words in told))), squeezed(folded(article.summary)), targets
