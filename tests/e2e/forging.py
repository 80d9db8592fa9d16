"""What a member who knows the code, but not the key, could make of buttons: their own, and those of others."""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from bot.buttons import LONG, Buttons
from bot.messages import Action
from bot.models import Address
from storage import metadata

SAFE: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
SIGNED: Final = 8  # characters
CLEAR: Final = ("That button is not yours, or too old.", "That button is too old.")
FOREIGN: Final = Buttons([b"f" * 32])
"""What a forger writes with."""

ODD: Final = [*range(0x20, 0x2FF), *range(0x2000, 0x20FF)]
PASSING: Final = {"note", "lease"}
"""Tables that say what was heard and shown, and who sees to what: an act that has no effect is noted there too."""


@dataclass(frozen=True, slots=True)
class Forger:
    """Somebody who presses. *mine* are their own buttons, *theirs* those of somebody else, as the bot wrote them.

    *keys*: those of the bot, for what it wrote for others; the forger has only `FOREIGN` ones.
    """

    me: Address
    mine: tuple[str, ...]
    theirs: tuple[str, ...]
    keys: Buttons
    chance: random.Random

    def kinds(self) -> Mapping[str, Callable[[], str]]:
        """Every kind of button they could press, and how one is made."""
        wanted = Action("", "admin pause-all", {"sure": True})
        elsewhere = Address(self.me.platform, "T000000099", self.me.id)
        another = Address("slack" if self.me.platform == "discord" else "discord", "", self.me.id)
        pick, noise = self.chance.choice, self._noise
        return {
            "another's": lambda: pick(self.theirs),
            "another's, turned into everybody's": lambda: _as_everybodys(pick(self.theirs)),
            "one's own, turned into everybody's": lambda: _as_everybodys(pick(self.mine)),
            "signed with a key of their own": lambda: FOREIGN.written(wanted, self.me),
            "everybody's, signed so": lambda: FOREIGN.written(wanted, None),
            "written for them in another workspace": lambda: self.keys.written(wanted, elsewhere),
            "written for them on another platform": lambda: self.keys.written(wanted, another),
            "one letter of the signature is another": lambda: self._changed(0, SIGNED),
            "one letter of the rest is another": lambda: self._changed(SIGNED + 1, 99),
            "the signature of another button": lambda: pick(self.mine)[:SIGNED] + f"o{wanted.command}?sure=True",
            "their signature on what others may": lambda: pick(self.theirs)[:SIGNED] + pick(self.mine)[SIGNED:],
            "cut off": lambda: (one := pick(self.mine))[: self.chance.randrange(1, len(one) - 1)],
            "one more argument": lambda: pick(self.mine) + pick(("&sure=True", "&act=1", "&channel=%23papers")),
            "one argument twice": lambda: pick(self.mine) + "&sure=True&sure=True",
            "with a sign at its end": lambda: pick(self.mine) + pick(("x", " ", "\n", "é", "%00", "\u202e")),
            "with a sign at its beginning": lambda: pick(("x", " ", "é")) + pick(self.mine),
            "a guessed signature": lambda: noise(SIGNED) + f"o{wanted.command}?sure=True",
            "a guessed signature, everybody's": lambda: noise(SIGNED) + f"e{wanted.command}?sure=True",
            "no signature": lambda: f"o{wanted.command}?sure=True",
            "a signature of one letter": lambda: "A" * SIGNED + pick(self.mine)[SIGNED:],
            "in other capitals": lambda: pick(self.mine).swapcase(),
            "nothing but a signature": lambda: pick(self.mine)[:SIGNED],
            "a blank": lambda: " ",
            "a guessed short name": lambda: f"{LONG}o{wanted.command}?{noise(20)}",
            "a guessed short name, everybody's": lambda: f"{LONG}e{wanted.command}?{noise(20)}",
            "a short name that leads elsewhere": lambda: f"{LONG}o../../{pick(('dm', 'home', 'act:1'))}",
            "only the sign of a short name": lambda: LONG * self.chance.randrange(1, 9),
            "a guessed page": lambda: noise(SIGNED) + f"o/page?of={noise(20)}&page=1",
            "a guessed form": lambda: noise(SIGNED) + "o/form?term=canary",
            "a guessed rest": lambda: noise(SIGNED) + f"erest?of={noise(20)}",
            "a command that nobody declared": lambda: noise(SIGNED) + "oadmin make-me-chief?",
            "SQL": lambda: noise(SIGNED) + "o' OR 1=1; DROP TABLE reader; --?a=b",
            "JSON": lambda: '{"command": "admin pause-all", "sure": true}',
            "markup": lambda: noise(SIGNED) + "o<!channel> <script>?@everyone=1",
            "long": lambda: noise(SIGNED) + "o" + "x" * 3_000,
            "odd signs": lambda: "".join(map(chr, self.chance.choices(ODD, k=40))),
        }  # fmt: skip

    def forged(self, most: int) -> Iterator[tuple[str, str]]:
        """Kinds in turn, each with a button of at most *most* characters."""
        while True:
            for kind, made in self.kinds().items():
                yield kind, made()[:most]

    def _changed(self, first: int, last: int) -> str:
        text = self.chance.choice(self.mine)
        at = self.chance.randrange(first, min(last, len(text)))
        return text[:at] + self.chance.choice([one for one in SAFE if one != text[at]]) + text[at + 1 :]

    def _noise(self, length: int) -> str:
        return "".join(self.chance.choices(SAFE, k=length))


def _as_everybodys(text: str) -> str:
    at = 1 if text.startswith(LONG) else SIGNED
    return f"{text[:at]}e{text[at + 1 :]}"


async def all_that_is_kept(database: Any) -> Mapping[str, list[tuple[Any, ...]]]:
    """Every row of every table, but for `PASSING`."""
    tables = [table for table in metadata.sorted_tables if table.name not in PASSING]
    async with database.reading() as session:
        return {
            table.name: sorted(map(tuple, await session.exec(sa.select(table))), key=repr) for table in tables
        }
