from datetime import timedelta

from tests.fakes import ada, text_of
from tests.lab import Lab


async def test_digests_rest_until_the_day(lab: Lab) -> None:
    assert await lab.ask("pause", until="3 days") == (
        "Your digests rest until Friday 27 November, 08:00. resume brings them back sooner."
    )
    await lab.land("Grokking explained")
    assert await lab.courier.deliver() == 0
    lab.clock.moment += timedelta(days=3)
    await lab.land("A flow")
    await lab.courier.deliver()
    assert len(lab.platform.said_to(ada)) == 1


async def test_digests_rest_until_they_are_wanted_again(lab: Lab) -> None:
    reply = await lab.reply("pause")
    assert text_of(reply) == "Your digests rest until you resume."
    lab.clock.moment += timedelta(days=9_999)
    await lab.land("Grokking explained")
    assert await lab.courier.deliver() == 0
    assert "are back" in await lab.press(reply, "Resume")
    await lab.land("A flow")
    assert await lab.courier.deliver() == 1


async def test_resuming_what_is_not_paused_says_so(lab: Lab) -> None:
    assert "are not paused" in await lab.ask("resume")


async def test_a_day_that_cannot_be_read_says_what_to_type(lab: Lab) -> None:
    assert "2026-12-01" in await lab.ask("pause", until="when pigs fly")
    assert "are not paused" in await lab.ask("resume")
