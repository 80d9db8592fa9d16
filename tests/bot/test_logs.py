import asyncio
import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from hypothesis import given
from hypothesis import strategies as st

from bot import logs
from bot.settings import Settings, read


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    others = {name: logging.getLogger(name).level for name in (*logs._LOUD, *logs._LOUDER)}
    yield
    for name, before in others.items():
        logging.getLogger(name).setLevel(before)
    root.handlers[:] = handlers
    root.setLevel(level)


def test_lines_are_json_where_nobody_watches() -> None:
    out = io.StringIO()
    logs.set_up("info", stream=out)
    logging.getLogger("bot.delivery").info("sent %s", "a digest", extra={"key": "abc"})
    line = json.loads(out.getvalue())
    assert line.pop("at").endswith("+00:00")
    assert line == {"level": "info", "logger": "bot.delivery", "event": "sent a digest", "key": "abc"}


def test_lines_are_text_on_a_terminal_or_when_asked() -> None:
    terminal, asked = Terminal(), io.StringIO()
    for out, form in ((terminal, None), (asked, "text")):
        logs.set_up("info", form, out)  # type: ignore[arg-type]  # the pairs are of mixed kinds
        logging.getLogger("bot").warning("mind the gap")
        assert out.getvalue() == "WARNING bot: mind the gap\n"


def test_what_is_below_the_level_is_left_out() -> None:
    out = io.StringIO()
    logs.set_up("warning", stream=out)
    logging.getLogger("bot").info("chatter")
    assert not out.getvalue()


def test_an_exception_is_told_on_the_same_line() -> None:
    out = io.StringIO()
    logs.set_up("info", "json", out)
    try:
        _ = 1 / 0
    except ZeroDivisionError:
        logging.getLogger("bot").exception("follow failed")
    assert "ZeroDivisionError" in json.loads(out.getvalue())["exception"]
    assert out.getvalue().count("\n") == 1


@pytest.mark.parametrize(
    "secret",
    ["postgresql://bot:{}@db/x", "token {}"],
)
@pytest.mark.parametrize("value", ["xoxb-12345-abcdef", "xapp-1-A0-b", "whsec_c2VjcmV0"])
def test_secrets_are_taken_out(secret: str, value: str) -> None:
    out = io.StringIO()
    logs.set_up("info", "json", out)
    logging.getLogger("bot").info("%s", secret.format(value))
    assert value not in out.getvalue()
    assert "***" in json.loads(out.getvalue())["event"]


def test_what_is_no_secret_stays() -> None:
    assert logs.redacted("see https://papers.example.org:8080/a-b and arXiv 2601.00001") == (
        "see https://papers.example.org:8080/a-b and arXiv 2601.00001"
    )


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer c4n4ry-c4n4ry",
        "Authorization: Bot MTA0c4n4ryc4n4ryc4n4ry.x.y",
        "GET /slack/oauth_redirect?code=c4n4ry.123&state=c4n4ry",
        '{"client_secret": "c4n4ry"}',
        "client_secret=c4n4ry&x=1",
        "POST /api/v10/webhooks/123/c4n4ry-token",
        "POST /api/v10/interactions/123/c4n4ry.token/callback",
        "https://hooks.slack.com/commands/T1/2/c4n4ry",
        "{'token': 'c4n4ry'}",
        "postgresql://bot:c4n4ry@db/x",
    ],
)
def test_secrets_are_known_by_where_they_stand(text: str) -> None:
    assert "c4n4ry" not in logs.redacted(text)
    assert "c4n4ry" not in logs.redacted(json.dumps({"event": text}))


@pytest.mark.parametrize(
    "text",
    ["the bot delivered everything", "state: waiting", "code 200", "each token counts", "a bearer of news"],
)
def test_plain_words_are_no_secrets(text: str) -> None:
    assert logs.redacted(text) == text


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=6, max_size=40).filter(
        lambda text: len(set(text)) > 4 and not json.dumps(text)[1:-1].isspace()
    ),
    st.sampled_from(["text", "json"]),
)
def test_what_is_known_to_be_secret_is_never_written(secret: str, form: str) -> None:
    out = io.StringIO()
    logs.set_up("debug", form, out, [secret])  # type: ignore[arg-type]  # one of the two
    logger = logging.getLogger("bot.anything")
    logger.debug("sent %r with %s", {"key": secret}, secret, extra={"given": [secret, {"in": secret}]})
    try:
        raise ValueError(secret)  # noqa: TRY301  # there is nothing to call
    except ValueError:
        logger.exception("failed")
    assert secret not in out.getvalue()
    assert json.dumps(secret)[1:-1] not in out.getvalue()


def test_libraries_that_write_out_requests_are_not_heard_at_debug() -> None:
    out = io.StringIO()
    logs.set_up("debug", "json", out)
    for name in ("slack_sdk.web.async_client", "slack_bolt.App", "discord.http", "aiohttp.client"):
        logging.getLogger(name).debug("body of a request")
    assert not out.getvalue()


def test_every_secret_setting_is_kept_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    names = [name for name, field in Settings.model_fields.items() if "Secret" in str(field.annotation)]
    values = {name: f"c4n4ry-{name}" for name in names if name != "ingest_keys"}
    known = read(None, **values, ingest_keys="a=whsec_c4n4ry,a=whsec_other").secrets
    assert {*values.values(), "whsec_c4n4ry", "whsec_other"} <= {*known}


async def test_the_ticks_of_the_clock_fill_no_log() -> None:
    out, ticked = io.StringIO(), asyncio.Event()
    logs.set_up("debug", stream=out)
    scheduler = AsyncIOScheduler()
    scheduler.add_job(ticked.set)
    scheduler.start()
    async with asyncio.timeout(10):
        await ticked.wait()
    scheduler.shutdown()
    assert not [line for line in out.getvalue().splitlines() if "apscheduler" in line]
