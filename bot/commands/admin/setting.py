"""What admins decide for the whole workspace: limits, who else may administer, and rest."""

from dataclasses import asdict, replace
from typing import Annotated, Final, Literal

from bot.commands.admin.channels import Sure
from bot.commands.mentions import known_to, person
from bot.commands.wording import answer
from bot.dispatcher import Context
from bot.errors import BadArguments, NotAllowed
from bot.messages import Action, Message, bold, said
from bot.registry import CommandRegistry
from bot.workspaces import MOST, Limits

commands = CommandRegistry()

MOST_ROLES: Final = 50

Limit = Literal["interests", "length", "commands", "sources", "papers"]
MEANINGS: Final[dict[Limit, str]] = {
    "interests": "interests of a person or channel",
    "length": "characters of an interest",
    "commands": "commands of a person in a minute",
    "sources": "sources of the workspace",
    "papers": "papers in one post of a digest (cards: at most 10)",
}


@commands.command("admin limits")
async def limits(
    context: Context,
    limit: Annotated[Limit, "Which limit to change"] = "",  # type: ignore[assignment]  # "" shows them all
    most: Annotated[int, "The most that is allowed"] = 0,
) -> Message:
    """See how much everyone may ask for, or change one of the limits.

    Example: `admin limits interests 200`
    """
    now = asdict(context.workspace.limits)
    if not limit:
        lines = [said(bold(name), f" {now[name]:,}: {MEANINGS[name]}") for name in MEANINGS]
        return answer("These are the limits. `admin limits interests 200` changes one.", *lines)
    highest = asdict(MOST)[limit]
    if not 1 <= most <= highest:
        raise BadArguments(
            f"Write a number from 1 to {highest:,}, for example `admin limits {limit} {now[limit]}`."
        )
    undo = await context.undoable(("admin limits", {"limit": limit, "most": now[limit]}))
    changed = Limits(**{**now, limit: most})
    await context.storage.workspaces.keep(replace(context.workspace, limits=changed))
    return answer(
        f"From now on at most {most:,} {MEANINGS[limit]}; before it were {now[limit]:,}.", actions=[undo]
    )


@commands.command("admin roles add")
async def add_role(context: Context, who: Annotated[str, "A person or a role, such as @ana"]) -> Message:
    """Let somebody, or everybody with a role, administer me.

    Example: `admin roles add @ana`
    """
    check_chief(context)
    id_, roles = known_to(context.user.platform, who), context.workspace.roles
    if id_ == context.workspace.name:  # as Discord numbers the role that everybody has
        raise BadArguments("Everybody is too many: name a person or another role.")
    if id_ in roles:
        return answer(f"@{id_} may administer already. `admin roles list` shows all.")
    if len(roles) >= MOST_ROLES:
        raise BadArguments(f"{MOST_ROLES} people and roles are enough: `admin roles remove` one first.")
    undo = await context.undoable(("admin roles remove", {"who": id_, "sure": True}))
    await context.storage.workspaces.keep(replace(context.workspace, roles=(*roles, id_)))
    return answer(said(bold(f"@{id_}"), " may administer me from now on."), actions=[undo])


@commands.command("admin roles remove")
async def remove_role(
    context: Context,
    who: Annotated[str, "A person or a role, such as @ana"],
    sure: Sure = False,  # noqa: FBT002  # an option as people give it
) -> Message:
    """Let somebody, or everybody with a role, administer me no longer.

    Example: `admin roles remove @ana`
    """
    check_chief(context)
    id_, roles = person(who), context.workspace.roles
    if id_ not in roles:
        raise BadArguments(f"@{id_} is not on the list. `admin roles list` shows who is.")
    if not sure:
        yes = Action("Remove", "admin roles remove", {"who": id_, "sure": True}, "danger")
        return answer(f"Shall @{id_} administer me no longer?", actions=[yes])
    undo = await context.undoable(("admin roles add", {"who": id_}))
    left = tuple(role for role in roles if role != id_)
    await context.storage.workspaces.keep(replace(context.workspace, roles=left))
    return answer(said(bold(f"@{id_}"), " administers me no longer, beginning now."), actions=[undo])


@commands.command("admin roles list")
async def list_roles(context: Context) -> Message:
    """See who may administer me."""
    named = ", ".join(f"@{role}" for role in context.workspace.roles)
    more = f", and also: {named}." if named else ". `admin roles add @ana` lets others."
    return answer(f"The admins of this workspace may administer me{more}")


@commands.command("admin pause-all")
async def pause_all(context: Context, sure: Sure = False) -> Message:  # noqa: FBT002  # an option as people give it
    """Send nothing to anybody in this workspace until you resume."""
    if context.workspace.paused:
        resume = Action("Resume", "admin resume-all")
        return answer("Everything rests already. `admin resume-all` ends that.", actions=[resume])
    if not sure:
        yes = Action("Pause everything", "admin pause-all", {"sure": True}, "danger")
        return answer("Shall nobody in this workspace get digests, until you resume?", actions=[yes])
    undo = await context.undoable(("admin resume-all", {}))
    await context.storage.workspaces.keep(replace(context.workspace, paused=True))
    return answer("Nothing is sent in this workspace now. What falls due waits.", actions=[undo])


@commands.command("admin resume-all")
async def resume_all(context: Context) -> Message:
    """Go on sending after `admin pause-all`."""
    if not context.workspace.paused:
        return answer("Nothing rests here: digests are sent as they fall due.")
    undo = await context.undoable(("admin pause-all", {"sure": True}))
    await context.storage.workspaces.keep(replace(context.workspace, paused=False))
    return answer("Digests are sent again, and what fell due meanwhile goes out now.", actions=[undo])


def check_chief(context: Context) -> None:
    """Whoever was let in by a name does not let others in. Raises NotAllowed."""
    if not context.chief:
        raise NotAllowed(
            "Who may administer is decided by the admins of the workspace itself. Ask one of them."
        )
