from collections.abc import AsyncIterator

import pytest

from tests.lab import Lab, a_lab


@pytest.fixture
async def lab() -> AsyncIterator[Lab]:
    async with a_lab() as opened:
        yield opened
