"""Paper text to words: one way for titles, abstracts and typed terms (the interest language, section 1).

Each step keeps track of where every character came from, so that evidence points into the text as the source
wrote it.
"""

import html
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

_GREEK = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau"
_LETTERS = dict(zip("αβγδεζηθικλμνξοπρστυφχψω", f"{_GREEK} upsilon phi chi psi omega".split(), strict=True))
_LETTERS |= {letter.upper(): name.capitalize() for letter, name in _LETTERS.items()}
_LETTERS |= {"ς": "sigma", "ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i"}
_LETTERS |= {"æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ð": "d", "Ð": "D", "þ": "th", "Þ": "TH", "−": "-"}
_LETTERS |= dict.fromkeys("‘’‚‛′ʼ´", "'") | dict.fromkeys("“”„‟″«»", '"')

_FORMATS = (
    r"text(?:bf|it|tt|sc|rm|sf|sl|up|md|normal|superscript|subscript|color)?|math(?:bf|bb|cal|rm|it|sf|tt|frak)"
    r"|em(?:ph)?|bf|it|tt|sc|sl|rm|sf|tiny|scriptsize|footnotesize|small|normalsize|large|Large|huge|underline"
    r"|boldsymbol|bm|mbox|left|right|[bB]igg?[lr]?|displaystyle|operatorname|bar|overline|widetilde|widehat"
    r"|hat|tilde|dot|vec|url|href|footnote|xspace|boldmath|foreignlanguage|ensuremath|hbox|item"
)
_COMBINING = "300 301 302 308 303 304 307 306 30C 30B 327 328 30A 323 331".split()
_ACCENTS = dict(zip("`'^\"~=.uvHckrdb", (chr(int(code, 16)) for code in _COMBINING), strict=True))
_MARKUP = re.compile(  # led by one set of characters, which is what a search runs past plain text for
    rf"""[\\{{}}$~&<\s](?:
      (?<=\\)(?:
          (?P<accent>[`'^"~=.]|[uvHckrdb](?=\s*\{{|\s+[A-Za-z]\b))\s*(?P<accented>\{{\s*\\?[A-Za-z]\s*\}}|\\?[A-Za-z])
        | (?P<format>(?:{_FORMATS})(?![A-Za-z])\*?\s*)
        | (?P<aside>(?:cite[tp]?|ref|eqref|label|begin|end)\*?(?:\[[^]]*\])?\{{[^}}]*\}})
        | (?P<command>[A-Za-z]+)\*?
        | (?P<sign>[^\w\s]|\s|$))
    | (?<=\{{)(?:(?:em|bf|tt|sc|sl|rm|scriptsize|footnotesize|normalsize)\s+|)
    | (?<=\}})(?:(?P<between>\s*\{{)|)
    | (?<=\$)(?P<dollar>\$?)
    | (?<=[\w.,)]~)(?P<tie>)(?=[\w\\({{$])
    | (?<=&)(?P<entity>(?:\#\d{{1,7}}|\#[xX][\da-fA-F]{{1,6}}|[A-Za-z]{{2,31}});)
    | (?<=<)/?(?:jats:)?(?:b|i|u|em|strong|sub|sup|br|p|span|tt|code|italic|bold|title|sec)(?:\s[^<>]*)?/?>
    | (?P<space>(?<=[^\S ])\s*|(?<=[ ])\s+))""",
    re.VERBOSE,
)
_SIGNS = dict.fromkeys("()[]!/-@", "") | dict.fromkeys(",;: \\\n\t", " ") | {"": ""}
_SPACES = frozenset(("space", "between", "tie"))
_MATH = re.compile(r"(?<!\\)(\$\$?)(?=\S)[^$]{1,500}?(?<=[^\s\\])(\$\$?)(?!\d)")
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_WORD = re.compile(
    r"""(?P<word>(?<![^\s(])\.net(?![^\W_])           # .NET
    | (?<![^\W_])[^\W\d_](?:\+\+|\#(?!\w))            # C++, C#
    | [^\W_]+)
    (?P<possessive>'s(?![^\W_]))?""",
    re.VERBOSE | re.IGNORECASE,
)
_HYPHENS = re.compile(r"-+")


@dataclass(frozen=True, slots=True)
class Mapped:
    """Text made from another: its character i stands for characters starts[i] to ends[i] of the original."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    @classmethod
    def of(cls, raw: str) -> "Mapped":
        """*raw* itself."""
        return cls(raw, range(len(raw)), range(1, len(raw) + 1))

    def sub(self, pattern: re.Pattern[str], become: Callable[[re.Match[str]], str]) -> "Mapped":
        """The text with each match of *pattern* replaced by what *become* makes of it."""
        parts: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        at = 0
        for match in pattern.finditer(self.text):
            new = become(match)
            parts += (self.text[at : match.start()], new)
            starts += self.starts[at : match.start()]
            ends += self.ends[at : match.start()]
            if match.end() > match.start():
                starts += [self.starts[match.start()]] * len(new)
                ends += [self.ends[match.end() - 1]] * len(new)
            at = match.end()
        if not parts:
            return self
        return Mapped(
            "".join((*parts, self.text[at:])), [*starts, *self.starts[at:]], [*ends, *self.ends[at:]]
        )

    def position(self, offset: int) -> int:
        """Where in *text* the original's character *offset* is found, or what follows it."""
        return bisect_left(self.starts, offset)


@dataclass(frozen=True, slots=True)
class Word:
    """A maximal run of letters and digits.

    *surface* keeps its capitals, *form* does not. *start* and *end* point into the original. *glued*: it can be
    read as one word with the word before it, as in `fine-tuning` or `GPT 4`.
    """

    surface: str
    start: int
    end: int
    glued: bool = False

    @property
    def form(self) -> str:
        """The word without capitals."""
        return self.surface.lower()


def clean(raw: str) -> Mapped:
    """*raw* without TeX and markup, on one line: what people read.

    Known symbols become themselves, font commands vanish, and a macro that only its author knows keeps its name.
    """
    mapped = Mapped.of(raw)
    if not _suspect(raw):
        return mapped
    math = {at for pair in _MATH.finditer(raw) for at in (pair.start(1), pair.start(2))}
    return mapped.sub(_MARKUP, lambda match: _plain(match, math))


def words(raw: str) -> list[Word]:
    """The words of *raw*, in order."""
    folded = fold(clean(raw))
    text, found, end, ending = folded.text, list[Word](), 0, ""
    for match in _WORD.finditer(text):
        start, stop = match.span("word")
        glued = bool(found) and _glued(ending, text[end:start], text[start])
        last = _with_marks(raw, folded.ends[stop - 1])
        found.append(Word(match["word"], folded.starts[start], last, glued))
        end, ending = match.end(), "" if match["possessive"] else text[stop - 1]
    return found


def fold(mapped: Mapped) -> Mapped:
    """The same letters at their plainest: no accents, no Greek, one hyphen, one quote, nothing invisible."""
    if mapped.text.isascii():
        return mapped
    return mapped.sub(_FOREIGN, lambda match: _folded(match[0]))


def plainly(raw: str) -> str:
    """What `words` finds words in, without where it came from: ten times as fast.

    What is neither a letter nor a digit and foreign to ASCII has become a sign that separates words, too.
    """
    text = raw
    if _suspect(raw):
        math = {at for pair in _MATH.finditer(raw) for at in (pair.start(1), pair.start(2))}
        text = _MARKUP.sub(lambda match: _plain(match, math), raw)
    if text.isascii():
        return text
    return _FOREIGN.sub(_apart_if_foreign, _FOREIGN.sub(lambda match: _folded(match[0]), text))


def _suspect(raw: str) -> bool:
    """Whether there may be TeX or markup in *raw*, or a space that is not a single one."""
    marked = "\\" in raw or "{" in raw or "}" in raw or "$" in raw or "~" in raw or "&" in raw or "<" in raw
    return marked or "  " in raw or not raw.isprintable()  # spelled out, this takes no time


def _apart_if_foreign(match: re.Match[str]) -> str:
    return match[0] if match[0].isalnum() else "\x01"


def _with_marks(raw: str, end: int) -> int:
    """*end* past the accents that are written as characters of their own."""
    while end < len(raw) and unicodedata.combining(raw[end]):
        end += 1
    return end


def _glued(ending: str, gap: str, start: str) -> bool:
    """Whether words with *gap* between them read as one: `fine-tuning`, and `GPT 4` like `GPT-4`."""
    return bool(_HYPHENS.fullmatch(gap)) or (gap == " " and ending.isalpha() and start.isdigit())


@cache
def _folded(char: str) -> str:
    if char in _LETTERS:
        return _LETTERS[char]
    category = unicodedata.category(char)
    if category in ("Cf", "Mn", "Me"):
        return ""
    if category == "Pd":
        return "-"
    plain = unicodedata.normalize("NFKD", char)
    return plain if plain == char else "".join(map(_folded, plain))


def _plain(match: re.Match[str], math: set[int]) -> str:
    """What people read for one piece of TeX or markup."""
    if match["accent"]:
        letter = match["accented"].strip("{}\\ \n\t")
        return unicodedata.normalize("NFC", letter + _ACCENTS[match["accent"]])
    if match["command"]:
        return _apart(match, _symbol(match["command"]))
    if match["dollar"] is not None:
        return "" if match.start() in math else match[0]
    if match["entity"]:
        return html.unescape(match[0])
    if match["sign"] is not None:
        return _SIGNS.get(match["sign"], match["sign"])
    return " " if match.lastgroup in _SPACES else ""


def _apart(match: re.Match[str], said: str) -> str:
    """What a command says, kept apart from the words around it unless it is a letter of theirs."""
    text, (start, end) = match.string, match.span()
    if said and not said.isascii():
        return said
    before = " " if text[start - 1 : start].isalnum() else ""
    after = " " if said[-1:].isalnum() and re.match(r"\{[^}]|\w", text[end : end + 2]) else ""
    return before + said + after


@cache
def _symbol(command: str) -> str:
    """What a TeX command stands for; its own name when only its author knows it."""
    # Imported here: most texts have no TeX and need not wait for the tables.
    from pylatexenc.latex2text import get_default_latex_context_db  # noqa: PLC0415

    spec = get_default_latex_context_db().get_macro_spec(command)
    if spec is None or spec.simplify_repl is None:
        return command
    known = spec.simplify_repl
    return known.strip() if isinstance(known, str) and "%" not in known and "<" not in known else ""
