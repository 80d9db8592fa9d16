"""The database looked after as a whole: its tables, and backups of all its rows.

The storage is imported where it is used: whoever only asks for help does not wait for it.
"""

from datetime import timedelta
from pathlib import Path

from bot.app import clock
from bot.keys import Keys
from bot.models import Now


async def upgrade(database_url: str) -> None:
    """Bring the database's tables up to date. Raises BadSettings."""
    import storage  # noqa: PLC0415  # see the module's docstring

    await storage.upgrade(database_url)


async def downgrade(database_url: str, revision: str) -> None:
    """Take the database's tables back to *revision*. Raises BadSettings."""
    import storage  # noqa: PLC0415  # see the module's docstring

    await storage.downgrade(database_url, revision)


async def check(database_url: str) -> None:
    """See that the database's tables are what this version expects. Raises BadSettings."""
    import storage  # noqa: PLC0415  # see the module's docstring

    await storage.check(database_url)


async def backup(database_url: str, file: Path, now: Now = clock) -> int:
    """Write all rows of the database to *file*, and say how many. Raises BadSettings."""
    import storage  # noqa: PLC0415  # see the module's docstring

    return await storage.backup(database_url, file, now())


async def reseal(database_url: str, keys: Keys) -> int:
    """Seal every kept token with the newest of *keys*, and say how many installations that were. Raises BadSettings."""
    import storage  # noqa: PLC0415  # see the module's docstring

    async with storage.open_storage(database_url) as opened:
        return await opened.installations(keys.derived("tokens")).reseal()


async def restore(database_url: str, file: Path, now: Now = clock) -> int:
    """Fill the empty database from *file*, and say with how many rows. Raises BadSettings, Refused."""
    import storage  # noqa: PLC0415  # see the module's docstring

    return await storage.restore(database_url, file, now())


async def forget(database_url: str, hours: float, now: Now = clock) -> None:
    """Mark the database as one that came back without what was posted in these last *hours*. Raises BadSettings."""
    import storage  # noqa: PLC0415  # see the module's docstring

    await storage.forget(database_url, now() - timedelta(hours=hours), now())
