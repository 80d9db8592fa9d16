"""Charts of numbers over weeks, as pictures for a chat: readable on a phone, on light and on dark.

The drawing library is large and is loaded with the first chart; call `drawn` in a thread.
"""

import io
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS: Final = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#8A6D00", "#56B4E9")
"""Told apart by whoever sees fewer colours: those of Okabe and Ito, the yellow darkened."""
DASHES: Final = ("-", "--", "-.", ":", "-", "--")
PAPER, INK, FAINT = "#FBFBF8", "#22252A", "#C9CCD1"
WIDTH, HEIGHT, DOTS = 7.2, 4.5, 100  # inches, and dots an inch
LABEL: Final = 30  # characters of a term beside its line
RISING: Final = "▲"

_alone = threading.Lock()  # the library keeps fonts for the whole process


@dataclass(frozen=True, slots=True)
class Line:
    """What is drawn of one term: a number a week, and whether it is on the rise."""

    label: str
    counts: tuple[int, ...]
    rising: bool = False

    @property
    def title(self) -> str:
        """The term, shortened, with the sign of those on the rise."""
        short = self.label if len(self.label) <= LABEL else f"{self.label[: LABEL - 1]}…"
        return f"{short} {RISING}" if self.rising else short


@dataclass(frozen=True, slots=True)
class Chart:
    """Lines over the same *weeks*, each named by its Monday, the oldest first."""

    title: str
    weeks: tuple[date, ...]
    lines: tuple[Line, ...]


def described(chart: Chart) -> str:
    """What the picture shows, in words, for whoever does not see it."""
    span = f"{_day(chart.weeks[0])} to {_day(chart.weeks[-1])}" if chart.weeks else "no week"
    told = "; ".join(map(_told, chart.lines))
    return f"{chart.title}, weeks from {span}: {told}."


def drawn(chart: Chart) -> bytes:
    """The chart as a PNG."""
    with _alone:
        from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415  # see the module's docstring
        from matplotlib.figure import Figure  # noqa: PLC0415  # likewise

        figure = Figure(figsize=(WIDTH, HEIGHT), dpi=DOTS, facecolor=PAPER)
        figure.subplots_adjust(left=0.08, right=0.97, top=0.9, bottom=0.3)
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        _lines(axes, chart)
        _frame(axes, chart)
        picture = io.BytesIO()
        figure.savefig(picture, format="png", pil_kwargs={"optimize": True})
    return picture.getvalue()


def _lines(axes: "Axes", chart: Chart) -> None:
    places = range(len(chart.weeks))
    for number, line in enumerate(chart.lines):
        colour, dashes = COLOURS[number % len(COLOURS)], DASHES[number % len(DASHES)]
        axes.plot(places, line.counts, linewidth=3, marker="o", markersize=6, color=colour, linestyle=dashes)
    names = [str(number) for number in range(len(chart.lines))]
    where: dict[str, Any] = {"loc": "upper center", "bbox_to_anchor": (0.48, -0.12), "ncols": 2}
    key = axes.legend(axes.get_lines(), names, fontsize=13, frameon=False, labelcolor=INK, **where)
    for text, line in zip(key.get_texts(), chart.lines, strict=True):
        text.set_parse_math(False)  # a dollar sign is a dollar sign
        text.set_text(_drawable(line.title))


def _frame(axes: "Axes", chart: Chart) -> None:
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415  # see the module's docstring

    axes.set_facecolor(PAPER)
    axes.set_title(chart.title, fontsize=15, color=INK, loc="left", fontweight="bold")
    axes.set_ylim(bottom=0, top=max([4, *(max(line.counts) for line in chart.lines)]) * 1.12)
    shown = _few(len(chart.weeks))
    axes.set_xticks(shown, [_day(chart.weeks[at]) for at in shown])
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    axes.tick_params(labelsize=13, colors=INK, length=0)
    axes.grid(axis="y", color=FAINT, linewidth=0.8)
    for side, spine in axes.spines.items():
        spine.set_visible(side == "bottom")
        spine.set_color(FAINT)


def _few(number: int) -> Sequence[int]:
    """The places of at most six of *number* weeks, the last one always."""
    step = max(1, -(-number // 6))
    return range((number - 1) % step, number, step)


def _told(line: Line) -> str:
    numbers = ", ".join(map(str, line.counts[-12:]))
    return f"“{line.label}” {numbers}{', on the rise' if line.rising else ''}"


def _day(week: date) -> str:
    return f"{week.day} {week:%b}"


def _drawable(text: str) -> str:
    """*text* with a box for each sign that the library's own font does not have."""
    from matplotlib.font_manager import findfont, get_font  # noqa: PLC0415  # see the module's docstring

    known = get_font(findfont("DejaVu Sans")).get_charmap()
    return "".join(sign if ord(sign) in known else "□" for sign in " ".join(text.split()))
