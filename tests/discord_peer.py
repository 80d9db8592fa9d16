"""The stand-in for Discord that others wrote, where it is at hand: beside the repository, or where DIGESTBOT_SHARED
says.

It is copied and installed once, outside the repository: under DIGESTBOT_PEERS or the system's temporary folder.
"""

import asyncio
import contextlib
import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import aiohttp
import pytest

_shared = Path(os.environ.get("DIGESTBOT_SHARED", Path(__file__).parents[2] / "shared"))
_theirs = _shared / "peers" / "discord"
_peers = Path(os.environ.get("DIGESTBOT_PEERS", Path(tempfile.gettempdir()) / "digestbot-peers"))
HOME = _peers / "discord"
PYTHON = HOME / ".venv" / "bin" / "python"

needs_discord_peer = [
    pytest.mark.peer,
    pytest.mark.skipif(not _theirs.exists(), reason="the stand-in for Discord is not beside this repository"),
    pytest.mark.skipif(not shutil.which("npm"), reason="the stand-in for Discord needs npm"),
]
"""Marks a test, or as `pytestmark` a module, that needs it."""


def installed() -> Path:
    """The folder of the stand-in, installed when it was not."""
    _peers.mkdir(parents=True, exist_ok=True)
    with (_peers / "discord.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (HOME / "ready").exists():
            shutil.copytree(_theirs, HOME, dirs_exist_ok=True, copy_function=shutil.copyfile)
            python = shutil.which("python3", path="/usr/bin:/usr/local/bin") or sys.executable
            for words in (
                ["npm", "ci", "--ignore-scripts"],
                [python, "-m", "venv", ".venv"],
                [str(PYTHON), "-m", "pip", "install", "-q", "-r", "requirements.txt"],
            ):
                subprocess.run(words, cwd=HOME, check=True, capture_output=True)  # noqa: S603  # theirs
            (HOME / "ready").touch()
    return HOME


class DiscordPeer:
    """The stand-in, running; what people do there, and what they see."""

    def __init__(self, told: Mapping[str, Any], http: aiohttp.ClientSession) -> None:
        self.world, self._http = told, http
        self.token, self.rest, self.gateway = str(told["token"]), str(told["rest"]), str(told["gateway"])

    def user(self, name: str = "alice") -> str:
        return str(self.world["users"][name])

    def guild(self, index: int = 0) -> str:
        return str(self.world["guilds"][index]["id"])

    def channel(self, name: str = "papers", guild: int = 0) -> str:
        return str(self.world["guilds"][guild]["channels"][name])

    async def get(self, what: str) -> Any:
        async with self._http.get(f"{self.world['peer']}/{what}") as said:
            return await said.json()

    async def post(self, what: str, **body: Any) -> Any:
        async with self._http.post(f"{self.world['peer']}/{what}", json=body) as said:
            answer = await said.json()
            assert said.status == 200, answer
            return answer

    async def act(self, action: str, **body: Any) -> Any:
        place = {"channel": self.channel(), "user": self.user(), "guild": self.guild()}
        return await self.post(f"act/{action}", **(place | body))

    async def dm(self, name: str = "alice") -> str:
        return str((await self.post("act/dm", user=self.user(name)))["id"])

    async def messages(self, channel: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = await self.post("act/messages", channel=channel)
        return found

    async def give(
        self, command: str, user: str = "alice", channel: str = "", **options: Any
    ) -> dict[str, Any]:
        """Let *user* give a command, and wait for the answer. An option may end in _, as channel_ has to."""
        where = channel or self.channel()
        before = len(await self.messages(where))
        group, *words = command.split()
        told: list[dict[str, Any]] = [
            {"name": name.rstrip("_"), "type": {bool: 5, int: 4}.get(type(value), 3), "value": value}
            for name, value in options.items()
        ]
        for depth, word in enumerate(reversed(words)):
            told = [{"name": word, "type": 2 if depth else 1, "options": told}]
        await self.act("slash", user=self.user(user), channel=where, name=group, options=told)
        return await self.seen(where, before)

    async def press(
        self, message: Mapping[str, Any], label: str, user: str = "alice", channel: str = ""
    ) -> Any:
        """Let *user* press a button, or choose from a menu what is called so."""
        where = {"user": self.user(user), "channel": channel or self.channel(), "message": message["id"]}
        for part in walked(message):
            if part.get("label") == label and "custom_id" in part:
                return await self.act("button", custom_id=part["custom_id"], **where)
            for option in part.get("options", ()):
                if option["label"] == label:
                    return await self.act(
                        "select", custom_id=part["custom_id"], values=[option["value"]], **where
                    )
        raise AssertionError(f"no button {label!r} in {[part.get('label') for part in walked(message)]}")

    async def seen(self, channel: str, after: int) -> dict[str, Any]:
        """The message that comes as number *after* of the channel, once there is something in it."""
        return (
            await self.until(lambda messages: len(messages) > after and text_of(messages[-1]) != "", channel)
        )[-1]

    async def until(
        self, true: Callable[[list[dict[str, Any]]], object], channel: str, patience: float = 15
    ) -> list[dict[str, Any]]:
        """The messages of the channel, as soon as *true* of them."""
        end = time.monotonic() + patience
        while not true(messages := await self.messages(channel)):
            assert time.monotonic() < end, [text_of(message) for message in messages]
            await asyncio.sleep(0.05)
        return messages

    async def shown(self, interaction: Mapping[str, Any], channel: str) -> dict[str, Any]:
        """The message that answers an act, once there is something in it."""
        await self.answered(interaction)

        def of(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
            return [one for one in messages if one["id"] == id_ and text_of(one)]

        end = time.monotonic() + 15
        while not (id_ := (await self.post("act/interaction", id=interaction["id"]))["messageId"]):
            assert time.monotonic() < end, "nothing is shown"
            await asyncio.sleep(0.05)
        return of(await self.until(of, channel))[0]

    async def answered(self, interaction: Mapping[str, Any]) -> dict[str, Any]:
        """What the bot first said to an act."""
        end = time.monotonic() + 10
        while time.monotonic() < end:
            row: dict[str, Any] = await self.post("act/interaction", id=interaction["id"])
            if row and row["acknowledged"]:
                return row
            await asyncio.sleep(0.03)
        raise AssertionError("never acknowledged")


def walked(message: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every component of a message."""
    found: list[dict[str, Any]] = []
    for part in [*(message.get("components") or ()), *filter(None, [message.get("accessory")])]:
        found += [part, *walked(part)]
    return found


def text_of(message: Mapping[str, Any]) -> str:
    """What can be read in a message."""
    parts = [str(message.get("content") or "")]
    parts += [str(embed.get("description", "")) for embed in message.get("embeds") or ()]
    parts += [part["content"] for part in walked(message) if part["type"] == 10]
    return re.sub(r"\\([^A-Za-z0-9\s])", r"\1", "\n".join(filter(None, parts)))


@contextlib.asynccontextmanager
async def running(script: str = "peer.py", *arguments: str) -> AsyncIterator[DiscordPeer]:
    """The stand-in on ports of its own."""
    home = await asyncio.to_thread(installed)
    words, pipe = [str(PYTHON), script, *(arguments or ("0",))], subprocess.PIPE
    process = subprocess.Popen(words, cwd=home, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL)  # noqa: ASYNC220, S603  # at once, and theirs
    assert process.stdin
    assert process.stdout
    try:
        line = await asyncio.wait_for(asyncio.to_thread(process.stdout.readline), 60)
        async with aiohttp.ClientSession() as http:
            yield DiscordPeer(json.loads(line), http)
    finally:
        process.stdin.close()
        try:
            await asyncio.to_thread(process.wait, 10)
        except subprocess.TimeoutExpired:
            process.kill()
            await asyncio.to_thread(process.wait)
        process.stdout.close()


def judged(kind: str, bodies: Sequence[Any]) -> list[str]:
    """What Discord's own description and documentation have against these bodies of an operation."""
    script = (
        "import json, sys\n"
        "from rules import Spec, command_problems, message_problems\n"
        "spec = Spec()\n"
        "kinds = {'message': ('POST', '/channels/123456789012345678/messages'),\n"
        "         'commands': ('PUT', '/applications/123456789012345678/commands')}\n"
        "operation = spec.find(*kinds[sys.argv[1]])\n"
        "for line in sys.stdin:\n"
        "    body = json.loads(line)\n"
        "    more = command_problems(body) if sys.argv[1] == 'commands' else message_problems(body, create=True)\n"
        "    for problem in spec.check_body(operation, 'application/json', body) + more:\n"
        "        print(problem)\n"
    )
    told = "\n".join(map(json.dumps, bodies))
    done = subprocess.run(  # noqa: S603  # theirs
        [PYTHON, "-c", script, kind], cwd=installed(), input=told, text=True, capture_output=True, check=True
    )
    return done.stdout.splitlines()
