"""From a draft run to a published, signed and reviewed class, over HTTP; the signature is verified by other people's programs."""

import asyncio
import base64
import subprocess
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from contracts.complaints import ComplaintDecided
from contracts.days import DHAKA
from kit.bus import Bus
from kit.testing.days import day
from kit.testing.waiting import until
from runner.place import PROJECT
from runner.testing import Engines, Running, make_owner_engine
from services.agencies.evidence.service import touch
from services.agencies.ratings.canonical import canonical
from services.agencies.ratings.service import rule_set_of
from services.agencies.runs import repository, service

URL = "/v1/agencies"
RATINGS = f"{URL}/ratings"
ANY = {"If-Match": "*"}
RULES = "illustrative@2026.2"
APPEALS = ["ministry-appeals"]
Decided = Callable[..., bytes]


async def register(running: Running, licence: str = "RL-0001", *, known: str | None = None, **changes: Any) -> None:
    if known is not None:
        async with running.sessions.begin() as session:
            await session.execute(text(known.format(licence=licence)))
    body = {
        "licence": licence,
        "name_en": f"{licence} (fictional)",
        "valid_until": day(400),
        "district": "BD-13",
        "deployed_last_year": 5000,
    }
    answer = await running.client("decider").post(URL, json=body | changes)
    assert answer.status_code == 201, answer.text


async def post(client: httpx.AsyncClient, path: str, body: dict[str, Any] | None = None, status: int = 201) -> dict[str, Any]:
    answer = await client.post(f"{RATINGS}{path}", json=body, headers=ANY)
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def get(client: httpx.AsyncClient, path: str, status: int = 200) -> dict[str, Any]:
    answer = await client.get(f"{RATINGS}{path}")
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def days_pass(running: Running, days: int) -> None:
    """As if the notice, and whatever was published, were so many days older."""
    async with make_owner_engine(running) as owner, owner.begin() as connection:
        given = {"days": days}
        await connection.execute(text("update rating_run set reply_until = reply_until - cast(:days as integer)"), given)
        await connection.execute(
            text("update published_class set published_at = published_at - make_interval(days => cast(:days as integer))"), given
        )


@pytest.fixture
async def known(agencies: Running, known_facts: str) -> Running:
    """Three agencies: one well known, one of which nobody speaks, one whose licence ended."""
    await register(agencies, "RL-0001", known=known_facts)
    await register(agencies, "RL-0002")
    await register(agencies, "RL-0003", known=known_facts, valid_until="2026-01-01")
    return agencies


@pytest.fixture
async def telling(engines: Engines) -> AsyncIterator[Bus]:
    bus = await Bus(engines.nats_url("complaints"), "complaints").connect()
    await bus.ensure_stream("complaints")
    yield bus
    await bus.close()


class Office:
    """The people of the process."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self.author = running.client("decider", sub="author")
        self.second = running.client("decider", sub="second")
        self.agency = running.client("agency", sub="agency", licence=["RL-0001"])
        self.reviewer = running.client("officer", sub="reviewer", org=APPEALS)

    async def noticed(self, **order: Any) -> str:
        run = await post(self.author, "/runs", {"rule_set": RULES} | order)
        await post(self.author, f"/runs/{run['id']}/notice")
        return str(run["id"])

    async def published(self, **order: Any) -> str:
        run = await self.noticed(**order)
        await days_pass(self.running, 15)
        await post(self.second, f"/runs/{run}/publication")
        return run


@pytest.fixture
async def office(known: Running) -> Office:
    return Office(known)


class TestDraft:
    async def test_shows_the_office_each_class_and_how_many_there_are(self, office: Office) -> None:
        run = await post(office.author, "/runs", {"rule_set": RULES})
        assert (run["status"], run["agencies"], run["mine"]) == ("draft", 3, True)
        assert run["by_class"] == {"B": 1, "insufficient_data": 1, "not_licensed": 1}
        results = await get(office.second, f"/runs/{run['id']}/results")
        assert [(one["licence"], one["class"], one["points"]) for one in results["items"]] == [
            ("RL-0001", "B", "70.46"),
            ("RL-0002", "insufficient_data", None),
            ("RL-0003", "not_licensed", None),
        ]

    async def test_narrowed_by_class(self, office: Office) -> None:
        run = await post(office.author, "/runs", {"rule_set": RULES})
        assert [one["licence"] for one in (await get(office.author, f"/runs/{run['id']}/results?class=B"))["items"]] == ["RL-0001"]

    async def test_of_a_draft_the_agency_learns_nothing(self, office: Office) -> None:
        run = await post(office.author, "/runs", {"rule_set": RULES})
        await get(office.agency, f"/runs/{run['id']}/results/RL-0001", 404)
        assert (await get(office.agency, "/files/RL-0001"))["noticed"] is None

    async def test_repeated_on_the_same_inputs_gives_the_same_bytes(self, office: Office) -> None:
        first = await post(office.author, "/runs", {"rule_set": RULES})
        await post(office.author, f"/runs/{first['id']}/withdrawal")
        second = await post(office.author, "/runs", {"rule_set": RULES})
        assert (first["data_hash"], first["result_hash"]) == (second["data_hash"], second["result_hash"])
        async with office.running.sessions() as session:
            stored = await repository.list_ratings(session, second["id"])
        assert service.hashes_of(stored) == (second["data_hash"], second["result_hash"])

    @pytest.mark.parametrize(
        ("order", "status", "slug"),
        [
            ({}, 422, "run-without-rule-set"),
            ({"rule_set": "unheard-of@1"}, 404, "unknown-rule-set"),
            ({"rule_set": "vamas@2016"}, 409, "incomplete-rule-set"),
            ({"rule_set": "poea-2012@1"}, 409, "rule-set-for-comparison-only"),
            ({"rule_set": RULES, "as_of": "2999-01-01"}, 409, "day-to-come"),
            ({"rule_set": "no reference"}, 422, "invalid"),
        ],
    )
    async def test_what_cannot_be_run(self, office: Office, order: dict[str, Any], status: int, slug: str) -> None:
        problem = await post(office.author, "/runs", order, status)
        assert problem["type"] == f"urn:probashi:problem:{slug}"

    async def test_two_at_once(self, office: Office) -> None:
        answers = await asyncio.gather(
            *(one.post(f"{RATINGS}/runs", json={"rule_set": RULES}) for one in (office.author, office.second, office.author))
        )
        assert sorted(one.status_code for one in answers) == [201, 409, 409]
        problem = next(one.json() for one in answers if one.status_code == 409)
        assert problem["type"] == "urn:probashi:problem:run-already-open"
        assert problem["run"] == next(one.json()["id"] for one in answers if one.status_code == 201)

    async def test_of_a_day_that_is_past_judges_the_licence_as_it_stood_then(self, office: Office) -> None:
        """And whoever was suspended since is held back."""
        order = {"kind": "suspended", "true_from": day(0), "hearing": False, "source": "order"}
        assert (await office.author.post(f"{URL}/RL-0001/history", json=order)).status_code == 201
        run = await office.published(as_of=day(-1))
        results = (await get(office.author, f"/runs/{run}/results"))["items"]
        assert [(one["licence"], one["class"], one["state"]) for one in results][::2] == [
            ("RL-0001", "B", "held"),
            ("RL-0003", "not_licensed", "published"),
        ]

    async def test_narrowed_to_some(self, office: Office) -> None:
        run = await post(office.author, "/runs", {"rule_set": RULES, "licences": ["rl 2"]})
        assert (run["agencies"], run["narrowed"]) == (1, True)


class TestNotice:
    async def test_the_agency_sees_its_result_with_the_evidence_and_nothing_of_others(self, office: Office) -> None:
        run = await office.noticed()
        mine = await get(office.agency, f"/runs/{run}/results/RL-0001")
        assert (mine["class"], mine["points"], mine["state"]) == ("B", "70.46", "noticed")
        assert len(mine["evidence"]["contracts_given"]) == 30
        assert {one["code"] for one in mine["criteria"]} == {one.code for one in rule_set_of("illustrative", "2026.2").criteria}
        lifts = {one["code"]: one["lift"]["next_class"] for one in mine["criteria"]}
        assert lifts["fees_none"] is None
        assert "borrowed" in mine["periods"]["en"]
        await get(office.agency, f"/runs/{run}/results/RL-0002", 404)
        await get(office.agency, "/files/RL-0002", 404)

    async def test_no_complainant_can_be_recognised_in_it(self, office: Office, telling: Bus, decided: Decided) -> None:
        await telling.jetstream.publish(ComplaintDecided.nats_subject(), decided(category="overcharged", country="LB"))
        await until(lambda: office.running.count("agency_fact"), 63 * 2 - 1)
        run = await office.noticed()
        shown = (await office.agency.get(f"{RATINGS}/runs/{run}/results/RL-0001")).text
        assert '"LB"' not in shown
        assert "BD-08" not in shown
        assert "overcharged" not in shown

    async def test_a_reply_is_kept_sealed_and_answered(self, office: Office) -> None:
        run = await office.noticed()
        said = await post(office.agency, f"/runs/{run}/results/RL-0001/replies", {"words": "The contract of Karim Nomuna was given."})
        assert b"Karim" not in await office.running.raw("rating_reply")
        answered = await post(office.author, f"/replies/{said['id']}/answer", {"words": "Seen.", "is_accepted": False})
        assert (answered["answer"], answered["is_accepted"]) == ("Seen.", False)
        await post(office.author, f"/replies/{said['id']}/answer", {"words": "Again.", "is_accepted": True}, 409)
        before = await office.running.count("access_log")
        assert (await get(office.second, f"/runs/{run}/results/RL-0001"))["replies"][0]["words"].startswith("The contract")
        assert await office.running.count("access_log") == before + 1

    async def test_only_for_its_own_licence_and_in_time(self, office: Office) -> None:
        run = await office.noticed()
        await post(office.agency, f"/runs/{run}/results/RL-0002/replies", {"words": "No."}, 404)
        await days_pass(office.running, 15)
        late = await post(office.agency, f"/runs/{run}/results/RL-0001/replies", {"words": "Late."}, 409)
        assert late["type"] == "urn:probashi:problem:reply-time-over"


class TestPublication:
    async def test_needs_another_person_and_the_time_to_reply(self, office: Office) -> None:
        run = await office.noticed()
        early = await post(office.second, f"/runs/{run}/publication", None, 409)
        assert early["type"] == "urn:probashi:problem:reply-time-running"
        await days_pass(office.running, 15)
        alone = await post(office.author, f"/runs/{run}/publication", None, 409)
        assert alone["type"] == "urn:probashi:problem:second-person-needed"
        done = await post(office.second, f"/runs/{run}/publication")
        assert (done["status"], done["approved_by"]) == ("published", "second")

    async def test_not_of_a_draft_nor_twice(self, office: Office) -> None:
        run = await post(office.author, "/runs", {"rule_set": RULES})
        await post(office.second, f"/runs/{run['id']}/publication", None, 409)
        await post(office.author, f"/runs/{run['id']}/notice")
        await days_pass(office.running, 15)
        await post(office.second, f"/runs/{run['id']}/publication")
        again = await post(office.second, f"/runs/{run['id']}/publication", None, 409)
        assert again["type"] == "urn:probashi:problem:run-not-in-that-state"

    async def test_a_version_that_somebody_changed_meanwhile(self, office: Office) -> None:
        run = await post(office.author, "/runs", {"rule_set": RULES})
        first = await office.author.post(f"{RATINGS}/runs/{run['id']}/notice", headers={"If-Match": '"1"'})
        stale = await office.author.post(f"{RATINGS}/runs/{run['id']}/withdrawal", headers={"If-Match": '"1"'})
        none = await office.author.post(f"{RATINGS}/runs/{run['id']}/withdrawal")
        assert [one.status_code for one in (first, stale, none)] == [201, 412, 428]

    async def test_is_what_the_public_sees_from_then_on(self, office: Office) -> None:
        await office.published()
        shown = (await office.running.client().get(f"{URL}/RL-0001")).json()
        assert (shown["class"], shown["class_basis"], shown["published"]["kind"]) == ("B", "published", "run")
        assert shown["published"]["changed_since"] is False
        silent = (await office.running.client().get(f"{URL}/RL-0002")).json()
        assert silent["class"] == "insufficient_data"

    async def test_stands_in_the_open_data_with_its_rules_and_nothing_that_is_only_computed(self, office: Office) -> None:
        public = office.running.client()
        before = (await public.get(f"{URL}/open-data/agencies.json")).json()
        assert {one["class"] for one in before} == {None}
        await office.published()
        after = (await public.get(f"{URL}/open-data/agencies.json")).json()
        assert [(one["licence"], one["class"], one["class_rule_set"], one["class_changed_since"]) for one in after][:2] == [
            ("RL-0001", "B", RULES, False),
            ("RL-0002", "insufficient_data", RULES, False),
        ]
        assert after[0]["class_published_on"] is not None
        await strike(office.running, "fee_charged", 30)
        sheet = (await public.get(f"{URL}/open-data/agencies.csv")).content.decode("utf-8-sig").splitlines()
        assert sheet[1].endswith(f",{RULES},true")

    async def test_is_told_of_once_for_each_agency(self, office: Office) -> None:
        await office.published()
        async with office.running.sessions() as session:
            told = list((await session.execute(text("select convert_from(envelope, 'utf8')::jsonb from outbox"))).scalars())
        published = [one["data"] for one in told if one["data"].get("provisional") is False]
        assert sorted((one["licence"], one["class_code"], one["previous_class_code"]) for one in published) == [
            ("RL-0001", "B", None),
            ("RL-0002", "insufficient_data", None),
            ("RL-0003", "not_licensed", None),
        ]

    async def test_whose_evidence_changed_since_the_notice_is_held_back(self, office: Office) -> None:
        run = await office.noticed()
        await strike(office.running, "fee_charged", 30)
        await days_pass(office.running, 15)
        await post(office.second, f"/runs/{run}/publication")
        results = await get(office.author, f"/runs/{run}/results?state=held")
        assert [(one["licence"], one["held_because"]["en"]) for one in results["items"]] == [
            ("RL-0001", "Held back: the evidence has changed since the notice.")
        ]
        assert (await office.running.client().get(f"{URL}/RL-0001")).json()["class_basis"] == "provisional"
        assert (await get(office.running.client(), f"/runs/{run}/statement"))["held_back"] == ["RL-0001"]

    async def test_whose_reply_nobody_answered_is_held_back(self, office: Office) -> None:
        run = await office.noticed()
        await post(office.agency, f"/runs/{run}/results/RL-0001/replies", {"words": "This is wrong."})
        await days_pass(office.running, 15)
        await post(office.second, f"/runs/{run}/publication")
        assert [one["licence"] for one in (await get(office.author, f"/runs/{run}/results?state=held"))["items"]] == ["RL-0001"]

    async def test_whose_reply_was_accepted_is_held_back_even_if_nothing_was_struck_out(self, office: Office) -> None:
        """The office said that the agency is right: what it is right about is not published as it stood."""
        run = await office.noticed()
        said = await post(office.agency, f"/runs/{run}/results/RL-0001/replies", {"words": "Inspected was another house."})
        await post(office.author, f"/replies/{said['id']}/answer", {"words": "Indeed.", "is_accepted": True})
        await days_pass(office.running, 15)
        await post(office.second, f"/runs/{run}/publication")
        held = (await get(office.author, f"/runs/{run}/results?state=held"))["items"]
        assert [(one["licence"], one["held_because"]["bn"]) for one in held] == [
            ("RL-0001", "স্থগিত রাখা হয়েছে: এজেন্সির জবাব গ্রহণ করা হয়েছে, আগে তথ্যপ্রমাণ সংশোধন করতে হবে।")
        ]


class TestSignature:
    async def test_is_verified_by_another_program(self, office: Office, tmp_path: Path) -> None:
        """`jose` of npm, which shares no code with ours, reads the statement, the signature and the keys as anybody would."""
        run = await office.published()
        public = office.running.client()
        (tmp_path / "statement.json").write_bytes((await public.get(f"{RATINGS}/runs/{run}/statement")).content)
        (tmp_path / "signature").write_text((await public.get(f"{RATINGS}/runs/{run}/signature")).text)
        (tmp_path / "keys.json").write_text((await public.get(f"{RATINGS}/keys")).text)
        assert await verified(tmp_path) == "good"
        altered = (tmp_path / "statement.json").read_bytes().replace(b'"class":"B"', b'"class":"A"')
        (tmp_path / "statement.json").write_bytes(altered)
        assert await verified(tmp_path) == "bad"

    async def test_by_openssl_too(self, office: Office, tmp_path: Path) -> None:
        run = await office.published()
        public = office.running.client()
        statement = (await public.get(f"{RATINGS}/runs/{run}/statement")).content
        header, _, signed = (await public.get(f"{RATINGS}/runs/{run}/signature")).text.split(".")
        key = (await public.get(f"{RATINGS}/keys")).json()["keys"][0]
        # SubjectPublicKeyInfo of an Ed25519 key: RFC 8410, section 4.
        (tmp_path / "key.der").write_bytes(bytes.fromhex("302a300506032b6570032100") + unpadded(key["x"]))
        (tmp_path / "message").write_bytes(f"{header}.".encode() + base64.urlsafe_b64encode(statement).rstrip(b"="))
        (tmp_path / "signature").write_bytes(unpadded(signed))
        command = "openssl pkeyutl -verify -pubin -inkey key.der -keyform DER -rawin -in message -sigfile signature"
        said = await asyncio.create_subprocess_exec(*command.split(), cwd=tmp_path, stdout=subprocess.PIPE)
        out, _ = await said.communicate()
        assert b"Verified Successfully" in out

    async def test_the_statement_holds_hashes_and_no_counts(self, office: Office) -> None:
        run = await office.published()
        answer = await office.running.client().get(f"{RATINGS}/runs/{run}/statement")
        statement = answer.json()
        assert canonical(statement) == answer.content
        assert {"data_sha256", "result_sha256", "rule_set", "classes", "held_back"} <= set(statement)
        assert statement["classes"][0] == {"licence": "RL-0001", "class": "B"}
        assert "upheld" not in answer.text

    async def test_of_a_run_that_is_not_published_there_is_none(self, office: Office) -> None:
        run = await office.noticed()
        await get(office.running.client(), f"/runs/{run}/statement", 404)
        await get(office.running.client(), f"/runs/{uuid4()}/signature", 404)


class TestChangedSincePublication:
    async def test_evidence_struck_out_is_shown_and_a_correction_proposed(self, office: Office) -> None:
        await office.published()
        await strike(office.running, "fee_charged", 30)
        shown = (await office.running.client().get(f"{URL}/RL-0001")).json()["published"]
        assert (shown["class"], shown["changed_since"], shown["now_class"]) == ("B", True, "C")
        proposed = (await get(office.author, "/corrections?status=proposed"))["items"]
        assert [(one["licence"], one["class_before"], one["class_after"]) for one in proposed] == [("RL-0001", "B", "C")]

    async def test_brought_back_it_is_as_it_was(self, office: Office) -> None:
        await office.published()
        await strike(office.running, "fee_charged", 30)
        await strike(office.running, "fee_charged", 30, struck=False)
        assert (await office.running.client().get(f"{URL}/RL-0001")).json()["published"]["changed_since"] is False
        assert [one["status"] for one in (await get(office.author, "/corrections"))["items"]] == ["superseded"]

    async def test_a_person_confirms_and_the_new_class_is_published_and_signed(self, office: Office, tmp_path: Path) -> None:
        await office.published()
        await strike(office.running, "fee_charged", 30)
        one = (await get(office.author, "/corrections"))["items"][0]
        await post(office.author, f"/corrections/{one['id']}/decision", {"is_confirmed": True, "reasons": "Invented interviews."})
        public = office.running.client()
        shown = (await public.get(f"{URL}/RL-0001")).json()["published"]
        assert (shown["class"], shown["kind"], shown["changed_since"]) == ("C", "correction", False)
        (tmp_path / "statement.json").write_bytes((await public.get(shown["statement"])).content)
        (tmp_path / "signature").write_text((await public.get(shown["signature"])).text)
        (tmp_path / "keys.json").write_text((await public.get(f"{RATINGS}/keys")).text)
        assert await verified(tmp_path) == "good"
        assert b"Invented" not in await office.running.raw("correction")
        again = await post(office.author, f"/corrections/{one['id']}/decision", {"is_confirmed": False, "reasons": "No."}, 409)
        assert again["type"] == "urn:probashi:problem:correction-already-decided"

    async def test_a_complaint_overturned_after_publication_lifts_the_class(self, office: Office, telling: Bus, decided: Decided) -> None:
        complaints = [uuid4() for _ in range(40)]
        for complaint in complaints:
            await telling.jetstream.publish(ComplaintDecided.nats_subject(), decided(complaint=complaint))
        await until(lambda: office.running.count("agency_fact"), 164)
        await office.published()

        async def shown() -> Any:
            one = (await office.running.client().get(f"{URL}/RL-0001")).json()["published"]
            return one["class"], one["changed_since"], one["now_class"]

        assert await shown() == ("C", False, None)
        for complaint in complaints:
            overturned = decided(complaint=complaint, sequence=3, decision="rejected", previous="upheld", overturns=True)
            await telling.jetstream.publish(ComplaintDecided.nats_subject(), overturned)
        await until(shown, ("C", True, "B"))

    async def test_what_happens_later_is_no_mistake_of_what_was_published(self, office: Office, telling: Bus, decided: Decided) -> None:
        """Evidence of days after the run moves the provisional class, and not the published one."""
        await office.published(as_of=day(-1))
        for _ in range(60):
            await telling.jetstream.publish(ComplaintDecided.nats_subject(), decided())

        async def shown() -> Any:
            one = (await office.running.client().get(f"{URL}/RL-0001")).json()
            return one["class"], one["published"]["changed_since"], one["provisional"]["class"]

        await until(shown, ("B", False, "C"))


class TestReview:
    async def test_from_the_agency_to_another_office_to_a_corrected_class(self, office: Office) -> None:
        await office.published()
        file = await get(office.agency, "/files/RL-0001")
        assert file["review_until"] is not None
        asked = await post(office.agency, "/files/RL-0001/reviews", {"grounds": "Two complaints are not about us."})
        assert asked["reference"].startswith("V-")
        assert b"about us" not in await office.running.raw("review")
        body = {"outcome": "upheld", "class": "A", "reasons": "Two decisions name another agency."}
        decided = await post(office.reviewer, f"/reviews/{asked['id']}/decision", body)
        assert (decided["status"], decided["outcome"], decided["class_after"]) == ("decided", "upheld", "A")
        shown = (await office.running.client().get(f"{URL}/RL-0001")).json()
        assert (shown["class"], shown["published"]["kind"]) == ("A", "review")
        file = await get(office.agency, "/files/RL-0001")
        assert (file["review"]["outcome"], file["review_until"]) == ("upheld", None)
        async with office.running.sessions() as session:
            told = list(
                (await session.execute(text("select convert_from(envelope, 'utf8')::jsonb from outbox order by position"))).scalars()
            )
        assert told[-1]["type"] == "bd.probashi.agencies.classification.reviewed.v1"
        assert told[-1]["data"] | {"decided_at": None} == {
            "licence": "RL-0001",
            "outcome": "upheld",
            "class_code": "A",
            "previous_class_code": "B",
            "decided_at": None,
        }
        final = await post(office.agency, "/files/RL-0001/reviews", {"grounds": "More."}, 409)
        assert final["type"] == "urn:probashi:problem:review-already-decided"

    async def test_rejected_the_class_stays(self, office: Office) -> None:
        await office.published()
        asked = await post(office.agency, "/files/RL-0001/reviews", {"grounds": "We disagree."})
        await post(office.reviewer, f"/reviews/{asked['id']}/decision", {"outcome": "rejected", "reasons": "Nothing new."})
        shown = (await office.running.client().get(f"{URL}/RL-0001")).json()
        assert (shown["class"], shown["published"]["kind"]) == ("B", "run")

    @pytest.mark.parametrize(
        ("claims", "slug"),
        [
            ({"sub": "other", "org": ["bmet-complaints"]}, "another-office-decides"),
            ({"sub": "second", "org": APPEALS}, "another-office-decides"),
        ],
        ids=["another office", "who approved it"],
    )
    async def test_is_decided_by_another_person_in_another_office(self, office: Office, claims: dict[str, Any], slug: str) -> None:
        await office.published()
        asked = await post(office.agency, "/files/RL-0001/reviews", {"grounds": "We disagree."})
        client = office.running.client("officer", **claims)
        problem = await post(client, f"/reviews/{asked['id']}/decision", {"outcome": "rejected", "reasons": "No."}, 409)
        assert problem["type"] == f"urn:probashi:problem:{slug}"

    @pytest.mark.parametrize("body", [{"outcome": "upheld"}, {"outcome": "upheld", "class": "B"}, {"outcome": "rejected", "class": "A"}])
    async def test_upheld_names_another_class_and_rejected_none(self, office: Office, body: dict[str, Any]) -> None:
        await office.published()
        asked = await post(office.agency, "/files/RL-0001/reviews", {"grounds": "We disagree."})
        problem = await post(office.reviewer, f"/reviews/{asked['id']}/decision", body | {"reasons": "So."}, 409)
        assert problem["type"] == "urn:probashi:problem:reviewed-class-not-possible"

    async def test_within_thirty_days_once_and_for_a_class_that_is_published(self, office: Office) -> None:
        nothing = await post(office.agency, "/files/RL-0001/reviews", {"grounds": "x"}, 409)
        assert nothing["type"] == "urn:probashi:problem:no-class-published"
        await office.published()
        await post(office.running.client("agency", licence=["RL-0009"]), "/files/RL-0001/reviews", {"grounds": "x"}, 404)
        await days_pass(office.running, 31)
        late = await post(office.agency, "/files/RL-0001/reviews", {"grounds": "x"}, 409)
        assert late["type"] == "urn:probashi:problem:review-time-over"
        await days_pass(office.running, -31)
        await post(office.agency, "/files/RL-0001/reviews", {"grounds": "x"})
        again = await post(office.agency, "/files/RL-0001/reviews", {"grounds": "x"}, 409)
        assert again["type"] == "urn:probashi:problem:review-already-asked"


class TestRuleSets:
    async def test_anybody_may_read_them(self, agencies: Running) -> None:
        items = (await get(agencies.client(), "/rule-sets"))["items"]
        assert [(one["name"], one["complete"], one["in_force"]) for one in items][:2] == [
            ("illustrative", True, True),
            ("poea-2012", True, False),
        ]
        assert all(one["missing"] is not None for one in items[2:])
        whole = await get(agencies.client(), "/rule-sets/illustrative/2026.2")
        assert sum(one["weight"] for one in whole["content"]["criteria"]) == 100
        await get(agencies.client(), "/rule-sets/illustrative/1", 404)


VERIFY = """
import { readFileSync } from 'node:fs'
import { createLocalJWKSet, flattenedVerify } from 'jose'
const [folder] = process.argv.slice(-1)
const [header, , signature] = readFileSync(`${folder}/signature`, 'utf8').split('.')
const payload = readFileSync(`${folder}/statement.json`).toString('base64url')
const keys = createLocalJWKSet(JSON.parse(readFileSync(`${folder}/keys.json`, 'utf8')))
try {
  await flattenedVerify({ protected: header, payload, signature }, keys)
  console.log('good')
} catch { console.log('bad') }
"""


async def verified(folder: Path) -> str:
    node = PROJECT / ".venv" / "bin" / "node"
    script = PROJECT / "node_modules" / ".verify.mjs"
    script.write_text(VERIFY)
    run = await asyncio.create_subprocess_exec(str(node), str(script), str(folder), stdout=subprocess.PIPE)
    said, _ = await run.communicate()
    return said.decode().strip()


def unpadded(encoded: str) -> bytes:
    return base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))


async def strike(running: Running, kind: str, number: int, *, struck: bool = True) -> None:
    """As an officer does who finds that so many facts are wrong; then what rests on them is computed again."""
    async with running.sessions.begin() as session:
        await session.execute(
            text(
                "insert into fact_strike (id, fact, struck, reason, made_at, made_by) "
                "select gen_random_uuid(), id, :struck, 'wrong', clock_timestamp(), 'officer' from ("
                "select id from agency_fact where kind = :kind and licence = 'RL-0001' order by id limit :number) f"
            ),
            {"kind": kind, "number": number, "struck": struck},
        )
    async with running.sessions.begin() as session:
        await touch(session, ["RL-0001"], datetime.now(DHAKA))
