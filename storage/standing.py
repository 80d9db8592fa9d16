"""How things stand: the few numbers that are looked at again and again."""

from datetime import datetime

from sqlmodel import col, func, select

from storage.engine import Database
from storage.owed import Delivery


class Standing:
    """`bot.standing.Standing` in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def owed(self, now: datetime) -> tuple[int, datetime | None]:
        """How many deliveries are due at *now* and not sent, and since when the oldest has been."""
        wanted = select(func.count(), func.min(Delivery.planned)).where(
            col(Delivery.due).is_not(None), col(Delivery.planned) <= now
        )
        async with self._database.reading() as session:
            count, since = (await session.exec(wanted)).one()
        return count, since
