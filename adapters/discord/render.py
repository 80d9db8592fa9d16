"""A message as what Discord is sent: Components V2 (pure).

A post holds 40 components and 4,000 characters. Where every paper's buttons fit they stand below it in a row. Else
the first stands beside it and the others of all papers share menus at the end. What fits neither way stands on
further pages of the same post, which buttons turn.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

from adapters.discord.markdown import size, visible
from adapters.discord.pages import options, pages
from adapters.discord.parts import Part, parts
from bot.bars import NAME
from bot.messages import Action, Message

Payload = dict[str, Any]
"""JSON, as Discord's documentation names its fields."""

Write = Callable[[Action], str]
"""How a button is written into the post: at most MOST_WRITTEN characters."""

Turn = Callable[[int], Action]
"""The button that shows the page of this number, counted from 0."""

MOST_COMPONENTS: Final = 40
MOST_ALT: Final = 1_024
MOST_TEXT: Final = 4_000
MOST_WRITTEN: Final = 99  # of a custom_id's 100: one tells buttons of a post apart
IS_COMPONENTS_V2: Final = 1 << 15
NOBODY: Final = {"parse": list[str]()}
"""Whom a post calls: nobody, whatever it says."""

ACCENT: Final = 0x3B6FD4
_STYLES: Final = {"primary": 1, "default": 2, "danger": 4}
_ACROSS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_TURNING: Final = 3  # components: a row of two buttons


def render(
    message: Message, write: Write, turn: Turn, *, page: int = 0, mark: int = 0, pictured: bool = False
) -> Payload:
    """The page of *message* as Components V2, in a container that *mark* finds again when it is not 0.

    *pictured*: its bars come with it as the file `bot.bars.NAME`.
    """
    shared = pages(parts(message, pictured=pictured), _alone, _turning)
    page = max(0, min(page, len(shared) - 1))
    turned = turning(turn, page, len(shared), Writer(_unsaid))
    fits = _count(_roomy(shared[page], Writer(_unsaid))) <= MOST_COMPONENTS - 1 - _count(turned)
    writer = Writer(write)
    shown = (_roomy if fits else _compact)(shared[page], writer)
    inside = [*shown, *turning(turn, page, len(shared), writer)]
    container: Payload = {"type": 17, "accent_color": ACCENT, "components": inside}
    if mark:
        container["id"] = mark
    return {"flags": IS_COMPONENTS_V2, "components": [container], "allowed_mentions": NOBODY}


class Writer:
    """Writes the buttons of one post, no two of them alike: Discord refuses a custom_id that stands twice."""

    def __init__(self, write: Write) -> None:
        self._write, self._written = write, 0

    def __call__(self, action: Action) -> str:
        """What *action* is written as: a sign of its place, and itself."""
        place = _ACROSS[self._written % len(_ACROSS)]
        self._written += 1
        return place + self._write(action)


def label(action: Action, most: int = 80) -> str:
    """What stands on a button."""
    text = visible(action.label).strip() or action.command
    return (
        text
        if size(text) <= most
        else f"{text[: most // 2]}…"
        if size(text) > len(text)
        else f"{text[: most - 1]}…"
    )


def button(action: Action, writer: Writer) -> Payload:
    """*action* as a button."""
    return {"type": 2, "style": _STYLES[action.style], "label": label(action), "custom_id": writer(action)}


def row(actions: Sequence[Action], writer: Writer) -> Payload:
    """Up to five actions side by side."""
    return {"type": 1, "components": [button(action, writer) for action in actions]}


def menus(shown: Sequence[Part], writer: Writer, *, skip: int) -> list[Payload]:
    """Menus of what can be done to the papers, the first *skip* buttons of each left out."""
    return [{"type": 1, "components": [_menu(papers, writer, skip)]} for papers in options(shown, skip=skip)]


def turning(turn: Turn, page: int, count: int, writer: Writer) -> list[Payload]:
    """The row of buttons that turn to the pages before and after."""
    onward = [(page + 1, f"Show more ({page + 2} of {count})")] if page + 1 < count else []
    back = [(page - 1, "Back")] if page else []
    actions = [_named(turn(to), said) for to, said in (*onward, *back)]
    return [row(actions, writer)] if actions else []


def _named(action: Action, said: str) -> Action:
    return Action(said, action.command, action.arguments, "primary" if said != "Back" else "default")


def _menu(papers: Sequence[Part], writer: Writer, skip: int) -> Payload:
    choices = [
        {
            "label": label(_titled(part, action), 100),
            "value": writer(action),
            "description": part.name[:90] or "…",
        }
        for part in papers
        for action in part.actions[skip:]
    ]
    which = papers[0].name.partition(" · ")[0], papers[-1].name.partition(" · ")[0]
    told = (
        f"{which[0]} to {which[1]}" if all(map(str.isdecimal, which)) and which[0] != which[1] else "a paper"
    )
    return {
        "type": 3,
        "custom_id": f"menu{choices[0]['value'][0]}",
        "placeholder": f"More for {told} …",
        "options": choices,
    }


def _titled(part: Part, action: Action) -> Action:
    number = part.name.partition(" · ")[0]
    return Action(f"{number} · {action.label}" if number.isdecimal() else action.label, action.command)


def _unsaid(_action: Action) -> str:
    """Stands for any button where only their number counts."""
    return ""


def _alone(shown: Sequence[Part]) -> bool:
    return _fits(shown, MOST_COMPONENTS - 1)


def _turning(shown: Sequence[Part]) -> bool:
    return _fits(shown, MOST_COMPONENTS - 1 - _TURNING)


def _fits(shown: Sequence[Part], room: int) -> bool:
    text = sum(size(part.text) + 2 for part in shown)
    return text <= MOST_TEXT and _count(_compact(shown, Writer(_unsaid))) <= room


def _count(components: Sequence[Payload]) -> int:
    inner = [[*part.get("components", ()), *filter(None, [part.get("accessory")])] for part in components]
    return len(components) + sum(map(_count, inner))


def _roomy(shown: Sequence[Part], writer: Writer) -> list[Payload]:
    """Each paper with its buttons below it."""
    return [
        component
        for part in _joined(shown)
        for component in (*_text(part), *([row(part.actions, writer)] if part.actions else ()))
    ]


def _compact(shown: Sequence[Part], writer: Writer) -> list[Payload]:
    """Each paper with one button beside it, and the rest in menus at the end."""
    return [
        *(part for one in _joined(shown) for part in _section(one, writer)),
        *menus(shown, writer, skip=1),
    ]


def _section(part: Part, writer: Writer) -> list[Payload]:
    if part.card and part.actions:
        beside = button(part.actions[0], writer)
        return [{"type": 9, "components": _text(part), "accessory": beside}]
    return [*_text(part), *([row(part.actions, writer)] if part.actions else ())]


def _text(part: Part) -> list[Payload]:
    if part.picture:
        shown = {"media": {"url": f"attachment://{NAME}"}, "description": part.picture[:MOST_ALT]}
        return [{"type": 12, "items": [shown]}]
    return [{"type": 14}] if part.divider else [{"type": 10, "content": part.text}] if part.text else []


def _joined(shown: Sequence[Part]) -> list[Part]:
    """The parts, neighbours that are nothing but text as one; lines only between others, never two in a row."""
    joined: list[Part] = []
    for part in shown:
        last = joined[-1] if joined else Part()
        if part.divider and last.divider:
            continue
        if part.text and last.text and not (part.actions or last.actions or part.card or last.card):
            joined[-1] = Part(f"{last.text}\n{part.text}")
        else:
            joined.append(part)
    return joined[:-1] if joined and joined[-1].divider else joined
