import pytest

from bot.commands.reasons import why
from bot.interests import parse
from bot.messages import Paragraph, plain
from bot.models import Invocation, Paper
from tests.fakes import a_paper, ada, channel, text_of
from tests.lab import Lab

PAPER = a_paper(
    "CLIP learns to count",
    "Counting is hard for vision models. We present a large language model that counts. It helps in medical use.",
    authors=("Rosa Ilinca", "Peter van Aalst"),
    categories=("cs.CV", "cs.LG"),
    source="arxiv",
    upvotes=12,
)


@pytest.mark.parametrize(
    ("term", "reason"),
    [
        ("CLIP", "in the title: CLIP learns to count"),
        ("LLM", "in the abstract: We present a large language model that counts."),
        ("author:ilinca", "author Ilinca"),
        ("category:cs.*", "category cs.CV; category cs.LG"),
        ("source:arxiv", "source arxiv"),
        ("upvotes>=10", "it has 12 upvotes"),
    ],
)
def test_where_an_interest_is_met_is_shown(term: str, reason: str) -> None:
    assert reason in plain(why(parse(term), PAPER))


def test_the_words_that_met_are_bold() -> None:
    assert [span.text for span in why(parse("clip OR counts"), PAPER) if span.style == "bold"] == [
        "CLIP",
        "count",
        "Counting",
    ]


@pytest.mark.parametrize(
    ("term", "reason"),
    [
        ("grokking", "grokking is not in its title or abstract"),
        ("title:medical", "title:medical is there, but not in its title"),
        ("author:he", "author:he is not in its authors"),
        ("VISION", "say VISION, but not in capitals"),
        ('"count model"', "is not in its title or abstract"),
        ('"language models"', "but not in just this form"),
        ("clip -medical", "left out by -medical because its abstract says “medical”"),
        ("clip -(counts AND medical)", "left out by -(counts AND medical)"),
        ("clip AND grokking AND tides", "grokking is not in its title or abstract; tides is not"),
        ("grokking OR tides", "none of these is there: grokking, tides"),
        ("category:math.*", "its categories are cs.CV, cs.LG, so not category:math.*"),
        ("source:mail", "it came from arxiv, not mail"),
        ("upvotes>=50", "it has 12 upvotes, not 50"),
    ],
)
def test_what_an_interest_lacks_is_said(term: str, reason: str) -> None:
    assert reason in plain(why(parse(term), PAPER))


def test_what_is_not_known_is_said_so() -> None:
    bare = Paper("A title", "An abstract.")
    assert plain(why(parse("upvotes>=1"), bare)) == "it has no votes that I know of, not 1"
    assert "not known" in plain(why(parse("category:cs.CL"), bare))
    assert "somewhere unnamed" in plain(why(parse("source:arxiv"), bare))


async def test_every_interest_is_explained_the_met_ones_first(lab: Lab) -> None:
    await lab.ask("follow", term="grokking, clip -medical, CLIP")
    await lab.land(PAPER)
    await lab.ask("mute", term="grokking")
    lines = (await lab.ask("why", paper="CLIP learns")).splitlines()
    assert lines[0] == "CLIP learns to count"
    assert lines[1] == "✓ CLIP – in the title: CLIP learns to count"
    assert lines[2].startswith("✗ grokking (muted) – ")
    assert lines[3].startswith("✗ clip -medical – left out by")


async def test_who_follows_nothing_learns_why_papers_come(lab: Lab) -> None:
    await lab.land(PAPER)
    assert "what others like" in await lab.ask("why", paper="clip")


async def test_in_a_channel_its_interests_are_explained_too(lab: Lab) -> None:
    await lab.dispatch(Invocation("follow", channel, channel, {"term": "clip"}))
    await lab.land(PAPER)
    reply = await lab.dispatch(Invocation("why", ada, channel, {"paper": "clip"}))
    assert "This channel: ✓ clip" in text_of(reply)


async def test_a_hundred_interests_still_fit_one_message(lab: Lab) -> None:
    await lab.ask("follow", term=", ".join(f"clip -medical -{'x' * 60}{number}" for number in range(100)))
    await lab.land(PAPER)
    reply = await lab.reply("why", paper="clip")
    assert len(reply) < 5_500
    last = [block for block in reply.blocks if isinstance(block, Paragraph)][-1]
    assert plain(last.text).endswith(" more")


async def test_why_nothing_walks_the_stages(lab: Lab) -> None:
    assert await lab.ask("why", paper="nothing") == (
        "From a paper to your digest\n"
        "✗ No papers have landed yet. Whoever runs me lands a digest with digestbot land FILE.\n"
        "✗ You follow nothing yet. follow flow matching begins, or whatever you work on.\n"
        "✓ Your digests are not paused.\n"
        "✓ Your digests come as soon as something lands."
    )
    await lab.ask("follow", term="clip, grokking")
    await lab.ask("pause", until="2026-12-01")
    await lab.land(PAPER, "A flow")
    text = await lab.ask("why", paper="Nothing")
    assert "✓ The last digest landed on Tuesday 24 November, 08:00, with 2 new papers from test." in text
    assert "✓ You follow 2 interests." in text
    assert "✓ 1 paper met them: clip 1, grokking 0." in text
    assert "✗ Your digests are paused until Tuesday 1 December. resume brings them back." in text


async def test_why_nothing_says_what_to_loosen(lab: Lab) -> None:
    await lab.ask("follow", term="grokking, tides")
    await lab.ask("pause")
    await lab.land(PAPER)
    text = await lab.ask("why", paper="nothing")
    assert "✗ None of the 1 new paper meets what you follow. Fewer words find more" in text
    assert "✗ Your digests are paused. resume" in text
    await lab.ask("mute", term="1")
    assert "2 interests, 1 of them muted." in await lab.ask("why", paper="nothing")
    await lab.ask("mute", term="2")
    assert "✗ All your interests are muted." in await lab.ask("why", paper="nothing")
