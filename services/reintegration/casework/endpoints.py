"""The HTTP edge of a case. A change names the version of the case that it saw; answers are the whole file."""

from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response

from contracts.days import DHAKA
from kit.auth import public
from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.errors import NotFoundError
from kit.idempotency import OnceDep
from kit.versions import ExpectedVersion, etag
from services.reintegration.access import Officer, what_is_visible
from services.reintegration.casework import repository, service, views
from services.reintegration.casework.schemas import (
    AssessmentIn,
    CaseFileOut,
    ClosingIn,
    ConsentIn,
    ConsentOut,
    ConsentsOut,
    DueOut,
    DueRow,
    GoalStateIn,
    HandOverIn,
    HouseholdOut,
    InstrumentOut,
    MemberIn,
    MemberOut,
    PlanIn,
    ProcedureOut,
    ReviewIn,
)
from services.reintegration.casework.service import Desk
from services.reintegration.consents import service as consents
from services.reintegration.endpoints import Who
from services.reintegration.models import ReintegrationCase
from services.reintegration.views import names_of

router = APIRouter(prefix="/v1/returnees", tags=["returnees"])


async def desk_of(caller: Officer, session: SessionDep, keyring: KeyringDep) -> Desk:
    return Desk(session, keyring, caller, what_is_visible(caller))


DeskDep = Annotated[Desk, Depends(desk_of)]
Identity = Annotated[UUID, Path()]


def _today() -> date:
    return datetime.now(DHAKA).date()


async def _file(desk: Desk, case: ReintegrationCase, response: Response) -> CaseFileOut:
    response.headers["ETag"] = etag(case.version)
    return await views.file_of(desk.session, case, desk.keyring, desk.caller, _today())


@router.get("/instrument", dependencies=[public()])
async def read_instrument() -> InstrumentOut:
    return views.instrument_out()


@router.get("/procedure", dependencies=[public()])
async def read_procedure() -> ProcedureOut:
    return views.procedure_out()


@router.get("/due")
async def list_due(desk: DeskDep, within_days: Annotated[int, Query(ge=0, le=92)] = 7) -> DueOut:
    today = _today()
    rows, more = await service.list_due(desk, today + timedelta(days=within_days))
    items = [
        DueRow.model_validate(
            {
                "kind": kind,
                "returnee_id": returnee.id,
                "returnee_reference": returnee.reference,
                **names_of(returnee, desk.keyring),
                "district": returnee.district,
                "due_on": due_on,
                "overdue": due_on < today,
            }
        )
        for kind, returnee, due_on in rows
    ]
    return DueOut(items=items, more=more)


@router.get("/{who}/consents")
async def list_consents(who: Who, desk: DeskDep) -> ConsentsOut:
    returnee = await service.seen(desk, who, "consent")
    rows = await repository.list_consents(desk.session, returnee.id)
    photographed = await consents.list_photographed(desk, returnee.id)
    return ConsentsOut(items=[views.consent_of(one, desk.keyring, has_photo=one.id in photographed) for one in rows])


@router.post("/{who}/consents", status_code=201, response_model=ConsentOut)
async def take_consent(who: Who, said: ConsentIn, desk: DeskDep, once: OnceDep) -> Response:
    async def effect() -> ConsentOut:
        return views.consent_of(await consents.take_consent(desk, who, said), desk.keyring)

    return await once(desk.caller.subject, effect, location=lambda _: f"/v1/returnees/{who}/consents")


@router.post("/{who}/consents/{consent_id}/withdraw")
async def withdraw_consent(who: Who, consent_id: Identity, desk: DeskDep) -> ConsentOut:
    return views.consent_of(await consents.withdraw_consent(desk, who, consent_id), desk.keyring)


@router.get("/{who}/household")
async def list_household(who: Who, desk: DeskDep) -> HouseholdOut:
    returnee = await service.seen(desk, who, "household")
    members = await repository.list_members(desk.session, returnee.id)
    given = await repository.list_hand_overs(desk.session, returnee.id)
    return HouseholdOut(items=[views.member_of(one, desk.keyring, _today(), given.get(one.id)) for one in members])


@router.post("/{who}/household", status_code=201, response_model=MemberOut)
async def add_member(who: Who, said: MemberIn, desk: DeskDep, once: OnceDep) -> Response:
    async def effect() -> MemberOut:
        return views.member_of(await service.add_member(desk, who, said), desk.keyring, _today())

    return await once(desk.caller.subject, effect, location=lambda _: f"/v1/returnees/{who}/household")


@router.put("/{who}/household/{member_id}")
async def change_member(who: Who, member_id: Identity, said: MemberIn, desk: DeskDep) -> MemberOut:
    member = await service.change_member(desk, who, member_id, said)
    given = await repository.list_hand_overs(desk.session, member.returnee_id)
    return views.member_of(member, desk.keyring, _today(), given.get(member.id))


@router.post("/{who}/household/{member_id}/hand-over", status_code=201, response_model=MemberOut)
async def hand_over_child(who: Who, member_id: Identity, said: HandOverIn, desk: DeskDep, once: OnceDep) -> Response:
    async def effect() -> MemberOut:
        member, given = await service.hand_over_child(desk, who, member_id, said)
        return views.member_of(member, desk.keyring, _today(), given)

    return await once(desk.caller.subject, effect, location=lambda _: f"/v1/returnees/{who}/household")


@router.get("/{who}/case")
async def read_case(who: Who, desk: DeskDep, response: Response) -> CaseFileOut:
    """The open case, else the one that was closed last."""
    returnee = await service.seen(desk, who, "case")
    case = await repository.find_last_case(desk.session, returnee.id)
    if case is None:
        raise NotFoundError
    return await _file(desk, case, response)


@router.post("/{who}/case/assessments")
async def assess(who: Who, said: AssessmentIn, desk: DeskDep, expected: ExpectedVersion, response: Response) -> CaseFileOut:
    return await _file(desk, await service.assess(desk, who, expected, said), response)


@router.put("/{who}/case/plan")
async def make_plan(who: Who, said: PlanIn, desk: DeskDep, expected: ExpectedVersion, response: Response) -> CaseFileOut:
    return await _file(desk, await service.make_plan(desk, who, expected, said), response)


@router.put("/{who}/case/goals/{goal_id}/state")
async def set_goal_state(
    who: Who, goal_id: Identity, said: GoalStateIn, desk: DeskDep, expected: ExpectedVersion, response: Response
) -> CaseFileOut:
    return await _file(desk, await service.set_goal_state(desk, who, expected, goal_id, said.state), response)


@router.put("/{who}/case/reviews/{number}")
async def hold_review(
    who: Who,
    number: Annotated[int, Path(ge=1, le=100)],
    said: ReviewIn,
    desk: DeskDep,
    expected: ExpectedVersion,
    response: Response,
) -> CaseFileOut:
    return await _file(desk, await service.hold_review(desk, who, expected, number, said), response)


@router.post("/{who}/case/closing")
async def propose_closing(who: Who, said: ClosingIn, desk: DeskDep, expected: ExpectedVersion, response: Response) -> CaseFileOut:
    return await _file(desk, await service.propose_closing(desk, who, expected, said), response)


@router.post("/{who}/case/closing/approve")
async def approve_closing(who: Who, desk: DeskDep, expected: ExpectedVersion, response: Response) -> CaseFileOut:
    return await _file(desk, await service.approve_closing(desk, who, expected), response)


@router.post("/{who}/case/closing/send-back")
async def send_back_closing(who: Who, desk: DeskDep, expected: ExpectedVersion, response: Response) -> CaseFileOut:
    return await _file(desk, await service.send_back_closing(desk, who, expected), response)
