import io
import json
import logging
from collections.abc import Iterator

import pytest

from bot import logs


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
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
