"""What tells that the app was thrown out somewhere (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.slack.asking import workspace


@dataclass(frozen=True, slots=True)
class Left:
    """A workspace that threw the app out; with *whole*, so did all that came with the same installation."""

    workspace: str
    organisation: str = ""
    whole: bool = True
    at: float = 0.0  # when, in seconds since 1970; 0 where Slack does not say


def left(body: Mapping[str, Any]) -> Sequence[Left]:
    """The workspaces that threw the app out, if *body* tells of that."""
    event = body.get("event") or {}
    at = float(body.get("event_time") or 0)
    one = Left(workspace(body).workspace, str(body.get("enterprise_id") or ""), at=at)
    match event.get("type"):
        case "app_uninstalled":
            return (one,)
        case "tokens_revoked" if (event.get("tokens") or {}).get("bot"):
            return (one,)
        case "team_access_revoked":
            return [Left(str(team), whole=False, at=at) for team in event.get("team_ids") or ()]
    return ()
