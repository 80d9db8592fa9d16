"""Ten ways in which the answer to a post that was accepted is lost, and what is said instead."""

import asyncio
import json
import socket
import struct
from typing import Final

HTML: Final = b"<html><body><h1>502 Bad Gateway</h1></body></html>"

SAID: Final = {
    "status 500": (500, b"{}"),
    "a page of 502": (502, HTML),
    "status 504": (504, b""),
    "a page with 200": (200, HTML),
    "nothing with 200": (200, b""),
    "no id": (200, b'{"ok": true}'),
}
"""Answers that tell nothing: a status, and a body."""

KINDS: Final = ("closed", "reset", "silence", "half", *SAID)
"""Every way. "closed": the connection ends; "reset": it breaks; "silence": nothing comes; "half": a part comes."""


EACH: Final = "each"  # in turn


def lost(kind: str, writer: asyncio.StreamWriter) -> None:
    """Do that to the connection, where nothing is said."""
    connection: socket.socket = writer.get_extra_info("socket")
    if kind == "reset":
        linger = struct.pack("ii", 1, 0)  # at once, and whatever is in there is thrown away
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    if kind == "half":
        answer = json.dumps({"ok": True, "ts": "1.0", "id": "1", "more": "x" * 99}).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(answer)}\r\n\r\n"
        writer.write(head.encode() + answer[:40])
