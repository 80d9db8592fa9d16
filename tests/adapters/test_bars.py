"""The small chart of a weekly digest comes as a picture with the post, and never holds it up or shows it twice."""

from io import BytesIO
from operator import sub

import pytest
from PIL import Image, ImageColor

from bot import bars
from bot.charts import COLOURS, INK, PAPER
from bot.errors import Unavailable
from bot.messages import Bars, Card, Heading, Message, said
from bot.models import Address
from tests.adapters.test_discord_sending import Post, alice, papers
from tests.adapters.test_slack_acts import a_lab
from tests.adapters.test_slack_threads import ADA, PAPERS
from tests.fake_discord import SEND, refusal
from tests.fake_slack import texts
from tests.fakes import at

WEEK = Bars("Papers a day", (("Mon 16", 3), ("Tue 17", 8), ("Wed 18", 0)))
DIGEST = Message("Eleven papers", (Heading("A week"), WEEK, Card(said("Grokking"), 1)))
ALT = "Papers a day: Mon 16 3, Tue 17 8, Wed 18 0."
WRITTEN = "Mon 16  ▇▇▇▇▇▇ 3"


def test_the_picture_is_small_and_readable_and_says_in_words_what_it_shows() -> None:
    file = bars.drawn(WEEK)
    picture = Image.open(BytesIO(file.content)).convert("RGB")
    shown = [colour for _, colour in picture.getcolors(1_000) or ()]
    for wanted in map(ImageColor.getrgb, (INK, PAPER, COLOURS[0])):
        assert any(isinstance(one, tuple) and max(map(abs, map(sub, wanted, one))) < 8 for one in shown)
    assert picture.size == (bars.WIDTH, bars.HEIGHT)
    assert len(file.content) < 20_000
    assert file.alt == ALT
    assert bars.drawn(WEEK) == file


@pytest.mark.parametrize("days", [(), (("Mon 1", 0),), tuple((f"Mon {day}", day * 999) for day in range(10))])
def test_any_days_can_be_drawn(days: tuple[tuple[str, int], ...]) -> None:
    assert bars.drawn(Bars("Papers a day", days)).content.startswith(b"\x89PNG")


@pytest.mark.parametrize("to", [alice, papers])
async def test_on_discord_it_is_part_of_the_one_call(to: Address) -> None:
    office = Post()
    await office.sender.send(to, DIGEST, key="k1")
    [body] = office.discord.called(SEND)
    assert office.discord.files == [bars.drawn(WEEK)]
    gallery = {"media": {"url": "attachment://week.png"}, "description": ALT}
    assert {"type": 12, "items": [gallery]} in body["components"][0]["components"]
    assert body["attachments"] == [{"id": 0, "filename": "week.png", "description": ALT}]
    assert body["enforce_nonce"]
    assert "▇" not in str(body)


async def test_on_discord_it_is_in_classic_embeds_too() -> None:
    office = Post()
    office.sender._classic = True
    await office.sender.send(papers, DIGEST, key="k1")
    [body] = office.discord.called(SEND)
    assert body["embeds"][0]["image"] == {"url": "attachment://week.png"}


@pytest.mark.parametrize("status", [400, 403, 413])
async def test_where_discord_takes_no_files_the_bars_are_written(status: int) -> None:
    office = Post()
    office.discord.fail(SEND, refusal(status, 50013))
    await office.sender.send(papers, DIGEST, key="k1")
    [seen] = office.seen(papers.id)
    assert WRITTEN in seen
    assert len(office.discord.files) == 1


async def test_on_discord_a_lost_answer_shows_it_once() -> None:
    office = Post()
    office.discord.fail(SEND, "lost")
    assert (await office.until_sent(papers, DIGEST))[-1] == "sent"
    assert len(office.seen(papers.id)) == 1


async def test_on_slack_it_stands_in_the_post_and_nobody_sees_it_before() -> None:
    async with a_lab() as lab:
        await lab.adapter.send(ADA, DIGEST, key="k1")
        [post] = lab.slack.posts["DU1"]
        [put] = lab.slack.called("files.completeUploadExternal")
        assert lab.uploads == [bars.drawn(WEEK).content]
    assert "channel_id" not in put
    [shown] = [block for block in post["blocks"] if block["type"] == "image"]
    assert shown["alt_text"] == ALT
    assert shown["slack_file"]["id"] in put["files"]
    assert "▇" not in "".join(texts(post["blocks"]))


@pytest.mark.parametrize(
    ("method", "failure"),
    [
        ("files.getUploadURLExternal", "missing_scope"),
        ("files.getUploadURLExternal", "ratelimited"),
        ("files.completeUploadExternal", "lost"),
        ("files.info", "internal_error"),
        ("chat.postMessage", "invalid_blocks"),
    ],
)
async def test_where_slack_does_not_take_it_the_bars_are_written(method: str, failure: str) -> None:
    async with a_lab() as lab:
        lab.slack.fail(method, failure)
        await lab.adapter.send(PAPERS, DIGEST, key="k1")
        [post] = lab.slack.posts[PAPERS.id]
    assert WRITTEN in "".join(texts(post["blocks"]))
    assert "Grokking" in "".join(texts(post["blocks"]))


async def test_on_slack_a_picture_that_is_not_ready_in_time_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("adapters.slack.files.LOOKS", (0.0, 0.0))
    async with a_lab() as lab:
        monkeypatch.setattr(lab.slack, "_files_info", lambda _: {"file": {"mimetype": ""}})
        await lab.adapter.send(ADA, DIGEST, key="k1")
        [post] = lab.slack.posts["DU1"]
        assert len(lab.slack.called("files.info")) == 2
    assert WRITTEN in "".join(texts(post["blocks"]))


async def test_on_slack_a_lost_answer_shows_it_once() -> None:
    async with a_lab() as lab:
        lab.slack.fail("chat.postMessage", "lost")
        with pytest.raises(Unavailable):
            await lab.adapter.send(PAPERS, DIGEST, key="k1")
        await lab.adapter.send(PAPERS, DIGEST, key="k1", tried=at("00:00"))
        assert len(lab.slack.posts[PAPERS.id]) == 1
        assert len(lab.uploads) == 1
