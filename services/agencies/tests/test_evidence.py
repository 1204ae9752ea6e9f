"""Evidence over HTTP: noted, struck out, brought back; and an agency's own file, in which no complainant can be recognised."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError
from sqlalchemy import text

from runner.testing import Running
from services.agencies import ceilings
from services.agencies.tests.telling import decided, measured, ordered, received, register, tell

URL = "/v1/agencies"
DAY = date(2026, 5, 17)
FAILED: dict[str, Any] = {
    "kind": "inspection",
    "happened_on": DAY.isoformat(),
    "source": "inspection",
    "source_ref": "report 7",
    "outcome": "failed",
}
FEE: dict[str, Any] = {
    "kind": "fee_charged",
    "happened_on": DAY.isoformat(),
    "source": "receipt",
    "source_ref": "receipt 12",
    "country": "SA",
    "sex": "male",
    "amount": 40_000_000,
}
REASON = {"reason": "The report was about another office."}
PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"


async def note(agencies: Running, body: dict[str, Any], *, licence: str = "RL-0001", status: int = 201) -> dict[str, Any]:
    answer = await agencies.client("decider").post(f"{URL}/{licence}/evidence", json=body)
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def file(agencies: Running) -> dict[str, Any]:
    answer = await agencies.client("agency", licence=["RL-0001"]).get(f"{URL}/RL-0001/file")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


class TestNoted:
    async def test_a_fact_counts_and_touches_the_agency(self, agencies: Running) -> None:
        await register(agencies)
        made = await note(agencies, FAILED)
        assert (made["label"]["bn"], made["outcome_label"]["en"], made["struck"]) == ("পরিদর্শন", "failed", False)
        assert (await measured(agencies)).inspections_failed == 1
        assert (await file(agencies))["evidence_changed_at"] is not None

    async def test_a_fee_is_measured_against_the_law_and_against_zero(self, agencies: Running) -> None:
        await register(agencies)
        made = await note(agencies, FEE)
        assert (made["ceiling"], made["ceiling_rule"], made["above_ceiling"], made["above_zero"]) == (16_500_000, "sa-men-2016", True, True)
        lawful = await note(agencies, FEE | {"amount": 16_500_000})
        assert (lawful["above_ceiling"], lawful["above_zero"]) == (False, True)
        woman = await note(agencies, FEE | {"sex": "female", "work": "domestic", "amount": 100})
        assert (woman["ceiling"], woman["above_ceiling"]) == (0, True)
        unknown = await note(agencies, FEE | {"country": "IT"})
        assert (unknown["ceiling"], unknown["above_ceiling"], unknown["above_zero"]) == (None, None, True)
        found = await measured(agencies)
        assert (found.fees_known, found.overcharged, found.charged) == (4, 2, 4)

    @pytest.mark.parametrize(
        "change",
        [
            {"kind": "complaint_decided"},
            {"outcome": "excellent"},
            {"outcome": None},
            {"amount": 5},
            {"source_ref": ""},
            {"source": "hearsay"},
            {"happened_on": "tomorrow"},
            {"kind": "fee_charged"},
            {"kind": "training", "outcome": None, "workers": 0},
        ],
    )
    async def test_what_says_nothing_is_refused(self, agencies: Running, change: dict[str, Any]) -> None:
        await register(agencies)
        body = {name: value for name, value in (FAILED | change).items() if value is not None}
        await note(agencies, body, status=422)
        assert await agencies.count("agency_fact") == 0

    async def test_an_offence_is_resolved_by_a_fact_about_it(self, agencies: Running) -> None:
        await register(agencies, "RL-0001", "RL-0002")
        offence = FAILED | {"kind": "offence", "outcome": "convicted", "source": "court"}
        made = await note(agencies, offence)
        resolved = {
            "kind": "offence_resolved",
            "happened_on": DAY.isoformat(),
            "source": "court",
            "source_ref": "appeal 3",
            "about": made["id"],
        }
        await note(agencies, resolved, licence="RL-0002", status=409)
        await note(agencies, resolved | {"about": str(uuid4())}, status=409)
        assert (await measured(agencies)).offences_unresolved == 1
        await note(agencies, resolved)
        assert (await measured(agencies)).offences_unresolved == 0

    async def test_an_office_notes_what_lies_in_its_districts_or_countries(self, agencies: Running) -> None:
        await register(agencies)
        own = agencies.client("demo", districts=["BD-13"])
        other = agencies.client("demo", districts=["BD-08"])
        riyadh = agencies.client("wing", countries=["SA"])
        answers = [await one.post(f"{URL}/RL-0001/evidence", json=body) for one in (own, other, riyadh) for body in (FAILED, FEE)]
        assert [one.status_code for one in answers] == [201, 201, 403, 403, 403, 201]

    async def test_of_an_agency_that_is_not_there(self, agencies: Running) -> None:
        await note(agencies, FAILED, licence="RL-0404", status=404)


class TestStruckOut:
    async def test_it_stays_and_counts_no_longer_until_it_is_brought_back(self, agencies: Running) -> None:
        await register(agencies)
        made = await note(agencies, FAILED)
        client, place = agencies.client("decider"), f"{URL}/evidence/{made['id']}"
        assert (await client.post(f"{place}/strikes", json=REASON)).status_code == 201
        assert (await measured(agencies)).inspections_failed == 0
        shown = (await client.get(f"{URL}/RL-0001/evidence")).json()["items"]
        assert [(one["struck"], one["struck_reason"]) for one in shown] == [(True, REASON["reason"])]
        again = await client.post(f"{place}/strikes", json=REASON)
        assert (again.status_code, again.json()["type"]) == (409, "urn:probashi:problem:struck-already")
        assert (await client.post(f"{place}/restorations", json=REASON)).status_code == 201
        assert (await measured(agencies)).inspections_failed == 1
        assert (await client.post(f"{place}/restorations", json=REASON)).json()["type"].endswith("not-struck")

    async def test_by_six_at_once_it_is_struck_once(self, agencies: Running) -> None:
        await register(agencies)
        made = await note(agencies, FAILED)
        client = agencies.client("decider")
        answers = await asyncio.gather(*(client.post(f"{URL}/evidence/{made['id']}/strikes", json=REASON) for _ in range(6)))
        assert sorted(one.status_code for one in answers) == [201] + [409] * 5

    async def test_a_line_of_deployments_too(self, agencies: Running) -> None:
        await register(agencies)
        client = agencies.client("decider")
        body = "licence,year,country,workers\nRL-0001,2026,SA,700\nRL-0001,2026,MY,50"
        await client.post(f"{URL}/imports/deployments", content=body.encode())
        async with agencies.sessions() as session:
            line = (await session.execute(text("select id from deployment where country = 'SA'"))).scalar_one()
        assert (await client.post(f"{URL}/evidence/{line}/strikes", json=REASON)).status_code == 201
        assert (await measured(agencies)).deployed == 50
        assert (await file(agencies))["deployed"] == [{"year": 2026, "workers": 50}]

    async def test_what_is_not_there_and_without_a_reason(self, agencies: Running) -> None:
        client = agencies.client("decider")
        assert (await client.post(f"{URL}/evidence/{uuid4()}/strikes", json=REASON)).status_code == 404
        assert (await client.post(f"{URL}/evidence/{uuid4()}/strikes", json={"reason": "no"})).status_code == 422


class TestOwnFile:
    async def test_shows_no_complaint_but_counts_and_no_small_ones(self, agencies: Running) -> None:
        await register(agencies)
        await tell(agencies, *(received(decided(), record=UUID(int=number)) for number in range(1, 5)), received(ordered(), 9))
        found = await file(agencies)
        assert [(one["code"], one["count"], one["fewer_than"]) for one in found["complaints"]] == [("upheld", None, 5), ("partly", None, 5)]
        await tell(agencies, received(decided(), record=UUID(int=50)))
        found = await file(agencies)
        assert (found["complaints"][0]["count"], found["orders"]["count"], found["facts"]) == (5, None, [])

    async def test_nothing_in_it_leads_to_a_complainant(self, agencies: Running) -> None:
        await register(agencies)
        complaint = str(uuid4())
        await note(agencies, FEE)
        await note(agencies, FEE | {"complaint": complaint, "source_ref": "C-7K3M-92QX", "amount": 7_770_077})
        whole = (await agencies.client("agency", licence=["RL-0001"]).get(f"{URL}/RL-0001/file")).text
        found = await file(agencies)
        assert [(one["happened_on"], one["month_only"], one["amount"]) for one in found["facts"]] == [("2026-05-01", True, 40_000_000)]
        for secret in (complaint, "C-7K3M", "receipt 12", DAY.isoformat(), "male", "7770077"):
            assert secret not in whole, secret

    async def test_is_nobody_else_s(self, agencies: Running) -> None:
        await register(agencies, "RL-0001", "RL-0002")
        stranger = agencies.client("agency", licence=["RL-0002"])
        made = await note(agencies, FAILED)
        assert (await stranger.get(f"{URL}/RL-0001/file")).status_code == 404
        answers = f"evidence/{made['id']}/answers"
        assert (await stranger.post(f"{URL}/RL-0001/{answers}", json={"words": "x"})).status_code == 404
        assert (await stranger.post(f"{URL}/RL-0002/{answers}", json={"words": "x"})).status_code == 404
        assert (await stranger.post(f"{URL}/RL-0001/documents", params={"name": "a.pdf"}, content=PDF)).status_code == 404
        assert (await agencies.client("agency").get(f"{URL}/RL-0001/file")).status_code == 404

    async def test_an_answer_is_sealed_and_its_reading_noted(self, agencies: Running) -> None:
        await register(agencies)
        made = await note(agencies, FAILED)
        own = agencies.client("agency", licence=["RL-0001"])
        words = "করিম নমুনা সেদিন ছুটিতে ছিলেন।"
        assert (await own.post(f"{URL}/RL-0001/evidence/{made['id']}/answers", json={"words": words})).status_code == 201
        assert [one["words"] for one in (await file(agencies))["answers"]] == [words]
        assert await agencies.count("access_log") == 0
        assert words.encode() not in await agencies.raw("fact_answer")
        await agencies.client("analyst").get(f"{URL}/RL-0001/file")
        assert await agencies.count("access_log") == 1

    async def test_what_rests_on_a_complaint_is_answered_there(self, agencies: Running) -> None:
        await register(agencies)
        made = await note(agencies, FEE | {"complaint": str(uuid4())})
        own = agencies.client("agency", licence=["RL-0001"])
        assert (await own.post(f"{URL}/RL-0001/evidence/{made['id']}/answers", json={"words": "x"})).status_code == 404

    async def test_a_document_is_kept_and_given_back(self, agencies: Running) -> None:
        await register(agencies)
        own = agencies.client("agency", licence=["RL-0001"])
        made = await own.post(f"{URL}/RL-0001/documents", params={"name": "রসিদ.pdf"}, content=PDF)
        assert (made.status_code, made.json()["media_type"], made.json()["size"]) == (201, "application/pdf", len(PDF))
        given = await own.get(made.headers["location"])
        assert (given.content, given.headers["content-type"]) == (PDF, "application/pdf")
        assert given.headers["content-disposition"].startswith("attachment")
        assert [one["name"] for one in (await file(agencies))["documents"]] == ["রসিদ.pdf"]
        other = agencies.client("agency", licence=["RL-0002"])
        assert (await other.get(made.headers["location"])).status_code == 404

    async def test_a_program_in_disguise_is_refused(self, agencies: Running) -> None:
        await register(agencies)
        own = agencies.client("agency", licence=["RL-0001"])
        for content in (b"MZ\x90\x00 program", b"<html><script>alert(1)</script>", b""):
            answer = await own.post(f"{URL}/RL-0001/documents", params={"name": "receipt.pdf"}, content=content)
            assert answer.status_code == 422, content
        assert await agencies.count("agency_document") == 0


class TestCeilings:
    CEILINGS = ceilings.load()

    @pytest.mark.parametrize(
        ("country", "sex", "work", "on", "expected"),
        [
            ("SA", "male", "any", "2026-01-01", "sa-men-2016"),
            ("SA", "male", "any", "2016-08-28", None),
            ("SA", "female", "any", "2026-01-01", "zero-women-sa"),
            ("SA", "female", "domestic", "2026-01-01", "zero-women-domestic"),
            ("OM", "female", "domestic", "2026-01-01", "zero-women-domestic"),
            ("OM", "female", "any", "2026-01-01", "om-2019"),
            ("MY", "male", "any", "2022-07-05", "my-2019"),
            ("MY", "male", "any", "2022-07-06", "my-2022"),
            ("IT", "male", "any", "2026-01-01", None),
            ("SA", None, "any", "2026-01-01", None),
        ],
    )
    def test_what_is_lawful(self, country: str, sex: Any, work: Any, on: str, expected: str | None) -> None:
        found = self.CEILINGS.lawful(country, sex, work, date.fromisoformat(on))
        assert (found.id if found else None) == expected

    def test_each_names_its_source(self) -> None:
        assert all(one.source and one.confidence != "A" for one in self.CEILINGS.entries)

    @pytest.mark.parametrize(
        "change",
        [{"country": "ZZ"}, {"amount": -1}, {"until": "2016-01-01"}, {"source": ""}, {"until": None, "since": "2026-01-01"}],
    )
    def test_data_that_does_not_hold_together_stops_the_service(self, change: dict[str, Any]) -> None:
        whole = self.CEILINGS.model_dump(mode="json")
        last = whole["entries"][2] | {"id": "another"}
        whole["entries"].append(last | change)
        with pytest.raises(ValidationError):
            ceilings.Ceilings.model_validate(whole)

    def test_a_day_later_it_may(self) -> None:
        whole = self.CEILINGS.model_dump(mode="json")
        old = whole["entries"][2]
        whole["entries"].append(old | {"id": "new", "since": "2027-01-01"})
        old["until"] = (date(2027, 1, 1) - timedelta(days=1)).isoformat()
        assert ceilings.Ceilings.model_validate(whole).lawful("SA", "male", "any", date(2027, 1, 1)).id == "new"  # type: ignore[union-attr]
