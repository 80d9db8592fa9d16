"""Admins' acts go on record before they are done, allowed and denied ones, and each is done once."""

import secrets
from datetime import timedelta
from typing import Final

from bot import permission
from bot.errors import UserError
from bot.interfaces import Storage
from bot.models import Address, Invocation, Now
from bot.registry import Command
from bot.workspaces import Workspace

REPEATED: Final = timedelta(hours=1)
"""Within which a platform may tell of an act again, to another process too."""


class Recorder:
    """Writes acts down, for one process of perhaps several."""

    def __init__(self, storage: Storage, now: Now) -> None:
        self._storage, self._now, self._me = storage, now, secrets.token_hex(8)

    async def __call__(self, command: Command, invocation: Invocation, workspace: Workspace) -> int:
        """The number of the act on record.

        Raises:
            NotAllowed: it may not be done; that is on record too.
            UserError: another process has it already.
        """
        if not await self._first(invocation, workspace):
            raise UserError(
                "I had this once already. `admin audit` shows whether it was done; if not, give it again."
            )
        allowed = permission.may_administer(invocation, workspace)
        act = permission.act_of(invocation, workspace, allowed=allowed, at=self._now())
        number = await self._storage.audit.note(act)
        permission.check(command, invocation, workspace)
        return number

    async def _first(self, invocation: Invocation, workspace: Workspace) -> bool:
        """Whether no other process was told of this act; in ours it may be begun again where it was cut off."""
        if not invocation.id:
            return True
        now, here = self._now(), Address.whole(workspace.platform, workspace.name)
        name = f"admin act {invocation.user.id} {invocation.id}"
        return await self._storage.notes.first(here, name, now=now, until=now + REPEATED, who=self._me)
