"""How much a program may ask, shared out to any number of gateways, and what it did ask."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.testing import Running
from services.partners.quotas.rules import Quota, Taken, day_of, minute_of, origin_of, seconds_left
from services.partners.tests.test_organisations import ANY, ROOT, good, keeper, person, program, refused, set_up

MINE: Final = "partner-ngo-one--cases"
NOON: Final = datetime(2026, 3, 4, 12, 0, 30, tzinfo=UTC)


def gateway(partners: Running) -> httpx.AsyncClient:
    return partners.client("service", sub="gateway", azp="svc-gateway")


async def leased(partners: Running, wanted: int = 10, **said: Any) -> dict[str, Any]:
    return await good(await gateway(partners).post(f"{ROOT}/leases", json={"client_id": MINE, "wanted": wanted, **said}), 201)


async def quota(partners: Running, per_minute: int | None, per_day: int | None = None) -> None:
    body = {"per_minute": per_minute, "per_day": per_day}
    await good(await keeper(partners).put(f"{ROOT}/organisations/ngo-one/clients/cases/quota", json=body, headers=ANY))


class TestSharing:
    @given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(0, 50)), max_size=40))
    def test_no_number_of_gateways_is_given_more_than_the_quota(self, asked: list[tuple[int, int, int]]) -> None:
        """Each uses some of its lease and gives the rest back; what was used in one minute never passes the quota."""
        some, now, taken = Quota(25, 60), NOON, Taken.none(NOON)
        used: dict[datetime, int] = {}
        for wanted, unused, seconds in asked:
            now += timedelta(seconds=seconds)
            taken, granted = taken.at(now).granted(wanted, some)
            back = min(unused, granted)
            taken = taken.given_back(back, minute_of(now))
            used[minute_of(now)] = used.get(minute_of(now), 0) + granted - back
        assert all(count <= 25 for count in used.values())
        assert sum(used.values()) <= 60

    def test_a_new_minute_begins_with_all_of_it_and_the_day_goes_on(self) -> None:
        taken, granted = Taken.none(NOON).granted(30, Quota(25, 40))
        assert granted == 25
        later = taken.at(NOON + timedelta(seconds=30))
        assert later.granted(30, Quota(25, 40))[1] == 15

    def test_the_day_is_dhakas(self) -> None:
        assert day_of(datetime(2026, 3, 4, 17, 59, tzinfo=UTC)) == datetime(2026, 3, 3, 18, 0, tzinfo=UTC)
        assert day_of(datetime(2026, 3, 4, 18, 0, tzinfo=UTC)) == datetime(2026, 3, 4, 18, 0, tzinfo=UTC)

    def test_what_a_minute_that_is_over_left_comes_back_to_the_day_only(self) -> None:
        taken, _ = Taken.none(NOON).granted(20, Quota(25, 40))
        next_minute = taken.at(NOON + timedelta(seconds=30)).granted(5, Quota(25, 40))[0].given_back(8, minute_of(NOON))
        assert (next_minute.in_minute, next_minute.in_day) == (5, 17)

    def test_nobody_is_told_to_wait_no_time_at_all(self) -> None:
        assert seconds_left(NOON, timedelta(minutes=1), NOON + timedelta(minutes=2)) == 1

    @pytest.mark.parametrize(
        "written", ["https://cases.example.org", "https://cases.example.org:8443", "http://localhost:3000", "HTTPS://Cases.Example.Org"]
    )
    def test_an_origin_is_what_a_browser_sends(self, written: str) -> None:
        assert origin_of(written) == written.lower()

    @pytest.mark.parametrize(
        "written",
        ["*", "null", "", "http://cases.example.org", "https://cases.example.org/", "https://a.example/path", "https://u:p@a.example",
         "https://a.example:99999", "https://", "javascript:alert(1)", "https://a.example?x=1", "https://[::1"],
    )  # fmt: skip
    def test_anything_else_is_none(self, written: str) -> None:
        assert origin_of(written) is None


class TestLeases:
    async def test_what_is_left_is_handed_out_until_nothing_is(self, partners: Running) -> None:
        await set_up(partners)
        await quota(partners, 25, 1000)
        given = [(await leased(partners))["granted"] for _ in range(4)]
        # A minute may end between two of them: then there is more again, and never more than that.
        assert given[:2] == [10, 10]
        assert sum(given) in {25, 30, 35, 40}

    async def test_what_was_not_used_comes_back(self, partners: Running) -> None:
        await set_up(partners)
        await quota(partners, None, 20)
        first = await leased(partners, 20)
        assert (first["granted"], first["in_day"]["left"]) == (20, 0)
        again = await leased(partners, 20, unused=12, lease_of=first["minute"])
        assert again["granted"] == 12

    async def test_two_gateways_at_once_are_not_given_the_same(self, partners: Running) -> None:

        await set_up(partners)
        await quota(partners, None, 35)
        given = await asyncio.gather(*(leased(partners, 10) for _ in range(8)))
        assert sum(one["granted"] for one in given) == 35

    async def test_a_suspension_refuses_from_the_next_lease_on(self, partners: Running) -> None:
        await set_up(partners)
        assert (await leased(partners))["refusal"] is None
        await good(await keeper(partners).post(f"{ROOT}/organisations/ngo-one/suspension", json={"reason": "leaked"}, headers=ANY))
        stopped = await leased(partners)
        assert (stopped["refusal"], stopped["granted"]) == ("suspended", 0)

    async def test_who_is_no_partner_is_given_nothing(self, partners: Running) -> None:
        answer = await good(await gateway(partners).post(f"{ROOT}/leases", json={"client_id": "partner-nobody--x", "wanted": 5}), 201)
        assert (answer["refusal"], answer["granted"]) == ("not-a-partner", 0)

    async def test_only_the_gateway_is_given_any(self, partners: Running) -> None:
        await set_up(partners)
        other = partners.client("service", sub="other", azp="svc-crisis")
        await refused(await other.post(f"{ROOT}/leases", json={"client_id": MINE, "wanted": 1}), 403, "forbidden")
        await refused(await program(partners).post(f"{ROOT}/leases", json={"client_id": MINE, "wanted": 1}), 403, "forbidden")
        await refused(await program(partners).get(f"{ROOT}/origins"), 403, "forbidden")


class TestUse:
    async def test_the_program_and_its_people_see_what_it_asked(self, partners: Running) -> None:
        await set_up(partners)
        counts = {"requests": 7, "refused": 1, "client_errors": 2, "server_errors": 1}
        await leased(partners, counts=counts)
        await leased(partners, counts=counts)
        own = await good(await program(partners).get(f"{ROOT}/usage"))
        hours = own["hours"]
        assert {name: sum(hour[name] for hour in hours) for name in counts} == {name: 2 * count for name, count in counts.items()}
        assert own["in_day"]["limit"] == 100_000
        seen = await good(await person(partners).get(f"{ROOT}/organisations/ngo-one/usage"))
        assert [one["client_id"] for one in seen["items"]] == [MINE]
        await refused(await person(partners, "ngo-two").get(f"{ROOT}/organisations/ngo-one/usage"), 404, "not-found")

    async def test_a_suspended_program_sees_it_too(self, partners: Running) -> None:
        await set_up(partners)
        await good(await keeper(partners).post(f"{ROOT}/organisations/ngo-one/suspension", json={"reason": "leaked"}, headers=ANY))
        await good(await program(partners).get(f"{ROOT}/usage"))


class TestOrigins:
    AT: Final = f"{ROOT}/organisations/ngo-one/clients/cases/origins"

    async def test_a_steward_names_them_and_the_gateway_learns_them(self, partners: Running) -> None:
        await set_up(partners)
        said = {"origins": ["https://Cases.example.org", "http://localhost:3000"]}
        client = await good(await person(partners).put(self.AT, json=said, headers=ANY))
        assert client["origins"] == ["http://localhost:3000", "https://cases.example.org"]
        assert (await good(await gateway(partners).get(f"{ROOT}/origins")))["items"] == client["origins"]
        assert (await leased(partners))["origins"] == client["origins"]

    async def test_those_of_a_paused_program_are_not_told(self, partners: Running) -> None:
        await set_up(partners)
        await good(await person(partners).put(self.AT, json={"origins": ["https://cases.example.org"]}, headers=ANY))
        await good(await person(partners).put(f"{ROOT}/organisations/ngo-one/clients/cases", json={"state": "paused"}, headers=ANY))
        assert (await good(await gateway(partners).get(f"{ROOT}/origins")))["items"] == []

    async def test_another_organisation_names_none_here(self, partners: Running) -> None:
        await set_up(partners)
        await set_up(partners, "ngo-two")
        await refused(await person(partners, "ngo-two").put(self.AT, json={"origins": []}, headers=ANY), 404, "not-found")

    async def test_a_path_is_no_origin(self, partners: Running) -> None:
        await set_up(partners)
        answer = await person(partners).put(self.AT, json={"origins": ["https://cases.example.org/app"]}, headers=ANY)
        await refused(answer, 422, "invalid")

    async def test_only_a_keeper_sets_a_quota_and_an_old_version_is_refused(self, partners: Running) -> None:
        await set_up(partners)
        at = f"{ROOT}/organisations/ngo-one/clients/cases/quota"
        body = {"per_minute": 5, "per_day": None}
        await refused(await person(partners).put(at, json=body, headers=ANY), 403, "forbidden")
        await refused(await keeper(partners).put(at, json=body, headers={"If-Match": '"7"'}), 412, "stale-version")
        assert (await good(await keeper(partners).put(at, json=body, headers=ANY)))["per_minute"] == 5
