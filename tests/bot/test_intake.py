import asyncio
import re
from dataclasses import replace

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from bot import intake
from bot.intake import Intake
from bot.models import Address, Interest
from bot.owed import delivery_key
from tests.fakes import a_digest, a_paper, ada, at, ben, channel
from tests.lab import Lab


async def test_a_digest_lands_with_what_it_met(lab: Lab) -> None:
    await lab.ask("follow", ada, term="grokking")
    landing = await lab.land("Grokking explained", "A flow")
    assert (landing.papers, landing.new, landing.again, landing.at) == (2, 2, False, at("08:00"))
    met = await lab.storage.papers.met(ada, landing.digest)
    papers = await lab.storage.papers.get(list(met))
    assert [paper.title for paper in papers] == ["Grokking explained"]
    assert list(met.values()) == [["grokking"]]


async def test_a_digest_lands_once(lab: Lab) -> None:
    await lab.storage.people.reader(ada)
    first, second = await lab.land("A flow"), await lab.land("A flow")
    assert second.again
    assert second.digest == first.digest
    assert await lab.courier.deliver() == 1
    assert await lab.courier.deliver() == 0


async def test_everyone_who_reads_is_owed_a_digest_but_those_who_rest(lab: Lab) -> None:
    for reader in (ada, ben, channel):
        await lab.storage.people.reader(reader)
    await lab.ask("pause", ben)
    await lab.land("A flow")
    await lab.courier.deliver()
    assert [to for to, _, _ in lab.platform.posts] == [ada, channel]


async def test_what_is_followed_after_the_first_landing_is_in_the_index_too(lab: Lab) -> None:
    await lab.land("A flow")
    await lab.ask("follow", ada, term="grokking")
    landing = await lab.land("Grokking explained")
    assert len(await lab.storage.papers.met(ada, landing.digest)) == 1


async def test_terms_that_were_given_up_are_forgotten_in_time(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "MOST_GIVEN_UP", 3)
    terms = ("grokking", "flow", "pruning", "distillation", "quantization")
    for term in terms:
        await lab.ask("follow", ada, term=term)
    await lab.land("Grokking explained")
    for term in terms[1:]:
        await lab.ask("unfollow", ada, term=term)
    landing = await lab.land("Grokking again, with flow")
    assert len(lab.intake._index) == 1
    assert len(await lab.storage.papers.met(ada, landing.digest)) == 1


async def test_a_term_that_can_no_longer_be_read_stops_nobody(lab: Lab) -> None:
    await lab.storage.people.follow(Interest(ada, "(", "("), most=100)
    await lab.ask("follow", ben, term="grokking")
    landing = await lab.land("Grokking explained")
    assert len(await lab.storage.papers.met(ben, landing.digest)) == 1


async def test_whoever_follows_during_a_landing_has_not_missed_it(lab: Lab) -> None:
    class Late:
        """Papers during whose landing Ada begins to follow something."""

        def __getattr__(self, name: str) -> object:
            return getattr(lab.storage.papers, name)

        async def land(self, *landing: object, **at: object) -> object:
            await lab.ask("follow", ada, term="grokking")
            return await lab.storage.papers.land(*landing, **at)  # type: ignore[arg-type]  # passed on as they came

    class WithLate:
        people, papers, aliases = lab.storage.people, Late(), lab.storage.aliases
        outbox = lab.storage.outbox

    intake = Intake(WithLate(), lab.clock)  # type: ignore[arg-type]  # all of a storage that an intake asks for
    landing = await intake.land(a_digest("A flow", a_paper("Grokking explained")))
    assert len(await lab.storage.papers.met(ada, landing.digest)) == 1


async def test_digests_may_land_at_once(lab: Lab) -> None:
    await lab.ask("follow", ada, term="paper")
    landings = await asyncio.gather(*(lab.land(f"Paper {number}") for number in range(5)))
    assert sorted(landing.new for landing in landings) == [1] * 5
    assert (await lab.ask("interests", ada)).count("5 papers") == 1


@examples(
    st.builds(Address, st.text(max_size=9), st.text(max_size=9), st.text(max_size=9)), st.text(max_size=9)
)
def test_a_key_fits_every_platform_and_is_the_same_each_time(address: Address, period: str) -> None:
    key = delivery_key(address, period)
    assert re.fullmatch(r"[a-z2-7]{24}", key)
    assert key == delivery_key(address, period)


def test_a_key_tells_people_channels_and_periods_apart() -> None:
    person, room = Address("slack", "T1", "X"), Address("slack", "T1", "X", "channel")
    keys = {delivery_key(address, period) for address in (person, room, ben) for period in ("a", "b")}
    assert len(keys) == 6


async def test_a_mail_lands_once_whatever_it_says_the_second_time(lab: Lab) -> None:
    mail = replace(a_digest("One"), letter="<1@example.org>")
    first = await lab.intake.land(mail)
    again = await lab.intake.land(replace(a_digest("Two"), letter="<1@example.org>"))
    assert again == replace(first, again=True)
    assert [paper.title for paper in await lab.storage.papers.recent(9)] == ["One"]
    assert (await lab.intake.land(replace(a_digest("Two"), letter="<2@example.org>"))).new == 1
