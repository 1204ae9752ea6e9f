from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller
from kit.timer import DueTimer
from runner.testing import Running
from services.crisis.handover import rules, service
from services.crisis.handover.service import MISSIONS, hand_over_the_silent
from services.crisis.tests.test_stream import listening

URL: Final = "/v1/crisis/duty"
DAY: Final = date(2026, 11, 27)
CAP: Final = """<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>{id}</identifier><sender>duty@warnings.test</sender><sent>{sent}</sent>
<status>{status}</status><msgType>Alert</msgType><scope>Public</scope><info><category>Safety</category><event>Air strikes</event>
<urgency>Immediate</urgency><severity>Extreme</severity><certainty>Observed</certainty><headline>Stay indoors</headline>
<area><areaDesc>South</areaDesc><geocode><valueName>ISO3166-1</valueName><value>LB</value></geocode></area></info></alert>"""


class TestRules:
    def test_a_chain_ends_at_the_last_one(self) -> None:
        assert rules.answering("A", {"A": "B", "B": "C"}) == "C"
        assert rules.answering("C", {"A": "B", "B": "C"}) == "C"

    @pytest.mark.parametrize("open_", [{"B": "A"}, {"B": "C", "C": "A"}])
    def test_a_circle_is_refused_before_it_closes(self, open_: Mapping[str, str]) -> None:
        with pytest.raises(rules.CircleError):
            rules.refuse_circle("A", "B", open_)

    def test_nobody_hands_over_to_themselves(self) -> None:
        with pytest.raises(rules.CircleError):
            rules.refuse_circle("A", "A", {})

    def test_an_officer_answers_also_for_what_came_to_their_mission(self) -> None:
        widened = rules.widened(frozenset({"JO"}), MISSIONS, {"LWW-BEIRUT": "LWW-AMMAN"}, DAY)
        assert widened == {"JO", "LB"}
        assert rules.widened(frozenset({"SA"}), MISSIONS, {"LWW-BEIRUT": "LWW-AMMAN"}, DAY) == {"SA"}

    def test_every_country_has_one_that_answers_and_another_that_stands_in(self) -> None:
        for country in ("LB", "SA", "SD", "BR"):
            assert MISSIONS.responsible(country, DAY).code != MISSIONS.stand_in(country, DAY).code


@pytest.fixture
def officers(crisis: Running) -> dict[str, httpx.AsyncClient]:
    return {
        "beirut": crisis.client("wing", sub="wing-beirut", countries=["LB"]),
        "amman": crisis.client("wing", sub="wing-amman", countries=["JO"]),
        "riyadh": crisis.client("wing", sub="wing-riyadh", countries=["SA"]),
        "supervisor": crisis.client("supervisor", sub="supervisor", countries=["*"]),
    }


async def raised(officers: Mapping[str, httpx.AsyncClient], status: str = "Actual") -> dict[str, Any]:
    raw = CAP.format(id=uuid4(), sent=datetime.now(UTC).isoformat(timespec="seconds"), status=status)
    headers = {"Content-Type": "application/cap+xml"}
    answer = await officers["supervisor"].post("/v1/crisis/alerts?country=LB", content=raw, headers=headers)
    assert answer.status_code == 201, answer.text
    alert: dict[str, Any] = answer.json()
    return alert


async def alerts_of(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await client.get("/v1/crisis/alerts")).json()["items"]
    return items


async def fire(crisis: Running) -> None:
    """What the timer does when its moment has come, without waiting for it."""
    async with crisis.sessions.begin() as session:
        for row in (await session.execute(text("select id, due, kind, record from timer where kind = 'mission.silent'"))).all():
            await hand_over_the_silent(session, DueTimer(row.id, row.due, row.kind, UUID(str(row.record)), {}, 0))


class TestHandOver:
    async def test_one_act_and_warnings_and_cases_are_with_the_other(self, officers: dict[str, httpx.AsyncClient], crisis: Running) -> None:
        alert = await raised(officers)
        assert await alerts_of(officers["amman"]) == []
        moved = await officers["beirut"].post(f"{URL}/LWW-BEIRUT/handovers", json={"reason": "cut_off"})
        assert (moved.status_code, moved.json()["to"]["code"]) == (201, "LWW-AMMAN")
        (shown,) = await alerts_of(officers["amman"])
        assert shown["missions"][0]["answers"]["code"] == "LWW-AMMAN"
        noted = await officers["amman"].post(f"/v1/crisis/alerts/{alert['id']}/acknowledgements")
        assert noted.status_code == 201, noted.text
        case = await officers["amman"].post("/v1/crisis/cases", json={"kind": "hospital", "country": "LB"})
        assert case.status_code == 201, case.text
        assert (case.json()["mission"]["code"], case.json()["mission"]["answers"]["en"]) == ("LWW-BEIRUT", "Labour Welfare Wing, Amman")
        assert "crisis.duty.handed-over.v1" in str(await crisis.rows("outbox"))

    async def test_it_comes_back_with_one_act(self, officers: dict[str, httpx.AsyncClient]) -> None:
        await raised(officers)
        await officers["beirut"].post(f"{URL}/LWW-BEIRUT/handovers", json={"reason": "closed", "to": "LWW-AMMAN"})
        back = await officers["beirut"].post(f"{URL}/LWW-BEIRUT/taking-back")
        assert back.status_code == 201
        assert back.json()["ended_at"]
        assert await alerts_of(officers["amman"]) == []
        again = await officers["beirut"].post(f"{URL}/LWW-BEIRUT/taking-back")
        assert again.json()["type"].endswith("duty-not-handed-over")
        listed = (await officers["beirut"].get(URL)).json()
        assert (listed["items"][0]["mission"]["code"], listed["items"][0]["handover"]) == ("LWW-BEIRUT", None)
        assert listed["past"][0]["mission"]["code"] == "LWW-BEIRUT"

    async def test_only_its_officers_and_dhaka_move_it_once(self, officers: dict[str, httpx.AsyncClient]) -> None:
        body = {"reason": "left"}
        refused = await officers["riyadh"].post(f"{URL}/LWW-BEIRUT/handovers", json=body)
        assert (refused.status_code, refused.json()["type"]) == (403, "urn:probashi:problem:not-your-mission")
        assert (await officers["supervisor"].post(f"{URL}/LWW-BEIRUT/handovers", json=body)).status_code == 201
        assert (await officers["beirut"].post(f"{URL}/LWW-BEIRUT/handovers", json=body)).json()["type"].endswith("already-handed-over")
        assert (await officers["amman"].post(f"{URL}/LWW-AMMAN/handovers", json={**body, "to": "LWW-BEIRUT"})).status_code == 409
        assert (await officers["supervisor"].post(f"{URL}/LWW-NOWHERE/handovers", json=body)).status_code == 404

    async def test_a_live_page_of_who_answers_now_gets_the_warnings_in_force(self, officers: dict[str, httpx.AsyncClient]) -> None:
        alert = await raised(officers)
        async with listening(officers["amman"]) as live:
            assert (await anext(live)).name == "ready"
            moved = await officers["beirut"].post(f"{URL}/LWW-BEIRUT/handovers", json={"reason": "cut_off"})
            assert moved.status_code == 201, moved.text
            # A stream that ended meanwhile comes back and tells of what was before, too.
            told = await anext(one async for one in live if one.data.get("change") == "duty_moved")
        assert told.data["alert"]["id"] == alert["id"]

    async def test_a_live_page_that_looks_while_the_duty_moves_gets_them_too(
        self, officers: dict[str, httpx.AsyncClient], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The duty moves after a look has asked what is whose, and before it asks what is new."""
        alert = await raised(officers)
        asked, is_moved = service.widened, False

        async def and_then_it_moves(session: AsyncSession, caller: Caller) -> Caller:
            nonlocal is_moved
            known = await asked(session, caller)
            if caller.subject == "wing-amman" and not is_moved:
                is_moved = True
                moved = await officers["beirut"].post(f"{URL}/LWW-BEIRUT/handovers", json={"reason": "cut_off"})
                assert moved.status_code == 201, moved.text
            return known

        async with listening(officers["amman"]) as live:
            assert (await anext(live)).name == "ready"
            monkeypatch.setattr(service, "widened", and_then_it_moves)
            await officers["beirut"].post(f"/v1/crisis/alerts/{alert['id']}/acknowledgements")
            told = await anext(one async for one in live if one.data.get("change") == "duty_moved")
        assert told.data["alert"]["id"] == alert["id"]


class TestSilence:
    async def test_who_acknowledges_nothing_loses_the_duty_by_itself(self, officers: dict[str, httpx.AsyncClient], crisis: Running) -> None:
        await raised(officers)
        await fire(crisis)
        (shown,) = await alerts_of(officers["amman"])
        assert shown["missions"][0]["answers"]["code"] == "LWW-AMMAN"
        (row,) = await crisis.rows("duty_handover")
        assert (row.reason, row.handed_by) == ("silent", None)
        await fire(crisis)
        assert await crisis.count("duty_handover") == 1

    async def test_who_acknowledged_keeps_it(self, officers: dict[str, httpx.AsyncClient], crisis: Running) -> None:
        alert = await raised(officers)
        await officers["beirut"].post(f"/v1/crisis/alerts/{alert['id']}/acknowledgements")
        await fire(crisis)
        assert await crisis.count("duty_handover") == 0

    async def test_a_drill_moves_no_duty(self, officers: dict[str, httpx.AsyncClient], crisis: Running) -> None:
        await raised(officers, "Exercise")
        assert [row for row in await crisis.rows("timer") if row.kind == "mission.silent"] == []
