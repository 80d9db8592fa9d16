import asyncio
import logging

import pytest

from bot import cleaning
from bot.cleaning import clean
from tests.contract.test_storage_workspaces import an_act
from tests.lab import Lab


async def test_what_is_old_goes_by_itself_and_a_fault_stops_nothing(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(cleaning, "FIRST", 0)
    monkeypatch.setattr(cleaning, "PAUSE", 0)
    await lab.storage.audit.note(an_act())
    lab.clock.pass_by(days=401)
    whole, tries = lab.storage.workspaces.clean, iter([ZeroDivisionError])

    async def broken_once(*given: object) -> int:
        for fault in tries:
            raise fault
        return await whole(*given)  # type: ignore[arg-type]  # handed on as they came

    monkeypatch.setattr(lab.storage.workspaces, "clean", broken_once)
    with caplog.at_level(logging.INFO):
        cleaning_up = asyncio.create_task(clean(lab.storage, lab.clock))
        async with asyncio.timeout(5):
            while await lab.storage.audit.acts("fake", "lab", 1):  # noqa: ASYNC110  # the database is watched
                await asyncio.sleep(0)
        cleaning_up.cancel()
    assert "cleaning failed" in caplog.text
