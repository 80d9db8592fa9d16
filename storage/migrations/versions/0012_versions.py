"""Who hears of new versions; when a source was heard of last; sources that were removed and may come back."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "versioned", sa.Column("reader_id", sa.Integer, sa.ForeignKey("reader.id"), primary_key=True)
    )
    op.add_column("source", sa.Column("heard", sa.DateTime(timezone=True)))
    op.add_column("source", sa.Column("removed", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.execute("DELETE FROM source WHERE removed IS NOT NULL")
    with op.batch_alter_table("source") as source:
        source.drop_column("removed")
        source.drop_column("heard")
    op.drop_table("versioned")
