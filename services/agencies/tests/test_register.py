"""The register over HTTP: history that is queried as it was known, and what belongs to an agency."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from kit.auth import ROLES
from kit.testing.days import day, today
from runner.testing import Running, make_owner_engine
from services.agencies.register import service

URL = "/v1/agencies"
FICTIONAL_PHONE = "01700000009"


async def register(agencies: Running, licence: str = "RL-0001", **changes: Any) -> None:
    body = {
        "licence": licence,
        "name_en": f"Shapla {licence} (fictional)",
        "name_bn": "শাপলা (কাল্পনিক)",
        "valid_until": day(400),
        "issued_on": day(-600),
        "district": "BD-13",
    }
    answer = await agencies.client("decider").post(URL, json=body | changes)
    assert answer.status_code == 201, answer.text


async def step(agencies: Running, kind: str, day: date, licence: str = "RL-0001", **more: Any) -> Any:
    body = {"kind": kind, "true_from": day.isoformat(), "source": "order of the ministry", **more}
    return await agencies.client("decider").post(f"{URL}/{licence}/history", json=body)


async def suspend(agencies: Running, day: date, **more: Any) -> Any:
    return await step(agencies, "suspended", day, hearing=True, **more)


async def history(agencies: Running, **asked: str) -> dict[str, Any]:
    answer = await agencies.client().get(f"{URL}/RL-0001/history", params=asked)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def told(agencies: Running) -> list[tuple[str, int]]:
    async with agencies.sessions() as session:
        rows = await session.execute(text("select convert_from(envelope, 'utf8')::jsonb from outbox order by position"))
        return [(".".join(one["type"].split(".")[3:5]), one["sequence"]) for one in rows.scalars()]


class TestHistory:
    async def test_begins_with_the_registration(self, agencies: Running) -> None:
        await register(agencies)
        found = await history(agencies)
        assert [item["kind"] for item in found["items"]] == ["issued"]
        assert found["standing"]["licensed"] is True
        assert found["standing"]["since"] == day(-600)

    async def test_a_suspension_closes_the_gate_at_once_and_lifted_it_opens(self, agencies: Running) -> None:
        await register(agencies)
        public = agencies.client()
        assert (await suspend(agencies, today() - timedelta(days=1))).status_code == 201
        shown = (await public.get(f"{URL}/RL-0001")).json()
        assert (shown["licensed"], shown["status"], shown["class"]) == (False, "suspended", "not_licensed")
        assert (await step(agencies, "suspension_lifted", today())).status_code == 201
        shown = (await public.get(f"{URL}/RL-0001")).json()
        assert (shown["licensed"], shown["class"]) == (True, "insufficient_data")
        assert (await history(agencies, true_on=day(-1)))["standing"]["status"] == "suspended"

    async def test_a_suspension_ordered_for_tomorrow_is_not_yet_true(self, agencies: Running) -> None:
        await register(agencies)
        tomorrow = today() + timedelta(days=1)
        assert (await suspend(agencies, tomorrow)).status_code == 201
        assert (await agencies.client().get(f"{URL}/RL-0001")).json()["licensed"] is True
        assert (await history(agencies, true_on=tomorrow.isoformat()))["standing"]["status"] == "suspended"

    async def test_begins_at_midnight_without_anybody(self, agencies: Running) -> None:
        await register(agencies)
        await suspend(agencies, today())
        async with make_owner_engine(agencies) as owner, owner.begin() as connection:
            await connection.execute(text("update agency set status = 'valid'"))
        async with agencies.sessions.begin() as session:
            await service.keep_today(session, None)  # type: ignore[arg-type]  # it does not look at which timer fired
        assert (await agencies.client().get(f"{URL}/RL-0001")).json()["status"] == "suspended"

    async def test_the_security_money_and_the_rules_of_a_term_are_read_again(self, agencies: Running) -> None:
        await register(agencies)
        more: dict[str, Any] = {
            "true_until": day(1400),
            "security_minor": 350_000_000,
            "rules_version": "2025, as amended on 5 January 2026",
        }
        assert (await step(agencies, "renewed", today() + timedelta(days=401), **more)).status_code == 201
        renewed = (await history(agencies))["items"][-1]
        assert {name: renewed[name] for name in more} == more

    async def test_a_renewal_moves_the_last_day(self, agencies: Running) -> None:
        await register(agencies)
        first, last = today() + timedelta(days=401), today() + timedelta(days=1400)
        assert (await step(agencies, "renewed", first, true_until=last.isoformat())).status_code == 201
        found = await history(agencies, true_on=first.isoformat())
        assert (found["standing"]["status"], found["standing"]["valid_until"]) == ("valid", last.isoformat())
        assert (await history(agencies))["standing"]["valid_until"] == day(400)

    async def test_events_are_told_and_numbered(self, agencies: Running) -> None:
        await register(agencies)
        await suspend(agencies, today() - timedelta(days=3))
        await step(agencies, "suspension_lifted", today() - timedelta(days=2))
        await step(agencies, "cancelled", today() - timedelta(days=1))
        await step(agencies, "restored", today())
        found = [one for one in await told(agencies) if not one[0].startswith("agency")]
        assert [name for name, _ in found] == ["licence.suspended", "suspension.lifted", "licence.cancelled", "licence.restored"]
        numbers = [number for _, number in await told(agencies)]
        assert numbers == list(range(1, len(numbers) + 1))

    async def test_a_stranger_reads_it_and_only_the_registrar_writes_it(self, agencies: Running) -> None:
        await register(agencies)
        for role in ROLES:
            allowed = role in {"admin", "decider"}
            answer = await agencies.client(role, licence=["RL-0001"]).post(f"{URL}/RL-0001/history", json={})
            assert answer.status_code == (422 if allowed else 403), role

    async def test_of_a_licence_that_is_not_there(self, agencies: Running) -> None:
        assert (await agencies.client().get(f"{URL}/RL-0404/history")).status_code == 404
        assert (await step(agencies, "cancelled", today(), "RL-0404")).status_code == 404


class TestRefusedSteps:
    @pytest.mark.parametrize(
        ("kind", "offset", "more", "problem"),
        [
            ("renewed", 300, {"true_until": 900}, "licence-terms-overlap"),
            ("issued", 500, {"true_until": 900}, "licence-issued-twice"),
            ("cancelled", -700, {}, "licence-not-issued"),
            ("restored", 0, {}, "licence-state"),
            ("suspension_lifted", 0, {}, "licence-state"),
        ],
    )
    async def test_say_what_they_meet(self, agencies: Running, kind: str, offset: int, more: dict[str, int], problem: str) -> None:
        await register(agencies)
        answer = await step(agencies, kind, today() + timedelta(days=offset), **{name: day(days) for name, days in more.items()})
        said = answer.json()
        assert (answer.status_code, said["type"]) == (409, f"urn:probashi:problem:{problem}")
        assert said["detail"].startswith(said["title"]), "a page shows the detail alone"
        assert len(said["detail"]) > len(said["title"])
        assert await agencies.count("licence_event") == 1

    @pytest.mark.parametrize(
        "body",
        [
            {"kind": "renewed"},
            {"kind": "suspended"},
            {"kind": "cancelled", "hearing": True},
            {"kind": "cancelled", "true_until": "2030-01-01"},
            {"kind": "renewed", "true_until": "2020-01-01"},
            {"kind": "withdrawn"},
            {"kind": "expired"},
            {"kind": "cancelled", "true_from": "১লা জানুয়ারি"},
        ],
    )
    async def test_what_its_kind_needs_is_missing(self, agencies: Running, body: dict[str, Any]) -> None:
        await register(agencies)
        full = {"true_from": day(0), "source": "x", **body}
        assert (await agencies.client("decider").post(f"{URL}/RL-0001/history", json=full)).status_code == 422

    async def test_two_suspensions_at_once_are_one(self, agencies: Running) -> None:
        await register(agencies)
        answers = await asyncio.gather(*(suspend(agencies, today()) for _ in range(6)))
        assert sorted(one.status_code for one in answers) == [201] + [409] * 5

    async def test_sent_twice_under_one_key_it_is_one(self, agencies: Running) -> None:
        await register(agencies)
        body = {"kind": "cancelled", "true_from": day(0), "source": "x"}
        client, key = agencies.client("decider"), {"Idempotency-Key": str(uuid4())}
        answers = [await client.post(f"{URL}/RL-0001/history", json=body, headers=key) for _ in range(2)]
        assert [one.status_code for one in answers] == [201, 201]
        assert await agencies.count("licence_event") == 2


class TestCorrections:
    async def test_what_was_wrong_was_known_until_it_was_mended(self, agencies: Running) -> None:
        await register(agencies)
        wrong = (await step(agencies, "cancelled", today() - timedelta(days=10))).json()
        undone = await step(agencies, "withdrawn", today() - timedelta(days=10), supersedes=wrong["id"])
        assert undone.status_code == 201
        found = await history(agencies)
        assert found["standing"]["status"] == "valid"
        assert [item["corrected_at"] is not None for item in found["items"]] == [False, True, False]
        assert "licence.corrected" in [name for name, _ in await told(agencies)]

    async def test_known_on_an_earlier_day_is_what_stood_then(self, agencies: Running) -> None:
        await register(agencies)
        wrong = (await step(agencies, "cancelled", today() - timedelta(days=10))).json()
        await step(agencies, "withdrawn", today() - timedelta(days=10), supersedes=wrong["id"])
        async with make_owner_engine(agencies) as owner, owner.begin() as connection:
            await connection.execute(
                text("update licence_event set recorded_at = recorded_at - interval '5 days' where kind <> 'withdrawn'")
            )
        then = day(-2)
        assert (await history(agencies, known_on=then))["standing"]["status"] == "cancelled"
        assert (await history(agencies, true_on=then))["standing"]["status"] == "valid"
        assert (await history(agencies, known_on=day(-9)))["standing"] is None

    async def test_is_made_once(self, agencies: Running) -> None:
        await register(agencies)
        wrong = (await step(agencies, "cancelled", today())).json()
        await step(agencies, "withdrawn", today(), supersedes=wrong["id"])
        again = await step(agencies, "withdrawn", today(), supersedes=wrong["id"])
        assert (again.status_code, again.json()["type"]) == (409, "urn:probashi:problem:already-superseded")

    async def test_of_a_step_of_another_licence_is_refused(self, agencies: Running) -> None:
        await register(agencies)
        await register(agencies, "RL-0002")
        other = (await agencies.client().get(f"{URL}/RL-0002/history")).json()["items"][0]["id"]
        assert (await step(agencies, "withdrawn", today(), supersedes=other)).status_code == 404

    async def test_that_breaks_what_follows_is_refused(self, agencies: Running) -> None:
        await register(agencies)
        issued = (await history(agencies))["items"][0]["id"]
        await suspend(agencies, today())
        assert (await step(agencies, "withdrawn", today(), supersedes=issued)).json()["type"].endswith("licence-not-issued")

    async def test_the_role_that_runs_can_change_nothing(self, agencies: Running) -> None:
        for table in ("licence_event", "agency_alias", "agency_branch", "sub_agent", "agency_fact", "fact_strike", "deployment"):
            async with agencies.sessions() as session:
                with pytest.raises(Exception, match="permission denied"):
                    await session.execute(text(f"delete from {table}"))


def sub_agent(**changes: Any) -> dict[str, Any]:
    body = {
        "number": "SA-77",
        "name_en": "Karim Nomuna",
        "name_bn": "করিম নমুনা",
        "district": "BD-08",
        "phone": FICTIONAL_PHONE,
        "true_from": day(-30),
        "true_until": day(300),
        "source": "certificate",
    }
    return body | changes


class TestParticulars:
    async def test_an_alias_is_found_in_both_scripts(self, agencies: Running) -> None:
        await register(agencies)
        body = {"name": "নদী ট্রাভেলস", "kind": "trade", "true_from": "2024-01-01", "source": "trade licence"}
        assert (await agencies.client("decider").post(f"{URL}/RL-0001/aliases", json=body)).status_code == 201
        found = (await agencies.client().get(URL, params={"query": "নদি"})).json()["items"]
        assert [one["licence"] for one in found] == ["RL-0001"]

    async def test_a_branch_s_telephone_is_sealed_and_not_shown(self, agencies: Running) -> None:
        await register(agencies)
        body = {
            "kind": "branch",
            "address": "House 1, Road 2",
            "district": "BD-08",
            "phone": FICTIONAL_PHONE,
            "true_from": "2024-01-01",
            "source": "approval",
        }
        answer = await agencies.client("decider").post(f"{URL}/RL-0001/branches", json=body)
        assert (answer.status_code, answer.json()["has_phone"]) == (201, True)
        assert "1700000009" not in answer.text
        assert b"1700000009" not in await agencies.raw("agency_branch")

    async def test_a_sub_agent_stands_in_the_register_once_at_a_time(self, agencies: Running) -> None:
        await register(agencies)
        await register(agencies, "RL-0002")
        client = agencies.client("decider")
        assert (await client.post(f"{URL}/RL-0001/sub-agents", json=sub_agent())).status_code == 201
        taken = await client.post(f"{URL}/RL-0002/sub-agents", json=sub_agent(number="sa - ৭৭"))
        assert (taken.status_code, taken.json()["type"]) == (409, "urn:probashi:problem:sub-agent-already-registered")
        later = sub_agent(true_from=day(301), true_until=day(900))
        assert (await client.post(f"{URL}/RL-0002/sub-agents", json=later)).status_code == 201
        assert "sub-agent.registered" in [name for name, _ in await told(agencies)]

    async def test_what_ends_is_not_deleted(self, agencies: Running) -> None:
        await register(agencies)
        client = agencies.client("decider")
        made = (await client.post(f"{URL}/RL-0001/sub-agents", json=sub_agent())).json()
        end = {"on": day(-1), "reason": "left the agency", "source": "letter"}
        ended = await client.post(f"{URL}/RL-0001/sub-agents/{made['id']}/end", json=end)
        assert (ended.status_code, ended.json()["registered"], ended.json()["ended"]) == (201, False, "left the agency")
        again = await client.post(f"{URL}/RL-0001/sub-agents/{made['id']}/end", json=end)
        assert again.status_code == 404
        shown = (await agencies.client().get(f"{URL}/RL-0001/particulars")).json()["sub_agents"]
        assert [one["registered"] for one in shown] == [False]
        assert await agencies.count("sub_agent") == 2

    async def test_cannot_end_before_they_begin(self, agencies: Running) -> None:
        await register(agencies)
        client = agencies.client("decider")
        made = (await client.post(f"{URL}/RL-0001/sub-agents", json=sub_agent())).json()
        end = {"on": "2001-01-01", "reason": "x", "source": "y"}
        assert (await client.post(f"{URL}/RL-0001/sub-agents/{made['id']}/end", json=end)).status_code == 409

    async def test_an_associate_is_another_licensed_agency(self, agencies: Running) -> None:
        await register(agencies)
        client = agencies.client("decider")
        body = {"true_from": "2026-02-01", "source": "joint approval"}
        answers = [await client.post(f"{URL}/RL-0001/associates", json=body | {"with_licence": other}) for other in ("RL-0001", "RL-0404")]
        assert [one.status_code for one in answers] == [409, 404]
        await register(agencies, "RL-0002")
        assert (await client.post(f"{URL}/RL-0001/associates", json=body | {"with_licence": "rl 2"})).status_code == 201
