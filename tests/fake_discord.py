"""Discord in memory: a line whose calls end in a few servers, its limits and bad days, and what people do there."""

import asyncio
import fnmatch
import itertools
import re
from collections import Counter, defaultdict, deque
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from adapters.discord import Allowance, Attachments, DiscordAdapter, Rest, Ways
from adapters.discord.gateway import Listener
from adapters.discord.render import MOST_WRITTEN
from adapters.discord.wire import Answer, Json
from adapters.discord.writing import post, reread
from bot.buttons import Pen
from bot.errors import BadArguments, Unavailable
from bot.messages import File, Message, note
from bot.models import Address, Now
from tests.fake_slack import BUTTONS, FakeNotes, FakeStorage
from tests.fakes import at

GUILD, CHANNEL, ALICE, BOB, APPLICATION, DIRECT = (f"30000000000000000{number}" for number in range(6))

DISCORDS_EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
SEND, OPEN = "POST /channels/*/messages", "POST /users/@me/channels"

_numbers = itertools.count(1)


def a_clock() -> datetime:
    """The test's day, standing still."""
    return at()


@dataclass
class Fault:
    """What happens to the next *times* calls that *match*: an answer, or "lost" once it took effect."""

    match: str
    what: Answer | str
    times: int = 1


@dataclass
class Limits:
    """What Discord allows; by default everything."""

    a_second: int = 1_000_000
    routes: Sequence[tuple[str, int, float]] = ()  # pattern, calls, seconds
    clock: Callable[[], float] = field(default=lambda: 0.0)


class FakeDiscord:
    """Channels by id, each with its messages, the oldest first; `calls` is all that was asked."""

    def __init__(self, now: Now = a_clock, limits: Limits | None = None, latency: float = 0.0) -> None:
        self.now, self.limits, self.latency = now, limits or Limits(), latency
        self.channels: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.direct: dict[str, str] = {}
        self.guild_of: dict[str, str] = {CHANNEL: GUILD}
        self.kinds: dict[str, int] = {}
        self.closed: set[str] = set()
        self.whispers: dict[str, list[dict[str, Any]]] = defaultdict(list)  # answers, by the token of the act
        self.callbacks: dict[str, dict[str, Any]] = {}
        self.commands: list[Any] = []
        self.told: dict[str, Any] = {}  # more that can be read, by path
        self.calls: list[tuple[float, str, Any]] = []
        self.files: list[File] = []
        self.statuses: Counter[int] = Counter()
        self.refused: list[float] = []
        self.faults: list[Fault] = []
        self.handed: list[bytes] = []
        self.unwanted = ""  # why no file is taken
        self._nonces: dict[tuple[str, str], dict[str, Any]] = {}
        self._second: tuple[float, int] = (-1.0, 0)
        self._used: dict[tuple[str, str], deque[float]] = defaultdict(deque)

    def fail(self, match: str, what: Answer | str, times: int = 1) -> None:
        """Let the next calls that match, such as SEND, end so."""
        self.faults.append(Fault(match, what, times))

    def forget_nonces(self) -> None:
        """A few minutes have passed."""
        self._nonces.clear()

    def called(self, match: str) -> list[Any]:
        """The bodies of all calls that match."""
        return [body for _, line, body in self.calls if fnmatch.fnmatch(line, match)]

    def read(self) -> str:
        """All that can be read anywhere."""
        posts = [post for posts in (*self.channels.values(), *self.whispers.values()) for post in posts]
        return "\n".join(map(text_of, posts))

    async def close(self) -> None:
        """Nothing to give back."""

    async def take(self, user: Address, content: bytes) -> Message:
        """Somebody's file, taken in. Raises BadArguments."""
        if self.unwanted:
            raise BadArguments(self.unwanted)
        self.handed.append(content)
        return note(f"taken from {user.id}")

    async def __call__(
        self, method: str, path: str, body: Json = None, *, own: bool = True, files: Sequence[File] = ()
    ) -> Answer:
        """One call."""
        if self.latency:
            await asyncio.sleep(self.latency / 2)
        self.files += files
        answer = self._answered(method, path, body, own=own)
        self.statuses[answer.status] += 1
        if answer.status in {401, 403, 429}:
            self.refused.append(self.limits.clock())
        if self.latency:
            await asyncio.sleep(self.latency / 2)
        if answer.headers.get("lost"):
            raise Unavailable("the answer got lost")
        return answer

    def _answered(self, method: str, path: str, body: Json, *, own: bool) -> Answer:
        line = f"{method} {path.partition('?')[0]}"
        self.calls.append((self.limits.clock(), line, body))
        fault = next((one for one in self.faults if one.times and fnmatch.fnmatch(line, one.match)), None)
        if fault:
            fault.times -= 1
            if isinstance(fault.what, Answer):
                return fault.what
        headers: dict[str, str] = {"Via": "1.1 google"}
        if own and (refusal := self._over(line, headers)):
            return refusal
        answer = self._served(method, path, body)
        return Answer(answer.status, answer.body, headers | ({"lost": "yes"} if fault else {}))

    def _over(self, line: str, headers: dict[str, str]) -> Answer | None:
        now = self.limits.clock()
        begun, used = self._second if now - self._second[0] < 1 else (now, 0)
        self._second = (begun, used + 1)
        if used >= self.limits.a_second:
            return limited(begun + 1 - now, everywhere=True)
        for match, count, seconds in self.limits.routes:
            if fnmatch.fnmatch(line, match):
                spent = self._used[match, line]
                while spent and spent[0] <= now - seconds:
                    spent.popleft()
                if len(spent) >= count:
                    return limited(spent[0] + seconds - now)
                spent.append(now)
                headers["X-RateLimit-Remaining"] = str(count - len(spent))
                headers["X-RateLimit-Reset-After"] = str(spent[0] + seconds - now)
                break
        return None

    def _served(self, method: str, path: str, body: Json) -> Answer:
        bare, _, query = path.partition("?")
        for served in (self._in_channel, self._beside, self._answering):
            answer = served(method, bare[1:].split("/"), query or body)
            if answer:
                return answer
        raise AssertionError(f"nobody answers {method} {path}")

    def _in_channel(self, method: str, path: list[str], body: Json) -> Answer | None:
        match method, *path:
            case "POST", "channels", channel, "messages":
                return self._posted(channel, body)
            case "POST", "channels", _, "typing":
                return Answer(204)
            case "GET", "channels", channel, "messages":
                return Answer(200, self._history(channel, body))
            case "GET", "channels", channel, "messages", message:
                found = next((one for one in self.channels[channel] if one["id"] == message), None)
                below = {"thread": {"id": message}} if message in self.channels else {}
                return Answer(200, found | below) if found else Answer(404, {"code": 10008})
            case "DELETE", "channels", channel, "messages", message:
                self.channels[channel] = [one for one in self.channels[channel] if one["id"] != message]
                return Answer(204)
            case "PATCH", "channels", channel, "messages", message:
                [post] = [one for one in self.channels[channel] if one["id"] == message]
                post.update(body)
                return Answer(200, post)
            case "POST", "channels", channel, "threads":
                return self._forum_post(channel, body)
            case "POST", "channels", channel, "messages", message, "threads":
                return self._thread(channel, message, body)
        return None

    def _beside(self, method: str, path: list[str], body: Json) -> Answer | None:
        if method == "GET" and "/".join(["", *path]) in self.told:
            return Answer(200, self.told["/".join(["", *path])])
        match method, *path:
            case "POST", "users", "@me", "channels":
                return Answer(200, {"id": self._opened(str(body["recipient_id"]))})
            case "GET", "channels", channel:
                return self._about(channel)
            case "GET", "guilds", guild, "threads", "active":
                return Answer(200, {"threads": self._threads(guild)})
            case "GET", "guilds", *_:
                return Answer(404, {"code": 10004, "message": "Unknown Guild"})
            case "PUT", "applications", _, "commands":
                self.commands.append(body)
                return Answer(200, body)
        return None

    def _answering(self, method: str, path: list[str], body: Json) -> Answer | None:
        match method, *path:
            case "POST", "interactions", _, token, "callback":
                self.callbacks[token] = body
                return Answer(204)
            case "PATCH", "webhooks", _, token, "messages", "@original":
                self.whispers[token][:1] = [body]
                return Answer(200, body)
            case "POST", "webhooks", _, token:
                self.whispers[token].append(body)
                return Answer(200, body)
        return None

    def _forum_post(self, channel: str, body: Json) -> Answer:
        thread = str(next_id(self.now()))
        self.guild_of[thread] = self.guild_of.get(channel, "")
        answer = self._posted(thread, body["message"])
        self.channels[thread][-1] |= {"id": thread, "parent": channel}
        return Answer(201, {"id": thread, "name": body["name"], "message": answer.body})

    def _thread(self, channel: str, message: str, body: Json) -> Answer:
        if message in self.channels:
            return Answer(400, {"code": 160004, "message": "there is one already"})
        self.guild_of[message] = self.guild_of.get(channel, "")
        self.channels[message] = []
        return Answer(201, {"id": message, "name": body["name"]})

    def _opened(self, person: str) -> str:
        if person not in self.direct:
            self.direct[person] = str(next_id(self.now()))
        return self.direct[person]

    def _posted(self, channel: str, body: dict[str, Any]) -> Answer:
        if channel in self.closed:
            return Answer(403, {"code": 50007, "message": "Cannot send messages to this user"})
        if self.kinds.get(channel) == 15:
            return Answer(400, {"code": 50008, "message": "Cannot send messages in a non-text channel"})
        if (channel, body.get("nonce", "")) in self._nonces and body.get("enforce_nonce"):
            return Answer(200, self._nonces[channel, body["nonce"]])
        post = {"channel_id": channel, **body, "id": str(next_id(self.now()))}
        self.channels[channel].append(post)
        if body.get("nonce"):
            self._nonces[channel, body["nonce"]] = post
        return Answer(200, post)

    def _history(self, channel: str, query: str) -> list[dict[str, Any]]:
        before = re.search(r"before=(\d+)", query)
        found = [one for one in self.channels[channel] if not before or int(one["id"]) < int(before[1])]
        return found[::-1][:100]

    def _about(self, channel: str) -> Answer:
        if channel not in self.guild_of:
            return Answer(404, {"code": 10003, "message": "Unknown Channel"})
        kind = self.kinds.get(channel, 0)
        return Answer(
            200, {"id": channel, "type": kind, "guild_id": self.guild_of[channel], "name": "papers"}
        )

    def _threads(self, guild: str) -> list[dict[str, Any]]:
        return [
            {"id": channel, "parent_id": posts[0].get("parent")}
            for channel, posts in self.channels.items()
            if posts and posts[0].get("parent") and self.guild_of.get(channel) == guild
        ]


class EndingNotes(FakeNotes):
    """Notes that are forgotten when their time is over."""

    def __init__(self) -> None:
        super().__init__()
        self.ends: dict[tuple[str, ...], datetime] = {}

    async def read(self, about: Address, name: str, *, now: datetime | None = None) -> str:
        """What was written, unless its time is over."""
        end = self.ends.get((about.workspace, about.id, name))
        return "" if now and end and end <= now else await super().read(about, name)

    async def write(self, about: Address, notes: Mapping[str, str], *, until: datetime | None = None) -> None:
        """Remember them until then."""
        await super().write(about, notes)
        self.ends |= {(about.workspace, about.id, name): until for name in notes if until}


class Unbound(Allowance):
    """As many calls as anybody wants."""

    @asynccontextmanager
    async def call(self) -> AsyncIterator[None]:
        """At once."""
        yield


class FakeGate:
    """Where people's acts come from; it closes when somebody hangs up."""

    def __init__(self) -> None:
        self.said: asyncio.Queue[Mapping[str, Any] | None] = asyncio.Queue()

    async def run(self, listener: Listener) -> None:
        """Tell *listener* what was said, one after the other."""
        await listener.opened(APPLICATION)
        while act := await self.said.get():
            (listener.wrote if "author" in act else listener.told)(act)
            for _ in range(50):  # what follows from one is over before the next
                await asyncio.sleep(0)


def limited(seconds: float, *, everywhere: bool = False) -> Answer:
    """A 429, of this route or of everything."""
    headers = {"Via": "1.1 google"} | ({"X-RateLimit-Global": "true"} if everywhere else {})
    return Answer(429, {"retry_after": seconds, "global": everywhere}, headers)


def refusal(status: int, code: int = 0, **more: Any) -> Answer:
    """An error, as Discord words it."""
    return Answer(status, {"code": code, "message": "no", **more}, {"Via": "1.1 google"})


def next_id(moment: datetime) -> int:
    """A new id of that moment."""
    return (int((moment - DISCORDS_EPOCH).total_seconds() * 1000) << 22) + next(_numbers)


def interaction(kind: int, data: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """What Discord sends when Alice does something in the channel."""
    number = next(_numbers)
    return {
        "type": kind,
        "id": str(number),
        "token": f"token-{number}",
        "application_id": APPLICATION,
        "guild_id": GUILD,
        "channel_id": CHANNEL,
        "member": {"user": {"id": ALICE}, "permissions": "0", "roles": []},
        "data": dict(data),
        **more,
    }


def slash(line: str, group: str = "papers", **options: Any) -> dict[str, Any]:
    """What Discord sends for `/papers line` with these options."""
    told: list[dict[str, Any]] = [
        {"name": name, "type": 3, "value": value} for name, value in options.items()
    ]
    for depth, word in enumerate(reversed(line.split())):
        told = [{"name": word, "type": 2 if depth else 1, "options": told}]
    return interaction(2, {"name": group, "type": 1, "options": told})


def wrote(text: str = "", files: Sequence[Mapping[str, Any]] = (), **more: Any) -> dict[str, Any]:
    """What Discord sends when Alice writes to the bot alone."""
    told = {"id": str(next(_numbers)), "channel_id": DIRECT, "type": 0, "author": {"id": ALICE}}
    return {**told, "content": text, "attachments": list(files), **more}


def press(custom_id: str, message: Mapping[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """What Discord sends when Alice presses a button of a message."""
    return interaction(3, {"custom_id": custom_id, "component_type": 2}, message=message or {}, **more)


def walked(post: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every component of a post."""
    found: list[dict[str, Any]] = []
    for part in [*(post.get("components") or ()), *filter(None, [post.get("accessory")])]:
        found += [part, *walked(part)]
    return found


def text_of(post: Mapping[str, Any]) -> str:
    """What can be read in a post."""
    parts = [str(post.get("content") or "")]
    parts += [str(embed.get("description", "")) for embed in post.get("embeds") or ()]
    parts += [part["content"] for part in walked(post) if part["type"] == 10]
    return re.sub(r"\\([^A-Za-z0-9\s])", r"\1", "\n".join(filter(None, parts)))


def a_discord_adapter(
    discord: FakeDiscord, gate: FakeGate, storage: Any = None, **more: Any
) -> DiscordAdapter:
    """An adapter whose Discord is in memory."""
    kept: Any = storage or FakeStorage()
    rest = Rest(discord, Unbound(discord.now), clock=discord.limits.clock)
    ways = Ways(rest, gate, Attachments("http://127.0.0.1:1", discord.take))
    return DiscordAdapter(ways, BUTTONS, kept, discord.now, **more)


def further_pages(kept: Iterable[str]) -> Iterator[str]:
    """What can be read on the further pages of posts, by what was kept for them."""
    for text in kept:
        message = reread(text) if text.startswith("{") else None
        for page in range(1, 10 if message else 1):
            assert message
            yield text_of(post(message, Pen(BUTTONS, None, MOST_WRITTEN), page=page).payload)
