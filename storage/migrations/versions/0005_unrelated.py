"""Who wants no related papers."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "unrelated", sa.Column("reader_id", sa.Integer, sa.ForeignKey("reader.id"), primary_key=True)
    )


def downgrade() -> None:
    op.drop_table("unrelated")
