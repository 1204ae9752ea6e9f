"""What was told leaves after the days of the dated list, and nothing else leaves."""

from typing import Any, Final
from uuid import UUID, uuid4

import orjson
import pytest
from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from runner.testing import Running
from services.partners import lists
from services.partners.kept.service import sweep
from services.partners.lists import LISTS
from services.partners.tests.conftest import Receiver
from services.partners.tests.test_feed import enveloped, fed, ids, referral, take, withdrawn
from services.partners.tests.test_hooks import log_of, push, ready

KEPT: Final = LISTS.kept
TABLES: Final = ("partner_feed_event", "partner_delivery", "partner_delivery_attempt", "partner_closed_record")


async def age(partners: Running, days: int, event_id: UUID) -> None:
    """As if the event had been told, and its delivery done, so many days ago."""
    async with partners.sessions.begin() as session:
        for table, column, which in (("partner_feed_event", "added_at", "id"), ("partner_delivery", "done_at", "event_id")):
            earlier = f"update {table} set {column} = {column} - make_interval(days => :days) where {which} = :id"
            await session.execute(text(earlier), {"days": days, "id": event_id})


async def counts(partners: Running) -> list[int]:
    return [await partners.count(table) for table in TABLES]


class TestWhatWasTold:
    async def test_leaves_after_its_days_and_no_earlier(self, partners: Running, receiver: Receiver) -> None:
        code, one = await ready(partners, receiver)
        old, young = enveloped(referral(code)), enveloped(referral(code))
        await take(partners, old, young)
        await push(partners)
        await age(partners, KEPT.deliveries_days - 1, old.id)
        await sweep(partners.sessions)
        assert await counts(partners) == [2, 2, 2, 0]
        await age(partners, 2, old.id)
        await sweep(partners.sessions)
        assert await counts(partners) == [2, 1, 1, 0]
        assert [each["event_id"] for each in await log_of(partners, code, one)] == [str(young.id)]
        await age(partners, KEPT.feed_days - KEPT.deliveries_days, old.id)
        await sweep(partners.sessions)
        assert await counts(partners) == [1, 1, 1, 0]
        page = await fed(partners, code)
        assert (ids(page), page["after"]) == ([str(young.id)], "2")

    async def test_stays_while_it_waits_or_nobody_confirmed(self, partners: Running, receiver: Receiver) -> None:
        code, _ = await ready(partners, receiver)
        waits, gone = enveloped(referral(code)), enveloped(withdrawn(code, uuid4()))
        await take(partners, gone)
        await push(partners)
        await take(partners, waits)
        for one in (waits, gone):
            await age(partners, KEPT.feed_days + 1, one.id)
        await sweep(partners.sessions)
        assert await counts(partners) == [2, 1, 0, 1]
        async with partners.sessions.begin() as session:
            await session.execute(text("update partner_withdrawal set confirmed_at = now(), outcome = 'deleted', way = 'page'"))
        await sweep(partners.sessions)
        assert await counts(partners) == [1, 1, 0, 1]

    @pytest.mark.parametrize("what", ["deliveries", "events"])
    async def test_does_not_leave_by_a_slip_of_the_pen(self, partners: Running, what: str) -> None:
        with pytest.raises(DBAPIError, match="thirty days"):
            async with partners.sessions.begin() as session:
                await session.execute(text(f"select partner_forget_{what}(29, 10)"))
        with pytest.raises(DBAPIError, match="permission denied"):
            async with partners.sessions.begin() as session:
                await session.execute(text("delete from partner_feed_event"))


@pytest.mark.parametrize("change", [{"feed_days": 90}, {"deliveries_days": 3}])
def test_days_that_do_not_hold_together_stop_the_service(change: dict[str, Any]) -> None:
    data = orjson.loads(LISTS.model_dump_json())
    data["kept"] |= change
    with pytest.raises(ValidationError):
        lists.Lists.model_validate(data)
