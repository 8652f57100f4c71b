"""The day of each story in a feed, so that a feed's counts need no look at its stories."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Copy what the stories say."""
    op.add_column("feed_stories", sa.Column("day", sa.Date()))
    op.execute("UPDATE feed_stories SET day = (SELECT stories.day FROM stories WHERE stories.id = feed_stories.story)")
    op.create_index("feed_stories_days", "feed_stories", ["feed", "left_at", "day"])
