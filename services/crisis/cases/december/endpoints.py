"""The HTTP edge of the December report. Year and mission stand in the address; no figure comes in."""

from collections.abc import Awaitable
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from kit.errors import language_of
from kit.idempotency import OnceDep
from kit.spreadsheet import as_csv, csv_file
from kit.versions import ExpectedVersion, etag
from services.crisis.cases.access import Desk, DeskDep
from services.crisis.cases.december import service, views
from services.crisis.cases.december.models import DecemberReport
from services.crisis.cases.december.schemas import ReportOut, ReportsOut, WordsIn
from services.crisis.handover.endpoints import MissionCode

router = APIRouter(prefix="/v1/crisis/december", tags=["the December report"])
Year = Annotated[int, Path(ge=2013, le=2100)]


async def _shown(desk: Desk, mission: str, year: int, change: Awaitable[DecemberReport | None], response: Response) -> ReportOut:
    report = await views.report_out(desk, mission, year, await change)
    response.headers["ETag"] = etag(report.version)
    return report


@router.get("")
async def list_reports(desk: DeskDep, year: Annotated[int, Query(ge=2013, le=2100)]) -> ReportsOut:
    return await views.reports_out(desk, year)


@router.get("/{mission}/{year}")
async def read_report(mission: MissionCode, year: Year, desk: DeskDep, response: Response) -> ReportOut:
    return await _shown(desk, mission, year, service.find(desk, mission, year), response)


@router.get("/{mission}/{year}/file", response_class=Response)
async def read_report_file(mission: MissionCode, year: Year, desk: DeskDep, request: Request) -> Response:
    report = await views.report_out(desk, mission, year, await service.find(desk, mission, year))
    content = as_csv(views.csv_rows(report, language_of(request.headers.get("accept-language", ""))))
    answer = csv_file(content, f"oema-24-{mission.lower()}-{year}.csv")
    answer.headers["Cache-Control"] = "no-store"
    return answer


@router.post("/{mission}/{year}", status_code=201, response_model=ReportOut)
async def begin_report(mission: MissionCode, year: Year, desk: DeskDep, once: OnceDep) -> Response:
    async def effect() -> ReportOut:
        return await views.report_out(desk, mission, year, await service.begin(desk, mission, year))

    return await once(desk.by, effect, location=lambda _: f"/v1/crisis/december/{mission}/{year}")


@router.post("/{mission}/{year}/words")
async def write_words(
    mission: MissionCode, year: Year, said: WordsIn, desk: DeskDep, expected: ExpectedVersion, response: Response
) -> ReportOut:
    return await _shown(desk, mission, year, service.write(desk, mission, year, expected, said), response)


@router.post("/{mission}/{year}/counting")
async def count_again(mission: MissionCode, year: Year, desk: DeskDep, expected: ExpectedVersion, response: Response) -> ReportOut:
    return await _shown(desk, mission, year, service.count_again(desk, mission, year, expected), response)


@router.post("/{mission}/{year}/approval")
async def approve_report(mission: MissionCode, year: Year, desk: DeskDep, expected: ExpectedVersion, response: Response) -> ReportOut:
    return await _shown(desk, mission, year, service.approve(desk, mission, year, expected), response)


@router.post("/{mission}/{year}/sending")
async def send_report(mission: MissionCode, year: Year, desk: DeskDep, expected: ExpectedVersion, response: Response) -> ReportOut:
    return await _shown(desk, mission, year, service.send(desk, mission, year, expected), response)
