"""A process that forks a child for each task, and kills it, stops it, holds it or watches it as it is told.

It imports everything once, so that a thousand deaths take minutes.
"""

import asyncio
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from tests.delivery.couriers import TELLS, Task, do
from tests.delivery.tracing import Call, Watch, written_down


def child(task: Task, gate: int = -1) -> int:
    """A child that does *task*, once something can be read from *gate*."""
    if made := os.fork():
        return made
    try:
        if gate >= 0:
            os.read(gate, 1)
        asyncio.run(do(task))
    except asyncio.CancelledError:  # told to stop, and everything is in order
        os._exit(0)
    except BaseException:  # noqa: BLE001  # whatever it is, it is said, and nothing of the parent is left
        sys.excepthook(*sys.exc_info())
        os._exit(1)
    os._exit(0)


def end_of(made: int) -> int:
    """How it ended: 0, or minus the signal that killed it."""
    return os.waitstatus_to_exitcode(os.waitpid(made, 0)[1])


def killed(task: Task) -> list[int]:
    """How children ended that were killed from outside, each so long after all had begun."""
    ready, tells = os.pipe()
    os.dup2(tells, TELLS)
    children = sorted((after, child(task)) for after in task.kill_after)
    for _ in children:
        os.read(ready, 1)
    for file in (ready, tells, TELLS):
        os.close(file)
    begun = time.monotonic()
    for after, made in children:
        time.sleep(max(0.0, begun + after - time.monotonic()))
        os.kill(made, signal.SIGKILL)
    return [end_of(made) for _, made in children]


def stopped(task: Task) -> dict[str, Any]:
    """How a child ended that was told to stop, and how long that took."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})  # until the child is ready for it
    made = child(task)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    time.sleep(task.stop_after)
    told = time.monotonic()
    os.kill(made, signal.SIGTERM)
    return {"ended": end_of(made), "took": time.monotonic() - told}


def watched(task: Task) -> Watch:
    """A child under observation, not yet let go."""
    waits, goes = os.pipe()
    watch = Watch(child(task, waits))
    os.write(goes, b"x")
    os.close(waits)
    os.close(goes)
    return watch


def done(task: Task, frozen: list[Watch]) -> dict[str, Any]:
    """What came of it. What is frozen goes on afterwards."""
    if task.freeze:
        watch = watched(task)
        mark = task.freeze.encode()
        if watch.until(lambda _, call: mark in call.content):
            frozen.append(watch)
        return {"ended": watch.ended}
    if task.call or task.record:
        return _counted(task)
    if task.kill_after:
        return {"ended": killed(task)}
    if task.stop_after:
        return stopped(task)
    return {"ended": end_of(child(task))}


def _counted(task: Task) -> dict[str, Any]:
    watch, calls = watched(task), list[Call]()

    def wanted(number: int, call: Call) -> bool:
        calls.append(call)
        return number == task.call and call.name != "say"

    if watch.until(wanted):
        watch.kill()
    if task.record:
        written_down(calls, Path(task.record))
    return {"ended": watch.ended, "calls": watch.calls}


def main() -> None:
    """Answer a line with a line, until the input ends."""
    frozen: list[Watch] = []
    for line in sys.stdin:
        task = Task(**json.loads(line))
        thawing = list(frozen)
        answer = done(task, frozen)
        for watch in thawing:
            watch.until(lambda *_: False)
            frozen.remove(watch)
            answer["thawed"] = watch.ended
        print(json.dumps(answer), flush=True)  # noqa: T201  # for whoever started it


if __name__ == "__main__":
    main()
