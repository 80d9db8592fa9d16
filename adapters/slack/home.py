"""The App Home: what somebody follows and keeps, when their next digest comes, and what can be changed."""

import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from adapters.slack.api import SlackApi
from adapters.slack.asking import Asker
from adapters.slack.errors import TROUBLE
from adapters.slack.pages import Stack
from adapters.slack.render import pages, plain
from bot.cards import name as called
from bot.cards import url
from bot.errors import SendError
from bot.interfaces import Dispatch, Storage
from bot.messages import Action, Actions, Block, Card, Divider, Heading, Message, said
from bot.models import Address, Interest, Invocation, Now, Paper, Value
from bot.registry import CommandRegistry

log = logging.getLogger(__name__)

WEEK: Final = timedelta(days=7)
KEPT: Final = timedelta(days=365)
MOST_INTERESTS: Final = 15
MOST_SAVED: Final = 5
MOST_TERM: Final = 256
MOST_BLOCKS: Final = 98  # of the 100 that the App Home takes
TERM: Final = "home-term"

Run = Callable[[Asker, str, Mapping[str, Value]], Awaitable[Message]]


class Home:
    """Publishes the App Home when it is opened, and once after each change."""

    def __init__(self, api: SlackApi, storage: Storage, stack: Stack, now: Now) -> None:
        self._api, self._storage, self._stack, self._now = api, storage, stack, now

    async def opened(self, user: Address, commands: CommandRegistry, dispatch: Dispatch) -> None:
        """Show it to somebody who looks, and from now on keep it up to date."""
        await self._storage.notes.write(user, {"home": "open"}, until=self._now() + KEPT)
        await self._publish(user, commands, dispatch)

    async def changed(self, user: Address, commands: CommandRegistry, dispatch: Dispatch) -> None:
        """Show what has changed, to somebody who has ever looked."""
        if await self._storage.notes.read(user, "home", now=self._now()):
            await self._publish(user, commands, dispatch)

    async def asked(self, asker: Asker, body: Mapping[str, Any], run: Run) -> None:
        """Open the form for new interests, or show in it what a term would find."""
        action = body["actions"][0]
        if action["action_id"] == "home-add":
            await self._call(asker.user, "views.open", trigger_id=asker.trigger, view=form())
        elif action["action_id"] == TERM and str(action.get("value") or "").strip():
            tried = await run(asker, "try", {"term": str(action["value"])})
            view = body["view"]
            found = form(pages(tried, lambda _: "")[0].blocks)
            await self._call(
                asker.user, "views.update", view_id=view["id"], hash=view.get("hash"), view=found
            )

    def typed(self, body: Mapping[str, Any]) -> str:
        """The term in a form that was sent off."""
        return str(body["view"]["state"]["values"][TERM][TERM].get("value") or "")

    async def _publish(self, user: Address, commands: CommandRegistry, dispatch: Dispatch) -> None:
        when: Sequence[Block] = ()
        if "schedule" in commands:
            when = (await dispatch(Invocation("schedule", user, user))).blocks
        message = Message(
            "Your paper digest", (*await self._interests(user), *when[:2], *await self._saved(user))
        )
        blocks = [*(await self._stack.whole(message, user))[:MOST_BLOCKS], *self._rest()]
        await self._call(user, "views.publish", user_id=user.id, view={"type": "home", "blocks": blocks})

    async def _interests(self, user: Address) -> Sequence[Block]:
        follows = await self._storage.people.interests(user)
        counts = await self._storage.papers.count(user, self._now() - WEEK)
        reader = await self._storage.people.reader(user)
        shown = [_interest(one, counts.get(one.normal, 0)) for one in follows[:MOST_INTERESTS]]
        rest = Action("Resume", "resume") if reader.paused(self._now()) else Action("Pause", "pause")
        row = (Action("My digest now", "today", style="primary"), Action("All interests", "interests"), rest)
        return (
            Heading(f"You follow {len(follows)} interest{'s' * (len(follows) != 1)}"),
            *shown,
            Actions(row),
        )

    async def _saved(self, user: Address) -> Sequence[Block]:
        ids = await self._storage.shelf.saved(user)
        papers = await self._storage.papers.get(ids[:MOST_SAVED])
        row = Actions(
            (Action("All saved", "saved"), Action("Export", "export"), Action("Forget me", "forget-me"))
        )
        return (
            Divider(),
            Heading(f"You saved {len(ids)} paper{'s' * (len(ids) != 1)}"),
            *map(_kept, papers),
            row,
        )

    def _rest(self) -> Iterator[dict[str, Any]]:
        button = {
            "type": "button",
            "action_id": "home-add",
            "text": plain("Add interests", 75),
            "style": "primary",
        }
        yield {"type": "actions", "elements": [button]}

    async def _call(self, user: Address, method: str, **given: object) -> None:
        try:
            await self._api.post(user.workspace, method, **{name: it for name, it in given.items() if it})
        except (*TROUBLE, SendError) as error:
            log.info("%s did not work: %s", method, type(error).__name__)


def form(found: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """The form for new interests; *found* is what the term in it would find."""
    element = {
        "type": "plain_text_input",
        "action_id": TERM,
        "max_length": MOST_TERM,
        "placeholder": plain("flow matching, RLHF, diffusion -medical", 150),
        "dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]},
    }
    field = {
        "type": "input",
        "block_id": TERM,
        "dispatch_action": True,
        "element": element,
        "label": plain("What do you want to read about?", 100),
        "hint": plain("Several with commas. Below is what the last papers hold.", 150),
    }
    return {
        "type": "modal",
        "callback_id": "home-add",
        "title": plain("Add interests", 24),
        "submit": plain("Follow", 24),
        "close": plain("Cancel", 24),
        "blocks": [field, *(block for block in found if block["type"] != "actions")],
    }


def _interest(interest: Interest, count: int) -> Card:
    met = "muted" if interest.muted else f"{count:,} paper{'s' * (count != 1)} in the last seven days"
    term = {"term": interest.normal}
    rest = Action("Unmute", "unmute", term) if interest.muted else Action("Mute", "mute", term)
    return Card(
        said(interest.typed[:120]), notes=(said(met),), actions=(rest, Action("Remove", "unfollow", term))
    )


def _kept(paper: Paper) -> Card:
    return Card(
        said(called(paper)), url=url(paper), actions=(Action("Remove", "unsave", {"paper": f"#{paper.id}"}),)
    )
