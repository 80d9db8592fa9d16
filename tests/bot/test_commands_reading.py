from bot.messages import Card
from bot.models import Invocation, Value
from tests.fakes import a_digest, a_paper, ada, ben, channel, text_of
from tests.lab import Lab


async def test_before_anything_landed_today_says_how_to_begin(lab: Lab) -> None:
    assert "digestbot land FILE" in await lab.ask("today")


async def test_today_is_ones_own_digest_of_what_landed_last(lab: Lab) -> None:
    await lab.ask("follow", ada, term="grokking")
    await lab.ask("follow", ben, term="flow")
    await lab.land("Grokking explained", "A flow")
    mine, theirs = await lab.ask("today", ada), await lab.ask("today", ben)
    assert "Grokking explained" in mine
    assert "A flow" not in mine
    assert "A flow" in theirs


async def test_a_landing_without_news_does_not_hide_the_one_before(lab: Lab) -> None:
    await lab.land("Grokking explained")
    await lab.land("Grokking explained", source="elsewhere")
    assert "Grokking explained" in await lab.ask("today")


async def test_the_rest_of_a_digest_is_behind_its_button(lab: Lab) -> None:
    await lab.ask("follow", term="grokking")
    await lab.land(*(f"Grokking, part {number}" for number in range(23)))
    first = await lab.reply("today")
    assert "23 of 23 new papers" in text_of(first)
    rest = await lab.press(first, "Show the other 13")
    assert "11 to 20 of 23 papers" in rest
    assert "is saved" in await lab.ask("save", paper="23")


async def test_a_channels_digest_goes_on_in_the_channel(lab: Lab) -> None:
    await lab.dispatch(Invocation("follow", channel, channel, {"term": "grokking"}))
    landing = await lab.intake.land(a_digest("Grokking explained", "A flow"))
    shown: dict[str, Value] = {"digest": landing.digest, "start": 0, "whose": "channel"}
    reply = await lab.dispatch(Invocation("show", ada, channel, shown))
    assert "this channel’s interest" in text_of(reply)


async def test_a_digest_long_past_says_where_to_look(lab: Lab) -> None:
    assert "long past" in await lab.ask("show", digest=99, start=10)


async def test_feedback_moves_papers(lab: Lab) -> None:
    await lab.ask("follow", term="grokking")
    await lab.land(
        a_paper("Grokking and tides", "Sea water tides moon."),
        a_paper("Grokking and bread", "Yeast dough oven crust."),
        "A flow",
    )
    first = await lab.reply("today")
    titles = [text_of(first).index(word) for word in ("tides", "bread")]
    later = "bread" if titles[0] < titles[1] else "tides"
    await lab.ask("more", paper=f"Grokking and {later}")
    cards = [block for block in (await lab.reply("today")).blocks if isinstance(block, Card)]
    assert later in "".join(span.text for span in cards[0].title)
