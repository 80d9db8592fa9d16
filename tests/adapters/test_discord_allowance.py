"""However many processes there are: Discord never says 429, and never has reason to shut the address out."""

import asyncio
import random
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord import Allowance, Rest
from adapters.discord.allowance import AGREED, GAP, TOGETHER
from adapters.discord.openings import BURST, STEP, Openings
from adapters.discord.sharing import A_SECOND, Shares
from adapters.discord.wire import PATIENCE, Answer
from bot.errors import Disconnected, NotPosted, RateLimited
from tests import virtual
from tests.fake_discord import OPEN, SEND, FakeDiscord, Limits, Unbound, refusal
from tests.fakes import at

LATENCY = 0.08  # seconds: on a usual way to Discord


class Note:
    """The note that processes share; slow, as a database can be."""

    def __init__(self) -> None:
        self.text, self.changes = "", 0

    async def change(self, change: Callable[[str], str]) -> str:
        await asyncio.sleep(0.01)
        self.text, self.changes = change(self.text), self.changes + 1
        return self.text


class Uneven(FakeDiscord):
    """Discord, on a way that is sometimes slow."""

    def __init__(self, seed: int = 1) -> None:
        super().__init__(virtual.now, Limits(A_SECOND, clock=virtual.clock))
        self.chance = random.Random(seed)  # no secret

    async def __call__(self, method: str, path: str, *given: Any, **more: Any) -> Answer:
        self.latency = LATENCY * (1 + self.chance.random() + 3 * (self.chance.random() < 0.02))
        return await super().__call__(method, path, *given, **more)


def process(discord: FakeDiscord, name: str, note: Note | None) -> Rest:
    change = note.change if note else None
    allowance = Allowance(virtual.now, change, me=f"elsewhere:1:{name}", clock=virtual.clock)
    return Rest(discord, allowance, virtual.clock)


async def posted(rest: Rest, channels: Sequence[int]) -> int:
    """Post once in each of *channels*, all at once, and say how many got through."""

    async def post(channel: int) -> bool:
        try:
            return (await rest("POST", f"/channels/{channel}/messages", {"content": "x"})).good
        except RateLimited:
            return False

    return sum(await asyncio.gather(*map(post, channels)))


async def fan_out(discord: FakeDiscord, processes: Sequence[Rest], each: int) -> tuple[int, float]:
    """How many posts got through, and how many a second."""
    begun = virtual.clock()
    parts = [range(number * each, number * each + each) for number in range(len(processes))]
    done = await asyncio.gather(*map(posted, processes, parts))
    assert sum(len(posts) for posts in discord.channels.values()) == sum(done)
    return sum(done), sum(done) / (virtual.clock() - begun)


def test_a_process_alone_uses_the_ceiling_and_is_never_refused() -> None:
    async def soak() -> None:
        discord = Uneven()
        done, rate = await fan_out(discord, [process(discord, "a", Note())], 2_040)
        assert (done, discord.statuses[429]) == (2_040, 0)
        assert rate >= 0.95 * A_SECOND

    virtual.run(soak())


class Slow(FakeDiscord):
    """Discord, with one pair of hands: every call waits until those before it are answered."""

    def __init__(self, takes: float) -> None:
        super().__init__(virtual.now, Limits(A_SECOND, clock=virtual.clock))
        self.takes, self.free, self.under_way, self.most, self.slowest = takes, 0.0, 0, 0, 0.0
        self.begun: list[float] = []

    async def __call__(self, method: str, path: str, *given: Any, **more: Any) -> Answer:
        now = virtual.clock()
        self.begun.append(now)
        self.free = max(self.free, now) + self.takes
        self.slowest = max(self.slowest, self.free - now)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await asyncio.sleep(self.free - now)
        self.under_way -= 1
        return await super().__call__(method, path, *given, **more)


def test_calls_begin_one_after_the_other_and_no_answer_waits_behind_a_second_of_them() -> None:
    async def soak() -> None:
        discord = Slow(takes=0.019)  # it can just follow
        done, _ = await fan_out(discord, [process(discord, "a", Note())], 400)
        assert (done, discord.statuses[429]) == (400, 0)
        assert discord.slowest < 0.5
        begun = discord.begun
        assert min(begun[at + 20] - begun[at] for at in range(len(begun) - 20)) > 5 * GAP

    virtual.run(soak())


def test_while_answers_are_slow_few_are_waited_for_and_none_is_given_up() -> None:
    async def soak() -> None:
        discord = Slow(takes=0.7)
        done, _ = await fan_out(discord, [process(discord, "a", Note())], 200)
        assert (done, discord.most) == (200, TOGETHER)
        assert discord.slowest < PATIENCE

    virtual.run(soak())


def test_several_processes_share_it_and_none_is_refused() -> None:
    async def soak() -> None:
        discord, note = Uneven(), Note()
        done, rate = await fan_out(discord, [process(discord, name, note) for name in "abc"], 700)
        assert (done, discord.statuses[429]) == (2_100, 0)
        assert rate >= 0.85 * A_SECOND  # they come to terms first, and do not end together
        assert note.changes < 3 * 60  # about one a second and process, however many calls

    virtual.run(soak())


def test_without_the_note_the_same_processes_are_refused() -> None:
    async def soak() -> None:
        discord = Uneven()
        done, _ = await fan_out(discord, [process(discord, name, None) for name in "abc"], 400)
        assert discord.statuses[429] > 0
        assert done < 1_200

    virtual.run(soak())


def test_all_at_once_without_an_allowance_most_is_lost() -> None:
    async def soak() -> None:
        discord = Uneven()
        rest = Rest(discord, Unbound(virtual.now), virtual.clock)
        assert await posted(rest, range(400)) <= 300
        assert discord.statuses[429] >= 100

    virtual.run(soak())


def test_a_process_that_comes_later_soon_has_its_share_and_one_that_died_leaves_its_own() -> None:
    async def soak() -> None:
        discord, note = Uneven(), Note()
        first, second = process(discord, "a", note), process(discord, "b", note)
        running = asyncio.create_task(posted(first, range(900)))
        await asyncio.sleep(5)
        begun = virtual.clock()
        assert await posted(second, [9_000]) == 1
        assert virtual.clock() - begun < 5
        running.cancel()  # it dies without a word
        await asyncio.gather(running, return_exceptions=True)
        begun = virtual.clock()
        assert await posted(second, range(3_000, 3_400)) == 400
        assert virtual.clock() - begun < 400 / A_SECOND + 8
        assert discord.statuses[429] == 0

    virtual.run(soak())


def test_answers_to_people_do_not_wait_for_the_others() -> None:
    async def soak() -> None:
        discord = Uneven()
        rest = process(discord, "a", Note())
        running = asyncio.create_task(posted(rest, range(1_000)))
        await asyncio.sleep(3)
        begun = virtual.clock()
        await rest("POST", "/interactions/1/token/callback", {"type": 5}, own=False)
        assert virtual.clock() - begun < 1
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    virtual.run(soak())


async def test_while_the_database_is_away_nothing_is_sent_and_that_is_certain() -> None:
    async def away(_change: Callable[[str], str]) -> str:
        raise OSError

    with pytest.raises(NotPosted):
        async with Allowance(at, away).call():
            raise AssertionError


@dataclass
class Model:
    """A process that agrees now and then. What it may do counts for a second after it may no longer."""

    may: int = 0
    until: float = -10.0
    used: list[tuple[float, int]] = field(default_factory=list)  # until when so many calls may still count

    def agrees(self, may: int, now: float) -> None:
        self.used.append((min(self.until, now) + 1, self.may))
        self.may, self.until = may, now + AGREED

    def counts(self, now: float) -> int:
        mine = [self.may] if now < self.until + 1 else [0]
        return max(mine + [calls for until, calls in self.used if until > now])


@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 200), st.floats(0, 1.5)), max_size=60),
)
def test_together_they_never_may_more_than_discord_allows(asked: list[tuple[str, int, float]]) -> None:
    note, now, models = "", 0.0, {name: Model() for name in "abcd"}
    for name, wants, passes in asked:
        now += passes
        model = models[name]
        if now < model.until:
            continue
        shares = Shares.read(note)
        note = shares.agreed(f"elsewhere:1:{name}", wants, model.may, 0, at() + timedelta(seconds=now))
        model.agrees(shares.may, now)
        assert sum(one.counts(now) for one in models.values()) <= A_SECOND


def closed(count: int) -> tuple[Callable[[], Coroutine[Any, Any, None]], FakeDiscord, list[str]]:
    """Writing to so many who take no messages, side by side, until all are known."""
    discord = FakeDiscord(virtual.now, Limits(A_SECOND, clock=virtual.clock), latency=LATENCY)
    discord.fail(SEND, refusal(403, 50007), times=count)
    waiting = [str(number) for number in range(count)]

    async def known(rest: Rest) -> None:
        while waiting:
            person = waiting.pop()
            try:
                await rest("POST", f"/channels/{person}/messages", {"content": "x"})
            except RateLimited as limit:
                waiting.append(person)
                await asyncio.sleep(limit.retry_after)

    async def work() -> None:
        note = Note()
        processes = [process(discord, name, note) for name in "ab"]
        await asyncio.gather(*(known(rest) for rest in processes for _ in range(32)))

    return work, discord, waiting


def most_in_ten_minutes(moments: Sequence[float]) -> int:
    begin, most = 0, 0
    for end, moment in enumerate(moments):
        while moments[begin] <= moment - 600:
            begin += 1
        most = max(most, end - begin + 1)
    return most


@pytest.mark.parametrize("count", [5_600, pytest.param(20_000, marks=pytest.mark.slow)])
def test_closed_conversations_are_far_from_what_shuts_the_address_out(count: int) -> None:
    work, discord, waiting = closed(count)
    virtual.run(work())
    assert not waiting
    assert len(discord.refused) == count
    assert most_in_ten_minutes(discord.refused) <= 5_000


def test_who_does_not_count_refusals_would_be_shut_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Allowance, "refused", lambda _self: None)
    work, discord, _ = closed(5_600)
    virtual.run(work())
    assert most_in_ten_minutes(discord.refused) > 5_000


def test_a_refused_token_stops_all_calls_at_once() -> None:
    async def soak() -> None:
        discord = Uneven()
        discord.fail("*", refusal(401), times=1_000)
        rest = process(discord, "a", Note())
        outcomes = await asyncio.gather(
            *(rest("POST", f"/channels/{number}/messages", {}) for number in range(500)),
            return_exceptions=True,
        )
        assert sum(isinstance(one, Disconnected) for one in outcomes) >= 500 - A_SECOND
        assert discord.statuses[401] <= A_SECOND

    virtual.run(soak())


def test_an_answer_from_before_discords_servers_silences_everything() -> None:
    async def soak() -> None:
        discord = Uneven()
        discord.fail(SEND, Answer(429, None, {"Retry-After": "600"}), times=1)
        rest = process(discord, "a", Note())
        assert await posted(rest, [1]) == 0
        calls = len(discord.calls)
        with pytest.raises(RateLimited) as limit:
            await rest("POST", "/interactions/1/token/callback", {"type": 5}, own=False)
        assert limit.value.retry_after > 590
        assert limit.value.rests == "bot"
        assert len(discord.calls) == calls

    virtual.run(soak())


def test_the_limit_of_one_conversation_leaves_the_others_alone() -> None:
    async def soak() -> None:
        discord = Uneven()
        discord.limits.routes = ((SEND, 2, 5.0), (OPEN, 10, 10.0))
        rest = process(discord, "a", Note())
        assert await posted(rest, [1, 1, 1]) == 2
        assert discord.statuses[429] == 0  # it was told before by a header
        with pytest.raises(RateLimited) as limit:
            await rest("POST", "/channels/1/messages", {})
        assert limit.value.rests == "address"
        assert await posted(rest, [2]) == 1

    virtual.run(soak())


@given(st.lists(st.tuples(st.sampled_from([0.0, 0.1, 3.0, 60.0]), st.booleans()), min_size=1, max_size=80))
def test_conversations_are_opened_one_by_one_and_everybody_has_their_turn(
    steps: list[tuple[float, bool]],
) -> None:
    openings, now, opened = Openings(), at(), []
    waits: dict[str, float] = {}
    for number, (passes, again) in enumerate(steps):
        now += timedelta(seconds=passes)
        person = next(iter(waits), str(number)) if again else str(number)
        wait = openings.wait(person, now)
        if wait:
            assert wait <= waits.get(person, 1e9)  # nobody is put off for longer than they were told
            waits[person] = wait
        else:
            waits.pop(person, None)
            opened.append(now)
    for begin, moment in enumerate(opened):
        within = [one for one in opened[begin:] if one < moment + BURST * STEP]
        assert len(within) <= 2 * BURST + len(waits) + sum(again for _, again in steps)


def test_so_many_may_be_opened_at_once_and_the_others_one_by_one() -> None:
    openings = Openings()
    first = [openings.wait(str(number), at()) for number in range(12)]
    assert first[: BURST + 1] == [0.0] * (BURST + 1)
    assert first[BURST + 1 :] == [2.0, 4.0, 6.0]
