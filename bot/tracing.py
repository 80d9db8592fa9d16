"""Traces from landings to deliveries, where the settings ask for them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.app import App
from bot.errors import BadSettings
from bot.platforms import keys
from bot.settings import Settings


@asynccontextmanager
async def traced(app: App, settings: Settings) -> AsyncIterator[None]:
    """What *app* lands and delivers meanwhile is traced, if *settings* say so.

    Raises:
        BadSettings: they do, and OpenTelemetry is not installed or cannot be set up.
    """
    if settings.traces == "off":
        yield
        return
    try:
        from adapters.traces import Traces  # noqa: PLC0415  # an extra, which need not be installed
    except ImportError as missing:
        raise BadSettings(
            f"DIGESTBOT_TRACES: {missing.name} is not installed; install digestbot[otel], or in a checkout run "
            "`WITH=otel ./dev --version`"
        ) from None
    async with Traces.open(keys(settings).derived("traces")) as traces:
        app.watchers.append(traces)
        try:
            yield
        finally:
            app.watchers.remove(traces)
