"""What a reader wants of what has landed: all that a digest of their own is made by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.models import Paper
from bot.shelf import LIKED, Feedback
from bot.workspaces import Workspace


@dataclass(frozen=True, slots=True)
class Wishes:
    """What one reader wants; of an inbox it is what its owner wants.

    *follows* are normal forms, the oldest first, those left out that are muted. *met* tells what these met: landing
    to paper to normal forms, by ids.
    """

    workspace: Workspace  # the reader's own
    follows: Sequence[str] = ()
    met: Mapping[int, Mapping[int, Sequence[str]]] = field(default_factory=dict)
    rated: Sequence[tuple[Paper, Feedback]] = ()
    related: bool = True  # whether papers are wanted that are about an interest without saying so

    @property
    def liked(self) -> list[Paper]:
        """The papers that they want more like."""
        return [paper for paper, feedback in self.rated if feedback in LIKED]

    @property
    def disliked(self) -> list[Paper]:
        """The papers that they want fewer like."""
        return [paper for paper, feedback in self.rated if feedback not in LIKED]

    @property
    def hidden(self) -> set[int]:
        """The papers that they never want to see again."""
        return {paper.id for paper, feedback in self.rated if feedback == "hide"}
