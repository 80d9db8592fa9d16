"""What people do on Slack, to invocations; and their answers. The routing is Bolt's."""

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult

from adapters.handed import MOST_FILES
from adapters.slack.answering import Answers
from adapters.slack.api import QUIET, Passes, SlackApi, where
from adapters.slack.asking import Asker, spoken, workspace, written
from adapters.slack.files import Files
from adapters.slack.home import Home
from adapters.slack.pages import MORE, Stack
from adapters.slack.profiles import Profiles
from adapters.slack.unfurling import Unfurls
from adapters.typed import heard
from bot.adapting import TakeFile
from bot.buttons import personal
from bot.errors import UserError
from bot.interfaces import Dispatch
from bot.messages import Action, Message, marked, refusal
from bot.models import Address, Invocation, Value
from bot.registry import Command, CommandRegistry

log = logging.getLogger(__name__)

Body = Mapping[str, Any]

MOST_WORDS: Final = 4_000  # characters of a message for which papers like it are looked for
SORRY: Final = refusal("Sorry, that went wrong on my side. Try again in a moment?")


@dataclass(frozen=True, slots=True)
class Parts:
    """What listening needs."""

    api: SlackApi
    answers: Answers
    stack: Stack
    profiles: Profiles
    home: Home
    files: Files
    take: TakeFile
    unfurls: Unfurls


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
        app.error(self.failed)
        app.command(re.compile(".*"))(self.command)
        app.action(re.compile("^press-"))(self.press)
        app.action(re.compile("^home-"))(self.at_home)
        app.view(re.compile("^home-"))(self.submit)
        app.shortcut("papers-like-this")(self.alike)
        app.event("app_home_opened")(self.open_home)
        app.event("message")(self.message)
        app.event("link_shared")(self.linked)
        return app

    async def command(self, ack: AsyncAck, body: Body) -> None:
        """Somebody typed `/papers …`."""
        await ack()
        await self._typed(Asker.of(body), spoken(str(body.get("text") or "")))

    async def message(self, ack: AsyncAck, body: Body) -> None:
        """Somebody wrote to us: a command without its slash, the link of a paper, or a file of papers."""
        await ack()
        asker, event = Asker.of(body), body["event"]
        files = event.get("files") or ()
        for told in files[:MOST_FILES]:
            await self._parts.answers.show(asker, await self._taken(asker, told))
        if not files:
            await self._typed(asker, spoken(str(event.get("text") or "")))

    async def linked(self, ack: AsyncAck, body: Body) -> None:
        """Somebody posted a link of a paper."""
        await ack()
        await self._parts.unfurls.linked(workspace(body), body["event"])

    async def _typed(self, asker: Asker, line: str) -> None:
        try:
            name, arguments = heard(line, self._commands)
        except UserError as mistake:
            await self._parts.answers.show(asker, refusal(*marked(str(mistake))))
            return
        answer = await self._run(asker, name, arguments)
        await self._parts.answers.show(asker, answer, private=self._commands[name].private or answer.refusal)

    async def _taken(self, asker: Asker, told: Body) -> Message:
        """The answer to a file that somebody handed over."""
        try:
            content = await self._parts.files.content(asker.user.workspace, told)
            return await self._parts.take(asker.user, content)
        except UserError as mistake:
            return refusal(*marked(str(mistake)))

    async def press(self, ack: AsyncAck, body: Body) -> None:
        """Somebody pressed a button of ours."""
        await ack()
        asker = Asker.of(body)
        pressed = body["actions"][0]
        try:
            value = str(pressed.get("value") or "")
            name, arguments = await self._parts.stack.read(value, asker.user)
            if name == MORE:
                await self._parts.answers.rest(asker, str(arguments.get("of")), shared=not personal(value))
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
        words = " ".join(written(body.get("message") or {}))[:MOST_WORDS]
        await self._parts.answers.show(asker, await self._run(asker, "like", {"text": spoken(words) or "?"}))

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

    async def failed(self, error: Exception, body: Body) -> None:
        """Something went wrong that no command answered for."""
        log.error("an act on Slack was not answered: %s", where(error))
        if body.get("event", {}).get("type", "message") == "message":
            await self._parts.answers.show(Asker.of(body), SORRY)

    async def _run(self, asker: Asker, name: str, arguments: Mapping[str, Value]) -> Message:
        """The answer of a command; the App Home shows what it changed."""
        profiles, admin = self._parts.profiles, name.startswith("admin ")
        invocation = Invocation(
            name,
            asker.user,
            asker.place,
            await self._found(asker, arguments),
            admin=admin and await profiles.admin(asker.user),
            zone=await profiles.zone(asker.user),
        )
        answer = await self._dispatch(invocation)
        if name in CHANGING and not answer.refusal:
            await self._parts.home.changed(asker.user, self._commands, self._dispatch)
        return answer

    async def _found(self, asker: Asker, arguments: Mapping[str, Value]) -> Mapping[str, Value]:
        """*arguments* with the channel that was typed as `#papers` the way Slack would have written it."""
        typed = str(arguments.get("channel", "")).strip()
        if not (named := _CHANNEL.fullmatch(typed)) or _ID.fullmatch(typed):
            return arguments
        id_ = await self._parts.profiles.channel(asker.user.workspace, named["name"])
        return {**arguments, "channel": f"<#{id_}|{named['name']}>"} if id_ else arguments


async def _nothing(_: object) -> Message:
    raise NotImplementedError


NOTHING: Final = Command("nothing", "What an old button runs whose command is no more", _nothing)
CHANGING: Final = frozenset("follow unfollow mute unmute save unsave pause resume schedule forget-me".split())
"""Commands whose effect the App Home shows."""


_CHANNEL: Final = re.compile(r"#?(?P<name>[^\s#<>@,:`|]{1,100})")
_ID: Final = re.compile("[CDG][A-Z0-9]{6,20}")


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
