"""The parts of a message shared out over the pages of one post (pure)."""

from collections.abc import Callable, Sequence

from adapters.discord.parts import Part

Fits = Callable[[Sequence[Part]], bool]
"""Whether these parts stand in one post together with the buttons that turn its pages."""


def pages(parts: Sequence[Part], alone: Fits, turning: Fits) -> list[list[Part]]:
    """*parts* in their order: on one page where *alone* allows it, else on as few as *turning* does, evenly."""
    if alone(parts):
        return [list(parts)]
    fewest = _shared(parts, turning)
    papers = sum(part.card for part in parts)
    each = -(-papers // len(fewest))
    even = _shared(parts, lambda shown: sum(part.card for part in shown) <= each and turning(shown))
    return even if len(even) == len(fewest) else fewest


def _shared(parts: Sequence[Part], fits: Fits) -> list[list[Part]]:
    shared: list[list[Part]] = [[]]
    for part in parts:
        if shared[-1] and not fits([*shared[-1], part]):
            shared.append([])
        if shared[-1] or not part.divider:
            shared[-1].append(part)
    return [page for page in shared if page]


def options(parts: Sequence[Part], *, skip: int) -> list[list[Part]]:
    """The papers whose buttons share a menu, all but the first *skip* of each; a menu has 25 places."""
    menus: list[list[Part]] = []
    room = 0
    for part in parts:
        wanted = len(part.actions[skip:]) if part.card else 0
        if not wanted:
            continue
        if wanted > room:
            menus.append([])
            room = 25
        menus[-1].append(part)
        room -= wanted
    return menus
