"""Which papers a delivery tells, so that each reaches a reader once."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("delivery", sa.Column("papers", sa.LargeBinary, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("delivery", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.drop_column("papers")
