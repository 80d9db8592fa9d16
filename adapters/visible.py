"""What people can see of a text: without what commands a screen, hides, or turns the direction of reading."""

import re
from typing import Final

_SPACES: Final = re.compile("[\t\r\v\f\x1c-\x1f\x85\u2028\u2029]+")
_CONTROLS: Final = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x9f\ud800-\udfff]")
_HIDDEN: Final = re.compile(
    "[\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_WEB: Final = re.compile(r"https?://(?=[^/?#@]*(?:[/?#]|$))[!-~]{1,1990}")


def visible(text: str, *, lines: bool = False) -> str:
    """*text* as it may be shown; on one line unless its *lines* count."""
    spaced = _SPACES.sub(" ", text if lines else text.replace("\n", " "))
    return _HIDDEN.sub("", _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", spaced))


def followable(url: str) -> bool:
    """Whether *url* is an address on the web that a link may lead to: short, plain, and without a password."""
    return _WEB.fullmatch(url) is not None
