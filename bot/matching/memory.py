"""What was needed only while interests were laid out goes back to the system."""

import contextlib
import ctypes


def give_back() -> None:
    """Ask for freed memory to be given back: glibc keeps it, twice as much as what stays. Nothing elsewhere."""
    with contextlib.suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)
