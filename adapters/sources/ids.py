"""What papers are known by: arXiv ids, old and new, bare or inside an address, and DOIs."""

import re
from typing import Final

_NEW: Final = r"\d\d(?:0[1-9]|1[0-2])\.\d{4,5}"
_OLD: Final = r"[a-z]+(?:-[a-z]+)?(?:\.[A-Z]{2})?/\d{7}"
_ID: Final = rf"({_NEW}|{_OLD})(?:v\d{{1,3}})?"

BARE: Final = re.compile(rf"(?:arxiv:|oai:arxiv\.org:)?{_ID}", re.IGNORECASE)
INSIDE: Final = re.compile(
    rf"(?:arxiv\.org/(?:abs|pdf|html)/|alphaxiv\.org/abs/|huggingface\.co/papers/|^/papers/|10\.48550/arxiv\.){_ID}"
    r"(?=$|[/?#]|\.pdf)",
    re.IGNORECASE,
)
SUBJECT: Final = re.compile(r"\.[A-Z]{2}/")  # math.GT/0309136 is math/0309136
DOI: Final = re.compile(r"(?:^|doi\.org/|doi:\s?)(10\.\d{4,9}/[^\s\"<>]{1,200})", re.IGNORECASE)


def arxiv_id(text: str) -> str:
    """The arXiv id that *text* is, or whose page it is the address of, without version; "" for none."""
    found = BARE.fullmatch(text.strip()) or INSIDE.search(text.strip())
    return SUBJECT.sub("/", found[1]) if found else ""


def doi(text: str) -> str:
    """The DOI that *text* is or points to; "" for none."""
    found = DOI.search(text.strip())
    return found[1] if found else ""
