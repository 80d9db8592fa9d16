import asyncio
from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from adapters.console import ConsoleAdapter
from bot import settings
from bot.app import IN_MEMORY, App, clock, read_digest, terminal
from bot.errors import BadSettings, Refused
from bot.interfaces import Dispatch, Pace
from bot.keys import Keys
from bot.messages import Message
from bot.models import Address, MessageRef
from bot.platforms import keys, platforms
from bot.registry import CommandRegistry
from bot.schedules import INSTANTLY
from bot.upkeep import check, downgrade, upgrade
from tests.fakes import FakeChatAdapter, a_digest, ada, given, text_of


async def test_the_parts_work_together() -> None:
    platform = FakeChatAdapter()
    async with App.open(IN_MEMORY) as app:
        await app.dispatch(given("follow", term="grokking"))
        await app.storage.people.schedule(ada, INSTANTLY, now=clock())
        await app.intake.land(a_digest("Grokking explained", "A flow"))
        assert await app.courier(platform).deliver() == 1
    assert "Grokking explained" in platform.said_to(ada)[0]


async def test_a_fault_gets_a_reference_of_its_own(caplog: pytest.LogCaptureFixture) -> None:
    async with App.open(IN_MEMORY) as app:
        app.storage.people = None  # type: ignore[misc, assignment]  # so that whatever asks for people breaks
        said = [text_of(await app.dispatch(given("interests"))) for _ in range(2)]
    assert said[0] != said[1]
    assert len(caplog.records) == 2


class Guest:
    """An adapter whose other side hangs up once something was sent to it."""

    name = "fake"
    pace = Pace()

    def __init__(self) -> None:
        self.sent = asyncio.Event()

    async def run(self, _commands: CommandRegistry, _dispatch: Dispatch) -> None:
        async with asyncio.timeout(10):
            await self.sent.wait()

    async def send(
        self, to: Address, _message: Message, *, key: str, tried: datetime | None = None
    ) -> MessageRef:
        self.sent.set()
        return MessageRef(self.name, to.id, key)

    async def take_back(self, to: Address, *, key: str, since: datetime) -> int:
        return 0


async def test_what_lands_during_a_chat_is_delivered_and_hanging_up_ends_it() -> None:
    guest = Guest()
    async with App.open(IN_MEMORY) as app, asyncio.timeout(10):
        await app.storage.people.schedule(ada, INSTANTLY, now=clock())
        chatting = asyncio.create_task(app.chat(guest, settings.read()))
        await app.intake.land(a_digest("A flow"))
        await chatting
    assert guest.sent.is_set()


async def test_a_chat_in_the_terminal_ends_with_its_input() -> None:
    screen = StringIO()
    adapter = ConsoleAdapter(StringIO("follow grokking\n"), Console(file=screen, width=100))
    async with App.open(IN_MEMORY) as app, asyncio.timeout(10):
        await app.chat(adapter, settings.read())
    assert "You follow grokking" in screen.getvalue()


def test_the_terminal_is_a_chat_platform() -> None:
    assert terminal().name == "console"


async def test_the_sample_is_a_digest_to_try_things_on() -> None:
    digest = await read_digest(None)
    assert len(digest.papers) >= 12
    assert digest.source == "sample"
    assert all(paper.url.startswith("https://papers.example.org/") for paper in digest.papers)
    assert not any(paper.arxiv_id or paper.doi for paper in digest.papers)
    assert len({paper.keys[0] for paper in digest.papers}) == len(digest.papers)


async def test_a_digest_without_a_day_is_todays(tmp_path: Path) -> None:
    file = tmp_path / "digest.jsonl"
    file.write_text('{"title": "Grokking", "abstract": "Some models learn late, and we show why."}\n')
    digest = await read_digest(file, "club")
    assert abs((digest.day - clock().date()).days) <= 1
    assert digest.papers[0].source == "club"


async def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused):
        await read_digest(tmp_path / "gone.txt")


async def test_the_tables_are_looked_after(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    with pytest.raises(BadSettings, match="digestbot db upgrade"):
        await check(url)
    await upgrade(url)
    await check(url)
    await downgrade(url, "base")
    with pytest.raises(BadSettings):
        await check(url)


async def test_a_process_does_what_its_roles_are(tmp_path: Path) -> None:
    guest = Guest()
    reading = settings.read(roles="worker, web").model_copy(update={"web_port": 0})
    async with App.open(f"sqlite:///{tmp_path / 'papers.db'}") as app, asyncio.timeout(10):
        await app.storage.people.schedule(ada, INSTANTLY, now=clock())
        await app.intake.land(a_digest("A flow"))
        running = asyncio.create_task(app.run(reading, [guest]))
        await guest.sent.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running


async def test_without_a_platform_there_is_nothing_to_serve() -> None:
    async with App.open(IN_MEMORY) as app:
        with pytest.raises(BadSettings, match="DIGESTBOT_DISCORD_TOKEN"):
            async with platforms(app, settings.read(), Keys.read("x" * 32)):
                pass


def test_secrets_are_kept_beside_the_file_and_asked_for_elsewhere(tmp_path: Path) -> None:
    here = settings.read(database_url=f"sqlite:///{tmp_path / 'papers.db'}")
    assert keys(here) == keys(here)
    with pytest.raises(BadSettings, match="DIGESTBOT_SECRET_KEY"):
        keys(settings.read(database_url="postgresql://db/papers"))
    given_one = settings.read(database_url="postgresql://db/papers", secret_key="x" * 32)
    assert keys(given_one) == Keys.read("x" * 32)
