"""The mark of a database that was restored from a backup."""

from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Field

from storage.columns import Table, UtcDateTime, numbered

AGAIN: Final = timedelta(hours=6)  # in which sources bring again what they had brought since the backup


class Restoration(Table, table=True):
    """That the rows come from a backup: what was posted between these moments is not known here.

    Whatever falls due before *restored*, or so soon after that it may be told again from what lands again, may have
    been posted since *taken*: it is looked for before it is posted.
    """

    __tablename__ = "restoration"
    __table_args__ = numbered()

    id: int = Field(default=None, primary_key=True)
    taken: datetime = Field(sa_type=UtcDateTime)
    restored: datetime = Field(sa_type=UtcDateTime)

    def forgotten(self, planned: datetime) -> datetime | None:
        """Since when something of that time may have been posted without our knowing; None: it was not."""
        return min(planned, self.taken) if planned <= self.restored + AGAIN else None
