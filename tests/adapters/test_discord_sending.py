"""Posting on Discord: each outcome has its own meaning, and whatever is lost, nobody reads anything twice."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord import Rest
from adapters.discord import sending as sending_module
from adapters.discord.sending import DM, Sender
from adapters.discord.threads import name_of, parted
from adapters.discord.wire import Answer
from bot.errors import (
    Disconnected,
    NotPosted,
    RateLimited,
    SendError,
    Unavailable,
    Unreachable,
    Unsayable,
    Unseen,
)
from bot.messages import Action, Actions, Card, Heading, Message, Paragraph, bold, note, said
from bot.models import Address
from tests.fake_discord import (
    ALICE,
    CHANNEL,
    GUILD,
    OPEN,
    SEND,
    EndingNotes,
    FakeDiscord,
    Unbound,
    limited,
    refusal,
    text_of,
    walked,
)
from tests.fake_slack import BUTTONS
from tests.fakes import Clock, at

alice = Address("discord", "", ALICE)
papers = Address("discord", GUILD, CHANNEL, "channel")
THREAD = "POST /channels/*/messages/*/threads"
FORUM = "POST /channels/*/threads"

CARDS = tuple(
    Card(
        said(f"Paper {number}"),
        number,
        "https://arxiv.org/abs/1",
        body=said("word " * 40),
        actions=(Action("Save", "save"),),
    )
    for number in range(1, 5)
)
DIGEST = Message(
    "Four papers", (Heading("Tuesday 24 November · 4 papers"), *CARDS, Actions((Action("More", "show"),)))
)
THREADED = Message(DIGEST.summary, DIGEST.blocks, folded=True)


class Post:
    """A sender over Discord in memory, and a clock."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.discord, self.notes = FakeDiscord(self.clock), EndingNotes()
        self.sender = self.another()

    def another(self) -> Sender:
        """As after a restart."""
        rest = Rest(self.discord, Unbound(self.clock), lambda: self.clock().timestamp())
        return Sender(rest, BUTTONS, self.notes, self.clock)

    async def until_sent(
        self, to: Address, message: Message, minutes: float = 2.0, tries: int = 12
    ) -> list[str]:
        """Send as a courier does, again and again, and say what each try came to."""
        tried, outcomes = None, list[str]()
        for _ in range(tries):
            try:
                await self.sender.send(to, message, key="k1", tried=tried)
            except SendError as error:
                outcomes.append(type(error).__name__)
                if not isinstance(error, RateLimited | NotPosted | Unreachable | Disconnected):
                    tried = tried or self.clock()
                if isinstance(error, RateLimited):
                    self.clock.pass_by(seconds=error.retry_after)
                self.clock.pass_by(minutes=minutes)
                if minutes > 3:
                    self.discord.forget_nonces()
            else:
                return [*outcomes, "sent"]
        return outcomes

    def seen(self, channel: str) -> list[str]:
        return [text_of(post) for post in self.discord.channels[channel]]


@pytest.fixture
def office() -> Post:
    return Post()


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [
        (refusal(403, 50007), Unreachable),  # they take none
        (refusal(403, 50278), Unreachable),  # no server in common
        (refusal(403, 50001), Unreachable),
        (refusal(403, 50013), Unreachable),
        (refusal(404, 10003), Unreachable),
        (refusal(400, 50035), Unsayable),
        (refusal(401), Disconnected),
        (refusal(403, 40003), RateLimited),  # too many opened too quickly
        (limited(3.0), RateLimited),
        (limited(3.0, everywhere=True), RateLimited),
        (Answer(429, None, {"Retry-After": "600"}), RateLimited),  # without Via: from before Discord
        (refusal(500), Unavailable),
        (refusal(503), Unavailable),
        (Answer(200, {}), Unavailable),  # an answer that names no message
    ],
)
async def test_each_answer_of_discord_has_its_meaning(
    office: Post, answer: Answer, meaning: type[SendError]
) -> None:
    office.discord.fail(SEND, answer)
    with pytest.raises(meaning) as error:
        await office.sender.send(papers, DIGEST, key="k1")
    assert type(error.value) is meaning
    assert str(error.value)


async def test_only_a_limit_of_one_conversation_is_its_own() -> None:
    for answer, rests in ((limited(3.0), "address"), (limited(3.0, everywhere=True), "bot")):
        post = Post()
        post.discord.fail(SEND, answer)
        with pytest.raises(RateLimited) as limit:
            await post.sender.send(papers, DIGEST, key="k1")
        assert (limit.value.rests, round(limit.value.retry_after)) == (rests, 3)


async def test_a_conversation_is_opened_once_and_remembered(office: Post) -> None:
    await office.sender.send(alice, DIGEST, key="k1")
    await office.another().send(alice, DIGEST, key="k2")
    assert len(office.discord.called(OPEN)) == 1
    assert len(office.seen(office.discord.direct[ALICE])) == 2


async def test_a_conversation_that_is_gone_is_opened_anew(office: Post) -> None:
    await office.notes.write(alice, {DM: "1"})
    office.discord.fail(SEND, refusal(404, 10003))
    assert await office.until_sent(alice, DIGEST) == ["NotPosted", "sent"]
    assert len(office.discord.called(OPEN)) == 1


async def test_too_many_opened_at_once_puts_the_others_off_and_not_those_whose_is_open(office: Post) -> None:
    await office.sender.direct(alice)
    office.discord.fail(OPEN, refusal(400, 40003, retry_after=120))
    for person in ("31", "32"):
        with pytest.raises(RateLimited) as limit:
            await office.sender.send(Address("discord", "", person), DIGEST, key=person)
        assert limit.value.rests == "address"
        assert limit.value.retry_after >= 120
    await office.sender.send(alice, DIGEST, key="k1")
    assert len(office.discord.called(OPEN)) == 2  # the second was not even tried


async def test_the_mark_and_the_nonce_travel_with_every_post_and_nobody_is_called(office: Post) -> None:
    await office.sender.send(papers, note("Hello @everyone"), key="k1")
    [body] = office.discord.called(SEND)
    assert body["enforce_nonce"]
    assert len(body["nonce"]) <= 25
    assert body["components"][0]["id"] > 1 << 28
    assert body["allowed_mentions"] == {"parse": []}


faults = st.lists(
    st.sampled_from(
        ["lost", "lost", refusal(500), refusal(503), limited(2.0), limited(1.0, everywhere=True)]
    ),
    max_size=6,
)


@given(faults, st.sampled_from([0.0, 0.5, 2.0, 6.0]), st.integers(0, 1), st.sampled_from([papers, alice]))
async def test_whatever_gets_lost_on_the_way_it_stands_there_once(
    going_wrong: Sequence[Answer | str],
    minutes: float,
    threaded: int,
    to: Address,  # drawn
) -> None:
    office = Post()
    office.discord.channels[CHANNEL].append({"id": "1", "content": "what was there before"})
    for what in going_wrong:
        office.discord.fail("POST /channels/*", what)
    assert (await office.until_sent(to, THREADED if threaded else DIGEST, minutes))[-1] == "sent"
    shown = office.discord.read()
    assert [shown.count(f"Paper {number}") for number in range(1, 5)] == [1 + (threaded and to is papers)] * 4
    assert shown.count("Tuesday") == 1


async def test_without_nonce_and_mark_a_lost_answer_would_be_read_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sending_module, "nonce_of", lambda _key: "")
    monkeypatch.setattr(sending_module, "mark_of", lambda _key: 1)
    office = Post()
    office.discord.fail(SEND, "lost")
    assert await office.until_sent(papers, DIGEST, 0.5) == ["Unavailable", "sent"]
    assert office.discord.read().count("Tuesday") == 2


async def test_an_empty_history_of_a_channel_proves_nothing(office: Post) -> None:
    with pytest.raises(Unseen):
        await office.sender.send(papers, DIGEST, key="k1", tried=at("11:00"))


async def test_a_post_far_back_is_looked_for_page_by_page_and_given_up_in_the_end(office: Post) -> None:
    first = await office.sender.send(papers, DIGEST, key="k1")
    for number in range(250):
        await office.sender.send(papers, note("chat"), key=f"other {number}")
    office.discord.forget_nonces()
    office.clock.pass_by(minutes=10)
    assert await office.sender.send(papers, DIGEST, key="k1", tried=at("11:59")) == first
    for number in range(1_000):
        await office.sender.send(papers, note("chat"), key=f"more {number}")
    with pytest.raises(Unseen):
        await office.sender.send(papers, DIGEST, key="k1", tried=at("11:59"))


async def test_later_copies_are_taken_back_and_the_first_stays(office: Post) -> None:
    first = await office.sender.send(papers, DIGEST, key="k1")
    for _ in range(2):
        office.discord.forget_nonces()
        await office.sender.send(papers, DIGEST, key="k1")
    assert await office.sender.take_back(papers, "k1", at("11:00")) == 2
    assert [post["id"] for post in office.discord.channels[CHANNEL]] == [first.id]


async def test_a_threaded_digest_is_a_list_of_titles_with_the_papers_below(office: Post) -> None:
    ref = await office.sender.send(papers, THREADED, key="k1")
    [head], [below] = office.discord.channels[CHANNEL], office.discord.channels[ref.id]
    assert [part["type"] for part in walked(head) if part["type"] == 2] == []
    assert "Paper 4" in text_of(head)
    assert "word word" not in text_of(head)
    assert "word word" in text_of(below)
    assert "More" in {part.get("label") for part in walked(below)}


@pytest.mark.parametrize("where", [THREAD, "POST /channels/*/messages"])
async def test_where_no_thread_may_be_the_post_holds_everything(office: Post, where: str) -> None:
    first, second = (refusal(403, 50013), None) if where == THREAD else (None, refusal(403, 50013))
    if first:
        office.discord.fail(THREAD, first)
    if second:
        ref = await office.sender.send(papers, note("before"), key="k0")
        assert ref.id
        office.discord.fail(f"POST /channels/[!{CHANNEL[0]}]*", second)
        office.discord.fail("POST /channels/?????????????????????/messages", second)
    await office.sender.send(papers, THREADED, key="k1")
    shown = [text for text in office.seen(CHANNEL) if "Tuesday" in text]
    assert len(shown) == 1
    assert "word word" in shown[0] or "word word" in office.discord.read()


async def test_a_limit_below_a_post_that_stands_may_not_be_taken_for_nothing_posted(office: Post) -> None:
    office.discord.fail(THREAD, limited(2.0))
    with pytest.raises(Unavailable):
        await office.sender.send(papers, THREADED, key="k1")
    office.clock.pass_by(minutes=6)
    office.discord.forget_nonces()
    await office.sender.send(papers, THREADED, key="k1", tried=at("12:00"))
    assert office.discord.read().count("Tuesday") == 1


async def test_a_forum_gets_a_post_with_the_day_as_its_title_also_when_the_answer_got_lost(
    office: Post,
) -> None:
    office.discord.kinds[CHANNEL] = 15
    office.discord.fail(FORUM, "lost")
    with pytest.raises(Unavailable):
        await office.sender.send(papers, DIGEST, key="k1")
    ref = await office.sender.send(papers, DIGEST, key="k1", tried=at("12:00"))
    [body] = office.discord.called(FORUM)
    assert body["name"] == "Tuesday 24 November · 4 papers"
    assert "nonce" not in body["message"]
    assert text_of(office.discord.channels[ref.channel][0]).count("Tuesday") == 1
    await office.sender.send(papers, DIGEST, key="k2")
    assert len(office.discord.called(SEND)) == 1  # that it is a forum is remembered


async def test_a_forum_that_is_not_shown_leaves_it_open_whether_it_was_posted(office: Post) -> None:
    office.discord.kinds[CHANNEL] = 15
    await office.sender.send(papers, DIGEST, key="k0")
    office.discord.fail("GET /guilds/*", refusal(403, 50001))
    with pytest.raises(Unseen):
        await office.sender.send(papers, DIGEST, key="k1", tried=at("12:00"))


@given(
    st.lists(
        st.sampled_from(
            [Heading("Day"), Paragraph(said("why")), CARDS[0], CARDS[1], Actions((Action("More", "show"),))]
        ),
        max_size=10,
    )
)
def test_parted_a_message_loses_no_paper_and_no_button(
    blocks: list[Heading | Paragraph | Card | Actions],
) -> None:
    message = Message("News", tuple(blocks), folded=True)
    head, below = parted(message)
    assert [one for one in below.blocks if isinstance(one, Card | Actions)] == [
        one for one in blocks if isinstance(one, Card | Actions)
    ]
    assert (head.folded, below.folded) == (False, False)
    assert [one for one in head.blocks if isinstance(one, Card | Actions)] == []
    assert 0 < len(name_of(message)) <= 100


def test_a_title_in_the_list_is_short_and_leads_to_its_paper() -> None:
    long = Message("s", (Card(said(bold("word " * 60)), 1, "https://arxiv.org/abs/1"),), folded=True)
    head, _ = parted(long)
    [line] = head.blocks
    assert isinstance(line, Paragraph)
    assert sum(len(span.text) for span in line.text) < 100
    assert line.text[-1].url == "https://arxiv.org/abs/1"
