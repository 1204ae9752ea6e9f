"""The agencies API over HTTP, on a real database, with real tokens."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from contracts.complaints import ComplaintDecided, ComplaintLodged
from kit.auth import ROLES
from kit.bus import Bus
from kit.testing.days import day, today
from kit.testing.waiting import until
from runner.testing import Engines, Running, make_owner_engine

Lodged = Callable[..., bytes]
URL = "/v1/agencies"


def agency(**changes: Any) -> dict[str, Any]:
    return {
        "licence": "RL-0001",
        "name_en": "Shapla Overseas (fictional)",
        "name_bn": "শাপলা ওভারসিজ (কাল্পনিক)",
        "valid_until": day(400),
        "district": "BD-13",
        "deployed_last_year": 5000,
        **changes,
    }


async def register(running: Running, **changes: Any) -> dict[str, Any]:
    answer = await running.client("decider").post(URL, json=agency(**changes))
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def learn(running: Running, known: str, licence: str = "RL-0001") -> None:
    """Makes an agency known before it is registered."""
    async with running.sessions.begin() as session:
        await session.execute(text(known.format(licence=licence)))


async def found(running: Running, query: str) -> list[str]:
    answer = await running.client().get(URL, params={"query": query})
    assert answer.status_code == 200, answer.text
    return [item["licence"] for item in answer.json()["items"]]


@pytest.fixture
async def telling(engines: Engines) -> AsyncIterator[Bus]:
    """The complaints service's own connection, with which the tests tell of complaints."""
    bus = await Bus(engines.nats_url("complaints"), "complaints").connect()
    await bus.ensure_stream("complaints")
    yield bus
    await bus.close()


class TestRegister:
    async def test_answers_with_what_the_public_will_see(self, agencies: Running) -> None:
        answer = await agencies.client("decider").post(URL, json=agency())
        assert (answer.status_code, answer.headers["location"]) == (201, "/v1/agencies/RL-0001")
        receipt = answer.json()
        shown = (await agencies.client().get(answer.headers["location"])).json()
        assert {name: value for name, value in receipt.items() if name not in {"id", "registered_at"}} == shown
        assert next(iter(shown)) == "licensed"

    async def test_the_number_is_kept_in_one_form(self, agencies: Running) -> None:
        assert (await register(agencies, licence="rl no. ৭"))["licence"] == "RL-0007"

    async def test_tells_of_the_registration_and_of_the_class(self, agencies: Running, known_facts: str) -> None:
        await learn(agencies, known_facts)
        receipt = await register(agencies)
        async with agencies.sessions() as session:
            told = list(
                (await session.execute(text("select convert_from(envelope, 'utf8')::jsonb from outbox order by position"))).scalars()
            )
        assert [(one["type"].split(".")[-2], one["sequence"], one["subject"]) for one in told] == [
            ("registered", 1, receipt["id"]),
            ("classified", 2, receipt["id"]),
        ]
        assert (told[1]["data"]["class_code"], told[1]["data"]["previous_class_code"], told[1]["data"]["provisional"]) == ("B", None, True)

    async def test_that_nothing_is_known_yet_is_no_classification(self, agencies: Running) -> None:
        receipt = await register(agencies)
        assert receipt["class"] == "insufficient_data", "5,000 workers and not a word: silence is no good mark"
        assert await agencies.count("outbox") == 1

    async def test_a_licence_stands_in_the_register_once(self, agencies: Running) -> None:
        await register(agencies)
        again = await agencies.client("decider").post(URL, json=agency(licence="RL 1", name_en="Another"))
        assert (again.status_code, again.json()["type"]) == (409, "urn:probashi:problem:licence-already-registered")
        assert (await agencies.count("agency"), await agencies.count("outbox")) == (1, 1)

    async def test_registered_many_times_at_once_it_stands_there_once(self, agencies: Running) -> None:
        client = agencies.client("admin")
        answers = await asyncio.gather(*(client.post(URL, json=agency()) for _ in range(8)))
        assert sorted(one.status_code for one in answers) == [201] + [409] * 7
        assert await agencies.count("classification") == 1

    @pytest.mark.parametrize("role", [role for role in ROLES if role not in {"admin", "decider"}])
    async def test_nobody_else_may(self, agencies: Running, role: str) -> None:
        assert (await agencies.client(role, districts=["*"]).post(URL, json=agency())).status_code == 403
        assert await agencies.count("agency") == 0

    async def test_nor_a_stranger(self, agencies: Running) -> None:
        assert (await agencies.client().post(URL, json=agency())).status_code == 401


class TestIdempotency:
    async def test_the_same_post_twice_is_one_agency(self, agencies: Running) -> None:
        client, key = agencies.client("decider"), {"Idempotency-Key": str(uuid4())}
        first = await client.post(URL, json=agency(), headers=key)
        second = await client.post(URL, json=agency(), headers=key)
        assert (first.status_code, second.status_code) == (201, 201)
        assert first.json() == second.json()
        assert second.headers["idempotency-replayed"] == "true"

    async def test_the_same_key_with_another_body_is_refused(self, agencies: Running) -> None:
        client, key = agencies.client("decider"), {"Idempotency-Key": str(uuid4())}
        await client.post(URL, json=agency(), headers=key)
        other = await client.post(URL, json=agency(licence="RL-0002"), headers=key)
        assert (other.status_code, other.json()["type"]) == (422, "urn:probashi:problem:idempotency-key-reused")
        assert await agencies.count("agency") == 1


class TestBadInput:
    @pytest.mark.parametrize(
        ("changes", "pointer"),
        [
            ({"licence": "Shapla"}, "/licence"),
            ({"licence": "RL-0000"}, "/licence"),
            ({"licence": 1}, "/licence"),
            ({"licence": "1" * 41}, "/licence"),
            ({"name_en": ""}, "/name_en"),
            ({"name_en": "\u200b "}, "/name_en"),
            ({"name_en": "x" * 301}, "/name_en"),
            ({"name_bn": 7}, "/name_bn"),
            ({"status": "famous"}, "/status"),
            ({"valid_until": "tomorrow"}, "/valid_until"),
            ({"valid_until": "2026-02-30"}, "/valid_until"),
            ({"valid_until": 5}, "/valid_until"),
            ({"valid_until": "1795392000"}, "/valid_until"),
            ({"valid_until": None}, "/valid_until"),
            ({"district": "BD-65"}, "/district"),
            ({"district": "Dhaka"}, "/district"),
            ({"deployed_last_year": -1}, "/deployed_last_year"),
            ({"deployed_last_year": 10_000_001}, "/deployed_last_year"),
            ({"deployed_last_year": 1.5}, "/deployed_last_year"),
            ({"deployed_last_year": "many"}, "/deployed_last_year"),
            ({"class": "A"}, "/class"),
        ],
    )
    async def test_says_what_to_mend_in_both_languages(self, agencies: Running, changes: dict[str, Any], pointer: str) -> None:
        client = agencies.client("decider")
        english = await client.post(URL, json=agency(**changes))
        bangla = await client.post(URL, json=agency(**changes), headers={"Accept-Language": "bn"})
        for answer in (english, bangla):
            assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
            assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
        assert english.json()["errors"][0]["detail"].isascii()
        assert any("\u0980" <= letter <= "\u09ff" for letter in bangla.json()["errors"][0]["detail"])
        assert await agencies.count("agency") == 0

    @pytest.mark.parametrize(
        "body",
        [b"{", b"", b"[]", b"\xff\xfe\x00", b'{"a":' * 200_000, b'{"name_en": "\\ud800"}', b'{"deployed_last_year": NaN}'],
        ids=["broken", "empty", "list", "no-utf8", "deep", "surrogate", "nan"],
    )
    async def test_bytes_that_are_no_agency(self, agencies: Running, body: bytes) -> None:
        answer = await agencies.client("decider").post(URL, content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code in {400, 413, 422}
        assert answer.headers["content-type"] == "application/problem+json"

    async def test_names_that_no_index_takes_as_they_are(self, agencies: Running) -> None:
        """A word of 300 letters that unfold to six each would be longer than PostgreSQL's lexemes may be."""
        for number, name in enumerate(["\u3316" * 300, "ﷺ" * 300, "-" * 300, "' & | ! :* \\", "a\u0000b"], start=1):
            await register(agencies, licence=f"RL-{number}", name_en=name)
            assert isinstance(await found(agencies, name[:100]), list)


class TestLookUp:
    async def test_licensed_or_not_is_the_first_line(self, agencies: Running, known_facts: str) -> None:
        await learn(agencies, known_facts)
        await register(agencies, licence="RL-0001")
        await register(agencies, licence="RL-0002", valid_until=day(-1))
        await register(agencies, licence="RL-0003", status="suspended")
        await register(agencies, licence="RL-0004", status="cancelled")
        await register(agencies, licence="RL-0005", deployed_last_year=99)
        items = (await agencies.client().get(URL)).json()["items"]
        assert [next(iter(item)) for item in items] == ["licensed"] * 5
        assert [(item["licensed"], item["status"], item["class"]) for item in items] == [
            (True, "valid", "B"),
            (False, "expired", "not_licensed"),
            (False, "suspended", "not_licensed"),
            (False, "cancelled", "not_licensed"),
            (True, "valid", "insufficient_data"),
        ]
        assert items[2]["status_label"] == {
            "en": "Licence suspended: may not recruit",
            "bn": "লাইসেন্স স্থগিত: কর্মী নিয়োগ করতে পারে না",
        }

    async def test_a_licence_holds_on_its_last_day(self, agencies: Running) -> None:
        assert (await register(agencies, valid_until=day(0)))["licensed"] is True

    async def test_the_class_is_explained_and_says_what_it_is_not(self, agencies: Running, known_facts: str) -> None:
        await learn(agencies, known_facts)
        shown = await register(agencies)
        assert "not those of the law" in shown["notice"]["en"]
        assert shown["explanation"]["rule_set"] == {"name": "illustrative", "version": "2026.2"}
        assert all(gate["met"] for gate in shown["explanation"]["gates"])
        assert shown["explanation"]["reasons"][0]["bn"] == "শ্রেণি খ শুরু হয় ১০০-এর মধ্যে ৬৫ নম্বর থেকে, শ্রেণি ক শুরু হয় ৮০ থেকে।"
        assert shown["class_label"] == {"en": "Class B", "bn": "শ্রেণি খ"}
        assert (shown["class_basis"], shown["published"], shown["provisional"]["class"]) == ("provisional", None, "B")
        assert {one["code"] for one in shown["explanation"]["criteria"] if one["value"] is not None} == set()

    @pytest.mark.parametrize("written", ["RL-0001", "rl 1", "RL%20No.%201", quote("আরএল ০০০১"), "1"])
    async def test_the_number_may_be_written_as_people_do(self, agencies: Running, written: str) -> None:
        await register(agencies)
        assert (await agencies.client().get(f"{URL}/{written}")).json()["licence"] == "RL-0001"

    async def test_an_unknown_number_warns_whoever_is_about_to_pay(self, agencies: Running) -> None:
        answer = await agencies.client().get(f"{URL}/RL-9999", headers={"Accept-Language": "bn"})
        assert (answer.status_code, answer.json()["type"]) == (404, "urn:probashi:problem:unknown-licence")
        assert "টাকা দেবেন না" in answer.json()["title"]

    @pytest.mark.parametrize("written", ["nonsense", "%00", "RL-123456", "%ff%fe", "x" * 50, "RL-1'--"])
    async def test_what_is_no_number(self, agencies: Running, written: str) -> None:
        answer = await agencies.client().get(f"{URL}/{written}")
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


class TestSearch:
    @pytest.fixture
    async def three(self, agencies: Running) -> Running:
        await register(agencies, licence="RL-0001")
        await register(agencies, licence="RL-0002", name_en="Jamuna Travels (fictional)", name_bn="যমুনা ট্রাভেলস (কাল্পনিক)")
        await register(agencies, licence="RL-0120", name_en="Meghna Overseas (fictional)", name_bn=None)
        return agencies

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("shapla", ["RL-0001"]),
            ("SHAP over", ["RL-0001"]),
            ("শাপলা", ["RL-0001"]),
            ("সাপলা", ["RL-0001"]),
            ("জমুনা", ["RL-0002"]),
            ("যমুনা", ["RL-0002"]),
            ("overseas", ["RL-0001", "RL-0120"]),
            ("RL-0120", ["RL-0120"]),
            ("১২০", ["RL-0120"]),
            ("rl no 2", ["RL-0002"]),
            ("hapla", []),
            ("shapla jamuna", []),
            ("'; drop table agency; --", []),
            ("%", []),
            ("!!", []),
            ("  ", ["RL-0001", "RL-0002", "RL-0120"]),
        ],
    )
    async def test_in_both_scripts_and_by_number(self, three: Running, query: str, expected: list[str]) -> None:
        assert await found(three, query) == expected

    async def test_pages_neither_repeat_nor_skip(self, agencies: Running) -> None:
        registered = [(await register(agencies, licence=f"RL-{number}"))["licence"] for number in range(1, 8)]
        seen, address = [], f"{URL}?limit=3&query=overseas"
        while address:
            page = (await agencies.client().get(address)).json()
            seen += [item["licence"] for item in page["items"]]
            address = page["next"]
        assert seen == registered

    async def test_a_forged_cursor_and_a_greedy_limit(self, agencies: Running) -> None:
        for query in ("cursor=abc", "limit=201", "limit=0", "query=" + "x" * 101):
            assert (await agencies.client().get(f"{URL}?{query}")).status_code == 422, query


class TestEvidence:
    async def test_changes_what_the_public_sees_but_never_shows_a_complaint(
        self, agencies: Running, telling: Bus, decided: Lodged, known_facts: str
    ) -> None:
        await learn(agencies, known_facts)
        await register(agencies)
        client = agencies.client()

        async def shown() -> tuple[Any, ...]:
            body = (await client.get(f"{URL}/RL-0001")).json()
            return body["class"], body["explanation"]["points"], body["complaints"]["count"], body["complaints"]["fewer_than"]

        assert await shown() == ("B", None, None, 5)
        for _ in range(4):
            await telling.jetstream.publish(ComplaintDecided.nats_subject(), decided())
        await until(lambda: agencies.count("agency_fact"), 66)
        assert await shown() == ("B", None, None, 5)
        for _ in range(56):
            await telling.jetstream.publish(ComplaintDecided.nats_subject(), decided())
        await until(shown, ("C", None, 60, None))
        body = (await client.get(f"{URL}/RL-0001")).text
        assert "wages" not in body
        assert '"SA"' not in body

    async def test_does_not_tell_the_hour_at_which_somebody_complained(self, agencies: Running, telling: Bus, decided: Lodged) -> None:
        """An agency that reads its own page each minute would else know whom it saw go to the office that hour."""
        await register(agencies, deployed_last_year=100)
        client = agencies.client()
        before = (await client.get(f"{URL}/RL-0001")).json()
        for _ in range(2):
            await telling.jetstream.publish(ComplaintDecided.nats_subject(), decided())
        await until(lambda: agencies.count("agency_fact"), 2)
        after = (await client.get(f"{URL}/RL-0001")).json()
        assert after == before
        assert [after["explanation"][name] for name in ("since", "computed_at")] == [f"{today()}T00:00:00+06:00"] * 2

    async def test_is_summed_up_for_those_who_watch(self, agencies: Running, telling: Bus, lodged: Lodged) -> None:
        await register(agencies)
        for message in (lodged(), lodged(respondent_licence="RL-0999"), lodged(respondent_kind=None, respondent_licence=None)):
            await telling.jetstream.publish(ComplaintLodged.nats_subject(), message)
        await until(lambda: agencies.count("evidence"), 3)
        for role in ("supervisor", "decider", "analyst", "admin", "service"):
            answer = await agencies.client(role).get(f"{URL}/evidence/summary")
            assert answer.json() == {"complaints": 3, "linked": 1}

    @pytest.mark.parametrize("role", [role for role in ROLES if role not in {"supervisor", "decider", "analyst", "admin", "service"}])
    async def test_is_summed_up_for_nobody_else(self, agencies: Running, role: str) -> None:
        assert (await agencies.client(role, licence=["*"]).get(f"{URL}/evidence/summary")).status_code == 403

    async def test_cannot_be_unmade_by_the_role_that_runs(self, agencies: Running) -> None:
        for statement in ("delete from evidence", "update evidence set licence = null", "delete from classification", "delete from agency"):
            async with agencies.sessions() as session:
                with pytest.raises(Exception, match="permission denied"):
                    await session.execute(text(statement))


class TestMidnight:
    async def test_the_timer_that_is_due_computes_the_register_again(self, agencies: Running) -> None:
        await register(agencies)
        async with make_owner_engine(agencies) as owner, owner.begin() as connection:
            await connection.execute(text("update agency set valid_until = date '2020-01-01'"))
            await connection.execute(text("update timer set due = now(), next_try = now()"))
            await connection.execute(text("select pg_notify('timer', '')"))

        async def computed() -> str:
            async with agencies.sessions() as session:
                return str((await session.execute(text("select class_code from classification where until is null"))).scalar_one())

        await until(computed, "not_licensed")


class TestHealth:
    async def test_ready_says_what_it_looked_at(self, agencies: Running) -> None:
        answer: httpx.Response = await agencies.client().get("/readyz")
        assert (answer.status_code, answer.json()) == (200, {"checks": {"keys": "ok", "database": "ok", "nats": "ok"}})
