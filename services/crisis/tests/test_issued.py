"""What this house issues: an officer's alert by form, a posture by two people, and the public CAP feed that others can read."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from lxml import etree

from kit.crypto import Keyring
from kit.files import Folder, one_part
from runner.testing import Running
from services.crisis.contingency.service import sweep_files
from services.crisis.incidents.schemas import LISTS
from services.crisis.sources import advice
from services.crisis.tests.conftest import information
from services.crisis.tests.test_incidents import INCIDENTS, opened, problem, wing
from services.crisis.tests.test_schema import faults
from services.crisis.warnings import cap

Cap = Callable[..., bytes]
FEED = "/v1/crisis/feed"
# A whole country is named by its code: its borders are known to who reads it. What is over asks nothing of anybody.
WITHOUT = {"area-without-shape", "instruction-recommended"}
ATOM = {"a": "http://www.w3.org/2005/Atom"}
WORDS = {
    "country": "LB",
    "event": "Air strikes",
    "headline": "Stay indoors & away from windows",
    "headline_bn": "ঘরে থাকুন",
    "description": "Strikes in the south.",
    "description_bn": "দক্ষিণে হামলা।",
    "instruction": "Stay where you are. Call the wing.",
    "instruction_bn": "যেখানে আছেন সেখানেই থাকুন।",
    "severity": "Extreme",
}


async def in_feed(crisis: Running) -> list[str]:
    """Ids of the entries, each of whose documents is read, valid and the same after a round trip."""
    http = crisis.client()
    index = etree.fromstring((await http.get(FEED)).content)
    found = []
    for entry in index.findall("a:entry", ATOM):
        link = entry.find("a:link", ATOM)
        assert link is not None
        assert re.fullmatch(r"[ -~]+ · [\u0980-\u09ff ,:;।()-]+", entry.findtext("a:title", "", ATOM)), "a title in both languages"
        answer = await http.get(httpx.URL(link.get("href", "")).path)
        assert answer.headers["content-type"] == "application/cap+xml"
        message = cap.parse(answer.content)
        assert (set(advice.of(answer.content)) - WITHOUT, message.defects, faults(answer.content)) == (set(), (), [])
        assert [info.language for info in message.infos] == ["en-gb", "bn-bd"]
        found.append(message.identity.identifier)
    return found


class TestWritten:
    async def test_an_officers_alert_is_cap_and_public_once_a_second_person_released_it(self, crisis: Running) -> None:
        body = WORDS | {"circle": {"latitude": 33.27, "longitude": 35.2, "km": 20}, "area": "Tyre"}
        made = await wing(crisis).post("/v1/crisis/alerts/written", json=body)
        assert made.status_code == 201, made.text
        alert = made.json()
        assert (alert["severity"], alert["countries"], alert["headline"]["bn"]) == ("extreme", ["LB"], "ঘরে থাকুন")
        assert await in_feed(crisis) == []
        at = f"/v1/crisis/alerts/{alert['id']}/decision"
        decision = (await wing(crisis).get(at)).json()
        assert decision["outcome"] == "waits"
        match = {"If-Match": f'"{decision["version"]}"'}
        assert (await wing(crisis).post(f"{at}/release", headers=match)).status_code == 403
        assert (await wing(crisis, sub="wing-two").post(f"{at}/release", headers=match)).status_code == 201
        assert await in_feed(crisis) == [alert["identifier"]]
        [area] = (await wing(crisis).get(f"/v1/crisis/alerts/{alert['id']}")).json()["infos"][0]["areas"]
        assert (area["description"], area["circles"]) == ("Tyre", ["33.27,35.2 20"])

    async def test_a_drill_says_so_and_never_stands_in_the_feed(self, crisis: Running) -> None:
        alert = (await wing(crisis).post("/v1/crisis/alerts/written", json=WORDS | {"is_drill": True})).json()
        assert alert["message_status"] == "exercise"
        at = f"/v1/crisis/alerts/{alert['id']}/decision"
        version = (await wing(crisis).get(at)).headers["etag"]
        assert (await wing(crisis, sub="wing-two").post(f"{at}/release", headers={"If-Match": version})).status_code == 201
        assert await in_feed(crisis) == []
        assert (await crisis.client().get(f"{FEED}/{alert['identifier']}")).status_code == 404

    async def test_another_country_and_half_an_area_are_refused(self, crisis: Running) -> None:
        other = wing(crisis, "SA").post("/v1/crisis/alerts/written", json=WORDS)
        assert await problem(other) == (403, "not-your-country")
        half = WORDS | {"polygon": [[33.1, 35.1], [33.2, 35.1], [33.2, 35.3]]}
        assert (await wing(crisis).post("/v1/crisis/alerts/written", json=half)).status_code == 422


def over(**said: str) -> dict[str, str]:
    return {"why": "over", "reason": "The strikes have stopped.", "reason_bn": "হামলা থেমেছে।", **said}


class TestEnded:
    """An officer ends a warning; whoever reads our feed is told, and does not only see it vanish."""

    async def gone_out(self, crisis: Running, **said: Any) -> dict[str, Any]:
        alert: dict[str, Any] = (await wing(crisis).post("/v1/crisis/alerts/written", json=WORDS | said)).json()
        at = f"/v1/crisis/alerts/{alert['id']}/decision"
        assert (await wing(crisis, sub="wing-two").post(f"{at}/release", headers={"If-Match": "*"})).status_code == 201
        return alert

    @pytest.mark.parametrize(("why", "kind", "state"), [("over", "update", "ended"), ("wrong", "cancel", "cancelled")])
    async def test_and_its_end_takes_its_place_in_the_feed(self, crisis: Running, why: str, kind: str, state: str) -> None:
        alert = await self.gone_out(crisis)
        answer = await wing(crisis).post(f"/v1/crisis/alerts/{alert['id']}/ending", json=over(why=why))
        assert (answer.status_code, answer.json()["message_type"]) == (201, kind), answer.text
        assert (await wing(crisis).get(f"/v1/crisis/alerts/{alert['id']}")).json()["status"] == state
        assert await in_feed(crisis) == [answer.json()["identifier"]]
        message = cap.parse((await crisis.client().get(f"{FEED}/{answer.json()['identifier']}")).content)
        assert {one.identifier for one in message.references} == {alert["identifier"]}
        assert [one.description for one in message.infos] == ["The strikes have stopped.", "হামলা থেমেছে।"]
        assert (await crisis.client().get(f"{FEED}/{alert['identifier']}")).status_code == 200, "who was warned may look again"
        again = wing(crisis).post(f"/v1/crisis/alerts/{alert['id']}/ending", json=over())
        assert await problem(again) == (409, "alert-has-ended")

    async def test_before_it_went_out_nobody_outside_reads_of_it(self, crisis: Running) -> None:
        alert = (await wing(crisis).post("/v1/crisis/alerts/written", json=WORDS)).json()
        ended = await wing(crisis).post(f"/v1/crisis/alerts/{alert['id']}/ending", json=over(why="wrong"))
        assert (await wing(crisis).get(f"/v1/crisis/alerts/{alert['id']}/decision")).json()["outcome"] == "lapsed"
        assert await in_feed(crisis) == []
        assert (await crisis.client().get(f"{FEED}/{ended.json()['identifier']}")).status_code == 404

    async def test_anothers_warning_is_ended_here_and_is_none_of_our_feeds(self, crisis: Running, warn: Any) -> None:
        """Its countries are the ended one's, though an officer of one of them could not end it; its time of sending has a fraction."""
        infos = information(country="LB") + information(country="SY")
        alert = await warn(infos=infos, sent=(datetime.now(UTC) - timedelta(minutes=1)).isoformat(timespec="milliseconds"))
        assert alert["countries"] == ["LB", "SY"]
        at = f"/v1/crisis/alerts/{alert['id']}/ending"
        assert await problem(wing(crisis).post(at, json=over())) == (403, "not-only-your-country")
        assert await problem(wing(crisis, "SA").post(at, json=over())) == (404, "not-found")
        ended = await crisis.client("supervisor").post(at, json=over())
        assert (ended.status_code, ended.json()["countries"]) == (201, ["LB", "SY"]), ended.text
        assert (await wing(crisis).get(f"/v1/crisis/alerts/{alert['id']}")).json()["status"] == "ended"
        assert await in_feed(crisis) == []

    async def test_a_drill_is_ended_by_a_drill(self, crisis: Running) -> None:
        alert = await self.gone_out(crisis, is_drill=True)
        ended = (await wing(crisis).post(f"/v1/crisis/alerts/{alert['id']}/ending", json=over())).json()
        assert ended["message_status"] == "exercise"
        assert (await wing(crisis).get(f"/v1/crisis/alerts/{alert['id']}")).json()["status"] == "ended"
        assert await in_feed(crisis) == []
        assert (await crisis.client().get(f"{FEED}/{ended['identifier']}")).status_code == 404

    async def test_a_stranger_who_writes_our_name_ends_nothing_and_is_not_read(self, crisis: Running, cap: Cap) -> None:
        alert = await self.gone_out(crisis)
        named = f"{alert['sender']},{alert['identifier']},{alert['sent']}"
        raw = cap(sender=alert["sender"], identifier="forged", msgType="Cancel", infos="", references=named)
        stranger = crisis.client("service", sub="stranger", azp="svc-somebody")
        assert (await stranger.post("/v1/crisis/alerts", content=raw, headers={"Content-Type": "application/cap+xml"})).status_code == 201
        assert await in_feed(crisis) == [alert["identifier"]]
        assert (await crisis.client().get(f"{FEED}/forged")).status_code == 404


class TestPosture:
    async def test_two_people_set_it_dated_and_the_next_replaces_it(self, crisis: Running) -> None:
        first = await self.proposed(crisis, 2)
        at = f"/v1/crisis/postures/{first['id']}/approval"
        assert await problem(wing(crisis).post(at, headers={"If-Match": '"1"'})) == (409, "posture-four-eyes")
        assert (await wing(crisis, sub="wing-two").post(at, headers={"If-Match": '"1"'})).json()["state"] == "in_force"
        assert len(await in_feed(crisis)) == 1
        second = await self.proposed(crisis, 4)
        await wing(crisis, sub="wing-two").post(f"/v1/crisis/postures/{second['id']}/approval", headers={"If-Match": '"1"'})
        assert await in_feed(crisis) == [f"bd-posture-{second['id']}"]
        raw = (await crisis.client().get(f"{FEED}/bd-posture-{second['id']}")).content
        message = cap.parse(raw)
        assert (message.type, {one.identifier for one in message.references}) == ("update", {f"bd-posture-{first['id']}"})
        listed = (await wing(crisis).get("/v1/crisis/postures")).json()["items"]
        assert [(one["state"], one["holds"]) for one in listed] == [("in_force", True), ("ended", False)]
        [current] = (await wing(crisis).get("/v1/crisis/postures?current=true&country=LB")).json()["items"]
        assert (current["level"], current["set_by"], current["approved_by"]) == (4, "wing-one", "wing-two")
        assert (await wing(crisis).get("/v1/crisis/postures?country=SY")).json()["items"] == []

    async def proposed(self, crisis: Running, level: int) -> dict[str, Any]:
        now = datetime.now(UTC)
        body = {
            "country": "LB",
            "level": level,
            "reason_en": "Fighting spreads",
            "reason_bn": "যুদ্ধ ছড়িয়ে পড়ছে",
            "valid_from": now.isoformat(),
            "valid_until": (now + timedelta(days=14)).isoformat(),
        }
        made = await wing(crisis).post("/v1/crisis/postures", json=body)
        assert made.status_code == 201, made.text
        posture: dict[str, Any] = made.json()
        return posture


class TestContingencyPlan:
    async def test_a_file_that_no_plan_names_goes_after_its_time(self, crisis: Running) -> None:
        place, keys = crisis.settings.files, crisis.settings.keyring
        assert place is not None
        assert keys is not None
        for path in place.glob("??/*"):
            path.unlink()
        files, now = Folder(place, Keyring.load(keys, service="crisis")), datetime.now(UTC)
        kind, said = {"Content-Type": "application/pdf"}, {"country": "LB", "title": "Plan of Beirut", "dated": "2026-01-05"}
        plan = (await wing(crisis).post("/v1/crisis/plans", params=said, content=b"%PDF-1.7 a", headers=kind)).json()
        incident = await opened(wing(crisis))
        besides = f"{INCIDENTS}/{incident['id']}/plans"
        assert (await wing(crisis).post(besides, params={"title": "Of this one"}, content=b"%PDF-1.7 b", headers=kind)).status_code == 201
        await files.put(one_part(b"%PDF-1.7 of a transaction that failed"), most=100, kinds=frozenset({"application/pdf"}))
        assert await sweep_files(crisis.sessions, files, now) == 0, "an upload that is about to be named is left alone"
        later = now + timedelta(days=LISTS.orphan_days, minutes=1)
        assert [await sweep_files(crisis.sessions, files, later) for _ in range(2)] == [1, 0]
        assert (await wing(crisis).get(f"/v1/crisis/plans/{plan['id']}")).content == b"%PDF-1.7 a"
        assert len(await files.ids(later)) == 2

    async def test_the_newest_of_a_country_is_found_and_the_older_stay(self, crisis: Running) -> None:
        at, kind = "/v1/crisis/plans", {"Content-Type": "application/pdf"}
        said = {"country": "LB", "title": "Plan of Beirut", "dated": "2026-01-05"}
        assert await problem(wing(crisis, "SA").post(at, params=said, content=b"%PDF-1.7 a", headers=kind)) == (403, "not-your-country")
        assert await problem(wing(crisis).post(at, params=said, content=b"no pdf", headers=kind)) == (422, "wrong-kind-of-file")
        first = (await wing(crisis).post(at, params=said, content=b"%PDF-1.7 a", headers=kind)).json()
        later = await wing(crisis).post(at, params=said | {"dated": "2026-11-20"}, content=b"%PDF-1.7 b", headers=kind)
        assert (later.status_code, later.json()["number"]) == (201, 2), later.text
        assert [one["number"] for one in (await wing(crisis).get(f"{at}?country=LB")).json()["items"]] == [2, 1]
        [newest] = (await wing(crisis).get(f"{at}?newest=true")).json()["items"]
        assert (newest["id"], newest["dated"], newest["attached_by_name"]) == (later.json()["id"], "2026-11-20", "wing-one")
        assert (await wing(crisis).get(f"{at}/{first['id']}")).content == b"%PDF-1.7 a"
        assert (await wing(crisis, "SA").get(f"{at}/{first['id']}")).status_code == 404
        assert (await wing(crisis, "SA").get(at)).json()["items"] == []
