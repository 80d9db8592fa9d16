import logging
from dataclasses import replace
from typing import Annotated, Literal

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from bot.dispatcher import Context, Dispatcher, bound, example, pointed
from bot.errors import BadArguments, NotFollowing, Unreadable
from bot.interfaces import Storage
from bot.messages import Message, note, plain
from bot.models import Address, Value
from bot.registry import CommandRegistry
from bot.workspaces import Limits, Workspace
from tests.fakes import Clock, ada, at, ben, given, text_of

commands = CommandRegistry()


@commands.command("greet")
async def greet(
    context: Context,
    name: Annotated[str, "Whom to greet"],
    how_often: Annotated[int, "How many times"] = 1,
    tone: Annotated[Literal["warm", "cool"], "How it sounds"] = "warm",
    loud: Annotated[bool, "Whether to shout"] = False,  # noqa: FBT002  # an option as people give it
) -> Message:
    """Say hello to somebody.

    Example: `greet Ada`
    """
    return note(f"{context.user.id} greets {name} {how_often} {tone} {loud} at {context.now:%H:%M}")


@commands.command("stumble")
async def stumble(_context: Context) -> Message:
    """Make a mistake that people make."""
    raise NotFollowing("You do not follow that. `interests` lists what you follow.")


@commands.command("misread")
async def misread(_context: Context) -> Message:
    """Meet an interest that cannot be read."""
    raise Unreadable("di* OR x", 2, "at least three letters before the star")


@commands.command("break")
async def broken(_context: Context) -> Message:
    """Go wrong in a way that nobody foresaw."""
    raise ZeroDivisionError("nobody saw it coming")


@pytest.fixture
def dispatch(sqlite_storage: Storage) -> Dispatcher:
    return Dispatcher(commands, sqlite_storage, Clock(at("08:30")), lambda: "r-1")


async def test_a_command_runs_with_its_context_and_options(dispatch: Dispatcher) -> None:
    reply = await dispatch(given("greet", name="Ben"))
    assert reply == note("ada greets Ben 1 warm False at 08:30")


@pytest.mark.parametrize("loud", [True, "yes", "ON", 1])
async def test_options_may_come_as_text(dispatch: Dispatcher, loud: Value) -> None:
    reply = await dispatch(given("greet", name=7, tone=" cool ", loud=loud, how_often="3"))
    assert text_of(reply) == "ada greets 7 3 cool True at 08:30"


@pytest.mark.parametrize(
    ("arguments", "wrong"),
    [
        ({}, "`greet` needs a name."),
        ({"name": "  "}, "`greet` needs a name."),
        ({"name": "Ben", "mood": "x"}, "`greet` takes no “mood”."),
        ({"name": "Ben", "tone": "icy"}, "`tone` is one of `warm`, `cool`, not “icy”."),
        ({"name": "Ben", "how-often": "often"}, "`how-often` is a whole number, not “often”."),
        ({"name": "Ben", "how-often": "9" * 5_000}, "`how-often` is a number of at most 9 digits"),
        ({"name": "Ben", "loud": "perhaps"}, "`loud` is `yes` or `no`, not “perhaps”."),
    ],
)
def test_a_bad_argument_says_what_to_type_instead(arguments: dict[str, Value], wrong: str) -> None:
    with pytest.raises(BadArguments) as mistake:
        bound(commands["greet"], arguments)
    assert str(mistake.value).startswith(wrong)
    assert "Write `greet <name> [how-often] [tone] [loud]`, for example `greet Ada`." in str(mistake.value)


def test_without_an_example_the_usage_is_one() -> None:
    assert example(commands["stumble"]) == "stumble"
    with pytest.raises(BadArguments, match=r"Write `stumble`\.$"):
        bound(commands["stumble"], {"x": 1})


async def test_a_persons_mistake_is_answered_in_its_own_words(dispatch: Dispatcher) -> None:
    reply = await dispatch(given("stumble"))
    assert text_of(reply) == "You do not follow that. interests lists what you follow."


async def test_an_unknown_command_is_answered_too(dispatch: Dispatcher) -> None:
    assert "no command “dance”" in text_of(await dispatch(given("dance")))
    assert await dispatch(given("x" * 100_000))


async def test_the_caret_stands_under_the_character(dispatch: Dispatcher) -> None:
    term, caret = text_of(await dispatch(given("misread"))).splitlines()
    assert term == "di* OR x"
    assert caret == "  ^ at least three letters before the star"


async def test_what_nobody_foresaw_is_noted_and_excused(
    dispatch: Dispatcher, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        reply = await dispatch(given("break", ada))
    assert "r-1" in text_of(reply)
    assert "coming" not in text_of(reply)
    assert "nobody saw it coming" in caplog.text
    assert vars(caplog.records[0])["reference"] == "r-1"


@examples(st.text(max_size=300), st.integers(0, 300))
def test_wherever_the_mistake_is_the_caret_points_at_it(term: str, place: int) -> None:
    place = min(place, len(term))
    shown, caret = plain(pointed(Unreadable(term, place, "why"))).split("\n")
    under = caret.index("^")
    assert len(shown) <= 62
    if place < len(term) and term[place].isprintable():
        assert shown[under] == term[place]


async def test_a_repeat_of_the_same_act_is_done_once(dispatch: Dispatcher) -> None:
    first = replace(given("break"), id="7")
    assert await dispatch(first) is await dispatch(first)
    assert await dispatch(first) is not await dispatch(replace(first, id="8"))
    assert await dispatch(first) is not await dispatch(replace(first, user=ben))


async def test_whoever_hurries_is_told_when_to_go_on(sqlite_storage: Storage) -> None:
    clock = Clock()
    dispatch = Dispatcher(commands, sqlite_storage, clock, lambda: "r-1")
    await sqlite_storage.workspaces.keep(Workspace("fake", "lab", Limits(commands=2)))
    replies = [await dispatch(given("greet", who, name="Cy")) for who in (ada, ada, ada, ben)]
    assert [reply.refusal for reply in replies] == [False, False, True, False]
    assert "more than 2 commands in a minute. The next one works in 60 seconds" in text_of(replies[2])
    clock.pass_by(seconds=60)
    assert not (await dispatch(given("greet", name="Cy"))).refusal


async def test_a_terminal_can_hurry(dispatch: Dispatcher) -> None:
    you = Address("console", "", "you")
    replies = [await dispatch(given("greet", you, name="Cy")) for _ in range(70)]
    assert not any(reply.refusal for reply in replies)
