import pytest

from bot.errors import NotFollowing
from bot.interfaces import Storage
from bot.models import Address
from bot.spellings import Defined
from tests.fakes import ada, ben
from tests.storage.vocabulary import follow, land

elsewhere = Address("fake", "another workspace", "ada")


async def test_a_pair_is_alike_in_its_workspace_only(storage: Storage) -> None:
    assert await storage.aliases.add(ada, "FM", "foundation model")
    assert await storage.aliases.pairs(ada) == [("FM", "foundation model")]
    assert await storage.aliases.pairs(elsewhere) == []


async def test_a_pair_is_there_once_whichever_comes_first(storage: Storage) -> None:
    assert await storage.aliases.add(ada, "FM", "foundation model")
    assert not await storage.aliases.add(ada, "FM", "foundation model")
    assert not await storage.aliases.add(ada, "foundation model", "FM")


async def test_a_pair_is_removed_in_either_order(storage: Storage) -> None:
    await storage.aliases.add(ada, "FM", "foundation model")
    assert not await storage.aliases.remove(elsewhere, "FM", "foundation model")
    assert await storage.aliases.remove(ada, "foundation model", "FM")
    assert not await storage.aliases.remove(ada, "FM", "foundation model")
    assert await storage.aliases.pairs(ada) == []


async def test_definitions_are_counted_over_landings_and_each_landing_once(storage: Storage) -> None:
    assert await storage.aliases.learnt() == 0
    one, two = await land(storage, "A"), await land(storage, "B")
    dpo = Defined("DPO", "direct preference optimization", 2)
    for _ in range(2):
        await storage.aliases.learn(one.digest, [dpo, Defined("DPO", "dog park order", 1)])
    await storage.aliases.learn(two.digest, [dpo])
    assert await storage.aliases.learnt() == two.digest
    assert await storage.aliases.defined(["DPO"]) == [
        Defined("DPO", "direct preference optimization", 4),
        Defined("DPO", "dog park order", 1),
    ]
    assert await storage.aliases.defined(["Direct preference optimization"]) == [
        Defined("DPO", "direct preference optimization", 4)
    ]
    assert await storage.aliases.defined(["dpo", "PPO"]) == []


async def test_an_interest_can_be_kept_by_another_normal_form(storage: Storage) -> None:
    await follow(storage, "fm", owner=ada)
    await follow(storage, "fm", owner=ben)
    await storage.people.mute(ada, "fm", muted=True)
    await storage.people.reword(ada, "fm", "fm OR foundation model")
    [mine] = await storage.people.interests(ada)
    assert (mine.typed, mine.normal, mine.muted) == ("fm", "fm OR foundation model", True)
    assert [interest.normal for interest in await storage.people.interests(ben)] == ["fm"]
    await storage.people.reword(ada, "fm OR foundation model", "fm")
    assert [interest.normal for interest in await storage.people.interests(ada)] == ["fm"]


async def test_two_interests_that_come_to_be_one_are_one(storage: Storage) -> None:
    await follow(storage, "fm", "foundation model", owner=ada)
    await storage.people.reword(ada, "fm", "foundation model")
    assert [interest.normal for interest in await storage.people.interests(ada)] == ["foundation model"]
    with pytest.raises(NotFollowing):
        await storage.people.reword(ada, "fm", "foundation model")
