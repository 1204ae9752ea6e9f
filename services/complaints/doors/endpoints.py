"""The HTTP edge of the open doors: a report without an account, text of an old font, what a person should look at."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from contracts.text import Bilingual
from kit.auth import Caller, allow, public
from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.idempotency import OnceDep
from kit.paging import Page, PagingDep, Position
from kit.text import clean
from services.complaints import service as complaints
from services.complaints import views
from services.complaints.access import Reference, what_is_visible
from services.complaints.doors import bijoy, repository, rules, service
from services.complaints.doors.models import Doubt
from services.complaints.doors.schemas import DoubtOut, PublicComplaintIn, PublicReceiptOut, TextIn, TextOut
from services.complaints.models import Complaint

router = APIRouter(prefix="/v1/complaints", tags=["doors"])

Looker = Annotated[Caller, allow("agent", "supervisor")]


@router.post("/public", status_code=201, response_model=PublicReceiptOut, dependencies=[public()])
async def report(said: PublicComplaintIn, session: SessionDep, keyring: KeyringDep, request: Request, once: OnceDep) -> Response:
    """Send an Idempotency-Key that nobody can guess: who knows it gets the receipt, secret included, once more."""

    async def effect() -> PublicReceiptOut:
        return await service.report(session, keyring, said, request.state.doors)

    answer = await once(service.WEB, effect, location=lambda _: "/v1/complaints/track")
    answer.headers["Cache-Control"] = "no-store"
    return answer


@router.post("/public/text", dependencies=[public()])
async def judge_text(said: TextIn) -> TextOut:
    """Nothing is stored."""
    return TextOut(looks_old=bijoy.looks_old(said.text), converted=clean(bijoy.to_unicode(said.text)))


@router.get("/doubts")
async def list_doubts(caller: Looker, session: SessionDep, paging: PagingDep) -> Page[DoubtOut]:
    rows = await repository.list_doubts(session, what_is_visible(caller), paging)
    await complaints.log_list(session, caller, [one for _, one in rows[: paging.limit]])
    return paging.page(rows, lambda row: Position(row[0].at, row[0].complaint_id), _doubt)


@router.post("/{reference}/doubt/looked", status_code=204)
async def look_at(reference: Reference, caller: Looker, session: SessionDep) -> Response:
    complaint = await complaints.get_complaint(session, caller, what_is_visible(caller), reference, purpose="look", lock=True)
    await service.look_at(session, complaint, caller.subject)
    return Response(status_code=204)


def _doubt(row: tuple[Doubt, Complaint]) -> DoubtOut:
    doubt, complaint = row
    labels = [Bilingual.of(rules.REASON_WORDS[rules.Reason(reason)]) for reason in doubt.reasons]
    return DoubtOut(complaint=views.row_of(complaint), reasons=doubt.reasons, reason_labels=labels, at=doubt.at)
