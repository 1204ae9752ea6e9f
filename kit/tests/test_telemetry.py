"""What leaves the house in a trace: where and what kind, never what a person wrote."""

import subprocess
import sys
from pathlib import Path

import pytest

from kit.testing.collector import Collector
from kit.testing.facts import Side

PROGRAM = """
import asyncio, sys
import httpx
from fastapi import APIRouter
from sqlalchemy import text
from kit.app import create_app
from kit.auth import public
from kit.database import SessionDep
from kit.settings import Settings
from kit.telemetry import message_span, start_telemetry, stop_telemetry, tracer

PHONE = "01712345678"
router = APIRouter(dependencies=[public()])

@router.get("/boom")
async def boom() -> None:
    raise RuntimeError(PHONE)

@router.get("/sql")
async def sql(session: SessionDep) -> None:
    await session.execute(text("select cast(:given as int)"), {"given": PHONE})
    await session.execute(text("do $$begin raise exception 'this one is kept: %', '01712345678' using detail = '01712345678'; end$$"))

settings = Settings.model_validate({
    "service": "kittest", "port": 1, "public_url": "http://x", "jwks_url": "http://x", "database_url": sys.argv[1],
    "otlp_endpoint": sys.argv[2], "trace_ratio": 1.0,
})
start_telemetry(settings)
app = create_app(settings, title="x", routers=[router], migrations=__import__("kit.migrations").migrations.folder_of("complaints"))

async def main() -> None:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with app.router.lifespan_context(app) as state, httpx.AsyncClient(transport=transport, base_url="http://x") as client:
        async def with_state(scope, receive, send):
            scope["state"] = dict(state)
            await app(scope, receive, send)
        transport.app = with_state
        for path in ("/boom", "/sql"):
            answer = await client.get(path, params={"q": PHONE})
            assert answer.status_code == 500, answer.text
        with tracer.start_as_current_span("outer"):
            from kit.telemetry import current_traceparent
            parent = current_traceparent()
        try:
            with message_span("process", "a.b", parent):
                raise RuntimeError(PHONE)
        except RuntimeError:
            pass

asyncio.run(main())
stop_telemetry()
"""


@pytest.fixture
def told(teller: Side, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """All that a process reported, as text."""
    bodies: list[bytes] = []
    with Collector() as collector:
        monkeypatch.setattr(collector, "take", bodies.append)
        command = [sys.executable, "-c", PROGRAM, teller.url, collector.url]
        said = subprocess.run(command, cwd=Path(__file__).parents[2], text=True, capture_output=True, check=False)
    assert said.returncode == 0, said.stderr
    (tmp_path / "log").write_text(said.stdout + said.stderr)
    return b"".join(bodies).decode("utf-8", "replace")


def test_a_failure_is_told_without_its_message(told: str, tmp_path: Path) -> None:
    for span in ("GET", "process a.b", "select"):
        assert span in told
    assert "01712345678" not in told
    assert "url.query" not in told
    assert "RuntimeError" in told, "the kind of failure is told"
    assert "01712345678" not in (tmp_path / "log").read_text()
