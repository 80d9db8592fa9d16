"""Addresses inside abstracts: where they begin and end, and what stands behind them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.sources.limits import MOST_LINKS
from adapters.sources.links import distinct, link_to, links, safe
from bot.models import Link

CODE = "https://github.com/sky/rain"

paths = st.text("abcXYZ019-_/.~", max_size=30).map(lambda path: path.rstrip("."))


@pytest.mark.parametrize(
    "text",
    [
        "Code is at {}.",
        "Code ({}).",
        "Code: <{}>.",
        "[{}]",
        "Code, {}, is free",
        "See {}; or not",
        "at {}: here",
        'the "{}" place',
        "the '{}'.",
        "``{}''.",
        "the “{}”.",
        "\\url{{{}}}.",
        "\\href{{{}}}{{here}}",
        "$\\href{{{}}}{{\\text{{here}}}}$.",
        "\\footnote{{{}}}",
        "${}$",
        "**{}**",
        "[code]({}).",
        "代码：{}。",
        "({}.)",
        "{}",
        "code:{}?!",
        "see {}\nand more",
    ],
)
def test_an_address_ends_where_the_sentence_goes_on(text: str) -> None:
    assert list(links(text.format(CODE))) == [Link("code", CODE)]


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        (
            "https://a.example/x_(y) and (https://a.example/(z))",
            ["https://a.example/x_(y)", "https://a.example/(z)"],
        ),
        ("https://a.example/x.(The next", ["https://a.example/x"]),
        ("https://a.example/b\\_c\\%20d\\~e", ["https://a.example/b_c%20d~e"]),
        ("https://a.example/?q=1&r=[2]#s", ["https://a.example/?q=1&r=[2]#s"]),
        ("https://a.example/1,https://b.example/2", ["https://a.example/1", "https://b.example/2"]),
        ("[https://a.example/1](https://a.example/2)", ["https://a.example/1", "https://a.example/2"]),
        ("https://web.example/2026/https://a.example/1", ["https://web.example/2026/https://a.example/1"]),
        ("HTTPS://A.example/B", ["HTTPS://A.example/B"]),
        ("https://a.example/", ["https://a.example/"]),
        ("at github.com/sky/rain.", [CODE]),
        ("at me@github.com/sky and notgithub.com/sky/rain", []),
        ("https:a.example, http//b.example, ftp://c.example", []),
        ("https://me:secret@a.example/x", []),
        ("https://localhost/x https://[::1 http://.", []),
        ("https://a.example/" + "x" * 2_000, []),
        ("nothing here", []),
    ],
)
def test_only_plain_addresses_are_links(text: str, urls: list[str]) -> None:
    assert [link.url for link in links(text)] == urls


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        (CODE, "code"),
        ("https://gitlab.com/sky/rain", "code"),
        ("https://anonymous.4open.science/r/rain-85C3/", "code"),
        ("https://huggingface.co/sky/rain-7B", "model"),
        ("https://huggingface.co/datasets/sky/rain", "data"),
        ("https://huggingface.co/spaces/sky/rain", "project"),
        ("https://huggingface.co/papers/2611.04217", "paper"),
        ("https://huggingface.co/sky", "project"),
        ("https://zenodo.org/records/7", "data"),
        ("https://www.youtube.com/watch?v=rain", "video"),
        ("https://youtu.be/rain", "video"),
        ("https://arxiv.org/abs/2611.04217", "paper"),
        ("https://doi.org/10.1234/rain", "paper"),
        ("https://sky.github.io/rain", "project"),
        ("https://github.com.example.org/rain", "project"),
    ],
)
def test_the_host_tells_what_stands_behind_an_address(url: str, kind: str) -> None:
    link = link_to(url)

    assert link is not None
    assert link.kind == kind


def test_each_address_counts_once_and_the_first_ones_stay() -> None:
    text = f"{CODE} {CODE}. " + " ".join(f"https://a.example/{n}" for n in range(30))

    found = distinct(links(text))

    assert found[0] == Link("code", CODE)
    assert len({link.url for link in found}) == len(found) < MOST_LINKS


@given(st.text(), paths)
def test_whatever_stands_around_it_an_address_is_safe(around: str, path: str) -> None:
    for link in links(f"{around} https://a.example/{path} {around}"):
        assert safe(link.url)
        assert not set(link.url) & set(' \n<>{}|\\^`"')


@given(paths)
def test_an_address_in_braces_is_found_whole(path: str) -> None:
    assert [link.url for link in links(f"\\url{{https://a.example/{path}}}")] == [f"https://a.example/{path}"]
