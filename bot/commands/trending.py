"""`trends`: how many papers a week meet a term, as a picture."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated, Final

from bot.charts import RISING, Chart, Line, described, drawn
from bot.commands.lately import met
from bot.commands.wording import answer, counted
from bot.dispatcher import Context
from bot.errors import BadArguments
from bot.interests import normal, parse, split
from bot.interfaces import Storage
from bot.messages import Action, Actions, Block, File, Heading, Message, Paragraph, marked
from bot.models import Paper
from bot.registry import CommandRegistry
from bot.summary import shortened

commands = CommandRegistry()

MOST_TERMS: Final = 6  # lines that can be told apart
MOST_PAPERS: Final = 20_000  # looked through, the newest
MOST_WEEKS: Final = 26
LANDINGS: Final = 1_000
MONTH: Final = 4  # weeks
_SPAN: Final = timedelta(weeks=MOST_WEEKS - 1)
RISE: Final = 1.5  # times the share of papers in the month before
MOST_BUTTONS: Final = 3
FEW: Final = 5  # papers a month that are too few to speak of a rise

Dated = Sequence[tuple[date, Paper]]


@commands.command("trends")
async def trends(context: Context, terms: Annotated[str, "What to look for; several with commas"]) -> Message:
    """See how many papers a week meet one or several terms, as a picture.

    ▲ marks what is on the rise: a larger share of this month's papers than of the month before.

    Example: `trends diffusion, flow matching`
    """
    wanted = [normal(parse(term)) for _, term in split(terms)]
    if len(wanted) > MOST_TERMS:
        raise BadArguments(f"A picture holds at most {MOST_TERMS} terms; these are {len(wanted)}.")
    papers = await _dated(context.storage)
    if not papers:
        return answer("No papers have landed yet, so there is nothing to draw.")
    chart = await asyncio.to_thread(charted, wanted, papers)
    file = File("trends.png", await asyncio.to_thread(drawn, chart), described(chart))
    return _shown(chart, len(papers), file)


def charted(terms: Sequence[str], papers: Dated) -> Chart:
    """How many of *papers* meet each term, week by week."""
    days = [day for day, _ in papers]
    weeks = _weeks(min(days), max(days))
    totals = Counter(_monday(day) for day in days)
    found = met(terms, [paper for _, paper in papers])
    lines = [_line(term, Counter(_monday(days[at]) for at in found[term]), weeks, totals) for term in terms]
    return Chart("Papers a week", weeks, tuple(lines))


def _line(term: str, counts: Counter[date], weeks: Sequence[date], totals: Counter[date]) -> Line:
    return Line(shortened(term, 60), tuple(counts[week] for week in weeks), _rising(counts, weeks, totals))


def _rising(counts: Counter[date], weeks: Sequence[date], totals: Counter[date]) -> bool:
    """Whether the term's share of the papers has grown since the month before."""
    now, before = weeks[-MONTH:], weeks[-2 * MONTH : -MONTH]
    if not before or sum(counts[week] for week in now) < FEW:
        return False
    share = [
        sum(counts[week] for week in month) / max(1, sum(totals[week] for week in month))
        for month in (now, before)
    ]
    return share[0] >= RISE * share[1]


def _shown(chart: Chart, papers: int, file: File) -> Message:
    many = ", ".join(f"“{line.label}” {sum(line.counts):,}" for line in chart.lines)
    told = f"Of {counted(papers, 'paper')} in {counted(len(chart.weeks), 'week')}: {many}."
    rising = [line.label for line in chart.lines if line.rising]
    notes = [f"{RISING} On the rise: {', '.join(rising)}."] if rising else []
    follow = Actions(
        tuple(
            Action(f"Follow {shortened(line.label, 30)}", "follow", {"term": line.label})
            for line in chart.lines[:MOST_BUTTONS]
        )
    )
    texts = [Paragraph(marked(text)) for text in (told, *notes)]
    blocks: tuple[Block, ...] = (Heading(chart.title), *texts, follow)
    return Message(f"{chart.title}. {told}", blocks, files=(file,))


async def _dated(storage: Storage) -> Dated:
    """The newest papers with the day each landed, as many weeks back as are drawn."""
    found: list[tuple[date, Paper]] = []
    for landing in await storage.papers.landings(LANDINGS):
        if not landing.new:
            continue
        if found and (len(found) + landing.new > MOST_PAPERS or landing.day < _monday(found[0][0]) - _SPAN):
            break
        found += [(landing.day, paper) for paper in await storage.papers.in_digest(landing.digest)]
    return found


def _weeks(first: date, last: date) -> tuple[date, ...]:
    """The Mondays from the one to the other, at most so many."""
    end, begin = _monday(last), max(_monday(first), _monday(last) - _SPAN)
    return tuple(begin + timedelta(weeks=number) for number in range((end - begin).days // 7 + 1))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
