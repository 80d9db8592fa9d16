"""Settings from the environment and a `.env` file, under names that begin with DIGESTBOT_."""

import difflib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

from platformdirs import user_data_path
from pydantic import BeforeValidator, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, DotEnvSettingsSource, SettingsConfigDict

from bot.errors import BadSettings

PREFIX = "DIGESTBOT_"
SCHEMES = ("sqlite", "postgresql")


def _lower(given: object) -> object:
    return given.strip().lower() if isinstance(given, str) else given


def _beside_the_person() -> str:
    return f"sqlite:///{user_data_path('digestbot', appauthor=False) / 'digestbot.db'}"


class Settings(BaseSettings):
    """What the operator decides. Make it with `read`, which says every mistake at once."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True, env_ignore_empty=True)

    database_url: str = Field(default_factory=_beside_the_person, repr=False)  # may hold a password
    log_level: Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(_lower)] = "info"
    log_format: Annotated[Literal["text", "json"] | None, BeforeValidator(_lower)] = None  # None: as fits

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        scheme, separator, rest = url.partition("://")
        if scheme not in SCHEMES or not separator or not rest:
            raise ValueError("write sqlite:///path/to/file.db or postgresql://user:password@host/database")
        return url


def read(env_file: Path | None = None) -> Settings:
    """The settings in force: the environment first, then *env_file* (or `.env` where there is one).

    Raises:
        BadSettings: every name and value that cannot be used, each with its cure.
    """
    if env_file is not None and not env_file.is_file():
        raise BadSettings(f"--env-file: there is no file {env_file}")
    file = env_file or Path(".env")
    mistakes = []
    try:
        mistakes = _misspelt([*os.environ, *DotEnvSettingsSource(Settings, env_file=file).env_vars])
        from_file: Any = {"_env_file": file}  # pydantic's own argument, which type checkers do not know
        settings = Settings(**from_file)
    except ValidationError as error:
        mistakes += [_mistake(found["loc"], found["msg"], found.get("ctx", {})) for found in error.errors()]
    except (OSError, UnicodeDecodeError) as error:
        mistakes.append(f"{file}: cannot be read ({error})")
    if mistakes:
        raise BadSettings("\n".join(mistakes))
    return settings


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
