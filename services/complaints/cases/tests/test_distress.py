"""A case of distress over HTTP: what is needed, who does it, how it ends; and who sees what of it."""

from typing import Any

from sqlalchemy import text

from runner.testing import Running


async def opened(lodged: Any, officers: Any, **changes: Any) -> Any:
    case = await lodged("distress", **changes)
    await case.post(officers.wing, "/distress", {"place": "তারহিল কারাগার, সেল ৪", "family_may_know": False, "ministry_service": True})
    return case


class TestAWingWalksADetention:
    async def test_from_the_first_call_to_release(self, lodged: Any, officers: Any, today: str) -> None:
        case, wing = await opened(lodged, officers), officers.wing
        detention = (await case.post(wing, "/distress/requests", {"need": "detention", "urgency": 4}))["id"]
        paper = (await case.post(wing, "/distress/requests", {"need": "travel_paper", "urgency": 2}))["id"]
        for kind, source in (("visited", "wing"), ("lawyer", "wing"), ("authority_letter", "police")):
            await case.post(wing, "/steps", {"kind": kind, "source": source, "done_on": today, "request": detention, "note": "দেখা হয়েছে"})
        ticket = {"kind": "ticket", "source": "wing", "done_on": today, "cost": 120_000, "currency": "SAR", "borne_by": "agency"}
        await case.post(wing, "/steps", ticket)
        await case.act(wing, "take")
        unready = await case.act(wing, "propose", decision="released", summary="মুক্তি", status=409)
        assert "A request still waits: say how it ended." in [one["en"] for one in unready["missing"]]
        await case.post(wing, f"/distress/requests/{detention}/end", {"state": "met", "on": today})
        await case.post(wing, f"/distress/requests/{paper}/end", {"state": "unmet", "on": today, "note": "মালিক দেয়নি"})
        assert await case.missing_for(wing, "released") == []
        assert "Not every request was met: choose that a part was." in await case.missing_for(wing, "helped")
        shown = await case.read(wing)
        assert shown["distress"]["first_contact_on"] == today
        assert shown["distress"]["place"] == "তারহিল কারাগার, সেল ৪"
        assert [one["office"] for one in shown["distress"]["requests"]] == ["wing-SA", "wing-SA"]
        assert shown["steps"][-1]["borne_by"]["en"] == "The recruiting agency"
        owed = (await wing.get(f"/v1/complaints/{case.reference}/redress")).json()["lines"]
        assert [(one["head"], one["currency"], one["claimed"]) for one in owed] == [("ticket", "SAR", 120_000)]
        await case.act(wing, "propose", decision="released", summary="মুক্তি পেয়েছেন")
        await case.act(officers.supervisor, "approve")
        told = await case.post(wing, "/steps", {"kind": "other", "source": "wing", "done_on": today}, status=409)
        assert told["type"].endswith("case-ended")

    async def test_whoever_phones_the_person_and_brings_them_home_meets_the_clocks(self, lodged: Any, officers: Any, today: str) -> None:
        case = await lodged("distress")
        await case.post(officers.wing, "/distress", {"family_may_know": True})
        request = await case.post(officers.wing, "/distress/requests", {"need": "return_home", "urgency": 3})

        async def states() -> dict[str, str]:
            path = f"/v1/complaints/{case.reference}/deadlines"
            return {one["clock"]: one["standing"] for one in (await officers.wing.get(path)).json()["items"]}

        before = await states()
        assert (before["first_response"], before["repatriation"]) == ("running", "running")
        await case.post(officers.wing, "/steps", {"kind": "phoned", "source": "wing", "done_on": today})
        assert (await states())["first_response"] == "met"
        await case.post(officers.wing, f"/distress/requests/{request['id']}/end", {"state": "met", "on": today})
        assert (await states())["repatriation"] == "met"

    async def test_each_need_is_a_fact_for_the_others_without_a_name(self, lodged: Any, officers: Any, complaints: Running) -> None:
        case = await opened(lodged, officers)
        await case.post(officers.wing, "/distress/requests", {"need": "detention", "urgency": 4})
        async with complaints.sessions() as session:
            rows = await session.execute(text("select convert_from(envelope, 'utf8')::jsonb from outbox order by position"))
        told = [one["data"] for one in rows.scalars() if one["type"].endswith("distress.reported.v1")]
        assert [(one["need"], one["country"], one["victim_sex"]) for one in told] == [("detention", "SA", "male")]

    async def test_where_no_wing_is_the_control_room_owns_it(self, lodged: Any, officers: Any) -> None:
        case = await lodged("distress", country="PG")
        await case.post(officers.agent, "/distress", {})
        await case.post(officers.agent, "/distress/requests", {"need": "shelter", "urgency": 3})
        assert (await case.read(officers.agent))["distress"]["requests"][0]["office"] == "control-room"


class TestRefuses:
    async def test_telling_a_family_that_may_not_know(self, lodged: Any, officers: Any, today: str) -> None:
        case = await opened(lodged, officers)
        told = await case.post(officers.wing, "/distress/family-told", {"on": today}, status=409)
        assert told["type"].endswith("family-may-not-know")
        await case.post(officers.wing, "/distress", {"family_may_know": True})
        await case.post(officers.wing, "/distress/family-told", {"on": today})

    async def test_the_same_need_twice_and_an_end_twice(self, lodged: Any, officers: Any, today: str) -> None:
        case = await opened(lodged, officers)
        need = {"need": "shelter", "urgency": 3}
        request = (await case.post(officers.wing, "/distress/requests", need))["id"]
        assert (await case.post(officers.wing, "/distress/requests", need, status=409))["type"].endswith("request-there-already")
        end = {"state": "met", "on": today}
        await case.post(officers.wing, f"/distress/requests/{request}/end", end)
        assert (await case.post(officers.wing, f"/distress/requests/{request}/end", end, status=409))["type"].endswith("request-ended")

    async def test_a_request_before_its_file_and_a_file_of_another_kind(self, lodged: Any, officers: Any) -> None:
        case = await lodged("distress")
        told = await case.post(officers.wing, "/distress/requests", {"need": "shelter", "urgency": 3}, status=409)
        assert told["type"].endswith("case-not-opened")
        assert (await case.post(officers.wing, "/death", {"reported_by": "wing"}, status=409))["type"].endswith("wrong-kind-of-case")

    async def test_a_date_in_the_future_half_a_cost_and_a_strange_code(self, lodged: Any, officers: Any, today: str) -> None:
        case = await opened(lodged, officers)
        step = {"kind": "visited", "source": "wing", "done_on": today}
        for changes, pointer in (
            ({"done_on": "2099-01-01"}, "/done_on"),
            ({"done_on": "1069-01-01"}, "/done_on"),
            ({"kind": "prayed"}, "/kind"),
            ({"cost": 5}, ""),
        ):
            told = await case.post(officers.wing, "/steps", {**step, **changes}, status=422, **{"Accept-Language": "bn"})
            assert pointer in [one["pointer"] for one in told["errors"]]
            assert any("\u0980" <= letter <= "\u09ff" for letter in told["errors"][0]["detail"])

    async def test_a_request_of_another_case(self, lodged: Any, officers: Any, today: str) -> None:
        one, other = await opened(lodged, officers), await opened(lodged, officers)
        foreign = (await other.post(officers.wing, "/distress/requests", {"need": "shelter", "urgency": 3}))["id"]
        step = {"kind": "visited", "source": "wing", "done_on": today, "request": foreign}
        await one.post(officers.wing, "/steps", step, status=404)
        await one.post(officers.wing, f"/distress/requests/{foreign}/end", {"state": "met", "on": today}, status=404)

    async def test_a_change_of_what_somebody_else_changed_meanwhile(self, lodged: Any, officers: Any) -> None:
        case = await opened(lodged, officers)
        await case.post(officers.wing, "/distress", {}, status=412, **{"If-Match": '"1"'})
        version = (await case.read(officers.wing))["version"]
        await case.post(officers.wing, "/distress", {}, **{"If-Match": f'"{version}"'})

    async def test_a_change_that_names_no_version(self, lodged: Any, officers: Any) -> None:
        case = await opened(lodged, officers)
        assert (await officers.wing.post(f"{case.path}/distress", json={})).status_code == 428


class TestOutOfAComplaint:
    async def test_a_distress_grows_out_of_unpaid_wages_with_the_same_person_and_a_link(self, lodged: Any, officers: Any) -> None:
        complaint = await lodged("complaint")
        answer = await officers.wing.post(
            f"/v1/complaints/{complaint.reference}/cases", json={"kind": "distress", "narrative": "খাবার নেই, রাস্তায় আছেন।"}
        )
        assert answer.status_code == 201, answer.text
        grown = answer.json()["reference"]
        assert grown != complaint.reference
        shown = (await officers.wing.get(f"/v1/complaints/{grown}")).json()
        assert (shown["kind"], shown["victim"]["name"], shown["office"]) == ("distress", "করিম মিয়া", "wing-SA")
        links = (await officers.wing.get(f"/v1/complaints/{grown}/case")).json()["links"]
        assert [(one["reference"], one["kind"]) for one in links] == [(complaint.reference, "complaint")]
        back = (await complaint.read(officers.wing))["links"]
        assert [one["reference"] for one in back] == [grown]

    async def test_what_grows_out_of_one_about_the_wing_is_not_the_wings(self, officers: Any, lodged: Any) -> None:
        complaint = await lodged("complaint", respondent={"kind": "office", "office": "wing-SA"})
        answer = await officers.supervisor.post(
            f"/v1/complaints/{complaint.reference}/cases", json={"kind": "distress", "narrative": "উইং সাহায্য করেনি।"}
        )
        assert answer.status_code == 201, answer.text
        grown = (await officers.supervisor.get(f"/v1/complaints/{answer.json()['reference']}")).json()
        assert grown["office"] == "control-room"

    async def test_what_grows_out_of_a_restricted_one_is_restricted_and_its_link_tells_nobody_else(
        self, lodged: Any, officers: Any
    ) -> None:
        restricted = await lodged("complaint", category="trafficking")
        answer = await officers.supervisor.post(
            f"/v1/complaints/{restricted.reference}/cases", json={"kind": "distress", "narrative": "উদ্ধার দরকার"}
        )
        grown = answer.json()["reference"]
        assert (await officers.supervisor.get(f"/v1/complaints/{grown}")).json()["restricted"] is True
        colleague = officers.running.client("agent", sub="colleague")
        assert (await colleague.get(f"/v1/complaints/{grown}/case")).status_code == 404
        seen = (await officers.wing.get(f"/v1/complaints/{grown}/case")).json()
        assert seen["links"] == []  # the wing holds the new one, not the old


class TestWaiting:
    async def test_who_waits_longest_stands_first_and_page_by_page_nobody_is_lost(self, lodged: Any, officers: Any, today: str) -> None:
        cases = [await opened(lodged, officers) for _ in range(5)]
        await cases[0].post(officers.wing, "/distress/requests", {"need": "detention", "urgency": 4})
        await cases[0].post(officers.wing, "/steps", {"kind": "phoned", "source": "wing", "done_on": today})
        rows, address = [], "/v1/complaints/cases/waiting?limit=2&kind=distress"
        while address:
            page = (await officers.wing.get(address)).json()
            rows += page["items"]
            address = page["next"]
        assert [one["reference"] for one in rows] == [one.reference for one in cases]
        assert (rows[0]["contacted"], rows[0]["urgency"], rows[0]["needs"][0]["en"]) == (True, 4, "Release or help in detention")
        assert (rows[1]["contacted"], rows[1]["urgency"]) == (False, None)

    async def test_each_office_sees_its_own(self, lodged: Any, officers: Any) -> None:
        case = await lodged("distress")
        rescue = await lodged("distress", category="rescue")
        for client, expected in (
            (officers.wing, {case.reference, rescue.reference}),
            (officers.wing_elsewhere, set()),
            (officers.demo, {case.reference}),
            (officers.demo_elsewhere, set()),
        ):
            items = (await client.get("/v1/complaints/cases/waiting")).json()["items"]
            assert {one["reference"] for one in items} == expected


class TestEyes:
    async def test_another_country_finds_nothing_and_changes_nothing(self, lodged: Any, officers: Any) -> None:
        case = await opened(lodged, officers)
        for client in (officers.wing_elsewhere, officers.demo_elsewhere, officers.board, officers.airport):
            assert (await client.get(case.path)).status_code == 404
        await case.post(officers.wing_elsewhere, "/distress", {}, status=404)

    async def test_who_lodged_it_sees_that_it_goes_on_but_no_place_and_no_note(self, lodged: Any, officers: Any, today: str) -> None:
        ngo = officers.running.client("ngo", sub="ngo-worker", org=["ngo-one"])
        case = await lodged("distress", by=ngo)
        await case.post(officers.wing, "/distress", {"place": "আশ্রয়কেন্দ্র"})
        await case.post(officers.wing, "/steps", {"kind": "visited", "source": "wing", "done_on": today, "note": "গোপন"})
        seen = await case.read(ngo)
        assert (seen["shows_words"], seen["may_work"]) == (False, False)
        assert (seen["distress"]["place"], seen["steps"][0]["note"]) == (None, None)
        assert seen["steps"][0]["label"]["en"] == "Visited the person"
        await case.post(ngo, "/steps", {"kind": "other", "source": "ngo", "done_on": today}, status=403)

    async def test_a_restricted_rescue_is_changed_only_in_assigned_hands(self, lodged: Any, officers: Any) -> None:
        case = await lodged("distress", category="rescue")
        assert (await case.read(officers.wing))["may_work"] is False
        told = await case.post(officers.wing, "/distress", {}, status=403)
        assert told["type"].endswith("not-your-case")
        await case.assign("wing-riyadh")
        await case.post(officers.wing, "/distress", {"place": "বাসা"})
        assert (await case.read(officers.wing))["distress"]["place"] == "বাসা"

    async def test_an_office_never_works_on_a_case_about_itself(self, lodged: Any, officers: Any) -> None:
        case = await lodged("distress", respondent={"kind": "office", "office": "wing-SA"})
        await case.post(officers.wing, "/distress", {}, status=404)
        assert (await officers.wing.get("/v1/complaints/cases/waiting")).json()["items"] == []
        await case.post(officers.demo, "/distress", {})

    async def test_each_read_is_in_the_log_and_nothing_personal_is_in_plain_text(
        self, lodged: Any, officers: Any, complaints: Running, today: str
    ) -> None:
        case = await opened(lodged, officers)
        await case.post(officers.wing, "/steps", {"kind": "visited", "source": "wing", "done_on": today, "note": "শরীরে আঘাতের চিহ্ন"})
        await case.read(officers.wing)
        async with complaints.sessions() as session:
            rows = await session.execute(text("select purpose from access_log where caller = 'wing-riyadh' order by at"))
            assert list(rows.scalars()) == ["case"] * 3
        for table in ("distress_file", "file_step", "happening", "outbox", "access_log"):
            stored = await complaints.raw(table)
            assert stored
            for personal in ("তারহিল", "আঘাতের", "করিম"):
                assert personal.encode() not in stored, table
