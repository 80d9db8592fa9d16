"""The pictures of the README and of deploy/FIRST-MINUTE.md, made in a real browser from what the platforms are sent.

    .venv/bin/python -m tests.pictures     makes deploy/pictures/ anew

Beside them stands, of each, the digest of the page it was made from: where it is another by now, the picture is
stale. With the browser and the fonts that it was made with its pixels are compared too.
"""

import asyncio
import hashlib
import io
import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

from PIL import Image, ImageChops

from bot.app import IN_MEMORY, App, read_digest
from bot.models import Digest, Paper
from bot.preview import Asked, Gallery, follow
from bot.sample import READERS
from tests import newcomer

FOLDER: Final = Path(__file__).parents[1] / "deploy" / "pictures"
RECORD: Final = FOLDER / "pictures.json"
NOW: Final = datetime(2026, 11, 20, 9, tzinfo=UTC)  # the day of the sample
WIDTH: Final = 720  # of the window, in the page's pixels
TALL: Final = 2_600  # likewise; what stays empty is cut off
SCALE: Final = 2
SMALL: Final = "first-"  # how the pictures' names begin that are shown side by side, at a scale of one
BROWSERS: Final = "chromium chromium-browser google-chrome chrome".split()
FONTS: Final = "Lato", "Open Sans", "JetBrains Mono", "Inter"
FLAGS: Final = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --hide-scrollbars --font-render-hinting=none "
    f"--default-background-color=00000000 --window-size={WIDTH},{TALL}"
).split()
NEAR: Final = 40  # of 255: what reducing a picture to few colours may change
MOST_OFF: Final = 0.002  # the share of pixels that may be further off

TREND: Final = "trends flow matching, diffusion, generative adversarial network"


@dataclass(frozen=True, slots=True)
class Scene:
    """What a picture shows: what a reader gets, or the answer to what they say, on one platform."""

    reader: str
    platform: str
    say: str = ""


SCENES: Final = {
    "slack": Scene("Ada", "slack"),
    "discord": Scene("Ben", "discord"),
    "terminal": Scene("#papers", "terminal"),
    "trends": Scene("Ben", "discord", TREND),
}


async def pages() -> Mapping[str, str]:
    """The page of every picture, by its file's name."""
    async with _gallery() as gallery:
        found = {
            f"{name}-{theme}.png": await gallery.page(Asked(scene.reader, theme, scene.platform, scene.say))
            for name, scene in SCENES.items()
            for theme in newcomer.THEMES
        }
    return found | {**await newcomer.pages()}


@asynccontextmanager
async def _gallery() -> AsyncIterator[Gallery]:
    """The sample, landed after some months of papers that never were."""
    async with App.open(IN_MEMORY, lambda: NOW) as app:
        await follow(app, READERS)
        for digest in _months():
            await app.intake.land(digest)
        yield Gallery(app, await app.intake.land(await read_digest(None)))


def _months() -> Iterator[Digest]:
    """Twenty weeks in which one way to draw pictures takes over from another."""
    chance = Random(5)
    for week in range(20):
        many = {
            "Flow matching": 2 + week // 3 + max(0, week - 14) * 4,
            "Diffusion": 24,
            "A generative adversarial network": 13 - week // 2,
        }
        titles = [
            f"{what} in week {week}, part {number}"
            for what, usual in many.items()
            for number in range(usual + chance.randint(-1, 2))
        ]
        papers = tuple(Paper(title, "Made up.", source="sample") for title in titles)
        yield Digest("sample", date(2026, 7, 6) + timedelta(weeks=week), papers, f"week {week}")


def signed(page: str) -> str:
    """The digest of a page; charts count by what is told of them, not by their bytes."""
    return hashlib.sha256(re.sub(r"data:image/png;base64,[\w+/=]+", "", page).encode()).hexdigest()


def browser() -> str | None:
    """A browser of this machine that makes pictures."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def made_with(program: str) -> Mapping[str, str]:
    """What decides how a page looks: the browser, and the fonts that are found for those that are asked for."""
    version = _told(program, "--version").partition(" built")[0]
    return {
        "browser": version,
        "fonts": ", ".join(_told("fc-match", "-f", "%{family[0]}", font) for font in FONTS),
    }


def taken(page: str, program: str, name: str = "") -> Image.Image:
    """The window of *page*, without what is empty around it, in few colours, for the picture of that name."""
    with tempfile.TemporaryDirectory() as folder:
        file, picture = Path(folder) / "page.html", Path(folder) / "page.png"
        file.write_text(page, encoding="utf-8")
        words = [
            program,
            *FLAGS,
            f"--force-device-scale-factor={1 if name.startswith(SMALL) else SCALE}",
            f"--user-data-dir={folder}/profile",
            f"--screenshot={picture}",
            file.as_uri(),
        ]
        subprocess.run(words, check=True, capture_output=True, timeout=60)  # noqa: S603  # the browser, found above
        whole = Image.open(io.BytesIO(picture.read_bytes())).convert("RGBA")
    return whole.crop(whole.getchannel("A").getbbox()).quantize(256, method=Image.Quantize.FASTOCTREE)


def off(one: Image.Image, other: Image.Image) -> float:
    """The share of pixels that differ more than reducing colours explains; all of them when the sizes differ."""
    if one.size != other.size:
        return 1.0
    channels = ImageChops.difference(one.convert("RGBA"), other.convert("RGBA")).split()
    worst = channels[0]
    for channel in channels[1:]:
        worst = ImageChops.lighter(worst, channel)
    return sum(worst.histogram()[NEAR:]) / (one.width * one.height)


def recorded() -> Mapping[str, Mapping[str, str]]:
    """What stands beside the pictures: what they were made with, and the digest of each one's page."""
    found: Mapping[str, Mapping[str, str]] = json.loads(RECORD.read_text(encoding="utf-8"))
    return found


def _told(*words: str) -> str:
    try:
        return subprocess.run(words, check=False, capture_output=True, text=True).stdout.strip()  # noqa: S603  # named above
    except OSError:
        return ""


def main() -> None:
    """Make every picture, and the record beside them."""
    program = browser()
    if program is None:
        raise SystemExit(f"No browser is here: install one of {', '.join(BROWSERS)}.")
    found = asyncio.run(pages())
    FOLDER.mkdir(exist_ok=True)
    for name, page in found.items():
        picture = taken(page, program, name)
        picture.save(FOLDER / name, optimize=True)
        print(f"{name}: {picture.width} × {picture.height}, {(FOLDER / name).stat().st_size:,} bytes")
    record = {"made with": made_with(program), "pages": {name: signed(page) for name, page in found.items()}}
    RECORD.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
