"""The words on the pages, in English and Chinese."""

from datetime import date
from typing import Any

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
    "health": "the health of its sources",
    "began_to_fail": "{} began to fail",
    "well_again": "{} is well again",
    "all_well": "All sources are well.",
    "failing": "{} of {} sources are failing.",
    "no_sources": "There are no sources yet.",
    "health_feed": "Feed of troubles",
    "as_list": "List of the sources (OPML)",
    "visits": "Last visits",
    "visits_told": "Of the last {} visits, {} brought something new and {} failed",
    "last_visit": "Last visit",
    "next_visit": "Next visit",
    "articles": "Articles",
    "duplicates": "Told elsewhere",
    "missed": "Perhaps missed",
    "moved_to": "It has moved to {}",
    "unverified": "Its certificate is not checked (verify = false)",
    "never": "never",
    "outcomes": {
        "": "not visited yet",
        "new": "new",
        "unchanged": "unchanged",
        "failed": "failed",
        "held": "asked us to wait",
        "gone": "gone",
    },
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
    "health": "来源状态",
    "began_to_fail": "{} 开始出错",
    "well_again": "{} 已恢复正常",
    "all_well": "所有来源一切正常。",
    "failing": "{1} 个来源中有 {0} 个出错。",
    "no_sources": "还没有任何来源。",
    "health_feed": "故障订阅",
    "as_list": "来源列表（OPML）",
    "visits": "最近的访问",
    "visits_told": "最近 {} 次访问中，{} 次有新内容，{} 次失败",
    "last_visit": "上次访问",
    "next_visit": "下次访问",
    "articles": "文章",
    "duplicates": "与别处重复",
    "missed": "可能错过",
    "moved_to": "已迁移到 {}",
    "unverified": "不检查其证书（verify = false）",
    "never": "从未",
    "outcomes": {
        "": "尚未访问",
        "new": "有更新",
        "unchanged": "无变化",
        "failed": "失败",
        "held": "要求等待",
        "gone": "已消失",
    },
}
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def words(language: str | None) -> dict[str, Any]:
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
