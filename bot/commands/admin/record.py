"""What admins did: to be seen, and taken back."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Final

from bot.commands.wording import answer
from bot.dispatcher import Context, bound
from bot.errors import BadArguments, UserError
from bot.messages import Message, Paragraph, Text, bold, marked, refusal, said
from bot.models import Value
from bot.registry import Command, CommandRegistry
from bot.summary import shortened
from bot.workspaces import Act, Step

commands = CommandRegistry()

SHOWN: Final = 15


@commands.command("admin audit")
async def audit(context: Context) -> Message:
    """See what admins did here lately, and what was tried and not allowed."""
    here = context.workspace
    acts = await context.storage.audit.acts(here.platform, here.name, SHOWN)
    return answer("The last acts, newest first. `admin undo 12` takes number 12 back.", *map(_line, acts))


def declare_undo(commands: CommandRegistry) -> None:
    """Declare `admin undo` among *commands*, which it runs to take things back."""

    @commands.command("admin undo")
    async def undo(context: Context, act: Annotated[int, "Its number in admin audit"]) -> Message:
        """Take back what an admin did.

        Example: `admin undo 12`
        """
        here = context.workspace
        found = await context.storage.audit.act(here.platform, here.name, act)
        if found is None or not found.undo:
            raise BadArguments(f"Number {act} cannot be taken back. `admin audit` lists what was done.")
        steps: list[Step] = []
        one_of_them = replace(context, collected=steps)
        replies = [await _run(one_of_them, commands[name], given) for name, given in found.undo]
        again = [await context.undoable(*steps)] if steps else []
        if len(replies) == 1:
            return replies[0]
        told = [one.text for reply in replies for one in reply.blocks if isinstance(one, Paragraph)]
        return answer(f"Number {act} is taken back.", *told[:SHOWN], actions=again)


async def _run(context: Context, command: Command, given: Mapping[str, Value]) -> Message:
    """Run one step, in the workspace as the steps before have left it. What it cannot do is its answer."""
    here = context.workspace
    now = await context.storage.workspaces.get(here.platform, here.name)
    try:
        return await command.handler(replace(context, workspace=now), **bound(command, given))
    except UserError as mistake:
        return refusal(*marked(str(mistake)))


def _line(act: Act) -> Text:
    given = " ".join(str(value) for value in act.arguments.values())
    who = f"@{act.person}" if act.person else "somebody forgotten"
    denied = "" if act.allowed else ", not allowed"
    back = ", can be undone" if act.undo else ""
    when = f"{act.at:%d %b %H:%M} UTC"
    shown = shortened(f"{act.command} {given}".strip(), 120)
    return said(bold(str(act.id)), f" {when}, {who}: {shown}{denied}{back}")
