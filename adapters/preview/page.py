"""The page around the drawings: whose digest, in which colours, and what is asked of the bot (pure)."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Final
from urllib.parse import urlencode

from markupsafe import Markup

from adapters.preview.drawing import Drawn, templates
from bot.messages import File

THEMES: Final = ("", "light", "dark")
"""The colours there are; "" goes by the system's."""

PLATFORMS: Final = ("slack", "discord", "terminal")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page is to show: what *reader* gets, or the answer to what they *say*.

    *follow* is what they follow, where that can be chosen. With a *platform* its window stands there alone.
    """

    reader: str
    theme: str = ""
    platform: str = ""
    say: str = ""
    follow: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around a message: who else there is, what this reader follows, and where each platform shows it.

    *own*: what they follow can be changed.
    """

    readers: Sequence[str]
    whom: str
    follows: str
    place: Mapping[str, str]
    own: bool = False


def page(asked: Asked, frame: Frame, shown: Drawn) -> str:
    """The page, whole: it loads nothing."""
    return (
        templates()
        .get_template("page.html")
        .render(
            asked=asked,
            frame=frame,
            drawn=shown,
            themes=THEMES,
            attached=_attached,
            link=lambda **changed: _link(replace(asked, **changed)),
        )
    )


def _link(asked: Asked) -> str:
    return "/?" + urlencode({name: value for name, value in asdict(asked).items() if value})


def _attached(file: File) -> Markup:
    """A file below the message: a picture as itself, anything else by its name."""
    if not file.name.endswith(".png"):
        return Markup("<figure><figcaption>📄 {}</figcaption></figure>").format(file.name)
    source = f"data:image/png;base64,{base64.b64encode(file.content).decode()}"
    return Markup('<figure><figcaption>{}</figcaption><img src="{}" alt="{}"></figure>').format(
        file.name, source, file.alt
    )
