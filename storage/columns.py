"""What tables are made of: numbered rows, moments, text and packed numbers, the same on either database."""

import hashlib
import re
import struct
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

import sqlalchemy as sa
from sqlmodel import SQLModel

JSON: Final = sa.JSON(none_as_null=True)
"""Lists and dicts; None is the absence of a value, not JSON's null."""

LONG: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""A number of eight bytes: of rows where there will be more than two thousand million. SQLite numbers only so."""

LONGEST: Final = 400  # characters of a key; an index of PostgreSQL takes some 2,700 bytes
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


Row = dict[str, Any]
"""A row to be written: columns by name."""


class Table(SQLModel):
    """The root of all tables."""

    metadata: ClassVar[sa.MetaData] = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def numbered(*rules: sa.Constraint | sa.Index) -> tuple[Any, ...]:
    """The *rules* of a table whose rows are numbered, and no number is ever used twice.

    An old button can come to point to nothing, but never to something else.
    """
    return (*rules, {"sqlite_autoincrement": True})


def few(where: str) -> Row:
    """For an index that holds only the rows *where* this is so."""
    return {"sqlite_where": sa.text(where), "postgresql_where": sa.text(where)}


class UtcDateTime(sa.TypeDecorator[datetime]):
    """A moment. SQLite forgets offsets, so naive ones are refused going in and UTC is attached coming out."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: sa.Dialect) -> datetime | None:
        """Into the database: in UTC."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, _dialect: sa.Dialect) -> datetime | None:
        """Out of the database: aware, in UTC."""
        return value.replace(tzinfo=UTC) if value else None


class Text(sa.TypeDecorator[str]):
    """Text of any length, `storable`."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: sa.Dialect) -> str | None:
        """Into the database."""
        return storable(value) if value else value


class Key(Text):
    """Text that is only compared, and `brief`."""

    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        """Into the database."""
        return super().process_bind_param(value and brief(value), dialect)


class Numbers(sa.TypeDecorator[Sequence[int]]):
    """Ids packed at four bytes each: a landing can write millions of them."""

    impl = sa.LargeBinary
    cache_ok = True
    size = 4

    def process_bind_param(self, value: Sequence[int] | None, _dialect: sa.Dialect) -> bytes | None:
        """Into the database."""
        return None if value is None else struct.pack(f"<{len(value)}i", *value)

    def process_result_value(self, value: bytes | None, _dialect: sa.Dialect) -> Sequence[int]:
        """Out of the database."""
        return struct.unpack(f"<{len(value) // self.size}i", value) if value else ()


def storable(text: str) -> str:
    """*text* without what a database refuses (NUL, halves of surrogate pairs): one sign for one, so places keep."""
    return text if text.isascii() and "\0" not in text else _UNSTORABLE.sub("\ufffd", text)


def brief(text: str) -> str:
    """*text*, short enough for an index: of a long one the beginning and a hash of it all."""
    if len(text) <= LONGEST:
        return storable(text)
    whole = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()
    return storable(text[: LONGEST - len(whole)]) + whole


def folded(text: str) -> str:
    """*text* as titles are looked through: words of letters and digits, without case or accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return " ".join(re.findall(r"[^\W_]+", bare))
