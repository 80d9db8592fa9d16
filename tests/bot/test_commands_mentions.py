import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.mentions import Channel, address, channel, person
from bot.errors import BadArguments
from tests.fakes import ada


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("<#C123|papers>", Channel("C123", "papers")),
        (" <#C123> ", Channel("C123")),
        ("<#112233445566778899>", Channel("112233445566778899")),
        ("112233445566778899", Channel("112233445566778899")),
        ("C0ABCDEF123", Channel("C0ABCDEF123")),
        ("#C0ABCDEF123", Channel("C0ABCDEF123")),
        ("#papers", Channel("#papers", "papers")),
        ("papers", Channel("#papers", "papers")),
        ("#論文", Channel("#論文", "論文")),
    ],
)
def test_a_channel_is_read_however_it_is_written(typed: str, meant: Channel) -> None:
    assert channel(typed) == meant
    assert channel(meant.mention) == meant


@pytest.mark.parametrize(
    "typed", ["", "#", "two words", "<#>", "<@U1>", "<!channel>", "a|b", "<#C1|a><#C2|b>"]
)
def test_what_is_no_channel_is_refused(typed: str) -> None:
    with pytest.raises(BadArguments, match="Write it as `#papers`"):
        channel(typed)


@given(st.text(max_size=200))
def test_whatever_is_typed_is_a_channel_or_a_mistake(typed: str) -> None:
    with contextlib.suppress(BadArguments):
        assert address(channel(typed), ada).workspace == ada.workspace


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("<@U123|ana>", "U123"), ("<@!123>", "123"), ("<@&9>", "9"), ("@ana", "ana"), ("U123", "U123")],
)
def test_a_person_or_a_role_is_read_however_it_is_written(typed: str, meant: str) -> None:
    assert person(typed) == meant


@pytest.mark.parametrize("typed", ["", "<@>", "two words", "<#C1>"])
def test_who_is_nobody_is_refused(typed: str) -> None:
    with pytest.raises(BadArguments, match="@ana"):
        person(typed)
