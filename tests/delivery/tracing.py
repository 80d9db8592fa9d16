"""A process watched from outside by its system calls: ended at one of them, held there, or written down.

Only calls that change something beyond the process count: between two of those, it does not matter where it dies.
They are counted over all its threads, from where it says "begin". Linux on the two usual processors.
"""

import ctypes
import json
import os
import platform
import signal
import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

_X86 = "write=1 pwrite64=18 writev=20 sendto=44 sendmsg=46 fsync=74 fdatasync=75 ftruncate=77 unlink=87 "
_X86 += "unlinkat=263 rename=82 connect=42 shutdown=48"
_ARM = "write=64 pwrite64=68 writev=66 sendto=206 sendmsg=211 fsync=82 fdatasync=83 ftruncate=46 unlinkat=35 "
_ARM += "renameat=38 connect=203 shutdown=210"
_CALLS: Final = {
    machine: {int(number): name for name, number in (pair.split("=") for pair in table.split())}
    for machine, table in {"x86_64": _X86, "aarch64": _ARM}.items()
}.get(platform.machine(), {})

POSSIBLE: Final = sys.platform == "linux" and bool(_CALLS)
SAYS: Final = 9_999  # the number of a file that is not there: writing to it tells whoever watches

_SEIZE, _INTERRUPT, _SYSCALL, _INFO, _DETACH, _CONT = 0x4206, 0x4207, 24, 0x420E, 17, 7
_OPTIONS = 0x1 | 0x8 | 0x100000  # calls are marked as such; new threads are watched too; it ends when we do
_WALL = 0x40000000
_STOPS = {signal.SIGSTOP, signal.SIGTRAP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU}


def say(text: str) -> None:
    """Tell whoever watches this process."""
    with suppress(OSError):
        os.write(SAYS, text.encode())


@dataclass
class Call:
    """A system call that is about to be made: on which file, where, and with which bytes."""

    name: str
    file: str
    at: int = 0
    content: bytes = b""


Wanted = Callable[[int, Call], bool]


@dataclass
class Watch:
    """A child that is watched. It must wait to be let go until this was made."""

    child: int
    calls: int = 0
    ended: int | None = None
    _counting: bool = False
    _stopped: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _ptrace(_SEIZE, self.child, 0, _OPTIONS)
        _ptrace(_INTERRUPT, self.child)

    def until(self, wanted: Wanted) -> bool:
        """Let it go on until *wanted*, of a call and its number, and hold it there. False: it has ended before."""
        self._go_on()
        while self.ended is None:
            thread, status = os.waitpid(-1, _WALL)
            if not os.WIFSTOPPED(status):
                self._gone(thread, status)
                continue
            stop = os.WSTOPSIG(status)
            given = 0
            if stop == signal.SIGTRAP | 0x80:
                if (call := self._entered(thread)) and wanted(self.calls, call):
                    self._stopped[thread] = 0
                    return True
            elif stop not in _STOPS:
                given = stop
            _ptrace(_SYSCALL, thread, 0, given)
        return False

    def kill(self) -> None:
        """End it where it stands: the call is not made."""
        os.kill(self.child, signal.SIGKILL)
        self._stopped.clear()
        self.until(lambda *_: False)

    def _go_on(self) -> None:
        for thread in self._stopped:
            _ptrace(_SYSCALL, thread)
        self._stopped.clear()

    def _gone(self, thread: int, status: int) -> None:
        if thread == self.child:
            self.ended = os.waitstatus_to_exitcode(status)

    def _entered(self, thread: int) -> Call | None:
        """The call that *thread* is about to make, if it counts."""
        buffer = ctypes.create_string_buffer(128)
        _ptrace(_INFO, thread, 128, ctypes.addressof(buffer))
        entered, number, file, start, size, at = struct.unpack_from("=B23x5Q", buffer.raw)
        if entered != 1 or number not in _CALLS:
            return None
        name = _CALLS[number]
        content = _read(self.child, start, size) if name in {"write", "pwrite64", "sendto"} else b""
        if file == SAYS:
            self._counting = self._counting or content == b"begin"
            return Call("say", "", content=content)
        if not self._counting or (name in {"write", "sendto"} and size == 1):  # wakes a thread of its own
            return None
        self.calls += 1
        return Call(name, _name(self.child, file), at if name == "pwrite64" else start, content)


def _ptrace(request: int, thread: int, one: int = 0, two: int = 0) -> None:
    if _libc.ptrace(request, thread, one, two) == -1:
        error = ctypes.get_errno()
        if error != 3:  # ESRCH: it was killed meanwhile
            raise OSError(error, f"ptrace {request}: {os.strerror(error)}")


def _read(child: int, start: int, size: int) -> bytes:
    with Path(f"/proc/{child}/mem").open("rb", buffering=0) as memory:
        memory.seek(start)
        return memory.read(size)


def _name(child: int, file: int) -> str:
    try:
        return str(Path(f"/proc/{child}/fd/{file}").readlink())
    except OSError:
        return ""


_libc: Any = ctypes.CDLL(None, use_errno=True) if POSSIBLE else None
if POSSIBLE:
    _libc.ptrace.restype = ctypes.c_long
    _libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


def written_down(calls: list[Call], to: Path) -> None:
    """Keep *calls*, a line each."""
    rows = [{"name": one.name, "file": one.file, "at": one.at, "content": one.content.hex()} for one in calls]
    to.write_text("".join(json.dumps(row) + "\n" for row in rows))


def read_back(path: Path) -> Iterator[Call]:
    """What was written down."""
    for line in path.read_text().splitlines():
        row = json.loads(line)
        yield Call(row["name"], row["file"], row["at"], bytes.fromhex(row["content"]))
