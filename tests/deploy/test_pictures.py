"""The pictures of the README and of the first minute show what readers get today."""

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from PIL import Image

from tests import pictures

ROOT = Path(__file__).parents[2]
PROSE = "".join((ROOT / name).read_text("utf-8") for name in ("README.md", "deploy/FIRST-MINUTE.md"))
CURE = "make them anew with .venv/bin/python -m tests.pictures, and look at them"


@pytest.fixture(scope="module")
def pages() -> Mapping[str, str]:
    return asyncio.run(pictures.pages())


@pytest.fixture(scope="module")
def program() -> str:
    """The browser that the pictures were made with, with their fonts."""
    program = pictures.browser()
    if program is None:
        pytest.skip("no browser is installed")
    made = pictures.recorded()["made with"]
    if (here := pictures.made_with(program)) != made:
        pytest.skip(f"the pictures were made with {made}, and here is {here}")
    return program


def test_every_picture_was_made_from_what_readers_get_today(pages: Mapping[str, str]) -> None:
    signed = {name: pictures.signed(page) for name, page in pages.items()}
    assert signed == pictures.recorded()["pages"], CURE


@pytest.mark.parametrize("platform", ["slack", "discord"])
def test_the_first_minute_is_shown_step_by_step(pages: Mapping[str, str], platform: str) -> None:
    shown = [pages[f"first-{platform}-{number}-light.png"] for number in range(1, 5)]
    words = "Begin with", "Press a topic", "You are set up", "new papers matches your interest"
    assert [word in page for word, page in zip(words, shown, strict=True)] == [True] * 4


def test_a_page_that_says_one_word_more_is_another(pages: Mapping[str, str]) -> None:
    page = pages["slack-light.png"]
    assert pictures.signed(page.replace("Why:", "Why so:")) != pictures.signed(page)


def test_every_picture_is_there_and_is_shown_in_both_colours() -> None:
    shown = set(re.findall(r"pictures/([\w-]+\.png)", PROSE))
    kept = {path.name for path in pictures.FOLDER.glob("*.png")}
    assert shown == kept == set(pictures.recorded()["pages"])


def test_every_picture_says_what_it_shows() -> None:
    images = re.findall(r"<img [^>]*>", PROSE)
    assert images
    assert [image for image in images if not re.search(r'alt="[^"]{40,}"', image)] == []


def test_the_pixels_are_those_that_a_browser_draws_today(pages: Mapping[str, str], program: str) -> None:
    for name in ("slack-light.png", "discord-dark.png", "terminal-light.png", "first-slack-3-dark.png"):
        fresh = pictures.taken(pages[name], program, name)
        assert pictures.off(fresh, Image.open(pictures.FOLDER / name)) <= pictures.MOST_OFF, f"{name}: {CURE}"


def test_pixels_that_are_others_are_seen(pages: Mapping[str, str], program: str) -> None:
    page = pages["slack-light.png"].replace("#1264a3", "#a31264")
    fresh = pictures.taken(page, program)
    assert pictures.off(fresh, Image.open(pictures.FOLDER / "slack-light.png")) > pictures.MOST_OFF
