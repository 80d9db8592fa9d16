"""Our text as Discord's Markdown, in which nothing of it commands, mentions or leads anywhere (pure)."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from bot.messages import Span, Text

MOST_URL: Final = 1_200  # characters; a longer address is left out, and its text stays

_SPACES: Final = re.compile("[\t\r\v\f\x1c-\x1f\x85\u2028\u2029]+")
_CONTROLS: Final = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x9f\ud800-\udfff]")
_HIDDEN: Final = re.compile(
    "[\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_SIGNS: Final = re.compile(
    r"[\\*_~`|<>\[\]@]"  # styles, mentions, masked links
    r"|(?<=:)/(?=/)"  # what would become a link by itself
    r"|:(?=[\w+-]+:)"  # what would become a picture
)
_BEGINS: Final = re.compile(r"^([ ]*)([-+#])|^([ ]*[0-9]{1,9})([.)])", re.MULTILINE)  # lists and headings
_WEB: Final = re.compile(r"https?://[!-~]+")
_ENCODED: Final = str.maketrans({char: f"%{ord(char):02X}" for char in "()<>\\`*_~|[]\"'"})
_CHANNEL: Final = re.compile(r"[0-9]{15,20}")
_A_PLACE: Final = re.compile(r"\w\.\w|//")  # text that might itself be read as an address


def size(text: str) -> int:
    """How many characters Discord may count in *text*: one outside the first plane is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def visible(text: str, *, lines: bool = False) -> str:
    """*text* without what is hidden or turns the reading; on one line unless its *lines* count."""
    spaced = _SPACES.sub(" ", text if lines else text.replace("\n", " "))
    return _HIDDEN.sub("", _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", spaced))


def escaped(text: str, *, lines: bool = False) -> str:
    """*text* as Markdown that shows just that."""
    marked = _SIGNS.sub(lambda sign: f"\\{sign[0]}", visible(text, lines=lines))
    return _BEGINS.sub(_unlisted, marked)


def address(url: str) -> str:
    """*url* as it may stand in a link, or "" when it leads nowhere a reader may be sent."""
    if not _WEB.fullmatch(url) or "@" in urlsplit(url).netloc:
        return ""
    safe = url.translate(_ENCODED)
    return safe if len(safe) <= MOST_URL else ""


def host(url: str) -> str:
    """Where *url* leads, as a reader knows it."""
    return urlsplit(url).netloc.removeprefix("www.") if address(url) else ""


def linked(text: str, url: str) -> str:
    """Markdown *text* that leads to *url*; just the text where that is no place to be led to."""
    safe = address(url)
    return f"[{text}]({safe})" if safe and text.strip() else text


def pieces(text: Text, room: int, *, lines: bool = False) -> Iterator[str]:
    """*text* as Markdown, in pieces of at most *room* characters that can stand in different posts."""
    before = ""
    for span in _merged(text):
        for part in _within(span, room, lines=lines):
            styled = _styled(part, after=before, lines=lines)
            before = styled[-1:] or before
            yield styled


def _within(span: Span, room: int, *, lines: bool) -> Iterator[Span]:
    """The span, cut at spaces until each part has its room."""
    if size(_styled(span, lines=lines)) <= room or len(span.text) < 2:  # a channel is never cut
        yield span
        return
    middle = len(span.text) // 2
    cut = max(span.text.rfind(" ", middle // 2, middle), span.text.rfind("\n", middle // 2, middle)) + 1
    for part in (span.text[: cut or middle], span.text[cut or middle :]):
        yield from _within(Span(part, span.style, span.url), room, lines=lines)


def _styled(span: Span, *, after: str = "", lines: bool = False) -> str:
    if _CHANNEL.fullmatch(span.channel):
        return f"<#{span.channel}>"
    text = _code(span.text, lines=lines) if span.style == "code" else escaped(span.text, lines=lines)
    if not text.strip():
        return text
    if span.style == "bold":
        text = f"**{text}**" if after != "*" else f"\u200a**{text}**"
    elif span.style == "italic":
        text = f"_{text}_" if after == "*" else f"*{text}*"
    if address(span.url):
        told = f" ({escaped(host(span.url))})" if _A_PLACE.search(span.text) else ""
        text = f"{linked(text, span.url)}{told}"
    return text


def _code(text: str, *, lines: bool) -> str:
    shown = visible(text, lines=lines)
    if not shown.strip():
        return shown
    fence = "`" * (max(map(len, re.findall("`+", shown)), default=0) + 1)
    if "\n" in shown:
        return f"```\n{shown}\n```" if len(fence) < 3 else escaped(text, lines=True)
    inside = f" {shown} " if shown[0] == "`" or shown[-1] == "`" else shown
    return f"{fence}{inside}{fence}"


def _merged(text: Text) -> Iterator[Span]:
    """The spans, neighbours of one kind as one: the marks between them would be read as text."""
    last: Span | None = None
    for given in text:
        linkable = not given.url or address(given.url)  # what is no address is not linked
        span = given if linkable else replace(given, url="")
        if last and (last.style, last.url) == (span.style, span.url) and not last.channel + span.channel:
            last = Span(last.text + span.text, span.style, span.url)
            continue
        if last:
            yield last
        last = span
    if last:
        yield last


def _unlisted(found: re.Match[str]) -> str:
    return f"{found[1]}\\{found[2]}" if found[2] else f"{found[3]}\\{found[4]}"
