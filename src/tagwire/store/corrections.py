"""What is done by hand: stories split, merged, withdrawn and tagged, as facts of their own that can be undone.

A correction outlives every later reading: an article that is kept stays where it was put, because only articles that
are new are matched, and a rematch leaves stories alone that were split or merged.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, or_, select, update

from tagwire.errors import DefinitionError
from tagwire.model import tag_key
from tagwire.store import facts
from tagwire.store.candidates import Candidates, Matcher
from tagwire.store.identity import Birth, new_uris
from tagwire.store.rows import number_after, unite_tags
from tagwire.store.schema import article_keys, articles, corrections, hand_tags, sources, stories

_SHORTEST = 4
"""Characters of a hash that name a story."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """A correction, in words."""

    number: int
    at: datetime
    kind: str
    story: str
    """The id of the story it was done to."""


def find(connection: Connection, name: str) -> Row[Any]:
    """Give the story that a user means by an id, a unique beginning of its hash, or a link.

    Raises:
        DefinitionError: there is none, or there are several.

    """
    linked = select(articles.c.story).where(articles.c.link == name)
    matching = or_(stories.c.uri == name, stories.c.id.in_(linked))
    if len(name) >= _SHORTEST and name.isalnum():
        matching = or_(matching, stories.c.uri.contains(f":{name}", autoescape=True))
    found = {_followed(connection, row).id: row for row in connection.execute(select(stories).where(matching))}
    if not found:
        raise DefinitionError("no story", name, "name it by its id, the beginning of its hash, or its link")
    if len(found) > 1:
        several = ", ".join(sorted(row.uri for row in found.values()))
        raise DefinitionError("several stories", name, several)
    return _followed(connection, next(iter(found.values())))


def linked(connection: Connection, key: str) -> str | None:
    """Give the id of the one story that has a copy under a lasting key; None: there is none, or there are several."""
    query = (
        select(stories.c.uri)
        .join(articles, articles.c.story == stories.c.id)
        .join(article_keys, article_keys.c.article == articles.c.id)
        .where(article_keys.c.key == key)
        .distinct()
        .limit(2)
    )
    found = connection.execute(query).scalars().all()
    return found[0] if len(found) == 1 else None


def _followed(connection: Connection, row: Row[Any]) -> Row[Any]:
    """Give the story that a merged one became."""
    while row.merged_into is not None:
        row = connection.execute(select(stories).where(stories.c.id == row.merged_into)).one()
    return row


def copies(connection: Connection, story: int) -> list[Row[Any]]:
    """Give the copies of a story, the first kept one first, in the order in which they are numbered for the user."""
    query = (
        select(articles, sources.c.name.label("source_name"), sources.c.address)
        .join(sources, sources.c.id == articles.c.source)
        .where(articles.c.story == story)
        .order_by(articles.c.id)
    )
    return list(connection.execute(query))


# ---------------------------------------------------------------- what a user does


def split(connection: Connection, matcher: Matcher, story: Row[Any], copy: str, now: datetime) -> str:
    """Take a copy out of a story; the story's id stays with its first copy.

    Args:
        connection: in a writing transaction.
        matcher: chooses which copy is shown.
        story: as `find` gives it.
        copy: the number or the source of a copy.
        now: the time.

    Returns:
        the id of the new story.

    Raises:
        DefinitionError: the story has no such copy, or no other one.

    """
    told = copies(connection, story.id)
    chosen = _chosen(told, copy)
    if len(told) == 1:
        raise DefinitionError("cannot split the story", story.uri, "it has one copy only")
    moving = [chosen] if chosen is not told[0] else told[1:]
    fresh = make_story(connection, moving[0], now)
    move(connection, [row.id for row in moving], fresh)
    _remember(connection, "split", story.id, {"from": fresh, "articles": [row.id for row in moving]}, now)
    refresh(connection, matcher, [story.id, fresh])
    return str(connection.execute(select(stories.c.uri).where(stories.c.id == fresh)).scalar_one())


def _chosen(told: Sequence[Row[Any]], copy: str) -> Row[Any]:
    named = [row for row in told if row.source_name == copy]
    if copy.isdecimal() and 1 <= int(copy) <= len(told):
        return told[int(copy) - 1]
    if len(named) == 1:
        return named[0]
    numbered = ", ".join(f"{place} {row.source_name}" for place, row in enumerate(told, 1))
    raise DefinitionError("which copy" if named else "no such copy", copy, f"the story has {numbered}")


def merge(connection: Connection, matcher: Matcher, one: Row[Any], other: Row[Any], now: datetime) -> str:
    """Make two stories one; the older id stays, the other becomes another name for it.

    Returns:
        the id that stays.

    Raises:
        DefinitionError: they are one already.

    """
    if one.id == other.id:
        raise DefinitionError("cannot merge", one.uri, "that is one story already")
    older, younger = sorted((one, other), key=lambda row: int(row.id))
    moved = [row.id for row in copies(connection, younger.id)]
    move(connection, moved, older.id)
    connection.execute(update(stories).where(stories.c.id == younger.id).values(merged_into=older.id))
    connection.execute(update(stories).where(stories.c.id == older.id).values(quiet=older.quiet and younger.quiet))
    before = {"from": younger.id, "articles": moved, "quiet": older.quiet}
    before["keys"] = _share_hand_tags(connection, younger.id, older.id)
    _remember(connection, "merge", older.id, before, now)
    refresh(connection, matcher, [older.id, younger.id])
    return str(older.uri)


def _share_hand_tags(connection: Connection, origin: int, target: int) -> list[str]:
    """Let what was said by hand of one story hold for another, unless that says otherwise; give the keys."""
    said = select(hand_tags.c.key).where(hand_tags.c.story == target)
    wanted = select(hand_tags).where(hand_tags.c.story == origin, hand_tags.c.key.not_in(said))
    rows = [{"story": target, "key": row.key, "tag": row.tag, "given": row.given} for row in connection.execute(wanted)]
    if rows:
        connection.execute(insert(hand_tags), rows)
    return [str(row["key"]) for row in rows]


def withdraw(connection: Connection, story: Row[Any], now: datetime) -> None:
    """Take a story out of every feed, for good; copies that still come join it there.

    Raises:
        DefinitionError: it is withdrawn already.

    """
    if story.withdrawn_at is not None:
        raise DefinitionError("cannot withdraw", story.uri, "it is withdrawn already")
    connection.execute(update(stories).where(stories.c.id == story.id).values(withdrawn_at=now))
    _remember(connection, "withdraw", story.id, {}, now)
    _changed(connection, [story.id])


def tag(connection: Connection, story: Row[Any], given: Iterable[str], taken: Iterable[str], now: datetime) -> None:
    """Give a story tags, and take some from it, whatever its copies carry."""
    wanted = {tag_key(name): (name, True) for name in given} | {tag_key(name): (name, False) for name in taken}
    mine = hand_tags.c.story == story.id
    before = [
        [row.key, row.tag, row.given]
        for row in connection.execute(select(hand_tags).where(mine, hand_tags.c.key.in_(wanted)))
    ]
    connection.execute(delete(hand_tags).where(mine, hand_tags.c.key.in_(wanted)))
    rows = [{"story": story.id, "key": key, "tag": name, "given": plus} for key, (name, plus) in wanted.items()]
    connection.execute(insert(hand_tags), rows)
    _remember(connection, "tag", story.id, {"keys": sorted(wanted), "rows": before}, now)
    unite_tags(connection, [story.id])
    _changed(connection, [story.id])


def undo(connection: Connection, matcher: Matcher, now: datetime) -> Corrected:
    """Undo the last correction that is not undone yet.

    Raises:
        DefinitionError: there is none.

    """
    standing = select(corrections).where(corrections.c.undone_at.is_(None)).order_by(corrections.c.id.desc())
    last = connection.execute(standing.limit(1)).first()
    if last is None:
        raise DefinitionError("nothing to undo", detail="no correction by hand stands")
    touched = [last.story]
    match last.kind:
        case "split":
            stored = select(articles.c.id).where(articles.c.story == last.before["from"])
            move(connection, list(connection.execute(stored).scalars()), last.story)
            gone = update(stories).where(stories.c.id == last.before["from"])
            connection.execute(gone.values(merged_into=last.story))
            touched.append(last.before["from"])
        case "merge":
            move(connection, last.before["articles"], last.before["from"])
            back = update(stories).where(stories.c.id == last.before["from"])
            connection.execute(back.values(merged_into=None))
            shared = (hand_tags.c.story == last.story) & hand_tags.c.key.in_(last.before["keys"])
            connection.execute(delete(hand_tags).where(shared))
            was = update(stories).where(stories.c.id == last.story).values(quiet=last.before["quiet"])
            connection.execute(was)
            touched.append(last.before["from"])
        case "withdraw":
            connection.execute(update(stories).where(stories.c.id == last.story).values(withdrawn_at=None))
        case _:
            mine = hand_tags.c.story == last.story
            connection.execute(delete(hand_tags).where(mine, hand_tags.c.key.in_(last.before["keys"])))
            for key, name, given in last.before["rows"]:
                connection.execute(insert(hand_tags).values(story=last.story, key=key, tag=name, given=given))
    connection.execute(update(corrections).where(corrections.c.id == last.id).values(undone_at=now))
    refresh(connection, matcher, touched)
    uri = connection.execute(select(stories.c.uri).where(stories.c.id == last.story)).scalar_one()
    return Corrected(last.id, last.at, last.kind, uri)


def pinned(connection: Connection) -> set[int]:
    """Give the stories that were corrected by hand."""
    made = select(corrections).where(corrections.c.undone_at.is_(None))
    return {story for row in connection.execute(made) for story in (row.story, row.before.get("from", row.story))}


def standing(connection: Connection, story: int) -> list[Row[Any]]:
    """Give the corrections of a story that are not undone."""
    mine = (corrections.c.story == story) & corrections.c.undone_at.is_(None)
    return list(connection.execute(select(corrections).where(mine).order_by(corrections.c.id)))


# ---------------------------------------------------------------- moving copies


def make_story(connection: Connection, first: Row[Any], now: datetime) -> int:
    """Make a story of a copy that was another story's; the copy is moved afterwards."""
    number = number_after(connection, stories.c.id)
    birth = {number: Birth(first.address, first.guid, first.day)}
    values = {
        "id": number, "uri": new_uris(connection, facts.authority(connection), birth)[number],
        "published": first.published, "day": first.day, "updated": max(first.published, first.updated or now),
        "kept_at": first.kept_at, "change": 0, "settled": 0, "shown": first.id,
        "quiet": connection.execute(select(stories.c.quiet).where(stories.c.id == first.story)).scalar_one(),
    }  # fmt: skip
    connection.execute(insert(stories).values(values))
    return number


def move(connection: Connection, moved: Sequence[int], story: int) -> None:
    """Put copies into another story; `refresh` is wanted afterwards."""
    connection.execute(update(articles).where(articles.c.id.in_(moved)).values(story=story))


def refresh(connection: Connection, matcher: Matcher, touched: Sequence[int]) -> None:
    """Bring stories in line with the copies they have now; one without copies is only a name."""
    candidates = Candidates(connection, matcher)
    for story in touched:
        if candidates.has_copies(story):
            shown = candidates.choose_shown(story)
            connection.execute(update(stories).where(stories.c.id == story).values(shown=shown))
    unite_tags(connection, touched)
    _changed(connection, touched)


def _changed(connection: Connection, touched: Sequence[int]) -> None:
    """Let the feeds look at stories again; what enters by that takes its place by date, it is no news."""
    change = number_after(connection, stories.c.change)
    connection.execute(update(stories).where(stories.c.id.in_(touched)).values(change=change, settled=change))


def _remember(connection: Connection, kind: str, story: int, before: dict[str, object], now: datetime) -> None:
    connection.execute(insert(corrections).values(at=now, kind=kind, story=story, before=before))
