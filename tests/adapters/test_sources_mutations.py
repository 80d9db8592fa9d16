"""Whatever happens to a digest on its way: it lands whole or is refused with a reason, and soon."""

from pathlib import Path

import pytest

from tests.mutations import mutations, outcomes

ROWS = (
    b'{"day": "2026-11-20", "id": "2611.00001", "title": "One", "abstract": "It is the first.", "comment": null,'
    b' "authors": ["Ada Quill"], "categories": ["cs.LG"], "url": "https://arxiv.org/abs/2611.00001"}\n'
    b'{"title": "Two", "summary": "It is the second.", "authors": "Ben Ito; Cara Wu", "upvotes": 4}\n'
) * 5
ARRAY = b"[" + ROWS.strip().replace(b"\n", b",\n") + b"]"
DIGESTS = [*(page.read_bytes() for page in sorted((Path(__file__).parent / "pages").iterdir())), ROWS, ARRAY]


def test_a_damaged_digest_lands_whole_or_is_refused() -> None:
    landed, refused = outcomes(mutations(DIGESTS, 2_000))

    assert landed > 200
    assert refused > 200


@pytest.mark.slow
def test_ten_thousand_damaged_digests_land_whole_or_are_refused() -> None:
    assert sum(outcomes(mutations(DIGESTS, 10_000, seed=1))) == 10_000


def test_damage_is_the_same_every_time() -> None:
    assert list(mutations(DIGESTS, 50)) == list(mutations(DIGESTS, 50))
