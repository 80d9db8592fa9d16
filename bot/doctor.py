"""A check-up of the whole installation: everything that can be seen from here, each with its cure.

Nothing is changed and nothing is posted. What one check finds keeps no other from looking.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Final

from adapters.clock import WRONG, skew, witness
from adapters.email import doctor as mail
from adapters.sources.calendar import strange
from bot import app, upkeep
from bot.errors import BadSettings
from bot.faring import brought, read
from bot.findings import Finding, bad, doubtful, good
from bot.models import Address, Now
from bot.platforms import keys
from bot.settings import Settings

PATIENCE: Final = 20.0  # seconds a check may take
LANDINGS: Final = 200  # the last ones, in which sources are looked for that others bring
ROOM: Final = 200_000_000  # bytes free beside the SQLite file

TOKENS: Final = {"slack": "slack_bot_token", "discord": "discord_token"}

_ANSWERS: Final = good("database", "it answers")

Check = Callable[[Settings], Awaitable[Sequence[Finding]]]


async def examine(settings: Settings, only: str = "", now: Now = app.clock) -> Sequence[Finding]:
    """What there is to say of this installation, or *only* of one platform, in the order of the checks."""

    async def clock(asked: Settings) -> Sequence[Finding]:
        return await _clock(asked, now)

    async def sources(asked: Settings) -> Sequence[Finding]:
        return await _sources(asked, now())

    platforms = [(name, _platform(name)) for name in TOKENS if only in ("", name)]
    checks: list[tuple[str, Check]] = (
        [] if only else [("database", _database), ("secret key", _key), ("clock", clock)]
    )
    checks += platforms
    checks += [] if only else [("email", _mail), ("web", _web), ("sources", sources)]
    found = await asyncio.gather(*(_looked(name, check, settings) for name, check in checks))
    return [finding for findings in found for finding in findings]


async def _looked(name: str, check: Check, settings: Settings) -> Sequence[Finding]:
    """What *check* finds; that it fails is a finding too."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await check(settings)
    except TimeoutError:
        return [
            bad(
                name,
                f"no answer within {PATIENCE:g} seconds",
                "see that it is up and can be reached from here",
            )
        ]
    except Exception as fault:  # noqa: BLE001  # one check that breaks must not hide what the others find
        return [
            bad(name, f"the check broke: {type(fault).__name__}: {fault}", "tell the authors, with this line")
        ]


async def _database(settings: Settings) -> Sequence[Finding]:
    url = settings.database_url
    if file := _unmade(url):
        return [
            doubtful(
                "database", f"{file} is not there yet", "nothing to do: the first `digestbot run` makes it"
            )
        ]
    try:
        await upkeep.check(url)
    except BadSettings as trouble:
        if "upgrade" in str(trouble):
            return [_ANSWERS, bad("migrations", str(trouble), "run `digestbot db upgrade`")]
        return [bad("database", str(trouble), "see that DIGESTBOT_DATABASE_URL is right")]
    return [_ANSWERS, good("migrations", "its tables are what this version expects"), *_room(url)]


def _unmade(url: str) -> Path | None:
    """The SQLite file that is not there yet, if that is so."""
    file = Path(url.removeprefix("sqlite:///"))
    return file if url.startswith("sqlite:///") and not file.exists() else None


def _room(url: str) -> Iterable[Finding]:
    if not url.startswith("sqlite:///"):
        return
    file = Path(url.removeprefix("sqlite:///"))
    if not os.access(file, os.W_OK) or not os.access(file.absolute().parent, os.W_OK):
        yield bad("database", f"{file} cannot be written", "give it to the user who runs the bot")
    place = os.statvfs(file.absolute().parent)
    if place.f_bavail * place.f_frsize < ROOM:
        yield doubtful("database", "there is little room left beside it", f"keep {ROOM // 1_000_000} MB free")


async def _key(settings: Settings) -> Sequence[Finding]:
    if not settings.secret_key and _unmade(settings.database_url):
        return [good("secret key", "it is made with the database")]
    try:
        keys(settings)
    except BadSettings as trouble:
        return [
            bad("secret key", str(trouble), "`openssl rand -base64 48` makes one; keep it with your backups")
        ]
    place = "set" if settings.secret_key else "kept beside the database"
    return [good("secret key", f"it is {place}")]


async def _clock(settings: Settings, now: Now) -> Sequence[Finding]:
    asked = witness(settings)
    if asked is None:
        return [doubtful("clock", "there is no platform yet to hold it against", "set the token of one")]
    try:
        wrong = await skew(asked, now)
    except OSError as trouble:
        return [
            doubtful(
                "clock", f"{asked} does not say what time it is: {trouble}", "see that it can be reached"
            )
        ]
    if abs(wrong) > WRONG:
        return [
            bad(
                "clock", f"it is {wrong.total_seconds():+.0f} seconds off", "let the machine keep time by NTP"
            )
        ]
    return [good("clock", f"it is right within {max(1, abs(round(wrong.total_seconds())))} s")]


async def _web(settings: Settings) -> Sequence[Finding]:
    if "web" not in settings.roles:
        return []
    over_http = settings.slack_signing_secret and not settings.slack_app_token
    if over_http and not settings.public_url.startswith("https://"):
        cure = "set DIGESTBOT_PUBLIC_URL to the https:// address that leads here"
        return [bad("web", "Slack comes over HTTP, and there is no address for it", cure)]
    return [good("web", f"it listens on {settings.web_host}:{settings.web_port} once the bot runs")]


async def _sources(settings: Settings, now: datetime) -> Sequence[Finding]:
    if _unmade(settings.database_url):
        return []
    async with app.App.open(settings.database_url) as opened:
        listed = await opened.storage.sources.listed()
        landings = await opened.storage.papers.landings(LANDINGS)
    found = [read(source, now, strange(source, now)) for source in listed]
    found += brought(landings, settings.ingest_keys.keys(), {source.name for source in listed}, now)
    nothing = doubtful(
        "sources", "nothing has landed yet", "`digestbot land FILE`, or `/papers admin source add`"
    )
    return found or [nothing]


async def _mail(settings: Settings) -> Sequence[Finding]:
    return [replace(one, subject=f"email {one.subject}") for one in await mail.examined(settings)]


async def _heard(settings: Settings, name: str, ways: Iterable[str]) -> Mapping[str, str]:
    """By which of these ways a platform has ever reached us, with the time of each."""
    if _unmade(settings.database_url):
        return {}
    about = Address.whole(name)
    async with app.App.open(settings.database_url) as opened:
        notes = opened.storage.notes
        return {way: await notes.read(about, f"heard:{way}") for way in ways}


async def _channels(settings: Settings, platform: str) -> Sequence[Address]:
    """The channels of this platform that get digests, as far as the database tells."""
    if _unmade(settings.database_url):
        return []
    try:
        async with app.App.open(settings.database_url) as opened:
            readers = await opened.storage.people.readers()
    except BadSettings:
        return []  # that is another check's finding
    return [
        one.address for one in readers if one.address.platform == platform and one.address.kind == "channel"
    ]


def _platform(name: str) -> Check:
    """The check that the adapter of this name brings along: `examined`, and `permitted`, in its module `doctor`."""

    async def check(settings: Settings) -> Sequence[Finding]:
        token = TOKENS[name]
        if not getattr(settings, token) and not (name == "slack" and settings.slack_client_id):
            return [
                doubtful(name, "there is no token", f"set DIGESTBOT_{token.upper()}, or leave {name} out")
            ]
        module = import_module(f"adapters.{name}.doctor")
        seen: list[Finding] = [*await module.examined(settings)]
        if hasattr(module, "WAYS"):
            seen += module.heard(await _heard(settings, name, module.WAYS))
        if hasattr(module, "permitted"):
            seen += await module.permitted(settings, await _channels(settings, name))
        return [replace(one, subject=f"{name} {one.subject}") for one in seen]

    return check
