from typing import Annotated, Literal

import pytest

from bot.errors import UnknownCommand
from bot.messages import Message, note
from bot.registry import REQUIRED, Command, CommandRegistry, Option, options


async def greet(
    context: object,
    name: Annotated[str, "Whom to greet"],
    how_often: Annotated[int, "How many times"] = 1,
    tone: Annotated[Literal["warm", "cool"], "How it sounds"] = "warm",
) -> Message:
    """Say hello to somebody.

    Example: `greet Ada`
    """
    return note(f"{context} {name} {how_often} {tone}")


def test_a_signature_is_the_schema() -> None:
    assert options(greet) == (
        Option("name", "Whom to greet", str, REQUIRED),
        Option("how-often", "How many times", int, 1),
        Option("tone", "How it sounds", str, "warm", ("warm", "cool")),
    )


def test_a_docstring_is_the_help() -> None:
    commands = CommandRegistry()
    commands.command("greet")(greet)
    assert commands["greet"].summary == "Say hello to somebody."
    assert commands["greet"].details == "Example: `greet Ada`"
    assert commands["greet"].usage == "greet <name> [how-often] [tone]"


def test_commands_stay_in_the_order_of_their_declaration() -> None:
    commands = CommandRegistry()
    for name in ("second", "first"):
        commands.command(name)(greet)
    assert [command.name for command in commands] == ["second", "first"]
    assert "first" in commands
    assert "third" not in commands


def test_an_unknown_command_says_where_to_look() -> None:
    with pytest.raises(UnknownCommand, match="`help`"):
        CommandRegistry()["dance"]


def test_a_name_is_declared_once() -> None:
    commands = CommandRegistry()
    commands.command("greet")(greet)
    with pytest.raises(ValueError, match="twice"):
        commands.command("greet")(greet)


@pytest.mark.parametrize("name", ["", "Follow", "follow!", "a b c d", "x" * 33])
def test_a_bad_name_fails_at_declaration(name: str) -> None:
    with pytest.raises(ValueError, match="a name is"):
        Command(name, "A summary.", greet)


@pytest.mark.parametrize("summary", ["", "x" * 101])
def test_a_summary_fits_both_platforms(summary: str) -> None:
    with pytest.raises(ValueError, match="a summary has"):
        Command("greet", summary, greet)


def test_a_command_has_at_most_25_options() -> None:
    with pytest.raises(ValueError, match="at most 25"):
        Command("greet", "A summary.", greet, tuple(Option(f"o{at}", "An option") for at in range(26)))


async def bare(context: object, name: str) -> Message:
    """Forget to say what the option is."""
    return note(f"{context} {name}")


async def fraction(context: object, much: Annotated[float, "How much"]) -> Message:
    """Ask for what no platform has."""
    return note(f"{context} {much}")


@pytest.mark.parametrize("handler", [bare, fraction])
def test_an_option_that_cannot_be_shown_fails_at_declaration(handler: object) -> None:
    with pytest.raises(ValueError, match="an option is"):
        CommandRegistry().command("bad")(handler)  # type: ignore[type-var]  # any coroutine will do here
