"""What is counted of the papers that have landed."""

from tests.lab import Lab


async def test_the_words_of_all_that_has_landed_are_counted_once(lab: Lab) -> None:
    for _ in range(2):
        await lab.land("Learning to zyx", "Learning zyxes")
    await lab.land("Learning alone")
    counted = await lab.storage.papers.having(["learn", "zyx"])
    assert (counted.papers, counted.having) == (3, {"learn": 3, "zyx": 2})
