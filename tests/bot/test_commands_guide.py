import pytest

from adapters.discord import declaring
from bot.commands import commands
from bot.dispatcher import bound, example
from bot.messages import Actions
from tests.lab import Lab


async def test_help_lists_every_command_but_those_behind_buttons(lab: Lab) -> None:
    text = await lab.ask("help")
    for command in commands:
        shown = f"{command.usage} – {command.summary.replace('`', '')}" in text
        assert shown == (command.listed and not command.admin)


async def test_help_shows_a_newcomer_where_to_begin_before_all_else(lab: Lab) -> None:
    new = await lab.reply("help")
    kinds = [type(block).__name__ for block in new.blocks]
    assert kinds == ["Heading", "Paragraph", "Actions", "Paragraph"]
    await lab.ask("follow", term="grokking")
    for message, style in (new, "primary"), (await lab.reply("help"), "default"):
        row = next(block for block in message.blocks if isinstance(block, Actions))
        assert (row.actions[0].label, row.actions[0].style) == ("Start", style)


@pytest.mark.parametrize("typed", ["admin", " /Admin  channel "])
async def test_help_on_the_first_words_lists_how_they_go_on(lab: Lab, typed: str) -> None:
    text = await lab.ask("help", command=typed)
    begun = "admin" if "channel" not in typed else "admin channel"
    for command in commands:
        goes_on = command.listed and command.name.startswith(f"{begun} ")
        assert (f"\n{command.usage} –" in text) == goes_on


async def test_help_explains_one_command(lab: Lab) -> None:
    text = await lab.ask("help", command=" /Follow ")
    assert text.startswith("follow <term>\n")
    assert "A comma separates interests." in text
    assert "Example: follow flow matching" in text


@pytest.mark.parametrize(
    ("typed", "cure"), [("folow", "Did you mean follow?"), ("x" * 9_000, "help lists what there is.")]
)
async def test_help_on_what_there_is_not_names_what_is_near(lab: Lab, typed: str, cure: str) -> None:
    assert cure in await lab.ask("help", command=typed)


def test_what_people_rely_on_is_there() -> None:
    promised = {
        "help": "help [command]",
        "follow": "follow <term>",
        "unfollow": "unfollow <term>",
        "try": "try <term>",
        "search": "search <term>",
        "today": "today",
        "why": "why <paper>",
        "save": "save <paper>",
        "pause": "pause [until]",
        "resume": "resume",
    }
    assert {name: commands[name].usage for name in promised} == promised
    assert "interests" in commands
    assert "saved" in commands


def test_every_command_that_needs_something_shows_an_example() -> None:
    for command in commands:
        if command.listed and any(option.required for option in command.options):
            assert example(command).startswith(f"{command.name} ")
            assert example(command) != command.usage


def test_commands_run_without_options_where_none_is_needed() -> None:
    for command in commands:
        if not any(option.required for option in command.options):
            assert bound(command, {}) == {}


def test_no_menu_of_a_platform_overflows() -> None:
    menus = declaring.declared(commands)
    for menu in menus:
        menus += [one for one in menu.get("options", ()) if one["type"] == 2]
        assert len(menu.get("options", ())) <= declaring.MOST_IN_GROUP, menu["name"]
    assert {"papers", "papers-more", "papers-admin", "channel"} <= {menu["name"] for menu in menus}
