"""Commands that explain a story, and correct by hand what the rules decided."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tagwire.cli import show, site

if TYPE_CHECKING:
    from tagwire.store.explaining import Explained, Telling
    from tagwire.store.store import Store

_STORY = "STORY is an id, the beginning of its hash (the last part of the id), or a link."


@click.command(epilog=_STORY)
@click.argument("story")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_obj
def why(root: Path, story: str, as_json: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Explain STORY: why its copies are one story, which words earned its tags, which feeds chose it."""
    with site.opened(site.load(root)) as store:
        explained = store.explain(_meant(store, story))
    if as_json:
        click.echo(show.as_json(explained))
    else:
        _say(explained)


def _meant(store: "Store", story: str) -> str:
    """Give the id of the story that a link leads to, however the link is written; anything else stays as it is."""
    from tagwire.stories.keys import of_link
    from tagwire.stories.links import canonical

    link = canonical(story)
    return story if link is None else store.linked(of_link(link)) or story


def _say(explained: "Explained") -> None:
    story = explained.story
    click.echo(f"{story.title}\n{story.id}")
    click.echo(f"published {show.moment(story.published)}, updated {show.moment(story.updated)}")
    if explained.withdrawn_at:
        click.echo(f"withdrawn {show.moment(explained.withdrawn_at)}")
    click.echo("copies")
    for number, copy in enumerate(explained.copies, 1):
        click.echo(f"  {number} {copy.source}, {show.moment(copy.published)}: {_because(copy)}")
        click.echo(f"    {copy.link or copy.guid}")
    click.echo("tags")
    for tag in explained.tags:
        click.echo(f"  {tag.tag}: {tag.reason}" + (f" ({tag.source})" if tag.source else ""))
    click.echo("feeds")
    for feed in explained.feeds:
        left = f", left {show.moment(feed.left_at)}" if feed.left_at else ""
        click.echo(f"  {feed.feed}: entered {show.moment(feed.entered_at)}{left}")
    for at, kind in explained.corrections:
        click.echo(f"corrected by hand: {kind}, {show.moment(at)}")


def _because(copy: "Telling") -> str:
    score = f" ({copy.score:.2f})" if copy.score < 1 else ""
    return f"{copy.reason}{score}" + (", shown" if copy.shown else "")


@click.command(epilog=_STORY + " COPY is the number that why shows, or the name of a source.")
@click.argument("story")
@click.argument("copy")
@click.pass_obj
def split(root: Path, story: str, copy: str) -> None:
    """Take COPY out of STORY, as a story of its own; the id stays with the first copy."""
    with site.at_work(site.load(root)) as pipeline:
        fresh = pipeline.store.split(pipeline.matcher, _meant(pipeline.store, story), copy, site.clock())
        pipeline.publish()
    click.echo(f"split: the new story is {fresh}")


@click.command(epilog=_STORY)
@click.argument("one")
@click.argument("other")
@click.pass_obj
def merge(root: Path, one: str, other: str) -> None:
    """Make ONE and OTHER one story; the older id stays, the younger becomes another name for it."""
    with site.at_work(site.load(root)) as pipeline:
        first, second = (_meant(pipeline.store, story) for story in (one, other))
        stays = pipeline.store.merge(pipeline.matcher, first, second, site.clock())
        pipeline.publish()
    click.echo(f"merged into {stays}")


@click.command(epilog=_STORY)
@click.argument("story")
@click.pass_obj
def withdraw(root: Path, story: str) -> None:
    """Take STORY out of every feed, at once and for good; feeds say so to their readers (RFC 6721)."""
    with site.at_work(site.load(root)) as pipeline:
        pipeline.store.withdraw(_meant(pipeline.store, story), site.clock())
        pipeline.publish()
    click.echo("withdrawn")


@click.command(epilog=_STORY, context_settings={"ignore_unknown_options": True})
@click.argument("story")
@click.argument("tags", nargs=-1, required=True, type=click.UNPROCESSED, metavar="+TAG|-TAG...")
@click.pass_obj
def tag(root: Path, story: str, tags: tuple[str, ...]) -> None:
    """Give STORY a tag (+TAG), or take one from it (-TAG), whatever the rules say."""
    wrong = [each for each in tags if each[:1] not in {"+", "-"} or not each[1:].strip()]
    if wrong:
        raise click.UsageError(f"{wrong[0]}: write +TAG to give a tag, -TAG to take one away")
    given = [each[1:].strip() for each in tags if each.startswith("+")]
    taken = [each[1:].strip() for each in tags if each.startswith("-")]
    with site.at_work(site.load(root)) as pipeline:
        pipeline.store.tag(_meant(pipeline.store, story), given, taken, site.clock())
        pipeline.publish()
    click.echo("tagged")


@click.command()
@click.pass_obj
def undo(root: Path) -> None:
    """Undo the last split, merge, withdraw or tag that stands."""
    with site.at_work(site.load(root)) as pipeline:
        undone = pipeline.store.undo(pipeline.matcher, site.clock())
        pipeline.publish()
    click.echo(f"undone: {undone.kind} of {undone.story}, {show.moment(undone.at)}")


@click.command()
@click.option("--dry-run", "dry", is_flag=True, help="Only show what would change.")
@click.pass_obj
def rematch(root: Path, dry: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Match all that is stored by today's rules; stories corrected by hand stay as they are."""
    with site.at_work(site.load(root)) as pipeline:
        moves = pipeline.store.rematch(pipeline.matcher, site.clock(), dry=dry)
        if not dry:
            pipeline.publish()
    for each in moves:
        click.echo(f"- {each.origin}\n+ {each.target or 'a story of its own'}")
        click.echo(f"  {each.source}: {each.title}\n  {each.reason}")
    click.echo(f"{show.count(len(moves), 'copy', 'copies')} {'would move' if dry else 'moved'}")
