from bot.interfaces import Storage
from bot.rarities import Frequencies
from tests.storage.vocabulary import land


async def test_words_are_counted_over_landings_and_each_landing_once(storage: Storage) -> None:
    assert await storage.papers.weighed() == 0
    assert await storage.papers.having(["grok"]) == Frequencies()
    one, two = await land(storage, "A"), await land(storage, "B")
    for _ in range(2):
        await storage.papers.weigh(one.digest, Frequencies(10, {"grok": 2, "model": 9}))
    await storage.papers.weigh(two.digest, Frequencies(5, {"model": 4}))
    await storage.papers.weigh(one.digest, Frequencies(10, {"grok": 2}))
    assert await storage.papers.weighed() == two.digest
    assert await storage.papers.having(["grok", "model", "unsaid"]) == Frequencies(
        15, {"grok": 2, "model": 13}
    )


async def test_many_words_are_counted_and_asked_for_at_once(storage: Storage) -> None:
    words = {f"word{number}": number + 1 for number in range(2_500)}
    await storage.papers.weigh((await land(storage, "A")).digest, Frequencies(3_000, words))
    assert (await storage.papers.having(list(words))).having == words
