"""The words on the pages, in English and Chinese."""

from datetime import date

from tagwire.output.grammar import language_tag

_ENGLISH = {
    "language": "en",
    "topics": "Topics",
    "tags": "Tags",
    "all_tags": "All tags",
    "list": "All feeds (OPML)",
    "skip": "To the stories",
    "no_feeds": "There are no feeds yet.",
    "no_stories": "There are no stories yet.",
    "no_tags": "No tag has enough stories for a feed yet.",
    "search": "Search",
    "search_hint": "Words, tags, sources …",
    "story": "{} story",
    "stories": "{} stories",
    "trend": "{} stories in six weeks",
    "subscribe": "Subscribe",
    "subscribe_hint": "Copy an address into your feed reader.",
    "copy_it": "Copy",
    "copied": "Copied",
    "copy_of": "Copy the address of {}",
    "narrow": "Show only stories with",
    "exclude": "Hide stories with",
    "everything": "Show all",
    "more": "{} more",
    "showing": "{0} of {1} stories",
    "filter": "Filter by tag",
    "filter_hint": "Choose a tag once to see only its stories, twice to hide them.",
    "also": "also in",
    "why": "Why is this here?",
    "older": "Older stories",
    "newer": "Newer stories",
    "archive": "Older stories, part {}",
    "files": "Files",
    "sources": "Sources",
    "made_by": "Made by Tagwire",
}
_CHINESE = {
    "language": "zh-CN",
    "topics": "主题",
    "tags": "标签",
    "all_tags": "全部标签",
    "list": "全部订阅（OPML）",
    "skip": "跳到文章列表",
    "no_feeds": "还没有任何主题。",
    "no_stories": "还没有文章。",
    "no_tags": "还没有文章足够多的标签。",
    "search": "搜索",
    "search_hint": "关键词、标签、来源……",
    "story": "{} 篇",
    "stories": "{} 篇",
    "trend": "六周内 {} 篇",
    "subscribe": "订阅",
    "subscribe_hint": "把地址复制到您的阅读器。",
    "copy_it": "复制",
    "copied": "已复制",
    "copy_of": "复制 {} 地址",
    "narrow": "只看",
    "exclude": "不看",
    "everything": "显示全部",
    "more": "另有 {} 个",
    "showing": "{1} 篇中的 {0} 篇",
    "filter": "按标签筛选",
    "filter_hint": "点一次只看带此标签的文章，点两次则不看。",
    "also": "另见",
    "why": "为什么在这里？",
    "older": "更早的文章",
    "newer": "更新的文章",
    "archive": "更早的文章，第 {} 部分",
    "files": "附件",
    "sources": "来源",
    "made_by": "由 Tagwire 发布",
}
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def words(language: str | None) -> dict[str, str]:
    """Give the words of a language: Chinese for every Chinese, English for all others."""
    return _CHINESE if is_chinese_language(language) else _ENGLISH


def long_day(day: date, language: str | None) -> str:
    """Give a day as people write it: ``Wednesday, 4 March 2026`` or ``2026年3月4日 星期三``."""
    if is_chinese_language(language):
        return f"{short_day(day, language)} 星期{'一二三四五六日'[day.weekday()]}"
    return f"{_WEEKDAYS[day.weekday()]}, {day.day} {_MONTHS[day.month - 1]} {day.year}"


def short_day(day: date, language: str | None) -> str:
    """Give a day as it stands beside a headline: ``4 Mar 2026`` or ``2026年3月4日``."""
    if is_chinese_language(language):
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1][:3]} {day.year}"


def is_chinese_language(language: str | None) -> bool:
    """Tell whether a language is a Chinese one."""
    return (language_tag(language) or "").lower().split("-")[0] == "zh"
