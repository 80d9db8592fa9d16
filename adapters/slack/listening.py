"""What people do on Slack, to invocations; and their answers. The routing is Bolt's."""

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult

from adapters.slack.answering import Answers
from adapters.slack.api import QUIET, Passes, SlackApi, where
from adapters.slack.asking import Asker, spoken, workspace
from adapters.slack.home import Home
from adapters.slack.pages import MORE
from adapters.slack.profiles import Profiles
from adapters.typed import read
from bot.buttons import Buttons
from bot.errors import UserError
from bot.interfaces import Dispatch
from bot.messages import Action, Message, marked, refusal
from bot.models import Address, Invocation, Value
from bot.registry import Command, CommandRegistry

log = logging.getLogger(__name__)

Body = Mapping[str, Any]
Gone = Callable[[Address], Awaitable[None]]
"""What is to happen when a workspace has thrown the app out."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What listening needs."""

    api: SlackApi
    answers: Answers
    buttons: Buttons
    profiles: Profiles
    home: Home
    gone: Gone


class Listening:
    """Gives every command and button to *dispatch*, and shows what it answers."""

    def __init__(self, parts: Parts, commands: CommandRegistry, dispatch: Dispatch) -> None:
        self._parts, self._commands, self._dispatch = parts, commands, dispatch

    def app(self) -> AsyncApp:
        """Bolt's app. Requests are verified and acknowledged before they come here, and each runs to its end."""
        app = AsyncApp(
            logger=QUIET,
            client=self._parts.api.client,
            authorize=admitted(self._parts.api.passes),
            process_before_response=True,
            request_verification_enabled=False,  # `adapters.slack.inbound` is stricter
        )
        app.error(_failed)
        app.command(re.compile(".*"))(self.command)
        app.action(re.compile("^press-"))(self.press)
        app.action(re.compile("^home-"))(self.at_home)
        app.view(re.compile("^home-"))(self.submit)
        app.shortcut("papers-like-this")(self.alike)
        app.event("app_home_opened")(self.open_home)
        app.event("app_uninstalled")(self.uninstalled)
        app.event("tokens_revoked")(self.revoked)
        return app

    async def command(self, ack: AsyncAck, body: Body) -> None:
        """Somebody typed `/papers …`."""
        await ack()
        asker = Asker.of(body)
        try:
            name, arguments = read(spoken(str(body.get("text") or "")), self._commands)
        except UserError as mistake:
            await self._parts.answers.show(asker, refusal(*marked(str(mistake))))
            return
        answer = await self._run(asker, name, arguments)
        await self._parts.answers.show(asker, answer, private=self._commands[name].private or answer.refusal)

    async def press(self, ack: AsyncAck, body: Body) -> None:
        """Somebody pressed a button of ours."""
        await ack()
        asker = Asker.of(body)
        pressed = body["actions"][0]
        try:
            name, arguments = self._parts.buttons.read(str(pressed.get("value") or ""), asker.user)
            if name == MORE:
                await self._parts.answers.rest(asker, str(arguments.get("of")))
                return
        except UserError as mistake:
            await self._parts.answers.show(asker, refusal(*marked(str(mistake))))
            return
        answer = await self._run(asker, name, arguments)
        command = self._commands[name] if name in self._commands else NOTHING  # noqa: SIM401  # a registry has no get
        if command.done and not answer.refusal:
            then = Action(command.done, command.undo or name, arguments)
            if await self._parts.answers.press(asker, pressed, then) or _on_home(asker):
                return
        await self._parts.answers.show(asker, answer, place=command.in_place and not answer.refusal)

    async def alike(self, ack: AsyncAck, body: Body) -> None:
        """Somebody asked for papers like what a message speaks of."""
        await ack()
        asker = replace(Asker.of(body), post=None)
        words = spoken(str((body.get("message") or {}).get("text") or ""))
        name = "related" if "related" in self._commands else "search"
        option = self._commands[name].options[0].name
        await self._parts.answers.show(asker, await self._run(asker, name, {option: subject(words)}))

    async def open_home(self, ack: AsyncAck, body: Body) -> None:
        """Somebody opened the App Home."""
        await ack()
        event = body["event"]
        if event.get("tab") == "home":
            user = Address("slack", workspace(body).workspace, str(event["user"]))
            await self._parts.home.opened(user, self._commands, self._dispatch)

    async def at_home(self, ack: AsyncAck, body: Body) -> None:
        """Somebody pressed a button or typed into a form of the App Home."""
        await ack()
        await self._parts.home.asked(Asker.of(body), body, self._run)

    async def submit(self, ack: AsyncAck, body: Body) -> None:
        """Somebody sent a form of the App Home off."""
        await ack()
        asker = Asker.of(body)
        answer = await self._run(asker, "follow", {"term": self._parts.home.typed(body)})
        if answer.refusal:
            await self._parts.answers.show(replace(asker, view={"type": "home"}), answer)

    async def uninstalled(self, ack: AsyncAck, body: Body) -> None:
        """A workspace threw the app out."""
        await ack()
        await self._parts.gone(workspace(body))

    async def revoked(self, ack: AsyncAck, body: Body) -> None:
        """Tokens were taken back: without the bot's, the app is out."""
        await ack()
        if (body["event"].get("tokens") or {}).get("bot"):
            await self._parts.gone(workspace(body))

    async def _run(self, asker: Asker, name: str, arguments: Mapping[str, Value]) -> Message:
        """The answer of a command; the App Home shows what it changed."""
        profiles, admin = self._parts.profiles, name.startswith("admin ")
        invocation = Invocation(
            name,
            asker.user,
            asker.place,
            await self._found(asker, arguments) if admin else arguments,
            admin=admin and await profiles.admin(asker.user),
            zone=await profiles.zone(asker.user),
        )
        answer = await self._dispatch(invocation)
        if name in CHANGING and not answer.refusal:
            await self._parts.home.changed(asker.user, self._commands, self._dispatch)
        return answer

    async def _found(self, asker: Asker, arguments: Mapping[str, Value]) -> Mapping[str, Value]:
        """*arguments* with the channel that was typed as `#papers` the way Slack would have written it."""
        typed = str(arguments.get("channel", ""))
        if not typed.startswith("#"):
            return arguments
        id_ = await self._parts.profiles.channel(asker.user.workspace, typed[1:])
        return {**arguments, "channel": f"<#{id_}|{typed[1:]}>"} if id_ else arguments


async def _nothing(_: object) -> Message:
    raise NotImplementedError


NOTHING: Final = Command("nothing", "What an old button runs whose command is no more", _nothing)
CHANGING: Final = frozenset("follow unfollow mute unmute save unsave pause resume schedule forget-me".split())
"""Commands whose effect the App Home shows."""


def subject(words: str) -> str:
    """What a message speaks of: the arXiv id in it, or else its first line as something to look for."""
    if found := re.search(r"\b\d{4}\.\d{4,5}\b", words):
        return found[0]
    line = next((line for line in words.splitlines() if line.strip()), words)
    return re.sub(r"[^\w\s.-]+", " ", line).strip()[:120] or "papers"


def _on_home(asker: Asker) -> bool:
    return (asker.view or {}).get("type") == "home"


def admitted(passes: Passes) -> Callable[..., Awaitable[AuthorizeResult]]:
    """Bolt's question whether the app is installed, answered from *passes*; None says it is not."""

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult | None:
        found = await passes(team_id or enterprise_id or "")
        if found is None and team_id and enterprise_id and (found := await passes(enterprise_id)):
            await passes.belongs(team_id, enterprise_id)
        if found is None:
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id, team_id=team_id, bot_token=found.token, bot_user_id=found.bot
        )

    return authorize  # type: ignore[return-value]  # Bolt takes None as well, but does not say so


async def _failed(error: Exception) -> None:
    log.error("an act on Slack was not answered: %s", where(error))
