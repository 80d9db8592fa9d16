"""Whatever stands in the headers of a request that Slack did not sign, it is refused, and breaks nothing."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from adapters.slack import inbound
from adapters.slack.adapter import Entrance
from bot.messages import Message, note
from bot.models import Invocation, Now
from bot.registry import CommandRegistry
from tests.fake_slack import FakeSlack, an_adapter
from tests.slack.door import SECRET, Caller, a_door, present, strange_headers
from tests.slack_visitor import signed

BODY = b"command=/papers&text=help&team_id=T1&user_id=U1&channel_id=C1"
CALLERS = 8


async def statuses(count: int) -> tuple[Counter[int], int]:
    """How often each status came of so many strange requests, and how many were let in."""
    taken = 0

    async def dispatch(_: Invocation) -> Message:
        return note("Certainly.")

    begun = present()  # with which the true times stay fresh, however long this takes
    adapter = an_adapter(FakeSlack(), entrance=Entrance(SECRET), clock=lambda: begun)
    take = adapter.take

    def counted(body: Mapping[str, object]) -> None:
        nonlocal taken
        taken += 1
        take(body)

    adapter.take = counted  # type: ignore[method-assign]  # to count what was let in
    found: Counter[int] = Counter()

    async def call(port: int, number: int) -> None:
        caller = Caller(port)
        for headers in strange_headers(count // CALLERS, BODY, number):
            found[await caller.call(headers, BODY)] += 1
        await caller.close()

    async with a_door(adapter, CommandRegistry(), dispatch) as port, asyncio.TaskGroup() as tasks:
        for number in range(CALLERS):
            tasks.create_task(call(port, number))
    return found, taken


async def refuses(count: int) -> None:
    found, taken = await statuses(count)
    assert found.total() == count
    assert taken == 0
    assert set(found) <= {0, 400, 401}, found
    assert found[401] > count // 2


async def test_a_thousand_strange_headers_are_refused() -> None:
    await refuses(1_000)


@pytest.mark.slow
async def test_a_hundred_thousand_strange_headers_are_refused() -> None:
    await refuses(100_000)


@pytest.mark.parametrize(("off", "good"), [(0, True), (300, True), (-300, True), (301, False), (-301, False)])
def test_a_true_signature_is_good_for_five_minutes_and_for_its_body_only(off: int, *, good: bool) -> None:
    headers = signed(BODY, SECRET)
    now = datetime.fromtimestamp(int(headers["X-Slack-Request-Timestamp"]), UTC) + timedelta(seconds=off)
    assert inbound.genuine(headers, BODY, SECRET.encode(), lambda: now) is good
    assert not inbound.genuine(headers, BODY + b"x", SECRET.encode(), lambda: now)


async def test_a_check_of_form_and_age_alone_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.slack.inbound.hmac.compare_digest", lambda *_: True)
    assert (await statuses(200))[1]


async def test_a_check_that_trusts_the_time_to_be_a_number_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def naive(headers: Mapping[str, str], _body: bytes, _secret: bytes, now: Now) -> bool:
        return abs(now().timestamp() - int(headers["X-Slack-Request-Timestamp"])) < 0

    monkeypatch.setattr(inbound, "genuine", naive)
    found, _ = await statuses(200)
    assert found[500]


async def test_a_check_that_looks_at_the_form_alone_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def lax(headers: Mapping[str, str], *_: object) -> bool:
        return headers.get("X-Slack-Signature", "").startswith("v0=")

    monkeypatch.setattr(inbound, "genuine", lax)
    assert (await statuses(200))[1]
