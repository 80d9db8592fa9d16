"""Who has said themselves when their digests come: whoever has not follows their workspace."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    with op.batch_alter_table("reader", table_kwargs={"sqlite_autoincrement": True}) as reader:
        reader.add_column(sa.Column("decided", sa.Boolean, nullable=False, server_default=sa.false()))
    op.execute(sa.text("UPDATE reader SET decided = :yes WHERE schedule <> '09:00'").bindparams(yes=True))
    with op.batch_alter_table("reader", table_kwargs={"sqlite_autoincrement": True}) as reader:
        reader.alter_column("decided", existing_type=sa.Boolean, existing_nullable=False, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("reader", table_kwargs={"sqlite_autoincrement": True}) as reader:
        reader.drop_column("decided")
