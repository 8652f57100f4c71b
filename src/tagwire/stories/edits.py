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
_LINK = re.compile(r"""(?:href|src)=["']?([^"'\s>]+)""", re.IGNORECASE)
_COUNTER = re.compile(
    r"\(?\b\d[\d.,]*[km]?\b\)?\s*(?:views?|reads?|comments?|likes?|shares?|votes?|replies|reactions?|次阅读|阅读|评论|点赞|浏览|回复|人看过)"
    r"|(?:views?|reads?|comments?|likes?|shares?|阅读量?|评论数?|点赞数?|浏览量?)\s*[:(]?\s*\d[\d.,]*[km]?\)?",
    re.IGNORECASE,
)
_AGE = re.compile(
    r"\b\d+\s*(?:seconds?|minutes?|mins?|hours?|hrs?|days?)\s+ago\b|\d+\s*(?:秒|分钟|小时|天)前", re.IGNORECASE
)
_ADVERTISEMENT = re.compile(
    r"^(?:advert(?:isement)?s?|sponsored|promoted|read (?:more|next|also)|related|more from|you may also like"
    r"|see also|recommended|广告|推荐阅读|相关阅读|延伸阅读|更多|猜你喜欢)\b",
    re.IGNORECASE,
)
_BLOCK = re.compile(r"</(?:p|div|li|ul|ol|h[1-6]|blockquote|table|section|aside|figure)>|<br\s*/?>", re.IGNORECASE)
_END = 4
"""Paragraphs at the end that may be advertisements."""


def judge(before: Known, after: Article) -> Change:
    """Tell what has happened to an article that its source tells anew under the same guid."""
    if squeezed(folded(before.title)) == squeezed(folded(after.title)) and _essence(before) == _essence(after):
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
    if before.day == after.day or squeezed(folded(before.title)) == squeezed(folded(after.title)):
        return False
    overlap = bodies.overlap(
        bodies.shingles(before.content, before.summary), bodies.shingles(after.content, after.summary)
    )
    if overlap is None:
        return _essence(before) != _essence(after)
    return overlap < _SAME_TEXT


def _essence(article: Article | Known) -> tuple[str, str, tuple[str | None, ...]]:
    """Give what a reader would miss: where links lead, and the words without counters, ages and advertisements."""
    blocks = [block for block in _BLOCK.split(article.content) if block.strip()]
    words = [plain(block) for block in blocks]
    end = next(
        (place for place in range(max(0, len(words) - _END), len(words)) if _ADVERTISEMENT.match(words[place])), None
    )
    targets = tuple(canonical(unescape(link)) for block in blocks[:end] for link in _LINK.findall(block))
    return _squeezed(" ".join(words[:end])), _squeezed(article.summary), targets


def _squeezed(text: str) -> str:
    return squeezed(folded(_AGE.sub(" ", _COUNTER.sub(" ", text))))
