"""Every secret that a test brings in is a canary: with `--canaries` no test may let one out, at DEBUG.

    ./dev test -n 2 -m "not slow" --canaries     the whole suite so

Secrets are learned where they come in: settings and their environment, keys, tokens of workspaces and of acts, and
the addresses for answers of the stand-ins. They are looked for wherever something goes out: in what the bot logs when
it is set up for DEBUG and told none of its secrets (so that only what is never logged, or known by its form, stays
out), in errors, in answers in the chat and their files, in answers over HTTP, in whatever programs print, and in the
files that a test leaves, its databases among them, and those of the database server.
"""

import asyncio
import io
import logging
import os
import re
import subprocess
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import ahocorasick
import pytest

from adapters.discord.acts import Act
from adapters.web import WebServer
from bot import keys, logs
from bot.dispatcher import Dispatcher
from bot.errors import DigestbotError
from bot.installations import Installation
from bot.keys import KEY_FILE, Keys
from bot.settings import PREFIX, Settings
from tests import databases
from tests.fakes import CANARY

SHORTEST: Final = 8  # characters of a secret that can be told from other words
VARIED: Final = 5  # different ones
OWN_FILES: Final = {KEY_FILE, ".env"}  # where secrets are at home
BIGGEST: Final = 200_000_000  # bytes of a file that is read


@dataclass
class Watch:
    """What is secret now, what was looked through, and what was found."""

    secrets: set[str] = field(default_factory=set)  # of the test at work
    outside: set[str] = field(default_factory=lambda: {CANARY})  # learned while none was, as with a module
    testing: bool = False
    ever: set[str] = field(default_factory=lambda: {CANARY})
    seen: dict[str, list[bytes]] = field(default_factory=dict)
    looked: dict[str, int] = field(default_factory=dict)
    late: list[str] = field(default_factory=list)

    def learn(self, *texts: str) -> None:
        """These are secrets from now on."""
        found = {text for text in texts if len(text) >= SHORTEST and len(set(text)) >= VARIED}
        (self.secrets if self.testing else self.outside).update(found)
        self.ever |= found

    def out(self, where: str, what: object) -> None:
        """This has left the bot by that way."""
        self.seen.setdefault(where, []).append(what if isinstance(what, bytes) else str(what).encode())

    def leaks(self) -> list[str]:
        """By which ways secrets went out in the test that has ended."""
        find, found = finder(self.secrets | self.outside), list[str]()
        for where, parts in self.seen.items():
            whole = b"\n".join(parts)
            self.looked[where] = self.looked.get(where, 0) + len(whole)
            found += [f"{where}: …{near}…" for near in find(whole)]
        self.seen.clear()
        self.secrets.clear()
        return found

    def search(self, folder: Path) -> None:
        """Look through files that outlive a test, for every secret there ever was."""
        find = finder(self.ever)
        for path, content in files(folder):
            self.looked["files"] = self.looked.get("files", 0) + len(content)
            self.late += [f"{path.parent.name}/{path.name}: …{near}…" for near in find(content)]


def finder(secrets: Iterable[str]) -> Callable[[bytes], list[str]]:
    """Finds *secrets*, however they are escaped, with what stands around each."""
    known = ahocorasick.Automaton()
    for secret in secrets:
        for form in {secret, quote(secret), quote(secret, safe="")}:
            known.add_word(form.encode().decode("latin-1"), len(form))
    known.make_automaton()

    def find(content: bytes) -> list[str]:
        text = content.decode("latin-1")
        ends = dict(known.iter(text))
        return [text[max(0, end - long - 60) : end + 20] for end, long in [*ends.items()][:3]]

    return find


def files(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """What stands in the files below *folder*, but for those where secrets are at home."""
    for path in sorted(folder.rglob("*")):
        try:
            own = path.name in OWN_FILES or path.is_symlink() or not path.is_file()
            if not own and path.stat().st_size <= BIGGEST:
                yield path, path.read_bytes()
        except OSError:  # another program's, and gone by now
            continue


class Doors:
    """Listens at every door while it is open, and puts it back as it was."""

    def __init__(self, watch: Watch, patch: pytest.MonkeyPatch) -> None:
        self._watch, self._patch = watch, patch
        self.lines = io.StringIO()

    def open(self) -> None:
        """Listen from now on."""
        self._after(Settings, "__init__", lambda it, *_, **__: self._set(it))
        self._after(Keys, "__init__", lambda _, known, **__: self._keys(known))
        self._after(Installation, "__init__", lambda it, *_, **__: self._watch.learn(it.token, it.refresh))
        self._after(Act, "__init__", lambda it, *_, **__: self._watch.learn(it.token))
        self._after(DigestbotError, "__init__", lambda it, *_, **__: self._watch.out("errors", it.args))
        self._after(WebServer, "__init__", lambda it, *_, **__: self._serve(it))
        self._after(asyncio.StreamReader, "feed_data", lambda _, told: self._watch.out("pipes", bytes(told)))
        self._patch.setattr(keys, "_read", self._read(keys._read))
        self._patch.setattr(Dispatcher, "__call__", self._answered(Dispatcher.__call__))
        self._patch.setattr(subprocess.Popen, "__init__", self._begun(subprocess.Popen.__init__))
        self._patch.setattr(subprocess.Popen, "communicate", self._told(subprocess.Popen.communicate))
        self._patch.setattr(databases._Server, "__exit__", self._stopped(databases._Server.__exit__))
        self._patch.setattr(logs, "set_up", self._loud(logs.set_up))

    def _after(self, owner: Any, name: str, then: Callable[..., object]) -> None:
        before = getattr(owner, name)

        def both(it: Any, *given: Any, **named: Any) -> None:
            before(it, *given, **named)
            then(it, *given, **named)

        self._patch.setattr(owner, name, both)

    def _set(self, settings: Settings) -> None:
        password = re.findall(r"://[^\s/:@]*:([^\s@]+)@", settings.database_url)
        self._watch.learn(*settings.secrets, *password)

    def _keys(self, known: object) -> None:
        if isinstance(known, tuple):
            self._watch.learn(*(key.decode("latin-1") for key in known))

    def _read(self, read: Callable[[str], keys.Secrets]) -> Callable[[str], keys.Secrets]:
        def both(text: str) -> keys.Secrets:
            found = read(text)
            self._keys(found)
            return found

        return both

    def _serve(self, server: WebServer) -> None:
        async def look(_: object, answer: Any) -> None:
            self._watch.out("answers over HTTP", str(dict(answer.headers)))
            self._watch.out("answers over HTTP", getattr(answer, "body", None) or b"")

        server.application.on_response_prepare.append(look)

    def _answered(self, answer: Callable[..., Any]) -> Callable[..., Any]:
        async def both(it: Dispatcher, *given: Any) -> Any:
            reply = await answer(it, *given)
            self._watch.out("answers in the chat", repr(reply))
            for file in reply.files:
                self._watch.out("exports", file.content)
            return reply

        return both

    def _begun(self, begin: Callable[..., None]) -> Callable[..., None]:
        secret = {
            f"{PREFIX}{name.upper()}" for name, it in Settings.model_fields.items() if "Secret" in str(it)
        }

        def loud(it: Any, *given: Any, **named: Any) -> None:
            environment = {f"{PREFIX}LOG_LEVEL": "debug", **(named.get("env") or os.environ)}
            self._watch.learn(*(value for name, value in environment.items() if name in secret))
            begin(it, *given, **{**named, "env": environment})

        return loud

    def _told(self, communicate: Callable[..., Any]) -> Callable[..., Any]:
        def both(it: Any, *given: Any, **named: Any) -> Any:
            told = communicate(it, *given, **named)
            for part in filter(None, told):
                self._watch.out("pipes", part)
            return told

        return both

    def _stopped(self, stop: Callable[..., None]) -> Callable[..., None]:
        def both(it: Any, *given: Any) -> None:
            stop(it, *given)
            self._watch.search(it._home / "data")

        return both

    def _loud(self, set_up: Callable[..., None]) -> Callable[..., None]:
        """Whoever sets logs up hears what they asked for, and we hear everything."""

        def both(level: str, *given: Any, **named: Any) -> None:
            set_up(level, *given, **named)
            theirs = logging.getLogger().handlers[:]
            for one in theirs:
                one.setLevel(level.upper())
            set_up("debug", "json", self.lines)
            logging.getLogger().handlers[:0] = theirs

        return both


class Canaries:
    """The plugin: a test that lets a secret out has failed."""

    def __init__(self, config: pytest.Config) -> None:
        self.watch, self.tests, self.leaks = Watch(), 0, list[str]()
        self._patch = pytest.MonkeyPatch()
        self._doors = Doors(self.watch, self._patch)
        self._set_up = logs.set_up
        if hasattr(config, "workerinput") or not config.getoption("numprocesses", None):
            self._doors.open()  # else others run the tests

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Hear everything at DEBUG during a test."""
        root = logging.getLogger()
        handlers, level = root.handlers[:], root.level
        self._set_up("debug", "json", self._doors.lines)
        root.handlers += handlers
        self.watch.testing = True
        try:
            yield
        finally:
            self.watch.testing = False
            root.handlers[:] = handlers
            root.setLevel(level)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: Any) -> Generator[None, Any, Any]:
        """After its last part, look through all that the test let out."""
        report: Any = yield
        for title, text in report.sections:
            if "log" not in title:  # which pytest writes down before anything is taken out
                self.watch.out("prints", text)
        if call.when == "teardown":
            self._finish(item, report)
        return report

    def _finish(self, item: pytest.Item, report: Any) -> None:
        self.tests += 1
        self.watch.out("logs", self._doors.lines.getvalue())
        self._doors.lines.seek(0)
        self._doors.lines.truncate()
        folder = getattr(item, "funcargs", {}).get("tmp_path")
        for path, content in files(folder) if folder else ():
            self.watch.out(f"the file {path.name}", content)
        if found := self.watch.leaks():
            self.leaks += found
            report.outcome, report.longrepr = "failed", "a secret went out by\n" + "\n".join(found)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """What the database server has left counts too."""
        self.leaks += self.watch.late
        if self.watch.late:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput["canaries"] = self.told()

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Count in what another process has looked through."""
        secrets, tests, looked, leaks = getattr(node, "workeroutput", {}).get("canaries", (0, 0, {}, []))
        self.watch.ever |= {f"{node.gateway.id} {number}" for number in range(secrets - 1)}
        self.tests += tests
        self.leaks += leaks
        for where, size in looked.items():
            self.watch.looked[where] = self.watch.looked.get(where, 0) + size

    def told(self) -> tuple[int, int, dict[str, int], list[str]]:
        """The figures."""
        ways: dict[str, int] = {}
        for where, size in self.watch.looked.items():
            way = "files" if where.startswith("the file ") else where
            ways[way] = ways.get(way, 0) + size
        return len(self.watch.ever), self.tests, ways, self.leaks

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say what was looked through, and what was found."""
        secrets, tests, ways, leaks = self.told()
        where = ", ".join(f"{way} {size / 1e3:,.0f} kB" for way, size in sorted(ways.items()))
        terminalreporter.write_sep("=", "canaries")
        terminalreporter.write_line(f"{secrets:,} secrets in {tests:,} tests; looked through: {where}")
        terminalreporter.write_line(f"{len(leaks):,} hits")
        for leak in leaks:
            terminalreporter.write_line(leak)

    def pytest_unconfigure(self) -> None:
        """Put every door back as it was."""
        self._patch.undo()
