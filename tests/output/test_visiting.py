"""Reasons for next visits on a Chinese site: every one that the program can give is said in Chinese."""

import ast
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

import tagwire
from examples import NOON
from tagwire.model import Face
from tagwire.output.operator import Visited, status_page
from tagwire.output.visiting import next_visit_in
from tagwire.sources.schedule import spell

SOURCES = Path(tagwire.__file__).parent
SAID = {
    "never visited": "尚未访问",
    "its definition changed": "其定义已更改",
    "it is gone for good (410); looked at once a month": "已永久消失（410），每月查看一次",
    "tried again after failure 3": "第3次失败后重试",
    "news.example asked us to wait 2h": "news.example 要求等待2小时",
    "its server asked us to wait 45s": "其服务器要求等待45秒",
    "news.example asked us to wait": "news.example 要求等待",
    "cron 0 7 * * 1": "按 cron 时间表 0 7 * * 1",
    "at every pass": "每次运行时",
    "every 90m": "每90分钟一次",
    "every 15m, as it brings about 3 new articles an hour": "每15分钟一次，因为它每小时约有3篇新文章",
    "every 6h, as it brings about 1 new article a day": "每6小时一次，因为它每天约有1篇新文章",
    "every 1d, as it brings about 2 new articles a week": "每1天一次，因为它每周约有2篇新文章",
    "every 1d, as it brings hardly anything new": "每1天一次，因为它几乎没有新文章",
    "it asked to be left alone for 12h": "它要求12小时内不要访问",
    "every 1h; later, for its skipHours or skipDays": "每1小时一次；因其 skipHours 或 skipDays 而推迟",
}


@pytest.mark.parametrize(("reason", "said"), SAID.items())
def test_a_reason_is_said_in_the_sites_language(reason: str, said: str) -> None:
    assert next_visit_in(reason, "zh-CN") == said
    assert next_visit_in(reason, "en") == next_visit_in(reason, None) == reason


@pytest.mark.parametrize("span", [timedelta(seconds=7), timedelta(minutes=90), timedelta(hours=40, seconds=3)])
def test_spans_are_said_as_the_schedule_spells_them(span: timedelta) -> None:
    assert re.fullmatch(r"每\d+(秒|分钟|小时|天)一次", next_visit_in(f"every {spell(span)}", "zh"))


def test_the_page_of_the_sources_says_them() -> None:
    visited = Visited(
        name="port", address="https://port.example/", outcome="", history=(), last_at=None, next_at=NOON,
        next_reason="never visited", error="", warnings=(), moved_to="", articles=0, duplicates=0, missed=0,
        verified=True,
    )  # fmt: skip
    page = status_page(Face(language="zh-CN"), [visited], "", NOON).decode()
    assert '<span class="meta">尚未访问</span>' in page


def test_no_reason_is_forgotten() -> None:
    """A new one wants its Chinese in `output/visiting.py`, and an example here."""
    patterns = [*_schedule(), *_store()]
    assert len(patterns) > 15
    assert [pattern for pattern in patterns if not any(re.search(pattern, each) for each in SAID)] == []


def _schedule() -> Iterator[str]:
    """Give a pattern for each text in the schedule that has a blank in it: there, these are reasons and no more."""
    tree = ast.parse((SOURCES / "sources" / "schedule.py").read_text())
    inside = {id(part) for text in ast.walk(tree) if isinstance(text, ast.JoinedStr) for part in text.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            inside.add(id(node.value))  # a docstring
        if isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in inside:
            pattern = _pattern(node)
            if r"\ " in pattern:
                yield pattern


def _store() -> Iterator[str]:
    """Give a pattern for each reason that is written into the row of a source as it stands in the code."""
    for file in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Dict):
                for key, value in zip(node.keys, node.values, strict=True):
                    literal = isinstance(value, ast.Constant | ast.JoinedStr)
                    if literal and isinstance(key, ast.Constant) and key.value == "next_reason":
                        yield _pattern(value)


def _pattern(text: ast.Constant | ast.JoinedStr) -> str:
    parts = text.values if isinstance(text, ast.JoinedStr) else [text]
    texts = [part.value if isinstance(part, ast.Constant) else None for part in parts]
    return "".join("(.*)" if each is None else re.escape(str(each)) for each in texts)
