"""Why an interest meets a paper, with the words in their sentence, or why it does not (pure)."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from bot.interests import And, Category, Expression, Not, Or, Phrase, Source, Typed, Upvotes, normal
from bot.matching import evidence, meets
from bot.messages import Text, code, said
from bot.models import Evidence, Paper
from bot.summary import Mark, excerpt, sentences, shortened
from bot.text import clean

ROOM: Final = 240  # characters of the paper to show the words in
MOST_PARTS: Final = 4  # of a long interest that are explained


def why(expression: Expression, paper: Paper) -> Text:
    """Where *paper* meets *expression*, or what it lacks."""
    if not _meets(expression, paper):
        return tuple(span for reason in _lacking(expression, paper) for span in (*said("; "), *reason))[1:]
    found = evidence(expression, paper)
    shown = [part for field in ("title", "abstract") for part in _sentence(field, paper, found)]
    names = [said(f"{one.field} {one.text}") for one in found if one.field not in ("title", "abstract")]
    parts = [*shown, *names[:MOST_PARTS]] or [said(f"it has {_votes(paper)}")]
    return tuple(span for part in parts for span in (*said("; "), *part))[1:]


def _sentence(field: str, paper: Paper, found: Sequence[Evidence]) -> Iterator[Text]:
    """The first sentence of this field that holds words that meet, with those in bold."""
    cleaned = clean(paper.title if field == "title" else paper.abstract)
    marks = [
        Mark(cleaned.position(one.start), cleaned.position(one.end)) for one in found if one.field == field
    ]
    for start, end in sentences(cleaned.text):
        inside = [Mark(mark.start - start, mark.end - start) for mark in marks if start <= mark.start < end]
        if inside:
            yield (*said(f"in the {field}: "), *excerpt(cleaned.text[start:end], inside, ROOM))
            return


def _lacking(expression: Expression, paper: Paper) -> Iterator[Text]:
    match expression:
        case And(parts):
            missing = [part for part in parts if not _meets(part, paper)]
            for part in missing[:MOST_PARTS]:
                yield from _lacking(part, paper)
        case Or(parts):
            listed = ", ".join(normal(part) for part in parts)
            yield said(f"none of these is there: {shortened(listed, ROOM)}")
        case Not(inner):
            yield (*said("left out by ", code(shortened(_minus(inner), 60))), *_there(inner, paper))
        case Phrase():
            yield _unsaid(expression, paper)
        case Category():
            known = ", ".join(paper.categories[:8])
            its = f"its categories are {known}" if known else "its categories are not known"
            yield said(f"{its}, so not ", code(normal(expression)))
        case Source(name):
            yield said(f"it came from {paper.source or 'somewhere unnamed'}, not {name}")
        case Upvotes(least):
            yield said(f"it has {_votes(paper)}, not {least:,}")


def _meets(expression: Expression, paper: Paper) -> bool:
    """Whether this part of an interest is met; a part may be one that only leaves out."""
    match expression:
        case Not(inner):
            return not _meets(inner, paper)
        case And(parts):
            return all(_meets(part, paper) for part in parts)
        case Or(parts):
            return any(_meets(part, paper) for part in parts)
        case Phrase() | Category() | Source() | Upvotes():
            return bool(meets(expression, [paper]))


def _unsaid(phrase: Phrase, paper: Paper) -> Text:
    place = {"": "title or abstract", "author": "authors"}.get(phrase.field, phrase.field)
    loose = replace(phrase, exact=False, words=tuple(Typed(word.form, word.prefix) for word in phrase.words))
    term = code(shortened(normal(phrase), 100))
    if loose != phrase and _meets(loose, paper):
        way = "in capitals" if any(word.caps for word in phrase.words) else "in just this form"
        return said("its ", place, " say ", term, f", but not {way}")
    if phrase.field and _meets(replace(phrase, field=""), paper):
        return said(term, f" is there, but not in its {place}")
    return said(term, f" is not in its {place}")


def _there(inner: Expression, paper: Paper) -> Text:
    found = evidence(inner, paper)
    return said(f" because its {found[0].field} says “{shortened(found[0].text, 60)}”") if found else ()


def _minus(inner: Expression) -> str:
    return f"-({normal(inner)})" if isinstance(inner, And | Or) else f"-{normal(inner)}"


def _votes(paper: Paper) -> str:
    if paper.upvotes is None:
        return "no votes that I know of"
    return f"{paper.upvotes:,} upvote{'s' * (paper.upvotes != 1)}"
