"""Slack's errors, and the network's, as what they mean for a post (pure)."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final, cast

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.errors import (
    Disconnected,
    NotPosted,
    RateLimited,
    SendError,
    Unavailable,
    Unreachable,
    Unsayable,
)

TROUBLE: Final = (SlackApiError, aiohttp.ClientError, asyncio.TimeoutError, OSError)
"""What a call to Slack can raise."""

PATIENCE: Final = 30.0  # seconds to wait where Slack does not say how long

_WAIT: Final = frozenset("ratelimited rate_limited message_limit_exceeded".split())
_CLOSED: Final = frozenset(
    """channel_not_found is_archived not_in_channel restricted_action restricted_action_read_only_channel
    restricted_action_thread_only_channel restricted_action_non_threadable_channel messages_tab_disabled
    cannot_dm_bot user_not_found user_disabled users_not_found user_not_visible no_permission
    ekm_access_denied""".split()
)
_SHUT: Final = frozenset(
    """token_revoked token_expired account_inactive invalid_auth not_authed missing_scope
    not_allowed_token_type no_such_team""".split()
)
_OURS: Final = frozenset(
    """invalid_blocks invalid_blocks_format msg_too_long msg_blocks_too_long no_text too_many_attachments
    metadata_too_large metadata_must_be_sent_from_app invalid_metadata_format invalid_metadata_schema
    invalid_arguments invalid_arg_name invalid_array_arg invalid_charset invalid_form_data
    invalid_post_type""".split()
)
_UNCLEAR: Final = frozenset("internal_error fatal_error service_unavailable request_timeout".split())


def code(error: Exception) -> str:
    """Slack's name for what went wrong, or "" when it was not Slack that said so."""
    return str(_answer(error).get("error", "")) if isinstance(error, SlackApiError) else ""


def sorted_out(error: Exception) -> SendError:
    """What *error* means for the post that met it."""
    if isinstance(error, SlackApiError):
        return _said(error)
    if isinstance(error, aiohttp.ClientConnectorError):  # not a byte went out
        return NotPosted(f"Slack could not be reached: {type(error).__name__}")
    return Unavailable(f"Slack gave no clear answer: {type(error).__name__}")


def _said(error: SlackApiError) -> SendError:
    name, status = code(error), int(getattr(error.response, "status_code", 0) or 0)
    if name in _WAIT or status == 429:
        return RateLimited(_pause(error))
    if name in _UNCLEAR or status >= 500 or not name:
        return Unavailable(f"Slack gave no clear answer: {name or status}")
    if name in _CLOSED:
        return Unreachable(f"Slack takes no messages there: {name}")
    if name in _SHUT:
        return Disconnected(f"Slack shuts us out: {name}")
    if name in _OURS:
        return Unsayable(f"Slack does not take this message: {name}")
    return NotPosted(f"Slack refused the post: {name}")


def _pause(error: SlackApiError) -> float:
    headers = cast("Mapping[str, Any]", getattr(error.response, "headers", None) or {})
    told = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    text = str(told[0] if isinstance(told, list) and told else told)
    return float(text) if text.isascii() and text.isdigit() else PATIENCE


def _answer(error: SlackApiError) -> Mapping[str, Any]:
    found = getattr(error.response, "data", error.response)
    return found if isinstance(found, dict) else {}
