"""Whose digest comes by e-mail as well, and where."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "inbox",
        sa.Column("reader_id", sa.Integer, sa.ForeignKey("reader.id"), primary_key=True),
        sa.Column("owner_id", sa.Integer, sa.ForeignKey("reader.id"), nullable=False),
        sa.UniqueConstraint("owner_id"),
    )


def downgrade() -> None:
    op.drop_table("inbox")
