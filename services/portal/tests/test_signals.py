"""More complaints than usual, over the real crisis service: read, confirmed, set aside."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from kit.database import make_engine
from runner.suite import Suite
from services.portal.tests.conftest import Browser

_DRAFT = """
    insert into signal (id, version, country, category, since, until, observed, expected, upper, probability, adjusted, complaints,
        numbers_version, state, made_at, renewed_at)
    values (:id, 1, :country, 'wages.unpaid', date '2026-11-24', date '2026-11-26', 17, 2.4, 8, 1e-9, 4e-8, '{}', '2026-1', 'draft',
        now(), now())
    """

_OTHERS = "update signal set state = 'dismissed', answered_by = 'x', answered_at = now() where state = 'draft'"


async def drafted(suite: Suite, country: str = "LB") -> UUID:
    engine = make_engine(suite.database_url("crisis"), pool=1)
    identity = uuid4()
    async with engine.begin() as connection:
        await connection.execute(
            text("update signal set state = 'dismissed', answered_by = 'x', answered_at = now() where state = 'draft'")
        )
        await connection.execute(text(_DRAFT), {"id": identity, "country": country})
    await engine.dispose()
    return identity


class TestSignals:
    async def test_a_wing_reads_what_is_unusual_and_says_what_it_is(self, suite: Suite, browser: Browser) -> None:
        identity = await drafted(suite)
        await browser.sign_in("wing-beirut", "/signals")
        assert "17 complaints from 24 November 2026 to 26 November 2026." in browser.words
        await browser.open(f"/signals/{identity}")
        await browser.send(f"/signals/{identity}/confirmation", {"because": ""})
        assert browser.answer.status_code == 422
        await browser.send(f"/signals/{identity}/confirmation", {"because": "A factory has closed"})
        assert browser.path == f"/signals/{identity}"
        assert "Confirmed" in browser.words
        assert "A factory has closed" in browser.words
        assert f'href="/incidents/new?signal={identity}&amp;country=LB"' in browser.answer.text
        await browser.open("/alerts/new?country=LB")
        assert '<option value="LB" selected' in browser.answer.text
        await browser.open(f"/incidents/new?signal={identity}&country=LB")
        said = {"country": "LB", "hazard": "conflict", "phase": "during", "commander": "First Secretary", "reason": "A factory has closed"}
        await browser.send("/incidents/new", {**said, "signal": str(identity)})
        assert browser.path.startswith("/incidents/"), browser.words
        assert browser.path != "/incidents/new"
        assert (await browser.open("/signals")).status_code == 200
        assert "Nothing unusual waits for you." in browser.words

    async def test_in_bangla_with_its_own_digits(self, suite: Suite, bangla: Browser) -> None:
        identity = await drafted(suite)
        await bangla.sign_in("wing-beirut", "/signals")
        assert "১৭টি অভিযোগ" in bangla.words
        await bangla.open(f"/signals/{identity}")
        assert "২,৫০,০০,০০০ বারে একবার" in bangla.words

    @pytest.mark.parametrize(("account", "code"), [("wing-riyadh", 404), ("agent", 403)])
    async def test_nobody_else_reads_it(self, suite: Suite, browser: Browser, account: str, code: int) -> None:
        identity = await drafted(suite)
        await browser.sign_in(account, f"/signals/{identity}")
        assert browser.answer.status_code == code
