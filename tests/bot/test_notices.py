"""What admins are told of their sources."""

from dataclasses import replace

import pytest

from bot.models import Address
from bot.notices import Notices
from bot.sources import Source
from tests.fakes import ada, ben, channel, given
from tests.lab import Lab

SOURCE = Source("ml", "feed", place=("fake", "lab"), id=7)
FAILING = "failing: it could not be read for a day; last: it was slow."


async def did(lab: Lab, command: str, user: Address = ada, **arguments: str) -> None:
    await lab.storage.people.reader(user)
    await lab.dispatch(replace(given(command, user, **arguments), admin=True))


async def notice(lab: Lab, *troubles: str, source: Source = SOURCE) -> None:
    notices = Notices(lab.storage, lab.clock)
    for trouble in troubles:
        await notices(source, trouble)
    await lab.tick()


async def test_who_looks_after_sources_is_told_in_their_own_conversation_and_once(lab: Lab) -> None:
    await did(lab, "admin source list")
    await did(lab, "admin channel list", ben)
    await notice(lab, FAILING, FAILING)
    [text] = lab.platform.said_to(ada)
    assert (
        "The source ml fails: it could not be read for a day; last: it was slow. It goes on being tried."
        in text
    )
    assert lab.platform.said_to(ben) == []


async def test_where_nobody_looks_after_sources_any_admin_is_told(lab: Lab) -> None:
    await did(lab, "admin channel list", ben)
    await notice(lab, "silent: nothing new since 3 November")
    assert "is silent: nothing new since 3 November." in lab.platform.said_to(ben)[0]


async def test_where_no_admin_is_known_the_channel_is_told(lab: Lab) -> None:
    await lab.storage.people.reader(channel)
    await lab.ask("help")
    await lab.dispatch(given("admin source list", ada))  # denied
    await notice(lab, "emptied by filters: none of 99 papers")
    assert "brings nothing: none of 99 papers." in lab.platform.said_to(channel)[0]
    assert lab.platform.said_to(ada) == []


async def test_a_person_whom_the_platform_knows_everywhere_is_told_too(lab: Lab) -> None:
    everywhere = Address("fake", "", "eve")
    inside = replace(given("admin source list", everywhere), place=channel, admin=True)
    await lab.storage.people.reader(everywhere)
    await lab.dispatch(inside)
    await notice(lab, FAILING)
    assert len(lab.platform.said_to(everywhere)) == 1


async def test_admins_who_cannot_be_reached_are_no_help(lab: Lab) -> None:
    await did(lab, "admin source list")
    await lab.storage.people.reader(channel)
    await lab.storage.people.close(ada, "gone")
    await notice(lab, FAILING)
    assert len(lab.platform.said_to(channel)) == 1


async def test_an_admin_who_reads_nothing_here_is_told_where_nobody_else_can_be(lab: Lab) -> None:
    await lab.dispatch(replace(given("admin source list"), admin=True))
    await notice(lab, FAILING)
    assert len(lab.platform.said_to(ada)) == 1


async def test_the_end_of_a_trouble_is_told_too(lab: Lab) -> None:
    await did(lab, "admin source list")
    await notice(lab, FAILING, "")
    assert lab.platform.said_to(ada)[-1] == "The source ml is well again."


@pytest.mark.parametrize("person", ["eve"])
async def test_nobody_is_told_of_what_happens_elsewhere(lab: Lab, person: str) -> None:
    await did(lab, "admin source list", Address("fake", "other", person))
    await notice(lab, FAILING)
    assert lab.platform.posts == []
