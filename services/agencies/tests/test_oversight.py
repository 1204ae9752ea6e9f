"""What the ministry sees: rule sets compared before one is adopted, inspections by risk, watch-list, changes, renewals, consultation."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from sqlalchemy import text

from contracts.complaints import ComplaintDecided
from kit.bus import Bus
from kit.testing.days import day
from kit.testing.waiting import until
from runner.testing import Engines, Running
from services.agencies.ratings.rule_set import load

RATINGS = "/v1/agencies/ratings"
RULES, POEA = "illustrative@2026.2", "poea-2012@1"
Decided = Callable[..., bytes]


async def register(running: Running, licence: str, *, known: str | None = None, **changes: Any) -> None:
    if known is not None:
        async with running.sessions.begin() as session:
            await session.execute(text(known.format(licence=licence)))
    body = {
        "licence": licence,
        "name_en": f"{licence} (fictional)",
        "valid_until": day(400),
        "district": "BD-13",
        "deployed_last_year": 5000,
    }
    answer = await running.client("decider").post("/v1/agencies", json=body | changes)
    assert answer.status_code == 201, answer.text


@pytest.fixture
async def telling(engines: Engines) -> AsyncIterator[Bus]:
    bus = await Bus(engines.nats_url("complaints"), "complaints").connect()
    await bus.ensure_stream("complaints")
    yield bus
    await bus.close()


@pytest.fixture
async def four(agencies: Running, known_facts: str) -> Running:
    await register(agencies, "RL-0001", known=known_facts)
    await register(agencies, "RL-0002", known=known_facts, deployed_last_year=900)
    await register(agencies, "RL-0003")
    await register(agencies, "RL-0004", valid_until=day(30))
    return agencies


async def get(running: Running, path: str, role: str = "analyst") -> dict[str, Any]:
    answer = await running.client(role).get(f"{RATINGS}{path}")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


class TestCompare:
    async def test_says_who_moves_and_why(self, four: Running) -> None:
        shown = await get(four, f"/comparisons?before={RULES}&after={POEA}")
        assert (shown["agencies"], shown["moved"], shown["up"], shown["down"]) == (4, 4, 1, 1)
        assert [(one["licence"], one["before"], one["after"], one["down"]) for one in shown["items"]] == [
            ("RL-0001", "B", "gates_met", False),
            ("RL-0002", "B", "gate_not_met", True),
            ("RL-0003", "insufficient_data", "gates_met", None),
            ("RL-0004", "insufficient_data", "gates_met", None),
        ]
        assert shown["items"][1]["because"] == [
            {
                "code": "deployed_at_least",
                "words": {"en": "Fewer than 1,000 workers were deployed in four years.", "bn": "চার বছরে ১,০০০-এর কম কর্মী পাঠানো হয়েছে।"},
            }
        ]
        assert sum(one["agencies"] for one in shown["pairs"]) == 4

    async def test_pages_neither_repeat_nor_skip(self, four: Running) -> None:
        seen, address = [], f"/comparisons?before={RULES}&after={POEA}&limit=3"
        while address:
            page = await get(four, address)
            seen += [one["licence"] for one in page["items"]]
            address = (page["next"] or "").removeprefix(RATINGS)
        assert seen == ["RL-0001", "RL-0002", "RL-0003", "RL-0004"]

    async def test_nothing_is_stored_or_published(self, four: Running) -> None:
        before = await four.count("outbox")
        await get(four, f"/comparisons?before={RULES}&after={POEA}")
        assert (await four.count("outbox"), await four.count("rating_run")) == (before, 0)

    @pytest.mark.parametrize(
        ("after", "status", "slug"),
        [("vamas@2016", 409, "incomplete-rule-set"), (RULES, 422, "same-rule-set-twice"), ("none@1", 404, "unknown-rule-set")],
    )
    async def test_what_cannot_be_compared(self, four: Running, after: str, status: int, slug: str) -> None:
        answer = await four.client("analyst").get(f"{RATINGS}/comparisons?before={RULES}&after={after}")
        assert (answer.status_code, answer.json()["type"]) == (status, f"urn:probashi:problem:{slug}")

    async def test_a_draft_that_nobody_has_adopted(self, four: Running) -> None:
        found = load().find(RULES)
        assert found is not None
        draft = found.model_dump(mode="json", by_alias=True) | {"version": "2027", "minimum_heard": 100}
        answer = await four.client("analyst").post(f"{RATINGS}/comparisons", json={"before": RULES, "after": draft})
        assert answer.status_code == 200, answer.text
        assert [(one["licence"], one["after"]) for one in answer.json()["items"]] == [
            ("RL-0001", "insufficient_data"),
            ("RL-0002", "insufficient_data"),
        ]

    async def test_a_draft_whose_weights_do_not_add_up_is_told_so(self, four: Running) -> None:
        found = load().find(RULES)
        assert found is not None
        draft = found.model_dump(mode="json", by_alias=True)
        draft["criteria"][0]["weight"] = 25
        order = {"before": RULES, "after": draft}
        english = await four.client("analyst").post(f"{RATINGS}/comparisons", json=order)
        bangla = await four.client("analyst").post(f"{RATINGS}/comparisons", json=order, headers={"Accept-Language": "bn"})
        assert (english.status_code, bangla.status_code) == (422, 422)
        assert english.json()["errors"] == [{"pointer": "/after", "detail": "The weights of the criteria add up to 95, not to 100."}]
        assert "৯৫" in bangla.json()["errors"][0]["detail"]


class TestWatch:
    async def test_inspections_by_risk_the_most_urgent_first(self, four: Running, telling: Bus, decided: Decided) -> None:
        await telling.jetstream.publish(ComplaintDecided.nats_subject(), decided(respondent_licence="RL-0003"))
        await until(lambda: four.count("agency_fact"), 125)
        plan = await get(four, "/inspections?visits=2")
        assert [(one["licence"], [reason["code"] for reason in one["reasons"]]) for one in plan["items"]] == [
            ("RL-0003", ["complaints_unknown", "not_inspected", "large"]),
            ("RL-0004", ["not_inspected", "large"]),
        ]
        assert "xample" in plan["source"]

    async def test_the_watch_list_names_the_reason(self, four: Running, telling: Bus, decided: Decided) -> None:
        assert (await get(four, "/watch-list"))["items"] == []
        await telling.jetstream.publish(ComplaintDecided.nats_subject(), decided(respondent_licence="RL-0003"))
        await until(lambda: four.count("agency_fact"), 125)
        items = (await get(four, "/watch-list"))["items"]
        assert [(one["licence"], one["reasons"][0]["words"]["en"]) for one in items] == [
            ("RL-0003", "Complaints upheld, and otherwise too little is known")
        ]

    async def test_evidence_that_changed_shows_each_count_then_and_now(self, four: Running, telling: Bus, decided: Decided) -> None:
        for _ in range(2):
            await telling.jetstream.publish(ComplaintDecided.nats_subject(), decided(respondent_licence="RL-0001"))
        await until(lambda: four.count("agency_fact"), 126)
        items = (await get(four, "/changes"))["items"]
        assert [(one["licence"], one["counts"]["upheld"]) for one in items] == [("RL-0001", [0, 2])]

    async def test_renewals_the_soonest_first(self, four: Running) -> None:
        await register(four, "RL-0005", valid_until=day(5))
        await register(four, "RL-0006", valid_until=day(-5))
        items = (await get(four, "/renewals"))["items"]
        assert [(one["licence"], one["days_left"]) for one in items] == [("RL-0005", 5), ("RL-0004", 30)]


class TestConsultation:
    async def test_the_association_speaks_on_the_record_and_sees_no_complaint(self, four: Running) -> None:
        baira = four.client("association", org=["baira"])
        answer = await baira.post(f"{RATINGS}/rule-sets/illustrative/2026.2/comments", json={"words": "Weigh fees less."})
        assert answer.status_code == 201, answer.text
        shown = await get(four, "/rule-sets/illustrative/2026.2/comments")
        assert [(one["words"], one["org"], one["role"]) for one in shown["items"]] == [("Weigh fees less.", "baira", "association")]
        for path in ("/runs", "/watch-list", "/inspections", "/changes", "/files/RL-0001", "/corrections", "/reviews"):
            assert (await baira.get(f"{RATINGS}{path}")).status_code == 403

    async def test_of_a_rule_set_that_is_known(self, four: Running) -> None:
        answer = await four.client("association").post(f"{RATINGS}/rule-sets/other/1/comments", json={"words": "x"})
        assert answer.status_code == 404

    async def test_what_was_said_cannot_be_unsaid(self, four: Running) -> None:
        async with four.sessions() as session:
            with pytest.raises(Exception, match="permission denied"):
                await session.execute(text("delete from rule_set_comment"))
