"""What is suggested while an option is typed: interests, papers, commands, shared lists, and phrases of the day."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from adapters.discord.acts import Act
from adapters.discord.markdown import size, visible
from bot.interfaces import Storage
from bot.models import Paper
from bot.registry import CommandRegistry
from bot.text import clean

MOST: Final = 25
LONGEST: Final = 100  # characters of a suggestion
RECENT: Final = 150  # papers that suggestions are drawn from
OWN: Final = frozenset({"unfollow", "mute", "unmute"})
"""Commands whose `term` is one of the person's interests."""

_LITTLE: Final = frozenset("a an and are as at by for from in is of on or the to via with we our its".split())

Suggestion = tuple[str, str]
"""What is shown, and what is taken for it."""


async def suggested(act: Act, commands: CommandRegistry, storage: Storage) -> Sequence[Suggestion]:
    """Up to MOST suggestions for what is being typed, the likeliest first."""
    typed = str(act.arguments.get(act.focused, ""))
    match act.focused:
        case "command":
            found: Iterable[Suggestion] = ((one.name, one.name) for one in commands if one.listed)
        case "name":
            lists = await storage.lists.lists(act.place.platform, act.place.workspace)
            found = ((one.name, one.name) for one in lists)
        case "paper":
            found = _papers(await _at_hand(act, storage))
        case _ if act.command in OWN or act.command.startswith("admin channel unfollow"):
            found = [(one.typed, one.typed) for one in await storage.people.interests(act.user)]
        case _:
            found = _phrases(typed, await storage.papers.recent(RECENT))
    return _fitting(typed, found)


async def _at_hand(act: Act, storage: Storage) -> Sequence[Paper]:
    """The papers of the list that was shown last, else the last that landed."""
    shown = await storage.shelf.shown(act.user) or await storage.shelf.shown(act.place)
    return await storage.papers.get(shown[:RECENT]) if shown else await storage.papers.recent(RECENT)


def _papers(papers: Sequence[Paper]) -> Iterator[Suggestion]:
    for number, paper in enumerate(papers, 1):
        yield f"{number}. {clean(paper.title).text.strip()}", f"#{paper.id}"


def _phrases(typed: str, papers: Sequence[Paper]) -> list[Suggestion]:
    """What was typed, and two or three words of recent titles that it may be the beginning of."""
    begun = typed.casefold().strip()
    counts = Counter(
        phrase
        for paper in papers
        for phrase in set(_runs(clean(paper.title).text))
        if begun and phrase.casefold().startswith(begun)
    )
    likely = [(phrase, phrase) for phrase, _ in counts.most_common(MOST)]
    return [(typed.strip(), typed.strip()), *likely] if typed.strip() else likely


def _runs(title: str) -> Iterator[str]:
    words = [word.strip(".,:;!?()[]“”\"'") for word in title.split()]
    for length in (2, 3, 1):
        for start in range(len(words) - length + 1):
            run = words[start : start + length]
            if all(run) and run[0].casefold() not in _LITTLE and run[-1].casefold() not in _LITTLE:
                yield " ".join(run).lower() if length > 1 else run[0]


def _fitting(typed: str, found: Iterable[Suggestion]) -> list[Suggestion]:
    begun, seen = typed.casefold().strip().removeprefix("#"), dict[str, str]()
    for shown, taken in found:
        text = visible(shown).strip()
        if begun in text.casefold() and text and 0 < size(taken) <= LONGEST:
            seen.setdefault(taken, text if size(text) <= LONGEST else f"{text[: LONGEST // 2]}…")
    return [(shown, taken) for taken, shown in list(seen.items())[:MOST]]
