"""An adapter and a source of somebody else are found where they are installed, and work as ours do."""

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters.sources import places
from adapters.sources.fetch import Fetcher
from bot import kinds, settings
from bot.app import App
from bot.interfaces import ChatAdapter, Storage
from bot.keys import Keys
from bot.platforms import platforms
from bot.reading import Reading, Wiring
from bot.settings import Settings
from tests.fakes import KEY, Clock

HERE = Path(__file__).parents[1] / "third_party"
TOLD = "[digestbot.adapters]\nhook = digestbot_hook:opened\n\n[digestbot.sources]\ncounter = digestbot_hook:counter\n"


@pytest.fixture(autouse=True)
def _installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The file as an installed distribution would put it there."""
    shutil.copy(HERE / "digestbot_hook.py", tmp_path)
    told = tmp_path / "digestbot_hook-1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: digestbot-hook\nVersion: 1.0\n")
    (told / "entry_points.txt").write_text(TOLD)
    monkeypatch.syspath_prepend(tmp_path)
    yield
    kinds.KINDS.pop("counter", None)
    places.KINDS.pop("counter", None)


async def test_a_platform_and_a_source_of_somebody_else_serve_their_readers(
    monkeypatch: pytest.MonkeyPatch, sqlite_storage: Storage
) -> None:
    posts: list[dict[str, str]] = []

    async def post(request: web.Request) -> web.Response:
        posts.append(await request.json())
        return web.Response()

    other = web.Application()
    other.add_routes([web.post("/in", post)])
    app, given = App(sqlite_storage, Clock()), settings.read(web_port="0")
    async with TestServer(other) as hook:
        monkeypatch.setenv("HOOK_URL", str(hook.make_url("/in")))
        async with platforms(app, given, Keys((KEY,))) as [adapter]:
            said = await typed(app, given, adapter, "follow grokking", "schedule instantly", "folow x")
            assert adapter.name == "hook"
            assert "Did you mean `follow`?" in said[-1]
            await sqlite_storage.sources.add(kinds.sourced("grokking", "counter", "count"), at=app.now())
            for _ in range(2):  # the first reading is a baseline that nobody is sent
                await sqlite_storage.sources.read_now("count", at=app.now())
                assert await read_due(app) == 1
            assert await app.courier(adapter).deliver() == 1
    assert posts[0]["to"] == "ada"
    assert "Grokking number 2" in posts[0]["text"]


async def typed(app: App, given: Settings, adapter: ChatAdapter, *lines: str) -> list[str]:
    """What Ada is answered to these lines, through our web server."""
    server = app.web(given, [adapter])
    serving = asyncio.create_task(server.run())
    await server.listening.wait()
    said = []
    async with aiohttp.ClientSession() as session:
        for line in lines:
            told = {"user": "ada", "line": line}
            async with session.post("http://{}:{}/hook".format(*server.address), json=told) as answer:
                said.append((await answer.json())["text"])
    serving.cancel()
    with suppress(asyncio.CancelledError):
        await serving
    return said


async def read_due(app: App) -> int:
    """Read the sources that are due, and say how many that were."""
    async with Fetcher(app.now) as fetcher:
        reach = places.Reach(fetcher, app.now)
        seen = Wiring(
            app.storage.sources, app.intake, lambda one: places.visit(one, reach), app.now, Random(1)
        )
        return await Reading(seen).read_due()
