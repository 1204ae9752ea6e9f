"""The complaints API over HTTP, on a real database, with real tokens."""

import asyncio
import json
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from runner.testing import Running
from services.complaints import service

COMPLAINT: dict[str, Any] = {
    "channel": "phone",
    "language": "bn",
    "caller_safe": True,
    "category": "wages",
    "country": "SA",
    "district": "BD-08",
    "reporter": {"name": "রহিমা বেগম", "phone": "০১৭১২৩৪৫৬৭৮", "relation": "family"},
    "victim": {"name": "করিম মিয়া", "phone": "+966501234567", "sex": "male", "age_band": "25_34"},
    "respondent": {"kind": "agency", "name": "Shapla Overseas (fictional)", "licence": "RL-0001"},
    "narrative": "পাঁচ মাস বেতন দেয়নি।",
    "safe_contact": {"may_call": True, "note": "রাত ৮টার পরে"},
}


def complaint(**changes: Any) -> dict[str, Any]:
    return {**COMPLAINT, **changes}


async def lodge(client: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    answer = await client.post("/v1/complaints", json=complaint(**changes))
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


class TestLodge:
    async def test_answers_with_a_reference_and_the_next_step_in_both_languages(self, complaints: Running) -> None:
        receipt = await lodge(complaints.client("agent"))
        assert receipt["reference"].startswith("C-")
        assert receipt["status_label"] == {"en": "Received", "bn": "গৃহীত হয়েছে"}
        assert "৩০ কার্যদিবস" in receipt["next_step"]["bn"]

    async def test_tells_the_supervisor_when_the_caller_is_not_safe(self, complaints: Running) -> None:
        receipt = await lodge(complaints.client("agent"), caller_safe=False)
        assert "supervisor" in receipt["next_step"]["en"]

    async def test_who_is_not_safe_has_the_gravest_severity_and_stands_on_the_board_until_an_officer_has_it(
        self, complaints: Running
    ) -> None:
        """By whatever door, and whatever it is about: first contact is due within the hour."""
        web = {"channel": "web", "category": "overcharged", "country": "SA", "reporter": {"relation": "self"}, "narrative": "আটকে রেখেছে"}
        for safe in (False, True, None):
            answer = await complaints.client().post(
                "/v1/complaints/public", json={**web, "caller_safe": safe}, headers={"Idempotency-Key": str(uuid4())}
            )
            assert answer.status_code == 201, answer.text
        supervisor, officer = complaints.client("supervisor"), complaints.client("officer", org=["bmet-complaints"])

        async def board() -> list[dict[str, Any]]:
            told: list[dict[str, Any]] = (await supervisor.get("/v1/complaints/calls/board")).json()["told_in_danger"]
            return told

        [one] = await board()
        assert one["severity"] == 4
        deadlines = (await supervisor.get(f"/v1/complaints/{one['reference']}/deadlines")).json()["items"]
        first = next(item for item in deadlines if item["clock"] == "first_response")
        assert datetime.fromisoformat(first["due_at"]) - datetime.fromisoformat(one["lodged_at"]) == timedelta(hours=1)
        taken = await officer.post(f"/v1/complaints/{one['reference']}/actions/take", json={}, headers={"If-Match": "*"})
        assert taken.status_code == 201, taken.text
        assert await board() == []

    async def test_the_record_and_its_event_are_one(self, complaints: Running) -> None:
        receipt = await lodge(complaints.client("agent"))
        async with complaints.sessions() as session:
            envelope = (await session.execute(text("select convert_from(envelope, 'utf8')::jsonb from outbox"))).scalar_one()
        assert envelope["subject"] == receipt["id"]
        assert envelope["data"]["respondent_licence"] == "RL-0001"

    async def test_nothing_personal_is_in_the_event_or_in_plain_text_at_rest(self, complaints: Running) -> None:
        client = complaints.client("agent")
        answer = await client.post("/v1/complaints", json=COMPLAINT, headers={"Idempotency-Key": str(uuid4())})
        await client.get(answer.headers["location"])
        personal = ("রহিমা", "করিম", "1712345678", "০১৭১২৩৪৫৬৭৮", "501234567", "পাঁচ মাস", "রাত ৮টার")
        for table in ("complaint", "outbox", "idempotency", "access_log"):
            stored = await complaints.raw(table)
            assert stored
            assert [one for one in personal if one.encode() in stored] == []

    async def test_a_restricted_complaint_names_no_respondent_in_its_event(self, complaints: Running) -> None:
        receipt = await lodge(complaints.client("agent"), category="trafficking")
        assert receipt["restricted"] is True
        async with complaints.sessions() as session:
            row = (await session.execute(text("select restricted, convert_from(envelope, 'utf8')::jsonb from outbox"))).one()
        assert row[0] is True
        assert row[1]["restricted"] is True
        assert row[1]["data"]["respondent_licence"] is None
        assert row[1]["data"]["respondent_kind"] is None

    async def test_nobody_is_refused_for_lacking_a_document_or_a_name(self, complaints: Running) -> None:
        await lodge(complaints.client("udc"), reporter={"relation": "anonymous"}, victim=None, respondent=None, district=None)

    async def test_what_an_officer_pasted_in_an_old_font_is_kept_as_it_was(self, complaints: Running) -> None:
        agent = complaints.client("agent")
        pasted = {"narrative": "চার মাস বেতন দেয়নি।", "original_text": "Pvi gvm †eZb †`qwb|"}
        reference = (await lodge(agent, **pasted))["reference"]
        history = (await agent.get(f"/v1/complaints/{reference}/history")).json()["items"]
        assert [(one["kind"], one["note"]) for one in history] == [("lodged", None), ("original_text", pasted["original_text"])]
        assert {one["label"]["bn"] for one in history} == {"গৃহীত হয়েছে", "যেভাবে লেখা হয়েছিল, হুবহু সেই পাঠ"}

    async def test_a_reference_that_is_taken_asks_to_send_it_again(self, complaints: Running, monkeypatch: pytest.MonkeyPatch) -> None:
        agent, key = complaints.client("agent"), {"Idempotency-Key": str(uuid4())}
        taken = (await lodge(agent))["reference"]
        with monkeypatch.context() as drawn:
            drawn.setattr(service, "make", lambda _: taken)
            refused = await agent.post("/v1/complaints", json=complaint(), headers=key)
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
        assert (await agent.post("/v1/complaints", json=complaint(), headers=key)).status_code == 201


class TestIdempotency:
    async def test_the_same_post_twice_is_one_complaint(self, complaints: Running) -> None:
        client, key = complaints.client("agent"), {"Idempotency-Key": str(uuid4())}
        first = await client.post("/v1/complaints", json=COMPLAINT, headers=key)
        second = await client.post("/v1/complaints", json=COMPLAINT, headers=key)
        assert (first.status_code, second.status_code) == (201, 201)
        assert first.json() == second.json()
        assert second.headers["idempotency-replayed"] == "true"
        assert second.headers["location"] == f"/v1/complaints/{first.json()['reference']}"
        assert (await complaints.count("complaint"), await complaints.count("outbox")) == (1, 1)

    async def test_the_same_key_with_another_body_is_refused(self, complaints: Running) -> None:
        client, key = complaints.client("agent"), {"Idempotency-Key": str(uuid4())}
        await client.post("/v1/complaints", json=COMPLAINT, headers=key)
        other = await client.post("/v1/complaints", json=complaint(country="LB"), headers=key)
        assert other.status_code == 422
        assert other.json()["type"] == "urn:probashi:problem:idempotency-key-reused"
        assert await complaints.count("complaint") == 1

    async def test_another_caller_may_use_the_same_key(self, complaints: Running) -> None:
        key = {"Idempotency-Key": str(uuid4())}
        await complaints.client("agent", sub="one").post("/v1/complaints", json=COMPLAINT, headers=key)
        await complaints.client("agent", sub="two").post("/v1/complaints", json=COMPLAINT, headers=key)
        assert await complaints.count("complaint") == 2

    async def test_at_once_they_make_one(self, complaints: Running) -> None:
        client, key = complaints.client("agent"), {"Idempotency-Key": str(uuid4())}
        answers = await asyncio.gather(*(client.post("/v1/complaints", json=COMPLAINT, headers=key) for _ in range(12)))
        assert {one.status_code for one in answers} <= {201, 409}
        assert len({one.json()["reference"] for one in answers if one.status_code == 201}) == 1
        assert await complaints.count("complaint") == 1


class TestBadInput:
    @pytest.mark.parametrize(
        ("changes", "pointer"),
        [
            ({"country": "XX"}, "/country"),
            ({"country": None}, "/country"),
            ({"district": "BD-99"}, "/district"),
            ({"category": "no-such"}, "/category"),
            ({"narrative": "x" * 20_001}, "/narrative"),
            ({"narrative": ""}, "/narrative"),
            ({"narrative": 7}, "/narrative"),
            ({"reporter": {"relation": "cousin"}}, "/reporter/relation"),
            ({"reporter": {"relation": "self", "phone": "call me"}}, "/reporter/phone"),
            ({"victim": {"name": "ক" * 301}}, "/victim/name"),
            ({"surprise": 1}, "/surprise"),
            ({"caller_safe": "perhaps"}, "/caller_safe"),
        ],
    )
    async def test_says_what_to_mend_in_both_languages(self, complaints: Running, changes: dict[str, Any], pointer: str) -> None:
        client = complaints.client("agent")
        english = await client.post("/v1/complaints", json=complaint(**changes))
        bangla = await client.post("/v1/complaints", json=complaint(**changes), headers={"Accept-Language": "bn-BD,en;q=0.5"})
        for answer in (english, bangla):
            assert answer.status_code == 422
            assert answer.headers["content-type"] == "application/problem+json"
            assert pointer in [one["pointer"] for one in answer.json()["errors"]]
        assert bangla.headers["content-language"] == "bn"
        for told in (bangla.json()["title"], *(one["detail"] for one in bangla.json()["errors"])):
            assert any("\u0980" <= letter <= "\u09ff" for letter in told)
        assert english.json()["title"].isascii()
        assert await complaints.count("complaint") == 0

    @pytest.mark.parametrize(
        "body",
        [b"{", b"", b"[]", b"\xff\xfe\x00", b'{"a":' * 200_000, b'{"narrative": "\\ud800"}', b'{"narrative": NaN}'],
        ids=["broken", "empty", "list", "no-utf8", "deep", "surrogate", "nan"],
    )
    async def test_bytes_that_are_no_complaint(self, complaints: Running, body: bytes) -> None:
        answer = await complaints.client("agent").post("/v1/complaints", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code in {400, 413, 422}
        assert answer.headers["content-type"] == "application/problem+json"

    async def test_ten_megabytes(self, complaints: Running) -> None:
        answer = await complaints.client("agent").post("/v1/complaints", json=complaint(narrative="x" * 10_000_000))
        assert answer.status_code == 413
        assert answer.json()["type"] == "urn:probashi:problem:too-large"

    async def test_nul_and_lone_surrogates_do_not_reach_the_database(self, complaints: Running) -> None:
        body = json.dumps(complaint(narrative="x\0y", reporter={"relation": "self", "name": "a\0b\ud800"})).encode()
        answer = await complaints.client("agent").post("/v1/complaints", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code in {201, 422}

    @pytest.mark.parametrize("reference", ["C-0000-0001", "nonsense", "C-" + "9" * 30, "%00", "১২৩"])
    async def test_a_strangers_reference(self, complaints: Running, reference: str) -> None:
        answer = await complaints.client("agent").get(f"/v1/complaints/{reference}")
        assert answer.status_code in {404, 422}
        assert answer.headers["content-type"] == "application/problem+json"


class TestRead:
    async def test_bengali_digits_and_small_letters_find_it(self, complaints: Running) -> None:
        client = complaints.client("agent")
        reference = (await lodge(client))["reference"]
        spoken = reference.lower().translate(str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯"))
        answer = await client.get(f"/v1/complaints/{spoken}")
        assert answer.status_code == 200
        assert answer.json()["reporter"] == {"name": "রহিমা বেগম", "phone": "+8801712345678", "relation": "family"}

    async def test_an_agency_sees_what_is_said_but_never_who_said_it(self, complaints: Running) -> None:
        reference = (await lodge(complaints.client("agent")))["reference"]
        seen = (await complaints.client("agency", licence=["RL-0001"]).get(f"/v1/complaints/{reference}")).json()
        assert seen["reporter"] == {"name": None, "phone": None, "relation": "family"}
        assert seen["victim"]["phone"] is None
        assert seen["narrative"] is None
        assert "reporter.contact" in seen["hidden"]
        other = await complaints.client("agency", licence=["RL-0002"]).get(f"/v1/complaints/{reference}")
        assert other.status_code == 404

    async def test_a_restricted_one_is_hidden_from_all_but_supervisor_who_took_it_and_the_office_that_holds_it(
        self, complaints: Running
    ) -> None:
        reference = (await lodge(complaints.client("agent", sub="taker"), category="sexual_abuse"))["reference"]
        sees = {
            "taker": complaints.client("agent", sub="taker"),
            "supervisor": complaints.client("supervisor"),
            "colleague": complaints.client("agent", sub="colleague"),
            "holder": complaints.client("wing", countries=["SA"]),
            "wing": complaints.client("wing", countries=["LB"]),
            "officer": complaints.client("officer", org=["bmet-complaints"]),
            "demo": complaints.client("demo", districts=["BD-08"]),
            "agency": complaints.client("agency", licence=["RL-0001"]),
        }
        for name, client in sees.items():
            single = (await client.get(f"/v1/complaints/{reference}")).status_code
            listed = len((await client.get("/v1/complaints")).json()["items"])
            assert (single, listed) == ((200, 1) if name in {"taker", "supervisor", "holder"} else (404, 0)), name
        unassigned = (await sees["holder"].get(f"/v1/complaints/{reference}")).json()
        assert unassigned["narrative"] is None
        assert unassigned["victim"]["name"] is None

    async def test_an_office_never_sees_a_complaint_about_itself(self, complaints: Running) -> None:
        about = {"kind": "office", "office": "wing-SA"}
        reference = (await lodge(complaints.client("demo", districts=["BD-08"]), category="office_service", respondent=about))["reference"]
        wing, centre = complaints.client("wing", countries=["SA"]), complaints.client("agent")
        assert (await wing.get(f"/v1/complaints/{reference}")).status_code == 404
        assert (await wing.get("/v1/complaints")).json()["items"] == []
        assert (await centre.get(f"/v1/complaints/{reference}")).status_code == 200

    async def test_nor_one_that_may_be_meant_while_nobody_has_said_which(self, complaints: Running) -> None:
        """Somebody tells of "the embassy" and no more: a wing neither handles nor reads it, the control room does."""
        centre, wing = complaints.client("agent"), complaints.client("wing", countries=["SA"])
        reference = (await lodge(centre, respondent={"kind": "office", "name": "দূতাবাসের অফিস"}))["reference"]
        shown = (await centre.get(f"/v1/complaints/{reference}")).json()
        assert (shown["category"], shown["office"]) == ("wages", "control-room")
        assert (await wing.get(f"/v1/complaints/{reference}")).status_code == 404
        assert (await wing.get("/v1/complaints")).json()["items"] == []
        assert (await complaints.client("officer", org=["control-room"]).get(f"/v1/complaints/{reference}")).status_code == 200

    async def test_the_office_that_it_is_about_is_named_to_who_handles_it(self, complaints: Running) -> None:
        receipt = await lodge(complaints.client("agent"), respondent={"kind": "office", "office": "demo-BD-08"})
        shown = (await complaints.client("agent").get(f"/v1/complaints/{receipt['reference']}")).json()
        assert shown["respondent"]["office_name"]["bn"].startswith("জেলা কর্মসংস্থান ও জনশক্তি অফিস")

    async def test_an_office_sees_its_own_area(self, complaints: Running) -> None:
        await lodge(complaints.client("agent"))
        for role, scope, expected in (
            ("demo", {"districts": ["BD-08"]}, 1),
            ("demo", {"districts": ["BD-60"]}, 0),
            ("wing", {"countries": ["SA"]}, 1),
            ("wing", {"countries": ["LB"]}, 0),
            ("wing", {}, 0),
            ("ngo", {"org": ["ngo-one"]}, 0),
        ):
            items = (await complaints.client(role, **scope).get("/v1/complaints")).json()["items"]
            assert len(items) == expected, (role, scope)

    async def test_every_read_leaves_a_record(self, complaints: Running) -> None:
        agent = complaints.client("agent", sub="reader")
        reference = (await lodge(agent))["reference"]
        await agent.get(f"/v1/complaints/{reference}")
        await agent.get("/v1/complaints")
        async with complaints.sessions() as session:
            rows = (await session.execute(text("select caller, purpose from access_log order by at"))).all()
        assert [tuple(row) for row in rows] == [("reader", "read"), ("reader", "list")]

    async def test_pages_neither_repeat_nor_skip(self, complaints: Running) -> None:
        agent = complaints.client("agent")
        lodged = [(await lodge(agent))["reference"] for _ in range(7)]
        seen, address = [], "/v1/complaints?limit=3"
        while address:
            page = (await agent.get(address)).json()
            seen += [item["reference"] for item in page["items"]]
            address = page["next"]
        assert seen == lodged[::-1]

    async def test_a_forged_cursor_and_a_greedy_limit(self, complaints: Running) -> None:
        agent = complaints.client("agent")
        for query in ("cursor=abc", "limit=201", "limit=0", "limit=x"):
            assert (await agent.get(f"/v1/complaints?{query}")).status_code == 422, query


class TestCategories:
    async def test_are_open_and_bilingual(self, complaints: Running) -> None:
        answer = await complaints.client().get("/v1/complaints/categories")
        assert answer.status_code == 200
        assert all(one["en"] and one["bn"] for one in answer.json()["items"])


class TestHealth:
    async def test_ready_says_what_it_looked_at(self, complaints: Running) -> None:
        answer = await complaints.client().get("/readyz")
        assert (answer.status_code, answer.json()) == (200, {"checks": {"keys": "ok", "database": "ok", "nats": "ok"}})

    async def test_an_older_schema_is_not_ready(self, complaints: Running) -> None:
        from runner.testing import make_owner_engine  # noqa: PLC0415

        async with make_owner_engine(complaints) as owner:
            async with owner.begin() as connection:
                head = await connection.scalar(text("select version_num from alembic_version"))
                await connection.execute(text("update alembic_version set version_num = '0000'"))
            try:
                answer = await complaints.client().get("/readyz")
                assert answer.status_code == 503
                assert "run the migrations" in answer.json()["checks"]["database"]
            finally:
                async with owner.begin() as connection:
                    await connection.execute(text("update alembic_version set version_num = :head"), {"head": head})
