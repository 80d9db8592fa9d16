"""What a person hands to the bot: a link or a file."""

import pytest

from adapters import typed
from bot.app import App
from bot.commands import commands
from bot.dropping import Dropping
from bot.errors import BadArguments, Refused, Unread
from bot.intake import Intake
from bot.interfaces import Storage
from bot.models import Digest, Invocation
from tests.fakes import Clock, a_digest, ada, ben, buttons, text_of


class Given:
    """What stands behind the link or in the file."""

    def __init__(self, storage: Storage) -> None:
        self.found: Digest | Exception = a_digest("A Widget")
        clock = Clock()
        self.dropping = Dropping(storage, Intake(storage, clock), clock, self.read, self.read)

    async def read(self, _given: object) -> Digest:
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


@pytest.fixture
def given(sqlite_storage: Storage) -> Given:
    return Given(sqlite_storage)


async def test_a_paper_that_somebody_hands_over_is_saved_for_them_and_sent_to_nobody(
    given: Given, sqlite_storage: Storage
) -> None:
    await sqlite_storage.people.reader(ben)
    message = await given.dropping.link(ada, "https://arxiv.org/abs/2611.10001")

    assert "“A Widget” is saved" in text_of(message)
    assert buttons(message)["Undo"].command == "unsave"
    assert len(await sqlite_storage.shelf.saved(ada)) == 1
    assert (await sqlite_storage.papers.landings(1))[0].quiet


async def test_a_paper_that_had_landed_before_is_found_again(given: Given, sqlite_storage: Storage) -> None:
    for person in (ada, ben):
        await given.dropping.link(person, "x")
    assert await sqlite_storage.shelf.saved(ada) == await sqlite_storage.shelf.saved(ben) != []


async def test_the_papers_of_a_file_are_listed_with_numbers(given: Given, sqlite_storage: Storage) -> None:
    given.found = a_digest(*(f"Paper {number}" for number in range(1, 9)))
    said = text_of(await given.dropping.file(ada, b"@article"))

    assert "8 papers, 8 of them new" in said
    assert "1. Paper 1" in said
    assert "… and 3 more" in said
    assert len(await sqlite_storage.shelf.shown(ada)) == 8


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (Unread("status 404", "example.org answers 404"), "answers 404"),
        (Refused("this is HTML"), "this is HTML"),
    ],
)
async def test_a_link_that_leads_to_no_paper_is_told(given: Given, failure: Exception, told: str) -> None:
    given.found = failure
    with pytest.raises(BadArguments, match=told):
        await given.dropping.link(ada, "https://example.org")


async def test_a_link_alone_is_taken_in_and_one_that_cannot_be_read_is_told(sqlite_storage: Storage) -> None:
    name, arguments = typed.read("https://arxiv.org/abs/1706.03762", commands)
    assert (name, arguments) == ("add", {"link": "https://arxiv.org/abs/1706.03762"})

    app = App(sqlite_storage)
    for link in ("http://127.0.0.1/", "hello", "http://[::1]/"):
        assert "could not read that link" in text_of(
            await app.dispatch(Invocation("add", ada, ada, {"link": link}))
        )


async def test_the_papers_of_a_dropped_file_are_found_by_the_program(sqlite_storage: Storage) -> None:
    answer = await App(sqlite_storage).take_file(ada, b"TY  - JOUR\nTI  - A Widget\nER  - \n")
    assert "“A Widget” is saved" in text_of(answer)


async def test_a_file_that_is_none_is_told_with_the_line(given: Given) -> None:
    given.found = Refused("broken JSON", 3)
    with pytest.raises(BadArguments, match="line 3: broken JSON"):
        await given.dropping.file(ada, b"{")
