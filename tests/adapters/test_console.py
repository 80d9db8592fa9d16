import asyncio
import io
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from adapters.console import ConsoleAdapter, buttons, render
from adapters.console.adapter import kept
from bot.errors import Unreachable
from bot.messages import (
    Action,
    Actions,
    Card,
    Divider,
    File,
    Heading,
    Message,
    Paragraph,
    Span,
    bold,
    code,
    note,
    said,
)
from bot.models import Address, Invocation
from bot.registry import CommandRegistry
from tests.adapters.keyboard import Keyboard
from tests.contract.test_renderers import anything, messages

ACTIONS = (
    Action("Save", "save", {"paper": "#7"}),
    Action("More like this", "more", {"paper": "#7"}),
    Action("Remove from the list", "unsave", {"paper": "#7"}),
)
CARD = Card(
    said(bold("Flow matching"), ": a guide"),
    3,
    "https://example.org/paper",
    "Ada Lovelace and 7 more · cs.LG",
    said(
        "We present ",
        bold("flow matching"),
        ", told once more from the beginning for whoever has missed it.",
    ),
    (said("Why: flow matching"), said("42 upvotes · ", Span("Code", url="https://example.org/code"))),
    ACTIONS,
)
MORE = Actions((Action("Show the other 23", "show", {"start": 10}),))
DIGEST = Message(
    "One paper", (Heading("Tuesday"), Paragraph(said("Try ", code("help"), ".")), CARD, Divider(), MORE)
)


def shown(message: Message, width: int = 80, *, bare: bool = False, colours: bool = False) -> str:
    screen = Console(
        file=io.StringIO(), width=width, force_terminal=colours, color_system="standard" if colours else None
    )
    with screen.capture() as seen:
        screen.print(render(message, bare=bare))
    return seen.get()


class Terminal:
    """A console adapter with its keyboard and its paper."""

    def __init__(self, *lines: str, terminal: bool = False) -> None:
        self.keyboard, self.paper = Keyboard(terminal=terminal), io.StringIO()
        self.adapter = ConsoleAdapter(self.keyboard, Console(file=self.paper, width=80), user="ada")
        self.taken: list[Invocation] = []
        self.answers: list[Message] = []
        for line in lines:
            self.keyboard.type(line)

    async def talk(self, *answers: Message) -> str:
        """Run until the lines end, giving these answers; what stands on paper then."""
        self.answers = list(answers)
        self.keyboard.end()
        await self.adapter.run(CommandRegistry(), self.dispatch)
        return self.paper.getvalue()

    async def talk_about(self, message: Message) -> str:
        """The same, below a message."""
        await self.adapter.send(self.adapter.user, message, key="k1")
        return await self.talk()

    async def dispatch(self, invocation: Invocation) -> Message:
        self.taken.append(invocation)
        return self.answers.pop(0) if self.answers else note("Done.")


def test_a_digest_without_colours_reads_well() -> None:
    assert shown(DIGEST, bare=True) == (
        "Tuesday\n"
        "\n"
        "Try `help`.\n"
        "\n"
        "  3  Flow matching: a guide\n"
        "     Ada Lovelace and 7 more · cs.LG\n"
        "     https://example.org/paper\n"
        "     We present flow matching, told once more from the beginning for whoever has\n"
        "     missed it.\n"
        "     Why: flow matching   42 upvotes · Code https://example.org/code\n"
        "     [save 3]  [more 3]  [unsave 3] Remove from the list\n"
        "\n"
        f"{'─' * 80}\n"
        "\n"
        "[show] Show the other 23\n"
    )


def test_on_a_terminal_matches_stand_out_and_links_can_be_clicked() -> None:
    seen = shown(DIGEST, colours=True)
    assert "\x1b[1;36mflow matching\x1b[0m" in seen
    assert ";https://example.org/paper\x1b\\" in seen
    assert ";https://example.org/code\x1b\\" in seen
    assert " https://" not in seen


def test_an_address_that_is_none_is_no_link() -> None:
    for url in ("javascript:alert(1)", "https://x/\x1b]0;gone\x07", "https://x/\u202egro", "file:///etc"):
        assert "]8;" not in shown(Message("s", (Card(said(Span("Title", url=url)), url=url),)), colours=True)


def test_a_caret_stays_under_its_character() -> None:
    assert shown(note(code("diffusion AND (medical\n              ^ never closed")), bare=True) == (
        "diffusion AND (medical\n              ^ never closed\n"
    )


@settings(deadline=None, max_examples=30)
@given(messages(anything | st.just("漢字漢字 👩‍🔬")), st.integers(12, 140))
def test_no_line_is_wider_than_the_screen_nor_ends_in_blanks(message: Message, width: int) -> None:
    lines = shown(message, width).split("\n")
    assert max(map(cell_len, lines)) <= min(width, 100)
    assert [line for line in lines if line != line.rstrip()] == []


def test_cards_without_a_number_are_called_by_letters() -> None:
    one, two = Card(said("One"), actions=ACTIONS[:1]), Card(said("Two"), actions=ACTIONS[:1])
    message = Message("s", (one, Card(said("None")), two))
    assert list(buttons(message)) == ["save a", "save b"]
    assert "  a  One" in shown(message)
    assert "     None" in shown(message)


def test_buttons_that_run_the_same_command_are_told_apart() -> None:
    row = tuple(Action("Follow", "follow", {"term": term}) for term in ("x", "y", "z"))
    assert list(buttons(Message("s", (Actions(row),)))) == ["follow", "follow-2", "follow-3"]


async def test_a_button_is_pressed_by_typing_what_stands_in_its_brackets() -> None:
    terminal = Terminal("  SAVE   3 ", "nothing of the kind", "show")
    await terminal.adapter.send(terminal.adapter.user, DIGEST, key="k1")
    await terminal.talk()
    assert [(one.command, dict(one.arguments)) for one in terminal.taken] == [
        ("save", {"paper": "#7"}),
        ("show", {"start": 10}),
    ]


async def test_after_a_reply_the_digest_above_can_still_be_answered() -> None:
    terminal = Terminal("save 3", "unsave", "more 3")
    await terminal.adapter.send(terminal.adapter.user, DIGEST, key="k1")
    await terminal.talk(Message("Saved.", (Actions((Action("Undo", "unsave", {"paper": "#7"}),)),)))
    assert [one.command for one in terminal.taken] == ["save", "unsave", "more"]


async def test_a_new_list_takes_the_place_of_the_one_before() -> None:
    terminal = Terminal("save 3", "save 1", "show")
    later = Message("Later", (Card(said("Later"), 1, actions=(Action("Save", "save", {"paper": "#9"}),)),))
    await terminal.adapter.send(terminal.adapter.user, DIGEST, key="k1")
    await terminal.adapter.send(terminal.adapter.user, later, key="k2")
    await terminal.talk()
    assert [dict(one.arguments) for one in terminal.taken] == [{"paper": "#9"}]


async def test_nobody_presses_what_another_person_was_sent() -> None:
    terminal = Terminal("save 3")
    await terminal.adapter.send(Address("console", "", "ben"), DIGEST, key="k1")
    await terminal.talk()
    assert terminal.taken == []


async def test_each_message_says_who_it_is_for() -> None:
    terminal = Terminal()
    await terminal.adapter.send(terminal.adapter.user, DIGEST, key="k1")
    await terminal.adapter.send(Address("console", "", "#papers", "channel"), DIGEST, key="k2")
    seen = terminal.paper.getvalue()
    assert "for ada ─" in seen
    assert "in #papers ─" in seen


@pytest.mark.parametrize("word", ["quit", " EXIT "])
async def test_quit_ends_the_conversation(word: str) -> None:
    terminal = Terminal(word, "today")
    await terminal.talk()
    assert terminal.taken == []


async def test_empty_lines_are_nothing_to_answer() -> None:
    assert "Done" not in await Terminal("", "   ").talk()


async def test_a_transcript_shows_what_was_typed_and_what_was_answered() -> None:
    seen = await Terminal("qwertz", "x" * 10_000).talk()
    assert "› qwertz\n\nThere is no command “qwertz”." in seen
    assert len(seen) < 1_000


async def test_a_terminal_asks_and_a_file_does_not() -> None:
    assert "› Done.\n\n› \n" in await Terminal("save 3", terminal=True).talk_about(DIGEST)
    assert "›" not in await Terminal().talk()


async def test_a_message_that_comes_while_somebody_types_begins_a_line_of_its_own() -> None:
    terminal = Terminal(terminal=True)
    sending = terminal.adapter.send(terminal.adapter.user, note("News."), key="k1")
    seen, _ = await asyncio.gather(terminal.talk(), sending)
    assert "› \nfor ada ─" in terminal.paper.getvalue()
    assert seen.endswith("News.\n\n› \n")


@pytest.mark.parametrize("error", [OSError("unplugged"), ValueError("closed")])
async def test_a_keyboard_that_breaks_is_the_end_of_the_line(error: Exception) -> None:
    terminal = Terminal("qwertz")
    terminal.keyboard.break_down(error)
    assert "qwertz" in await terminal.talk()


async def test_a_screen_that_is_gone_can_never_be_reached() -> None:
    terminal = Terminal()
    terminal.paper.close()
    with pytest.raises(Unreachable):
        await terminal.adapter.send(terminal.adapter.user, DIGEST, key="k1")


def test_by_itself_it_uses_the_terminal_it_runs_in(monkeypatch: pytest.MonkeyPatch) -> None:
    ascii_only = io.TextIOWrapper(io.BytesIO(b"\xff\n"), "ascii")
    monkeypatch.setattr("sys.stdin", ascii_only)
    monkeypatch.setattr("sys.stdout", io.StringIO())
    ConsoleAdapter()
    assert ascii_only.read() == "\ufffd\n"  # what it cannot decode does not end it


async def talk_of_files(folder: Path, *answers: Message) -> str:
    terminal = Terminal(*("save 3" for _ in answers))
    terminal.adapter._folder, terminal.answers = folder, list(answers)
    await terminal.adapter.send(terminal.adapter.user, DIGEST, key="k1")
    return "".join((await terminal.talk(*answers)).split())  # a long path is broken somewhere


async def test_files_are_kept_and_nothing_is_written_over(tmp_path: Path) -> None:
    answer = replace(note("Here."), files=(File("../mine.json", b"{}", "all of it"),))
    said = await talk_of_files(tmp_path, answer, answer)
    assert "mine.json`:allofit" in said
    assert "mine-2.json`:allofit" in said


def test_a_file_never_takes_the_place_of_another(tmp_path: Path) -> None:
    file = File("mine.json", b"{}")
    (tmp_path / "mine.json").write_text("older")
    assert [kept(file, tmp_path).name for _ in range(2)] == ["mine-2.json", "mine-3.json"]
    assert (tmp_path / "mine.json").read_text() == "older"
    assert kept(File("../../up.txt", b""), tmp_path) == tmp_path / "up.txt"


async def test_a_folder_that_takes_no_file_is_told(tmp_path: Path) -> None:
    answer = replace(note("Here."), files=(File("mine.json", b"{}"),))
    assert "mine.jsoncannotbekepthere:Nosuchfile" in await talk_of_files(tmp_path / "gone", answer)


@pytest.mark.parametrize("written", ["{}", "'{}'", '"{}"', "add {}"])
async def test_a_file_dropped_into_the_terminal_is_handed_over(tmp_path: Path, written: str) -> None:
    (tmp_path / "my papers.bib").write_text("@article{a}")
    (tmp_path / "it's.bib").write_text("@article{a}")
    taken: list[tuple[Address, bytes]] = []

    async def take(user: Address, content: bytes) -> Message:
        taken.append((user, content))
        return note("Taken.")

    screen = io.StringIO()
    lines = [written.format(tmp_path / "my papers.bib"), str(tmp_path / "it's.bib").replace("'", "\\'")]
    keyboard = Keyboard()
    for line in (*lines, "/nowhere", "quit"):
        keyboard.type(line)
    adapter = ConsoleAdapter(keyboard, Console(file=screen), take=take)
    await adapter.run(CommandRegistry(), answered)
    assert taken == [(adapter.user, b"@article{a}")] * 2
    assert screen.getvalue().count("Taken.") == 2
    assert "There is no command" in screen.getvalue()


async def answered(_invocation: Invocation) -> Message:
    return note("answered")
