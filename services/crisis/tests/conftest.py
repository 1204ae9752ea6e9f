"""Warnings that the tests write themselves, and the service over a real PostgreSQL and NATS."""

import secrets
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4
from xml.sax.saxutils import escape

import httpx
import pytest
from fastapi import FastAPI, Request
from pydantic import SecretStr

from kit.testing.carrier import Carrier
from runner.testing import APP_OPTIONS, Engines, Running, served, service_fixture
from services.crisis.outreach.settings import Carriers

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"

INFO = """<info><language>{language}</language><category>Safety</category><event>{event}</event>
<urgency>{urgency}</urgency><severity>{severity}</severity><certainty>{certainty}</certainty>{expires}
<headline>{headline}</headline><description>{description}</description>{area}</info>"""

AREA = "<area><areaDesc>{area_name}</areaDesc>{geocode}</area>"

Cap = Callable[..., bytes]


def written(*, sent: str | None, **changed: str | None) -> bytes:
    """A CAP message; a field given as None is left out, `infos` replaces the one information, `area` its area."""
    fields: dict[str, str | None] = {
        "identifier": f"test-{uuid4()}",
        "sender": "duty@warnings.test",
        "sent": sent,
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


def just_written(**changed: str | None) -> bytes:
    return written(**{"sent": datetime.now(UTC).isoformat(timespec="seconds"), **changed})


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
    return just_written


@pytest.fixture(scope="session")
def info() -> Callable[..., str]:
    return information


SMS_SECRET = "shared-with-the-company"
WHATSAPP_SECRET = "shared-with-whatsapp"
with socket.socket() as _free:
    _free.bind(("127.0.0.1", 0))
    CARRIER_PORT = _free.getsockname()[1]
_url = f"http://127.0.0.1:{CARRIER_PORT}"
APP_OPTIONS["crisis"] = {
    "carriers": Carriers(
        sms_url=_url,
        sms_secret=SecretStr(SMS_SECRET),
        whatsapp_url=_url,
        whatsapp_number="4711",
        whatsapp_token=SecretStr("access"),
        whatsapp_app_secret=SecretStr(WHATSAPP_SECRET),
        whatsapp_verify_token=SecretStr("said-once"),
        recording_bytes=1_000_000,
        recording_seconds=3,
        voice_url=_url,
        voice_secret=SecretStr(SMS_SECRET),
        push_key=SecretStr(secrets.token_urlsafe(32)),
        push_contact="mailto:duty@example.org",
    )
}


@pytest.fixture(scope="session")
async def company() -> AsyncIterator[Carrier]:
    async with Carrier().listening(CARRIER_PORT) as running:
        yield running


@pytest.fixture
async def carrier(company: Carrier) -> AsyncIterator[Carrier]:
    """The company that carries texts, with an empty memory."""
    company.begin_anew()
    yield company
    company.let_go()


crisis = service_fixture("crisis")


async def _posted(client: httpx.AsyncClient, raw: bytes, *, query: str = "", **headers: str) -> dict[str, Any]:
    answer = await client.post(f"/v1/crisis/alerts{query}", content=raw, headers={"Content-Type": "application/cap+xml", **headers})
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


@pytest.fixture(scope="session")
def post() -> Callable[..., Awaitable[dict[str, Any]]]:
    return _posted


PLAIN = {"may_call": True, "may_text": True, "words": "plain", "hours": None, "time_zone": None}


class Register:
    """`people`: by the register's id, as the seam tells of them, with their class."""

    def __init__(self) -> None:
        self.people: dict[str, dict[str, Any]] = {}
        self.asked: list[dict[str, Any]] = []
        self.contacts: list[list[str]] = []
        self.is_away = self.refuses_gone = False
        self.gone: list[str] = []
        self.subscribed: list[dict[str, Any]] = []

    def add(self, **said: Any) -> str:
        person, number = str(uuid4()), f"+9665{len(self.people):08}"
        known = {
            "person": person,
            "class": "inside",
            "reason": "in_area:work_site",
            "distance_m": 0,
            "flags": [],
            "language": "bn",
            "country": "LB",
            "channels": [{"kind": "sms", "address": number, "at_home": False, "whose": "own"}],
            "contact_rule": PLAIN,
            "drill_member": False,
        }
        self.people[person] = known | said
        return person

    async def gone_of(self) -> list[str]:
        return self.gone

    def app(self) -> FastAPI:
        app = FastAPI()
        questions: dict[str, dict[str, Any]] = {}

        @app.post("/v1/nationals/exposures", status_code=201)
        async def expose(request: Request) -> dict[str, Any]:
            asked = await request.json()
            self.asked.append(asked)
            if self.is_away:
                raise RuntimeError
            identity = str(UUID(int=hash((asked["alert"], asked["version"], asked["is_drill"])) & (2**128 - 1)))
            questions[identity] = asked
            return {
                "id": identity, "alert": asked["alert"], "version": asked["version"], "computed_at": "2026-11-26T00:00:00Z",
                "counts": {}, "vulnerable": {},
            }  # fmt: skip

        @app.get("/v1/nationals/exposures/{identity}/people")
        async def people(identity: str, classes: str, limit: int = 200, cursor: int = 0) -> dict[str, Any]:
            asked = questions[identity]
            mine = [
                one for one in self.people.values()
                if one["class"] in classes.split(",") and one["country"] in asked["countries"]
                and (one["drill_member"] or not asked["is_drill"])
            ]  # fmt: skip
            more = cursor + limit < len(mine)
            path = f"/v1/nationals/exposures/{identity}/people?classes={classes}&limit={limit}&cursor={cursor + limit}"
            return {"items": mine[cursor : cursor + limit], "next": path if more else None}

        @app.post("/v1/nationals/contacts")
        async def contacts(request: Request) -> dict[str, Any]:
            wanted = (await request.json())["people"]
            self.contacts.append(wanted)
            return {"items": [self.people[one] for one in wanted if one in self.people]}

        @app.post("/v1/nationals/push", status_code=204)
        async def subscribe(request: Request) -> None:
            self.subscribed.append(await request.json())

        @app.post("/v1/nationals/push/gone", status_code=204)
        async def gone(request: Request) -> None:
            if self.refuses_gone:
                raise RuntimeError
            self.gone += (await request.json())["subscriptions"]

        return app


@pytest.fixture
async def register(engines: Engines) -> AsyncIterator[Register]:
    known = Register()
    async with served(known.app(), engines.place.port("registry")):
        yield known


@pytest.fixture
def warn(crisis: Running, cap: Cap, post: Callable[..., Awaitable[dict[str, Any]]]) -> Callable[..., Awaitable[dict[str, Any]]]:
    """A warning that one officer brings in and another releases."""

    async def warned(**changed: str | None) -> dict[str, Any]:
        alert = await post(crisis.client("supervisor", sub="first"), cap(**changed))
        await _released(crisis, alert["id"])
        return alert

    return warned


async def _released(crisis: Running, alert: str) -> None:
    second = crisis.client("supervisor", sub="second")
    answer = await second.post(
        f"/v1/crisis/alerts/{alert}/decision/release", headers={"If-Match": "*", "Idempotency-Key": f"release-{alert}"}
    )
    assert answer.status_code == 201, answer.text


@pytest.fixture(scope="session")
def release() -> Callable[..., Awaitable[None]]:
    return _released


@pytest.fixture(scope="session")
def rule() -> dict[str, Any]:
    """Safe contact of somebody who asked for plain words."""
    return PLAIN
