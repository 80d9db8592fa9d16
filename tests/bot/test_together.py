"""Many who write at once share transactions, and each has their own answer."""

import asyncio
from collections.abc import Sequence

import pytest

from bot.together import Together


class Book:
    """Writes down what it is told, some at a time."""

    def __init__(self) -> None:
        self.written: list[list[int]] = []
        self.open = asyncio.Event()

    async def write(self, numbers: Sequence[int]) -> list[int]:
        await self.open.wait()
        if 13 in numbers:
            raise ValueError("unlucky")
        self.written.append([*numbers])
        return [2 * number for number in numbers]


async def moments(count: int) -> None:
    """Let the others do so many steps."""
    for _ in range(count):
        await asyncio.sleep(0)


async def test_whoever_comes_while_another_writes_is_written_with_all_who_wait() -> None:
    book = Book()
    together = Together(book.write)
    asking = [asyncio.create_task(together(number)) for number in range(5)]
    await asyncio.sleep(0)
    book.open.set()
    assert await asyncio.gather(*asking) == [0, 2, 4, 6, 8]
    assert sum(map(len, book.written)) == 5
    assert len(book.written) <= 2


async def test_a_failure_is_told_to_all_it_concerns_and_to_nobody_after() -> None:
    book = Book()
    together = Together(book.write)
    asking = [asyncio.create_task(together(12))]
    await moments(2)
    asking += [asyncio.create_task(together(number)) for number in (13, 14)]
    await moments(1)
    book.open.set()
    first, *others = await asyncio.gather(*asking, return_exceptions=True)
    assert first == 24
    assert [type(one) for one in others] == [ValueError, ValueError]
    assert await together(15) == 30


async def test_whoever_comes_in_the_same_moment_is_written_at_once() -> None:
    book = Book()
    book.open.set()
    together = Together(book.write)
    assert await asyncio.gather(*map(together, range(3))) == [0, 2, 4]
    assert book.written == [[0, 1, 2]]


async def test_when_the_one_who_writes_is_cancelled_the_others_are_written_still() -> None:
    book = Book()
    together = Together(book.write)
    first = asyncio.create_task(together(1))
    await moments(2)
    rest = [asyncio.create_task(together(number)) for number in (2, 3)]
    await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    book.open.set()
    assert await asyncio.gather(*rest) == [4, 6]
    assert sorted(number for some in book.written for number in some) == [2, 3]


async def test_whoever_is_cancelled_while_waiting_is_not_written() -> None:
    book = Book()
    together = Together(book.write)
    asking = [asyncio.create_task(together(1))]
    await moments(2)
    asking += [asyncio.create_task(together(number)) for number in (2, 3)]
    await moments(1)
    asking[2].cancel()
    await asyncio.gather(asking[2], return_exceptions=True)
    book.open.set()
    assert await asyncio.gather(*asking[:2]) == [2, 4]
    assert sorted(number for some in book.written for number in some) == [1, 2]


async def test_whoever_leaves_while_it_is_written_disturbs_nobody() -> None:
    book = Book()
    together = Together(book.write)
    first = asyncio.create_task(together(1))
    await moments(2)
    second, third = asyncio.create_task(together(2)), asyncio.create_task(together(3))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    await asyncio.sleep(0)  # the second writes for both
    third.cancel()
    await asyncio.gather(third, return_exceptions=True)
    book.open.set()
    assert await second == 4
    assert third.cancelled()
    assert book.written == [[2, 3]]
