"""Who reads in the demo and in the preview, and what they follow: names that stand for nobody."""

from collections.abc import Mapping
from typing import Final

from bot.models import Address

READERS: Final[Mapping[str, str]] = {
    "Ada": "RLHF OR DPO, LLM agents, retrieval-augmented generation",
    "Ben": "diffusion -medical, flow matching, gaussian splatting OR NeRF",
    "Chidi": "",
    "#papers": "title:benchmark*, long context, (LLM OR VLM) AND (training-free OR fine-tuning)",
}
"""What each of them follows, by name; a channel's begins with its sign."""


def address(name: str) -> Address:
    """Where the reader of this name reads: in the terminal."""
    if name.startswith("#"):
        return Address("console", "", name[1:], "channel")
    return Address("console", "", name.lower())
