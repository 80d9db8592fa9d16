"""In how many of the papers that have landed each word stands."""

from collections.abc import Collection
from typing import Final

from sqlmodel import Field, col, select

from bot.rarities import Frequencies
from storage import bulk
from storage.columns import Key, Table
from storage.engine import Database, alone

WEIGHING: Final = 6024  # the lock of whoever counts words: each landing once, in their order
_ALL: Final = ""  # the row that counts papers, and says which landing was the last


class Word(Table, table=True):
    """In how many papers a word stands, and the landing that was last to say it."""

    __tablename__ = "word"
    __table_args__ = ({"sqlite_with_rowid": False},)

    word: str = Field(sa_type=Key, primary_key=True)
    papers: int
    landing: int


class Rarities:
    """`bot.rarities.Rarities` in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def weighed(self) -> int:
        """The last landing whose words were counted."""
        async with self._database.reading() as session:
            row = await session.get(Word, _ALL)
            return row.landing if row else 0

    async def weigh(self, landing: int, said: Frequencies) -> None:
        """Count the words of a landing's new papers, unless they have been."""
        counts = sorted({**said.having, _ALL: said.papers}.items())
        rows = [{"word": word, "papers": papers, "landing": landing} for word, papers in counts]
        async with self._database.writing() as session:
            await alone(session, WEIGHING)
            row = await session.get(Word, _ALL)
            if row is not None and row.landing >= landing:
                return
            added = bulk.inserted(session, Word)
            more = {"papers": col(Word.papers) + added.excluded.papers, "landing": landing}
            counted = added.on_conflict_do_update(index_elements=["word"], set_=more)
            connection = await session.connection()
            for portion in bulk.portions(rows):
                await connection.execute(counted, portion)

    async def having(self, words: Collection[str]) -> Frequencies:
        """How often each of these words was counted, and how many papers were."""
        found: dict[str, int] = {}
        async with self._database.reading() as session:
            for portion in bulk.portions([_ALL, *words]):
                rows = await session.exec(select(Word.word, Word.papers).where(col(Word.word).in_(portion)))
                found |= dict(rows.all())
        return Frequencies(found.pop(_ALL, 0), found)
