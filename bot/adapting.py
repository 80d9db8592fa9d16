"""How an adapter is opened, those that come with the program and those of others.

One of others is found through the entry point group `digestbot.adapters`: a callable that is given `Surroundings`.
`CONTRIBUTING.md` shows the way.
"""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Final

from bot.interfaces import ChatAdapter, Storage
from bot.keys import Keys
from bot.messages import Message
from bot.models import Address, Now

GROUP: Final = "digestbot.adapters"

TakeFile = Callable[[Address, bytes], Awaitable[Message]]
"""Takes in the papers of a file that somebody hands over, and answers them. Raises UserError."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an adapter finds around it.

    *public_url*: how our HTTP server is reached; an adapter with a method `routes(commands, dispatch)`, which gives
    routes of aiohttp, is served there.
    """

    environment: Mapping[str, str]
    storage: Storage
    keys: Keys
    now: Now
    take_file: TakeFile
    public_url: str = ""


Opener = Callable[[Surroundings], AbstractAsyncContextManager[ChatAdapter] | None]
"""Opens an adapter, to be entered and left; None where it is not set up. Raises BadSettings: what is missing."""
