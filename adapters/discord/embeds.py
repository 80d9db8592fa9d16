"""A message as classic embeds, for those who prefer them to Components V2 (pure).

A post holds 10 embeds of 4,096 characters, 6,000 in all, and five rows below: buttons or a menu each.
"""

from collections.abc import Sequence
from typing import Any, Final

from adapters.discord.markdown import size
from adapters.discord.pages import options, pages
from adapters.discord.parts import Part, parts
from adapters.discord.render import ACCENT, NOBODY, Payload, Turn, Write, Writer, menus, row, turning
from bot.bars import NAME
from bot.messages import Message

MOST_EMBEDS: Final = 10
MOST_TEXT: Final = 5_900  # of 6,000: the foot of the last embed has its share
MOST_ROWS: Final = 5


def render_embeds(
    message: Message, write: Write, turn: Turn, *, page: int = 0, mark: int = 0, pictured: bool = False
) -> Payload:
    """The page of *message* as embeds; *mark* finds the post again when it is not 0; for *pictured* see `render`."""
    shared = pages(parts(message, pictured=pictured), _alone, _turning)
    page = max(0, min(page, len(shared) - 1))
    shown, writer = shared[page], Writer(write)
    rows = [*_rows(shown, writer), *turning(turn, page, len(shared), writer)]
    embeds: list[dict[str, Any]] = [
        {"description": text, "color": ACCENT} for text in _descriptions(shown)
    ] or [{"description": "…", "color": ACCENT}]
    if any(part.picture for part in shown):
        embeds[0]["image"] = {"url": f"attachment://{NAME}"}
    if mark and rows:
        rows[0]["id"] = mark
    elif mark:
        embeds[-1]["footer"] = {"text": f"No. {mark}"}
    return {"embeds": embeds, "components": rows, "allowed_mentions": NOBODY}


def _rows(shown: Sequence[Part], writer: Writer) -> list[Payload]:
    rows = [row(part.actions, writer) for part in shown if part.actions and not part.card]
    return [*menus(shown, writer, skip=0), *rows]


def _descriptions(shown: Sequence[Part]) -> list[str]:
    """A text for each paper; what stands between them is one."""
    texts: list[tuple[bool, str]] = []
    for part in shown:
        if not part.text:
            continue
        if texts and not part.card and not texts[-1][0] and size(texts[-1][1]) + size(part.text) < 4_000:
            texts[-1] = (False, f"{texts[-1][1]}\n{part.text}")
        else:
            texts.append((part.card, part.text))
    return [text for _, text in texts]


def _alone(shown: Sequence[Part]) -> bool:
    return _fits(shown, MOST_ROWS)


def _turning(shown: Sequence[Part]) -> bool:
    return _fits(shown, MOST_ROWS - 1)


def _fits(shown: Sequence[Part], rows: int) -> bool:
    texts = _descriptions(shown)
    used = len(options(shown, skip=0)) + sum(bool(part.actions) and not part.card for part in shown)
    return len(texts) <= MOST_EMBEDS and sum(size(text) + 1 for text in texts) <= MOST_TEXT and used <= rows
