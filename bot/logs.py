"""The program's own record: lines of text on a terminal, else JSON Lines. Secrets are taken out on the way."""

import json
import logging
import re
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final, Literal, TextIO
from urllib.parse import quote

_SECRETS = re.compile(
    r"(?P<before>://[^\s/:@]*:)[^\s@]+(?=@)"  # the password in an address
    r"|\bx(?:ox[a-z]|app)-[\w-]+"  # tokens of Slack
    r"|\bwhsec_[\w+/=-]+"  # keys of those who may send digests
    r"|(?P<lead>\bbearer +|\bbot +(?=[\w.~+/=-]{20}))[\w.~+/=-]{8,}"  # tokens in headers
    r"|(?P<named>\b(?:client_secret|refresh_token|access_token|bot_token|token|password)\W{0,3}[=:]\W{0,4})"
    r"[^\s\"'&,}\\]{6,}"  # in forms, addresses and JSON
    r"|(?P<given>[?&](?:code|state)=)[^\s&\"']+"  # of OAuth
    r"|(?P<hook>/(?:webhooks|interactions)/\d+/)[\w.-]+"  # Discord's, which are tokens themselves
    r"|(?P<slack>hooks\.slack\.com/)\S+"
    r"|\b[\w-]{23,28}\.[\w-]{6}\.[\w-]{27,}",  # tokens of Discord
    re.IGNORECASE,
)
_LOUD: Final = ("slack_sdk", "slack_bolt", "discord", "aiohttp", "asyncio")
_LOUDER: Final = (
    "apscheduler",  # two lines a tick
    "sqlalchemy",
    "aiosqlite",
    "asyncpg",
    "alembic",
)  # with INFO they tell statements and values
_SHORTEST: Final = 6  # characters of a secret that is looked for as it is
_KNOWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def redacted(text: str) -> str:
    """*text* with whatever looks like a secret replaced by asterisks."""
    return _SECRETS.sub(_hidden, text)


def _hidden(found: re.Match[str]) -> str:
    """What stood before a secret, and asterisks."""
    return f"{next(filter(None, found.groups()), '')}***"


class Redacted(logging.Formatter):
    """A formatter whose lines are `redacted`, and hold none of *secrets* either, however they came there."""

    def __init__(self, lines: logging.Formatter, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        kept = {secret for secret in secrets if len(secret) >= _SHORTEST}
        written = kept | {json.dumps(secret)[1:-1] for secret in kept} | {quote(secret) for secret in kept}
        longest = sorted(written, key=len, reverse=True)
        self._lines, self._known = lines, re.compile("|".join(map(re.escape, longest)) or r"(?!)")

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        return redacted(self._known.sub("***", self._lines.format(record)))


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **{name: value for name, value in vars(record).items() if name not in _KNOWN},
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def set_up(
    level: str,
    form: Literal["text", "json"] | None = None,
    stream: TextIO | None = None,
    secrets: Iterable[str] = (),
) -> None:
    """Log to *stream* (standard error) from *level* up; without a *form*, text on a terminal and JSON elsewhere.

    Nothing that looks like a secret is written, and none of *secrets*. Libraries that write out whole requests
    are not heard below INFO.
    """
    out = stream or sys.stderr
    text = form == "text" or (form is None and out.isatty())
    lines = logging.StreamHandler(out)
    plain = logging.Formatter("%(levelname)s %(name)s: %(message)s")
    lines.setFormatter(Redacted(plain if text else _Json(), secrets))
    root = logging.getLogger()
    root.handlers[:] = [lines]
    root.setLevel(level.upper())
    for name in _LOUD:
        logging.getLogger(name).setLevel(max(root.level, logging.INFO))
    for name in _LOUDER:
        logging.getLogger(name).setLevel(max(root.level, logging.WARNING))
