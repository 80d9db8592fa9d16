"""Schedules of one's own, and an outbox that knows what may have been posted."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_LONG_AGO = "1970-01-01 00:00:00+00:00"


def upgrade() -> None:
    _readers()
    _lanes()
    op.create_table(
        "lease", _text("name", primary_key=True), _text("owner"), sa.Column("until", _MOMENT, nullable=False)
    )
    op.drop_index("ix_delivery_state_due", "delivery")
    with op.batch_alter_table("delivery", table_kwargs={"sqlite_autoincrement": True}) as delivery:
        for name in ("lane_id", "part", "since", "repeats"):
            delivery.add_column(sa.Column(name, sa.Integer))
        for name in ("slot", "owner"):
            delivery.add_column(sa.Column(name, sa.Text))
        for name in ("planned", "first_wire_at", "last_wire_at"):
            delivery.add_column(sa.Column(name, _MOMENT))
        delivery.alter_column("landing_id", existing_type=sa.Integer, nullable=True)
        delivery.alter_column("due", existing_type=_MOMENT, nullable=True)
        delivery.drop_column("leased_until")
    _fill()
    with op.batch_alter_table("delivery", table_kwargs={"sqlite_autoincrement": True}) as delivery:
        for name in ("lane_id", "part", "since", "repeats"):
            delivery.alter_column(name, existing_type=sa.Integer, nullable=False)
        delivery.alter_column("slot", existing_type=sa.Text, nullable=False)
        delivery.alter_column("planned", existing_type=_MOMENT, nullable=False)
        delivery.create_foreign_key("fk_delivery_lane_id_lane", "lane", ["lane_id"], ["id"])
        delivery.create_unique_constraint("uq_delivery_reader_id_slot_part", ["reader_id", "slot", "part"])
    op.create_index("ix_delivery_lane_id_due", "delivery", ["lane_id", "due"])


def downgrade() -> None:
    op.drop_index("ix_delivery_lane_id_due", "delivery")
    op.execute("DELETE FROM delivery WHERE landing_id IS NULL")
    op.execute("UPDATE delivery SET state = CASE WHEN due IS NULL THEN state ELSE 'owed' END")
    op.execute("UPDATE delivery SET due = planned WHERE due IS NULL")
    with op.batch_alter_table("delivery", table_kwargs={"sqlite_autoincrement": True}) as delivery:
        delivery.drop_constraint("uq_delivery_reader_id_slot_part", type_="unique")
        delivery.drop_constraint("fk_delivery_lane_id_lane", type_="foreignkey")
        for name in "lane_id part since repeats slot owner planned first_wire_at last_wire_at".split():
            delivery.drop_column(name)
        delivery.alter_column("landing_id", existing_type=sa.Integer, nullable=False)
        delivery.alter_column("due", existing_type=_MOMENT, nullable=False)
        delivery.add_column(sa.Column("leased_until", _MOMENT))
    op.create_index("ix_delivery_state_due", "delivery", ["state", "due"])
    op.drop_table("lease")
    op.drop_table("lane")
    op.drop_index("ix_reader_schedule_told", "reader")
    op.drop_index("ix_reader_due", "reader")
    with op.batch_alter_table("reader", table_kwargs={"sqlite_autoincrement": True}) as reader:
        for name in "schedule chosen verbose closed told slot last due due_slot".split():
            reader.drop_column(name)


def _readers() -> None:
    with op.batch_alter_table("reader", table_kwargs={"sqlite_autoincrement": True}) as reader:
        reader.add_column(_text("schedule", server_default="instantly"))
        for name in ("chosen", "verbose"):
            reader.add_column(sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false()))
        reader.add_column(_text("closed", server_default=""))
        reader.add_column(sa.Column("told", sa.Integer))
        for name in ("slot", "due_slot"):
            reader.add_column(sa.Column(name, sa.Date))
        for name in ("last", "due"):
            reader.add_column(sa.Column(name, _MOMENT))
    # Until now digests came as they landed: that is kept, and what has landed is told already.
    op.execute("UPDATE reader SET told = (SELECT COALESCE(MAX(id), 0) FROM landing)")
    with op.batch_alter_table("reader", table_kwargs={"sqlite_autoincrement": True}) as reader:
        for name, kind in (
            ("schedule", sa.Text()),
            ("closed", sa.Text()),
            ("chosen", sa.Boolean()),
            ("verbose", sa.Boolean()),
        ):
            reader.alter_column(name, existing_type=kind, existing_nullable=False, server_default=None)
    op.create_index("ix_reader_schedule_told", "reader", ["schedule", "told"])
    op.create_index("ix_reader_due", "reader", ["due"])


def _lanes() -> None:
    op.create_table(
        "lane",
        sa.Column("id", sa.Integer, primary_key=True),
        _text("platform"),
        _text("workspace"),
        sa.Column("free", _MOMENT, nullable=False),
        sa.Column("served", _MOMENT, nullable=False),
        sa.UniqueConstraint("platform", "workspace"),
        sqlite_autoincrement=True,
    )
    op.execute(
        "INSERT INTO lane (platform, workspace, free, served) "  # noqa: S608  # a constant, not somebody's words
        f"SELECT DISTINCT platform, workspace, {_moment()}, {_moment()} FROM reader"
    )


def _fill() -> None:
    op.execute(
        "UPDATE delivery SET part = 0, since = landing_id - 1, repeats = 0, planned = due, slot = key, "
        "lane_id = (SELECT lane.id FROM lane JOIN reader ON reader.platform = lane.platform "
        "AND reader.workspace = lane.workspace WHERE reader.id = delivery.reader_id)"
    )
    op.execute("UPDATE delivery SET state = 'planned' WHERE state = 'owed'")
    op.execute("UPDATE delivery SET due = NULL WHERE state <> 'planned'")


def _moment() -> str:
    """Long ago, as the database at hand writes it."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    return "'1970-01-01 00:00:00.000000'" if sqlite else f"TIMESTAMP WITH TIME ZONE '{_LONG_AGO}'"


_MOMENT = sa.DateTime(timezone=True)


def _text(name: str, *, primary_key: bool = False, server_default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, primary_key=primary_key, server_default=server_default)
