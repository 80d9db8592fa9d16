"""Aliases of workspaces, and what papers define."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "alias",
        sa.Column("id", sa.Integer, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("platform", "workspace", "one", "other")),
        sa.UniqueConstraint("platform", "workspace", "one", "other"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "definition",
        sa.Column("landing_id", sa.Integer, sa.ForeignKey("landing.id"), primary_key=True),
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("short", "long")),
        sa.Column("papers", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    for name in ("short", "long"):
        op.create_index(None, "definition", [name])


def downgrade() -> None:
    for name in ("definition", "alias"):
        op.drop_table(name)
