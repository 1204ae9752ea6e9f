"""A death abroad over HTTP, from a report to the grant at the airport and the wages; and all that may go wrong on the way."""

import asyncio
import json
import re
from typing import Any
from uuid import uuid4

import httpx
from sqlalchemy import text

from runner.testing import Running

SEEN = {"identity": "confirmed", "source": "hospital", "seen": ["passport", "hospital_file"]}


async def reported(lodged: Any, officers: Any, today: str, **changes: Any) -> Any:
    case = await lodged("death")
    body = {"reported_by": "employer", "died_on": today, "cause": "work_accident", "cleared": True, "suspicious": False, **changes}
    await case.post(officers.wing, "/death", body)
    return case


async def arranged(lodged: Any, officers: Any, today: str, **changes: Any) -> Any:
    """Confirmed, the family wishes the return, the flight is today."""
    case = await reported(lodged, officers, today, **changes)
    await case.post(officers.wing, "/death/identity", {**SEEN, "on": today})
    await case.post(officers.demo, "/death/wishes", {"wish": "return", "relation": "wife", "said_on": today, "said_by": "রহিমা বেগম"})
    transport = {"flight": "BG 340", "airport": "DAC", "arrives_on": today, "receiver": "আবদুল করিম", "receiver_phone": "01812345678"}
    await case.post(officers.wing, "/death/transport", transport)
    return case


async def asked(client: httpx.AsyncClient, address: str, body: dict[str, Any], status: int = 201) -> dict[str, Any]:
    answer = await client.post(address, json=body, headers={"Idempotency-Key": str(uuid4())})
    assert answer.status_code == status, answer.text
    told: dict[str, Any] = answer.json()
    return told


class TestFromReportToTheLastPayment:
    async def test_the_whole_way(self, lodged: Any, officers: Any, today: str) -> None:
        case = await reported(lodged, officers, today)
        shown = (await case.read(officers.demo))["death"]
        assert "not confirmed" in shown["identity_words"]["en"]
        assert {one["state"] for one in shown["papers"]} == {"needed"}
        assert "illustrative" in shown["papers_basis"]["en"]
        told = await case.post(officers.wing, "/death/identity", {**SEEN, "on": today})
        assert told["said"]["bn"] == "মৃত্যু নিশ্চিত হয়েছে।"
        await case.post(officers.demo, "/death/contact", {"name": "শিরিন নমুনা", "told_on": today})
        await case.post(officers.demo, "/death/wishes", {"wish": "return", "relation": "wife", "said_on": today})
        await case.post(officers.demo, "/death/heirs", {"relation": "wife", "name": "রহিমা বেগম"})
        child = {"relation": "son", "name": "আরিফ", "is_minor": True, "guardian": "রহিমা বেগম", "guardian_relation": "mother"}
        await case.post(officers.demo, "/death/heirs", child)
        for code in ("death_certificate", "police_report", "embassy_noc"):
            await case.post(officers.wing, "/death/papers", {"code": code, "state": "received", "on": today, "source": "wing"})
        await case.post(officers.wing, "/death/transport", {"flight": "BG 340", "airport": "DAC", "arrives_on": today})
        wages = await case.post(
            officers.wing, "/money", {"kind": "wages", "payer": "employer", "currency": "SAR", "claimed": 900_000, "claimed_on": today}
        )

        arrival = (await officers.airport.get("/v1/complaints/cases/arrivals")).json()["items"][0]
        assert (arrival["name"], arrival["flight"], arrival["why_no_grant"]) == ("করিম মিয়া", "BG 340", [])
        cheque = {"amount": 3_500_000, "paid_on": today, "proof": "cheque"}
        handed = f"/v1/complaints/cases/arrivals/{case.reference}/handed-over"
        await asked(officers.airport, handed, {"on": today, "grant": cheque})

        assert "A grant is due to the family and was not asked for." in await case.missing_for(officers.demo, "body_returned")
        await case.post(officers.demo, "/death/grants", {"grant": "death"})
        grant = (await officers.board.get("/v1/complaints/cases/grants")).json()["items"][0]
        assert (grant["reference"], grant["money"]["due"]) == (case.reference, 30_000_000)
        assert [one["name"] for one in grant["heirs"]] == ["রহিমা বেগম", "আরিফ"]
        pay = {"amount": 30_000_000, "paid_on": today, "proof": "bank"}
        await asked(officers.board, f"/v1/complaints/cases/grants/{grant['id']}/payments", pay)
        assert (await officers.board.get("/v1/complaints/cases/grants")).json()["items"] == []

        await case.post(officers.demo, "/steps", {"kind": "family_informed", "source": "demo", "done_on": today})
        unpaid = "A claim is neither paid nor given up: note which, so that nobody believes that it was paid."
        assert await case.missing_for(officers.demo, "body_returned") == [unpaid]
        await case.post(officers.wing, f"/money/{wages['id']}/agreement", {"agreed": 700_000, "on": today})
        assert await case.missing_for(officers.demo, "body_returned") == [unpaid]
        for amount in (300_000, 400_000):
            await case.post(
                officers.wing, f"/money/{wages['id']}/payments", {"amount": amount, "paid_on": today, "proof": "family_confirmed"}
            )
        assert await case.missing_for(officers.demo, "body_returned") == []
        shown = await case.read(officers.demo)
        assert {one["currency"]: (one["claimed"], one["paid"], one["due"]) for one in shown["totals"]} == {
            "SAR": (900_000, 700_000, 0),
            "BDT": (33_500_000, 33_500_000, 0),
        }
        assert shown["death"]["contact"]["name"] == "শিরিন নমুনা"

    async def test_an_event_tells_of_a_death_and_of_nobody(self, lodged: Any, officers: Any, complaints: Running, today: str) -> None:
        await reported(lodged, officers, today, passport="BX0123456", police_note="মামলা ১২/২০২৬")
        async with complaints.sessions() as session:
            rows = await session.execute(text("select convert_from(envelope, 'utf8')::jsonb from outbox"))
        told = [one["data"] for one in rows.scalars() if one["type"].endswith("death.reported.v1")]
        assert [sorted(one) for one in told] == [["country", "district", "reported_at", "victim_age_band", "victim_sex"]]
        for table in ("death_file", "happening", "outbox"):
            stored = await complaints.raw(table)
            assert b"BX0123456" not in stored
            assert "মামলা".encode() not in stored


class TestBadNews:
    async def test_who_turns_out_to_be_alive_ends_the_case_at_once_with_an_apology(
        self, lodged: Any, officers: Any, complaints: Running, today: str
    ) -> None:
        case = await reported(lodged, officers, today)
        told = await case.post(officers.wing, "/death/identity", {"identity": "error", "source": "worker", "on": today})
        assert "জীবিত" in told["said"]["bn"]
        assert "দুঃখিত" in told["said"]["bn"]
        complaint = (await officers.wing.get(f"/v1/complaints/{case.reference}")).json()
        assert (complaint["status"], complaint["decision"]) == ("resolved", "reported_in_error")
        shown = (await case.read(officers.demo))["death"]
        assert shown["apology"]["en"].startswith("We told you of a death that was not true.")
        async with complaints.sessions() as session:
            rows = await session.execute(text("select convert_from(envelope, 'utf8')::jsonb from outbox"))
        closed = [one["data"] for one in rows.scalars() if one["type"].endswith("case.closed.v1")]
        assert [(one["kind"], one["outcome"]) for one in closed] == [("death", "reported_in_error")]
        wish = {"wish": "return", "relation": "wife", "said_on": today}
        assert (await case.post(officers.wing, "/death/wishes", wish, status=409))["type"].endswith("case-ended")

    async def test_also_after_it_was_confirmed(self, lodged: Any, officers: Any, today: str) -> None:
        case = await reported(lodged, officers, today)
        await case.post(officers.wing, "/death/identity", {**SEEN, "on": today})
        told = await case.post(officers.wing, "/death/identity", {**SEEN, "on": today}, status=409)
        assert told["type"].endswith("identity-decided")
        await case.post(officers.wing, "/death/identity", {"identity": "error", "source": "worker", "on": today})

    async def test_nobody_is_declared_dead_on_a_word(self, lodged: Any, officers: Any, today: str) -> None:
        case = await reported(lodged, officers, today)
        await case.post(officers.wing, "/death/identity", {"identity": "confirmed", "source": "family", "on": today}, status=422)

    async def test_a_death_in_the_future(self, lodged: Any, officers: Any) -> None:
        case = await lodged("death")
        told = await case.post(officers.wing, "/death", {"reported_by": "wing", "died_on": "2099-01-01"}, status=422)
        assert told["errors"][0]["pointer"] == "/died_on"


class TestTheFamily:
    async def test_burial_and_return_both_asked_stop_the_flight(self, lodged: Any, officers: Any, today: str) -> None:
        case = await reported(lodged, officers, today)
        await case.post(officers.wing, "/death/identity", {**SEEN, "on": today})
        for relation, wish in (("wife", "return"), ("brother", "burial_there")):
            await case.post(officers.demo, "/death/wishes", {"wish": wish, "relation": relation, "said_on": today})
        shown = (await case.read(officers.demo))["death"]
        assert (shown["wish"], shown["family_disagrees"]) == (None, True)
        flight = {"flight": "BG 340", "airport": "DAC", "arrives_on": today}
        assert (await case.post(officers.wing, "/death/transport", flight, status=409))["type"].endswith("family-disagrees")
        assert (await case.post(officers.wing, "/death/burial", {"on": today}, status=409))["type"].endswith("family-disagrees")
        await case.post(officers.demo, "/death/wishes", {"wish": "return", "relation": "brother", "said_on": today})
        await case.post(officers.wing, "/death/transport", flight)

    async def test_the_papers_follow_the_wish(self, lodged: Any, officers: Any, today: str) -> None:
        case = await reported(lodged, officers, today)
        await case.post(officers.demo, "/death/wishes", {"wish": "burial_there", "relation": "wife", "said_on": today})
        codes = {one["code"] for one in (await case.read(officers.demo))["death"]["papers"]}
        assert "family_consent" in codes
        assert "exit_clearance" not in codes

    async def test_a_child_without_a_guardian(self, lodged: Any, officers: Any, today: str) -> None:
        case = await reported(lodged, officers, today)
        child = {"relation": "daughter", "name": "মিম", "is_minor": True}
        told = await case.post(officers.demo, "/death/heirs", child, status=422, **{"Accept-Language": "bn"})
        assert "অভিভাবক" in told["errors"][0]["detail"]

    async def test_the_contact_is_an_officer_of_the_home_district(self, lodged: Any, officers: Any, today: str) -> None:
        case = await reported(lodged, officers, today)
        told = await case.post(officers.wing, "/death/contact", {"name": "নাসিমা"}, status=409)
        assert told["type"].endswith("not-the-home-office")
        await case.post(officers.demo, "/death/contact", {"name": "শিরিন", "told_on": today})
        contact = (await case.read(officers.wing))["death"]["contact"]
        assert (contact["office"], contact["is_me"]) == ("demo-BD-08", False)


class TestGrants:
    async def test_why_not_is_said(self, lodged: Any, officers: Any, today: str) -> None:
        case = await reported(lodged, officers, today, cleared=None)
        told = await case.post(officers.demo, "/death/grants", {"grant": "death"}, status=409)
        assert told["type"].endswith("no-grant")
        assert [one["en"] for one in told["reasons"]] == [
            "The death is reported, not confirmed.",
            "Nobody has looked whether the person left with BMET's clearance.",
            "The death certificate has not come.",
            "No heir is written down.",
        ]

    async def test_a_grant_is_asked_for_once_and_paid_once(self, lodged: Any, officers: Any, today: str) -> None:
        case = await arranged(lodged, officers, today)
        line = (await case.post(officers.demo, "/death/grants", {"grant": "transport_burial"}))["id"]
        again = await case.post(officers.demo, "/death/grants", {"grant": "transport_burial"}, status=409)
        assert again["type"].endswith("grant-there-already")
        address, cheque = f"/v1/complaints/cases/grants/{line}/payments", {"amount": 3_500_000, "paid_on": today, "proof": "cheque"}
        await asked(officers.board, address, cheque)
        assert (await asked(officers.board, address, cheque, 409))["type"].endswith("more-than-due")
        handed = {"on": today, "grant": cheque}
        arrival = f"/v1/complaints/cases/arrivals/{case.reference}/handed-over"
        assert (await asked(officers.airport, arrival, handed, 409))["type"].endswith("more-than-due")
        await asked(officers.airport, arrival, {"on": today})

    async def test_the_board_pays_grants_and_nothing_else(self, lodged: Any, officers: Any, today: str) -> None:
        case = await arranged(lodged, officers, today)
        wages = {"kind": "wages", "payer": "employer", "currency": "SAR", "claimed": 100, "claimed_on": today}
        line = (await case.post(officers.wing, "/money", wages))["id"]
        pay = {"amount": 100, "paid_on": today, "proof": "bank"}
        await asked(officers.board, f"/v1/complaints/cases/grants/{line}/payments", pay, 404)
        assert (await officers.board.get(case.path)).status_code == 404

    async def test_money_is_followed_beyond_the_end_of_a_case(self, lodged: Any, officers: Any, complaints: Running, today: str) -> None:
        case = await arranged(lodged, officers, today)
        wages = {"kind": "wages", "payer": "employer", "currency": "SAR", "claimed": 100, "claimed_on": today}
        line = (await case.post(officers.wing, "/money", wages))["id"]
        async with complaints.sessions.begin() as session:
            await session.execute(text("update complaint set status = 'resolved'"))
        assert (await case.post(officers.wing, "/money", wages, status=409))["type"].endswith("case-ended")
        await case.post(officers.wing, f"/money/{line}/payments", {"amount": 40, "paid_on": today, "proof": "bank"})
        dropped = await case.post(officers.wing, f"/money/{line}/agreement", {"agreed": 30, "on": today}, status=409)
        assert dropped["type"].endswith("less-than-paid")


class TestTheAirport:
    async def test_sees_the_flights_of_the_day_and_no_more(self, lodged: Any, officers: Any, complaints: Running, today: str) -> None:
        case = await arranged(lodged, officers, today)
        later = await arranged(lodged, officers, today)
        await later.post(officers.wing, "/death/transport", {"flight": "SV 804", "airport": "DAC", "arrives_on": "2099-01-01"})
        shown = (await officers.airport.get("/v1/complaints/cases/arrivals")).json()
        assert [one["reference"] for one in shown["items"]] == [case.reference]
        seen = {"reference", "version", "name", "flight", "cargo", "airport", "arrives_on", "receiver", "receiver_phone"}
        assert set(shown["items"][0]) == seen | {"handed_over_on", "grant", "why_no_grant"}
        assert (await officers.airport.get(case.path)).status_code == 404
        await asked(officers.airport, f"/v1/complaints/cases/arrivals/{later.reference}/handed-over", {"on": today}, 404)
        async with complaints.sessions() as session:
            rows = await session.execute(text("select purpose, fields from access_log where caller = 'airport'"))
            assert [one[0] for one in rows] == ["arrival"]

    async def test_a_cheque_that_is_not_due_is_refused_with_the_reason(self, lodged: Any, officers: Any, today: str) -> None:
        case = await arranged(lodged, officers, today, cleared=False)
        arrival = (await officers.airport.get("/v1/complaints/cases/arrivals")).json()["items"][0]
        assert "without BMET's clearance" in arrival["why_no_grant"][0]["en"]
        cheque = {"amount": 3_500_000, "paid_on": today, "proof": "cheque"}
        handed = f"/v1/complaints/cases/arrivals/{case.reference}/handed-over"
        assert (await asked(officers.airport, handed, {"on": today, "grant": cheque}, 409))["type"].endswith("no-grant")
        assert (await case.read(officers.wing))["death"]["handed_over_on"] is None
        await asked(officers.airport, handed, {"on": today})
        assert (await case.read(officers.wing))["death"]["handed_over_on"] == today


class TestSuspicion:
    async def test_a_suspicious_death_does_not_end_without_the_police(self, lodged: Any, officers: Any, today: str) -> None:
        case = await reported(lodged, officers, today, suspicious=True)
        asked_for = "The death is suspicious: write down what became of the police case."
        assert asked_for in await case.missing_for(officers.wing, "body_returned")
        body = {"reported_by": "employer", "suspicious": True, "police_case": "open", "police_note": "মামলা ১২"}
        await case.post(officers.wing, "/death", body)
        assert asked_for not in await case.missing_for(officers.wing, "body_returned")


class TestTwoRelatives:
    async def test_a_death_that_two_relatives_report_is_proposed_as_one_and_a_person_decides(self, lodged: Any, officers: Any) -> None:
        """The spelling differs, and nobody knows of the other."""
        one = await lodged("death", reporter={"relation": "family", "name": "রহিমা বেগম", "phone": "01712345678"})
        victim = {"name": "Karim Miah", "sex": "male"}
        other = await lodged("death", victim=victim, reporter={"relation": "family", "name": "Selim", "phone": "01812345678"})
        pairs: list[dict[str, Any]] = []
        for _ in range(1_200):
            pairs = (await officers.wing.get("/v1/complaints/duplicates")).json()["items"]
            if pairs:
                break
            await asyncio.sleep(0.05)
        assert len(pairs) == 1, "no pair was proposed"
        assert {one.reference, other.reference} <= set(re.findall(r"C-[0-9A-Z]{4}-[0-9A-Z]{4}", json.dumps(pairs[0])))
        statuses = [(await officers.wing.get(f"/v1/complaints/{case.reference}")).json()["status"] for case in (one, other)]
        assert statuses == ["lodged", "lodged"]
