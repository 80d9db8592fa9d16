"""A few bars as a small picture that comes with a post: readable on a phone, on light and on dark.

It is drawn for each reader, many at one hour, so by a small library within some milliseconds; call it in a thread. The
library is loaded with the first one. The same bars are the same bytes.
"""

import io
from typing import Final

from bot.charts import COLOURS, FAINT, INK, PAPER
from bot.messages import Bars, File

NAME: Final = "week.png"
WIDTH, HEIGHT, EDGE = 720, 280, 24  # dots
_HEAD, _FOOT = 64, 40  # dots above and below the bars
_SHARE: Final = 0.62  # of its place that a bar is wide


def described(bars: Bars) -> str:
    """What the picture shows, in words, for whoever does not see it."""
    told = ", ".join(f"{' '.join(day.split())} {count:,}" for day, count in bars.days)
    return f"{bars.title}: {told}."


def drawn(bars: Bars) -> File:
    """The bars as a PNG."""
    from PIL import Image, ImageDraw, ImageFont  # noqa: PLC0415  # only whoever draws waits for it

    picture = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw = ImageDraw.Draw(picture)
    large, small = ImageFont.load_default(26), ImageFont.load_default(20)
    draw.text((EDGE, EDGE / 2), bars.title, INK, large)
    floor, most = HEIGHT - _FOOT, max([1, *(count for _, count in bars.days)])
    place = (WIDTH - 2 * EDGE) / max(1, len(bars.days))
    draw.line((EDGE, floor, WIDTH - EDGE, floor), FAINT, 2)
    for number, (day, count) in enumerate(bars.days):
        middle, half = EDGE + (number + 0.5) * place, place * _SHARE / 2
        top = floor - round((floor - _HEAD - 16) * count / most)
        if count:
            draw.rectangle((middle - half, min(top, floor - 3), middle + half, floor), COLOURS[0])
        draw.text((middle, top - 4), f"{count:,}", INK, small, anchor="mb")
        draw.text((middle, floor + 8), " ".join(day.split()), INK, small, anchor="mt")
    written = io.BytesIO()
    picture.quantize(32, method=Image.Quantize.FASTOCTREE).save(
        written, "PNG"
    )  # a third of the size, in a sixth of the time
    return File(NAME, written.getvalue(), described(bars))


def first(blocks: tuple[object, ...]) -> Bars | None:
    """The bars among *blocks*, if there are some."""
    return next((block for block in blocks if isinstance(block, Bars)), None)
