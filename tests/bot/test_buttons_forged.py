"""A thousand buttons that were forged, changed, or written for somebody else: none is accepted."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from bot.buttons import Buttons, command_of, short
from bot.errors import NotAllowed
from bot.messages import Action
from bot.models import Address
from tests.fakes import KEY, ada, ben

OTHER = b"o" * 32
TRIES = 1_000
SAFE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
ACTIONS = (
    Action("Pause", "admin pause-all", {"sure": True}),
    Action("Save", "save", {"paper": "#12"}),
    Action("Forget", "forget-me", {"sure": True}),
    Action("Undo", "admin undo", {"act": 7}),
    Action("Join", "join", {"name": "ours"}),
)
STRANGERS = (ben, replace(ada, workspace="other"), replace(ada, platform="slack"), replace(ada, workspace=""))


def forged(chance: random.Random) -> Iterator[tuple[str, Address]]:
    """Texts that were not written for whoever presses them, of every kind, and who presses."""
    ours, theirs = Buttons([KEY]), Buttons([OTHER])
    while True:
        action, other = chance.sample(ACTIONS, 2)
        text = ours.written(action, ada)
        place = chance.randrange(len(text))
        letter = chance.choice([one for one in SAFE if one != text[place]])
        yield text, chance.choice(STRANGERS)
        yield theirs.written(action, ada), ada
        yield theirs.written(action, None), ada
        yield text[:place] + letter + text[place + 1 :], ada
        yield text[:8] + ours.written(other, ada)[8:], ada
        yield text[:8] + "e" + text[9:], ada  # one person's, turned into everybody's
        yield ours.written(action, None)[:8] + "o" + text[9:], ada
        yield text[: chance.randrange(len(text))], ada
        yield text + chance.choice(("&sure=True", "x", "\0", "é")), ada
        yield "".join(chance.choices(SAFE, k=8)) + text[8:], ada
        yield short(text, 20), ada
        yield "".join(map(chr, chance.choices(range(1, 0xD7FF), k=40))), ada


def accepted(read: Callable[[str, Address], object]) -> list[str]:
    """Those of so many tries that *read* took."""
    found = []
    for (text, presser), _ in zip(forged(random.Random(8)), range(TRIES), strict=False):  # plays
        try:
            read(text, presser)
        except NotAllowed:
            continue
        found.append(f"{presser}: {text}")
    return found


def test_not_one_of_a_thousand_forged_or_foreign_buttons_is_accepted() -> None:
    assert accepted(Buttons([KEY]).read) == []


@pytest.mark.parametrize(
    "careless",
    [
        lambda text, _: command_of(text) or Buttons([KEY]).read(text, ada),
        lambda text, _: Buttons([KEY]).read(text, ada),  # the owner is not looked at
        lambda text, presser: Buttons([KEY, OTHER]).read(text, presser),  # another installation's key
    ],
    ids=["unsigned", "everybody's", "a foreign key"],
)
def test_the_trial_catches_a_careless_reader(careless: Callable[[str, Address], object]) -> None:
    assert accepted(careless)
