"""What comes in by WhatsApp: answers and questions of who was warned, with the guards of a text; all else goes on to complaints."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from kit.bringers import META_SIGNATURE
from kit.messengers import signature
from kit.testing.carrier import Carrier
from kit.testing.waiting import until
from runner.testing import Running, Start, own_engines, service_fixture
from services.crisis.tests.conftest import WHATSAPP_SECRET
from services.crisis.tests.test_checkins import bring, replied, status_of

engines, start_service = own_engines()
crisis = service_fixture("crisis")
Warn = Callable[..., Awaitable[dict[str, Any]]]
Register = Any
DOOR = "/v1/crisis/messages/whatsapp"
NUMBER = "966500000042"
WAYS = [
    {"kind": "whatsapp", "address": f"+{NUMBER}", "at_home": False, "whose": "own"},
    {"kind": "sms", "address": f"+{NUMBER}", "at_home": False, "whose": "own"},
]


def written(body: str, sender: str = NUMBER, **more: Any) -> dict[str, Any]:
    at = str(int(datetime.now(UTC).timestamp()))
    return {"id": f"wamid.{uuid4()}", "from": sender, "timestamp": at, "type": "text", "text": {"body": body}} | more


async def brought(crisis: Running, *messages: dict[str, Any], secret: str = WHATSAPP_SECRET, **more: Any) -> httpx.Response:
    value = {"messaging_product": "whatsapp", "contacts": [{"profile": {"name": "Salma Nomuna"}}], "messages": list(messages)}
    change = {"field": "messages", "value": value | more}
    body = json.dumps({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}, ensure_ascii=False).encode()
    return await crisis.client().post(DOOR, content=body, headers={META_SIGNATURE: signature(secret, body)})


async def warned_there(crisis: Running, register: Register, carrier: Carrier, warn: Warn) -> str:
    """Somebody who was warned by WhatsApp."""
    person: str = register.add(channels=WAYS)
    await warn(severity="Moderate", urgency="Immediate")

    async def accepted() -> set[str]:
        return {row.channel for row in await crisis.rows("recipient where state = 'accepted'")}

    await until(accepted, {"whatsapp"}, within=240)
    assert len(carrier.taken) == 1
    return person


@pytest.fixture
async def warned(crisis: Running, register: Register, carrier: Carrier, warn: Warn) -> str:
    return await warned_there(crisis, register, carrier, warn)


class TestAnAnswer:
    async def test_counts_once_and_is_answered_where_it_was_written(self, crisis: Running, carrier: Carrier, warned: str) -> None:
        message = written("২")
        assert [(await brought(crisis, message)).json()["taken"] for _ in range(2)] == [1, 0]
        assert await status_of(crisis, warned) == "need_help"
        await until(lambda: replied(carrier, "need_help"), expected=True, within=240)
        assert {one["path"] for one in carrier.taken.values()} == {"/4711/messages"}, "nothing went out as a text"
        (response,) = await crisis.rows("checkin_response")
        assert (response.channel, response.reporter) == ("whatsapp", "self")
        assert "সাহায্য".encode() not in await crisis.raw("crisis_text")

    async def test_that_nobody_can_read_waits_for_a_person_and_is_answered_there(
        self, crisis: Running, carrier: Carrier, warned: str
    ) -> None:
        await brought(crisis, written("আমি ভালো নেই"))
        assert await status_of(crisis, warned) == "unreached"
        await until(lambda: replied(carrier, "unparsed"), expected=True, within=240)
        async with crisis.sessions.begin() as session:  # ten minutes later
            await session.execute(text("update timer set next_try = now() where kind = 'crisis-text-waits'"))
            await session.execute(text("select pg_notify('timer', '')"))
        await until(lambda: status_of(crisis, warned), "need_help", within=240)
        officer = crisis.client("wing", countries=["LB"])
        (waiting,) = (await officer.get("/v1/crisis/texts")).json()["items"]
        assert waiting["is_assumed"]
        said = {"status": "injured", "answer": "অ্যাম্বুলেন্স আসছে।"}
        done = await officer.post(f"/v1/crisis/texts/{waiting['id']}/answer", json=said, headers={"If-Match": f'"{waiting["version"]}"'})
        assert done.status_code == 201, done.text

        async def answered() -> list[str]:
            return [one["path"] for one in carrier.taken.values() if one["text"] == "অ্যাম্বুলেন্স আসছে।"]

        await until(answered, ["/4711/messages"], within=240)
        assert [row.channel for row in await crisis.rows("checkin_response order by received_at")] == ["whatsapp", "whatsapp"]

    async def test_of_a_place_on_the_map_is_read_by_a_person(self, crisis: Running, warned: str) -> None:
        place = {"latitude": 33.893791, "longitude": 35.501777, "name": "Safe House", "address": "Hamra"}
        await brought(crisis, written("", type="location", location=place))
        assert await status_of(crisis, warned) == "unreached"
        (waiting,) = (await crisis.client("wing", countries=["LB"]).get("/v1/crisis/texts")).json()["items"]
        assert waiting["text"] == "[অবস্থান / location] 33.89379, 35.50178, Safe House, Hamra"
        assert not waiting["is_assumed"], "its ten minutes are not over"

    async def test_of_a_relative_never_overrides_the_persons_own_help(self, crisis: Running, warned: str) -> None:
        await brought(crisis, written("help"))
        officer = crisis.client("wing", countries=["LB"])
        (alert,) = (await officer.get("/v1/crisis/alerts")).json()["items"]
        said = {"person": warned, "status": "safe", "reporter": "proxy"}
        held = (await officer.post(f"/v1/crisis/alerts/{alert['id']}/checkins", json=said)).json()
        assert (held["status"], held["is_contradicted"]) == ("need_help", True)
        await bring(crisis, f"+{NUMBER}", "1")
        assert await status_of(crisis, warned) == "safe", "their own text counts wherever it came in"


class TestAWordOnADelivery:
    async def test_is_known_by_the_companys_id_and_by_our_reference(self, crisis: Running, warned: str) -> None:
        (row,) = await crisis.rows("recipient where channel = 'whatsapp'")
        async with crisis.sessions.begin() as session:  # as where the company's answer was lost
            await session.execute(
                text("update recipient set state = 'sent', provider_id = null, claimed_until = now() + interval '1 hour'")
            )
        status = {"id": "wamid.ours", "status": "delivered", "biz_opaque_callback_data": str(row.id)}
        assert (await brought(crisis, statuses=[status])).status_code == 200
        (row,) = await crisis.rows(f"recipient where person = '{warned}' and channel = 'whatsapp'")
        assert (row.state, row.provider_id, row.contact) == ("delivered", "wamid.ours", None)
        assert await crisis.count("crisis_text") == 0


class TestOfAStranger:
    async def test_it_goes_to_complaints_alone_though_it_came_with_an_answer(
        self, crisis: Running, start_service: Start, monkeypatch: pytest.MonkeyPatch, warned: str
    ) -> None:
        monkeypatch.setenv("PROBASHI_WHATSAPP_APP_SECRET", WHATSAPP_SECRET)
        monkeypatch.setenv("PROBASHI_WHATSAPP_TOKEN", "access")
        complaints = await start_service("complaints")
        await complaints.empty()
        theirs = [{"id": "wamid.theirs", "status": "read"}]
        both = await brought(crisis, written("1"), written("আমার বেতন দেয় না", "8801712345678"), statuses=theirs)
        assert both.json()["taken"] == 2
        assert await status_of(crisis, warned) == "safe"
        await until(lambda: complaints.count("inbound_message"), 1, within=240)

        async def states() -> list[tuple[str, str, bool]]:
            rows = await crisis.rows("crisis_text where kind = 'foreign' order by id")
            return [(row.provider, row.state, row.raw is None) for row in rows]

        await until(states, [("whatsapp", "done", True)] * 2, within=240)
        assert await complaints.count("inbound_message") == 1, "the answer to the warning stays here"


class TestTheDoor:
    async def test_is_shut_to_another_signature_and_proves_itself_once(self, crisis: Running) -> None:
        assert (await brought(crisis, written("1"), secret="a-guess")).json()["type"].endswith("bad-signature")
        asked = {"hub.mode": "subscribe", "hub.challenge": "4711"}
        proved = await crisis.client().get(DOOR, params=asked | {"hub.verify_token": "said-once"})
        assert (proved.status_code, proved.text) == (200, "4711")
        refused = await crisis.client().get(DOOR, params=asked | {"hub.verify_token": "a-guess"})
        assert refused.json()["type"].endswith("bad-signature")
        assert (await crisis.client().get("/v1/crisis/messages/sms", params=asked)).status_code == 404
