"""A call from its first ring to its end: told by an exchange that repeats itself and mixes things up, or typed by hand."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any, ClassVar
from uuid import uuid4

import pytest

from services.complaints.calls.tests.conftest import CALLS, RIYADH, Centre, complaint


async def finish(agent: Any, call: str, disposition: str, **more: Any) -> Any:
    return await agent.post(f"{CALLS}/{call}/finish", json={"disposition": disposition, **more}, headers={"Idempotency-Key": str(uuid4())})


class TestEvents:
    async def test_in_any_order_and_repeated_make_one_call_and_one_word_to_others(self, centre: Centre) -> None:
        agent = await centre.on_shift("rahima")
        for order in permutations(["ringing", "answered", "ended"]):
            call, seconds, last = str(uuid4()), {"ringing": 0, "answered": 12, "ended": 72}, dict[str, Any]()
            for event in (*order, *order):
                last = await centre.tell(call, event, seconds=seconds[event], agent="rahima" if event == "answered" else None)
            assert last["repeated"]
            assert (last["state"]) == "ended"
            assert (await finish(agent, last["id"], "information")).status_code == 201
        await centre.fire("call_settle")
        told = await centre.told()
        assert len(told) == 6
        assert {(one["answered"], one["disposition"], one["waited_s"], one["talked_s"], one["country"]) for one in told} == {
            (True, "information", 12, 60, "SA")
        }

    async def test_the_same_event_many_times_at_once_is_one(self, centre: Centre) -> None:
        call = str(uuid4())
        answers = await asyncio.gather(*(centre.tell(call, "ringing") for _ in range(8)))
        assert sum(not one["repeated"] for one in answers) == 1
        assert await centre.running.count("phone_call") == 1

    async def test_a_withheld_number_is_counted_and_nobody_is_asked_to_call_it(self, centre: Centre) -> None:
        await centre.missed(number="Anonymous")
        supervisor = centre.person("kamal", "supervisor")
        assert (await supervisor.get(f"{CALLS}/board")).json()["withheld_missed"] == 1
        assert await centre.running.count("callback") == 0

    async def test_of_years_ago_or_of_tomorrow_is_refused_in_words(self, centre: Centre) -> None:
        for at in (datetime.now(UTC) - timedelta(days=5 * 365), datetime.now(UTC) + timedelta(days=1)):
            body = {"call": "x1", "event": "ringing", "at": at.isoformat()}
            answer = await centre.exchange.post(f"{CALLS}/events", json=body, headers={"Accept-Language": "bn"})
            assert answer.status_code == 422
            assert answer.json()["errors"][0]["pointer"] == "/at"
            assert "ঘড়ি" in answer.json()["errors"][0]["detail"]

    async def test_a_call_of_which_no_end_is_told_is_given_up_after_a_while(self, centre: Centre) -> None:
        await centre.tell("lost", "ringing")
        await centre.fire("call_silent")
        assert [row.state for row in await centre.running.rows("phone_call")] == ["abandoned"]
        assert await centre.running.count("callback") == 1

    async def test_the_number_lies_sealed(self, centre: Centre) -> None:
        await centre.missed()
        for table in ("phone_call", "callback", "call_event", "timer", "outbox"):
            assert b"501234567" not in await centre.running.raw(table)


class TestByHand:
    async def test_is_taken_while_the_exchange_is_down(self, centre: Centre) -> None:
        agent = await centre.on_shift("rahima")
        answer = await agent.post(CALLS, json={"number": "০১৭১২৩৪৫৬৭৮"})
        assert answer.status_code == 201
        call = answer.json()["id"]
        assert (await agent.get(f"{CALLS}/{call}")).json()["number"] == "+8801712345678"
        assert (await finish(agent, call, "counselling")).status_code == 201
        assert [one["disposition"] for one in await centre.told()] == ["counselling"]

    async def test_what_is_no_number_is_said_so(self, centre: Centre) -> None:
        agent = await centre.on_shift("rahima")
        answer = await agent.post(CALLS, json={"number": "12"})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/number")

    async def test_needs_a_shift(self, centre: Centre) -> None:
        answer = await centre.person("rahima").post(CALLS, json={})
        assert answer.json()["type"].endswith("not-on-shift")


class TestFinish:
    async def test_a_new_complaint_is_lodged_with_the_call_or_not_at_all(self, centre: Centre) -> None:
        agent = await centre.on_shift("rahima")
        call = await centre.answered("rahima")
        missing = await finish(agent, call, "new_complaint")
        assert missing.json()["errors"][0]["pointer"] == "/complaint"
        done = (await finish(agent, call, "new_complaint", complaint=complaint(), articles=["fees"])).json()
        assert done["reference"].startswith("C-")
        assert done["next_step"]["bn"]
        shown = (await agent.get(f"{CALLS}/{call}")).json()
        assert (shown["references"], shown["articles"]) == ([done["reference"]], ["fees"])
        assert [str(row.call_id) for row in await centre.running.rows("complaint")] == [call]
        article = (await agent.get(f"{CALLS}/articles/fees")).json()
        assert article["used"] == 1

    async def test_a_follow_up_stands_in_the_history_of_its_complaint(self, centre: Centre) -> None:
        agent = await centre.on_shift("rahima")
        reference = (await agent.post("/v1/complaints", json=complaint())).json()["reference"]
        call = await centre.answered("rahima")
        assert (await finish(agent, call, "follow_up")).json()["errors"][0]["pointer"] == "/reference"
        assert (await finish(agent, call, "follow_up", reference=reference, note="আবার ফোন করেছেন")).status_code == 201
        assert [row.kind for row in await centre.running.rows("happening order by version")] == ["lodged", "call"]

    async def test_happens_once_however_often_the_button_is_pressed(self, centre: Centre) -> None:
        agent = await centre.on_shift("rahima")
        call = await centre.answered("rahima")
        body, key = {"disposition": "new_complaint", "complaint": complaint()}, {"Idempotency-Key": "the-same-press"}
        first, second = [await agent.post(f"{CALLS}/{call}/finish", json=body, headers=key) for _ in range(2)]
        assert first.json() == second.json()
        assert await centre.running.count("complaint") == 1
        assert (await finish(agent, call, "information")).json()["type"].endswith("call-finished")

    async def test_by_somebody_else_is_refused(self, centre: Centre) -> None:
        await centre.on_shift("rahima")
        call = await centre.answered("rahima")
        other = await centre.on_shift("karim")
        assert (await finish(other, call, "information")).status_code == 404


class TestDraft:
    async def save(self, agent: Any, call: str, version: int, **fields: list[str]) -> Any:
        return await agent.put(f"{CALLS}/{call}/draft", json={"fields": fields}, headers={"If-Match": f'"{version}"'})

    async def test_is_kept_sealed_and_goes_when_the_call_is_finished(self, centre: Centre) -> None:
        agent = await centre.on_shift("rahima")
        call = await centre.answered("rahima")
        saved = await self.save(agent, call, 1, narrative=["বেতন দেয় না, ভয় পাচ্ছি"])
        assert saved.json()["version"] == 2
        assert "ভয়".encode() not in await centre.running.raw("call_draft")
        assert (await agent.get(f"{CALLS}/{call}")).json()["draft"]["fields"] == {"narrative": ["বেতন দেয় না, ভয় পাচ্ছি"]}
        await finish(agent, call, "information")
        assert await centre.running.count("call_draft") == 0

    async def test_an_older_tab_overwrites_nothing(self, centre: Centre) -> None:
        agent = await centre.on_shift("rahima")
        call = await centre.answered("rahima")
        await self.save(agent, call, 1, narrative=["one"])
        assert (await self.save(agent, call, 1, narrative=["two"])).status_code == 412
        assert (await agent.put(f"{CALLS}/{call}/draft", json={"fields": {}})).status_code == 428

    async def test_a_caller_in_danger_is_on_the_supervisors_board_while_the_agent_still_writes(self, centre: Centre) -> None:
        agent = await centre.on_shift("rahima")
        call = await centre.answered("rahima")
        await self.save(agent, call, 1, caller_safe=["no"])
        board = (await centre.person("kamal", "supervisor").get(f"{CALLS}/board")).json()
        assert [one["id"] for one in board["in_danger"]] == [call]

    async def test_goes_with_the_call_to_who_takes_it_over(self, centre: Centre) -> None:
        agent = await centre.on_shift("rahima")
        call = await centre.answered("rahima")
        await self.save(agent, call, 1, narrative=["first words"])
        supervisor = await centre.on_shift("kamal", "supervisor")
        taken = await supervisor.post(f"{CALLS}/{call}/take")
        assert taken.json()["draft"]["fields"] == {"narrative": ["first words"]}
        late = await self.save(agent, call, 2, narrative=["first words and more"])
        assert late.json()["type"].endswith("call-taken-over")
        await self.save(supervisor, call, 2, narrative=["mine"])
        assert await centre.running.count("call_draft_kept") == 1


class TestScreenPop:
    async def test_shows_open_complaints_earlier_calls_and_the_rule_for_calling(self, centre: Centre) -> None:
        agent = await centre.on_shift("rahima")
        safe = {"may_call": False, "note": "স্বামীর সামনে নয়"}
        reference = (await agent.post("/v1/complaints", json=complaint(safe_contact=safe))).json()["reference"]
        await finish(agent, await centre.answered("rahima"), "information", wants_woman=True, language="en")
        pop = (await agent.get(f"{CALLS}/{await centre.answered('rahima', '00966501234567')}")).json()["pop"]
        assert [one["reference"] for one in pop["complaints"]] == [reference]
        assert pop["complaints"][0]["contact_note"] == "স্বামীর সামনে নয়"
        assert (pop["do_not_call"], pop["wants_woman"], pop["language"]) == (True, True, "en")
        assert [one["disposition_label"]["en"] for one in pop["calls"]] == ["Information given"]

    async def test_each_look_up_of_a_number_is_written_down(self, centre: Centre) -> None:
        agent = await centre.on_shift("rahima")
        call = await centre.answered("rahima")
        await agent.get(f"{CALLS}/{call}")
        noted = [row for row in await centre.running.rows("access_log") if row.purpose == "number_lookup"]
        assert [(str(row.record), row.caller) for row in noted] == [(call, "rahima")]
        assert "number" in noted[0].fields


class TestARestrictedCase:
    @pytest.fixture
    async def lodged(self, centre: Centre) -> str:
        wing = centre.running.client("wing", sub="wing", countries=["SA"])
        answer = await wing.post("/v1/complaints", json=complaint(category="sexual_abuse"))
        return str(answer.json()["reference"])

    @pytest.mark.usefixtures("lodged")
    async def test_the_agent_on_the_line_learns_that_there_is_one_and_nothing_of_it(self, centre: Centre) -> None:
        agent = await centre.on_shift("rahima")
        shown = await agent.get(f"{CALLS}/{await centre.answered('rahima')}")
        assert shown.json()["pop"]["ask_supervisor"]
        assert shown.json()["pop"]["complaints"] == []
        assert "sexual" not in shown.text

    @pytest.mark.usefixtures("lodged")
    async def test_a_number_typed_by_hand_tells_a_curious_agent_nothing(self, centre: Centre) -> None:
        agent = await centre.on_shift("rahima")
        known = (await agent.post(CALLS, json={"number": RIYADH})).json()["id"]
        unknown = (await agent.post(CALLS, json={"number": "+966509999999"})).json()["id"]
        pops = [(await agent.get(f"{CALLS}/{one}")).json()["pop"] for one in (known, unknown)]
        assert pops[0] == pops[1]

    @pytest.mark.usefixtures("lodged")
    async def test_nor_does_a_call_that_rings_or_is_over_or_is_anothers(self, centre: Centre) -> None:
        agent = await centre.on_shift("rahima")
        ringing = (await centre.tell("r1", "ringing"))["id"]
        assert not (await agent.get(f"{CALLS}/{ringing}")).json()["pop"]["ask_supervisor"]
        call = await centre.answered("rahima")
        await finish(agent, call, "information")
        assert (await agent.get(f"{CALLS}/{call}")).json()["pop"] is None
        other = await centre.on_shift("karim")
        assert (await other.get(f"{CALLS}/{call}")).status_code == 404

    async def test_the_supervisor_sees_it(self, centre: Centre, lodged: str) -> None:
        supervisor = await centre.on_shift("kamal", "supervisor")
        pop = (await supervisor.get(f"{CALLS}/{await centre.answered('kamal')}")).json()["pop"]
        assert [one["reference"] for one in pop["complaints"]] == [lodged]

    async def test_a_call_that_led_to_one_is_not_among_earlier_calls_of_others(self, centre: Centre) -> None:
        await centre.on_shift("rahima")
        supervisor = await centre.on_shift("kamal", "supervisor")
        call = await centre.answered("kamal")
        await finish(supervisor, call, "new_complaint", complaint=complaint(category="trafficking"))
        agent = centre.person("rahima")
        pop = (await agent.get(f"{CALLS}/{await centre.answered('rahima')}")).json()["pop"]
        assert pop["calls"] == []


class TestReview:
    MARKS: ClassVar = {"greeting": "met", "listening": "met", "category": "partly", "next_step": "not_met", "record": "met"}

    async def test_the_agent_sees_it_and_answers_once(self, centre: Centre) -> None:
        agent = await centre.on_shift("rahima")
        call = await centre.answered("rahima")
        supervisor = centre.person("kamal", "supervisor")
        address = f"{CALLS}/{call}/review"
        early = await supervisor.post(address, json={"marks": self.MARKS})
        assert early.json()["type"].endswith("call-not-finished")
        await finish(agent, call, "information")
        assert (await supervisor.post(address, json={"marks": {"greeting": "met"}})).status_code == 422
        assert (await supervisor.post(address, json={"marks": self.MARKS, "words": "Tell the time limit."})).status_code == 201
        assert [one["id"] for one in (await agent.get(f"{CALLS}/desk")).json()["reviews"]] == [call]
        review = (await agent.get(address)).json()
        assert [one["mark"] for one in review["items"]] == list(self.MARKS.values())
        assert (await agent.get(f"{CALLS}/desk")).json()["reviews"] == []
        assert (await agent.post(f"{address}/answer", json={"words": "She had to hang up."})).status_code == 201
        assert (await agent.post(f"{address}/answer", json={"words": "Again"})).status_code == 409
        assert (await supervisor.get(address)).json()["answer"] == "She had to hang up."

    async def test_nobody_reviews_their_own_and_no_agent_sees_anothers(self, centre: Centre) -> None:
        supervisor = await centre.on_shift("kamal", "supervisor")
        call = await centre.answered("kamal")
        await finish(supervisor, call, "information")
        own = await supervisor.post(f"{CALLS}/{call}/review", json={"marks": self.MARKS})
        assert own.json()["type"].endswith("own-call")
        assert (await centre.person("rahima").get(f"{CALLS}/{call}/review")).status_code == 404


class TestStream:
    async def test_says_look_again_at_once_and_at_each_change(self, centre: Centre) -> None:
        agent = await centre.on_shift("rahima")
        async with agent.stream("GET", f"{CALLS}/stream") as answer, asyncio.timeout(240):
            lines = answer.aiter_lines()
            assert await anext(lines) == "event: desk"
            await centre.tell("s1", "ringing")
            while (line := await anext(lines)) != "event: desk":
                assert RIYADH not in line
