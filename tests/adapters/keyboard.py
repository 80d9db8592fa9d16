"""A keyboard without keys: lines are typed by the test, and wait to be read."""

import queue
from collections.abc import Iterator


class Keyboard:
    """Lines that come as they are typed. Reading waits, as at a terminal."""

    def __init__(self, *, terminal: bool = False) -> None:
        self._lines: queue.Queue[str | Exception] = queue.Queue()
        self._terminal = terminal

    def type(self, line: str) -> None:
        """Type *line* and press return."""
        self._lines.put(f"{line}\n")

    def end(self) -> None:
        """Leave for good, as Ctrl-D does."""
        self._lines.put("")

    def break_down(self, error: Exception) -> None:
        """Let the next reading fail."""
        self._lines.put(error)

    def isatty(self) -> bool:
        """Whether it plays a terminal."""
        return self._terminal

    def __iter__(self) -> Iterator[str]:
        """The lines, until the end."""
        while line := self._lines.get():
            if isinstance(line, Exception):
                raise line
            yield line
