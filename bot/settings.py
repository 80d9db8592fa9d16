"""Settings from the environment and a `.env` file, under names that begin with DIGESTBOT_."""

import difflib
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_args

from platformdirs import user_data_path
from pydantic import BeforeValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, DotEnvSettingsSource, NoDecode, SettingsConfigDict

from bot.errors import BadSettings

PREFIX = "DIGESTBOT_"
SCHEMES = ("sqlite", "postgresql")

Role = Literal["chat", "web", "worker", "clock"]
_PASSWORD = re.compile(r"(://[^\s/:@]*:)[^\s@]+(@)")

ROLES: Final[tuple[Role, ...]] = get_args(Role)
"""What a process can do: answer people, serve HTTP, deliver, and watch the time. Any number may do each."""


def _lower(given: object) -> object:
    return given.strip().lower() if isinstance(given, str) else given


def _address(given: object) -> object:
    if isinstance(given, str) and given and not re.fullmatch(r"https?://[^\s/]+(/\S*)?", given):
        raise ValueError("write an address that begins with https:// or http://")
    return given


def _ingest_keys(given: object) -> object:
    """`source=whsec_…,source=whsec_…` by source; one that stands twice has two keys."""
    if not isinstance(given, str):
        return given
    found: dict[str, tuple[SecretStr, ...]] = {}
    for part in filter(None, map(str.strip, given.split(","))):
        source, _, key = part.partition("=")
        if not re.fullmatch(r"[\w.-]+", source) or not key.startswith("whsec_"):
            raise ValueError("write source=whsec_…, and several with commas")
        found[source] = (*found.get(source, ()), SecretStr(key))
    return found


def _roles(given: object) -> object:
    return frozenset(filter(None, re.split(r"[\s,]+", given.lower()))) if isinstance(given, str) else given


def _beside_the_person() -> str:
    return f"sqlite:///{user_data_path('digestbot', appauthor=False) / 'digestbot.db'}"


class Settings(BaseSettings):
    """What the operator decides. Make it with `read`, which says every mistake at once."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="ignore", frozen=True, env_ignore_empty=True, use_attribute_docstrings=True
    )

    database_url: str = Field(default_factory=_beside_the_person, repr=False)  # may hold a password
    """Where everything is kept: sqlite:///path/to/file.db or postgresql://user:password@host/database."""
    secret_key: SecretStr | None = None
    """Seals tokens and signs links; made and kept beside the SQLite file when not given."""

    slack_bot_token: SecretStr | None = None
    """The bot's token for one Slack workspace, xoxb-…"""
    slack_app_token: SecretStr | None = None
    """Slack's app-level token, xapp-…: with it Socket Mode, without it HTTP."""
    slack_signing_secret: SecretStr | None = None
    """What Slack signs its requests with, where they come over HTTP."""
    slack_client_id: str = ""
    """For many Slack workspaces over OAuth: the app's client id."""
    slack_client_secret: SecretStr | None = None
    """For many Slack workspaces over OAuth: the app's client secret."""
    slack_api_url: Annotated[str, BeforeValidator(_address)] = "https://slack.com/api/"
    """Where Slack's Web API is."""

    discord_token: SecretStr | None = None
    """The token of the Discord bot."""
    discord_api_url: Annotated[str, BeforeValidator(_address)] = "https://discord.com/api/v10"
    """Where Discord's REST is, with its version."""
    discord_gateway_url: str = ""
    """Where Discord's gateway is; asked from REST when not given."""
    discord_look: Annotated[Literal["components", "embeds"], BeforeValidator(_lower)] = "components"
    """How posts look on Discord: components, or the classic embeds."""
    discord_shards: Annotated[int, Field(ge=0, le=10_000)] = 0
    """Into how many shards the connection to Discord is parted; 0: as many as Discord advises."""

    smtp_url: SecretStr | None = None
    """Where mail is handed over: smtp://user:password@host:587 (STARTTLS), or smtps://… for TLS at once."""
    mail_from: str = ""
    """Who digests by e-mail come from: Papers <papers@example.org>."""

    web_host: str = "127.0.0.1"
    """On which address of this machine our HTTP server listens."""
    web_port: Annotated[int, Field(ge=0, le=65535)] = 8080
    """On which port our HTTP server listens."""
    public_url: Annotated[str, BeforeValidator(_address)] = ""
    """How our HTTP server is reached from outside, https://…"""
    ingest_keys: Annotated[Mapping[str, tuple[SecretStr, ...]], NoDecode, BeforeValidator(_ingest_keys)] = (
        Field(default_factory=dict)
    )
    """Who may POST /digests/{source}: source=whsec_…, with commas; two keys for one source while rotating."""
    contact: str = ""
    """An address told to the places that are read, so that they can write to whoever runs this."""
    huggingface_token: SecretStr | None = None
    """Raises how often Hugging Face may be asked; works without."""
    semanticscholar_key: SecretStr | None = None
    """Raises how often Semantic Scholar may be asked; works without."""
    mailbox_password: SecretStr | None = None
    """The password of mailboxes that are read."""
    roles: Annotated[frozenset[Role], NoDecode, BeforeValidator(_roles)] = frozenset(ROLES)
    """What this process does: of chat, web, worker, clock."""

    log_level: Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(_lower)] = "info"
    """How much is logged: debug, info, warning or error."""
    log_format: Annotated[Literal["text", "json"] | None, BeforeValidator(_lower)] = None
    """How it is logged: text or json; when not given, text on a terminal and json elsewhere."""

    traces: Annotated[Literal["off", "otlp"], BeforeValidator(_lower)] = "off"
    """Whether traces go by OTLP to where OTEL_EXPORTER_OTLP_ENDPOINT says: off or otlp; needs the extra otel."""

    @property
    def source_secrets(self) -> dict[str, str]:
        """What opens sources, by the name each kind knows it by."""
        given = {
            "huggingface": self.huggingface_token,
            "semanticscholar": self.semanticscholar_key,
            "mailbox": self.mailbox_password,
        }
        return {name: secret.get_secret_value() for name, secret in given.items() if secret}

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        scheme, separator, rest = url.partition("://")
        if scheme not in SCHEMES or not separator or not rest:
            raise ValueError("write sqlite:///path/to/file.db or postgresql://user:password@host/database")
        return url

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret there is, to be kept out of what is written."""
        several = [key for keys in self.ingest_keys.values() for key in keys]
        named = [getattr(self, name) for name in type(self).model_fields]
        found = [value for value in (*named, *several) if isinstance(value, SecretStr)]
        return tuple(part for one in found for part in one.get_secret_value().split(",") if part.strip())


def read(env_file: Path | None = None, **given: str) -> Settings:
    """The settings in force: what is *given*, then the environment, then *env_file* (or `.env` where there is one).

    Raises:
        BadSettings: every name and value that cannot be used, each with its cure.
    """
    if env_file is not None and not env_file.is_file():
        raise BadSettings(f"--env-file: there is no file {env_file}")
    file = env_file or Path(".env")
    mistakes = []
    try:
        mistakes = _misspelt([*os.environ, *DotEnvSettingsSource(Settings, env_file=file).env_vars])
        # `_env_file` is pydantic's own argument, which type checkers do not know.
        sources: Any = {"_env_file": file, **{name: value for name, value in given.items() if value}}
        settings = Settings(**sources)
    except ValidationError as error:
        mistakes += [_mistake(found["loc"], found["msg"], found.get("ctx", {})) for found in error.errors()]
    except (OSError, UnicodeDecodeError) as error:
        mistakes.append(f"{file}: cannot be read ({error})")
    if mistakes:
        raise BadSettings("\n".join(mistakes))
    return settings


@dataclass(frozen=True, slots=True)
class Explained:
    """One setting, as people may see it: secrets are only said to be set."""

    name: str
    value: str
    origin: str  # the environment, a file, the default
    meaning: str


def explained(settings: Settings, env_file: Path | None = None) -> Sequence[Explained]:
    """Every setting in force, in the order of the class, and where each comes from."""
    file = env_file or Path(".env")
    written = {
        name.upper()
        for name, value in DotEnvSettingsSource(Settings, env_file=file).env_vars.items()
        if value
    }
    present = {name.upper() for name, value in os.environ.items() if value}
    origins = ((present, "environment"), (written, str(file)))
    return [
        Explained(
            name := f"{PREFIX}{field.upper()}",
            _shown(getattr(settings, field)),
            next((origin for names, origin in origins if name in names), "default"),
            known.description or "",
        )
        for field, known in Settings.model_fields.items()
    ]


def _shown(value: object) -> str:
    match value:
        case SecretStr():
            return "(set, hidden)"
        case Mapping():
            return ", ".join(f"{name} ({len(keys)} hidden)" for name, keys in sorted(value.items()))
        case frozenset():
            return ", ".join(sorted(value))
        case None:
            return ""
    return _PASSWORD.sub(r"\1***\2", str(value))


def _mistake(place: tuple[int | str, ...], message: str, context: dict[str, Any]) -> str:
    """One line on one setting. The value itself is never repeated: it may be a secret."""
    cure = f"write {context['expected']}" if "expected" in context else message.removeprefix("Value error, ")
    return f"{PREFIX}{str(place[0]).upper()}: {cure}"


def _misspelt(names: Iterable[str]) -> list[str]:
    """A line on each name that is nearly a setting; others with our prefix may belong to somebody else."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    given = sorted({name.upper() for name in names} - known)
    return [
        f"{name}: there is no such setting; did you mean {close[0]}?"
        for name in given
        if name.startswith(PREFIX) and (close := difflib.get_close_matches(name, known, 1, 0.85))
    ]
