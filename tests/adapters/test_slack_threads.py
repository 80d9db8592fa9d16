"""A digest in a channel as a short post with the papers in its thread: each stands there once, whatever gets lost."""

import pytest

from adapters.slack.asking import Asker
from bot.errors import Unavailable, Unreachable, Unseen
from bot.messages import Action, Actions, Card, Heading, Message, Paragraph, said
from bot.models import Address
from tests.fake_slack import FakeSlack, FakeStorage, an_adapter, press, texts
from tests.fakes import Clock

PAPERS = Address("slack", "T1", "CPAPERS01", "channel")
ADA = Address("slack", "T1", "U1")
DIGEST = Message(
    "Two papers",
    (
        Heading("Two of nine papers"),
        Paragraph(said("Because they are new.")),
        Card(said("Grokking"), 1, actions=(Action("Save", "save", {"paper": "#1"}),)),
        Card(said("World models"), 2),
        Actions((Action("Show the other 7", "show"),)),
    ),
    folded=True,
)


def shown(post: dict[str, object]) -> str:
    return "".join(texts(post["blocks"]))


def stands(slack: FakeSlack) -> tuple[int, int]:
    """How many posts stand in the channel, and how many in threads."""
    return len(slack.posts.get(PAPERS.id, ())), sum(map(len, slack.threads.values()))


async def test_the_papers_stand_in_the_thread_of_a_short_post() -> None:
    slack = FakeSlack()
    ref = await an_adapter(slack).send(PAPERS, DIGEST, key="k1")
    [head], [below] = slack.posts[PAPERS.id], slack.threads[ref.id]
    assert shown(head) == "Two of nine papersBecause they are new.The papers are in the thread."
    assert "Grokking" in shown(below)
    assert "Show the other 7" in shown(below)
    assert (head["metadata"]["event_payload"]["key"], head["ts"]) == ("k1", ref.id)


async def test_a_person_gets_all_in_one() -> None:
    slack = FakeSlack()
    await an_adapter(slack).send(ADA, DIGEST, key="k1")
    assert not slack.threads


LOSSES = [
    ("chat.postMessage", ["lost"]),
    ("chat.postMessage", ["internal_error"]),
    ("chat.postMessage", [None, "lost"]),
    ("chat.postMessage", [None, "ratelimited"]),
    ("chat.postMessage", [None, "internal_error"]),
    ("chat.postMessage", [None, TimeoutError()]),
]


@pytest.mark.parametrize(("method", "failures"), LOSSES)
@pytest.mark.parametrize("remembered", [True, False], ids=["remembered", "forgotten"])
async def test_whatever_is_lost_head_and_thread_stand_once(
    method: str, failures: list[Exception | str | None], *, remembered: bool
) -> None:
    slack, storage, tried = FakeSlack(), FakeStorage(), Clock()()
    slack.fail(method, *failures)
    with pytest.raises(Unavailable):
        await an_adapter(slack, storage).send(PAPERS, DIGEST, key="k1")
    if not remembered:  # the process died before it could write down where the head stands
        storage.notes.kept.clear()
    await an_adapter(slack, storage).send(PAPERS, DIGEST, key="k1", tried=tried)
    assert stands(slack) == (1, 1)


async def test_a_head_that_is_refused_is_refused_as_any_post() -> None:
    slack = FakeSlack()
    slack.fail("chat.postMessage", "is_archived")
    with pytest.raises(Unreachable):
        await an_adapter(slack).send(PAPERS, DIGEST, key="k1")
    assert stands(slack) == (0, 0)


async def test_a_thread_that_cannot_be_read_is_said_so() -> None:
    slack, storage = FakeSlack(), FakeStorage()
    slack.fail("chat.postMessage", None, "lost")
    with pytest.raises(Unavailable):
        await an_adapter(slack, storage).send(PAPERS, DIGEST, key="k1")
    slack.fail("conversations.replies", "missing_scope")
    with pytest.raises(Unseen):
        await an_adapter(slack, storage).send(PAPERS, DIGEST, key="k1", tried=Clock()())
    assert stands(slack) == (1, 1)


def test_an_answer_to_a_press_in_a_thread_stands_there_too() -> None:
    told = press("x", "U2", PAPERS.id, {"ts": "2.0", "thread_ts": "1.0", "blocks": []})
    assert Asker.of(told).thread == "1.0"
