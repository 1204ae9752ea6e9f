"""Warnings that the tests write themselves, and the service over a real PostgreSQL and NATS."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4
from xml.sax.saxutils import escape

import httpx
import pytest

from runner.testing import service_fixture

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"

INFO = """<info><language>{language}</language><category>Safety</category><event>{event}</event>
<urgency>{urgency}</urgency><severity>{severity}</severity><certainty>{certainty}</certainty>{expires}
<headline>{headline}</headline><description>{description}</description>{area}</info>"""

AREA = "<area><areaDesc>{area_name}</areaDesc>{geocode}</area>"

Cap = Callable[..., bytes]


def written(**changed: str | None) -> bytes:
    """A CAP message; a field given as None is left out, `infos` replaces the one information, `area` its area."""
    fields: dict[str, str | None] = {
        "identifier": f"test-{uuid4()}",
        "sender": "duty@warnings.test",
        "sent": datetime.now(UTC).isoformat(timespec="seconds"),
        "status": "Actual",
        "msgType": "Alert",
        "scope": "Public",
        "note": None,
        "references": None,
        **changed,
    }
    names = ("identifier", "sender", "sent", "status", "msgType", "scope", "note", "references")
    head = "".join(f"<{name}>{escape(str(fields[name]))}</{name}>" for name in names if fields[name] is not None)
    infos = fields.get("infos") if fields.get("infos") is not None else information(**fields)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<alert xmlns="{NAMESPACE}">{head}{infos}</alert>'.encode()


def information(**fields: str | None) -> str:
    country = fields.get("country", "LB")
    geocode = f"<geocode><valueName>ISO3166-1</valueName><value>{country}</value></geocode>" if country else ""
    area = AREA.format(area_name=escape(fields.get("area_name") or "Southern districts"), geocode=geocode)
    expires = fields.get("expires")
    return INFO.format(
        language=fields.get("language", "en-GB"),
        event=fields.get("event", "Air strikes"),
        urgency=fields.get("urgency", "Immediate"),
        severity=fields.get("severity", "Extreme"),
        certainty=fields.get("certainty", "Observed"),
        expires=f"<expires>{expires}</expires>" if expires else "",
        headline=fields.get("headline", "Stay indoors, away from windows"),
        description=fields.get("description", "Strikes reported."),
        area=fields.get("area", area),
    )


@pytest.fixture(scope="session")
def cap() -> Cap:
    return written


@pytest.fixture(scope="session")
def info() -> Callable[..., str]:
    return information


crisis = service_fixture("crisis")


async def _posted(client: httpx.AsyncClient, raw: bytes, *, query: str = "", **headers: str) -> dict[str, Any]:
    answer = await client.post(f"/v1/crisis/alerts{query}", content=raw, headers={"Content-Type": "application/cap+xml", **headers})
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


@pytest.fixture(scope="session")
def post() -> Callable[..., Awaitable[dict[str, Any]]]:
    return _posted
