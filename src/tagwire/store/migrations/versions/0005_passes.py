"""Which pass visits a source, or did last: no host is visited by two at once, and none right after another."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Begin to remember."""
    op.add_column("sources", sa.Column("leased_by", sa.Text(), server_default="", nullable=False))
