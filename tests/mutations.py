"""Digests damaged on purpose, the same way every time: what a parser must survive."""

import gzip
import json
import resource
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from random import Random

from adapters.sources import read
from adapters.sources.content import damage
from adapters.sources.limits import MOST_ABSTRACT, MOST_TITLE
from bot.errors import Refused
from bot.models import Digest

Mutation = Callable[[bytes, Random], bytes]

TODAY = date(2026, 11, 24)
LONGEST = 2.0  # seconds of work for any digest
MOST = 256 * 1024  # kilobytes that any digest may add to the most this program has ever held

CONTROLS = "\x00\x01\x07\x08\x0b\x0c\x1b\x1f\x7f\x80\x85\x9f\u2028\u202e\ufeff\ufffe"
ENCODINGS = ("latin-1", "utf-16", "utf-16-le", "utf-32", "cp500", "utf-7")
ROWS = (
    '{"title": "A row", "abstract": "It does not belong here."}',
    '{"title": "A row", "abstract": 7}',
    '{"title": "\\ud800", "abstract": "Half of a pair."}',
    '{"title": "Cut',
    "[]",
    "[[[[[[[[",
    "null",
    '"a text"',
)


def mutations(digests: Sequence[bytes], count: int, seed: int = 0) -> Iterator[bytes]:
    """*count* of *digests*, each damaged in one to three ways; the same *seed* gives the same ones."""
    random = Random(seed)
    for _ in range(count):
        damaged = random.choice(digests)
        for mutate in random.choices(MUTATIONS, k=random.randint(1, 3)):
            damaged = mutate(damaged, random)
        yield damaged


def outcomes(digests: Iterable[bytes], *, titled: bool = False) -> tuple[int, int]:
    """How many of *digests* landed whole and how many were refused with a reason; anything else fails, and so does
    one that takes too long or too much. *titled*: of sources that may leave the abstract out.
    """
    counts = {Digest: 0, Refused: 0}
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for content in digests:
        before = time.thread_time()
        outcome = _outcome(content)
        assert time.thread_time() - before < LONGEST
        assert _whole(outcome, titled=titled) if isinstance(outcome, Digest) else _explained(outcome)
        counts[Digest if isinstance(outcome, Digest) else Refused] += 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held < MOST
    return counts[Digest], counts[Refused]


def _outcome(content: bytes) -> Digest | Refused:
    try:
        return read(content, today=TODAY)
    except Refused as refusal:
        return refusal


def _whole(digest: Digest, *, titled: bool) -> bool:
    return bool(digest.papers or digest.updates) and all(
        paper.title.strip()
        and (titled or paper.abstract.strip())
        and len(paper.title) <= MOST_TITLE
        and len(paper.abstract) <= MOST_ABSTRACT
        and not damage(paper.title + paper.abstract)
        for paper in (*digest.papers, *digest.updates)
    )


def _explained(refusal: Refused) -> bool:
    return bool(refusal.reason) and (refusal.line is None or refusal.line >= 1)


def cut(digest: bytes, random: Random) -> bytes:
    """Only the beginning, or only the end."""
    at = random.randint(0, len(digest))
    return digest[:at] if random.random() < 0.7 else digest[at:]


def bytes_changed(digest: bytes, random: Random) -> bytes:
    changed = bytearray(digest)
    for _ in range(min(len(changed), random.randint(1, 20))):
        changed[random.randrange(len(changed))] = random.randrange(256)
    return bytes(changed)


def lines_dropped(digest: bytes, random: Random) -> bytes:
    share = random.choice((0.01, 0.1, 0.5))
    return b"\n".join(line for line in digest.split(b"\n") if random.random() > share)


def lines_repeated(digest: bytes, random: Random) -> bytes:
    lines = digest.split(b"\n")
    at = random.randrange(len(lines))
    block = lines[at : at + random.randint(1, 5)]
    return b"\n".join([*lines[:at], *block * random.choice((2, 3, 50)), *lines[at:]])


def lines_shuffled(digest: bytes, random: Random) -> bytes:
    lines = digest.split(b"\n")
    random.shuffle(lines)
    return b"\n".join(lines)


def lines_swapped(digest: bytes, random: Random) -> bytes:
    lines = digest.split(b"\n")
    one, other = random.randrange(len(lines)), random.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


def lines_joined(digest: bytes, random: Random) -> bytes:
    ends = [at for at, byte in enumerate(digest) if byte == ord("\n")]
    at = random.choice(ends) if ends else 0
    return digest[:at] + digest[at + 1 :]


def control_character(digest: bytes, random: Random) -> bytes:
    at = random.randint(0, len(digest))
    return digest[:at] + random.choice(CONTROLS).encode("utf-8", "surrogatepass") + digest[at:]


def huge_line(digest: bytes, random: Random) -> bytes:
    filling = random.choice((b"a", b"word ", b"(", b"https://a.b/", b"[", b"\\", b'"', "\u00b7".encode()))
    return _inserted(digest, filling * random.choice((300, 3_000, 30_000)), random)


def wrong_encoding(digest: bytes, random: Random) -> bytes:
    return digest.decode("utf-8", "replace").encode(random.choice(ENCODINGS), "replace")


def line_ends(digest: bytes, random: Random) -> bytes:
    end = random.choice(("\r\n", "\r", "\x85", "\u2028", "\n\n", "\n \n", ""))
    return digest.replace(b"\n", end.encode())


def json_spliced(digest: bytes, random: Random) -> bytes:
    return _inserted(digest, random.choice(ROWS).encode(), random)


def wrapped_in_json(digest: bytes, random: Random) -> bytes:
    text = digest.decode("utf-8", "replace")
    row: dict[str, object] = {"title": text[:200], "abstract": text[:3_000], "authors": text[:50].split()}
    name = random.choice([*row, "day", "upvotes", "links", "url"])
    row[name] = random.choice((None, 7, True, "", [], {}, [[]], [{"name": 1}], 1e308, text))
    return json.dumps(random.choice((row, [row], [row, row], [[row]]))).encode()


def packed(digest: bytes, random: Random) -> bytes:
    whole = gzip.compress(digest, mtime=0)
    return random.choice(
        (whole, whole * 2, cut(whole, random), bytes_changed(whole, random), gzip.compress(whole, mtime=0))
    )


MUTATIONS: tuple[Mutation, ...] = (
    cut,
    bytes_changed,
    lines_dropped,
    lines_repeated,
    lines_shuffled,
    lines_swapped,
    lines_joined,
    control_character,
    huge_line,
    wrong_encoding,
    line_ends,
    json_spliced,
    wrapped_in_json,
    packed,
)


def _inserted(digest: bytes, line: bytes, random: Random) -> bytes:
    lines = digest.split(b"\n")
    lines.insert(random.randint(0, len(lines)), line)
    return b"\n".join(lines)
