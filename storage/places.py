"""Tables of workspaces: what admins decided and did, and what people share."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from bot import workspaces
from bot.workspaces import Limits
from storage.columns import JSON, Key, Row, Table, Text, UtcDateTime, numbered


class Workspace(Table, table=True):
    """What the admins of a workspace decided."""

    __tablename__ = "workspace"
    __table_args__ = numbered(sa.UniqueConstraint("platform", "workspace"))

    id: int = Field(default=None, primary_key=True)
    platform: str = Field(sa_type=Text)
    workspace: str = Field(sa_type=Text)
    limits: dict[str, Any] = Field(sa_type=JSON)
    schedule: str = Field(sa_type=Text)
    roles: list[str] = Field(sa_type=JSON)
    paused: bool
    styles: dict[str, Any] = Field(sa_type=JSON)

    @staticmethod
    def of(workspace: workspaces.Workspace) -> Row:
        """What is known of it."""
        return {
            "platform": workspace.platform,
            "workspace": workspace.name,
            "limits": asdict(workspace.limits),
            "schedule": workspace.schedule,
            "roles": list(workspace.roles),
            "paused": workspace.paused,
            "styles": dict(workspace.styles),
        }

    def value(self) -> workspaces.Workspace:
        """The workspace; limits that this version does not know are left out."""
        limits = Limits(**{name: self.limits[name] for name in asdict(Limits()) if name in self.limits})
        return workspaces.Workspace(
            self.platform, self.workspace, limits, self.schedule, tuple(self.roles), self.paused, self.styles
        )


class Act(Table, table=True):
    """What somebody did or tried to do as an admin."""

    __tablename__ = "act"
    __table_args__ = numbered(sa.Index(None, "platform", "workspace"), sa.Index(None, "at"))

    id: int = Field(default=None, primary_key=True)
    platform: str = Field(sa_type=Text)
    workspace: str = Field(sa_type=Text)
    person: str = Field(sa_type=Text)  # "" once they are forgotten
    command: str = Field(sa_type=Text)
    arguments: dict[str, Any] = Field(sa_type=JSON)
    allowed: bool
    at: datetime = Field(sa_type=UtcDateTime)
    undo: list[Any] | None = Field(default=None, sa_type=JSON)  # commands with their arguments

    @staticmethod
    def of(act: workspaces.Act) -> Row:
        """The act."""
        row = {name: getattr(act, name) for name in ("platform", "workspace", "person", "command")}
        return {**row, "arguments": dict(act.arguments), "allowed": act.allowed, "at": act.at}

    def value(self) -> workspaces.Act:
        """The act."""
        undo = tuple((command, arguments) for command, arguments in self.undo or ())
        return workspaces.Act(
            self.platform,
            self.workspace,
            self.person,
            self.command,
            self.arguments,
            self.allowed,
            self.at,
            self.id,
            undo,
        )


class TeamList(Table, table=True):
    """Interests under a name, for a workspace to share."""

    __tablename__ = "team_list"
    __table_args__ = numbered(sa.UniqueConstraint("platform", "workspace", "name"))

    id: int = Field(default=None, primary_key=True)
    platform: str = Field(sa_type=Text)
    workspace: str = Field(sa_type=Text)
    name: str = Field(sa_type=Key)
    terms: list[str] = Field(sa_type=JSON)
    person: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=UtcDateTime)

    def value(self) -> workspaces.TeamList:
        """The list."""
        return workspaces.TeamList(self.platform, self.workspace, self.name, tuple(self.terms), self.person)
