"""The HTTP edge of redress: one call into a service each."""

from uuid import UUID

from fastapi import APIRouter, Response

from kit.auth import public
from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.idempotency import OnceDep
from kit.paging import Page, PagingDep, Position
from kit.versions import ExpectedVersion, etag
from services.complaints.access import Decisive, Handler, Reader, Reference, Taker
from services.complaints.redress import service, views
from services.complaints.redress.access import Stepper
from services.complaints.redress.recourse import service as recourse
from services.complaints.redress.schemas import (
    ClaimIn,
    ConfirmationIn,
    CourtCaseIn,
    CourtStepIn,
    GivingUpIn,
    ListsOut,
    MadeOut,
    OrderIn,
    PaymentIn,
    RecourseIn,
    RecourseStepIn,
    RedressOut,
    TaskAnswerIn,
    TaskOut,
)
from services.complaints.redress.tasks import service as tasks

router = APIRouter(prefix="/v1/complaints", tags=["redress"])


def _place(reference: str) -> str:
    return f"/v1/complaints/{reference}/redress"


@router.get("/redress-lists", dependencies=[public(kept_s=300)])
async def redress_lists() -> ListsOut:
    return views.lists_out()


@router.get("/redress-tasks")
async def list_tasks(caller: Handler, session: SessionDep, paging: PagingDep) -> Page[TaskOut]:
    rows = await tasks.list_tasks(session, caller, paging)
    return paging.page(rows, lambda one: Position(one[0].due, one[0].id), lambda one: tasks.task_out(one[0], one[1], None))


@router.post("/redress-tasks/{task_id}/answers", status_code=201, response_model=TaskOut)
async def answer_task(
    task_id: UUID, said: TaskAnswerIn, caller: Handler, session: SessionDep, keyring: KeyringDep, once: OnceDep
) -> Response:
    async def effect() -> TaskOut:
        return await tasks.answer_task(session, keyring, caller, task_id, said)

    return await once(caller.subject, effect, location=lambda done: _place(done.reference))


@router.get("/{reference}/redress")
async def read_redress(reference: Reference, caller: Reader, session: SessionDep, keyring: KeyringDep, response: Response) -> RedressOut:
    found = await views.redress_of(session, keyring, caller, reference)
    response.headers["ETag"] = etag(found.version)
    return found


@router.post("/{reference}/redress/claims", status_code=201, response_model=MadeOut)
async def claim(reference: Reference, claimed: ClaimIn, caller: Taker, session: SessionDep, once: OnceDep) -> Response:
    async def effect() -> MadeOut:
        return await service.claim(session, caller, reference, claimed)

    return await once(caller.subject, effect, location=lambda _: _place(reference))


@router.post("/{reference}/redress/orders", status_code=201, response_model=MadeOut)
async def order(reference: Reference, ordered: OrderIn, caller: Decisive, session: SessionDep, once: OnceDep) -> Response:
    async def effect() -> MadeOut:
        return await service.order(session, caller, reference, ordered)

    return await once(caller.subject, effect, location=lambda _: _place(reference))


@router.post("/{reference}/redress/payments", status_code=201, response_model=MadeOut)
async def pay(reference: Reference, paid: PaymentIn, caller: Handler, session: SessionDep, keyring: KeyringDep, once: OnceDep) -> Response:
    async def effect() -> MadeOut:
        return await service.pay(session, keyring, caller, reference, paid)

    return await once(caller.subject, effect, location=lambda _: _place(reference))


@router.post("/{reference}/redress/payments/{payment_id}/confirmation")
async def confirm(
    reference: Reference, payment_id: UUID, confirmed: ConfirmationIn, caller: Handler, session: SessionDep, version: ExpectedVersion
) -> MadeOut:
    return await service.confirm(session, caller, reference, payment_id, confirmed, version)


@router.post("/{reference}/redress/lines/{line_id}/giving-up")
async def give_up(
    reference: Reference,
    line_id: UUID,
    given: GivingUpIn,
    caller: Handler,
    session: SessionDep,
    keyring: KeyringDep,
    version: ExpectedVersion,
) -> MadeOut:
    return await service.give_up(session, keyring, caller, reference, line_id, given, version)


@router.post("/{reference}/redress/lines/{line_id}/recourse", status_code=201, response_model=MadeOut)
async def request_deposit(
    reference: Reference, line_id: UUID, asked: RecourseIn, caller: Decisive, session: SessionDep, once: OnceDep
) -> Response:
    async def effect() -> MadeOut:
        return await recourse.request(session, caller, reference, line_id, asked)

    return await once(caller.subject, effect, location=lambda _: _place(reference))


@router.post("/{reference}/redress/recourse/{recourse_id}/steps")
async def step_recourse(
    reference: Reference,
    recourse_id: UUID,
    taken: RecourseStepIn,
    caller: Stepper,
    session: SessionDep,
    keyring: KeyringDep,
    version: ExpectedVersion,
) -> MadeOut:
    return await recourse.step(session, keyring, caller, reference, recourse_id, taken, version)


@router.post("/{reference}/court-cases", status_code=201, response_model=MadeOut)
async def open_court_case(
    reference: Reference, opened: CourtCaseIn, caller: Decisive, session: SessionDep, keyring: KeyringDep, once: OnceDep
) -> Response:
    async def effect() -> MadeOut:
        return await recourse.open_case(session, keyring, caller, reference, opened)

    return await once(caller.subject, effect, location=lambda _: _place(reference))


@router.post("/{reference}/court-cases/{case_id}/steps")
async def step_court_case(
    reference: Reference, case_id: UUID, taken: CourtStepIn, caller: Decisive, session: SessionDep, version: ExpectedVersion
) -> MadeOut:
    return await recourse.step_case(session, caller, reference, case_id, taken, version)
