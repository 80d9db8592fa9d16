"""Random terms of the whole interest language, drawn from the words of real or made-up papers."""

import re
from collections import defaultdict
from collections.abc import Sequence
from random import Random

from bot.models import Paper

_ALIASES = (
    "LLM", "LLMs", "llm", "large language models", "RL", "reinforcement learning", "goal-conditioned RL", "RLHF",
    "GAN", "generative adversarial network", "VLM", "vision-language model", "NeRF", "DPO", "mixture of experts",
    "MoE", "text to speech", "supervised fine-tuning", "multimodal LLM", "MLLM", "VAE", "state space model",
)  # fmt: skip
_DASHES = "-‐‑–—−"


class Terms:
    """An endless supply of terms, the same for the same *seed* and *papers*."""

    def __init__(self, seed: int, papers: Sequence[Paper]) -> None:
        self.rng = Random(seed)
        self.papers = papers
        self.families: defaultdict[str, list[str]] = defaultdict(list)
        for word in sorted(
            {word for paper in papers for word in re.findall(r"[A-Za-z]{4,}", paper.abstract)}
        ):
            self.families[word[:4].lower()].append(word)

    def good(self) -> str:
        """A term that can be read: at most 256 characters and 32 terms, and something to look for in it."""
        self.paper = self.rng.choice(self.papers)
        term = self._expression(self.rng.choice((0, 0, 1, 1, 2, 3)))
        return term if len(term) <= 256 else self.good()

    def bad(self) -> tuple[str, int]:
        """A term that cannot be read, and the character where that shows."""
        self.paper = self.rng.choice(self.papers)
        left = self.phrase()
        return self.rng.choice(
            (
                (f"{left} AND ({self.phrase()}", len(left) + 5),
                (f"{left} ({self.phrase()} OR {self.phrase()}", len(left) + 1),
                (f'{left} "{self.phrase()}', len(left) + 1),
                (f"{left})", len(left)),
                (f"{left} | {self._word()[:2]}*", len(left) + 3),
                (f"-{left}", 0),
                (f"NOT {left}", 0),
                (f"-{left} AND -title:{self._word()}", 0),
            )
        )

    def _expression(self, depth: int) -> str:
        """An OR of ANDs of leaves or parentheses, with its operators in any spelling."""
        parts = [self._conjunction(depth) for _ in range(self._few(3))]
        return self._joined(parts, ("OR", "|"))

    def _conjunction(self, depth: int) -> str:
        first = self._operand(depth)
        out = first
        for _ in range(self._few(3) - 1):
            more = self._operand(depth - 1)
            kind = self.rng.random()
            if kind < 0.3:
                out += self._space() + self.rng.choice(("-", "–", "NOT ", "AND NOT ")) + more
            elif kind < 0.55 and self._apart(out, more):
                out += " " + more
            else:
                out = self._joined([out, more], ("AND", "+", "&"))
        return out

    @staticmethod
    def _apart(left: str, right: str) -> bool:
        """Whether the two stay two terms without an operator between them."""
        return left.endswith(('"', ")")) or right.startswith(('"', "("))

    def _operand(self, depth: int) -> str:
        kind = self.rng.random()
        if depth > 0 and kind < 0.5:
            inner = self._expression(depth - 1)
            return self._spaced("(", inner, ")")
        if kind < 0.75:
            return self.phrase()
        return self._special()

    def _special(self) -> str:
        """A leaf of another kind than plain words."""
        return self.rng.choice(
            (self._quoted, self._fielded, self._prefixed, self._author, self._meta, self._alias)
        )()

    def phrase(self) -> str:
        """One to three words as they stand in the paper, or a little changed."""
        words = [_small(self._changed(word)) for word in self._run(self._few(3))]
        return self.rng.choice((" ", " ", " ", "  ", "-", "‑")).join(words)

    def _quoted(self) -> str:
        words = " ".join(self._run(self._few(3)))
        return self.rng.choice(('"{}"', "“{}”", '" {} "', "„{}“")).format(words)

    def _fielded(self) -> str:
        field = self.rng.choice(("title:", "abstract:"))
        what = self.rng.choice((self._word, self._quoted, self._prefixed))()
        return field + what

    def _prefixed(self) -> str:
        word = re.sub(r"[^a-zA-Z]", "", self._word())
        if len(word) < 4:
            return self._prefixed()
        return word[: self.rng.randint(3, len(word))] + "*"

    def _author(self) -> str:
        name = self.rng.choice(self.paper.authors or ("Kaiming He", "José Müller"))
        last = re.split(r"[\s-]+", name)[-1]
        return self.rng.choice((f'author:"{name}"', f"author:{last}", f"author:{last.lower()}"))

    def _meta(self) -> str:
        category = self.rng.choice(self.paper.categories or ("cs.LG", "cs.CL"))
        archive = category.split(".")[0]
        return self.rng.choice(
            (
                f"category:{category}", f"cat:{category}", f"category:{archive}.*", f"cat:{category.lower()}",
                f"source:{self.paper.source or 'arxiv'}", "source:huggingface",
                f"upvotes>={self.rng.randint(1, 50)}", f"upvotes >= {self.rng.randint(1, 50)}",
            )
        )  # fmt: skip

    def _alias(self) -> str:
        return self.rng.choice(_ALIASES)

    def _run(self, length: int) -> list[str]:
        """Words side by side somewhere in the paper."""
        words = re.findall(
            r"[^\W_]+(?:[-–'’][^\W_]+)*", self.rng.choice((self.paper.title, self.paper.abstract))
        )
        words = words or ["model"]
        at = self.rng.randrange(len(words))
        return [_small(word) for word in words[at : at + length]]

    def _word(self) -> str:
        return self._run(1)[0]

    def _changed(self, word: str) -> str:
        """*word*, often as it is, else in another case, form, spelling or hyphenation."""
        kind = self.rng.random()
        if kind < 0.45:
            return word
        if kind < 0.6:
            return self.rng.choice((word.lower(), word.upper(), word.capitalize()))
        if kind < 0.85:
            return self._kin(word)
        if kind < 0.95:
            return re.sub(r"[-–]", self.rng.choice(("", *_DASHES)), word)
        cut = self.rng.randrange(len(word) // 2, len(word))
        return (
            word[:cut]
            + self.rng.choice(("-", " ") if 4 < cut < len(word) - 4 else ("\u00ad", "\u200b"))
            + word[cut:]
        )

    def _kin(self, word: str) -> str:
        """Another word of the papers that begins like *word*: an inflection, a derivation, or a stranger."""
        return self.rng.choice(self.families.get(word[:4].lower(), [word]))

    def _joined(self, parts: Sequence[str], operators: Sequence[str]) -> str:
        out = parts[0]
        for part in parts[1:]:
            out += self._space() + self.rng.choice(operators) + self._space() + part
        return out

    def _spaced(self, opening: str, inner: str, closing: str) -> str:
        pad = self.rng.choice(("", "", "", " "))
        return opening + pad + inner + pad + closing

    def _space(self) -> str:
        return self.rng.choice((" ", " ", " ", "  ", "\u00a0", "\t"))

    def _few(self, most: int) -> int:
        return min(self.rng.choice((1, 1, 1, 2, 2, 3)), most)


def _small(word: str) -> str:
    """The word, but never an operator."""
    return re.sub(r"\b(AND|OR|NOT)\b", lambda found: found[0].lower(), word)
