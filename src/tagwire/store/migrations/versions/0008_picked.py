"""Whether a public feed has picked a story, so that what is for all need not be asked of all feeds for each story."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Look once at what every feed has picked."""
    op.add_column("stories", sa.Column("picked", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(
        "UPDATE stories SET picked = true WHERE id IN (SELECT story FROM feed_stories"
        " JOIN feeds ON feeds.id = feed_stories.feed WHERE feeds.audience = 'public')"
    )
