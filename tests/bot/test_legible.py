"""What people read of titles and abstracts."""

import pytest

from bot.legible import legible


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (r"an $R^2$ of 0.9 in $\ell^2$", "an R² of 0.9 in ℓ²"),
        ("10^-4 at 360^\N{RING OPERATOR}", "10⁻⁴ at 360°"),
        ("the norm of x_0 and S_t", "the norm of x₀ and Sₜ"),
        ("Face-D(^2)CL, S^2-Bench", "Face-D²CL, S²-Bench"),
        (r"gains of $\sim$29\% and $\times$4, at 256$\times$ 256", "gains of ∼29% and ×4, at 256× 256"),
        ("CO_2 and NO_2", "CO₂ and NO₂"),
        (
            "``grokking'' of vision--language models -- at last",
            "“grokking” of vision–language models – at last",
        ),
    ],
)
def test_what_formulas_raise_and_lower_is_shown_so(raw: str, shown: str) -> None:
    assert legible(raw).text == shown


@pytest.mark.parametrize(
    "said",
    ["only_npi_scope", "about $5 and $6 each", "MMMU_Pro", "N^1/3", "1^2.5", "a ^ b", "f''(x)", "run --json"],
)
def test_what_is_no_formula_stays(said: str) -> None:
    assert legible(said).text == said


def test_places_still_point_into_the_text_as_it_was_written() -> None:
    raw = r"In $R^2$ we learn"
    shown = legible(raw)
    at = shown.text.index("learn")
    assert raw[shown.starts[at] : shown.ends[at + 4]] == "learn"
