"""Is everything there that Discord needs? Each finding names what is wrong, and the cure. Nothing is changed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from adapters.discord.allowance import Allowance
from adapters.discord.permissions import LEAST, allowed, missing
from adapters.discord.rest import Calling, Rest
from adapters.discord.wire import Answer, Wire
from bot.errors import Disconnected, SendError
from bot.findings import Finding, bad, good
from bot.models import Address
from bot.settings import Settings

PORTAL: Final = "https://discord.com/developers/applications"
COPY: Final = f"copy it again from {PORTAL}: your application → Bot → Reset Token"
FEW: Final = 50  # logins left today below which something is wrong
MOST: Final = 200  # channels that are looked at
_LATER: Final = "see that this machine may go out to it, and try again"
_ODD: Final = "look at https://discordstatus.com, and try again"


async def examined(settings: Settings) -> Sequence[Finding]:
    """What a look at *settings* and at Discord found."""
    if not settings.discord_token:
        return [bad("token", "DIGESTBOT_DISCORD_TOKEN is not set", COPY)]
    rest = _rest(settings)
    try:
        return await _bot(rest)
    except Disconnected:
        return [bad("token", "Discord refuses it", COPY)]
    except SendError as error:
        return [bad("token", f"Discord cannot be asked: {error}", _LATER)]
    finally:
        await rest.close()


async def permitted(settings: Settings, channels: Sequence[Address]) -> Sequence[Finding]:
    """What the bot is missing in *channels*, which are to get digests."""
    if not settings.discord_token or not channels:
        return []
    rest = _rest(settings)
    try:
        return await _permissions(rest, channels[:MOST])
    except SendError as error:
        return [bad("permissions", f"Discord cannot be asked: {error}", _LATER)]
    finally:
        await rest.close()


def invite(application: str) -> str:
    """The link by which a server's admin lets the bot in, with no more than it needs."""
    scopes = "bot+applications.commands"
    return f"https://discord.com/oauth2/authorize?client_id={application}&scope={scopes}&permissions={LEAST}"


def _rest(settings: Settings) -> Rest:
    token = settings.discord_token.get_secret_value() if settings.discord_token else ""
    return Rest(Wire(settings.discord_api_url, token), Allowance(lambda: datetime.now(UTC)))


async def _bot(call: Calling) -> Sequence[Finding]:
    me = await call("GET", "/users/@me")
    if not me.good:
        return [_refused("token", me, COPY)]
    return [
        good("token", f"works, as {me.body.get('username')}"),
        *_application(await call("GET", "/applications/@me")),
        *_gateway(await call("GET", "/gateway/bot")),
    ]


def _application(answer: Answer) -> Iterator[Finding]:
    if not answer.good:
        yield _refused("application", answer, _ODD)
        return
    about: Mapping[str, Any] = answer.body
    yield good("application", f"{about.get('name')}, id {about.get('id')}")
    if about.get("interactions_endpoint_url"):
        yield bad(
            "interactions",
            "Discord sends commands to a web address, and not to this bot",
            f"clear Interactions Endpoint URL at {PORTAL}: your application → General Information",
        )
    if about.get("bot_require_code_grant"):
        yield bad(
            "invite",
            "it asks for a code grant, so that the invite link fails",
            "turn off Requires OAuth2 Code Grant on the page Bot",
        )
    elif about.get("bot_public") is False:
        yield good("invite", "only its owner can use the link: Public Bot is off")
    if "1" not in (about.get("integration_types_config") or {"1": {}}):
        yield good("user installation", "is off: people can use it only where the bot is on the server")
    yield good("invite link", invite(str(about.get("id"))))


def _gateway(answer: Answer) -> Iterator[Finding]:
    yield good("intents", "servers, and messages to the bot alone; no privileged one is asked for")
    if not answer.good:
        yield _refused("gateway", answer, _ODD)
        return
    limit = answer.body.get("session_start_limit") or {}
    left, of = limit.get("remaining", 0), limit.get("total", 0)
    told = f"{answer.body.get('shards', 1)} shard(s), {left:,} of {of:,} logins left today"
    few = left < FEW <= of
    if few:
        yield bad("gateway", told, "see in the log why the bot keeps starting anew")
    else:
        yield good("gateway", told)


async def _permissions(call: Calling, channels: Sequence[Address]) -> Sequence[Finding]:
    me = await call("GET", "/users/@me")
    if not me.good:
        return [_refused("permissions", me, COPY)]
    found: list[Finding] = []
    for guild in dict.fromkeys(channel.workspace for channel in channels):
        here = [channel.id for channel in channels if channel.workspace == guild]
        found += await _in_guild(call, str(me.body["id"]), guild, here)
    return found


async def _in_guild(call: Calling, me: str, guild: str, channels: Iterable[str]) -> Sequence[Finding]:
    member = await call("GET", f"/guilds/{guild}/members/{me}")
    roles = await call("GET", f"/guilds/{guild}/roles")
    if not member.good or not roles.good:
        cure = "invite the bot again with the invite link"
        return [_refused(f"server {guild}", member if not member.good else roles, cure)]
    every = {str(role["id"]): int(role["permissions"]) for role in roles.body}
    found = []
    for channel in channels:
        answer = await call("GET", f"/channels/{channel}")
        if not answer.good:
            found.append(_refused(f"channel {channel}", answer, "let the bot view the channel"))
            continue
        overwrites = answer.body.get("permission_overwrites") or ()
        may = allowed(every, map(str, member.body.get("roles") or ()), overwrites, me, guild)
        found.append(_in_channel(str(answer.body.get("name") or channel), may))
    return found


def _in_channel(name: str, may: int) -> Finding:
    lacks = missing(may)
    if not lacks:
        unthreaded = missing(may, threads=True)
        return good(
            f"#{name}", "all there" + (f"; for threads also {', '.join(unthreaded)}" if unthreaded else "")
        )
    return bad(
        f"#{name}",
        f"the bot may not: {', '.join(lacks)}",
        "channel settings → Permissions → add the bot, and allow that",
    )


def _refused(name: str, answer: Answer, cure: str) -> Finding:
    if answer.status == 401:
        return bad(name, "Discord refuses the token", COPY)
    said = answer.body.get("message") if isinstance(answer.body, dict) else None
    return bad(name, f"Discord answers {answer.status}: {said or 'nothing more'}", cure)
