"""An officer puts a complaint to the agency; the agency answers; and what it never learns. Over HTTP."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from contracts.days import DHAKA
from kit.testing.days import day, today
from kit.timer import DueTimer
from runner.testing import Running
from services.complaints.answers import rules
from services.complaints.answers.service import LAPSE, lapse, working_days

COMPLAINT: dict[str, Any] = {
    "channel": "phone",
    "category": "overcharged",
    "country": "SA",
    "district": "BD-08",
    "reporter": {"name": "রহিমা বেগম", "phone": "০১৭১২৩৪৫৬৭৮", "relation": "family"},
    "victim": {"name": "করিম মিয়া", "phone": "+966501234567"},
    "respondent": {"kind": "agency", "name": "Shapla Overseas (fictional)", "licence": "RL-0001"},
    "narrative": "পাঁচ লাখ টাকা নিয়েছে।",
}
ALLEGATION = "The agency is said to have taken five hundred thousand taka."


@pytest.fixture
async def reference(complaints: Running) -> str:
    return str((await complaints.client("agent").post("/v1/complaints", json=COMPLAINT)).json()["reference"])


def officer(running: Running) -> httpx.AsyncClient:
    return running.client("officer", org=["bmet-complaints"], sub="officer-one")


def agency(running: Running, licence: str = "RL-0001") -> httpx.AsyncClient:
    return running.client("agency", licence=[licence], sub=f"agency-{licence}")


async def asked(running: Running, reference: str, **body: Any) -> dict[str, Any]:
    answer = await officer(running).post(f"/v1/complaints/{reference}/questions", json={"allegation": ALLEGATION} | body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def reply(running: Running, question: dict[str, Any], version: int = 1, licence: str = "RL-0001") -> httpx.Response:
    return await agency(running, licence).post(
        f"/v1/complaints/questions/{question['id']}/answer",
        json={"stand": "disputes", "answer": "We took what the ceiling allows."},
        headers={"If-Match": f'"{version}"'},
    )


class TestTheAgency:
    async def test_reads_what_the_officer_wrote_and_answers(self, complaints: Running, reference: str) -> None:
        question = await asked(complaints, reference)
        listed = (await agency(complaints).get("/v1/complaints/questions")).json()["items"]
        assert [(one["reference"], one["standing"], one["allegation"]) for one in listed] == [(reference, "asked", ALLEGATION)]
        done = await reply(complaints, question)
        assert (done.status_code, done.json()["standing"], done.json()["version"]) == (200, "answered", 2)
        shown = (await officer(complaints).get(f"/v1/complaints/{reference}/questions")).json()["items"][0]
        assert (shown["stand"], shown["answer"]) == ("disputes", "We took what the ceiling allows.")

    async def test_learns_nobody_and_nothing_else(self, complaints: Running, reference: str) -> None:
        question = await asked(complaints, reference)
        one = await agency(complaints).get(f"/v1/complaints/questions/{question['id']}")
        for told in ("রহিমা", "করিম", "1712345678", "501234567", "পাঁচ লাখ", "officer-one"):
            assert told not in one.text

    async def test_of_another_licence_finds_nothing(self, complaints: Running, reference: str) -> None:
        question = await asked(complaints, reference)
        other = agency(complaints, "RL-0002")
        assert (await other.get("/v1/complaints/questions")).json()["items"] == []
        assert (await other.get(f"/v1/complaints/questions/{question['id']}")).status_code == 404
        assert (await reply(complaints, question, licence="RL-0002")).status_code == 404
        assert (await complaints.client("agency").get("/v1/complaints/questions")).json()["items"] == []
        assert (await agency(complaints).get(f"/v1/complaints/{reference}/questions")).status_code == 403

    async def test_answers_once_and_what_it_saw(self, complaints: Running, reference: str) -> None:
        question = await asked(complaints, reference)
        assert (await reply(complaints, question, 7)).status_code == 412
        assert (await reply(complaints, question)).status_code == 200
        assert (await reply(complaints, question, 2)).json()["type"].endswith("answered-already")

    async def test_its_answer_is_told_with_its_working_days(self, complaints: Running, reference: str) -> None:
        await reply(complaints, await asked(complaints, reference))
        async with complaints.sessions() as session:
            envelope = await session.scalar(
                text("select convert_from(envelope, 'utf8')::jsonb from outbox where nats_subject = 'complaints.respondent.answered.v1'")
            )
        assert envelope["data"]["respondent_licence"] == "RL-0001"
        assert envelope["data"]["working_days"] in {0, 1}

    async def test_lies_sealed(self, complaints: Running, reference: str) -> None:
        await reply(complaints, await asked(complaints, reference))
        stored = await complaints.raw("respondent_question")
        assert b"five hundred" not in stored
        assert b"ceiling" not in stored


class TestTime:
    async def more(self, running: Running, question: dict[str, Any], until: str, version: int = 1) -> httpx.Response:
        return await agency(running).post(
            f"/v1/complaints/questions/{question['id']}/more-time",
            json={"until": until, "because": "The file is in our branch."},
            headers={"If-Match": f'"{version}"'},
        )

    async def test_more_is_asked_for_once_and_granted_by_the_office(self, complaints: Running, reference: str) -> None:
        question = await asked(complaints, reference, answer_by=day(5))
        assert (await self.more(complaints, question, day(5))).json()["type"].endswith("no-more-time")
        assert (await self.more(complaints, question, day(40))).json()["type"].endswith("no-more-time")
        assert (await self.more(complaints, question, day(10))).json()["last_day"] == day(5)
        assert (await self.more(complaints, question, day(11), 2)).status_code == 409
        path = f"/v1/complaints/{reference}/questions/{question['id']}/more-time"
        granted = await officer(complaints).post(path, json={"granted": True}, headers={"If-Match": '"2"'})
        assert granted.json()["last_day"] == day(10)

    async def test_without_a_day_the_data_gives_one(self, complaints: Running, reference: str) -> None:
        assert (await asked(complaints, reference))["answer_by"] > day(9)

    async def test_silence_is_written_down_once_and_a_late_answer_is_taken_as_late(self, complaints: Running, reference: str) -> None:
        question = await asked(complaints, reference, answer_by=day(0))
        due = datetime.combine(today() + timedelta(days=1), time(), DHAKA)
        async with complaints.sessions.begin() as session:
            stored = await session.scalar(text("select due from timer where kind = :kind"), {"kind": LAPSE})
            assert stored == due
            for _ in range(2):
                await lapse(session, DueTimer(uuid4(), due, LAPSE, UUID(question["id"]), {}, 0))
        assert [one.kind for one in await complaints.rows("happening")].count("respondent_silent") == 1
        async with complaints.sessions.begin() as session:
            await session.execute(text("update respondent_question set answer_by = answer_by - 3"))
        shown = (await agency(complaints).get(f"/v1/complaints/questions/{question['id']}")).json()
        assert shown["standing"] == "no_answer"
        assert (await reply(complaints, question, shown["version"])).json()["standing"] == "answered_late"


class TestWhatIsNotPut:
    @pytest.mark.parametrize(
        "changes", [{"category": "trafficking"}, {"respondent": {"kind": "sub_agent", "name": "Someone"}}, {"respondent": None}]
    )
    async def test_a_restricted_one_and_one_without_a_licence(self, complaints: Running, changes: dict[str, Any]) -> None:
        lodged = (await complaints.client("agent").post("/v1/complaints", json=COMPLAINT | changes)).json()["reference"]
        who = complaints.client("supervisor") if "category" in changes else officer(complaints)
        refused = await who.post(f"/v1/complaints/{lodged}/questions", json={"allegation": ALLEGATION})
        assert refused.json()["type"].endswith("not-put-to-respondent")

    async def test_one_that_became_restricted_is_gone_from_the_agency(self, complaints: Running, reference: str) -> None:
        question = await asked(complaints, reference)
        async with complaints.sessions.begin() as session:
            await session.execute(text("update complaint set restricted = true"))
        assert (await agency(complaints).get("/v1/complaints/questions")).json()["items"] == []
        assert (await agency(complaints).get(f"/v1/complaints/questions/{question['id']}")).status_code == 404
        assert (await reply(complaints, question)).status_code == 404

    async def test_another_office_asks_nothing(self, complaints: Running, reference: str) -> None:
        refused = await complaints.client("wing", countries=["SA"]).post(
            f"/v1/complaints/{reference}/questions", json={"allegation": ALLEGATION}
        )
        assert refused.json()["type"].endswith("not-in-your-hands")


class TestRules:
    @given(st.dates(), st.none() | st.dates(), st.dates())
    def test_a_question_always_stands_somewhere(self, last: Any, answered: Any, today: Any) -> None:
        standing = rules.standing(last, answered, today)
        assert (standing in {rules.Standing.ANSWERED, rules.Standing.ANSWERED_LATE}) == (answered is not None)
        if answered is not None:
            assert (standing == rules.Standing.ANSWERED_LATE) == (answered > last)

    def test_a_weekend_is_no_working_day(self) -> None:
        thursday, sunday = datetime(2026, 11, 19, 4, tzinfo=UTC), datetime(2026, 11, 22, 4, tzinfo=UTC)
        assert working_days("bmet-complaints", thursday, sunday) == 1
