"""The program's own record: lines of text on a terminal, else JSON Lines. Secrets are taken out on the way."""

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Literal, TextIO

_SECRETS = re.compile(
    r"(?P<before>://[^\s/:@]*:)[^\s@]+(?=@)"  # the password in an address
    r"|\bx(?:ox[a-z]|app)-[\w-]+"  # tokens of Slack
    r"|\bwhsec_[\w+/=-]+"  # keys of those who may send digests
    r"|\b[\w-]{23,28}\.[\w-]{6}\.[\w-]{27,}"  # tokens of Discord
)
_KNOWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def redacted(text: str) -> str:
    """*text* with whatever looks like a secret replaced by asterisks."""
    return _SECRETS.sub(lambda found: f"{found['before'] or ''}***", text)


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))


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
        return redacted(json.dumps(line, default=str))


def set_up(level: str, form: Literal["text", "json"] | None = None, stream: TextIO | None = None) -> None:
    """Log to *stream* (standard error) from *level* up; without a *form*, text on a terminal and JSON elsewhere."""
    out = stream or sys.stderr
    text = form == "text" or (form is None and out.isatty())
    lines = logging.StreamHandler(out)
    lines.setFormatter(_Text("%(levelname)s %(name)s: %(message)s") if text else _Json())
    root = logging.getLogger()
    root.handlers[:] = [lines]
    root.setLevel(level.upper())
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it tells of each look at the tables
