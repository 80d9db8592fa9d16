"""From bytes to clean text: unpacking, decoding, line ends, and the characters no text may hold."""

import codecs
import re
import zlib
from typing import Final

from adapters.sources.limits import MOST_BYTES, MOST_MEMBERS, MOST_RATIO, SMALL
from bot.errors import Refused

GZIP: Final = b"\x1f\x8b"
STEP: Final = 65_536  # bytes unpacked at a time
BOMS: Final = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
LINE_END: Final = re.compile(r"\r\n?")

# Tab, line feed and NEL (a line end of some systems) are text. Everything else among the controls, and half a
# surrogate pair, is a sign of damage: dropping it would shift every offset that `match` reports, so it is refused.
FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")

# What feeds declare where they are not UTF-8. Others, such as UTF-7, are traps rather than texts.
DECLARED: Final = re.compile(
    rb"\s*<\?xml[^>]{0,200}?encoding=[\"']((?:iso-8859-\d{1,2}|windows-125\d|koi8-r|shift_jis|euc-jp|euc-kr|gb2312|gbk"
    rb"|gb18030|big5))[\"']",
    re.IGNORECASE,
)
MAIL: Final = re.compile(
    rb"(?:From |(?:return-path|received|delivered-to|message-id|date|from|to|subject|mime-version|x-[\w-]+):)",
    re.IGNORECASE,
)


def unpacked(content: bytes) -> bytes:
    """*content*, out of its gzip if it is in one; never more than the limits allow are unpacked.

    Raises:
        Refused: over the limits, or a damaged gzip.
    """
    if not content.startswith(GZIP):
        return _bounded(content, MOST_BYTES)
    room = min(MOST_BYTES, max(SMALL, MOST_RATIO * len(content)))
    try:
        return _members(memoryview(content), room)
    except zlib.error as error:
        raise Refused("the gzip is damaged: pack the file again, or give it unpacked") from error


def decoded(content: bytes) -> str:
    r"""*content* as text with `\n` at the end of every line.

    Raises:
        Refused: neither UTF-8 nor UTF-16 with its mark, or nothing but space.
    """
    codec = next((codec for bom, codec in BOMS.items() if content.startswith(bom)), "utf-8")
    try:
        text = content.decode(codec)
    except UnicodeDecodeError as error:
        if otherwise := _otherwise(content):
            return LINE_END.sub("\n", otherwise)
        before = content[: error.start].decode(codec, "ignore")
        if "\0" in before:  # UTF-16 without its mark, or no text at all: what is wrong stands earlier
            return before
        line = LINE_END.sub("\n", before).count("\n") + 1
        raise Refused(
            "this is not text in UTF-8; save it as UTF-8, as text, page or JSON Lines", line
        ) from None
    if not text.strip():
        raise Refused("the digest is empty; give a page as text, JSON Lines or a JSON array")
    return LINE_END.sub("\n", text)


def damage(text: str) -> re.Match[str] | None:
    """The first character of *text* that no text may hold."""
    return FORBIDDEN.search(text)


def named(character: str) -> str:
    """What people look a character up by, such as U+0007."""
    return f"U+{ord(character):04X}"


def _otherwise(content: bytes) -> str:
    """*content* where it says its own encoding: XML on its first line, a mail for each of its parts; else ""."""
    if MAIL.match(content):
        return content.decode("utf-8", "surrogateescape")
    declared = DECLARED.match(content)
    if not declared:
        return ""
    try:
        return content.decode(declared[1].decode())
    except UnicodeDecodeError:
        return ""


def _members(packed: memoryview, room: int) -> bytes:
    pieces, at, members = [], 0, 0
    while at < len(packed) and bytes(packed[at : at + 1]) != b"\0":  # tape drives pad with zeros
        stream, members = zlib.decompressobj(wbits=31), members + 1
        while not stream.eof:
            if at >= len(packed):
                raise Refused("the gzip ends too early: it was cut; give the whole file")
            step = packed[at : at + STEP]
            pieces.append(_bounded(stream.decompress(step, room + 1), room))
            room -= len(pieces[-1])
            at += len(step) - len(stream.unused_data)
        if members > MOST_MEMBERS:
            raise Refused(f"the gzip has more than {MOST_MEMBERS:,} parts; pack the file again as one")
    return b"".join(pieces)


def _bounded(content: bytes, most: int) -> bytes:
    if len(content) > most:
        raise Refused(
            f"the digest is too large: at most {MOST_BYTES // 1_000_000} MB unpacked, and {MOST_RATIO} times the"
            " packed size; land it in several files"
        )
    return content
