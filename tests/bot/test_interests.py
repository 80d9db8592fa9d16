"""How the interest language is read: combining, normal forms, several at once, limits and errors with their places."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import Unreadable
from bot.interests import Expression, normal, parse, split
from bot.models import Paper
from tests.terms import Terms

_PIECES = st.sampled_from(
    [
        *(
            "AND",
            "OR",
            "NOT",
            "and",
            "&",
            "|",
            "+",
            "-",
            "–",
            "(",
            ")",
            '"',
            "“",
            "”",
            "'",
            "*",
            ",",
            "\n",
            " ",
            "\t",
            ":",
        ),
        *(
            "title:",
            "abstract:",
            "author:",
            "category:",
            "cat:",
            "source:",
            "upvotes>=",
            "upvotes",
            "20",
            "cs.LG",
            "cs.*",
        ),
        *(
            "diffusion",
            "flow matching",
            "GPT-4",
            "C++",
            "LLM",
            "α",
            "$\\alpha$",
            "\\",
            "{",
            "}",
            "\u200b",
            "\u00ad",
        ),
        *("日本", "AND-gate", "İ", "ß", "&amp;", "\ud800"),
    ]
)
_HOSTILE = st.one_of(st.text(max_size=40), st.lists(_PIECES, max_size=20).map("".join))
_PAPER = Paper(title="Flow Matching for Text-to-Image Diffusion Models", abstract="We prune CLIP and GPT-4.")


def _error(term: str) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        parse(term)
    return caught.value


# ── Combining ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("a OR b AND c", "a OR (b AND c)"),
        ("NOT a AND b", "(NOT a) AND b"),
        ("a OR NOT b AND c", "a OR ((NOT b) AND c)"),
        ("a | b & c", "a OR b AND c"),
        ("a + b", "a AND b"),
        ("a -b", "a AND NOT b"),
        ("a –b", "a AND NOT b"),
        ("a -(b OR c)", "a AND NOT (b OR c)"),
        ("a NOT b", "a AND NOT b"),
        ('title:reward "human feedback"', 'title:reward AND "human feedback"'),
        ('a "b" (c)', 'a AND "b" AND c'),
        ("diffusion -medical -title:survey", "diffusion AND (NOT medical) AND (NOT title:survey)"),
        ('"world models" upvotes>=10', '"world models" AND upvotes>=10'),
        ("((a))", "a"),
        ("(a OR b) OR c", "a OR b OR c"),
        ("cat:cs.CL", "category:cs.CL"),
        ("upvotes >= 10", "upvotes>=10"),
        ("“a b”", '"a b"'),
        ("  a   b  ", "a b"),
        ("fine-tuning", "fine tuning"),
        ("Flow Matching", "flow matching"),
    ],
)
def test_the_same_interest_has_one_normal_form(typed: str, same: str) -> None:
    assert normal(parse(typed)) == normal(parse(same))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a and b", "a AND b"),
        ("a or b", "a OR b"),
        ("not a", "a"),
        ("CLIP", "clip"),
        ('"a b"', "a b"),
        ("a b", "a AND b"),
        ("title:a", "a"),
        ("diffus*", "diffus"),
        ("(a OR b) AND c", "a OR b AND c"),
    ],
)
def test_different_interests_have_different_normal_forms(one: str, other: str) -> None:
    assert normal(parse(one)) != normal(parse(other))


@pytest.mark.parametrize(
    "term",
    [
        "flow matching OR rectified flow",
        "diffusion -medical",
        "diffusion -medical -title:survey",
        "(RLHF | DPO) AND category:cs.CL",
        '"world models" upvotes>=10',
        'title:reward "human feedback"',
        'abstract:"reward model"',
        "C++ | C# | .NET",
        "AND-gate",
        "OR-tools",
        "a-AND-b",
        "NOT-a-word",
        "CoT | lora",
        'author:"Kaiming He" -author:he',
        "source:arxiv category:cs.*",
    ],
)
def test_the_normal_form_reads_as_itself(term: str) -> None:
    form = normal(parse(term))
    again = parse(form, stored=True)
    assert again == parse(term)
    assert normal(again) == form


@settings(deadline=None)
@given(st.integers(0, 10**9))
def test_any_term_survives_its_normal_form(seed: int) -> None:
    expression = parse(Terms(seed, [_PAPER]).good())
    assert parse(normal(expression), stored=True) == expression


# ── Several at once ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "interests"),
    [
        ('RLHF, grokking, "flow matching"', ["RLHF", "grokking", '"flow matching"']),
        ("a\nb", ["a", "b"]),
        ('"a, b", c', ['"a, b"', "c"]),
        ("“a, b”, c", ["“a, b”", "c"]),
        ("(a, b), c", ["(a, b)", "c"]),
        ("a,, b ,", ["a", "b"]),
        ("", []),
        (" , \n", []),
    ],
)
def test_commas_and_lines_separate_interests(typed: str, interests: list[str]) -> None:
    found = split(typed)
    assert [term for _, term in found] == interests
    assert all(typed[at : at + len(term)] == term for at, term in found)


@given(_HOSTILE)
def test_anything_can_be_split(typed: str) -> None:
    at = 0
    for start, term in split(typed):
        assert start >= at
        assert typed[start : start + len(term)] == term != ""
        at = start + len(term)


# ── Limits and errors ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("term", "at", "says"),
    [
        ("diffusion AND (medical", 14, "this parenthesis is never closed"),
        ("-medical", 0, "an interest needs something to look for, not only something to leave out"),
        ("di*", 0, "at least three letters before the star"),
    ],
)
def test_the_errors_of_the_document_point_at_the_character(term: str, at: int, says: str) -> None:
    error = _error(term)
    assert (error.at, error.reason) == (at, says)
    assert str(error) == f"{term}\n{' ' * at}^ {says}"


@pytest.mark.parametrize(
    ("term", "at"),
    [
        ("", 0),
        ("()", 0),
        ("a (", 2),
        ("((a)", 0),
        ("a)", 1),
        (")", 0),
        ('a "b', 2),
        ("“a b", 0),
        ("a AND", 2),
        ("AND a", 0),
        ("a OR OR b", 2),
        ("a AND OR b", 2),
        ("NOT", 0),
        ("NOT a", 0),
        ("-(a OR b)", 0),
        ("-a -b", 0),
        ("a | di*", 4),
        ("title:di*", 6),
        ("dif*ion", 3),
        ("*fusion", 0),
        ("!!!", 0),
        ("a AND title:", 6),
        ("subject:a", 0),
        ("upvotes>20", 0),
        ("upvotes>=many", 0),
        ("a, b", 1),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_place(term: str, at: int) -> None:
    assert _error(term).at == at


def test_an_interest_has_at_most_256_characters() -> None:
    parse("a" * 256)
    assert _error("a" * 257).at == 256


def test_an_interest_has_at_most_32_terms() -> None:
    parse(" OR ".join(f"a{n}" for n in range(32)))
    assert _error(" OR ".join(["a"] * 33)).at == 32 * 5


def test_a_phrase_is_one_term_however_long() -> None:
    parse(" ".join(["a"] * 64))


def test_an_interest_that_a_paper_without_words_would_meet_is_refused() -> None:
    assert _error("a OR -b").at == 5
    parse("(a OR -b) AND c")


@settings(max_examples=300, deadline=None)
@given(_HOSTILE)
def test_anything_typed_is_read_or_refused_at_a_place(typed: str) -> None:
    found = _read(typed)
    if isinstance(found, Unreadable):
        assert 0 <= found.at <= len(typed)
        assert found.reason
    else:
        assert parse(normal(found), stored=True) == found


def _read(typed: str) -> Expression | Unreadable:
    try:
        return parse(typed)
    except Unreadable as error:
        return error
