import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters.clock import skew
from adapters.email import doctor as mail
from bot import app, doctor, settings, upkeep
from bot.doctor import examine
from bot.findings import Finding
from bot.settings import Settings
from bot.sources import Outcome, Source
from tests.fakes import a_digest
from tests.mail_server import a_mail_server, certified


@pytest.fixture
async def elsewhere() -> AsyncIterator[str]:
    """A platform that is there, and says what time it is."""
    async with TestServer(web.Application()) as server:
        yield str(server.make_url("/"))


async def found(*, only: str = "", **given: str) -> dict[str, Finding]:
    return {finding.subject: finding for finding in await examine(settings.read(None, **given), only)}


def at(file: Path) -> str:
    return f"sqlite:///{file}"


async def test_before_the_first_run_nothing_is_bad_and_nothing_is_made(tmp_path: Path) -> None:
    looked = await found(database_url=at(tmp_path / "papers.db"))
    assert {finding.state for finding in looked.values()} == {"good", "doubtful"}
    assert not any(name for name in os.scandir(tmp_path))


async def test_a_database_in_order_is_good_and_sources_say_when_they_landed(tmp_path: Path) -> None:
    url = at(tmp_path / "papers.db")
    async with app.App.open(url) as opened:
        await opened.intake.land(a_digest("A flow", source="club"))
    looked = await found(database_url=url)
    assert looked["database"].state == looked["migrations"].state == "good"
    assert looked["source club"] == Finding("source club", "good", "it landed last 0 hours ago")


async def test_a_source_that_fell_silent_is_doubtful(tmp_path: Path) -> None:
    url = at(tmp_path / "papers.db")
    async with app.App.open(url) as opened:
        await opened.intake.land(a_digest("A flow", source="club"))
    later = await examine(settings.read(database_url=url), now=lambda: app.clock() + timedelta(days=9))
    assert next(one for one in later if one.subject == "source club").state == "doubtful"


async def test_a_database_behind_the_program_is_bad_and_the_cure_is_named(tmp_path: Path) -> None:
    url = at(tmp_path / "papers.db")
    await upkeep.upgrade(url)
    await upkeep.downgrade(url, "0001")
    looked = await found(database_url=url)
    assert looked["database"].state == "good"
    assert looked["migrations"].state == "bad"
    assert looked["migrations"].cure == "run `digestbot db upgrade`"


async def test_a_database_that_does_not_answer_is_bad_and_so_is_a_missing_key() -> None:
    looked = await found(database_url="postgresql://nobody:hunter2@127.0.0.1:1/nothing")
    assert {looked[subject].state for subject in ("database", "secret key", "sources")} == {"bad"}
    assert "hunter2" not in repr(looked)


async def test_a_wrong_clock_is_bad(elsewhere: str) -> None:
    def late() -> datetime:
        return app.clock() + timedelta(minutes=6)

    asked = settings.read(slack_bot_token="xoxb-1", slack_api_url=elsewhere)  # noqa: S106  # no secret
    [wrong] = await doctor._clock(asked, late)
    [right] = await doctor._clock(asked, app.clock)
    assert (wrong.state, right.state) == ("bad", "good")
    assert "+360" in wrong.says or "+361" in wrong.says


async def test_a_platform_that_cannot_be_reached_leaves_the_clock_in_doubt() -> None:
    with pytest.raises(OSError, match=r"127\.0\.0\.1"):
        await skew("http://127.0.0.1:1/", app.clock)
    asked = settings.read(discord_token="x", discord_api_url="http://127.0.0.1:1/")  # noqa: S106  # no secret
    assert [finding.state for finding in await doctor._clock(asked, app.clock)] == ["doubtful"]


async def test_slack_over_http_needs_an_address() -> None:
    given = {"slack_signing_secret": "x", "public_url": "http://here.example"}
    [finding] = await doctor._web(settings.read(None, **given))
    assert finding.state == "bad"
    assert await doctor._web(settings.read(None, **given, roles="worker")) == []


async def test_only_one_platform_can_be_asked_about() -> None:
    assert list(await found(only="discord")) == ["discord"]


async def test_a_check_that_breaks_or_hangs_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    async def breaks(_: Settings) -> list[Finding]:
        raise RuntimeError("oh")

    async def hangs(_: Settings) -> list[Finding]:
        await asyncio.Event().wait()
        return []

    monkeypatch.setattr(doctor, "PATIENCE", 0.01)
    for check, says in ((breaks, "RuntimeError: oh"), (hangs, "no answer within")):
        [finding] = await doctor._looked("x", check, settings.read())
        assert says in finding.says
        assert finding.state == "bad"


async def test_a_source_is_told_of_however_long_ago_it_was_read_and_whatever_landed_since(
    tmp_path: Path,
) -> None:
    url, begun = at(tmp_path / "papers.db"), app.clock()
    async with app.App.open(url) as opened:
        sources = opened.storage.sources
        fine = await sources.add(Source("fine", "feed"), at=begun)
        ill = await sources.add(Source("ill", "feed", place=("slack", "T1")), at=begun)
        await sources.add(Source("new", "feed"), at=begun)
        await sources.add(Source("resting", "feed"), at=begun)
        await sources.pause("resting", paused=True)
        await sources.record(fine.id, Outcome(begun + timedelta(hours=1), papers=1, new=1), at=begun)
        await sources.record(ill.id, Outcome(begun, cause="timeout", error="no answer"), at=begun)
        for number in range(4):
            await opened.intake.land(a_digest(f"A flow, part {number}", source="club"))
    monday = await examine(settings.read(database_url=url), now=lambda: begun)
    assert _states(monday) == {
        "fine": "good",
        "ill of slack T1": "doubtful",
        "new": "doubtful",
        "resting": "good",
        "club": "good",
    }
    later = await examine(settings.read(database_url=url), now=lambda: begun + timedelta(days=2))
    assert _states(later)["ill of slack T1"] == "bad"
    assert _states(later)["fine"] == "doubtful"
    told = {one.subject: one for one in later}
    assert "no answer" in told["source ill of slack T1"].says
    assert told["source fine"].cure == "let a process run that has the role clock"


async def test_who_holds_a_key_and_sends_nothing_is_told_of(tmp_path: Path) -> None:
    url = at(tmp_path / "papers.db")
    async with app.App.open(url) as opened:
        await opened.intake.land(a_digest("A flow", source="club"))
    key = f"whsec_{'a' * 32}"
    looked = await found(database_url=url, ingest_keys=f"club={key},lab={key}")
    assert (looked["source club"].state, looked["source lab"].state) == ("good", "doubtful")
    assert "/digests/lab" in looked["source lab"].cure


def _states(findings: Sequence[Finding]) -> dict[str, str]:
    named = [one for one in findings if one.subject.startswith("source ")]
    return {one.subject.removeprefix("source "): one.state for one in named}


MAILS = {"mail_from": "Papers <papers@example.org>", "public_url": "https://papers.example.org"}


async def test_a_mail_server_that_takes_mail_from_us_is_told_of_and_gets_none() -> None:
    async with a_mail_server() as server:
        looked = await found(smtp_url=server.url, **MAILS)
        assert looked["email server"].state == "doubtful"  # it offers no TLS
        assert "takes mail from us, but without TLS" in looked["email server"].says
        server.answers["mail"] = "550 5.7.1 not yours to send from"
        looked = await found(smtp_url=server.url, **MAILS)
        assert looked["email sender"].state == "bad"
        assert "DIGESTBOT_MAIL_FROM" in looked["email sender"].cure
    assert server.taken == []


async def test_a_mail_server_over_tls_lets_us_in_by_the_right_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, shown = certified(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(known))
    async with a_mail_server(shown) as server:
        for password, subject, state in (("right", "server", "good"), ("wrong", "login", "bad")):
            url = f"smtp://ada:{password}@localhost:{server.port}"
            looked = await found(smtp_url=url, **MAILS)
            assert looked[f"email {subject}"].state == state
            assert f":{password}@" not in repr(looked)


async def test_a_mail_server_that_is_away_or_half_set_is_bad_by_name() -> None:
    looked = await found(smtp_url="smtp://127.0.0.1:1", **MAILS)
    assert looked["email server"].state == "bad"
    assert "DIGESTBOT_SMTP_URL" in looked["email server"].cure
    [mistake] = await mail.examined(
        settings.read(smtp_url="smtp://127.0.0.1:1", mail_from="Papers <p@example.org>")
    )
    assert (mistake.state, mistake.cure) == ("bad", "set DIGESTBOT_PUBLIC_URL")


async def test_without_a_mail_server_nothing_is_said_of_mail() -> None:
    assert await mail.examined(settings.read()) == []
