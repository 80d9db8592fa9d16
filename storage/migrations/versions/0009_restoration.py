"""The mark of a database that was restored from a backup, so that nothing is posted again unlooked."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "restoration",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("taken", sa.DateTime(timezone=True), nullable=False),
        sa.Column("restored", sa.DateTime(timezone=True), nullable=False),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("restoration")
