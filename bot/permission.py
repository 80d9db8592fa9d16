"""Who may give an admin command (pure): the platform's admins, and those whom they named."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from bot.errors import NotAllowed
from bot.logs import redacted
from bot.models import Invocation, Value
from bot.registry import Command
from bot.workspaces import Act, Workspace

LONGEST: Final = 500  # characters of an argument that stand on record


def may_administer(invocation: Invocation, workspace: Workspace) -> bool:
    """Whether the person may administer *workspace*.

    What the platform says of them is as fresh as the invocation, and names count from the moment they are
    given to the moment they are taken. Outside of a workspace, as in a direct message of Discord, no name counts.
    """
    named = {invocation.user.id, *invocation.roles} & set(workspace.roles)
    return invocation.admin or bool(workspace.name and named)


def check(command: Command, invocation: Invocation, workspace: Workspace) -> None:
    """See that *invocation* may run *command* in *workspace*. Raises NotAllowed."""
    if command.admin and not may_administer(invocation, workspace):
        raise NotAllowed(
            f"`{command.name}` is for those who look after this workspace. Ask one of its admins; "
            "they can let you do it with `admin roles add`."
        )


def act_of(invocation: Invocation, workspace: Workspace, *, allowed: bool, at: datetime) -> Act:
    """What goes on record: who gave what command where, without anything that looks like a secret."""
    where = workspace.platform, workspace.name, invocation.user.id
    return Act(*where, invocation.command, _recorded(invocation.arguments), allowed, at)


def _recorded(arguments: Mapping[str, Value]) -> dict[str, Value]:
    return {
        name: redacted(value)[:LONGEST] if isinstance(value, str) else value
        for name, value in arguments.items()
    }
