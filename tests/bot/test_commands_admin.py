from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.commands import commands
from bot.messages import Message
from bot.models import Address, Invocation, Value
from bot.registry import Command
from bot.sources import Outcome
from bot.workspaces import Limits, Workspace
from tests.fakes import ada, at, ben, buttons, channel, given, text_of
from tests.lab import Lab

papers = replace(channel, id="#papers")
eve = Address("fake", "other", "eve")
in_dm = Address("fake", "", "ben")  # no workspace: it is not clear which one is meant
ADMIN = [command for command in commands if command.admin]


async def told(lab: Lab, command: str, user: Address = ada, /, **arguments: Value) -> Message:
    """What an admin by the platform's word is answered."""
    return await lab.dispatch(replace(given(command, user, **arguments), admin=True))


async def ask(lab: Lab, command: str, user: Address = ada, /, **arguments: Value) -> str:
    text = text_of(await told(lab, command, user, **arguments))
    assert "some-id" not in text, text
    return text


async def press(lab: Lab, message: Message, label: str) -> Message:
    return await lab.dispatch(replace(buttons(message)[label], admin=True))


async def followed(lab: Lab, owner: Address = papers) -> Sequence[str]:
    return [interest.normal for interest in await lab.storage.people.interests(owner)]


async def here(lab: Lab) -> Workspace:
    return await lab.storage.workspaces.get("fake", "lab")


async def test_a_channel_gets_digests_and_its_own_interests(lab: Lab) -> None:
    assert "No channel gets digests" in await ask(lab, "admin channel list")
    assert "#papers gets digests from now on" in await ask(lab, "admin channel add", channel="#papers")
    assert "already" in await ask(lab, "admin channel add", channel="#papers")
    text = await ask(lab, "admin channel follow", channel="#papers", term="grokking, RLHF, di*")
    assert "#papers follows grokking" in text
    assert "at least three letters" in text
    assert await followed(lab) == ["grokking", "RLHF"]
    assert await followed(lab, ada) == []
    assert "#papers: 2 interests" in await ask(lab, "admin channel list")
    assert "1. grokking\n2. RLHF" in await ask(lab, "admin channel interests", channel="#papers")
    await lab.land("Grokking explained")
    await lab.courier.deliver()
    assert any("Grokking explained" in text for text in lab.platform.said_to(papers))


async def test_a_channel_stops_following_and_it_can_be_undone(lab: Lab) -> None:
    await ask(lab, "admin channel add", channel="#papers")
    followed_now = await told(lab, "admin channel follow", channel="#papers", term="grokking")
    await press(lab, followed_now, "Undo")
    assert await followed(lab) == []
    await ask(lab, "admin channel follow", channel="#papers", term="grokking")
    given_up = await told(lab, "admin channel unfollow", channel="#papers", term="1")
    assert "no longer follows grokking" in text_of(given_up)
    await press(lab, given_up, "Undo")
    assert await followed(lab) == ["grokking"]


async def test_removing_a_channel_asks_once_and_can_be_undone(lab: Lab) -> None:
    await ask(lab, "admin channel add", channel="<#C1|papers>")
    await ask(lab, "admin channel follow", channel="<#C1>", term='"flow matching", RLHF')
    await ask(lab, "admin channel style", channel="<#C1>", style="titles")
    asked = await told(lab, "admin channel remove", channel="<#C1|papers>")
    assert "Shall #papers get no more digests? It follows 2 interests" in text_of(asked)
    assert await followed(lab, replace(channel, id="C1")) == ['"flow matching"', "RLHF"]
    removed = await press(lab, asked, "Remove")
    assert await lab.storage.workspaces.readers("fake", "lab") == []
    assert (await here(lab)).styles == {}
    for _ in range(3):  # back, and gone again, whole each time
        back = await press(lab, removed, "Undo")
        assert await followed(lab, replace(channel, id="C1")) == ['"flow matching"', "RLHF"]
        assert (await here(lab)).styles == {"C1": "titles"}
        assert "is taken back" in text_of(back)
        removed = await press(lab, back, "Undo")
        assert await lab.storage.workspaces.readers("fake", "lab") == []
        assert (await here(lab)).styles == {}


async def test_a_step_of_taking_back_that_cannot_be_done_is_told_and_the_others_are_done(lab: Lab) -> None:
    await ask(lab, "admin channel add", channel="#papers")
    await ask(lab, "admin channel follow", channel="#papers", term="grokking, RLHF")
    await ask(lab, "admin channel style", channel="#papers", style="titles")
    removed = await told(lab, "admin channel remove", channel="#papers", sure=True)
    await ask(lab, "admin limits", limit="interests", most=1)
    text = text_of(await press(lab, removed, "Undo"))
    assert "the limit is 1" in text
    assert (await here(lab)).styles == {"#papers": "titles"}


@pytest.mark.parametrize("what", ["remove", "interests", "follow", "unfollow", "style"])
async def test_a_channel_without_digests_says_how_it_gets_them(lab: Lab, what: str) -> None:
    needed: dict[str, dict[str, Value]] = {
        "follow": {"term": "x"},
        "unfollow": {"term": "x"},
        "style": {"style": "short"},
    }
    text = await ask(lab, f"admin channel {what}", channel="#nowhere", **needed.get(what, {}))
    assert "#nowhere gets no digests yet. admin channel add #nowhere brings them." in text


async def test_what_an_admin_types_in_a_channel_is_still_their_own(lab: Lab) -> None:
    await lab.dispatch(Invocation("follow", ada, papers, {"term": "grokking"}, admin=True))
    assert (await followed(lab, ada), await followed(lab)) == (["grokking"], [])


async def test_limits_hold_for_people_and_channels_and_say_so(lab: Lab) -> None:
    assert "interests 100: interests of a person" in await ask(lab, "admin limits")
    await ask(lab, "admin limits", limit="interests", most=2)
    await ask(lab, "admin limits", limit="length", most=9)
    text = await ask(lab, "follow", term="a, b, c, longer than nine")
    assert "would be one too many: you can follow 2" in text
    assert "at most 9 characters" in text
    await ask(lab, "admin channel add", channel="#papers")
    text = await ask(lab, "admin channel follow", channel="#papers", term="a, b, c, longer than nine")
    assert "the limit is 2" in text
    assert "at most 9 characters" in text
    assert "from 1 to 1,000" in await ask(lab, "admin limits", limit="interests", most=1_000_000)
    assert (await lab.storage.workspaces.get("fake", "other")).limits == Limits()


async def test_a_limit_can_be_undone(lab: Lab) -> None:
    changed = await told(lab, "admin limits", limit="papers", most=3)
    await press(lab, changed, "Undo")
    assert (await here(lab)).limits == Limits()


async def test_everything_can_rest_and_go_on(lab: Lab) -> None:
    asked = await told(lab, "admin pause-all")
    assert not (await here(lab)).paused
    paused = await press(lab, asked, "Pause everything")
    assert (await here(lab)).paused
    await press(lab, paused, "Undo")
    assert not (await here(lab)).paused
    assert "Nothing rests" in await ask(lab, "admin resume-all")


async def test_somebody_named_may_administer_until_they_are_not(lab: Lab) -> None:
    assert "for those who look after" in await lab.ask("admin audit", ben)
    await ask(lab, "admin roles add", who="<@ben|Ben>")
    assert "may administer already" in await ask(lab, "admin roles add", who="@ben")
    assert "The last acts" in await lab.ask("admin audit", ben)
    assert "@ben" in await ask(lab, "admin roles list")
    asked = await told(lab, "admin roles remove", who="@ben")
    await press(lab, asked, "Remove")
    assert "for those who look after" in await lab.ask("admin audit", ben)


async def test_a_role_may_administer(lab: Lab) -> None:
    await ask(lab, "admin roles add", who="<@&77>")
    assert "The last acts" in text_of(
        await lab.dispatch(replace(given("admin audit", ben), roles=frozenset({"77"})))
    )
    assert "for those" in text_of(
        await lab.dispatch(replace(given("admin audit", ben), roles=frozenset({"78"})))
    )


async def test_whoever_was_let_in_lets_nobody_in(lab: Lab) -> None:
    await ask(lab, "admin roles add", who="ben")
    assert "decided by the admins" in await lab.ask("admin roles add", ben, who="cleo")
    assert "decided by the admins" in await lab.ask("admin roles remove", ben, who="ben")
    assert (await here(lab)).roles == ("ben",)


def arguments(command: Command) -> dict[str, Value]:
    """Something for every option the command needs."""
    kinds: dict[type, Value] = {str: "#papers", int: 1, bool: True}
    return {
        option.name: option.choices[0] if option.choices else kinds[option.kind]
        for option in command.options
        if option.required
    }


@pytest.mark.parametrize("command", ADMIN, ids=lambda command: command.name)
async def test_only_those_who_may_run_an_admin_command(lab: Lab, command: Command) -> None:
    await lab.storage.workspaces.keep(Workspace("fake", "lab", roles=("ben", "77")))
    plain = Invocation(command.name, Address("fake", "lab", "cleo"), papers, arguments(command))
    may = {
        "a member": (plain, False),
        "a member in a direct message": (replace(plain, place=plain.user), False),
        "an admin": (replace(plain, admin=True), True),
        "somebody named": (replace(plain, user=ben), True),
        "somebody with a role": (replace(plain, roles=frozenset({"77"})), True),
        "somebody with another role": (replace(plain, roles=frozenset({"7"})), False),
        "somebody of that name elsewhere": (replace(plain, user=replace(ben, workspace="other")), False),
        "somebody of that name outside of any workspace": (replace(plain, user=in_dm, place=in_dm), False),
    }
    for who, (invocation, allowed) in may.items():
        text = text_of(await lab.dispatch(invocation))
        assert ("is for those who look after this workspace" in text) != allowed, who
        acts = await lab.storage.audit.acts("fake", invocation.user.workspace, 1)
        assert (acts[0].command, acts[0].allowed) == (command.name, allowed), who


async def test_acts_are_on_record_without_secrets_and_cannot_be_undone_elsewhere(lab: Lab) -> None:
    await lab.ask("admin pause-all", ben, sure=True)
    await ask(lab, "admin channel add", channel="#papers")
    await ask(lab, "admin channel follow", channel="#papers", term="xoxb-1234567890-canary")
    text = await ask(lab, "admin audit")
    assert "@ben: admin pause-all True, not allowed" in text
    assert "@ada: admin channel add #papers, can be undone" in text
    assert "canary" not in text
    acts = await lab.storage.audit.acts("fake", "lab", 9)
    for act in acts:
        assert "cannot be taken back" in await ask(lab, "admin undo", eve, act=act.id)
    assert "cannot be taken back" in await ask(lab, "admin undo", act=10_000)


async def test_sources_are_added_seen_paused_and_removed_and_it_can_be_undone(lab: Lab) -> None:
    assert "No source is read yet" in await ask(lab, "admin source list")
    assert "is read from now on" in await ask(lab, "admin source add", address="cs.LG+cs.CL", name="ml")
    assert "ml: arxiv cs.LG+cs.CL" in await ask(lab, "admin source list")
    assert "read never" in await ask(lab, "admin source health")
    assert "within the next seconds" in await ask(lab, "admin source read", name="ml")
    paused = await told(lab, "admin source pause", name="ml")
    assert "paused" in await ask(lab, "admin source list")
    await press(lab, paused, "Undo")
    assert "paused" not in await ask(lab, "admin source list")
    asked = await told(lab, "admin source remove", name="ml")
    removed = await press(lab, asked, "Remove")
    assert "No source" in await ask(lab, "admin source list")
    await press(lab, removed, "Undo")
    assert "ml: arxiv cs.LG+cs.CL" in await ask(lab, "admin source list")
    assert "No source" in await ask(lab, "admin source list", eve)


async def test_a_workspace_has_no_more_sources_than_the_limit(lab: Lab) -> None:
    await ask(lab, "admin limits", limit="sources", most=1)
    await ask(lab, "admin source add", address="huggingface")
    assert "as many as the limit allows" in await ask(lab, "admin source add", address="cs.LG")


@pytest.mark.parametrize("address", ["/etc", "imaps://a@mail.example.org/INBOX"])
async def test_no_workspace_reaches_into_the_machine(lab: Lab, address: str) -> None:
    assert "only be added by whoever runs me" in await ask(lab, "admin source add", address=address)
    assert await lab.storage.sources.listed() == []


async def test_spellings_are_alike_for_one_workspace_and_it_can_be_undone(lab: Lab) -> None:
    await ask(lab, "follow", term="zebrafishology")
    await ask(lab, "follow", eve, term="zebrafishology")
    added = await told(lab, "admin alias add", one="zebrafishology", other='"striped fish"')
    assert "1 interest here changed" in text_of(added)
    assert "zebrafishology = striped fish" in await ask(lab, "admin alias list")
    assert "striped fish" in " ".join(await followed(lab, ada))
    assert await followed(lab, eve) == ["zebrafishology"]
    await press(lab, added, "Undo")
    assert await followed(lab, ada) == ["zebrafishology"]


async def test_while_everything_rests_nothing_is_sent_here_and_elsewhere_it_is(lab: Lab) -> None:
    for who in (ada, eve):
        await ask(lab, "follow", who, term="grokking")
    await ask(lab, "admin pause-all", sure=True)
    await lab.land("Grokking explained")
    await lab.courier.deliver()
    assert (len(lab.platform.said_to(ada)), len(lab.platform.said_to(eve))) == (0, 1)
    await ask(lab, "admin resume-all")
    await lab.courier.deliver()
    assert len(lab.platform.said_to(ada)) == 1


async def test_a_source_whose_removal_is_undone_goes_on_where_it_stood(lab: Lab) -> None:
    await ask(lab, "admin source add", address="cs.LG+cs.CL", kind="now", name="ml")
    [source] = await lab.storage.sources.listed()
    good = Outcome(lab.clock(), cursor="2026-11-20", papers=9, new=4, heard=lab.clock())
    await lab.storage.sources.record(source.id, good, at=lab.clock())
    before = await lab.storage.sources.get("ml", ("fake", "lab"))
    sure = await press(lab, await told(lab, "admin source remove", name="ml"), "Remove")
    assert "No source" in await ask(lab, "admin source list")
    await press(lab, sure, "Undo")
    assert await lab.storage.sources.get("ml", ("fake", "lab")) == before
    assert before.options == {"first": "last"}


async def test_the_health_of_a_source_tells_all_that_is_known(lab: Lab) -> None:
    await ask(lab, "admin source add", address="cs.LG", name="ml")
    [source] = await lab.storage.sources.listed()
    await lab.storage.sources.record(source.id, Outcome(at("09:00"), papers=9, new=4), at=at("08:30"))
    bad = Outcome(at("12:00"), cause="timeout", error="it was slow")
    await lab.storage.sources.record(source.id, bad, at=at("09:01"))
    assert (
        "ml: failed 1 time in a row: it was slow; read 24 Nov 08:30 UTC; 4 papers first brought by it, the last "
        "24 Nov 08:30 UTC; failures ever: timeout 1; next read 24 Nov 12:00 UTC"
    ) in await ask(lab, "admin source health")
