"""How long a warning that names no end holds: by its kind of danger, counted from when it is sent or begins."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from runner.testing import Running
from services.crisis import hazards
from services.crisis.tests.conftest import information, written
from services.crisis.warnings.reading import read

HAZARDS = hazards.load()[0]
SENT = datetime(2026, 11, 20, 10, tzinfo=UTC)
Cap = Callable[..., bytes]
Post = Callable[..., Awaitable[dict[str, Any]]]


def ends(**changed: str | None) -> tuple[timedelta | None, bool]:
    end, is_by_kind = HAZARDS.ends(read(written(sent=SENT.isoformat(), **changed)))
    return (end - SENT if end else None), is_by_kind


class TestAWarningWithoutAnEnd:
    @pytest.mark.parametrize(
        ("event", "hours"),
        [
            ("Earthquake", 12),
            ("Tsunami warning", 12),
            ("Tropical storm", 48),
            ("Air strikes", 72),
            ("Gathering of camels", 24),
            ("Flood", 24),
        ],
    )
    def test_holds_as_long_as_its_kind_usually_does(self, event: str, hours: int) -> None:
        assert ends(event=event, headline=event) == (timedelta(hours=hours), True)

    def test_holds_from_when_it_begins(self) -> None:
        onset = "<onset>2026-11-22T10:00:00+00:00</onset><senderName>"
        infos = information(event="Flood").replace("<headline>", onset + "x</senderName><headline>")
        assert ends(infos=infos) == (timedelta(days=2, hours=24), True)

    @pytest.mark.parametrize("onset", ["9999-12-31T00:00:00+00:00", "2046-11-22T10:00:00+00:00"])
    def test_does_not_hold_for_years_by_a_misprint(self, onset: str) -> None:
        infos = information(event="Flood").replace("<headline>", f"<onset>{onset}</onset><headline>")
        assert ends(infos=infos) == (timedelta(hours=24), True)

    def test_ends_with_the_last_of_its_information(self) -> None:
        soon = information(event="Flood", expires=(SENT + timedelta(hours=2)).isoformat())
        assert ends(infos=soon + information(event="Flood")) == (timedelta(hours=24), True)
        assert ends(infos=soon + soon) == (timedelta(hours=2), False)

    def test_that_takes_another_back_has_no_end_of_its_own(self) -> None:
        assert ends(msgType="Cancel", infos="", references="x@y.test,one,2026-11-20T09:00:00+00:00") == (None, False)


class TestTakenIn:
    async def test_it_says_that_the_end_is_not_its_own(self, crisis: Running, cap: Cap, post: Post) -> None:
        officer = crisis.client("supervisor", sub="writer")
        now = datetime.now(UTC).replace(microsecond=0)
        alert = await post(officer, cap(event="Earthquake", headline="Earthquake", sent=now.isoformat()))
        assert datetime.fromisoformat(alert["expires"]) == now + timedelta(hours=12)
        shown = (await officer.get(f"/v1/crisis/alerts/{alert['id']}")).json()
        assert (shown["expires_by_default"], shown["defects"][-1], shown["infos"][0]["expires"]) == (True, "expires-by-kind", None)
        own = await post(officer, cap(expires=(now + timedelta(hours=1)).isoformat()))
        assert (await officer.get(f"/v1/crisis/alerts/{own['id']}")).json()["expires_by_default"] is False

    async def test_one_that_comes_too_late_wakes_nobody_and_goes_out_to_nobody(self, crisis: Running, cap: Cap, post: Post) -> None:
        stale = (datetime.now(UTC) - timedelta(days=4)).isoformat(timespec="seconds")
        alert = await post(crisis.client("supervisor", sub="writer"), cap(sent=stale))
        assert alert["status"] == "expired"
        second = crisis.client("supervisor", sub="second")
        released = await second.post(f"/v1/crisis/alerts/{alert['id']}/decision/release", headers={"If-Match": "*"})
        assert released.status_code == 409
        async with crisis.sessions.begin() as session:
            assert await session.scalar(text("select count(*) from paging_step")) == 0
            assert await session.scalar(text("select count(*) from outreach_job")) == 0
