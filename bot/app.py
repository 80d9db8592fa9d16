"""Every part put together: the only module of the core that knows adapters and storage.

The database is imported where it is opened: whoever only reads a file does not wait for it.
"""

import asyncio
import gc
import logging
import secrets
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Self

from prometheus_client import CollectorRegistry

from adapters.clock import watch, witness
from adapters.counting import Counted, counted
from adapters.ingest import Ingest, decoded
from adapters.ingest import routes as ingest_routes
from adapters.metrics import Metrics
from adapters.sources import read
from adapters.sources.calendar import strange
from adapters.sources.fetch import Fetcher
from adapters.sources.file import read_file
from adapters.sources.link import found as link_in
from adapters.sources.link import read_link
from adapters.sources.places import Reach, learn, visit
from adapters.sources.politeness import PoliteTurns
from adapters.web import Routed, WebServer
from bot.cleaning import clean
from bot.commands import commands
from bot.delivery import Courier
from bot.dispatcher import Dispatcher
from bot.doubles import SecondLooks
from bot.dropping import Dropping
from bot.errors import BadSettings, Refused, Unread
from bot.intake import Intake
from bot.interfaces import ChatAdapter, Storage
from bot.messages import Message
from bot.models import Address, Digest, Now
from bot.notices import Notices
from bot.reading import Reading, Wiring
from bot.schedule import planning
from bot.settings import Settings
from bot.watching import Watchers

if TYPE_CHECKING:
    from adapters.console import ConsoleAdapter

log = logging.getLogger(__name__)

IN_MEMORY = "sqlite:///:memory:"


def clock() -> datetime:
    """The present."""
    return datetime.now(UTC)


@contextmanager
def settled() -> Iterator[None]:
    """What is in memory by now stays, so that nobody looks there for garbage meanwhile.

    Going over a whole program takes up to a tenth of a second, in which everything else waits.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


class App:
    """The parts around one storage."""

    def __init__(self, storage: Storage, now: Now = clock) -> None:
        learn()
        self.storage, self.now = storage, now
        self.metrics = CollectorRegistry()
        self.counts = Metrics(self.metrics)
        self.watchers = Watchers([self.counts])
        self.intake = Intake(storage, now, self.watchers.landed)
        self.contact = ""  # told to the places that are asked
        self.answers = Dispatcher(commands, storage, now, self._reference, take=self.take_link)
        self.dispatch = counted(self.answers, self.counts)

    @classmethod
    @asynccontextmanager
    async def open(cls, database_url: str, now: Now = clock) -> AsyncIterator[Self]:
        """An app over the database at this address, closed again on leaving. Raises BadSettings."""
        from storage import open_storage  # noqa: PLC0415  # see the module's docstring

        async with open_storage(database_url, now=now) as storage:
            yield cls(storage, now)

    def courier(self, *adapters: ChatAdapter) -> Courier:
        """Who delivers by these adapters."""
        wrapped = [Counted(adapter, self.counts) for adapter in adapters]
        return Courier(self.storage, wrapped, self.now, seen=self.watchers.delivered)

    def second_looks(self, *adapters: ChatAdapter) -> SecondLooks:
        """Who takes second copies away on these platforms."""
        return SecondLooks(self.storage, [Counted(adapter, self.counts) for adapter in adapters], self.now)

    async def read_link(self, url: str, source: str = "") -> Digest:
        """The digest at *url*; of the page of a paper, that paper. Raises Refused."""
        try:
            async with self._fetcher() as fetcher:
                return await read_link(url, Reach(fetcher, self.now), source)
        except Unread as unread:
            raise Refused(unread.reason) from None

    def _fetcher(self) -> Fetcher:
        """Who asks the web, in turn with every other process."""
        return Fetcher(self.now, self.contact, PoliteTurns(self.storage.sources, self.now))

    async def take_link(self, user: Address, text: str) -> Message:
        """Take in the paper behind a link, or an arXiv id, for *user*. Raises UserError."""
        async with self._fetcher() as fetcher:
            return await self._dropping(fetcher).link(user, link_in(text) or text)

    async def take_file(self, user: Address, content: bytes) -> Message:
        """Take in the papers of a file that *user* hands over. Raises UserError."""
        async with Fetcher(self.now) as fetcher:
            return await self._dropping(fetcher).file(user, content)

    def _dropping(self, fetcher: Fetcher) -> Dropping:
        reach = Reach(fetcher, self.now)

        async def file(content: bytes) -> Digest:
            return await asyncio.to_thread(read, content, today=reach.today)

        return Dropping(self.storage, self.intake, self.now, lambda url: read_link(url, reach), file)

    async def read_sources(self, settings: Settings) -> None:
        """Read the sources that fall due, until cancelled."""
        self.contact = settings.contact or settings.public_url
        async with self._fetcher() as fetcher:
            reach = Reach(fetcher, self.now, secrets=settings.source_secrets)
            await Reading(
                Wiring(
                    self.storage.sources,
                    self.intake,
                    lambda source: visit(source, reach),
                    self.now,
                    Random(),  # noqa: S311  # spreads moments, keeps no secret
                    Notices(self.storage, self.now),
                    strange=strange,
                )
            ).run()

    async def run(self, settings: Settings, adapters: Sequence[ChatAdapter]) -> None:
        """Do what this process is for, its roles, until cancelled; one part that fails ends all of them."""
        with settled():
            await self._run(settings, adapters)

    async def _run(self, settings: Settings, adapters: Sequence[ChatAdapter]) -> None:
        async with asyncio.TaskGroup() as tasks:
            if "clock" in settings.roles:
                tasks.create_task(self.read_sources(settings), name="sources")
                tasks.create_task(clean(self.storage, self.now), name="cleaning")
                tasks.create_task(self.counts.watch_sources(self.storage.sources.listed), name="health")
            tasks.create_task(self._answer_probes(settings, adapters), name="web")
            tasks.create_task(self.counts.watch(self.storage.standing.owed, self.now), name="metrics")
            if asked := witness(settings):
                tasks.create_task(watch(asked, self.now, self.counts.skewed), name="clock watch")
            if "worker" in settings.roles:
                tasks.create_task(self.courier(*adapters).run(), name="courier")
                tasks.create_task(self.second_looks(*adapters).run(), name="second looks")
            if "clock" in settings.roles:
                tasks.create_task(planning(self.storage, self.now).run(), name="clock")
            if "chat" in settings.roles:
                for adapter in adapters:
                    tasks.create_task(adapter.run(commands, self.dispatch), name=adapter.name)

    def web(self, settings: Settings, adapters: Sequence[ChatAdapter] = ()) -> WebServer:
        """The HTTP server, with the routes of every adapter that has some."""
        routed = [adapter for adapter in adapters if isinstance(adapter, Routed)]
        theirs = [route for adapter in routed for route in adapter.routes(commands, self.dispatch)]
        routes = [*ingest_routes(self.ingest(settings)), *theirs] if "web" in settings.roles else []
        return WebServer(settings.web_host, settings.web_port, self._unready, self.metrics, routes)

    def ingest(self, settings: Settings) -> Ingest:
        """Where programs send digests. Raises BadSettings for a key that is none."""
        try:
            keys = {
                source: [decoded(secret.get_secret_value()) for secret in secrets_]
                for source, secrets_ in settings.ingest_keys.items()
            }
        except ValueError as error:
            raise BadSettings(f"DIGESTBOT_INGEST_KEYS: {error}") from None
        return Ingest(self.intake.land, self.storage.papers, self.storage.sources, keys, self.now)

    async def _answer_probes(self, settings: Settings, adapters: Sequence[ChatAdapter]) -> None:
        """Serve HTTP: every process says how it is. One that is not there for the web does without a taken port."""
        try:
            await self.web(settings, adapters).run()
        except OSError as taken:
            if "web" in settings.roles:
                raise
            log.warning("no health and no metrics of this process: %s; set DIGESTBOT_WEB_PORT", taken)

    def _reference(self) -> str:
        """What a fault is noted as."""
        self.counts.fault()
        return secrets.token_hex(4)

    async def _unready(self) -> Sequence[str]:
        """Why nobody could be served now."""
        try:
            async with asyncio.timeout(2):
                await self.storage.papers.landings(1)
        except Exception as trouble:  # noqa: BLE001  # whatever it is, it is the answer
            return [f"the database does not answer: {type(trouble).__name__}"]
        return []

    async def chat(self, adapter: ChatAdapter, settings: Settings) -> None:
        """Read sources, answer and deliver through *adapter*, until its other side hangs up."""
        async with asyncio.TaskGroup() as tasks:
            parts = (self.courier(adapter), planning(self.storage, self.now))
            running = [tasks.create_task(part.run()) for part in parts]
            running.append(tasks.create_task(self.read_sources(settings), name="sources"))
            await adapter.run(commands, self.dispatch)
            for task in running:
                task.cancel()


def terminal(app: App | None = None) -> "ConsoleAdapter":
    """The terminal that the program was started in; *app* takes the files that are dropped into it."""
    from adapters.console import ConsoleAdapter  # noqa: PLC0415  # whoever serves a platform has no terminal

    return ConsoleAdapter(take=app.take_file if app else None)


async def read_digest(file: Path | None, source: str = "") -> Digest:
    """The digest in *file*, or the sample of made-up papers that comes with the program. Raises Refused.

    It comes from *source*, or else from where its text says; without a day of its own it is today's.
    """
    today = clock().astimezone().date()  # on the wall of whoever reads it
    if file is not None:
        return await read_file(file, today, source)
    with as_file(files("bot") / "sample.jsonl") as sample:
        return await read_file(sample, today, "sample")
