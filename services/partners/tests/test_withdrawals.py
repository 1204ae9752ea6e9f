"""A withdrawn consent is confirmed by whoever was told before: asked for, reminded, once, in the way that each can."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import orjson
import pytest
from pydantic import ValidationError
from sqlalchemy import text

from kit.timer import DueTimer
from runner.testing import Running
from services.partners import lists
from services.partners.lists import LISTS
from services.partners.tests.conftest import Receiver
from services.partners.tests.test_feed import end_agreement, enveloped, referral, take, unique, withdrawn
from services.partners.tests.test_hooks import push, ready
from services.partners.tests.test_organisations import (
    ANY,
    ROOT,
    client_of,
    events,
    good,
    keeper,
    person,
    program,
    refused,
    set_up,
    verified,
)
from services.partners.withdrawals import rules, service

AT: Final = f"{ROOT}/withdrawals"
DELETED: Final = {"outcome": "deleted"}
LETTER: Final = {**DELETED, "way": "letter", "words": "Letter 12 in the file of the desk"}


async def told(partners: Running, code: str, *records: UUID, restricted: bool = False) -> str:
    event = enveloped(withdrawn(code, *(records or (uuid4(),))), restricted=restricted)
    await take(partners, event)
    return str(event.id)


async def listed(partners: Running, query: str = "", **who: Any) -> list[dict[str, Any]]:
    page = await good(await keeper(partners, **who).get(f"{AT}{query}"))
    items: list[dict[str, Any]] = page["items"]
    return items


def cases(partners: Running, code: str) -> Any:
    return program(partners, f"partner-{code}--cases")


async def after(partners: Running, event_id: str, days: int) -> None:
    """So many days later: what was asked lies so far back, and each timer that is due meanwhile fires, in order."""
    async with partners.sessions.begin() as session:
        for table, columns, which in (("partner_withdrawal", ("asked_at", "due"), "event_id"), ("timer", ("due",), "record")):
            earlier = ", ".join(f"{one} = {one} - make_interval(days => :days)" for one in columns)
            await session.execute(text(f"update {table} set {earlier} where {which} = :id"), {"days": days, "id": event_id})
    while await fire(partners, event_id):
        pass


async def fire(partners: Running, event_id: str) -> bool:
    """What the loop of timers does with one that is due; here it is ours, for its `next_try` has not come."""
    async with partners.sessions.begin() as session:
        due = text("select id, due, kind, record from timer where record = :id and done_at is null and due <= now() for update")
        row = (await session.execute(due, {"id": event_id})).one_or_none()
        if row is None:
            return False
        await service.remind(session, DueTimer(row.id, row.due, row.kind, row.record, {}, 0))
        await session.execute(text("delete from timer where id = :id"), {"id": row.id})
    return True


async def steps(partners: Running, event_id: str) -> list[str]:
    return [one["kind"] for one in (await good(await keeper(partners).get(f"{AT}/{event_id}")))["steps"]]


class TestAConfirmation:
    async def test_is_asked_of_whoever_was_told_and_given_by_its_program(self, partners: Running) -> None:
        code, record = unique(), uuid4()
        await set_up(partners, code)
        event_id = await told(partners, code, record)
        (row,) = (await good(await cases(partners, code).get(AT)))["items"]
        assert (row["event_id"], row["state"], row["records"], row["confirmed_at"]) == (event_id, "open", [str(record)], None)
        assert datetime.fromisoformat(row["due"]) - datetime.fromisoformat(row["asked_at"]) == timedelta(days=rules.TERMS.due_days)
        done = await good(await cases(partners, code).post(f"{AT}/{event_id}/confirmation", json=DELETED), 201)
        assert (done["state"], done["outcome"], done["way"], [one["kind"] for one in done["steps"]]) == (
            "confirmed",
            "deleted",
            "program",
            ["confirmed"],
        )
        assert await listed(partners, "?state=unconfirmed") == []
        assert (await events(partners))[-1] == "withdrawal.confirmed.v1"

    async def test_twice_is_one_and_another_is_refused(self, partners: Running) -> None:
        code = unique()
        await set_up(partners, code)
        event_id = await told(partners, code)
        at = f"{AT}/{event_id}/confirmation"
        first = await good(await cases(partners, code).post(at, json=DELETED, headers={"Idempotency-Key": "only-this-once"}), 201)
        for headers in ({"Idempotency-Key": "only-this-once"}, {"Idempotency-Key": "another-key"}, {}):
            assert await good(await cases(partners, code).post(at, json=DELETED, headers=headers), 201) == first
        await refused(await person(partners, code).post(at, json={"outcome": "nothing_held"}), 409, "withdrawal-confirmed")
        assert await partners.count("partner_withdrawal_step") == 1
        assert (await events(partners)).count("withdrawal.confirmed.v1") == 1

    async def test_by_a_person_of_a_body_without_a_program(self, partners: Running) -> None:
        code = unique()
        await verified(partners, code)
        event_id = await told(partners, code)
        anybody = person(partners, code, sub="colleague")
        assert [one["event_id"] for one in (await anybody.get(AT)).json()["items"]] == [event_id]
        done = await good(await anybody.post(f"{AT}/{event_id}/confirmation", json=DELETED), 201)
        assert (done["way"], done["steps"][0]["words"]) == ("page", None)

    async def test_noted_by_an_officer_says_how_and_where_the_paper_lies(self, partners: Running) -> None:
        code = unique()
        await verified(partners, code)
        event_id = await told(partners, code)
        at = f"{AT}/{event_id}/confirmation"
        await refused(await keeper(partners).post(at, json=DELETED), 422, "withdrawal-way")
        await refused(await keeper(partners).post(at, json={**DELETED, "way": "letter"}), 422, "withdrawal-way")
        await refused(await person(partners, code).post(at, json=LETTER), 422, "withdrawal-way")
        await refused(await keeper(partners).post(at, json={**LETTER, "way": "pigeon"}), 422, "invalid")
        done = await good(await keeper(partners).post(at, json=LETTER), 201)
        assert (done["way"], done["steps"][0]["words"]) == ("letter", LETTER["words"])
        assert (await person(partners, code).get(f"{AT}/{event_id}")).json()["steps"][0]["words"] is None
        kept = await partners.raw("partner_withdrawal_step") + await partners.raw("outbox") + await partners.raw("idempotency")
        assert LETTER["words"].encode() not in kept
        assert [row.record_type for row in await partners.rows("access_log") if str(row.record) == event_id] == ["withdrawal"]

    async def test_outlives_the_agreement_and_needs_a_right_of_the_client(self, partners: Running) -> None:
        code = unique()
        await set_up(partners, code)
        await good(await client_of(partners, code, name="other", scopes=["referrals_answer"]), 201)
        event_id = await told(partners, code)
        await end_agreement(partners, code)
        other = program(partners, f"partner-{code}--other")
        await refused(await other.post(f"{AT}/{event_id}/confirmation", json=DELETED), 409, "not-in-the-agreement")
        await good(await cases(partners, code).post(f"{AT}/{event_id}/confirmation", json=DELETED), 201)

    async def test_of_another_does_not_exist(self, partners: Running) -> None:
        code, other = unique(), unique()
        await set_up(partners, code)
        await set_up(partners, other)
        event_id = await told(partners, code)
        for stranger in (cases(partners, other), person(partners, other), person(partners, "*")):
            assert (await stranger.get(AT)).json()["items"] == []
            await refused(await stranger.get(f"{AT}/{event_id}"), 404, "not-found")
            await refused(await stranger.post(f"{AT}/{event_id}/confirmation", json=DELETED), 404, "not-found")
        assert (await listed(partners))[0]["state"] == "open"


class TestWhoHasNotConfirmed:
    async def test_is_listed_from_the_longest_waiting_on(self, partners: Running) -> None:
        code, other = unique(), unique()
        await set_up(partners, code)
        await set_up(partners, other)
        first, second, third = [await told(partners, one) for one in (code, other, code)]
        await after(partners, second, 20)
        page = await good(await keeper(partners).get(f"{AT}?state=unconfirmed&limit=2"))
        rest = await good(await keeper(partners).get(page["next"]))
        assert [one["event_id"] for one in [*page["items"], *rest["items"]]] == [second, first, third]
        assert [one["event_id"] for one in await listed(partners, "?state=overdue")] == [second]
        assert {one["event_id"] for one in await listed(partners, "?state=open")} == {first, third}
        assert [one["event_id"] for one in await listed(partners, "?state=overdue", sub="auditor", role="auditor")] == [second]

    async def test_is_reminded_before_it_is_due_and_after(self, partners: Running, receiver: Receiver) -> None:
        code, _ = await ready(partners, receiver)
        event_id = await told(partners, code)
        await push(partners)
        (row,) = await listed(partners)
        assert (receiver.ids(), row["delivered_at"] is not None, row["reminders"]) == ([event_id], True, 0)
        await after(partners, event_id, 8)
        assert await steps(partners, event_id) == ["reminded"]
        await push(partners)
        assert receiver.ids() == [event_id] * 2
        await after(partners, event_id, 5)
        await after(partners, event_id, 2)
        assert await steps(partners, event_id) == ["reminded", "reminded", "overdue"]
        assert (await events(partners)).count("withdrawal.overdue.v1") == 1
        await after(partners, event_id, 7)
        assert await steps(partners, event_id) == ["reminded", "reminded", "overdue", "reminded"]
        assert (await events(partners)).count("withdrawal.overdue.v1") == 1
        await good(await cases(partners, code).post(f"{AT}/{event_id}/confirmation", json=DELETED), 201)
        await after(partners, event_id, 30)
        assert (await steps(partners, event_id))[-1] == "confirmed"
        assert not [row for row in await partners.rows("timer") if str(row.record) == event_id and row.done_at is None]

    async def test_is_unreachable_when_it_left_or_never_was_a_partner(self, partners: Running, receiver: Receiver) -> None:
        code, nobody = unique(), unique()
        await ready(partners, receiver)
        _, theirs = await ready(partners, receiver)
        code = theirs["client_id"].removeprefix("partner-").removesuffix("--cases")
        event_id, unknown = await told(partners, code), await told(partners, nobody)
        await good(await keeper(partners).post(f"{ROOT}/organisations/{code}/suspension", json={"reason": "leaked"}, headers=ANY))
        shown = {one["event_id"]: one["organisation"] for one in await listed(partners, "?state=unreachable")}
        assert set(shown) == {event_id, unknown}
        assert (shown[unknown], shown[event_id] is None) == (None, False)
        await after(partners, event_id, 15)
        await push(partners)
        assert receiver.got == []
        assert (await listed(partners, "?state=unreachable"))[0]["event_id"] == event_id
        await refused(await cases(partners, code).post(f"{AT}/{event_id}/confirmation", json=DELETED), 409, "suspended")
        for one in (event_id, unknown):
            await good(await keeper(partners).post(f"{AT}/{one}/confirmation", json=LETTER), 201)
        assert await listed(partners, "?state=unconfirmed") == []

    async def test_is_nobody_where_nothing_went_to_it(self, partners: Running) -> None:
        await take(partners, enveloped(withdrawn("demo-bd-08")), enveloped(referral(unique())))
        assert await partners.count("partner_withdrawal") == 0

    async def test_is_asked_once_however_often_the_event_comes(self, partners: Running) -> None:
        code = unique()
        event = enveloped(withdrawn(code, uuid4()))
        await take(partners, event)
        await take(partners, event)
        assert (await partners.count("partner_withdrawal"), await partners.count("timer")) == (1, 1)

    async def test_of_a_restricted_record_is_told_to_few(self, partners: Running) -> None:
        code = unique()
        await set_up(partners, code)
        event_id = await told(partners, code, restricted=True)
        await good(await cases(partners, code).post(f"{AT}/{event_id}/confirmation", json=DELETED), 201)
        last = [orjson.loads(row.envelope) for row in await partners.rows("outbox order by position")][-1]
        assert (last["type"], last["restricted"]) == ("bd.probashi.partners.withdrawal.confirmed.v1", True)


class TestRules:
    ASKED: Final = datetime(2026, 11, 26, 6, tzinfo=UTC)

    def test_moments_follow_one_another_for_ever(self) -> None:
        found, moment = [], self.ASKED
        for _ in range(6):
            moment = rules.next_step(self.ASKED, moment)
            found.append((moment - self.ASKED).days)
        assert found == [7, 12, 14, 21, 28, 35]

    @pytest.mark.parametrize("change", [{"remind_after_days": [12, 7]}, {"remind_after_days": [14]}, {"due_days": 0}, {"outcomes": []}])
    def test_terms_that_do_not_hold_together_stop_the_service(self, change: dict[str, Any]) -> None:
        data = orjson.loads(LISTS.model_dump_json())
        data["withdrawal"]["confirmation"] |= change
        with pytest.raises(ValidationError):
            lists.Lists.model_validate(data)
