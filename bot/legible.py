"""Titles and abstracts as people read them: without TeX, what is raised or lowered in formulas shown so."""

import re
from typing import Final

from bot.text import Mapped, clean

_RAISED: Final = str.maketrans(
    "0123456789+-=()nixyabcdefghjklmoprstuvwz∘", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱˣʸᵃᵇᶜᵈᵉᶠᵍʰʲᵏˡᵐᵒᵖʳˢᵗᵘᵛʷᶻ°"
)
_LOWERED: Final = str.maketrans("0123456789+-=()aeoxhklmnpstijruv", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₒₓₕₖₗₘₙₚₛₜᵢⱼᵣᵤᵥ")
_FORMULA: Final = re.compile(
    r"""\^(?P<raised>[+-]?\d+(?![\d./])|[nixyk∘](?![A-Za-z^_]))   # R^2, 10^-4, 360^∘
    | (?<=(?<![A-Za-z_])[A-Za-zℓ])_(?P<lowered>\d{1,2}(?![\w.])|[aeoxhklmnpstijruv](?![A-Za-z_^]))  # x_0, S_t
    | (?<=\w)\(\^(?P<bracketed>\d)\)                             # D(^2)CL
    | \$\ ?(?P<number>[\d.]+)\$                                  # $ 0.07$s
    | \$\ ?(?P<sign>[×∼≈±≤≥<>→+∘∞-]+)\ ?\$                       # $∼$29%
    | \$(?=[×∼≈±≤≥→-])|(?<=×)\$(?!\d)                           # 256$×256, 64×$
    | (?<=[CNS]O)_(?P<oxide>2)                                   # CO_2
    | (?P<quote>``|(?<=\w[\w.,!?)])''(?![\w(]))                   # ``grokking'', not f''(x)
    | (?<=[^\W_])(?P<dash>-{2,3})(?=[^\W_])|(?<=\ )(?P<apart>-{2,3})(?=\ )  # vision--language
    | \\+(?=_)                                                   # DINO\\_4D""",
    re.VERBOSE,
)


def legible(raw: str) -> Mapped:
    """*raw* on one line and without TeX. Dollars of money stay, and so do names like snake_case."""
    return clean(raw).sub(_FORMULA, _shown)


def _shown(match: re.Match[str]) -> str:
    raised = match["raised"] or match["bracketed"]
    if raised:
        return raised.translate(_RAISED)
    if lowered := match["lowered"] or match["oxide"]:
        return lowered.translate(_LOWERED)
    if match["quote"]:
        return "“" if match["quote"] == "``" else "”"
    if match["dash"] or match["apart"]:
        return "–"
    return match["number"] or match["sign"] or ""
