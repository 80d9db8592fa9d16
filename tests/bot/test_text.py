"""Rules 1 to 5 of the interest language: what the words of a text are, and where they stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text import words

_FRAGMENTS = st.sampled_from(
    [
        *(
            "{\\em ",
            "}",
            "{",
            "$",
            "\\alpha",
            "\\%",
            "\\",
            "\\textbf{",
            "\\'e",
            '\\"{o}',
            "\\v{c}",
            "\\href{",
            "\\frac{1}{2}",
        ),
        *(
            "&amp;",
            "&#945;",
            "&",
            ";",
            "\n",
            "\u00ad",
            "\u200b",
            "\u202e",
            "\u2013",
            "\u2014",
            "\u2212",
            "’s",
            "'s",
            "'",
            '"',
        ),
        *(
            "C++",
            "C#",
            ".NET",
            "GPT",
            "4",
            "α",
            "Ω",
            "ß",
            "İ",
            "ﬁ",
            "½",
            "²",
            "é",
            "e\u0301",
            "日本",
            "<b>",
            "</b>",
            "<",
            "--",
        ),
        *(" ", "_", "^", "-", "a", "Fine", "\ud800", "\x00"),
    ]
)
_HOSTILE = st.one_of(st.text(max_size=60), st.lists(_FRAGMENTS, max_size=25).map("".join))


def _said(text: str) -> list[str]:
    return [word.surface for word in words(text)]


def _places(text: str) -> list[str]:
    return [text[word.start : word.end] for word in words(text)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (r"{\em Convergence} rates", "Convergence rates"),
        (r"$\alpha$ is small", "alpha is small"),
        (r"50\% more", "50 more"),
        ("hard\nline\r\nbreaks", "hard line breaks"),
        ("Q&amp;A and &#945;", "Q A and alpha"),
        (r"\textbf{Bold} and \emph{stressed}", "Bold and stressed"),
        (r"\textbf{R}ank", "Rank"),
        (r"{B}ERT", "BERT"),
        (r"Schr\"{o}dinger and Erd\H{o}s", "Schrodinger and Erdos"),
        (r"\frac{1}{2}", "1 2"),
        (r"\LaTeX{} is", "LaTeX is"),
        ("H<sub>2</sub>O", "H2O"),
        ("p<0.05 and n>3", "p 0 05 and n 3"),
    ],
)
def test_tex_and_markup_become_plain_text(text: str, said: str) -> None:
    assert _said(text) == said.split()


@pytest.mark.parametrize(
    "text",
    [
        r"\textbf{Large Language Model}",
        r"{Large language models}",
        r"\emph{small language models}",
        r"\textit{it works}",
    ],
)
def test_plain_words_in_braces_are_no_commands(text: str) -> None:
    inner = text[text.index("{") + 1 : -1]
    assert _said(text) == inner.split()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (r"a \rev{dynamic method}", ["dynamic", "method"]),
        (r"the \ac{isac} feature", ["isac", "feature"]),
        (r"\keywords{multilingual, speech}", ["multilingual", "speech"]),
        (r"$A\sqrt{\log A}$", ["log", "A"]),
        (r"$\binom{n}{k}$", ["n", "k"]),
    ],
)
def test_an_unknown_command_does_not_swallow_its_words(text: str, said: list[str]) -> None:
    assert _said(text)[-2:] == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("soft\u00adware", "software"),
        ("zero\u200bwidth", "zerowidth"),
        ("\u202aleft\u202c", "left"),
        ("Schrödinger", "Schrodinger"),
        ("Schro\u0308dinger", "Schrodinger"),
        ("\uff27\uff30\uff34", "GPT"),
        ("ﬁne", "fine"),
        ("α", "alpha"),
        ("Δ", "Delta"),
        ("β-VAE", "beta VAE"),
    ],
)
def test_letters_are_made_plain(text: str, said: str) -> None:
    assert _said(text) == said.split()


@pytest.mark.parametrize("dash", "-\u2010\u2011\u2012\u2013\u2014\u2212\uff0d")
def test_every_dash_is_a_hyphen(dash: str) -> None:
    first, second = words(f"fine{dash}tuning")
    assert (first.surface, second.surface) == ("fine", "tuning")
    assert second.glued


@pytest.mark.parametrize("gap", [" ", "- ", " -", "/", "_", ".", "\n", "-\n"])
def test_only_hyphens_join(gap: str) -> None:
    assert [word.glued for word in words(f"fine{gap}tuning")] == [False, False]


@pytest.mark.parametrize("text", ["Goodhart's law", "Goodhart’s law", "Goodhart‘s law", "Goodhart law"])
def test_a_possessive_ending_is_dropped(text: str) -> None:
    assert _said(text) == ["Goodhart", "law"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("text-to-image", "text to image"),
        ("C++, C# and .NET", "C++ C# and .NET"),
        ("in C++.", "in C++"),
        ("a.b/c_d", "a b c d"),
        ("don't", "don t"),
        ("GPT-4", "GPT 4"),
        ("GPT4", "GPT4"),
        ("日本語 text", "日本語 text"),
        ("", ""),
        ("?!…", ""),
    ],
)
def test_a_word_is_a_run_of_letters_and_digits(text: str, said: str) -> None:
    assert _said(text) == said.split()


@pytest.mark.parametrize(
    ("text", "places"),
    [
        (r"{\em Convergence} rates", ["Convergence", "rates"]),
        ("Goodhart’s law", ["Goodhart", "law"]),
        (r"$\alpha$-divergence", [r"\alpha", "divergence"]),
        ("zero\u200bwidth", ["zero\u200bwidth"]),
        ("a ﬁne one", ["a", "ﬁne", "one"]),
        ("cafe\u0301 noir", ["cafe\u0301", "noir"]),
        ("Q&amp;A", ["Q", "A"]),
        ("C++ code", ["C++", "code"]),
    ],
)
def test_a_word_knows_where_it_stands_in_the_original(text: str, places: list[str]) -> None:
    assert _places(text) == places


@given(_HOSTILE)
def test_any_text_has_words_in_rising_places(text: str) -> None:
    at = 0
    for word in words(text):
        assert word.surface
        assert at <= word.start < word.end <= len(text)
        at = word.start
