"""What admins decided, as a file to keep, to look at, and to bring back: here or in another workspace."""

import json
from dataclasses import asdict
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator

from bot.commands.admin.channels import channels_of
from bot.commands.admin.sourcing import place_of
from bot.dispatcher import Context
from bot.due import zones
from bot.errors import BadArguments
from bot.logs import redacted
from bot.models import Address
from bot.schedules import Schedule
from bot.sources import EVERYWHERE
from bot.summary import shortened
from bot.workspaces import MOST, Style

FORM: Final = 1
"""The version of the form; a newer one is refused."""

MOST_CHANNELS: Final = 500
MOST_TERMS: Final = 1_000

Short = Annotated[str, Field(max_length=100)]
Term = Annotated[str, Field(max_length=MOST.length)]


def _readable(text: str) -> str:
    if text:
        Schedule.read(text)
    return text


When = Annotated[Short, AfterValidator(_readable)]
"""When digests come, as typed; "" as is usual."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ChannelPart(_Part):
    """A channel: what it follows, when its digests come ("" as is usual), and how they look."""

    channel: Short
    follows: tuple[Term, ...] = Field(default=(), max_length=MOST_TERMS)
    schedule: When = ""
    zone: Short = ""
    style: Style = "full"

    @field_validator("zone")
    @classmethod
    def _known(cls, name: str) -> str:
        if name and name.lower() not in zones():
            raise ValueError(f"{name} is no time zone")
        return name


class SourcePart(_Part):
    """A source that is read for new papers."""

    name: Short
    kind: Short
    address: Annotated[str, Field(max_length=2_000)] = ""
    paused: bool = False


class LimitsPart(_Part):
    """The limits, each within what an admin can raise it to."""

    interests: Annotated[int, Field(ge=1, le=MOST.interests)]
    length: Annotated[int, Field(ge=1, le=MOST.length)]
    commands: Annotated[int, Field(ge=1, le=MOST.commands)]
    sources: Annotated[int, Field(ge=1, le=MOST.sources)]
    papers: Annotated[int, Field(ge=1, le=MOST.papers)]


class Snapshot(_Part):
    """All that admins decided. What members follow, keep and think is theirs and not in it."""

    form: Annotated[int, Field(ge=1, le=FORM)] = FORM
    limits: LimitsPart | None = None
    schedule: When = ""
    roles: tuple[Short, ...] = Field(default=(), max_length=50)
    channels: tuple[ChannelPart, ...] = Field(default=(), max_length=MOST_CHANNELS)
    sources: tuple[SourcePart, ...] = Field(default=(), max_length=MOST.sources)
    spellings: tuple[tuple[Short, Short], ...] = Field(default=(), max_length=200)


def read(text: str) -> Snapshot:
    """The snapshot in *text*. Raises BadArguments: what is wrong with it, and where."""
    try:
        return Snapshot.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "the text"
        raise BadArguments(
            f"I cannot read that: {shortened(where, 80)}: {shortened(first['msg'], 120)}. Paste what "
            "`admin export` gave you, from the first { to the last }."
        ) from None


def written(snapshot: Snapshot) -> str:
    """*snapshot* as `read` reads it, in one line."""
    return json.dumps(snapshot.model_dump(mode="json", exclude_defaults=True), ensure_ascii=False)


async def taken(context: Context) -> Snapshot:
    """What is decided in the workspace now. Addresses are without secrets."""
    here = context.workspace
    own = [
        one for one in await context.storage.sources.listed(place_of(context)) if _is_own(context, one.place)
    ]
    return Snapshot(
        limits=LimitsPart(**asdict(here.limits)),
        schedule=here.schedule,
        roles=here.roles,
        channels=tuple([await _channel(context, one) for one in await channels_of(context)]),
        sources=tuple(
            SourcePart(name=one.name, kind=one.kind, address=redacted(one.address), paused=one.paused)
            for one in own
        ),
        spellings=tuple(await context.storage.aliases.pairs(context.home)),
    )


def tables(snapshot: Snapshot) -> dict[str, tuple[tuple[str, ...], list[dict[str, Any]]]]:
    """What of it makes tables: their columns and rows, by name."""
    follows = [
        {"channel": one.channel, "follows": term, "schedule": one.schedule, "style": one.style}
        for one in snapshot.channels
        for term in one.follows or ("",)
    ]
    sources = [one.model_dump() for one in snapshot.sources]
    return {
        "channels": (("channel", "follows", "schedule", "style"), follows),
        "sources": (("name", "kind", "address", "paused"), sources),
    }


def _is_own(context: Context, place: tuple[str, str]) -> bool:
    return place == place_of(context) or (place == EVERYWHERE and not context.workspace.name)


async def _channel(context: Context, address: Address) -> ChannelPart:
    people = context.storage.people
    reader, follows = await people.reader(address), await people.interests(address)
    return ChannelPart(
        channel=address.id,
        follows=tuple(one.typed for one in follows),
        schedule=str(reader.schedule) if reader.decided else "",
        zone=reader.zone if reader.chosen else "",
        style=context.workspace.styles.get(address.id, "full"),
    )
