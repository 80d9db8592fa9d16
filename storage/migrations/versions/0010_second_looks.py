"""When to see whether a delivery that was tried more than once stands there twice."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_FEW = sa.text("look_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("delivery", sa.Column("look_at", sa.DateTime(timezone=True)))
    op.create_index("ix_delivery_look_at", "delivery", ["look_at"], sqlite_where=_FEW, postgresql_where=_FEW)


def downgrade() -> None:
    op.drop_index("ix_delivery_look_at", "delivery")
    op.drop_column("delivery", "look_at")
