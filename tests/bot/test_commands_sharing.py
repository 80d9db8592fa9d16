import pytest

from bot.commands.sharing import MOST_LISTS
from bot.models import Address
from bot.workspaces import TeamList
from tests.fakes import ada, at, ben, buttons, channel, text_of
from tests.lab import Lab

cleo = Address("fake", "lab", "cleo")
eve = Address("fake", "other", "eve")


async def follows(lab: Lab, who: Address) -> list[str]:
    return [interest.normal for interest in await lab.storage.people.interests(who)]


async def test_what_one_shares_others_join_with_one_press(lab: Lab) -> None:
    reply = await lab.ask("share", ben, name="vision", term='diffusion, "flow matching"')
    assert "Everybody here can join vision now: 2 interests." in reply
    offered = await lab.reply("lists")
    assert "vision" in text_of(offered)
    await lab.press(offered, "Join")
    assert await follows(lab, ada) == ["diffusion", '"flow matching"']
    assert await follows(lab, ben) == []


async def test_one_can_follow_what_another_shares(lab: Lab) -> None:
    await lab.ask("follow", ben, term="grokking, agents")
    await lab.ask("mute", ben, term="agents")
    await lab.ask("share", ben, name="ben's reading")
    await lab.ask("join", name="<@ben|Ben>")
    assert await follows(lab, ada) == ["grokking"]


async def test_what_is_not_shared_cannot_be_joined(lab: Lab) -> None:
    await lab.ask("follow", ben, term="grokking")
    assert "There is no list “@ben”" in await lab.ask("join", name="@ben")


async def test_lists_stay_in_their_workspace(lab: Lab) -> None:
    await lab.ask("share", eve, name="secret", term="canary")
    assert "Nobody shares a list yet" in await lab.ask("lists")
    assert "There is no list" in await lab.ask("join", name="secret")
    assert "There is no list" in await lab.ask("unshare", name="secret")


async def test_a_list_is_its_owners(lab: Lab) -> None:
    await lab.ask("share", ben, name="vision", term="diffusion")
    assert "only they and admins" in await lab.ask("share", name="vision", term="agents")
    assert "only they and admins" in await lab.ask("unshare", name="vision")
    taken_back = await lab.reply("unshare", ben, name="Vision")
    assert "no longer offered" in text_of(taken_back)
    assert buttons(taken_back)["Undo"].arguments == {"name": "vision", "term": "diffusion"}


@pytest.mark.parametrize(
    ("name", "term", "cure"),
    [
        ("vision", "", "Say what is on the list"),
        ("x" * 41, "a", "1 to 40 characters"),
        ("vision", "di*", "three letters"),
        ("vision", ", ".join(f"t{n}" for n in range(101)), "At most 100 interests"),
    ],
)
async def test_what_cannot_be_shared_says_why(lab: Lab, name: str, term: str, cure: str) -> None:
    assert cure in await lab.ask("share", name=name, term=term)


async def test_there_is_an_end_to_lists(lab: Lab) -> None:
    for number in range(MOST_LISTS):
        shared = TeamList("fake", "lab", f"list {number:02}", ("a",), "ben")
        await lab.storage.lists.share(shared, at=at())
    assert "as many as fit" in await lab.ask("share", name="one more", term="a")
    assert "list 09" in await lab.ask("lists")


async def test_what_several_others_follow_is_suggested_and_what_one_follows_is_not(lab: Lab) -> None:
    for who in (ben, cleo, channel):
        await lab.ask("follow", who, term="agents")
    await lab.ask("follow", ben, term="private matter")
    offered = await lab.reply("lists")
    assert "agents\n\n\nfollowed by 3 others" in text_of(offered)
    assert "private matter" not in text_of(offered)
    await lab.press(offered, "Follow")
    assert await follows(lab, ada) == ["agents"]
