"""What a hub is to be told of; and which version of each file its subscribers were to be told of last."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the queue, empty; what was published before it is nobody's news."""
    op.create_table(
        "hubs",
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("address"),
    )
    op.create_table(
        "pings",
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("path"),
    )
    op.create_index(op.f("ix_pings_next_at"), "pings", ["next_at"], unique=False)
    op.add_column("files", sa.Column("settled", sa.Text(), server_default="", nullable=False))
    op.execute("UPDATE files SET settled = digest")
