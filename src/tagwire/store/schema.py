"""The tables: what is remembered, and why each row is there.

Times are microseconds since 1970 in UTC, so that every database compares them alike.
A change here wants a migration in `migrations/versions/`; a test holds the two together.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    or_,
    true,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_encode = json.JSONEncoder(separators=(",", ":")).encode


def microseconds(moment: datetime) -> int:
    """Give an aware datetime as it is kept."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(kept: int) -> datetime:
    """Give the datetime that is kept as such a number."""
    return _EPOCH + timedelta(microseconds=kept)


def compact(value: object) -> str:
    """Give a JSON value as it is kept: in ASCII, so that no text that a source sends is refused by the database."""
    return _encode(value)


class Moment(TypeDecorator[datetime]):
    """An aware datetime, kept as whole microseconds since 1970 in UTC."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - the base's
        """Turn an aware datetime into microseconds."""
        return None if value is None else microseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the base's
        """Turn microseconds into an aware datetime in UTC."""
        return None if value is None else moment(value)


class Json(TypeDecorator[Any]):
    """A JSON value, kept as text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str:  # noqa: ARG002 - the base's
        """Write the value."""
        return compact(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002 - the base's
        """Read the value back."""
        return None if value is None else json.loads(value)


metadata = MetaData()

# Facts about the whole site: the authority of its ids, the generation of its tags.
meta = Table(
    "meta",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

# One row for each address that was ever read. A renamed definition keeps its row, a removed one leaves it undefined.
sources = Table(
    "sources",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("address", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("key", Text, nullable=False),  # its name, case-folded
    Column("kind", Text, nullable=False),
    Column("host", Text, nullable=False, index=True),  # of its address; empty for what is no web source
    Column("title", Text, nullable=False, server_default=""),
    Column("tags", Json, nullable=False),  # those its definition gives to all its articles
    Column("defined", Boolean, nullable=False),
    Column("definition", Text, nullable=False),  # digest of its options: another one drops the memo
    Column("reader", Text, nullable=False),  # version of its kind's reader: likewise
    Column("generation", Text, nullable=False),  # of the rules that its articles' tags should have come from
    Column("named", Text, nullable=False, server_default=""),  # what feeds call it: see `marking.name_sources`
    Column("learnt", Json, nullable=False),  # what its articles have taught the matcher
    Column("about", Json, nullable=False),  # what it says of itself
    Column("habit", Json, nullable=False),  # what was learnt of its rhythm
    Column("moved_to", Text, nullable=False, server_default=""),  # where its permanent redirects lead
    Column("last_at", Moment),
    Column("well_at", Moment),  # the last visit that ended well
    Column("outcome", Text),
    Column("error", Text, nullable=False, server_default=""),
    Column("warnings", Json, nullable=False),
    Column("failures", Integer, nullable=False, server_default="0"),  # in a row
    Column("history", Text, nullable=False, server_default=""),  # a letter for each of its last visits
    Column("next_at", Moment, nullable=False),
    Column("next_reason", Text, nullable=False, server_default=""),
    Column("leased_until", Moment),  # a process is visiting it
    Column("leased_by", Text, nullable=False, server_default=""),  # the pass that does, or did last
    Index("sources_due", "defined", "kind", "next_at"),
)

# What each source wants to be told at its next visit. They are long, and most visits change none: apart from the rows
# that every visit changes, they need not be written with them.
memos = Table(
    "memos",
    metadata,
    Column("source", ForeignKey("sources.id"), primary_key=True),
    Column("memo", Json, nullable=False),
)

# When a source began to fail, and when it was well again; the last ones.
incidents = Table(
    "incidents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", ForeignKey("sources.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("error", Text, nullable=False),
    sqlite_autoincrement=True,  # feeds are made of them: no number comes twice
)

stories = Table(
    "stories",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("uri", Text, nullable=False, unique=True),
    Column("published", Moment, nullable=False),
    Column("updated", Moment, nullable=False),
    Column("day", Date, nullable=False),
    Column("kept_at", Moment, nullable=False),
    Column("change", BigInteger, nullable=False, index=True),  # grows with every change; feeds catch up by it
    Column("settled", BigInteger, nullable=False),  # its last change that was no news: by new rules, or by hand
    Column("merged_into", ForeignKey("stories.id")),  # by hand: its id stands for that story
    Column("withdrawn_at", Moment),  # by hand: out of every feed
    Column(
        "quiet", Boolean, nullable=False, server_default=false()
    ),  # older than its source's first news: found, and in no feed
    Column("picked", Boolean, nullable=False, server_default=false()),  # by a public feed; right while some are private
    Column("shown", Integer, nullable=False),  # the article whose text is shown
    Column("page", Boolean, nullable=False, server_default=false()),  # whether its own page lies in output/
    Column("relinked", Boolean, nullable=False, server_default=false()),  # whether tags on it got or lost their feeds
    Column("listed", Json, nullable=False, server_default="[]"),  # the keys of the tags whose feeds hold it
)
Index(
    "stories_gone",
    stories.c.id,
    sqlite_where=or_(stories.c.withdrawn_at.is_not(None), stories.c.merged_into.is_not(None)),
)
Index("stories_with_page", stories.c.id, sqlite_where=stories.c.page)

articles = Table(
    "articles",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", ForeignKey("sources.id"), nullable=False),
    Column("guid", Text, nullable=False),
    Column("story", ForeignKey("stories.id"), nullable=False, index=True),
    Column("turn", Integer, nullable=False),  # more than 0 for a column that keeps its guid and is told anew
    Column("reason", Text, nullable=False),  # why it belongs to its story
    Column("score", Float, nullable=False),  # how sure that is, from 0 to 1
    Column("changes", Integer, nullable=False, server_default="0"),  # on how many visits in a row it had changed
    Column("changed_at", Moment),
    Column("digest", Text, nullable=False),
    Column("generation", Text, nullable=False),  # of the rules that its tags came from
    Column("kept_at", Moment, nullable=False),
    Column("published", Moment, nullable=False),
    Column("day", Date, nullable=False),
    Column("dated", Text, nullable=False),
    Column("updated", Moment),
    Column("link", Text),
    Column("language", Text),
    Column("title", Text, nullable=False),
    Column("authors", Json, nullable=False),
    Column("tags", Json, nullable=False),  # as its source gave them
    Column("enclosures", Json, nullable=False),
    Column("image", Text),
    Column("rights", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("content", Text, nullable=False),
    UniqueConstraint("source", "guid", "turn"),
    Index("articles_generation", "source", "generation"),  # finds what was tagged by other rules than today's
)
Index("articles_without_link", articles.c.story, sqlite_where=articles.c.link.is_(None))

# What the matcher finds candidates by.
article_keys = Table(
    "article_keys",
    metadata,
    Column("key", Text, nullable=False),
    Column("published", Moment, nullable=False),
    Column("article", ForeignKey("articles.id"), nullable=False, index=True),
    PrimaryKeyConstraint("key", "published", "article"),
    sqlite_with_rowid=False,
)

article_tags = Table(
    "article_tags",
    metadata,
    Column("article", ForeignKey("articles.id"), nullable=False),
    Column("key", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("tag", Text, nullable=False),
    Column("reason", Text, nullable=False),
    PrimaryKeyConstraint("article", "key", "origin"),
    sqlite_with_rowid=False,
)

# The union over a story's copies: what filters ask.
story_tags = Table(
    "story_tags",
    metadata,
    Column("key", Text, nullable=False),
    Column("story", ForeignKey("stories.id"), nullable=False, index=True),
    Column("tag", Text, nullable=False),
    PrimaryKeyConstraint("key", "story"),
    sqlite_with_rowid=False,
)

# Tags given to a story, or taken from it, by hand.
hand_tags = Table(
    "hand_tags",
    metadata,
    Column("story", ForeignKey("stories.id"), nullable=False),
    Column("key", Text, nullable=False),
    Column("tag", Text, nullable=False),
    Column("given", Boolean, nullable=False),
    PrimaryKeyConstraint("story", "key"),
    sqlite_with_rowid=False,
)

# What was done by hand, so that it can be told and undone.
corrections = Table(
    "corrections",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("kind", Text, nullable=False),
    Column("story", ForeignKey("stories.id"), nullable=False, index=True),
    Column("before", Json, nullable=False),  # what undoing it restores
    Column("undone_at", Moment),
)

feeds = Table(
    "feeds",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("uri", Text, nullable=False),
    Column("since", Moment, nullable=False),
    Column("filter", Text, nullable=False),  # the one it was chosen by: another one is applied to all that is stored
    Column("seen", BigInteger, nullable=False),  # the last change of a story that it has caught up with
    Column("tag", Text, nullable=False, server_default=""),  # the tag whose feed it is, as it is spelt
    Column("tag_key", Text, nullable=False, server_default="", index=True),
    Column("stale", Boolean, nullable=False, server_default=true()),  # whether output/ is behind
    Column("made_from", Text, nullable=False, server_default=""),  # digest of its definition when it was written
    Column("shown", Json, nullable=False, server_default="[]"),  # the stories in its current document
    Column("stories", Integer, nullable=False, server_default="0"),  # how many it held when it was written
    Column("card", Text, nullable=False, server_default=""),  # what the pages of all feeds say of it, in HTML
    Column("audience", Text, nullable=False, server_default="", index=True),  # "public" or "private", as defined today
)

# What each feed has published, in its order, and what left it.
feed_stories = Table(
    "feed_stories",
    metadata,
    Column("feed", ForeignKey("feeds.id"), nullable=False),
    Column("story", ForeignKey("stories.id"), nullable=False, index=True),
    Column("entered_at", Moment, nullable=False),
    Column("published", Moment, nullable=False),  # the story's when it entered: its place among those of the same pass
    Column("day", Date),  # the story's own, always: how many there were on each day is counted here
    Column("left_at", Moment),
    Column("archive", Integer),  # the closed archive that it stands in, for ever
    Column("told_at", Moment),  # the story's `updated` as the archive tells it
    Column("again_at", Moment),  # when it was edited after that, and so appears again
    PrimaryKeyConstraint("feed", "story"),
    Index("feed_stories_order", "feed", "entered_at", "published", "story"),
    Index("feed_stories_archive", "feed", "archive"),
    Index("feed_stories_again", "feed", "again_at"),
    Index("feed_stories_days", "feed", "left_at", "day"),
)

# The closed archives of each feed (RFC 5005, 4).
archives = Table(
    "archives",
    metadata,
    Column("feed", ForeignKey("feeds.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("stories", Integer, nullable=False),
    Column("stale", Boolean, nullable=False),  # whether a story in it, or a link of its page, may have come or gone
    Column("base_url", Text, nullable=False),  # that it was written for; empty: not yet
    PrimaryKeyConstraint("feed", "number"),
)

# Stories as formats render them, so that only what changed is rendered.
fragments = Table(
    "fragments",
    metadata,
    Column("made_as", Text, nullable=False),  # the format, and a digest of all that it depends on beside the story
    Column("story", ForeignKey("stories.id"), nullable=False, index=True),
    Column("change", BigInteger, nullable=False),  # the story's when it was rendered
    Column("body", LargeBinary, nullable=False),
    PrimaryKeyConstraint("made_as", "story"),
)

# The files that we wrote to output/, so that we remove our own and nobody else's.
files = Table(
    "files",
    metadata,
    Column("path", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("owner", Text, nullable=False, server_default="", index=True),  # the feed that it belongs to
    Column("settled", Text, nullable=False, server_default=""),  # its digest when its feed was settled last
)

# The hosts that asked for patience.
holds = Table(
    "holds",
    metadata,
    Column("host", Text, primary_key=True),
    Column("until", Moment, nullable=False),
)

# The hub that is told of changed documents, where there is one, and how it does.
hubs = Table(
    "hubs",
    metadata,
    Column("address", Text, primary_key=True),
    Column("failures", Integer, nullable=False, server_default="0"),  # in a row
    Column("next_at", Moment),  # it is left alone until then
    Column("error", Text, nullable=False, server_default=""),
)

# The documents that it has not been told of yet.
pings = Table(
    "pings",
    metadata,
    Column("path", Text, primary_key=True),
    Column("number", BigInteger, nullable=False),  # grows: another one is another change
    Column("since", Moment, nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("next_at", Moment, index=True),  # none: given up
    Column("error", Text, nullable=False, server_default=""),
)
