"""A program of its own: a feed on standard input, what it says as JSON on standard output.

It limits itself to two seconds of the processor and 256 MB before it looks at anything, takes only the text that it
is given, and neither fetches nor opens what that text names. It imports nothing of ours.
"""

import io
import json
import sys
import time
from typing import Any, Final

import feedparser

MOST_SECONDS: Final = 2
MOST_MEMORY: Final = 256 * 1024 * 1024  # bytes
MOST_ENTRIES: Final = 50_001


def limit() -> None:
    """Take no more than so much, on systems that can promise it."""
    try:
        import resource  # noqa: PLC0415  # Windows has none
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS + 1))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def parsed(content: bytes) -> dict[str, Any]:
    """What the feed in *content* says: its entries as plain texts."""
    # A stream: a text would be taken for an address or a path where it looks like one. The sanitiser eats maths.
    try:
        found = feedparser.parse(io.BytesIO(content), sanitize_html=False, resolve_relative_uris=False)
    except Exception as error:  # noqa: BLE001  # it trips over some broken feeds in ways of its own
        return {"feed": False, "broken": type(error).__name__, "entries": []}
    broken = str(found.get("bozo_exception", "")) if found.get("bozo") else ""
    entries = [_entry(entry) for entry in found.entries[:MOST_ENTRIES]]
    return {"feed": bool(found.get("version")), "broken": broken[:200], "entries": entries}


def _entry(entry: Any) -> dict[str, Any]:  # noqa: ANN401  # feedparser's own dictionary
    content = max((str(part.get("value", "")) for part in entry.get("content", ())), key=len, default="")
    summary = str(entry.get("summary", ""))
    moment = dict.get(entry, "published_parsed") or dict.get(entry, "updated_parsed")  # past its own mapping
    return {
        "id": str(entry.get("id", "")),
        "link": str(entry.get("link", "")),
        "title": str(entry.get("title", "")),
        "summary": summary or content,
        "authors": _authors(entry),
        "tags": [str(tag.get("term") or "") for tag in entry.get("tags", ())][:50],
        "doi": str(entry.get("prism_doi") or entry.get("dc_identifier") or ""),
        "day": time.strftime("%Y-%m-%d", moment) if moment and 1900 < moment[0] < 3000 else "",
    }


def _authors(entry: Any) -> list[str]:  # noqa: ANN401  # feedparser's own dictionary
    names = [str(author.get("name") or "") for author in entry.get("authors", ())]
    names = [name for name in names if name] or [str(entry.get("author") or "")]
    if len(names) == 1:  # several in one string
        separator = ";" if ";" in names[0] else ", "
        names = names[0].split(separator)
    return [name.strip() for name in names if name.strip()][:500]


if __name__ == "__main__":
    limit()
    json.dump(parsed(sys.stdin.buffer.read()), sys.stdout)
