"""Sources of every bad kind at once: none reaches where it must not, and none delays the good one."""

import asyncio
import contextlib
import re
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest

from adapters.sources import fetch
from adapters.sources.fetch import Fetcher
from adapters.sources.places import Reach, mailbox, visit
from bot.errors import Unread
from bot.intake import Intake
from bot.interfaces import Storage
from bot.kinds import sourced
from bot.models import Paper
from bot.reading import Reading, Wiring
from bot.sources import Source
from tests.adapters.announcements import FOLDER
from tests.adapters.announcer import Announcer, a_fetcher, an_announcer, answer, bomb, silence, trickle
from tests.fakes import Clock
from tests.mutations import mutations

GOOD = (FOLDER / "journal.rss.xml").read_bytes()
BAD: dict[str, Any] = {
    "/trickle": trickle,
    "/silence": silence,
    "/bomb": answer(bomb(30), Content_Encoding="gzip"),
    "/loop": answer(status="302 Found", Location="/loop"),
    "/inside": answer(status="302 Found", Location="http://169.254.169.254/latest/meta-data/"),
    "/broken": answer(status="500 Oops"),
    "/busy": answer(status="429 Too Many", Retry_After="60"),
    "/charset": answer(GOOD.decode().replace("Journal", "J\xf6urnal").encode("latin-1")),
    "/entities": answer("<?xml version='1.0'?><!DOCTYPE r [<!ENTITY a 'b'>]><rss>&a;</rss>"),
    "/cut": answer(GOOD[:700], length=False, Content_Length="99999"),
}


@pytest.fixture
async def place() -> AsyncIterator[Announcer]:
    async with an_announcer() as place:
        yield place


async def test_bad_sources_delay_no_good_one_and_reach_nothing(
    place: Announcer, sqlite_storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "LONGEST", 2.0)
    place.answers |= {**BAD, "/good": answer(GOOD)}
    clock = Clock()
    for path in (*BAD, "/good"):
        await sqlite_storage.sources.add(sourced(place.url + path, "feed", path[1:]), at=clock())
    async with a_fetcher(place) as fetcher:
        reach, intake = Reach(fetcher, clock), Intake(sqlite_storage, clock)
        good = asyncio.Event()

        def well(_source: Source, _now: datetime) -> str:
            good.set()
            return ""

        wiring = Wiring(
            sqlite_storage.sources, intake, lambda one: visit(one, reach), clock, Random(1), strange=well
        )
        before = time.monotonic()
        running = asyncio.create_task(Reading(wiring).read_due())
        await good.wait()
        assert time.monotonic() - before < 5
        await running
    found = {source.name: source for source in await sqlite_storage.sources.listed()}
    assert found["good"].papers == 3
    assert [name for name, source in found.items() if not source.failures] == ["good"]
    assert next(iter(found["inside"].errors)) == "forbidden address"
    assert [landing.source for landing in await sqlite_storage.papers.landings(99)] == ["good"]


async def test_without_its_guard_a_fetcher_would_connect(place: Announcer) -> None:
    place.answers["/"] = answer("reached")
    async with Fetcher(Clock(), allowed=lambda *_: True) as unguarded:
        assert (await unguarded.fetch(f"http://localhost:{place.port}/")).body == b"reached"
    async with Fetcher(Clock()) as guarded:
        with pytest.raises(Unread, match="must not be asked"):
            await guarded.fetch(f"http://localhost:{place.port}/")


class FakeBox:
    """An IMAP server's box of mails, by number."""

    mails: dict[int, bytes]
    age = 7

    def __init__(self, *_: object, **__: object) -> None:
        self.folder = self

    def login(self, *_: object) -> contextlib.nullcontext[None]:
        return contextlib.nullcontext()

    def status(self, *_: object) -> dict[str, int]:
        return {"UIDVALIDITY": self.age}

    def fetch(self, asked: str, limit: int, **_: object) -> list[Any]:
        first = int(asked.removeprefix("UID ").removesuffix(":*"))
        highest = max(self.mails)
        return [
            mailbox_mail(number, content)
            for number, content in self.mails.items()
            if number >= first or number == highest  # a server gives the last one always
        ][:limit]


def mailbox_mail(number: int, content: bytes) -> Any:
    from imap_tools import MailMessage  # noqa: PLC0415  # only here

    return MailMessage(
        [(f"1 (UID {number} RFC822.SIZE {len(content)} FLAGS () BODY[] {{9}}".encode(), content), b")"]
    )


async def test_new_mails_of_allowed_senders_land_once(monkeypatch: pytest.MonkeyPatch) -> None:
    alert, listing = ((FOLDER / name).read_bytes() for name in ("scholar.eml", "listing.eml"))
    forged = alert.replace(b"scholaralerts-noreply@google.com", b"mallory@example.org")
    FakeBox.mails = {3: alert, 4: forged, 5: b"From: x@arxiv.org\r\n\r\nHello", 6: listing}
    monkeypatch.setattr(mailbox, "MailBox", FakeBox)
    async with Fetcher(Clock()) as fetcher:
        reach = Reach(fetcher, Clock(datetime(2026, 11, 24, 12, tzinfo=UTC)))
        source = Source("mail", "mailbox", "imaps://ada@mail.example.org/INBOX")
        reading = visit(source, reach)
        found = [(digest.cursor, len(digest.papers)) async for digest in reading.digests("")]
        again = [digest async for digest in visit(source, reach).digests(reading.mark.cursor)]
        anew = [digest async for digest in visit(source, reach).digests("6:99")]

    assert found == [("7:3", 2), ("7:6", 2)]
    assert (reading.mark.cursor, again, len(anew)) == ("7:6", [], 2)


def mails(count: int, seed: int) -> dict[int, bytes]:
    """Mails damaged on purpose, each with its number inside; some are forged, and every third is a repeat."""
    random, found = Random(seed), dict[int, bytes]()
    kinds = [(FOLDER / name).read_bytes() for name in ("scholar.eml", "daily.eml", "listing.eml")]
    for number, mail in enumerate(mutations(kinds, count, seed), 1):
        own = re.sub(rb"(?m)^Message-ID: <", b"Message-ID: <%d." % number, mail)
        forged = re.sub(rb"(?m)^From: .*$", b"From: mallory@example.org", own).replace(b"Widgets", b"Forged")
        numbered = re.sub(rb"2611\.\d{4}(\d)", rb"2611.%04d\1" % (number % 10_000), own)
        named = numbered.replace(b"Widgets", b"Widgets %d" % number)
        found[number] = found[number - 1] if number % 3 == 0 else random.choice((named, named, forged))
    return found


async def read_box(storage: Storage, clock: Clock, rounds: int) -> list[Paper]:
    """Read the box so often, and give all papers there are then."""
    async with Fetcher(clock) as fetcher:
        reach, intake = Reach(fetcher, clock), Intake(storage, clock)
        wiring = Wiring(storage.sources, intake, lambda one: visit(one, reach), clock, Random(1))
        for _ in range(rounds):
            await storage.sources.read_now("mail", at=clock())
            await Reading(wiring).read_due()
    return list(await storage.papers.recent(100_000))


async def taken_in(storage: Storage, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read a box of so many, twice: what allowed senders sent landed once, and nothing else did."""
    monkeypatch.setattr(FakeBox, "mails", mails(count, seed=5), raising=False)
    monkeypatch.setattr(mailbox, "MailBox", FakeBox)
    clock, rounds = Clock(datetime(2026, 11, 24, 12, tzinfo=UTC)), count // mailbox.MOST_MAILS + 2
    await storage.sources.add(sourced("imaps://ada@mail.example.org", name="mail"), at=clock())
    papers = await read_box(storage, clock, rounds)
    source = await storage.sources.get("mail")
    assert (source.failures, source.cursor) == (0, f"7:{count}")
    assert len(papers) == source.papers > count / 20
    assert not [paper.title for paper in papers if "Forged" in paper.title]
    landed = await storage.papers.landings(count)
    monkeypatch.setattr(FakeBox, "age", 8)  # the box was made anew: all of it is read again
    assert await read_box(storage, clock, rounds) == papers
    assert await storage.papers.landings(count) == landed


async def test_damaged_forged_and_repeated_mails_land_once_or_not_at_all(
    sqlite_storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await taken_in(sqlite_storage, 200, monkeypatch)


@pytest.mark.slow
async def test_ten_thousand_such_mails_land_once_or_not_at_all(
    sqlite_storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await taken_in(sqlite_storage, 10_000, monkeypatch)
