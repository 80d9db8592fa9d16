"""Is the mail server there, and does it take mail from us? Nothing is sent."""

from collections.abc import Sequence
from email.utils import parseaddr
from typing import Final

from adapters.email.adapter import connected, mail_settings, said
from bot.errors import BadSettings, Disconnected, SendError
from bot.findings import Finding, bad, doubtful, good
from bot.settings import Settings

_PLACE: Final = "see that DIGESTBOT_SMTP_URL is right, and that this machine may go out to it"
_LOGIN: Final = "see that user and password in DIGESTBOT_SMTP_URL are right, with %40 for @ and the like"
_SENDER: Final = "see that DIGESTBOT_MAIL_FROM is an address that this login may send from"


async def examined(settings: Settings) -> Sequence[Finding]:
    """What a look at *settings* and at the mail server found: up to where the first mail would begin."""
    if not settings.smtp_url:
        return []
    try:
        server = mail_settings(settings.smtp_url.get_secret_value(), settings.mail_from, settings.public_url)
    except BadSettings as mistakes:
        return [
            bad("settings", what, f"set {name}")
            for name, _, what in (line.partition(": ") for line in str(mistakes).splitlines())
        ]
    place, begun = f"{server.host}:{server.port}", False
    try:
        async with connected(server) as client:
            begun, sealed = True, server.tls or client.get_transport_info("ssl_object") is not None
            await said(lambda: client.mail(parseaddr(server.sender)[1]))
            await said(client.rset)
    except Disconnected as refused:
        return [bad("sender" if begun else "login", str(refused), _SENDER if begun else _LOGIN)]
    except SendError as trouble:
        return [bad("server", f"{place}: {trouble}", _PLACE)]
    if not sealed:
        return [
            doubtful(
                "server", f"{place} takes mail from us, but without TLS", "use smtps://, or a server with it"
            )
        ]
    return [good("server", f"{place} takes mail from us, over TLS")]
