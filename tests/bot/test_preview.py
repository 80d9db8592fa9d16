"""The preview shows what readers really get."""

from collections.abc import AsyncIterator

import pytest

from bot.preview import YOU, Asked, Gallery, gallery


@pytest.fixture
async def shown() -> AsyncIterator[Gallery]:
    async with gallery(None) as found:
        yield found


async def test_each_reader_sees_their_own_digest_on_every_platform(shown: Gallery) -> None:
    page = await shown.page(Asked("Ada"))
    assert page.count("3 of 16 new papers match your 3 interests") == 3
    assert "2 of 16 new papers" in await shown.page(Asked("Ben"))
    assert "this channel’s" in await shown.page(Asked("#papers"))


async def test_one_platform_can_stand_alone(shown: Gallery) -> None:
    page = await shown.page(Asked("Ada", platform="discord"))
    assert "On Discord" in page
    assert "On Slack" not in page
    assert "<form" not in page


async def test_your_own_interests_are_tried_out_and_exchanged_whole(shown: Gallery) -> None:
    first = await shown.page(Asked(YOU, follow="flow matching"))
    assert "1 of 16 new papers matches your interest" in first
    second = await shown.page(Asked(YOU, follow="grokking, gaussian splatting"))
    assert "your 2 interests" in second
    assert "You follow grokking, gaussian splatting" in second


async def test_an_interest_that_cannot_be_read_is_answered_with_its_cure(shown: Gallery) -> None:
    assert "never closed" in await shown.page(Asked(YOU, follow="(medical"))


async def test_whatever_is_said_to_the_bot_is_answered_on_every_platform(shown: Gallery) -> None:
    page = await shown.page(Asked("Ada", say="why Tidepool"))
    assert page.count("Keeping Reward Models Honest") >= 3
    assert "There is no command" in await shown.page(Asked("Ada", say="flurb"))


async def test_a_chart_is_part_of_the_page(shown: Gallery) -> None:
    assert 'src="data:image/png;base64,' in await shown.page(Asked("Ada", say="trends diffusion"))


async def test_somebody_unknown_is_the_first_reader(shown: Gallery) -> None:
    assert "Ada follows" in await shown.page(Asked("Zoe"))
