import gzip
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import select

from bot.errors import BadSettings, Refused
from bot.interfaces import Delivery, Pace
from bot.schedules import INSTANTLY
from storage import SqlStorage, backup, downgrade, open_storage, restore, upgrade
from storage.backup import AHEAD
from storage.restoration import Restoration
from storage.tables import metadata
from tests.fakes import ada, at
from tests.storage.vocabulary import follow, land

KINDS = ["sqlite", "postgresql"]


@pytest.fixture(params=KINDS)
def empty(request: pytest.FixtureRequest, tmp_path: Path, sqlite_tables: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{shutil.copy(sqlite_tables, tmp_path / 'full.db')}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
async def full(empty: str) -> str:
    """A database with something in most of its tables."""
    url = empty
    async with open_storage(url) as storage:
        [term] = await follow(storage, "grokking")
        owed = [Delivery("one", ada, 0, at("09:00"))]
        landing = await land(storage, "Grokking", "Größe", matches={term: [0]}, owed=owed)
        [paper, _] = await storage.papers.in_digest(landing.digest)
        await storage.shelf.save(ada, paper.id, at=at("10:00"))
    return url


async def rows(url: str) -> dict[str, list[str]]:
    """Everything in the database, apart from the marks of restorations."""
    async with open_storage(url) as storage, storage._database.reading() as session:
        connection = await session.connection()
        tables = [table for table in metadata.sorted_tables if table.name != "restoration"]
        return {
            table.name: sorted(map(repr, (await connection.execute(sa.select(table))).all()))
            for table in tables
        }


async def test_everything_comes_back_in_either_kind_of_database(
    full: str, bare_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "backup.jsonl.gz"
    kept = await backup(full, file, at("11:00"))
    assert kept == sum(map(len, (await rows(full)).values()))
    assert file.stat().st_mode & 0o077 == 0
    assert await restore(bare_url, file, at("12:00")) == kept
    assert await rows(bare_url) == await rows(full)


async def test_it_is_marked_as_restored_and_no_number_is_given_again(full: str, tmp_path: Path) -> None:
    file, url = tmp_path / "backup.jsonl.gz", f"sqlite:///{tmp_path / 'fresh.db'}"
    await backup(full, file, at("11:00"))
    await restore(url, file, at("12:00"))
    async with open_storage(url) as storage:
        async with storage._database.reading() as session:
            [mark] = (await session.exec(select(Restoration))).all()
        landing = await land(storage, "Something else")
        [paper] = await storage.papers.in_digest(landing.digest)
    assert (mark.taken, mark.restored) == (at("11:00"), at("12:00"))
    assert paper.id > AHEAD


async def test_what_lands_again_after_a_restore_is_looked_for_before_it_is_told_again(tmp_path: Path) -> None:
    before, url = (f"sqlite:///{tmp_path / name}.db" for name in ("before", "after"))
    keys = []
    await upgrade(before)
    async with open_storage(before, lambda _: INSTANTLY) as storage:
        await storage.people.reader(ada)
        await backup(before, tmp_path / "backup.jsonl.gz", at("09:00"))
        keys += await told(storage, at("10:00"))
    await restore(url, tmp_path / "backup.jsonl.gz", at("12:00"))
    async with open_storage(url, lambda _: INSTANTLY) as storage:
        keys += await told(storage, at("12:30"))
    assert [key for key, _ in keys] == [keys[0][0]] * 2
    assert [tried for _, tried in keys] == [None, at("09:00")]


async def told(storage: SqlStorage, now: datetime) -> list[tuple[str, datetime | None]]:
    """Land a digest: the keys of what is owed, and since when that may have been posted."""
    await land(storage, "A flow", when=now)
    await storage.outbox.plan(now, 10)
    claimed = await storage.outbox.claim(now, timedelta(minutes=1), 10, {"fake": Pace()}, "me")
    return [(delivery.key, delivery.tried) for delivery in claimed]


async def test_a_backup_of_earlier_tables_is_brought_up_to_date(full: str, tmp_path: Path) -> None:
    file, url = tmp_path / "backup.jsonl.gz", f"sqlite:///{tmp_path / 'fresh.db'}"
    if full.startswith("postgresql"):
        return  # its tables are shared by all tests
    await downgrade(full, "0001")
    before = await backup(full, file, at("11:00"))
    assert await restore(url, file, at("12:00")) == before
    async with open_storage(url) as storage, storage._database.reading() as session:
        assert len((await session.exec(select(Restoration))).all()) == 1


async def test_only_an_empty_database_is_filled(tmp_path: Path, full: str) -> None:
    file = tmp_path / "backup.jsonl.gz"
    await backup(full, file, at("11:00"))
    before = await rows(full)
    with pytest.raises(BadSettings, match="not empty"):
        await restore(full, file, at("12:00"))
    assert await rows(full) == before


async def test_a_backup_that_is_not_whole_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    file, url = tmp_path / "backup.jsonl.gz", f"sqlite:///{tmp_path / 'full.db'}"
    async with open_storage(url) as storage:
        await follow(storage, *map(str, range(50)))
    await backup(url, file, at("11:00"))
    lines = gzip.decompress(file.read_bytes()).splitlines(keepends=True)
    lost = next(line for line in lines if line.startswith(b"["))
    for broken in (lines[:-1], [line for line in lines if line != lost], lines[:1]):
        file.write_bytes(gzip.compress(b"".join(broken)))
        empty = f"sqlite:///{tmp_path / 'fresh.db'}"
        with pytest.raises(Refused, match="not whole"):
            await restore(empty, file, at("12:00"))
        assert not any((await rows(empty)).values())


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no backup"),
        (b"something else", "no backup"),
        (gzip.compress(b'{"kind": "another"}\n'), "no backup"),
        (gzip.compress(b'{"kind": "digestbot backup 1", "revision": "9999"}\n'), "newer version"),
    ],
    ids=["empty", "text", "another", "newer"],
)
async def test_what_is_no_backup_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    file = tmp_path / "backup.jsonl.gz"
    file.write_bytes(content)
    with pytest.raises(Refused, match=reason):
        await restore(f"sqlite:///{tmp_path / 'fresh.db'}", file, at("12:00"))
    with pytest.raises(Refused, match="no file"):
        await restore(f"sqlite:///{tmp_path / 'fresh.db'}", tmp_path / "gone", at("12:00"))


async def test_a_backup_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'papers.db'}"
    with pytest.raises(BadSettings, match="no tables"):
        await backup(url, tmp_path / "backup", at())
    await upgrade(url)
    with pytest.raises(BadSettings, match="cannot be written"):
        await backup(url, tmp_path / "nowhere" / "backup", at())


async def test_what_fell_due_before_a_restore_is_looked_for_before_it_is_posted(tmp_path: Path) -> None:
    file, url = tmp_path / "backup.jsonl.gz", f"sqlite:///{tmp_path / 'fresh.db'}"
    async with open_storage(f"sqlite:///{tmp_path / 'full.db'}") as storage:
        await land(storage, "Grokking", owed=[Delivery("before", ada, 0, at("09:00"))])
    await backup(f"sqlite:///{tmp_path / 'full.db'}", file, at("08:00"))
    await restore(url, file, at("10:00"))
    async with open_storage(url) as storage:
        after = [Delivery("soon after", ada, 0, at("11:00")), Delivery("later", ada, 0, at("16:01"))]
        await land(storage, "A flow", owed=after)
        taken = await storage.outbox.claim(at("18:00"), timedelta(minutes=2), 9, {"fake": Pace()}, "me")
    tried = {delivery.key: delivery.tried for delivery in taken}
    assert tried == {"before": at("08:00"), "soon after": at("08:00"), "later": None}
