"""What publishing remembers: fragments, archives, feeds of tags, and what is behind in output/."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables of fragments and archives, and the columns that say what is written."""
    op.create_table(
        "archives",
        sa.Column("feed", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("stories", sa.Integer(), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("base_url", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["feed"], ["feeds.id"]),
        sa.PrimaryKeyConstraint("feed", "number"),
    )
    op.create_table(
        "fragments",
        sa.Column("made_as", sa.Text(), nullable=False),
        sa.Column("story", sa.Integer(), nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["story"], ["stories.id"]),
        sa.PrimaryKeyConstraint("made_as", "story"),
    )
    op.create_index(op.f("ix_fragments_story"), "fragments", ["story"])
    for name, kind in (("archive", sa.Integer()), ("told_at", sa.BigInteger()), ("again_at", sa.BigInteger())):
        op.add_column("feed_stories", sa.Column(name, kind, nullable=True))
    op.create_index("feed_stories_again", "feed_stories", ["feed", "again_at"])
    op.create_index("feed_stories_archive", "feed_stories", ["feed", "archive"])
    for table, name, default in (
        ("feeds", "tag", ""),
        ("feeds", "tag_key", ""),
        ("feeds", "made_from", ""),
        ("feeds", "shown", "[]"),
        ("feeds", "card", ""),
        ("files", "owner", ""),
        ("sources", "named", ""),
        ("stories", "listed", "[]"),
    ):
        op.add_column(table, sa.Column(name, sa.Text(), server_default=default, nullable=False))
    op.add_column("feeds", sa.Column("stories", sa.Integer(), server_default="0", nullable=False))
    op.add_column("feeds", sa.Column("stale", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("stories", sa.Column("page", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index(op.f("ix_feeds_tag_key"), "feeds", ["tag_key"])
    op.create_index(op.f("ix_files_owner"), "files", ["owner"])
    gone = sa.text("withdrawn_at IS NOT NULL OR merged_into IS NOT NULL")
    op.create_index("stories_gone", "stories", ["id"], sqlite_where=gone)
    op.create_index("articles_without_link", "articles", ["story"], sqlite_where=sa.text("link IS NULL"))
