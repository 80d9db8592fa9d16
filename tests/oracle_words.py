"""The oracle's words: a text to its words and their places (rules 1 to 4)."""

import html
import re
import unicodedata
from dataclasses import dataclass
from functools import cache

Traced = list[tuple[str, int, int]]
"""Characters, each with where it came from: start and end in the original text."""

_STYLES = (
    "em bf it rm sc sf sl tt small large displaystyle boldmath left right mathrm mathbf mathcal mathbb mathit "
    "mathsf mathtt mathfrak bm boldsymbol text textbf textit texttt textsc textsf textrm textmd textup emph "
    "underline overline bar hat tilde vec dot ddot widehat widetilde mbox hbox operatorname footnote "
    "textsuperscript textsubscript bigl bigr Bigl Bigr big Big url"
)
_SYMBOLS = (
    "times sim simeq approx pm mp geq leq ge le ne neq in notin to gets mapsto rightarrow leftarrow Rightarrow "
    "leftrightarrow downarrow uparrow nrightarrow langle rangle infty ominus oplus otimes oslash cdot cdots ldots "
    "dots sum prod int mid equiv subset subseteq supset cup cap forall exists neg star ast circ bullet lfloor "
    "rfloor lceil rceil textasciitilde textasciicircum textdegree quad qquad frac sqrt binom propto lesssim gtrsim "
    "newline par item partial nabla wedge vee setminus colon"
)
_FUNCTIONS = "log exp sin cos tan max min arg det dim gcd ker lim sup inf Pr deg mod"
_LETTERS = {
    "ell": "l",
    "ss": "ß",
    "ae": "æ",
    "o": "ø",
    "O": "Ø",
    "l": "ł",
    "L": "Ł",
    "aa": "å",
    "i": "i",
    "j": "j",
}
_STROKES = {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ı": "i", "æ": "ae", "Æ": "AE"}
_GREEK = {
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho": 0x3B1,
    "sigma tau upsilon phi chi psi omega": 0x3C3,
}
GREEK = {chr(first + i): name for names, first in _GREEK.items() for i, name in enumerate(names.split())}
GREEK |= {"ς": "sigma"}
GREEK |= {letter.upper(): name.capitalize() for letter, name in GREEK.items() if letter != "ς"}

_MARKUP = re.compile(
    r"""\\(?:cite[a-z]*|ref|label|begin|end)\*?(?:\[[^\]]*\])?\{[^{}]*\}   # what a reader never sees
      | \\(?:href|textcolor)\{[^{}]*\}(?=\{)                            # where a link leads
      | \\['`^"~=.]\s*\{?\\?(?P<accented>[A-Za-z])\}?                   # an accent: the letter alone
      | \\[cuvHdbkrt](?:\{\\?(?P<curly>[A-Za-z])\}|\ (?P<spaced>[A-Za-z]))
      | \\(?P<command>[A-Za-z]+)\*?
      | \\(?P<sign>.)
      | \}(?P<fraction>)\{
      | [{}]
      | (?P<entity>&(?:\#\d+|\#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);)
      | </?(?:a|b|i|u|p|em|strong|sub|sup|br|span|div|tt|code|li|ul|ol|title|h\d|jats:\w+)(?:\s[^<>]*)?/?>
      | (?P<dashes>--+)""",
    re.VERBOSE | re.DOTALL,
)

_MATH = re.compile(r"(?<!\\)\$(?:[^$\\]|\\.)*\$", re.DOTALL)


def plain(text: str) -> Traced:
    """Step 1: what a reader sees of *text* once TeX and markup are set."""
    math = {place for pair in _MATH.finditer(text) for place in (pair.start(), pair.end() - 1)}
    out: Traced = []
    at = 0
    while at < len(text):
        match = _MARKUP.match(text, at)
        end = match.end() if match else at + 1
        if at not in math:
            out += [(char, at, end) for char in (_shown(match) if match else text[at])]
        at = end
    return out


def _shown(match: re.Match[str]) -> str:
    """What stands there for a reader instead of a piece of markup."""
    found = match.groupdict()
    if found["command"]:
        return _set(found["command"], " " if re.match(r"\{[^}]", match.string[match.end() :]) else "")
    if found["sign"]:
        return _signed(found["sign"])
    if found["fraction"] is not None:
        return "/"
    if found["dashes"]:
        return "-"
    return (
        html.unescape(found["entity"] or "") or found["accented"] or found["curly"] or found["spaced"] or ""
    )


def _signed(sign: str) -> str:
    r"""What stands for \% and its like: the sign itself, nothing for delimiters, or a blank."""
    if sign in "%&#$_{}" or sign.isalnum():
        return sign
    return "" if sign in "()!/-@" else " "


def _set(command: str, gap: str) -> str:
    """A TeX command as a reader sees it: a style is nothing, a symbol a blank, an unknown macro its name."""
    greek = {name: letter for letter, name in GREEK.items()}
    plainly = command.removeprefix("var") if command.removeprefix("var") in greek else command
    if plainly in greek:
        return greek[plainly]
    if command in _FUNCTIONS.split():
        return f" {command} "
    if command in _STYLES.split():
        return ""
    return " " if command in _SYMBOLS.split() else _LETTERS.get(command) or f" {command}{gap}"


def folded(text: str) -> Traced:
    """Steps 1 to 3: plain characters with their case, no accents, no invisible ones, no possessive endings."""
    out = [(new, start, end) for char, start, end in plain(text) for new in _folded(char)]
    flat = "".join(char for char, _, _ in out)
    for ending in reversed(list(re.finditer(r"(?<=[^\W_])'[sS](?![^\W_])", flat))):
        del out[ending.start() : ending.end()]
    return out


@cache
def _folded(char: str) -> str:
    if unicodedata.category(char) == "Cf":
        return ""
    if unicodedata.category(char) == "Pd" or char in "−⁻₋⁓":
        return "-"
    if char in "“”„‟«»":
        return '"'
    if char in "‘’‚‛":
        return "'"
    char = _STROKES.get(char, char)
    bare = (c for c in unicodedata.normalize("NFKD", char) if unicodedata.category(c) != "Mn")
    return "".join("-" if c == "−" else GREEK.get(c, c) for c in bare)


@dataclass(frozen=True)
class Word:
    """A word: *key* in small letters, *case* a letter for each of its characters (U, l or .), and its place."""

    key: str
    case: str
    start: int
    end: int
    gap: str = ""  # what stands between it and the word before
    star: bool = False

    @property
    def shouted(self) -> bool:
        """Typed in ALL CAPITALS, two letters or more (rule 6)."""
        return "l" not in self.case and self.case.count("U") >= 2


_WORD = re.compile(r"(?<![^\W_])\.net(?![^\W_])|(?<![^\W_])c\+\+|(?<![^\W_])c#|[^\W_]+", re.IGNORECASE)


def words(text: str) -> list[Word]:
    """Step 4: the words of *text*, their places in it, and the gaps between them."""
    return words_of(folded(text))


def words_of(chars: Traced) -> list[Word]:
    """The words of characters that went through steps 1 to 3."""
    flat = "".join(char for char, _, _ in chars)
    found, last = [], 0
    for match in _WORD.finditer(flat):
        key = "".join(char.casefold() for char in match[0])
        case = "".join(_case(char) * len(char.casefold()) for char in match[0])
        start, end = chars[match.start()][1], chars[match.end() - 1][2]
        found.append(Word(key, case, start, end, flat[last : match.start()]))
        last = match.end()
    return found


def _case(char: str) -> str:
    return "U" if char.isupper() else "l" if char.islower() else "."
