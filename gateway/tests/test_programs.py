"""Programs of partners at the door: the real `partners` counts, any number of gateways share."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from gateway.cors import KNOWN_FOR_S, Preflights
from gateway.problems import OriginUnknownError, ProgramStoppedError, QuotaSpentError
from gateway.quotas import LEASE_S, Quotas
from gateway.testing import Service, running_gateway
from kit.calls import AwayError
from kit.testing.tokens import TokenIssuer
from kit.testing.waiting import until
from runner.testing import APP_OPTIONS, Running, service_fixture
from services.partners.hooks.settings import Sending
from services.partners.tests.test_organisations import ANY, ROOT, good, keeper, person, set_up

APP_OPTIONS.setdefault("partners", {"sending": Sending(send_hooks=False)})
partners = service_fixture("partners")

MINE: Final = "partner-ngo-one--cases"
PAGE: Final = "https://cases.example.org"
SERVED: Final = "/v1/returnees/referrals"
Start = Callable[[], httpx.AsyncClient]


@pytest.fixture
async def start(tokens: TokenIssuer, contracts: Path, service_url: str, partners: Running) -> AsyncIterator[Start]:
    """A client of a gateway of its own, as the program."""
    urls = {"reintegration": service_url, "monitor": service_url, "partners": partners.url}
    token = tokens.token("partner", sub=MINE, azp=MINE)
    with ExitStack() as stack:
        # They tell `partners` what they counted as they stop, and it runs in this loop.
        gateways = stack.enter_context(ExitStack())

        def one() -> httpx.AsyncClient:
            url = gateways.enter_context(running_gateway(tokens, urls, contracts, answer_timeout=240.0, quota_timeout=240.0))
            return httpx.AsyncClient(timeout=240, base_url=url, headers={"Authorization": f"Bearer {token}"})

        yield one
        await asyncio.to_thread(gateways.close)


async def quota(partners: Running, **said: int | None) -> None:
    body = {"per_minute": None, "per_day": None, **said}
    await good(await keeper(partners).put(f"{ROOT}/organisations/ngo-one/clients/cases/quota", json=body, headers=ANY))


class TestQuota:
    async def test_two_gateways_allow_no_more_than_one_quota(self, start: Start, partners: Running, service: Service) -> None:
        await set_up(partners)
        await quota(partners, per_day=30)
        async with start() as one, start() as two:
            answers = [await client.get(SERVED) for _ in range(25) for client in (one, two)]
        allowed = [answer for answer in answers if answer.status_code == 200]
        refused = [answer for answer in answers if answer.status_code == 429]
        assert len(allowed) == len(service.seen) == 30
        assert len(refused) == 20
        assert refused[-1].json()["type"] == "urn:probashi:problem:quota-spent"
        assert int(refused[-1].headers["retry-after"]) > 60
        assert '"day";r=0;t=' in refused[-1].headers["ratelimit"]

    async def test_each_answer_says_what_is_left(self, start: Start, partners: Running) -> None:
        await set_up(partners)
        async with start() as client:
            answer = await client.get(SERVED)
        assert answer.headers["ratelimit-policy"] == '"minute";q=600;w=60, "day";q=100000;w=86400'
        assert '"day";r=99999;t=' in answer.headers["ratelimit"]

    async def test_what_it_asked_is_shown_to_it(self, start: Start, partners: Running) -> None:
        await set_up(partners)
        async with start() as client:
            for _ in range(3):
                await client.get(SERVED)
            await client.get(f"{SERVED}/refused")

            async def told() -> bool:
                hours = (await client.get("/v1/partners/usage")).json()["hours"]
                return bool(sum(hour["requests"] for hour in hours) >= 4 and sum(hour["client_errors"] for hour in hours) == 1)

            await until(told, expected=True)

    async def test_a_suspension_stops_it_at_every_service_but_where_it_reads_why(
        self, start: Start, partners: Running, service: Service
    ) -> None:
        await set_up(partners)
        async with start() as client:
            assert (await client.get(SERVED)).status_code == 200
            await good(await keeper(partners).post(f"{ROOT}/organisations/ngo-one/suspension", json={"reason": "leaked"}, headers=ANY))

            async def status() -> int:
                return (await client.get(SERVED)).status_code

            await until(status, 403)
            answer = await client.get(SERVED)
            assert (answer.json()["type"], answer.json()["reason"]) == ("urn:probashi:problem:program-stopped", "suspended")
            reached = len(service.seen)
            await client.get(SERVED)
            assert len(service.seen) == reached
            assert (await client.get("/v1/partners/usage")).status_code == 200

    async def test_a_person_has_no_quota(self, tokens: TokenIssuer, gateway: Callable[..., str]) -> None:
        async with httpx.AsyncClient(timeout=240, base_url=gateway()) as client:
            answer = await client.get("/v1/complaints", headers={"Authorization": f"Bearer {tokens.token('agent')}"})
        assert answer.status_code == 200
        assert "ratelimit" not in answer.headers

    async def test_partners_away_stops_nobody(self, tokens: TokenIssuer, gateway: Callable[..., str]) -> None:
        """Its identity provider gives it no token, as if it were away. A gateway of its own: it asks again and again."""
        token = tokens.token("partner", sub=MINE, azp=MINE)
        async with httpx.AsyncClient(timeout=240, base_url=gateway(max_cached=1)) as client:
            answer = await client.get(SERVED, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200
        assert "ratelimit" not in answer.headers


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def granting(granted: int, left: int, asked: list[dict[str, Any]], refusal: str | None = None) -> Callable[..., Any]:
    async def ask(said: Any) -> dict[str, Any]:
        asked.append(dict(said))
        windows = {"in_minute": {"limit": 60, "left": left, "resets_in": 30}, "in_day": {"limit": 900, "left": left, "resets_in": 500}}
        return {"granted": min(granted, said["wanted"]), "refusal": refusal, "minute": "m", "origins": [], **windows}

    return ask


class TestLeases:
    async def test_is_asked_for_again_when_it_ends_with_what_was_left_and_counted(self) -> None:
        asked: list[dict[str, Any]] = []
        clock = Clock()
        quotas = Quotas(granting(10, 50, asked), clock)
        for status in (200, 404, 503):
            await quotas.lease("a")
            quotas.take("a", to_partners=False)
            quotas.count("a", status)
        clock.now += LEASE_S
        await quotas.lease("a")
        assert len(asked) == 2
        assert asked[1] == {
            "client_id": "a",
            "wanted": 2,
            "counts": {"requests": 3, "client_errors": 1, "server_errors": 1},
            "unused": 7,
            "lease_of": "m",
        }

    async def test_one_that_is_used_up_early_is_asked_for_at_once(self) -> None:
        asked: list[dict[str, Any]] = []
        quotas = Quotas(granting(10, 50, asked), Clock())
        for _ in range(12):
            await quotas.lease("a")
            quotas.take("a", to_partners=False)
        assert [one["wanted"] for one in asked] == [10, 2]

    async def test_who_is_short_is_refused_without_asking_again(self) -> None:
        asked: list[dict[str, Any]] = []
        quotas = Quotas(granting(1, 0, asked), Clock())
        await quotas.lease("a")
        quotas.take("a", to_partners=False)
        waits = set()
        for _ in range(5):
            await quotas.lease("a")
            with pytest.raises(QuotaSpentError) as refused:
                quotas.take("a", to_partners=False)
            waits.add(refused.value.headers["Retry-After"])
        assert waits == {"500"}
        assert len(asked) == 1

    async def test_many_at_once_ask_once(self) -> None:
        asked: list[dict[str, Any]] = []
        quotas = Quotas(granting(10, 50, asked), Clock())
        await asyncio.gather(*(quotas.lease("a") for _ in range(10)))
        assert len(asked) == 1

    async def test_what_was_counted_while_partners_was_away_is_told_later(self) -> None:
        asked: list[dict[str, Any]] = []
        clock = Clock()
        is_away = True
        there = granting(10, 50, asked)

        async def ask(said: Any) -> Any:
            if is_away:
                raise AwayError
            return await there(said)

        quotas = Quotas(ask, clock)
        await quotas.lease("a")
        quotas.take("a", to_partners=False)
        quotas.count("a", 200)
        is_away = False
        clock.now += LEASE_S
        await quotas.tell()
        assert asked[0]["counts"] == {"requests": 1}
        await quotas.tell(everything=True)
        assert len(asked) == 1

    async def test_who_is_stopped_reaches_partners_only(self) -> None:
        quotas = Quotas(granting(0, 50, [], "suspended"), Clock())
        await quotas.lease("a")
        quotas.take("a", to_partners=True)
        with pytest.raises(ProgramStoppedError):
            quotas.take("a", to_partners=False)


class TestPages:
    async def test_one_that_the_program_named_may_ask_and_read(self, start: Start, partners: Running) -> None:
        await set_up(partners)
        at = f"{ROOT}/organisations/ngo-one/clients/cases/origins"
        await good(await person(partners).put(at, json={"origins": [PAGE]}, headers=ANY))
        async with start() as client:
            asked = {"Origin": PAGE, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
            before = await client.options(SERVED, headers=asked)
            answer = await client.get(SERVED, headers={"Origin": PAGE})
            strange = await client.get(SERVED, headers={"Origin": "https://evil.example"})
        assert (before.status_code, before.headers["access-control-allow-origin"]) == (204, PAGE)
        assert "Authorization" in before.headers["access-control-allow-headers"]
        assert answer.headers["access-control-allow-origin"] == PAGE
        assert "ETag" in answer.headers["access-control-expose-headers"]
        assert (strange.status_code, strange.json()["type"]) == (403, "urn:probashi:problem:origin-not-registered")
        assert "access-control-allow-origin" not in strange.headers

    async def test_a_page_that_nobody_named_is_refused_before_it_sends(self, gateway: Callable[..., str], service: Service) -> None:
        asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"}
        async with httpx.AsyncClient(timeout=240, base_url=gateway()) as client:
            answer = await client.options("/v1/complaints", headers=asked)
        assert answer.status_code == 403
        assert b"/v1/complaints" not in [one["target"] for one in service.seen]

    async def test_public_data_may_be_read_by_any_page(self, gateway: Callable[..., str]) -> None:
        async with httpx.AsyncClient(timeout=240, base_url=gateway()) as client:
            page = {"Origin": "https://anybody.example"}
            before = await client.options("/v1/framework/activities", headers={**page, "Access-Control-Request-Method": "GET"})
            answer = await client.get("/v1/framework/activities", headers=page)
        assert before.headers["access-control-allow-origin"] == "*"
        assert answer.headers["access-control-allow-origin"] == "*"

    async def test_a_person_s_token_opens_nothing_to_another_page(self, tokens: TokenIssuer, gateway: Callable[..., str]) -> None:
        headers = {"Authorization": f"Bearer {tokens.token('agent')}", "Origin": "https://anybody.example"}
        async with httpx.AsyncClient(timeout=240, base_url=gateway()) as client:
            answer = await client.get("/v1/complaints", headers=headers)
        assert "access-control-allow-origin" not in answer.headers

    async def test_what_was_known_holds_while_partners_is_away(self) -> None:
        clock, asked = Clock(), 0

        async def ask() -> list[str]:
            nonlocal asked
            asked += 1
            if asked > 1:
                raise AwayError
            return [PAGE]

        preflights = Preflights(ask, clock)
        await preflights.answer(PAGE, is_open=False)
        clock.now += KNOWN_FOR_S
        await preflights.answer(PAGE, is_open=False)
        with pytest.raises(OriginUnknownError):
            await preflights.answer("https://evil.example", is_open=False)
        assert asked == 2
