"""Workspaces: what their admins decided and did, and what their people share."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_NUMBERED = {"sqlite_autoincrement": True}


def upgrade() -> None:
    op.create_table(
        "workspace",
        sa.Column("id", sa.Integer, primary_key=True),
        *map(_text, ("platform", "workspace")),
        _json("limits"),
        _text("schedule"),
        _json("roles"),
        sa.Column("paused", sa.Boolean, nullable=False),
        _json("styles"),
        sa.UniqueConstraint("platform", "workspace"),
        **_NUMBERED,
    )
    op.create_table(
        "act",
        sa.Column("id", sa.Integer, primary_key=True),
        *map(_text, ("platform", "workspace", "person", "command")),
        _json("arguments"),
        sa.Column("allowed", sa.Boolean, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undo", sa.JSON),
        **_NUMBERED,
    )
    op.create_index(None, "act", ["platform", "workspace"])
    op.create_index(None, "act", ["at"])
    op.create_table(
        "team_list",
        sa.Column("id", sa.Integer, primary_key=True),
        *map(_text, ("platform", "workspace", "name")),
        _json("terms"),
        _text("person"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("platform", "workspace", "name"),
        **_NUMBERED,
    )


def downgrade() -> None:
    for name in "team_list act workspace".split():
        op.drop_table(name)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _json(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.JSON, nullable=False)
