"""One trace from landing to delivery, by two programs that share only a database, as a collector receives it."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.e2e.running import until

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def a_collector() -> AsyncIterator[tuple[str, dict[str, Span]]]:
    """Where OTLP is taken over HTTP, and the spans that came, by name."""
    spans: dict[str, Span] = {}

    async def take(request: web.Request) -> web.Response:
        sent = ExportTraceServiceRequest.FromString(await request.read())
        for resource in sent.resource_spans:
            for scope in resource.scope_spans:
                spans.update({span.name: span for span in scope.spans})
        return web.Response(content_type="application/x-protobuf")

    site = web.Application()
    site.router.add_post("/v1/traces", take)
    runner = web.AppRunner(site)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}", spans
    await runner.cleanup()


async def start(settings: Mapping[str, str], *words: str) -> asyncio.subprocess.Process:
    program = (sys.executable, "-m", "bot", *words)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **settings}
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(*program, stdin=pipe, stdout=pipe, env=environment)


async def test_a_landing_by_one_program_and_its_delivery_by_another_are_one_trace(tmp_path: Path) -> None:
    row = {"title": "Grokking explained", "abstract": "Models that learn late, and why they do."}
    (tmp_path / "digest.jsonl").write_text(json.dumps(row) + "\n")
    async with a_collector() as (address, spans):
        settings = {
            "DIGESTBOT_DATABASE_URL": f"sqlite:///{tmp_path / 'bot.db'}",
            "DIGESTBOT_TRACES": "otlp",
            "OTEL_EXPORTER_OTLP_ENDPOINT": address,
            "OTEL_BSP_SCHEDULE_DELAY": "50",
        }
        chat = await start(settings, "chat")
        assert chat.stdin
        assert chat.stdout
        chat.stdin.write(b"schedule instantly\n")
        await chat.stdout.readuntil(b"instantly")
        land = await start(settings, "land", str(tmp_path / "digest.jsonl"))
        await land.communicate()
        await until(lambda: "delivery" in spans)
        await chat.communicate(b"quit\n")
    assert (land.returncode, chat.returncode) == (0, 0)
    landing, delivery = spans["landing"], spans["delivery"]
    assert delivery.trace_id == landing.trace_id
    assert delivery.parent_span_id == landing.span_id
    assert landing.parent_span_id == b""
    assert {"read", "match", "write", "plan", "compose", "send"} <= spans.keys()
    assert spans["match"].parent_span_id == landing.span_id
    assert spans["send"].parent_span_id == delivery.span_id
    assert landing.end_time_unix_nano <= spans["send"].start_time_unix_nano
