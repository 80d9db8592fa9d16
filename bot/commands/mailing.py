"""What comes besides the digest in the chat: the same by e-mail, at a confirmed address, and new versions."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Final, Literal

from bot.commands.wording import answer, described
from bot.dispatcher import Context
from bot.errors import BadArguments, NotAllowed
from bot.inboxes import EMAIL, inbox
from bot.messages import Action, Actions, Heading, Message, Paragraph, marked
from bot.models import Address
from bot.owed import saying
from bot.registry import CommandRegistry
from bot.schedules import DAILY, OFF

commands = CommandRegistry()

MOST_A_DAY: Final = 3  # confirmations that one person may ask for
VALID: Final = timedelta(days=2)


@commands.command("email")
async def email(
    context: Context, address: Annotated[str, "Where your digest comes as well, or `off`"] = ""
) -> Message:
    """Have your digest in your inbox as well.

    A mail asks first whether you want that; every digest can be unsubscribed from with one click.

    Example: `email ada@example.org`
    """
    if context.user.platform == EMAIL:
        raise NotAllowed("An inbox has no inbox.")
    mine = await context.storage.inboxes.of(context.user)
    if not address:
        return await _shown(context, mine)
    if address.strip().lower() == "off":
        return await _ended(context, mine)
    if not context.mails:
        raise BadArguments("No mail is sent from here: whoever runs me sets that up first.")
    wanted = inbox(address)
    if wanted is None:
        raise BadArguments("That is no e-mail address. Write it like `email ada@example.org`.")
    if wanted == mine:
        return await _shown(context, mine)
    await _ask(context, wanted, await _count(context))
    return answer(
        f"I have sent a mail to {wanted.id}: the button in it confirms that your digest may come there. "
        "It works for two days."
    )


@commands.command("versions")
async def versions(
    context: Context, wanted: Annotated[Literal["on", "off"], "Whether you hear of them"]
) -> Message:
    """Hear of new versions of the papers you saved, with your next digest, or no longer.

    Example: `versions on`
    """
    on = wanted == "on"
    await context.storage.shelf.want_versions(context.user, wanted=on)
    undo = Action("Undo", "versions", {"wanted": "off" if on else "on"})
    often = "You hear of new versions of papers you saved." if on else "New versions are no longer told."
    return answer(often, actions=[undo])


@commands.command("email confirm", listed=False)
async def confirm(
    context: Context,
    owner: Annotated[str, "Who asked for it"],
    until: Annotated[str, "How long that holds"],
) -> Message:
    """Confirm that a digest may come to this inbox."""
    _from_an_inbox(context)
    if context.now > datetime.fromisoformat(until):
        raise BadArguments("This link was good for two days only. `email` in the chat sends a new one.")
    storage, whose = context.storage, Address(*json.loads(owner))
    reader = await storage.people.reader(whose)
    await storage.inboxes.open(context.user, whose)
    await storage.people.live_in(context.user, reader.zone, now=context.now)
    schedule = reader.schedule if reader.schedule.at else DAILY
    await storage.people.schedule(context.user, schedule, now=context.now)
    return answer("Thank you. Your next digest comes to this inbox too.")


@commands.command("email stop", listed=False)
async def stop(context: Context) -> Message:
    """Bring nothing to this inbox any more, and forget its address."""
    _from_an_inbox(context)
    await context.storage.workspaces.forget_reader(context.user)
    return answer("You are unsubscribed, and this address is forgotten.")


def _from_an_inbox(context: Context) -> None:
    """Only a signed link in a mail comes from an inbox; people in a chat cannot say so. Raises NotAllowed."""
    if context.user.platform != EMAIL:
        raise NotAllowed("That is for the links in mails. `email <address>` in the chat begins.")


async def _shown(context: Context, mine: Address | None) -> Message:
    if mine is None:
        return answer("Your digest comes to no inbox. `email ada@example.org` would bring it there as well.")
    reader = await context.storage.people.reader(mine)
    closed = f" Nothing could be brought there lately: {reader.closed}." if reader.closed else ""
    off = Action("Turn off", "email", {"address": "off"})
    return answer(f"Digests to {mine.id} {described(reader)}.{closed}", actions=[off])


async def _ended(context: Context, mine: Address | None) -> Message:
    if mine is None:
        return answer("Your digest comes to no inbox.")
    await context.storage.workspaces.forget_reader(mine)
    return answer(f"Nothing comes to {mine.id} any more, and the address is forgotten.")


async def _count(context: Context) -> int:
    """The number that a confirmation which is asked for has today. Raises BadArguments: they were many."""
    today = context.now.date().isoformat()

    def counted(before: str) -> str:
        day, _, count = before.partition(" ")
        return f"{today} {int(count) + 1 if day == today else 1}"

    asked = await context.storage.notes.change(context.user, "inboxes asked for", counted)
    number = int(asked.split()[1])
    if number > MOST_A_DAY:
        raise BadArguments(
            f"I send at most {MOST_A_DAY} such mails a day for one person. Try again tomorrow."
        )
    return number


async def _ask(context: Context, wanted: Address, number: int) -> None:
    """Owe the inbox the question; nothing else comes there before it is answered."""
    storage = context.storage
    if not await storage.people.known([wanted]):
        await storage.people.schedule(wanted, OFF, now=context.now)
    await storage.people.seen(wanted, "", now=context.now)
    user = context.user
    arguments = {
        "owner": json.dumps([user.platform, user.workspace, user.id]),
        "until": (context.now + VALID).isoformat(),
    }
    slot = f"confirm {json.dumps([user.platform, user.workspace, user.id, str(context.now.date()), number])}"
    await storage.outbox.owe([saying(_question(arguments), wanted, slot, context.now)])


def _question(arguments: Mapping[str, str]) -> Message:
    heading = "Shall your digest of new papers come here?"
    told = (
        "Somebody, presumably you, asked for that in their chat. Without an answer nothing comes, and the address "
        "is forgotten in a week."
    )
    row = Actions((Action("Yes, bring it here", "email confirm", arguments, "primary"),))
    return Message(heading, (Heading(heading), Paragraph(marked(told)), row))
