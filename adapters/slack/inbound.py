"""What comes to `POST /slack/events`: held against its signature before anything else looks at it."""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qs

from bot.models import Now

WINDOW: Final = 300  # seconds that a request may be older or newer than our clock
MOST_BODY: Final = 1_000_000  # bytes

_TIME: Final = re.compile(r"[0-9]{10}", re.ASCII)
_SIGNATURE: Final = re.compile(r"v0=[0-9a-f]{64}", re.ASCII)


def genuine(headers: Mapping[str, str], body: bytes, secret: bytes, now: Now) -> bool:
    """Whether Slack signed *body* just now. Headers may hold anything: none raises."""
    time = headers.get("X-Slack-Request-Timestamp", "")
    signature = headers.get("X-Slack-Signature", "")
    if len(body) > MOST_BODY or not _TIME.fullmatch(time) or not _SIGNATURE.fullmatch(signature):
        return False
    if abs(now().timestamp() - int(time)) > WINDOW:
        return False
    expected = hmac.digest(secret, b"v0:%s:%s" % (time.encode(), body), hashlib.sha256).hex()
    return hmac.compare_digest(signature.encode(), f"v0={expected}".encode())


def told(body: bytes, kind: str) -> Mapping[str, Any] | None:
    """What a body of this content type tells, or None when it cannot be read."""
    try:
        text = body.decode()
        if kind == "application/json":
            found = json.loads(text)
        else:
            form = {name: values[0] for name, values in parse_qs(text, keep_blank_values=True).items()}
            found = json.loads(form["payload"]) if "payload" in form else form
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
