"""One message as HTML, three times over: what Slack and Discord are sent, and what the terminal is shown (pure)."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from rich.console import Console, RenderableType
from rich.terminal_theme import TerminalTheme

from adapters.preview import markdown
from bot.messages import File

Json = Mapping[str, Any]

COLUMNS: Final = 84  # of the terminal that is drawn

_ON_DARK: Final = TerminalTheme(
    (22, 24, 29),
    (216, 219, 226),
    [
        (22, 24, 29),
        (240, 113, 120),
        (152, 195, 121),
        (229, 192, 123),
        (97, 175, 239),
        (198, 120, 221),
        (86, 200, 216),
        (216, 219, 226),
    ],
)
_ON_LIGHT: Final = TerminalTheme(
    (250, 250, 248),
    (40, 44, 52),
    [
        (40, 44, 52),
        (202, 18, 67),
        (46, 125, 50),
        (152, 104, 1),
        (30, 90, 200),
        (150, 30, 150),
        (0, 112, 136),
        (40, 44, 52),
    ],
)
_THEMES: Final = {"dark": _ON_DARK, "light": _ON_LIGHT}


@dataclass(frozen=True, slots=True)
class Drawn:
    """A message as HTML for each platform, and the *files* that come with it."""

    slack: Markup
    discord: Markup
    terminal: Mapping[str, Markup]  # by theme: a terminal's colours are its own
    files: Sequence[File] = ()


def drawn(
    slack: Sequence[Json], discord: Json, terminal: RenderableType, files: Sequence[File] = ()
) -> Drawn:
    """The blocks of Block Kit, the payload in Components V2, and what rich is to print, as HTML.

    Whatever cannot be drawn is shown as its name, never left out.
    """
    return Drawn(
        Markup(_TEMPLATES.get_template("slack.html").render(blocks=slack)),  # noqa: S704  # escaped by the template
        Markup(_TEMPLATES.get_template("discord.html").render(post=discord)),  # noqa: S704  # likewise
        {theme: _printed(terminal, colours) for theme, colours in _THEMES.items()},
        tuple(files),
    )


def templates() -> Environment:
    """The templates of the preview: they escape whatever is put into them."""
    return _TEMPLATES


def _printed(shown: RenderableType, colours: TerminalTheme) -> Markup:
    console = Console(
        record=True,
        width=COLUMNS,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
        legacy_windows=False,
        _environ={},
    )
    console.print(shown)
    html = console.export_html(theme=colours, inline_styles=True, code_format="{code}")
    return Markup(html.rstrip("\n"))  # noqa: S704  # rich escapes what it prints


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("adapters.preview", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["discord"] = markdown.html
    return environment


_TEMPLATES: Final = _environment()
