import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.installations import Installation
from bot.interfaces import Storage
from bot.models import Address
from storage.seals import Seals
from tests.fakes import ada, at, ben

OLD, NEW = b"o" * 32, b"n" * 32
LAB = Installation("slack", "T1", "xoxe.xoxb-canary", "xoxe-1-canary", at("20:00"), "U9", "commands")
ORG = replace(LAB, workspace="E1", token="xoxb-other", refresh="", expires=None)  # noqa: S106  # a made-up one
HERE = Address("slack", "T1", "", "channel")


async def test_an_installation_is_given_back_as_it_was_kept(storage: Storage, elsewhere: Storage) -> None:
    await storage.installations([NEW]).keep(LAB, at=at())
    await storage.installations([NEW]).keep(ORG, at=at("11:00"))
    assert await elsewhere.installations([NEW]).get("slack", "T1") == LAB
    assert await elsewhere.installations([NEW]).all("slack") == [ORG, LAB]
    assert await elsewhere.installations([NEW]).get("slack", "T2") is None


async def test_installing_again_takes_the_place_of_the_first_time(storage: Storage) -> None:
    kept = storage.installations([NEW])
    await kept.keep(LAB, at=at())
    await kept.keep(replace(LAB, token="xoxb-new"), at=at())  # noqa: S106  # a made-up one
    assert [one.token for one in await kept.all("slack")] == ["xoxb-new"]


async def test_a_key_that_is_gone_opens_nothing(storage: Storage) -> None:
    await storage.installations([OLD]).keep(LAB, at=at())
    assert await storage.installations([NEW]).get("slack", "T1") is None


async def test_keys_can_be_changed_while_the_old_one_still_opens(storage: Storage) -> None:
    await storage.installations([OLD]).keep(LAB, at=at())
    assert await storage.installations([NEW, OLD]).get("slack", "T1") == LAB
    assert await storage.installations([NEW, OLD]).reseal() == 1
    assert await storage.installations([NEW]).get("slack", "T1") == LAB


async def test_only_one_of_many_may_renew_a_token(storage: Storage, elsewhere: Storage) -> None:
    kept, also = storage.installations([NEW]), elsewhere.installations([NEW])
    await kept.keep(LAB, at=at())
    until = at() + timedelta(minutes=1)
    claimed = await asyncio.gather(*(one.claim(LAB, now=at(), until=until) for one in (kept, also) * 4))
    assert claimed.count(True) == 1


async def test_whoever_died_while_renewing_leaves_it_to_the_next(storage: Storage) -> None:
    kept = storage.installations([NEW])
    await kept.keep(LAB, at=at())
    assert await kept.claim(LAB, now=at(), until=at("12:01"))
    assert not await kept.claim(LAB, now=at("12:00"), until=at("12:01"))
    assert await kept.claim(LAB, now=at("12:01"), until=at("12:02"))


async def test_a_token_that_was_renewed_meanwhile_is_not_renewed_again(storage: Storage) -> None:
    kept = storage.installations([NEW])
    await kept.keep(replace(LAB, token="xoxb-newer"), at=at())  # noqa: S106  # a made-up one
    assert not await kept.claim(LAB, now=at(), until=at("12:01"))


async def test_an_installation_is_forgotten_with_its_workspace(storage: Storage) -> None:
    await storage.installations([NEW]).keep(LAB, at=at())
    await storage.notes.write(HERE, {"a": "b"}, until=at("20:00"))
    await storage.workspaces.forget("slack", "T1")
    assert await storage.installations([NEW]).get("slack", "T1") is None
    assert await storage.notes.read(HERE, "a", now=at()) == ""


async def test_a_note_is_kept_until_its_time_is_over(storage: Storage, elsewhere: Storage) -> None:
    await storage.notes.write(ada, {"dm": "D1"}, until=at("13:00"))
    await storage.notes.write(ada, {"dm": "D2"}, until=at("13:00"))
    assert await elsewhere.notes.read(ada, "dm", now=at()) == "D2"
    assert await elsewhere.notes.read(ben, "dm", now=at()) == ""
    assert await elsewhere.notes.read(ada, "dm", now=at("13:00")) == ""


async def test_a_note_is_taken_once(storage: Storage, elsewhere: Storage) -> None:
    await storage.notes.write(HERE, {"state": "x"}, until=at("13:00"))
    taken = await asyncio.gather(*(one.notes.take(HERE, "state", now=at()) for one in (storage, elsewhere)))
    assert sorted(filter(None, taken)) == ["x"]


async def test_of_many_who_say_the_same_one_is_first(storage: Storage, elsewhere: Storage) -> None:
    said = [one.notes.first(HERE, "Ev1", now=at(), until=at("13:00")) for one in (storage, elsewhere) * 5]
    assert (await asyncio.gather(*said)).count(True) == 1
    assert await storage.notes.first(HERE, "Ev1", now=at("13:00"), until=at("14:00"))


async def test_what_is_kept_about_a_person_goes_with_them(storage: Storage) -> None:
    for person in (ada, ben):
        await storage.notes.write(person, {"dm": "D1"}, until=at("13:00"))
    await storage.workspaces.forget_reader(ada)
    assert await storage.notes.read(ada, "dm", now=at()) == ""
    assert await storage.notes.read(ben, "dm", now=at()) == "D1"


def test_a_seal_opens_only_where_it_was_made() -> None:
    seals = Seals([NEW])
    sealed = seals.sealed("secret", "installation", "T1", "token")
    assert "secret" not in sealed
    assert seals.opened(sealed, "installation", "T1", "token") == "secret"
    assert seals.opened(sealed, "installation", "T2", "token") is None
    assert seals.opened(sealed, "installation", "T1", "refresh") is None


@pytest.mark.parametrize(
    "wrong", ["", "x", "s1.x.y", "s1.00000000.AAAA", "s2.621fc7fd.LRsyvL8aTMegJgMBXX2Qoz7059hqU0KUepP2VCM="]
)
def test_what_is_no_seal_does_not_open(wrong: str) -> None:
    assert Seals([NEW]).opened(wrong) is None


def test_no_token_shows_in_what_is_printed() -> None:
    assert "canary" not in repr(LAB)
    assert "nnn" not in repr(Seals([NEW]))


async def test_whoever_lost_the_answer_may_ask_again_whether_they_were_first(
    storage: Storage, elsewhere: Storage
) -> None:
    said = [
        await one.notes.first(HERE, "Ev2", now=at(), until=at("13:00"), who=who)
        for one, who in ((storage, "a"), (elsewhere, "a"), (storage, "b"), (elsewhere, ""))
    ]
    assert said == [True, True, False, False]
