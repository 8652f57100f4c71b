"""Commands for working on rules: what a feed or a filter would publish, and how the tags are going."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tagwire.cli import show, site

if TYPE_CHECKING:
    from tagwire.cli.trying import Trial, Tried
    from tagwire.tags.vocabulary import Vocabulary

_MARKS = {"stays": " ", "enters": "+", "leaves": "-"}
_COLOURS = {"+": "green", "-": "red"}
_AROUND = 60
"""Characters that are shown on either side of a word in a text."""


@click.command("try")
@click.argument("target", metavar="FILE|FILTER")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1), help="How many stories to show.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_obj
def try_out(root: Path, target: str, limit: int, as_json: bool) -> None:  # noqa: FBT001 - a flag
    """Show what a feed's FILE or a FILTER would publish of what is stored, and why; changes nothing.

    A file is compared with what the feed of its name publishes now: + comes in, - leaves.
    """
    from tagwire import definitions
    from tagwire.cli import trying
    from tagwire.tags.vocabulary import Vocabulary

    loaded = definitions.load(root)
    tried_site, feed = trying.attempt(loaded, target)
    with site.opened(loaded) as store:
        trial = trying.run(tried_site, feed, store, limit, site.clock())
    for warning in trial.warnings:
        click.echo(f"{target}: warning: {warning}", err=True)
    if as_json:
        click.echo(show.as_json(_as_json(trial)))
        return
    _say(trial, Vocabulary(tried_site.rules))
    click.echo(_summary(trial), err=not show.on_terminal())


def _as_json(trial: "Trial") -> dict[str, Any]:
    told = [
        {
            "move": each.move if trial.feed else None, "id": each.story.id, "title": each.story.title,
            "link": each.story.link, "published": each.story.published, "tags": each.tags,
        }
        for each in trial.tried
    ]  # fmt: skip
    return {**show.fields(trial), "tried": told}


def _say(trial: "Trial", vocabulary: "Vocabulary") -> None:
    for each in trial.tried:
        mark = _MARKS[each.move] if trial.feed else " "
        published = show.moment(each.story.published)
        why = show.harmless("; ".join(f"{tag.tag}: {tag.reason}" for tag in each.tags))
        title, excerpt = _shown(each, vocabulary)
        if show.on_terminal():
            click.echo(click.style(f"{mark} {published}  ", fg=_COLOURS.get(mark)) + title)
            for line in filter(None, (why, excerpt)):
                click.echo(f"    {line}")
        else:
            click.echo(f"{mark}\t{published}\t{title}\t{why}\t{excerpt}")


def _shown(tried: "Tried", vocabulary: "Vocabulary") -> tuple[str, str]:
    """Give the title with the words marked that earned a tag; where there are none, what stands around the first."""
    from tagwire.text import one_line, plain

    story, earned = tried.story, [each.tag for each in tried.tags if each.origin == "earned"]
    title = show.harmless(one_line(story.title))
    places = vocabulary.highlights(title, earned)
    if not places:
        for text in map(show.harmless, (one_line(story.summary), plain(story.content))):
            if found := vocabulary.highlights(text, earned):
                return title, _excerpt(text, found[0])
    return _marked(title, places), ""


def _marked(text: str, places: "Sequence[tuple[int, int]]") -> str:
    """Mark words: in bold on a terminal, else between « and »."""
    parts, end = [], 0
    for start, stop in sorted(places):
        if start >= end:  # two tags may share a word
            word = text[start:stop]
            parts += [text[end:start], click.style(word, bold=True) if show.on_terminal() else f"«{word}»"]
            end = stop
    return "".join((*parts, text[end:]))


def _excerpt(text: str, place: tuple[int, int]) -> str:
    start, stop = place
    first, last = max(0, start - _AROUND), stop + _AROUND
    shown = _marked(text[first:last], [(start - first, stop - first)])
    return f"{'…' if first else ''}{shown}{'…' if last < len(text) else ''}"


def _summary(trial: "Trial") -> str:
    said = show.count(trial.total, "story", "stories")
    if trial.feed:
        said += f" in {trial.feed}: {trial.entering} would come in, {trial.leaving} would leave"
    if trial.unsure:
        said += f"; {show.count(trial.unsure, 'older story', 'older stories')} taken with the tags they have now"
    return said


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_obj
def tags(root: Path, as_json: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Show every tag: how many stories carry it, lately too, where it comes from, and what is odd about it."""
    from tagwire.cli import tagging

    loaded = site.load(root)
    with site.opened(loaded) as store, store.look(site.clock()) as view:
        lines = tagging.lines(loaded.site, view)
    if as_json:
        click.echo(show.as_json({"tags": [{**show.fields(each.count), "remarks": each.remarks} for each in lines]}))
        return
    show.table(
        ("tag", "stories", "last weeks", "given", "source", "earned", "by hand", "remarks"),
        [
            (
                each.count.tag, str(each.count.stories), tagging.sparkline(each.count.weeks), str(each.count.given),
                str(each.count.source), str(each.count.earned), str(each.count.by_hand), "; ".join(each.remarks),
            )
            for each in lines
        ],
    )  # fmt: skip
