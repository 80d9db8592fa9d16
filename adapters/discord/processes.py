"""The processes that serve one bot: what each is called in the notes they share, and whether one is no more."""

import os
import secrets
import socket


def myself() -> str:
    """A name for one part of this process: its machine and its number, and some letters of its own."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


def is_dead(who: str) -> bool:
    """Whether a process of this machine is surely no more; of others there is no telling."""
    host, pid, _ = who.rsplit(":", 2)
    if host != socket.gethostname():
        return False
    if int(pid) == os.getpid():
        return True  # its number is ours now
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
