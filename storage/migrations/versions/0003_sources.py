"""Sources, whose turn it is to ask, what requests became; versions of papers; landings nobody is told of."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_KEYED = {"sqlite_with_rowid": False}


def upgrade() -> None:
    _sources()
    op.create_table(
        "turn", _text("place", primary_key=True), _text("holder"), _moment("free", nullable=False), **_KEYED
    )
    op.create_table(
        "receipt",
        _text("request", primary_key=True),
        sa.Column("landing_id", sa.Integer, sa.ForeignKey("landing.id"), nullable=False),
        _moment("at", nullable=False),
        **_KEYED,
    )
    op.create_table(
        "paper_version",
        sa.Column("paper_id", sa.Integer, sa.ForeignKey("paper.id"), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("landing_id", sa.Integer, sa.ForeignKey("landing.id"), nullable=False, index=True),
        _moment("at", nullable=False),
        **_KEYED,
    )
    op.add_column("paper", sa.Column("version", sa.Integer, nullable=False, server_default="0"))
    op.add_column("landing", sa.Column("quiet", sa.Boolean, nullable=False, server_default=sa.false()))


def downgrade() -> None:
    for name in "paper_version receipt turn source".split():
        op.drop_table(name)
    with op.batch_alter_table("paper") as paper:
        paper.drop_column("version")
    with op.batch_alter_table("landing") as landing:
        landing.drop_column("quiet")


def _sources() -> None:
    op.create_table(
        "source",
        sa.Column("id", sa.Integer, primary_key=True),
        *map(_text, ("platform", "workspace", "name", "kind", "address")),
        sa.Column("options", sa.JSON, nullable=False),
        sa.Column("every", sa.Integer, nullable=False),
        sa.Column("paused", sa.Boolean, nullable=False),
        *map(_text, ("cursor", "etag", "modified")),
        *map(_moment, ("next_read", "leased_until", "last_read", "last_new", "failing_since")),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("papers", "failures")),
        sa.Column("errors", sa.JSON, nullable=False),
        *map(_text, ("last_error", "told")),
        sa.UniqueConstraint("platform", "workspace", "name"),
        sqlite_autoincrement=True,
    )
    op.create_index(None, "source", ["next_read"])


def _text(name: str, *, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, primary_key=primary_key)


def _moment(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)
