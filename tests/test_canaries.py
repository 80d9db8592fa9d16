"""`--canaries` finds a secret on whichever way it goes out: each test below lets one out, or would on a broken bot."""

from typing import Any

import pytest

pytest_plugins = ["pytester"]

CONFTEST = "from tests.conftest import *\n"

LEAKS = '''
import logging, subprocess, sys
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client import CollectorRegistry

from adapters.web import WebServer
from bot import settings
from bot.dispatcher import Dispatcher
from bot.errors import BadSettings
from bot.messages import File, Message, note
from bot.registry import CommandRegistry
from tests.fakes import Clock, given

SECRET = "a-secret-of-somebody"

@pytest.fixture(autouse=True)
def known():
    assert settings.read(slack_signing_secret=SECRET).secrets == (SECRET,)

def test_leak_by_a_line_of_the_log(): logging.getLogger("bot.anything").debug("signed with %s", SECRET)

def test_leak_by_a_traceback():
    try:
        raise ValueError(SECRET)
    except ValueError:
        logging.getLogger("bot").exception("failed")

def test_leak_by_an_error():
    with pytest.raises(BadSettings): raise BadSettings(f"{SECRET} is refused")

def test_leak_by_a_print(): print(SECRET)

def test_leak_by_a_program():
    done = subprocess.run([sys.executable, "-c", f"print('{SECRET}')"], capture_output=True)
    assert done.returncode == 0

def test_leak_by_a_file(tmp_path): (tmp_path / "kept.db").write_bytes(b"\\0" * 9 + SECRET.encode())

async def said(storage, reply):
    commands = CommandRegistry()
    @commands.command("tell")
    async def tell(context) -> Message:
        """Tell."""
        return reply
    await Dispatcher(commands, storage, Clock(), lambda: "id")(given("tell"))

async def test_leak_by_an_answer(sqlite_storage): await said(sqlite_storage, note(SECRET))

async def test_leak_by_an_export(sqlite_storage):
    await said(sqlite_storage, Message("here", (), files=(File("all.csv", SECRET.encode()),)))

async def test_leak_over_http():
    async def show(_): return web.Response(text=SECRET)
    async def ready(): return []
    server = WebServer("127.0.0.1", 0, ready, CollectorRegistry(), [web.get("/show", show)])
    async with TestClient(TestServer(server.application)) as client:
        await client.get("/show")

def test_clean_where_a_library_writes_out_requests():
    logging.getLogger("slack_sdk.web.async_client").debug("body: %s", SECRET)

def test_clean_where_a_form_is_known(): logging.getLogger("bot").debug("Authorization: Bearer %s", SECRET)

def test_clean_where_a_secret_is_at_home(tmp_path): (tmp_path / "digestbot.key").write_text(SECRET)
'''


@pytest.fixture(autouse=True)
def _let_out_on_purpose(pytestconfig: pytest.Config) -> None:
    if pytestconfig.getoption("--canaries"):
        pytest.skip("these let secrets out on purpose")


def failed(pytester: pytest.Pytester, *, broken: str, tests: str) -> tuple[int, set[str]]:
    """How many tests of a suite with canaries pass, with a bot that is *broken* so, and which fail."""
    pytester.makeini("[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\n")
    pytester.makeconftest(CONFTEST + broken)
    pytester.makepyfile(test_inner=tests)
    done = pytester.runpytest_inprocess("--canaries", "-q", "-p", "no:cacheprovider")
    recorder: Any = done.reprec  # type: ignore[attr-defined]  # pytester adds it to what ran in this process
    ended = [one for one in recorder.getreports("pytest_runtest_logreport") if one.when == "teardown"]
    assert {one.when for one in recorder.getfailures()} <= {"teardown"}
    names = {one.nodeid.partition("::")[2] for one in ended if one.failed}
    return len(ended) - len(names), names


def test_a_secret_is_found_on_every_way_out(pytester: pytest.Pytester) -> None:
    passed, found = failed(pytester, broken="", tests=LEAKS)
    assert {name.split("_")[1] for name in found} == {"leak"}
    assert (len(found), passed) == (9, 3)


HEARD = """
import logging
from bot import logs
[logging.getLogger(name).setLevel(logging.NOTSET) for name in logs._LOUD]
logs._LOUD = ()
"""
PLAIN = """
from bot import logs
logs.redacted = str
"""


@pytest.mark.parametrize(
    ("broken", "caught"),
    [
        (HEARD, {"test_clean_where_a_library_writes_out_requests"}),
        (PLAIN, {"test_clean_where_a_form_is_known"}),
    ],
    ids=["libraries are heard", "nothing is taken out"],
)
def test_a_log_that_says_more_is_caught(pytester: pytest.Pytester, broken: str, caught: set[str]) -> None:
    assert failed(pytester, broken=broken, tests=LEAKS)[1] >= caught


def test_a_database_where_nothing_is_sealed_is_caught(pytester: pytest.Pytester) -> None:
    plain = (
        "from storage.seals import Seals\n"
        "@pytest.fixture(autouse=True)\n"
        "def unsealed(monkeypatch): monkeypatch.setattr(Seals, 'sealed', lambda self, text, *place: text)\n"
    )
    kept = (
        "from dataclasses import replace\n"
        "from tests.contract.test_storage_installations import LAB, at\n"
        "from tests.databases import storage\n"
        "async def test_kept(tmp_path, sqlite_tables):\n"
        "    async with storage(f'sqlite:///{sqlite_tables.rename(tmp_path / sqlite_tables.name)}') as opened:\n"
        "        await opened.installations((b'k' * 32,)).keep(replace(LAB), at=at())  # made anew, to be known\n"
    )
    assert failed(pytester, broken="", tests=kept) == (1, set())
    assert failed(pytester, broken=plain, tests=kept) == (0, {"test_kept"})
