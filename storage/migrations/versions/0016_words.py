"""In how many of the papers that have landed each word stands."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "word",
        sa.Column("word", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("papers", "landing")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("word")
