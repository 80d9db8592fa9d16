"""Which papers a delivery tells, and what takes no posts until when: an address, a workspace, all of a platform."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("delivery", sa.Column("papers", sa.LargeBinary, nullable=True))
    for table in ("lane", "reader"):
        op.add_column(table, sa.Column("rests", sa.DateTime(timezone=True)))


def downgrade() -> None:
    for table, column in (("reader", "rests"), ("lane", "rests"), ("delivery", "papers")):
        with op.batch_alter_table(table, table_kwargs={"sqlite_autoincrement": True}) as rows:
            rows.drop_column(column)
