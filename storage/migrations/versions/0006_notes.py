"""What adapters have to remember: where a person is written to, what a button means, how often they logged in."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "note",
        sa.Column("id", sa.Integer, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("platform", "workspace", "person", "name")),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("until", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("platform", "workspace", "person", "name"),
        sqlite_autoincrement=True,
    )
    op.create_index(None, "note", ["until"])


def downgrade() -> None:
    op.drop_table("note")
