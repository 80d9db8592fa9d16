"""What somebody did on Discord, out of what it sends (pure)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from adapters.discord.declaring import ADMIN_GROUP, LIKE_THIS
from adapters.discord.sending import NAME
from bot.models import Address, Value

Kind = Literal["command", "menu", "press", "suggest", "form"]

_KINDS: Final[dict[int, Kind]] = {2: "command", 3: "press", 4: "suggest", 5: "form"}
_MAY: Final = 1 << 5 | 1 << 3  # manage the server, or administrator
MOST_WORDS: Final = 4_000  # characters of a message for which papers like it are looked for


@dataclass(frozen=True, slots=True)
class Act:
    """A command, a pressed button, a filled form, or somebody typing."""

    kind: Kind
    id: str
    token: str
    application: str
    user: Address
    place: Address
    admin: bool = False
    roles: frozenset[str] = frozenset()
    command: str = ""
    arguments: Mapping[str, Value] = field(default_factory=dict)
    focused: str = ""  # the option that is being typed
    pressed: str = ""  # the button's custom_id, or the value chosen in a menu
    message: Mapping[str, Any] = field(default_factory=dict)  # that the button stands on
    resolved: frozenset[str] = (
        frozenset()
    )  # channels among the arguments that Discord knows to be the server's
    direct: str = ""  # the channel, where it is the bot's conversation with the person

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Act | None":
        """What *told*, an interaction, means; None for a kind we do not know."""
        kind = _KINDS.get(told["type"])
        if kind is None:
            return None
        member = told.get("member") or {}
        person = str((told.get("user") or member["user"])["id"])
        guild, channel = str(told.get("guild_id") or ""), _where(told)
        user = Address(NAME, "", person)
        in_guild = Address(NAME, guild, channel, "channel") if guild else user
        data = told.get("data") or {}
        if kind == "command" and data.get("type") == 3:
            kind = "menu"
        return cls(
            kind=kind,
            id=str(told["id"]),
            token=str(told["token"]),
            application=str(told["application_id"]),
            user=user,
            place=in_guild,
            admin=bool(guild) and bool(int(member.get("permissions") or 0) & _MAY),
            roles=frozenset(map(str, member.get("roles") or ())),
            message=told.get("message") or {},
            direct=channel if told.get("context") == 1 and not guild else "",
            **_said(kind, data),
        )


def _where(told: Mapping[str, Any]) -> str:
    """The channel; of a thread the one that it belongs to, which is who follows and gets digests."""
    channel = told.get("channel") or {}
    thread = channel.get("type") in {10, 11, 12} and channel.get("parent_id")
    return str(thread or told.get("channel_id") or "")


def _said(kind: Kind, given: Mapping[str, Any]) -> dict[str, Any]:
    match kind:
        case "press":
            values = given.get("values") or ()
            return {"pressed": str(values[0] if values else given["custom_id"])}
        case "form":
            return {
                "pressed": str(given["custom_id"]),
                "arguments": dict(_fields(given.get("components", ()))),
            }
        case "menu":
            return {"command": "like", "arguments": {"text": _words(given)}}
        case _:
            return _command(given)


def _command(given: Mapping[str, Any]) -> dict[str, Any]:
    words = ["admin"] if given["name"] == ADMIN_GROUP else []
    options: Sequence[Mapping[str, Any]] = given.get("options") or ()
    while options and options[0]["type"] in {1, 2}:
        words.append(options[0]["name"])
        options = options[0].get("options") or ()
    focused = next((str(option["name"]) for option in options if option.get("focused")), "")
    values = {str(option["name"]): option["value"] for option in options}
    resolved = frozenset(map(str, (given.get("resolved") or {}).get("channels") or ()))
    return {"command": " ".join(words), "arguments": values, "focused": focused, "resolved": resolved}


def _fields(components: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for part in components:
        inner = part.get("component") or part
        if "value" in inner:
            yield str(inner["custom_id"]), str(inner["value"])
        yield from _fields(part.get("components") or ())


def _words(given: Mapping[str, Any]) -> str:
    """What the message says that the menu was opened on."""
    resolved = (given.get("resolved") or {}).get("messages") or {}
    message = resolved.get(str(given.get("target_id"))) or {}
    return " ".join(_texts(message))[:MOST_WORDS].strip() or LIKE_THIS


def _texts(message: Mapping[str, Any]) -> Iterator[str]:
    yield str(message.get("content") or "")
    for embed in message.get("embeds") or ():
        yield f"{embed.get('title') or ''} {embed.get('description') or ''}"
    for component in message.get("components") or ():
        yield from _texts(component)
