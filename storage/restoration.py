"""The mark of a database that was restored from a backup."""

from datetime import datetime

from sqlmodel import Field

from storage.columns import Table, UtcDateTime, numbered


class Restoration(Table, table=True):
    """That the rows come from a backup: what was posted between these moments is not known here.

    Whatever fell due before *restored* may have been posted since *taken*: it is looked for before it is posted.
    """

    __tablename__ = "restoration"
    __table_args__ = numbered()

    id: int = Field(default=None, primary_key=True)
    taken: datetime = Field(sa_type=UtcDateTime)
    restored: datetime = Field(sa_type=UtcDateTime)
