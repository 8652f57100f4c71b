"""For whom each feed is, which is said when it is published next; and which pages of stories link elsewhere now."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Begin to remember; until then all feeds are for all, as they were."""
    op.add_column("feeds", sa.Column("audience", sa.Text(), nullable=False, server_default=""))
    op.create_index("ix_feeds_audience", "feeds", ["audience"])
    op.add_column("stories", sa.Column("relinked", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("stories_with_page", "stories", ["id"], sqlite_where=sa.text("page"))
