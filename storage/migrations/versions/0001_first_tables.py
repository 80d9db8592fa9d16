"""The first tables: readers and their interests, papers and landings, the shelf, the outbox."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_NUMBERED = {"sqlite_autoincrement": True}
_KEYED = {"sqlite_with_rowid": False}


def upgrade() -> None:
    _people()
    _papers()
    _shelf()
    _outbox()


def downgrade() -> None:
    for name in "delivery rated saved match paper_key paper landing interest term reader".split():
        op.drop_table(name)


def _people() -> None:
    op.create_table(
        "reader",
        _id(),
        _text("platform"),
        _text("workspace"),
        _text("external"),
        _text("kind"),
        _text("zone"),
        _moment("paused_until", nullable=True),
        sa.Column("shown", sa.JSON, nullable=False),
        sa.UniqueConstraint("platform", "workspace", "external", "kind"),
        **_NUMBERED,
    )
    op.create_table("term", _id(), _text("normal"), sa.UniqueConstraint("normal"), **_NUMBERED)
    op.create_table(
        "interest",
        _id(),
        _to("reader"),
        _to("term", index=True),
        _text("typed"),
        sa.Column("muted", sa.Boolean, nullable=False),
        sa.UniqueConstraint("reader_id", "term_id"),
        **_NUMBERED,
    )


def _papers() -> None:
    op.create_table(
        "landing",
        _id(),
        _text("fingerprint"),
        _text("source"),
        sa.Column("day", sa.Date, nullable=False),
        _text("cursor"),
        *map(_number, ("papers", "new")),
        _moment("at"),
        sa.UniqueConstraint("fingerprint"),
        **_NUMBERED,
    )
    op.create_table(
        "paper",
        _id(),
        _to("landing"),
        _number("position"),
        *map(
            _text,
            ("folded", "title", "abstract", "organisation", "source", "arxiv_id", "doi", "url", "comment"),
        ),
        *(sa.Column(name, sa.JSON, nullable=False) for name in ("authors", "categories", "links")),
        sa.Column("upvotes", sa.BigInteger),
        sa.Column("published", sa.Date),
        sa.UniqueConstraint("landing_id", "position"),
        **_NUMBERED,
    )
    op.create_table(
        "paper_key", _text("key", primary_key=True), _to("paper", primary_key=True, index=True), **_KEYED
    )
    op.create_table(
        "match",
        _to("landing", primary_key=True),
        sa.Column("term_id", sa.Integer, primary_key=True),
        sa.Column("papers", sa.LargeBinary, nullable=False),
        **_KEYED,
    )


def _shelf() -> None:
    for name, *more in (("saved",), ("rated", _text("feedback"))):
        op.create_table(
            name,
            _id(),
            _to("reader"),
            _to("paper"),
            *more,
            _moment("at"),
            sa.UniqueConstraint("reader_id", "paper_id"),
            **_NUMBERED,
        )


def _outbox() -> None:
    op.create_table(
        "delivery",
        _id(sa.BigInteger().with_variant(sa.Integer, "sqlite")),
        _text("key"),
        _to("reader"),
        _to("landing"),
        _text("state"),
        _moment("due"),
        _moment("leased_until", nullable=True),
        _number("attempts"),
        sa.Column("message", sa.JSON),
        _moment("sent_at", nullable=True),
        *(_text(name, nullable=True) for name in ("channel", "post", "reason")),
        sa.UniqueConstraint("key"),
        **_NUMBERED,
    )
    op.create_index(None, "delivery", ["state", "due"])


def _id(kind: sa.types.TypeEngine[int] | None = None) -> sa.Column[int]:
    return sa.Column("id", kind or sa.Integer(), primary_key=True)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)


def _text(name: str, *, nullable: bool = False, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable, primary_key=primary_key)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _to(table: str, *, primary_key: bool = False, index: bool = False) -> sa.Column[int]:
    pointer = sa.ForeignKey(f"{table}.id")
    return sa.Column(f"{table}_id", sa.Integer, pointer, primary_key=primary_key, nullable=False, index=index)
