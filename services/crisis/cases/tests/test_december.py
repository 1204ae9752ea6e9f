"""The report of OEMA s.24: each figure is counted, none is typed."""

import csv
import io
from types import UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin

import pytest
from pydantic import BaseModel
from sqlalchemy import text

from kit.testing.days import day, today
from runner.testing import Running
from services.crisis.cases.december.endpoints import router
from services.crisis.cases.december.models import DecemberReport

MISSION: Final = "LWW-BEIRUT"
WORKERS: Final = [
    {
        "trade": "domestic",
        "sex": "female",
        "conditions": ["passport_kept", "long_hours"],
        "benefits": ["housing"],
        "problems": ["wages_late"],
    },
    {"trade": "cleaning", "sex": "male", "conditions": ["good"], "benefits": ["insured"], "problems": ["none"]},
]


def url() -> str:
    return f"/v1/crisis/december/{MISSION}/{today().year}"


async def counted(wing: Any, *, by: Any = None) -> dict[str, int]:
    """Every figure of the report, by point, table and line."""
    answer = await (by or wing.beirut).get(url())
    assert answer.status_code == 200, answer.text
    return {
        f"{point['point']} {table['title']['en']} {line['code']}": line["count"]
        for point in answer.json()["points"]
        for table in point["counted"]
        for line in table["lines"]
    }


async def a_year(wing: Any) -> None:
    case = await wing.taken(details={"charge": "left_employer", "trade": "domestic", "custody": "held"})
    case = await wing.step(await wing.visit(case), "lawyer_found")
    await wing.act(case, "details", {"details": {"custody": "convicted"}})
    await wing.taken("death", details={"cause": "work_accident", "compensation": "claimed"})
    paper = await wing.step(await wing.taken("travel_paper", details={"paper": "travel_permit"}), "handed_out")
    await wing.act(paper, "closing", {"outcome": "handed_out"})
    place = await wing.taken("workplace", person={}, details={"place": "কারখানা"})
    await wing.visit(place, place_kind="workplace", found=["employer_met"], workers=WORKERS)
    await wing.taken("shelter", details={"why": "abuse", "trade": "domestic"})


class TestNoFigureIsTyped:
    """OEMA s.24(2): what the ministry reads is what cases say."""

    def test_no_body_of_the_report_takes_a_number(self) -> None:
        bodies = [
            field.field_info.annotation
            for route in router.routes
            for field in route.dependant.body_params  # type: ignore[attr-defined]
        ]
        assert bodies, "the words of (e) and (g) come in somewhere"
        assert {kind for body in bodies for kind in kinds_in(body)} == {str, type(None)}

    def test_its_table_keeps_no_figure(self) -> None:
        numbers = {name for name, one in DecemberReport.model_fields.items() if {int, float} & set(kinds_in(one.annotation))}
        assert numbers == {"year", "version"}

    async def test_an_attempt_to_send_one_is_refused(self, wing: Any) -> None:
        begun = (await wing.beirut.post(url(), json={"deaths": 0})).json()
        for body in ({"deaths": 0}, {"market": 40000}, {"points": [{"point": "c", "count": 0}]}):
            answer = await wing.beirut.post(f"{url()}/words", json=body, headers={"If-Match": f'"{begun["version"]}"'})
            assert answer.status_code == 422, body
        assert await counted(wing) == {}

    async def test_every_figure_comes_and_changes_with_cases_alone(self, wing: Any) -> None:
        assert await counted(wing) == {}
        await a_year(wing)
        assert await counted(wing) == {
            "a Workers by work domestic": 2,
            "a Workers by work cleaning": 1,
            "a Workers by work not_said": 2,
            "a Workers by work protected": 1,
            "a Conditions told at visits passport_kept": 1,
            "a Conditions told at visits long_hours": 1,
            "a Conditions told at visits good": 1,
            "a Benefits told at visits insured": 1,
            "a Benefits told at visits housing": 1,
            "a Problems told at visits wages_late": 1,
            "a Problems told at visits none": 1,
            "a Cases by kind detention": 1,
            "a Cases by kind death": 1,
            "a Cases by kind shelter": 1,
            "a Cases by kind travel_paper": 1,
            "b Arrested or detained, by charge left_employer": 1,
            "b How these cases stand convicted": 1,
            "b Visits and help visited": 1,
            "b Visits and help lawyer_found": 1,
            "b Visits and help still_held": 1,
            "c Deaths by cause work_accident": 1,
            "c Compensation claimed": 1,
            "d Services and steps visit": 2,
            "d Services and steps legal": 1,
            "d Services and steps paper": 1,
            "e Employers and workplaces visited": 1,
            "e Employers and workplaces employer_met": 1,
            "e Workers met at work, by work domestic": 1,
            "e Workers met at work, by work cleaning": 1,
            "f Asked for travel_permit": 1,
            "f What became of it issued": 1,
            "f What became of it median_days": 0,
            "g How cases ended travel_paper": 1,
            "g How cases ended open": 4,
        }
        before = await counted(wing)
        await wing.taken("death", details={"cause": "illness", "compensation": "paid"})
        after = await counted(wing)
        assert {name: after[name] - before.get(name, 0) for name in after if after[name] != before.get(name, 0)} == {
            "a Workers by work not_said": 1,
            "a Cases by kind death": 1,
            "c Deaths by cause illness": 1,
            "c Compensation paid": 1,
            "g How cases ended open": 1,
        }


def kinds_in(annotation: Any) -> set[type]:
    """Every plain type that may come in by this annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return {kind for field in annotation.model_fields.values() for kind in kinds_in(field.annotation)}
    if get_origin(annotation) in {Annotated, Union, UnionType, list, dict, tuple}:
        return {kind for one in get_args(annotation) for kind in kinds_in(one)}
    return {annotation} if isinstance(annotation, type) else set()


class TestCutOff:
    async def test_what_came_later_changes_nothing_before_it(self, wing: Any) -> None:
        await a_year(wing)
        begun = (await wing.beirut.post(url())).json()
        first = await counted(wing)
        await wing.taken("death", details={"cause": "suicide"})
        assert await counted(wing) == first
        again = await wing.beirut.post(f"{url()}/counting", headers={"If-Match": f'"{begun["version"]}"'})
        assert again.json()["digest"] != begun["digest"]
        assert (await counted(wing))["c Deaths by cause suicide"] == 1

    async def test_a_protected_case_counts_and_is_not_divided(self, wing: Any) -> None:
        await wing.taken("death", restricted=True, details={"cause": "killed", "compensation": "refused"})
        figures = await counted(wing)
        assert figures["c Deaths by cause protected"] == 1
        assert "c Deaths by cause killed" not in figures
        # Whoever may not open the case counts the same: the report is the mission's.
        assert await counted(wing, by=wing.colleague) == figures

    async def test_another_missions_cases_are_not_in_it(self, wing: Any) -> None:
        await wing.open("death", by=wing.riyadh, country="SA", details={"cause": "illness"})
        assert await counted(wing) == {}
        assert (await wing.riyadh.get(url())).status_code == 404


class TestApproval:
    async def test_draft_words_a_second_person_and_the_ministry(self, wing: Any, crisis: Running) -> None:
        await a_year(wing)
        report = (await wing.beirut.post(url())).json()
        assert report["state"] == "draft"
        report = await self.act(wing, report, "words", {"market": "নির্মাণ খাতে চাহিদা কম।"})
        typed = next(one for one in report["points"] if one["point"] == "e")
        assert typed["typed"] == {"words": "নির্মাণ খাতে চাহিদা কম।", "by": "wing-beirut"}
        assert [line["code"] for table in typed["counted"] for line in table["lines"]][:2] == ["visited", "employer_met"], (
            "beside what was counted"
        )
        refused = await self.try_to(wing, report, "approval")
        assert refused.json()["type"].endswith("own-report")
        assert (await self.try_to(wing, report, "sending")).json()["type"].endswith("report-not-approved")
        report = await self.act(wing, report, "approval", by=wing.colleague)
        assert (report["state"], report["approved_by"], report["stands"]) == ("approved", "wing-beirut-two", True)
        assert (await self.try_to(wing, report, "words", {"other": "x"})).json()["type"].endswith("report-not-draft")
        report = await self.act(wing, report, "sending")
        assert report["state"] == "sent"
        await wing.taken("death", details={"cause": "illness"})
        assert (await wing.beirut.get(url())).json()["digest"] == report["digest"]
        assert "নির্মাণ".encode() not in await crisis.raw("december_report")
        assert "crisis.december-report.sent.v1" in str(await crisis.rows("outbox"))

    async def test_the_database_holds_that_nobody_approves_their_own(self, wing: Any, crisis: Running) -> None:
        await wing.beirut.post(url())
        with pytest.raises(Exception, match="december_report_four_eyes"):
            async with crisis.sessions.begin() as session:
                await session.execute(
                    text("update december_report set state = 'approved', approved_by = drafted_by, approved_at = now(), digest = 'x'")
                )

    async def test_as_a_file_each_line_is_a_figure(self, wing: Any) -> None:
        await a_year(wing)
        answer = await wing.beirut.get(f"{url()}/file", headers={"Accept-Language": "bn"})
        assert answer.headers["content-type"].startswith("text/csv")
        rows = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))
        assert sum(int(row["count"]) for row in rows if row["point"] == "c") == 2
        assert any("কর্মস্থলে দুর্ঘটনা" in row["line"] for row in rows)
        assert len(rows) == len(await counted(wing))

    async def test_a_year_shows_which_reports_are_missing(self, wing: Any) -> None:
        listed = (await wing.supervisor.get("/v1/crisis/december", params={"year": str(today().year)})).json()["items"]
        assert next(one["state"] for one in listed if one["mission"] == MISSION) == "not_begun"
        assert len(listed) > 10

    async def try_to(self, wing: Any, report: dict[str, Any], what: str, body: Any = None, *, by: Any = None) -> Any:
        return await (by or wing.beirut).post(f"{url()}/{what}", json=body, headers={"If-Match": f'"{report["version"]}"'})

    async def act(self, wing: Any, report: dict[str, Any], what: str, body: Any = None, *, by: Any = None) -> dict[str, Any]:
        answer = await self.try_to(wing, report, what, body, by=by)
        assert answer.status_code == 200, answer.text
        changed: dict[str, Any] = answer.json()
        return changed


class TestFoundByDay:
    async def test_a_step_counts_in_the_year_in_which_it_was_done(self, wing: Any) -> None:
        case = await wing.taken()
        await wing.act(case, "steps", {"step": "lawyer_found", "done_on": f"{today().year - 1}-12-30"})
        assert "d Services and steps legal" not in await counted(wing)
        await wing.visit(await wing.read(case["reference"]), visited_on=day(0))
        assert (await counted(wing))["d Services and steps visit"] == 1
