"""What people answer: by their link, by a text, through a relative or an officer; what holds of them, and what waits for a person."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from kit.messengers import SIGNATURE, signature
from kit.testing.carrier import Carrier
from kit.testing.waiting import until
from runner.testing import Running, Start, own_engines, service_fixture
from services.crisis.checkins import rules
from services.crisis.checkins.lists import ANSWERS
from services.crisis.checkins.rules import Reporter, Response, Status

Warn = Callable[..., Awaitable[dict[str, Any]]]
Register = Any
SECRET = "shared-with-the-company"
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def said(status: str, reporter: str = "self", *, at: int = 0, heard: int | None = None, is_assumed: bool = False) -> Response:
    observed, received = NOW + timedelta(minutes=at), NOW + timedelta(minutes=at if heard is None else heard)
    return Response(uuid4(), Status(status), Reporter(reporter), observed, received, is_assumed=is_assumed)


engines, start_service = own_engines()
crisis = service_fixture("crisis")


class TestWhatHolds:
    @pytest.mark.parametrize(
        ("responses", "status", "is_contradicted"),
        [
            ([said("safe"), said("need_help", at=1)], "need_help", False),
            ([said("need_help"), said("safe", at=1)], "safe", False),
            ([said("need_help"), said("safe", "proxy", at=1)], "need_help", True),
            ([said("trapped"), said("left_country", "employer", at=1)], "trapped", True),
            ([said("need_help"), said("safe", "officer", at=1)], "safe", False),
            ([said("need_help", "proxy"), said("safe", "proxy", at=1)], "safe", False),
            ([said("safe"), said("need_help", "proxy", at=1)], "need_help", False),
            ([said("need_help", at=5), said("safe", at=1, heard=9)], "need_help", False),
            ([said("need_help", is_assumed=True, at=5), said("safe", at=1, heard=9)], "need_help", False),
            ([said("need_help", is_assumed=True), said("safe", "proxy", at=1)], "safe", False),
            ([said("safe"), said("need_help", is_assumed=True, at=1)], "need_help", False),
            ([said("trapped"), said("need_help", is_assumed=True, at=1)], "trapped", True),
            ([said("deceased", "officer"), said("safe", "proxy", at=1)], "deceased", True),
            ([said("deceased", "officer"), said("safe", at=1)], "safe", False),
        ],
    )
    def test_of_a_person(self, responses: list[Response], status: str, is_contradicted: bool) -> None:  # noqa: FBT001
        holds = rules.current(responses)
        assert holds is not None
        assert (holds.response.status, holds.is_contradicted) == (status, is_contradicted)

    def test_of_nobody_heard_of(self) -> None:
        assert rules.current([]) is None


class TestReading:
    @pytest.mark.parametrize(
        ("written", "status"),
        [
            ("1", "safe"), ("১", "safe"), (" ১। ", "safe"), ("Safe!", "safe"), ("নিরাপদ", "safe"), ("আমি ভালো আছি", "safe"),
            ("bhalo achi", "safe"),
            ("2", "need_help"), ("২", "need_help"), ("HELP", "need_help"), ("সাহায্য চাই", "need_help"), ("বিপদ", "need_help"),
            ("আমরা পাঁচজন ঘরে আটকে আছি, খাবার শেষ, সাহায্য করুন দয়া করে", "need_help"), ("৩", "left_country"),
            ("আমি ভালো নেই", None), ("not safe", None), ("1 2", None), ("2 days", None), ("আমার ভাই কোথায়?", None), ("", None),
            ("safe help", None),
            ("i am safe but my brother is not with me since monday", None),
        ],
    )  # fmt: skip
    def test_of_what_people_write(self, written: str, status: str | None) -> None:
        assert rules.parse(written, ANSWERS.words) == status


async def link_of(carrier: Carrier) -> str:
    async def sent() -> bool:
        return bool(carrier.taken)

    await until(sent, expected=True, within=240)
    return carrier.texts[0].rpartition("/")[2]


async def bring(crisis: Running, sender: str, written: str, **more: Any) -> httpx.Response:
    body = json.dumps({"id": str(uuid4()), "from": sender, "text": written} | more, ensure_ascii=False).encode()
    return await crisis.client().post("/v1/crisis/messages/sms", content=body, headers={SIGNATURE: signature(SECRET, body)})


async def status_of(crisis: Running, person: str) -> str:
    rows = await crisis.rows(f"checkin_current where person = '{person}'")
    return rows[0].status if rows else "unreached"


async def replied(carrier: Carrier, word: str) -> bool:
    return any(ANSWERS.acknowledged[word].bn == one for one in carrier.texts)


@pytest.fixture
async def warned(crisis: Running, register: Register, carrier: Carrier, warn: Warn) -> dict[str, Any]:
    """One person who was warned: the alert, who it is, their link and their number."""
    person = register.add(flags=["pregnant"])
    alert = await warn(severity="Moderate", urgency="Immediate")
    link = await link_of(carrier)

    async def accepted() -> int:
        return len(await crisis.rows("recipient where state = 'accepted'"))

    await until(accepted, 1)
    return {"alert": alert["id"], "person": person, "token": link, "phone": "+966500000000"}


class TestALink:
    async def test_shows_the_warning_and_takes_an_answer(self, crisis: Running, warned: dict[str, Any]) -> None:
        anybody = crisis.client()
        shown = (await anybody.post("/v1/crisis/checkins/openings", json={"token": warned["token"].lower()})).json()
        assert (shown["kind"], shown["status"], shown["country"]) == ("person", "unreached", "LB")
        assert "Stay indoors" in shown["says"][0]["headline"]
        assert shown["card"]["language"] == "ar"
        said = {"token": warned["token"], "status": "need_help", "people_with": 3, "needs": ["medicine"], "place": "Tyre, near the port"}
        answer = await anybody.post("/v1/crisis/checkins", json=said)
        assert (answer.status_code, answer.json()["status"]) == (201, "need_help")
        people = (await crisis.client("wing", countries=["LB"]).get(f"/v1/crisis/alerts/{warned['alert']}/people")).json()["items"]
        assert [(one["person"], one["status"], one["people_with"], one["flags"]) for one in people] == [
            (warned["person"], "need_help", 3, ["pregnant"])
        ]
        assert b"Tyre" not in await crisis.raw("checkin_response")

    async def test_that_is_guessed_or_over_opens_nothing(self, crisis: Running, warned: dict[str, Any]) -> None:
        anybody = crisis.client()
        assert (await anybody.post("/v1/crisis/checkins/openings", json={"token": "0" * 16})).status_code == 404
        from_outside = await anybody.post("/v1/crisis/checkins", json={"token": warned["token"], "status": "deceased"})
        assert from_outside.json()["type"].endswith("death-needs-document")

    async def test_takes_a_question_that_is_answered_on_the_same_page(self, crisis: Running, warned: dict[str, Any]) -> None:
        anybody, officer = crisis.client(), crisis.client("wing", countries=["LB"])
        asked = await anybody.post("/v1/crisis/checkins/questions", json={"token": warned["token"], "text": "বিমানবন্দর কি খোলা?"})
        assert asked.status_code == 201
        (waiting,) = (await officer.get("/v1/crisis/texts")).json()["items"]
        assert (waiting["text"], waiting["kind"], waiting["is_assumed"]) == ("বিমানবন্দর কি খোলা?", "question", False)
        path = f"/v1/crisis/texts/{waiting['id']}/answer"
        done = await officer.post(path, json={"answer": "আজ বন্ধ।"}, headers={"If-Match": '"1"'})
        assert done.status_code == 201, done.text
        assert (await officer.post(path, json={"answer": "খোলা।"}, headers={"If-Match": '"1"'})).status_code == 412
        shown = (await anybody.post("/v1/crisis/checkins/openings", json={"token": warned["token"]})).json()
        assert [(one["asked"], one["answer"]) for one in shown["answers"]] == [("বিমানবন্দর কি খোলা?", "আজ বন্ধ।")]


class TestAText:
    async def test_is_an_answer_in_either_script_and_once(self, crisis: Running, carrier: Carrier, warned: dict[str, Any]) -> None:
        identity = str(uuid4())
        for _ in range(2):
            answer = await bring(crisis, warned["phone"], "২", id=identity)
            assert answer.status_code == 200, answer.text
        assert await status_of(crisis, warned["person"]) == "need_help"
        assert await crisis.count("checkin_response") == 1
        await until(lambda: replied(carrier, "need_help"), expected=True)

    async def test_that_nobody_can_read_waits_for_a_person_and_counts_as_a_need(
        self, crisis: Running, carrier: Carrier, warned: dict[str, Any]
    ) -> None:
        await bring(crisis, warned["phone"], "আমি ভালো নেই")
        assert await status_of(crisis, warned["person"]) == "unreached"
        await until(lambda: replied(carrier, "unparsed"), expected=True)
        async with crisis.sessions.begin() as session:  # ten minutes later
            await session.execute(text("update timer set next_try = now() where kind = 'crisis-text-waits'"))
            await session.execute(text("select pg_notify('timer', '')"))
        await until(lambda: status_of(crisis, warned["person"]), "need_help")
        officer = crisis.client("wing", countries=["LB"])
        (waiting,) = (await officer.get("/v1/crisis/texts")).json()["items"]
        said = {"status": "injured", "answer": "অ্যাম্বুলেন্স আসছে।"}
        done = await officer.post(f"/v1/crisis/texts/{waiting['id']}/answer", json=said, headers={"If-Match": f'"{waiting["version"]}"'})
        assert done.status_code == 201, done.text
        assert await status_of(crisis, warned["person"]) == "injured"

        async def answered() -> bool:
            return "অ্যাম্বুলেন্স আসছে।" in carrier.texts

        await until(answered, expected=True)
        assert (await officer.get("/v1/crisis/texts")).json()["items"] == []

    async def test_of_a_stranger_goes_to_complaints_as_the_company_signed_it(
        self, crisis: Running, start_service: Start, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PROBASHI_SMS_SECRET", SECRET)
        complaints = await start_service("complaints")
        await complaints.empty()
        await bring(crisis, "+8801712345678", "আমার বেতন দেয় না")
        await until(lambda: complaints.count("inbound_message"), 1)

        async def state() -> tuple[str, bool]:
            (row,) = await crisis.rows("crisis_text")
            return row.state, row.raw is None

        await until(state, ("done", True))

    async def test_with_a_wrong_signature_is_refused(self, crisis: Running) -> None:
        body = json.dumps({"id": "x", "from": "+8801712345678", "text": "1"}).encode()
        answer = await crisis.client().post("/v1/crisis/messages/sms", content=body, headers={SIGNATURE: "sha256=00"})
        assert answer.json()["type"].endswith("bad-signature")


class TestAnOfficer:
    async def test_records_what_a_relative_says_and_a_death_only_with_a_document(self, crisis: Running, warned: dict[str, Any]) -> None:
        officer = crisis.client("wing", countries=["LB"])
        path = f"/v1/crisis/alerts/{warned['alert']}/checkins"
        await bring(crisis, warned["phone"], "help")
        relative = {"person": warned["person"], "status": "safe", "reporter": "proxy", "note": "His brother says so."}
        answer = (await officer.post(path, json=relative)).json()
        assert (answer["status"], answer["is_contradicted"]) == ("need_help", True)
        death = {"person": warned["person"], "status": "deceased"}
        assert (await officer.post(path, json=death)).status_code == 409
        assert (await officer.post(path, json={**death, "document": "Death certificate 12/2026, Tyre"})).json()["status"] == "deceased"
        history = (await officer.get(f"{path}/{warned['person']}")).json()
        assert [one["status"] for one in history["responses"]] == ["need_help", "safe", "deceased"]
        assert history["responses"][2]["document"] == "Death certificate 12/2026, Tyre"

    async def test_of_another_country_finds_nobody(self, crisis: Running, warned: dict[str, Any]) -> None:
        path = f"/v1/crisis/alerts/{warned['alert']}/checkins"
        stranger = crisis.client("wing", countries=["SA"])
        assert (await stranger.post(path, json={"person": warned["person"], "status": "safe"})).status_code == 404
        assert (await stranger.get(f"{path}/{warned['person']}")).status_code == 404

    async def test_each_look_at_people_is_written_down(self, crisis: Running, warned: dict[str, Any]) -> None:
        await crisis.client("wing", countries=["LB"], sub="looks").get(f"/v1/crisis/alerts/{warned['alert']}/people")
        assert {str(row.record) for row in await crisis.rows("access_log where caller = 'looks'")} == {warned["person"]}


class TestFigures:
    async def test_everybody_is_counted_once_and_the_unreached_are_a_number(
        self, crisis: Running, register: Register, carrier: Carrier, warn: Warn, rule: dict[str, Any]
    ) -> None:
        for _ in range(3):
            register.add()
        hidden = register.add(contact_rule={**rule, "may_text": False, "may_call": False}, flags=["domestic_worker", "no_phone"])
        alert = await warn(severity="Moderate", urgency="Immediate")

        async def accepted() -> int:
            return len(await crisis.rows("recipient where state = 'accepted'"))

        await until(accepted, 3)
        assert len(carrier.taken) == 3
        await bring(crisis, "+966500000001", "1")
        wing = crisis.client("wing", countries=["LB"])
        reach = (await wing.get(f"/v1/crisis/alerts/{alert['id']}/reach")).json()
        assert (reach["people"], reach["handed"], reach["answered"], reach["unreached"], reach["never_handed"]) == (4, 3, 1, 3, 1)
        assert reach["statuses"] == {"safe": 1, "unreached": 3}
        assert reach["handed_over"]["ninety_nine_s"] >= reach["handed_over"]["first_s"] >= 0
        assert {(one["channel"], one["state"], one["messages"]) for one in reach["messages"] if one["purpose"] == "warn"} == {
            ("sms", "accepted", 3),
            ("none", "suppressed", 1),
        }
        first = (await wing.get(f"/v1/crisis/alerts/{alert['id']}/people?limit=1")).json()
        assert first["items"][0]["person"] == hidden
        rest, following = first["items"], first["next"]
        while following:
            page = (await wing.get(following)).json()
            rest, following = rest + page["items"], page["next"]
        assert len({one["person"] for one in rest}) == 4
        assert (await crisis.client("wing", countries=["SA"]).get(f"/v1/crisis/alerts/{alert['id']}/reach")).status_code == 404
        told = {
            "deliveries": [
                {"id": row.provider_id, "status": "delivered"} for row in await crisis.rows("recipient where state = 'accepted'")
            ]
        }
        body = json.dumps(told).encode()
        answer = await crisis.client().post("/v1/crisis/outreach/deliveries", content=body, headers={SIGNATURE: signature(SECRET, body)})
        assert answer.json()["taken"] >= 3
        assert (await wing.get(f"/v1/crisis/alerts/{alert['id']}/reach")).json()["delivered"] == 3


class TestARelay:
    async def test_gets_a_text_to_forward_and_the_end_of_it(
        self, crisis: Running, register: Register, carrier: Carrier, warn: Warn
    ) -> None:
        assert register.people == {}
        wing = crisis.client("wing", countries=["LB"])
        relay = {"kind": "association", "name": "Bangladeshi workers of Tyre", "country": "LB", "channel": "sms", "address": "+96170000001"}
        assert (await wing.post("/v1/crisis/relays", json={**relay, "country": "SA"})).status_code == 403
        made = (await wing.post("/v1/crisis/relays", json=relay)).json()
        await warn(severity="Moderate", urgency="Immediate")
        token = await link_of(carrier)
        assert carrier.texts[0].startswith("লেবানন: বিপদ। প্রবাসীদের পাঠান: ")
        shown = (await crisis.client().post("/v1/crisis/checkins/openings", json={"token": token})).json()
        assert (shown["kind"], shown["answers"]) == ("relay", [])
        refused = await crisis.client().post("/v1/crisis/checkins", json={"token": token, "status": "safe"})
        assert refused.json()["type"].endswith("relay-link")
        assert [one["name"] for one in (await wing.get("/v1/crisis/relays")).json()["items"]] == ["Bangladeshi workers of Tyre"]
        await wing.post(f"/v1/crisis/relays/{made['id']}/end")
        assert (await wing.get("/v1/crisis/relays")).json()["items"] == []
        assert b"Tyre" not in await crisis.raw("relay")
