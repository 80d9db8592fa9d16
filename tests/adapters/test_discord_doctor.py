"""`doctor discord` against a Discord on loopback that answers as it is told."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.doctor import examined, invite, permitted
from adapters.discord.permissions import ALL, LEAST, NEEDED, allowed, missing
from bot.findings import Finding
from bot.models import Address
from bot.settings import Settings, read

GUILD, CHANNEL, ME, ROLE = (
    "300000000000000001",
    "300000000000000002",
    "300000000000000003",
    "300000000000000004",
)
ENOUGH = sum(NEEDED.values())
PAPERS = Address("discord", GUILD, CHANNEL, "channel")


class Discord:
    """Answers by path; what is not there is answered with 404."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {
            "/users/@me": {"id": ME, "username": "digest"},
            "/applications/@me": {
                "id": "77",
                "name": "Digest",
                "integration_types_config": {"0": {}, "1": {}},
            },
            "/gateway/bot": {"shards": 1, "session_start_limit": {"total": 1000, "remaining": 990}},
            f"/guilds/{GUILD}/members/{ME}": {"roles": [ROLE]},
            f"/guilds/{GUILD}/roles": [
                {"id": GUILD, "permissions": "0"},
                {"id": ROLE, "permissions": str(ENOUGH)},
            ],
            f"/channels/{CHANNEL}": {"name": "papers", "permission_overwrites": []},
        }
        self.token, self.url = "good", ""

    async def answer(self, request: web.Request) -> web.Response:
        if request.headers["Authorization"] != f"Bot {self.token}":
            return web.json_response({"message": "401: Unauthorized", "code": 0}, status=401)
        found = self.answers.get(request.path.removeprefix("/api/v10"))
        if found is None:
            return web.json_response({"message": "Unknown", "code": 10003}, status=404)
        return web.json_response(found)

    def settings(self, token: str = "good") -> Settings:  # noqa: S107  # no secret
        return read(discord_token=token, discord_api_url=self.url)


@pytest.fixture
async def discord() -> AsyncIterator[Discord]:
    discord = Discord()
    app = web.Application()
    app.router.add_route("GET", "/{path:.*}", discord.answer)
    async with TestServer(app) as server:
        discord.url = str(server.make_url("/api/v10"))
        yield discord


def named(found: Sequence[Finding]) -> Mapping[str, Finding]:
    return {one.subject: one for one in found}


async def test_a_bot_in_order_is_told_to_be_and_the_invite_link_asks_for_the_least(discord: Discord) -> None:
    found = named(await examined(discord.settings()))
    assert [one.subject for one in found.values() if one.cure] == []
    assert found["token"].says == "works, as digest"
    assert "990 of 1,000 logins" in found["gateway"].says
    assert found["invite link"].says == invite("77")
    assert f"permissions={LEAST}" in invite("77")
    assert not LEAST & (1 << 3 | 1 << 5 | 1 << 13 | 1 << 17), (
        "no administration, no moderation, no mention of all"
    )


async def test_a_bad_token_is_one_finding_with_its_cure(discord: Discord) -> None:
    [found] = await examined(discord.settings("bad"))
    assert found.says == "Discord refuses the token"
    assert "Reset Token" in found.cure


async def test_an_application_that_keeps_people_out_is_told_with_the_cure(discord: Discord) -> None:
    discord.answers["/applications/@me"] |= {
        "interactions_endpoint_url": "https://elsewhere.example",
        "bot_require_code_grant": True,
        "integration_types_config": {"0": {}},
    }
    found = named(await examined(discord.settings()))
    assert "clear Interactions Endpoint URL" in found["interactions"].cure
    assert "Code Grant" in found["invite"].cure
    assert "is off" in found["user installation"].says


async def test_few_logins_left_point_at_the_log(discord: Discord) -> None:
    discord.answers["/gateway/bot"]["session_start_limit"]["remaining"] = 3
    assert "log" in named(await examined(discord.settings()))["gateway"].cure


async def test_a_discord_that_is_away_is_a_finding() -> None:
    away = read(discord_token="good", discord_api_url="http://127.0.0.1:1/api")  # noqa: S106  # no secret
    [found] = await examined(away)
    assert "cannot be asked" in found.says


async def test_what_is_missing_in_a_channel_is_called_as_in_discords_settings(discord: Discord) -> None:
    assert named(await permitted(discord.settings(), [PAPERS]))["#papers"].cure == ""
    shut = {"id": ROLE, "deny": str(NEEDED["Send Messages"] | NEEDED["Embed Links"]), "allow": "0"}
    discord.answers[f"/channels/{CHANNEL}"]["permission_overwrites"] = [shut]
    found = named(await permitted(discord.settings(), [PAPERS]))["#papers"]
    assert found.says == "the bot may not: Send Messages, Embed Links"


async def test_a_channel_that_is_gone_and_a_server_that_was_left_are_findings(discord: Discord) -> None:
    gone = Address("discord", GUILD, "300000000000000009", "channel")
    left = Address("discord", "300000000000000010", CHANNEL, "channel")
    found = await permitted(discord.settings(), [PAPERS, gone, left])
    assert [bool(one.cure) for one in found] == [False, True, True]


@given(allow=st.integers(0, 1 << 40), deny=st.integers(0, 1 << 40), own=st.booleans())
def test_what_is_allowed_last_wins_and_an_unseen_channel_allows_nothing(
    allow: int, deny: int, *, own: bool
) -> None:
    roles = {GUILD: ENOUGH}
    overwrites = [{"id": GUILD, "deny": str(deny), "allow": "0"}]
    if own:
        overwrites.append({"id": ME, "deny": "0", "allow": str(allow | NEEDED["View Channel"])})
    may = allowed(roles, [], overwrites, ME, GUILD)
    if own:
        assert may & allow == allow
    else:
        assert may == (ENOUGH & ~deny if not deny & NEEDED["View Channel"] else 0)


def test_an_administrator_lacks_nothing_whatever_a_channel_says() -> None:
    shut = [{"id": GUILD, "deny": str(ALL), "allow": "0"}]
    assert missing(allowed({ROLE: 1 << 3}, [ROLE], shut, ME, GUILD), threads=True) == []
