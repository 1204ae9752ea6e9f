"""The reintegration API over HTTP, on a real database, with real tokens."""

import asyncio
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from contracts.days import DHAKA
from contracts.reintegration import CaseOpened, ReturneeRegistered
from kit.auth import ROLES
from kit.testing.days import day
from kit.testing.waiting import until
from runner.testing import Running
from services.reintegration.schemas import LISTS

URL = "/v1/returnees"
DESKS = ("supervisor", "demo", "ngo", "udc", "airport", "wewb", "wing")
RETURNEE: dict[str, Any] = {
    "name": "Abdul Karim (fictional)",
    "name_bn": "আব্দুল করিম (কাল্পনিক)",
    "phone": "০১৭১২৩৪৫৬৭৮",
    "sex": "male",
    "age_band": "25_34",
    "district": "BD-08",
    "country": "LY",
    "returned_on": "2026-11-02",
    "return_reason": "evacuated",
    "documents": [{"kind": "out_pass", "number": "OP-77/2026"}, {"kind": "nid"}],
}
CASE: dict[str, Any] = {"needs": ["job", "loan"], "consent": {"purpose": "services", "granted": True}}


def returnee(**changes: Any) -> dict[str, Any]:
    return {**RETURNEE, **changes}


def demo(running: Running, district: str = "BD-08", sub: str = "demo") -> httpx.AsyncClient:
    return running.client("demo", sub=sub, districts=[district])


async def register(client: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    answer = await client.post(URL, json=returnee(**changes))
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def open_case(client: httpx.AsyncClient, who: str, **changes: Any) -> httpx.Response:
    return await client.post(f"{URL}/{who}/cases", json={**CASE, **changes})


async def told(running: Running) -> list[dict[str, Any]]:
    async with running.sessions() as session:
        return list((await session.execute(text("select convert_from(envelope, 'utf8')::jsonb from outbox order by position"))).scalars())


async def accesses(running: Running) -> list[tuple[Any, ...]]:
    async with running.sessions() as session:
        return [tuple(row) for row in await session.execute(text("select caller, purpose, record::text from access_log order by at, id"))]


class TestRegister:
    async def test_answers_with_what_the_person_takes_home(self, reintegration: Running) -> None:
        answer = await demo(reintegration).post(URL, json=RETURNEE)
        receipt = answer.json()
        assert receipt["reference"].startswith("R-")
        assert answer.headers["location"] == f"{URL}/{receipt['reference']}"
        assert set(receipt) == {"id", "reference", "registered_at", "next_step", "urgent", "matches", "notes"}
        assert "রেফারেন্স নম্বর" in receipt["next_step"]["bn"]

    async def test_the_record_and_its_event_are_one(self, reintegration: Running) -> None:
        receipt = await register(demo(reintegration))
        (event,) = await told(reintegration)
        assert (event["type"], event["subject"], event["sequence"]) == (ReturneeRegistered.type, receipt["id"], 1)
        assert ReturneeRegistered.model_validate(event["data"]) == ReturneeRegistered(
            district="BD-08",
            country="LY",
            sex="male",
            age_band="25_34",
            reason="evacuated",
            returned_on=date(2026, 11, 2),
            registered_at=datetime.fromisoformat(receipt["registered_at"]),
        )

    async def test_nothing_personal_is_in_an_event_or_in_plain_text_at_rest(self, reintegration: Running) -> None:
        client = demo(reintegration)
        receipt = await register(client)
        await open_case(client, receipt["id"])
        personal = ("Karim", "করিম", "1712345678", "OP-77", "OP772026")
        for table in ("returnee", "returnee_document", "reintegration_case", "outbox"):
            stored = await reintegration.raw(table)
            assert stored
            assert [one for one in personal if one.encode() in stored] == []

    async def test_nobody_is_turned_away_for_lacking_a_paper(self, reintegration: Running) -> None:
        bare = {"name": "রহিমা", "sex": "unknown", "age_band": "unknown"}
        where = {"district": "BD-60", "country": "SA", "returned_on": day(0), "return_reason": "other"}
        answer = await reintegration.client("udc").post(URL, json=bare | where)
        assert answer.status_code == 201
        await register(demo(reintegration), documents=[{"kind": "other"}], phone=None, name_bn=None)

    async def test_a_phone_of_the_country_that_was_left_is_taken(self, reintegration: Running) -> None:
        client = demo(reintegration)
        receipt = await register(client, phone="+218 91 234 5678")
        assert (await client.get(f"{URL}/{receipt['id']}")).json()["phone"] == "+218912345678"

    @pytest.mark.parametrize("role", DESKS)
    async def test_every_desk_may(self, reintegration: Running, role: str) -> None:
        await register(reintegration.client(role))

    @pytest.mark.parametrize("role", [role for role in ROLES if role not in DESKS])
    async def test_nobody_else_may_do_or_see_anything(self, reintegration: Running, role: str) -> None:
        receipt = await register(demo(reintegration))
        client = reintegration.client(role, districts=["*"], countries=["*"], org=["*"])
        answers = [
            await client.post(URL, json=RETURNEE),
            await client.get(URL),
            await client.get(f"{URL}/{receipt['reference']}"),
            await open_case(client, receipt["reference"]),
            await client.post(f"{URL}/search", json={"phone": "01712345678"}),
        ]
        assert [answer.status_code for answer in answers] == [403] * 5

    async def test_nor_a_stranger(self, reintegration: Running) -> None:
        client = reintegration.client()
        assert (await client.post(URL, json=RETURNEE)).status_code == 401
        assert (await client.get(URL)).status_code == 401


class TestIdempotency:
    async def test_the_same_post_twice_is_one_returnee(self, reintegration: Running) -> None:
        client, key = demo(reintegration), {"Idempotency-Key": str(uuid4())}
        first = await client.post(URL, json=RETURNEE, headers=key)
        second = await client.post(URL, json=RETURNEE, headers=key)
        assert (first.status_code, second.status_code, first.json()) == (201, 201, second.json())
        assert second.headers["idempotency-replayed"] == "true"
        assert (await reintegration.count("returnee"), await reintegration.count("outbox")) == (1, 1)

    async def test_the_same_key_with_another_body_is_refused(self, reintegration: Running) -> None:
        client, key = demo(reintegration), {"Idempotency-Key": str(uuid4())}
        await client.post(URL, json=RETURNEE, headers=key)
        other = await client.post(URL, json=returnee(country="SA"), headers=key)
        assert (other.status_code, other.json()["type"]) == (422, "urn:probashi:problem:idempotency-key-reused")
        assert await reintegration.count("returnee") == 1

    async def test_the_same_case_twice_is_one_case_and_no_conflict(self, reintegration: Running) -> None:
        client, key = demo(reintegration), {"Idempotency-Key": str(uuid4())}
        receipt = await register(client)
        answers = [await client.post(f"{URL}/{receipt['id']}/cases", json=CASE, headers=key) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [201, 201]
        assert answers[0].json() == answers[1].json()
        assert await reintegration.count("reintegration_case") == 1


class TestBadInput:
    @pytest.mark.parametrize(
        ("changes", "pointer"),
        [
            ({"name": ""}, "/name"),
            ({"name": None}, "/name"),
            ({"name": "ক" * 301}, "/name"),
            ({"name_bn": 7}, "/name_bn"),
            ({"phone": "call me"}, "/phone"),
            ({"phone": "0171"}, "/phone"),
            ({"sex": "m"}, "/sex"),
            ({"age_band": "34"}, "/age_band"),
            ({"district": "BD-99"}, "/district"),
            ({"country": "XX"}, "/country"),
            ({"country": "BD"}, "/country"),
            ({"returned_on": "1969-12-31"}, "/returned_on"),
            ({"returned_on": "2026-02-30"}, "/returned_on"),
            ({"returned_on": "last week"}, "/returned_on"),
            ({"returned_on": 20260101}, "/returned_on"),
            ({"returned_on": None}, "/returned_on"),
            ({"return_reason": "bored"}, "/return_reason"),
            ({"return_reason": None}, "/return_reason"),
            ({"documents": [{"kind": "visa"}]}, "/documents/0/kind"),
            ({"documents": [{"kind": "nid", "number": ""}]}, "/documents/0/number"),
            ({"documents": [{"kind": "nid", "number": "1" * 61}]}, "/documents/0/number"),
            ({"documents": [{"kind": "nid"}] * 11}, "/documents"),
            ({"documents": "none"}, "/documents"),
            ({"surprise": 1}, "/surprise"),
        ],
    )
    async def test_says_what_to_mend_in_both_languages(self, reintegration: Running, changes: dict[str, Any], pointer: str) -> None:
        client = demo(reintegration)
        english = await client.post(URL, json=returnee(**changes))
        bangla = await client.post(URL, json=returnee(**changes), headers={"Accept-Language": "bn-BD"})
        both_ways(english, bangla, pointer)
        assert await reintegration.count("returnee") == 0

    async def test_nobody_came_home_tomorrow(self, reintegration: Running) -> None:
        answer = await demo(reintegration).post(URL, json=returnee(returned_on=day(1)))
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/returned_on")

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({"needs": []}, "/needs"),
            ({"needs": ["gold"]}, "/needs/0"),
            ({"needs": ["job"] * 99}, "/needs"),
            ({"needs": "job"}, "/needs"),
            ({}, "/needs"),
            ({"needs": ["job"], "consent": {"purpose": "sale", "granted": True}}, "/consent/purpose"),
            ({"needs": ["job"], "consent": {"purpose": "services"}}, "/consent/granted"),
            ({"needs": ["job"], "consent": {"purpose": "services", "granted": "perhaps"}}, "/consent/granted"),
            ({"needs": ["job"], "status": "closed"}, "/status"),
        ],
    )
    async def test_of_a_case_too(self, reintegration: Running, body: dict[str, Any], pointer: str) -> None:
        client = demo(reintegration)
        address = f"{URL}/{(await register(client))['reference']}/cases"
        english, bangla = await client.post(address, json=body), await client.post(address, json=body, headers={"Accept-Language": "bn"})
        both_ways(english, bangla, pointer)
        assert await reintegration.count("reintegration_case") == 0

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({}, ""),
            ({"phone": "01712345678", "document": "AB1"}, ""),
            ({"phone": "nobody"}, "/phone"),
            ({"document": ""}, "/document"),
            ({"name": "Karim"}, "/name"),
        ],
    )
    async def test_of_a_search_too(self, reintegration: Running, body: dict[str, Any], pointer: str) -> None:
        client = demo(reintegration)
        english = await client.post(f"{URL}/search", json=body)
        both_ways(english, await client.post(f"{URL}/search", json=body, headers={"Accept-Language": "bn"}), pointer)

    @pytest.mark.parametrize(
        "body",
        [b"{", b"", b"[]", b"\xff\xfe\x00", b'{"a":' * 200_000, b'{"name": "\\ud800"}', b'{"name": NaN}'],
        ids=["broken", "empty", "list", "no-utf8", "deep", "surrogate", "nan"],
    )
    async def test_bytes_that_are_no_returnee(self, reintegration: Running, body: bytes) -> None:
        for address in (URL, f"{URL}/search", f"{URL}/{uuid4()}/cases"):
            answer = await demo(reintegration).post(address, content=body, headers={"Content-Type": "application/json"})
            assert answer.status_code in {400, 413, 422}, address
            assert answer.headers["content-type"] == "application/problem+json"

    async def test_ten_megabytes(self, reintegration: Running) -> None:
        assert (await demo(reintegration).post(URL, json=returnee(name="x" * 10_000_000))).status_code == 413

    async def test_a_script_in_a_name_stays_text(self, reintegration: Running) -> None:
        client = demo(reintegration)
        receipt = await register(client, name="<script>alert(1)</script>\u0000\u202e", name_bn="'; drop table returnee; --")
        answer = await client.get(f"{URL}/{receipt['reference']}")
        assert (answer.json()["name"], answer.headers["content-type"]) == ("<script>alert(1)</script>", "application/json")

    @pytest.mark.parametrize("who", ["R-0000-0001", "nonsense", "R-" + "9" * 30, "%00", "১২৩", "C-7K3M-92QX", "%ff"])
    async def test_a_strangers_reference(self, reintegration: Running, who: str) -> None:
        client = demo(reintegration)
        for answer in (await client.get(f"{URL}/{who}"), await open_case(client, who)):
            assert answer.status_code in {404, 422}
            assert answer.headers["content-type"] == "application/problem+json"


def both_ways(english: httpx.Response, bangla: httpx.Response, pointer: str) -> None:
    for answer in (english, bangla):
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
        assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
    assert english.json()["errors"][0]["detail"].isascii()
    assert any("\u0980" <= letter <= "\u09ff" for letter in bangla.json()["errors"][0]["detail"])


class TestOpenCase:
    @pytest.mark.parametrize("by", ["id", "reference"])
    async def test_by_id_or_by_reference(self, reintegration: Running, by: str) -> None:
        client = demo(reintegration)
        receipt = await register(client, returned_on="2020-04-01")
        answer = await open_case(client, receipt[by])
        case = answer.json()
        assert (answer.status_code, answer.headers["location"]) == (201, f"{URL}/{receipt['reference']}")
        assert case["reference"].startswith("K-")
        assert case["status_label"] == {"en": "Open", "bn": "চলমান"}
        registered_on = datetime.fromisoformat(receipt["registered_at"]).astimezone(DHAKA).date()
        assert case["plan_due"] == (registered_on + timedelta(days=30)).isoformat()
        assert "তারিখের মধ্যে" in case["next_step"]["bn"]

    async def test_tells_of_needs_and_of_no_person(self, reintegration: Running) -> None:
        client = demo(reintegration)
        receipt = await register(client)
        case = (await open_case(client, receipt["id"], needs=["loan", "job", "loan"])).json()
        event = (await told(reintegration))[1]
        assert (event["type"], event["subject"], event["sequence"]) == (CaseOpened.type, case["id"], 1)
        assert (event["data"]["needs"], event["data"]["district"]) == (["loan", "job"], "BD-08")
        assert receipt["id"] not in str(event)

    async def test_a_second_one_is_refused_and_names_the_first(self, reintegration: Running) -> None:
        client = demo(reintegration)
        receipt = await register(client)
        first = (await open_case(client, receipt["id"])).json()
        second = await client.post(f"{URL}/{receipt['id']}/cases", json=CASE, headers={"Accept-Language": "bn"})
        assert (second.status_code, second.json()["type"]) == (409, "urn:probashi:problem:case-already-open")
        assert second.json()["case"] == first["reference"]
        assert "একটির বেশি কেস" in second.json()["title"]

    async def test_opened_twice_at_the_same_moment_there_is_one(self, reintegration: Running) -> None:
        """Both wait for the returnee, which the test holds, and neither has looked for an open case yet."""
        client = demo(reintegration)
        receipt = await register(client)
        waiting = text("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")

        async def held() -> object:
            async with reintegration.sessions() as watching:
                return (await watching.execute(waiting)).scalar_one()

        async with asyncio.TaskGroup() as group, reintegration.sessions.begin() as holding:
            await holding.execute(text("select 1 from returnee for update"))
            tasks = [group.create_task(open_case(client, receipt["id"])) for _ in range(2)]
            await until(held, 2)
        assert sorted(task.result().status_code for task in tasks) == [201, 409]
        assert await reintegration.count("reintegration_case") == 1

    async def test_after_the_first_is_closed_another_may_be_opened(self, reintegration: Running) -> None:
        client = demo(reintegration)
        receipt = await register(client)
        await open_case(client, receipt["id"])
        async with reintegration.sessions.begin() as session:
            await session.execute(text("update reintegration_case set status = 'closed', closed_at = now()"))
        assert (await client.get(f"{URL}/{receipt['id']}")).json()["case"] is None
        assert (await open_case(client, receipt["id"])).status_code == 201

    async def test_a_refusal_of_consent_is_kept_and_closes_no_door(self, reintegration: Running) -> None:
        client = demo(reintegration)
        receipt = await register(client)
        assert (await open_case(client, receipt["id"], consent={"purpose": "referral", "granted": False})).status_code == 201
        async with reintegration.sessions() as session:
            kept = (await session.execute(text("select purpose, granted, taken_by from case_consent"))).one()
        assert tuple(kept) == ("referral", False, "demo")

    async def test_nobody_need_be_asked_for_consent_to_be_helped(self, reintegration: Running) -> None:
        client = demo(reintegration)
        receipt = await register(client)
        assert (await open_case(client, receipt["id"], consent=None)).status_code == 201
        assert await reintegration.count("case_consent") == 0

    async def test_for_a_returnee_out_of_sight_is_not_found(self, reintegration: Running) -> None:
        receipt = await register(demo(reintegration))
        answer = await open_case(demo(reintegration, "BD-60", sub="sylhet"), receipt["reference"])
        assert answer.status_code == 404
        assert await reintegration.count("reintegration_case") == 0


class TestRead:
    async def test_shows_what_was_registered_and_the_open_case(self, reintegration: Running) -> None:
        client = demo(reintegration)
        receipt = await register(client)
        case = (await open_case(client, receipt["id"])).json()
        spoken = receipt["reference"].lower().translate(str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯"))
        seen = (await client.get(f"{URL}/{spoken}")).json()
        assert (seen["name"], seen["name_bn"], seen["phone"]) == (RETURNEE["name"], RETURNEE["name_bn"], "+8801712345678")
        assert seen["return_reason_label"]["bn"] == "সংকটের সময় সরিয়ে আনা হয়েছে"
        assert [(one["kind"], one["number"]) for one in seen["documents"]] == [("out_pass", "OP-77/2026"), ("nid", None)]
        assert (seen["case"]["reference"], [need["code"] for need in seen["case"]["needs"]]) == (case["reference"], ["job", "loan"])
        assert seen["case_reference"] == case["reference"]
        assert "phone_index" not in seen

    async def test_each_desk_sees_its_own_part(self, reintegration: Running) -> None:
        receipt = await register(reintegration.client("ngo", sub="worker", org=["ngo-one"]))
        expected = {
            "district": (demo(reintegration, "BD-08"), True),
            "all districts": (demo(reintegration, "*", sub="dhaka"), True),
            "another district": (demo(reintegration, "BD-60", sub="sylhet"), False),
            "demo without a district": (reintegration.client("demo", sub="new"), False),
            "wewb": (reintegration.client("wewb"), True),
            "supervisor": (reintegration.client("supervisor"), True),
            "who registered": (reintegration.client("ngo", sub="worker"), True),
            "a colleague": (reintegration.client("ngo", sub="other", org=["ngo-one"]), True),
            "another partner": (reintegration.client("ngo", sub="two", org=["ngo-two"]), False),
            "a partner of no body": (reintegration.client("ngo", sub="three", districts=["BD-08"]), False),
            "airport": (reintegration.client("airport", districts=["*"], countries=["*"]), False),
            "udc": (reintegration.client("udc", districts=["BD-08"], org=["udc-one"]), False),
        }
        for name, (client, sees) in expected.items():
            read = (await client.get(f"{URL}/{receipt['reference']}")).status_code
            listed = len((await client.get(URL)).json()["items"])
            found = [
                len((await client.post(f"{URL}/search", json=by)).json()["items"])
                for by in ({"phone": "01712345678"}, {"document": "op 772026"})
            ]
            assert (read, listed, found) == ((200, 1, [1, 1]) if sees else (404, 0, [0, 0])), name

    async def test_the_neighbours_desk_that_registered_keeps_sight(self, reintegration: Running) -> None:
        client = demo(reintegration, "BD-60", sub="sylhet")
        receipt = await register(client, district="BD-08")
        assert (await client.get(f"{URL}/{receipt['reference']}")).status_code == 200

    async def test_every_read_leaves_a_record_and_a_refused_one_none(self, reintegration: Running) -> None:
        client = demo(reintegration)
        receipt = await register(client)
        await client.get(f"{URL}/{receipt['reference']}")
        await client.get(URL)
        await client.post(f"{URL}/search", json={"phone": "+8801712345678"})
        await client.post(f"{URL}/search", json={"phone": "+8801812345678"})
        await demo(reintegration, "BD-60", sub="sylhet").get(f"{URL}/{receipt['reference']}")
        assert await accesses(reintegration) == [("demo", purpose, receipt["id"]) for purpose in ("read", "list", "search")]

    async def test_pages_neither_repeat_nor_skip(self, reintegration: Running) -> None:
        client = demo(reintegration)
        registered = [(await register(client))["reference"] for _ in range(7)]
        seen, address = [], f"{URL}?limit=3"
        while address:
            page = (await client.get(address)).json()
            seen += [item["reference"] for item in page["items"]]
            address = page["next"]
        assert seen == registered[::-1]
        assert len(await accesses(reintegration)) == 7

    async def test_a_forged_cursor_and_a_greedy_limit(self, reintegration: Running) -> None:
        for query in ("cursor=abc", "limit=201", "limit=0"):
            assert (await demo(reintegration).get(f"{URL}?{query}")).status_code == 422, query


class TestSearch:
    async def test_finds_by_phone_and_by_paper_however_they_are_written(self, reintegration: Running) -> None:
        client = demo(reintegration)
        receipt = await register(client)
        await register(client, phone="01812345678", documents=[{"kind": "passport", "number": "AB1234567"}])
        for by in ({"phone": "01712-345678"}, {"phone": "+৮৮০ ১৭১২ ৩৪৫৬৭৮"}, {"document": "op77 2026"}, {"document": "OP-৭৭/২০২৬"}):
            items = (await client.post(f"{URL}/search", json=by)).json()["items"]
            assert [item["id"] for item in items] == [receipt["id"]], by
        assert (await client.post(f"{URL}/search", json={"document": "--"})).json() == {"items": []}

    async def test_a_person_at_two_desks_shows_twice_and_is_not_merged(self, reintegration: Running) -> None:
        first = await register(demo(reintegration))
        second = await register(reintegration.client("airport", sub="airport"))
        items = (await demo(reintegration).post(f"{URL}/search", json={"phone": "01712345678"})).json()["items"]
        assert [item["id"] for item in items] == [second["id"], first["id"]]

    async def test_shows_no_more_candidates_than_a_person_can_judge(self, reintegration: Running) -> None:
        client = demo(reintegration)
        await asyncio.gather(*(register(client) for _ in range(25)))
        assert len((await client.post(f"{URL}/search", json={"phone": "01712345678"})).json()["items"]) == 20


class TestLists:
    @pytest.mark.parametrize("name", ["reasons", "needs", "document-kinds", "consent-purposes"])
    async def test_are_open_and_bilingual(self, reintegration: Running, name: str) -> None:
        answer = await reintegration.client().get(f"{URL}/{name}")
        assert answer.status_code == 200
        assert answer.json()["version"] == LISTS.version
        assert all(one["code"] and one["en"] and one["bn"] for one in answer.json()["items"])


class TestAtRest:
    async def test_the_role_that_runs_may_not_unmake_a_record(self, reintegration: Running) -> None:
        for statement in (
            "delete from returnee",
            "delete from returnee_document",
            "update case_consent set granted = true",
            "delete from access_log",
        ):
            async with reintegration.sessions() as session:
                with pytest.raises(Exception, match="permission denied"):
                    await session.execute(text(statement))

    async def test_the_same_phone_looks_different_each_time_but_for_its_index(self, reintegration: Running) -> None:
        client = demo(reintegration)
        await register(client)
        await register(client)
        async with reintegration.sessions() as session:
            row = (await session.execute(text("select count(distinct phone), count(distinct phone_index) from returnee"))).one()
        assert tuple(row) == (2, 1)


class TestHealth:
    async def test_ready_says_what_it_looked_at(self, reintegration: Running) -> None:
        answer = await reintegration.client().get("/readyz")
        assert (answer.status_code, answer.json()) == (200, {"checks": {"keys": "ok", "database": "ok", "nats": "ok"}})
