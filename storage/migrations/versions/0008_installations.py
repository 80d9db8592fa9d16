"""Who installed the app."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_KEYED = {"sqlite_with_rowid": False}


def upgrade() -> None:
    op.create_table(
        "installation",
        sa.Column("platform", sa.Text, primary_key=True),
        sa.Column("workspace", sa.Text, primary_key=True),
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("refresh", sa.Text, nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True)),
        sa.Column("bot", sa.Text, nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("renewing_until", sa.DateTime(timezone=True)),
        **_KEYED,
    )


def downgrade() -> None:
    op.drop_table("installation")
