from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.typed import read
from bot.commands import commands as everything
from bot.dispatcher import bound
from bot.errors import BadArguments, UnknownCommand, UserError
from bot.messages import Message, note
from bot.registry import CommandRegistry

commands = CommandRegistry()


@commands.command("help")
async def help_(_: object, command: Annotated[str, "What to explain"] = "") -> Message:
    """See what there is."""
    return note(command)


@commands.command("follow")
async def follow(_: object, term: Annotated[str, "A word or phrase"]) -> Message:
    """Get papers about something.

    Example: `follow flow matching`
    """
    return note(term)


@commands.command("today")
async def today(_: object) -> Message:
    """See the digest."""
    return note("today")


@commands.command("channel")
async def channel(_: object, name: Annotated[str, "Which one"] = "") -> Message:
    """See a channel."""
    return note(name)


@commands.command("channel add")
async def channel_add(
    _: object,
    name: Annotated[str, "Which one"],
    style: Annotated[Literal["compact", "full"], "How long"] = "full",
) -> Message:
    """Let a channel have digests."""
    return note(name, style)


@commands.command("show", listed=False)
async def show(
    _: object,
    digest: Annotated[int, "Which one"],
    start: Annotated[int, "Where to begin"] = 0,
    loud: Annotated[bool, "Tell everyone"] = False,  # noqa: FBT002 - options are declared so
) -> Message:
    """See the rest of a digest."""
    return note(f"{digest} {start} {loud}")


@commands.command("plan")
async def plan(_: object, when: Annotated[str, "A time"], zone: Annotated[str, "A place"] = "") -> Message:
    """Choose when digests come."""
    return note(when, zone)


@pytest.mark.parametrize(
    ("line", "command", "arguments"),
    [
        ("today", "today", {}),
        ("  TODAY  ", "today", {}),
        ("/today", "today", {}),
        ("/papers today", "today", {}),
        ("papers  today", "today", {}),
        ("/ papers Today", "today", {}),
        ("follow flow matching", "follow", {"term": "flow matching"}),
        ("Follow\tflow   matching ", "follow", {"term": "flow   matching"}),
        ("follow papers on RLHF", "follow", {"term": "papers on RLHF"}),
        ("channel", "channel", {}),
        ("channel #papers", "channel", {"name": "#papers"}),
        ("channel add #papers", "channel add", {"name": "#papers"}),
        ("Channel  ADD #papers Compact", "channel add", {"name": "#papers", "style": "compact"}),
        ('channel add "the papers" full', "channel add", {"name": "the papers", "style": "full"}),
        ("channel add “the papers” full", "channel add", {"name": "the papers", "style": "full"}),
        ("show 5", "show", {"digest": "5"}),
        ("show 5 10 yes", "show", {"digest": "5", "start": "10", "loud": "yes"}),
        ('plan "weekdays 08:30" Europe/Berlin', "plan", {"when": "weekdays 08:30", "zone": "Europe/Berlin"}),
        ('plan 08:30"', "plan", {"when": '08:30"'}),
        ("", "help", {}),
        ("/papers", "help", {}),
        (" / ", "help", {}),
        ("help channel add", "help", {"command": "channel add"}),
    ],
)
def test_a_line_is_a_command_with_its_options(line: str, command: str, arguments: dict[str, str]) -> None:
    assert read(line, commands) == (command, arguments)


@pytest.mark.parametrize(
    "term",
    [
        '"flow matching", (RLHF | DPO) AND cat:cs.CL',
        "“exactly this”",
        "diffusion -medical -title:survey",
        "  a,b  ".strip(),
        "C++ `x` #1 /papers",
    ],
)
def test_the_last_text_is_taken_as_it_stands(term: str) -> None:
    assert read(f"follow {term}", commands) == ("follow", {"term": term})


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("folow RLHF", "There is no command “folow”. Did you mean `follow`? `help` lists what there is."),
        (
            "chanel ad x",
            "There is no command “chanel”. Did you mean `channel add`? `help` lists what there is.",
        ),
        ("qwertz", "There is no command “qwertz”. `help` lists what there is."),
        ("`x`", "There is no command “'x'”. `help` lists what there is."),
        ("x" * 99, f"There is no command “{'x' * 39}…”. `help` lists what there is."),
    ],
)
def test_an_unknown_command_is_answered_with_the_nearest(line: str, answer: str) -> None:
    with pytest.raises(UnknownCommand) as mistake:
        read(line, commands)
    assert str(mistake.value) == answer


def test_commands_behind_buttons_are_not_suggested() -> None:
    with pytest.raises(UnknownCommand) as mistake:
        read("shoow", commands)
    assert "show" not in str(mistake.value).replace("shoow", "")


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("today please", "`today` does not take “please”. Write `today`."),
        ("show 1 2 no 4", "`show` does not take “4”. Write `show <digest> [start] [loud]`."),
    ],
)
def test_too_much_is_answered_with_how_it_is_written(line: str, answer: str) -> None:
    with pytest.raises(BadArguments) as mistake:
        read(line, commands)
    assert str(mistake.value) == answer


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("follow", "`follow <term>`, for example `follow flow matching`"),
        ("show many", "`digest` is a whole number, not “many”"),
        ("show 1 2 perhaps", "`loud` is `yes` or `no`, not “perhaps”"),
        ('channel add "" full', "`channel add <name> [style]`"),
        ("channel add x tiny", "`style` is one of `compact`, `full`, not “tiny”"),
    ],
)
def test_what_is_missing_or_unreadable_is_answered_by_the_dispatcher(line: str, answer: str) -> None:
    name, arguments = read(line, commands)
    with pytest.raises(BadArguments) as mistake:
        bound(commands[name], arguments)
    assert answer in str(mistake.value)


words = st.one_of(
    st.text(),
    st.sampled_from([command.name for command in commands]),
    st.sampled_from(['"', "“", "”", "/papers", "5", "yes"]),
)


def answered(line: str) -> str:
    """What comes of a line: the command that runs, or the answer to a mistake."""
    try:
        name, arguments = read(line, commands)
        bound(commands[name], arguments)
    except UserError as mistake:
        return str(mistake)
    return name


@given(st.lists(words).map(" ".join))
def test_any_line_is_read_or_answered(line: str) -> None:
    assert answered(line).strip()


@pytest.mark.parametrize(
    ("line", "given"),
    [
        ("admin roles remove <@U1|ana> yes", {"who": "<@U1|ana>", "sure": "yes"}),
        ("admin roles remove @ana", {"who": "@ana"}),
        ("admin channel remove <#C1|papers> YES", {"channel": "<#C1|papers>", "sure": "YES"}),
        ("admin channel remove #papers no", {"channel": "#papers", "sure": "no"}),
        ("admin source remove my own feed yes", {"name": "my own feed", "sure": "yes"}),
        ("admin source pause hf yes", {"name": "hf", "resume": "yes"}),
        ("admin roles remove yes", {"who": "yes"}),
        ("admin announce shall we rest? yes", {"text": "shall we rest? yes"}),
        ("follow yes", {"term": "yes"}),
    ],
)
def test_a_yes_after_what_is_meant_is_meant_for_the_command(line: str, given: dict[str, str]) -> None:
    assert read(line, everything)[1] == given
