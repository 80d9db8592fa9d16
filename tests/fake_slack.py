"""Slack in memory: a client whose calls end in a small workspace, and the bodies that people's doings send."""

import asyncio
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack.adapter import Entrance, SlackAdapter
from adapters.slack.api import Pass, SlackApi
from adapters.slack.pages import Stack
from bot.buttons import Buttons
from bot.messages import Message, note
from bot.models import Address, Now
from tests.fakes import KEY, Clock

BUTTONS = Buttons((KEY,))


class FakeNotes:
    """Notes of one process; none ever ends."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, ...], str] = {}
        self.stalled: asyncio.Event | None = None
        self.failures = 0  # how often `first` fails from now on

    async def _ready(self) -> None:
        if self.stalled:
            await self.stalled.wait()

    async def read(self, about: Address, name: str, *, now: datetime | None = None) -> str:
        await self._ready()
        return self.kept.get((about.workspace, about.id, name), "")

    async def each(self, people: Sequence[Address], name: str) -> Sequence[str]:
        return [await self.read(one, name) for one in people]

    async def about(self, about: Address) -> Sequence[tuple[str, str]]:
        """Nobody asks."""
        raise NotImplementedError

    async def write(self, about: Address, notes: Mapping[str, str], *, until: datetime | None = None) -> None:
        await self._ready()
        self.kept |= {(about.workspace, about.id, name): text for name, text in notes.items()}

    async def change(self, about: Address, name: str, change: Callable[[str], str]) -> str:
        text = change(await self.read(about, name))
        await self.write(about, {name: text})
        return text

    async def take(self, about: Address, name: str, *, now: datetime) -> str | None:
        return self.kept.pop((about.workspace, about.id, name), None)

    async def first(
        self, about: Address, name: str, *, now: datetime, until: datetime, who: str = ""
    ) -> bool:
        await self._ready()
        if self.failures:
            self.failures -= 1
            raise ConnectionError
        new = (about.workspace, about.id, name) not in self.kept
        kept = self.kept.setdefault((about.workspace, about.id, name), who)
        return new or (bool(who) and kept == who)


class FakeStorage:
    """As much of a storage as an adapter needs that shows no App Home."""

    def __init__(self) -> None:
        self.notes = FakeNotes()
        self.workspaces = self
        self.forgotten: list[str] = []

    async def forget(self, _platform: str, name: str) -> None:
        self.forgotten.append(name)


class FakeSlack(AsyncWebClient):
    """A workspace T1 with the admin U1 and others; `posts` are by channel, `calls` is all that was asked."""

    def __init__(self) -> None:
        super().__init__(token=None, retry_handlers=[])
        self.posts: dict[str, list[dict[str, Any]]] = {}
        self.threads: dict[str, list[dict[str, Any]]] = {}
        self.whispers: list[dict[str, Any]] = []
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.failures: dict[str, list[Exception | str | None]] = {}
        self.admins = {"U1"}
        self.upload_to = ""
        self._ts = itertools.count(1)

    async def api_call(  # type: ignore[override]  # only what the adapter uses
        self, api_method: str, *, params: dict[str, Any] | None = None, json: dict[str, Any] | None = None
    ) -> AsyncSlackResponse:
        given = dict(params or json or {})
        given.pop("token", None)
        self.calls.append((api_method, given))
        waiting = self.failures.get(api_method)
        failure = waiting.pop(0) if waiting else None
        if isinstance(failure, Exception):
            raise failure
        if failure and failure != "lost":
            raise refusal(failure)
        answer = getattr(self, f"_{api_method.replace('.', '_')}")(given)
        if failure == "lost":
            raise TimeoutError
        return response({"ok": True, **answer})

    def fail(self, method: str, *failures: Exception | str | None) -> None:
        """Let the next calls of *method* fail: by Slack's code, an exception, or "lost" once done; None: they work."""
        self.failures.setdefault(method, []).extend(failures)

    def called(self, method: str) -> list[dict[str, Any]]:
        """What *method* was given, call by call."""
        return [given for name, given in self.calls if name == method]

    def read(self) -> str:
        """All that can be read in posts and whispers."""
        shown = [post for posts in self.posts.values() for post in posts] + self.whispers
        return "\n".join(text for post in shown for text in texts(post.get("blocks") or post["text"]))

    def _auth_test(self, _given: dict[str, Any]) -> dict[str, Any]:
        return {"user_id": "UBOT", "team_id": "T1"}

    def _chat_postMessage(self, given: dict[str, Any]) -> dict[str, Any]:  # noqa: N802  # Slack's name
        ts = f"{1_700_000_000 + next(self._ts)}.000100"
        if "thread_ts" in given:
            self.threads.setdefault(given["thread_ts"], []).append({**given, "ts": ts})
            return {"ts": ts, "channel": given["channel"]}
        self.posts.setdefault(given["channel"], []).insert(0, {**given, "ts": ts})
        return {"ts": ts, "channel": given["channel"]}

    def _chat_postEphemeral(self, given: dict[str, Any]) -> dict[str, Any]:  # noqa: N802  # Slack's name
        self.whispers.append(given)
        return {"message_ts": "1"}

    def _chat_update(self, given: dict[str, Any]) -> dict[str, Any]:
        [post] = [post for post in self.posts[given["channel"]] if post["ts"] == given["ts"]]
        post.update(given)
        return {"ts": given["ts"]}

    def _chat_delete(self, given: dict[str, Any]) -> dict[str, Any]:
        posts = self.posts[given["channel"]]
        self.posts[given["channel"]] = [post for post in posts if post["ts"] != given["ts"]]
        return {"ts": given["ts"]}

    def _conversations_open(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"channel": {"id": f"D{given['users']}"}}

    def _conversations_history(self, given: dict[str, Any]) -> dict[str, Any]:
        start, size = int(given.get("cursor") or 0), int(given["limit"])
        found = self.posts.get(given["channel"], [])
        more = start + size < len(found)
        cursor = {"next_cursor": str(start + size) if more else ""}
        return {"messages": found[start : start + size], "has_more": more, "response_metadata": cursor}

    def _conversations_replies(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"messages": self.threads.get(given["ts"], []), "has_more": False}

    def _conversations_list(self, _given: dict[str, Any]) -> dict[str, Any]:
        return {"channels": [{"id": "CPAPERS01", "name": "papers"}]}

    def _users_info(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"user": {"is_admin": given["user"] in self.admins, "tz": "Europe/Berlin"}}

    def _files_getUploadURLExternal(self, _given: dict[str, Any]) -> dict[str, Any]:  # noqa: N802  # Slack's name
        url = self.upload_to or self.base_url.replace("/api/", "/upload")
        return {"upload_url": url, "file_id": f"F{next(self._ts)}"}

    def _files_completeUploadExternal(self, _given: dict[str, Any]) -> dict[str, Any]:  # noqa: N802  # likewise
        return {"files": []}

    def _chat_unfurl(self, _given: dict[str, Any]) -> dict[str, Any]:
        return {}

    def _files_info(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"file": {"id": given["file"], "mimetype": "image/png"}}

    def _views_publish(self, _given: dict[str, Any]) -> dict[str, Any]:
        return {}

    _views_open = _views_update = _views_push = _views_publish


def refusal(code: str, status: int = 200, headers: Mapping[str, str] | None = None) -> SlackApiError:
    """What the library raises when Slack says no."""
    return SlackApiError(code, response({"ok": False, "error": code}, status, headers))  # type: ignore[no-untyped-call]  # the library has no types there


def response(
    data: dict[str, Any], status: int = 200, headers: Mapping[str, str] | None = None
) -> AsyncSlackResponse:
    client = AsyncWebClient()
    return AsyncSlackResponse(
        client=client,
        http_verb="POST",
        api_url="",
        req_args={},
        data=data,
        headers=dict(headers or {}),
        status_code=status,
    )


def texts(node: object) -> Iterator[str]:
    """All text in blocks."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        if isinstance(node.get("text"), str):
            yield node["text"]
        for part in node.values():
            yield from texts(part) if isinstance(part, dict | list) else ()
    elif isinstance(node, list):
        for part in node:
            yield from texts(part)


_numbers = itertools.count(1)


def slash(text: str, user: str = "U1", channel: str = "CLAB00001", **more: Any) -> dict[str, Any]:
    """What Slack sends for `/papers text`."""
    return {
        "command": "/papers",
        "text": text,
        "team_id": "T1",
        "user_id": user,
        "channel_id": channel,
        "trigger_id": f"trigger-{next(_numbers)}",
        **more,
    }


def press(
    value: str, user: str = "U1", channel: str = "CLAB00001", post: dict[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    """What Slack sends when somebody presses the button that says *value*."""
    rows = [row for row in (post or {}).get("blocks", ()) if row["type"] == "actions"]
    pressed = next(
        (one for row in rows for one in row["elements"] if one["value"] == value), {"action_id": "press-0"}
    )
    return {
        "type": "block_actions",
        "team": {"id": "T1"},
        "user": {"id": user, "team_id": "T1"},
        "channel": {"id": channel},
        "container": {"type": "message", "is_ephemeral": False},
        "message": post,
        "trigger_id": f"trigger-{next(_numbers)}",
        "actions": [{"type": "button", "action_id": pressed["action_id"], "value": value}],
        **more,
    }


def event(kind: str, *, id_: str = "", **more: Any) -> dict[str, Any]:
    """What Slack sends when something has happened."""
    told = {"type": kind, **more}
    return {
        "type": "event_callback",
        "team_id": "T1",
        "event_id": id_ or f"Ev{next(_numbers)}",
        "event": told,
    }


class Passes:
    """Every workspace has let us in, but those that are *shut*."""

    def __init__(self) -> None:
        self.shut: set[str] = set()

    async def __call__(self, workspace: str) -> Pass | None:
        return None if workspace in self.shut else Pass("xoxb-test", "UBOT")

    async def belongs(self, workspace: str, organisation: str) -> None:
        pass

    async def covered(self, workspace: str, organisation: str) -> Sequence[str]:
        return (workspace,)


def an_adapter(
    slack: FakeSlack,
    storage: Any = None,
    entrance: Entrance | None = None,
    api: SlackApi | None = None,
    clock: Now | None = None,
) -> SlackAdapter:
    """An adapter whose Slack is in memory."""
    clock = clock or Clock()
    kept: Any = storage or FakeStorage()
    stack = Stack(BUTTONS, kept.notes, clock)
    entrance = entrance or Entrance(again=(0.0,) * 3)
    return SlackAdapter(api or SlackApi(slack, Passes()), kept, stack, entrance, handed, clock)


async def handed(_user: Address, content: bytes) -> Message:
    """Takes any file in."""
    return note(f"{len(content)} bytes were handed over")
