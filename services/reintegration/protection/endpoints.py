"""The HTTP edge of protected cases. Who is no member of one learns not even that there is one."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from contracts.days import DHAKA
from kit.auth import Caller, allow, public
from kit.database import SessionDep
from kit.idempotency import OnceDep
from kit.paging import Page, PagingDep, Position
from kit.versions import ExpectedVersion, etag
from services.reintegration.casework.endpoints import DeskDep
from services.reintegration.casework.service import Desk
from services.reintegration.endpoints import Who
from services.reintegration.protection import repository, service, views
from services.reintegration.protection.schemas import (
    Account,
    FiguresOut,
    HalfYear,
    IdentificationIn,
    IndicatorsIn,
    MemberIn,
    ProtectedOut,
    ProtectedRow,
    ProtectionClosingIn,
    ProtectionListsOut,
    StepIn,
    StepStateIn,
    TestimonyIn,
    TrainedIn,
    TrainedListOut,
    TrainedOut,
)

router = APIRouter(prefix="/v1/returnees", tags=["returnees: protection"])
CaseId = Annotated[UUID, Path()]
Supervisor = Annotated[Caller, allow("supervisor")]
Reporter = Annotated[Caller, allow("supervisor", "analyst", "auditor", "admin")]


def _today() -> date:
    return datetime.now(DHAKA).date()


async def _file(desk: Desk, found: service.Found, response: Response) -> ProtectedOut:
    response.headers["ETag"] = etag(found.case.version)
    return await views.file_of(desk, found, _today())


@router.get("/protection-lists", dependencies=[public()])
async def read_protection_lists() -> ProtectionListsOut:
    return views.lists_out()


@router.get("/trained-officers")
async def list_trained(_: Supervisor, session: SessionDep) -> TrainedListOut:
    return TrainedListOut(items=[views.trained_of(one) for one in await repository.list_trained(session)])


@router.put("/trained-officers/{account}")
async def note_trained(account: Account, said: TrainedIn, caller: Supervisor, session: SessionDep) -> TrainedOut:
    return views.trained_of(await service.note_trained(session, caller, account, said))


@router.get("/protection/figures")
async def read_protection_figures(_: Reporter, session: SessionDep, half: Annotated[HalfYear, Query()]) -> FiguresOut:
    return views.figures_of(half, await service.figures(session, half, _today()))


@router.get("/protection")
async def list_protected(desk: DeskDep, paging: PagingDep) -> Page[ProtectedRow]:
    rows = await service.list_cases(desk, paging)
    return paging.page(rows, lambda one: Position(one[0].opened_at, one[0].id), lambda one: views.row_of(*one, desk.keyring))


@router.post("/{who}/protection", status_code=201, response_model=ProtectedOut)
async def open_protected(who: Who, desk: DeskDep, once: OnceDep) -> Response:
    async def effect() -> ProtectedOut:
        return await views.file_of(desk, await service.open_case(desk, who), _today())

    return await once(desk.caller.subject, effect, location=lambda case: f"/v1/returnees/protection/{case.id}")


@router.get("/protection/{case_id}")
async def read_protected(case_id: CaseId, desk: DeskDep, response: Response) -> ProtectedOut:
    return await _file(desk, await service.read(desk, case_id), response)


@router.put("/protection/{case_id}/indicators")
async def note_indicators(
    case_id: CaseId, said: IndicatorsIn, desk: DeskDep, expected: ExpectedVersion, response: Response
) -> ProtectedOut:
    return await _file(desk, await service.note_indicators(desk, case_id, expected, said), response)


@router.post("/protection/{case_id}/identification")
async def identify(case_id: CaseId, said: IdentificationIn, desk: DeskDep, expected: ExpectedVersion, response: Response) -> ProtectedOut:
    return await _file(desk, await service.identify(desk, case_id, expected, said), response)


@router.put("/protection/{case_id}/testimony")
async def note_testimony(case_id: CaseId, said: TestimonyIn, desk: DeskDep, expected: ExpectedVersion, response: Response) -> ProtectedOut:
    return await _file(desk, await service.note_testimony(desk, case_id, expected, said.answer), response)


@router.post("/protection/{case_id}/steps")
async def add_step(case_id: CaseId, said: StepIn, desk: DeskDep, expected: ExpectedVersion, response: Response) -> ProtectedOut:
    return await _file(desk, await service.add_step(desk, case_id, expected, said), response)


@router.put("/protection/{case_id}/steps/{step_id}")
async def set_step(
    case_id: CaseId, step_id: Annotated[UUID, Path()], said: StepStateIn, desk: DeskDep, expected: ExpectedVersion, response: Response
) -> ProtectedOut:
    return await _file(desk, await service.set_step(desk, case_id, expected, step_id, said), response)


@router.put("/protection/{case_id}/members/{account}")
async def set_member(
    case_id: CaseId, account: Account, said: MemberIn, desk: DeskDep, expected: ExpectedVersion, response: Response
) -> ProtectedOut:
    """An officer who takes themselves off still gets this one answer: what they saw on the page before."""
    return await _file(desk, await service.set_member(desk, case_id, expected, account, on=said.on), response)


@router.post("/protection/{case_id}/closing")
async def close_protected(
    case_id: CaseId, said: ProtectionClosingIn, desk: DeskDep, expected: ExpectedVersion, response: Response
) -> ProtectedOut:
    return await _file(desk, await service.close_case(desk, case_id, expected, said.reason), response)
