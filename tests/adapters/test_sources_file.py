"""Files as a source: in their order, from a cursor on, whatever they are called."""

import gzip
from datetime import date
from pathlib import Path

import pytest

from adapters.sources.file import FileSource, read_file
from bot.errors import Refused
from bot.sources import PaperSource

TODAY = date(2026, 11, 24)


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    contents = {
        "monday.gz": b"On Rain\nIt falls down.",
        "tuesday.pdf": b'[{"title": "On Wind", "abstract": "It blows."}]',
        "wednesday": gzip.compress(b'{"title": "On Snow", "abstract": "It lies."}'),
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    return [tmp_path / name for name in contents]


async def titles(source: PaperSource, since: str = "") -> list[str]:
    return [digest.papers[0].title async for digest in source.digests(since)]


async def test_files_are_read_in_their_order_whatever_they_are_called(paths: list[Path]) -> None:
    source = FileSource(paths, TODAY)

    assert await titles(source) == ["On Rain", "On Wind", "On Snow"]
    assert source.name == "file"


async def test_reading_goes_on_after_the_cursor(paths: list[Path]) -> None:
    source = FileSource(paths, TODAY)
    first = await anext(source.digests(""))

    assert await titles(source, first.cursor) == ["On Wind", "On Snow"]
    assert await titles(source, str(paths[-1])) == []
    assert len(await titles(source, "a file of another time")) == 3


async def test_a_file_can_be_read_alone_under_a_name(paths: list[Path]) -> None:
    digest = await read_file(paths[0], TODAY, source="mail")

    assert (digest.source, digest.day, digest.papers[0].source) == ("mail", TODAY, "mail")


async def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(Refused, match="cannot be read"):
            await read_file(path, TODAY)


async def test_what_came_before_a_refused_file_has_been_given(paths: list[Path], tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    digests = FileSource([paths[0], tmp_path / "empty"], TODAY).digests("")

    assert (await anext(digests)).papers[0].title == "On Rain"
    with pytest.raises(Refused, match="empty"):
        await anext(digests)
