"""Use cases of distress: what is known, what is needed, how each need ended."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from contracts.complaints import DistressReported
from contracts.text import Bilingual
from kit.errors import NotFoundError
from kit.ids import new_id
from kit.outbox import emit
from services.complaints.cases import repository
from services.complaints.cases.distress import rules
from services.complaints.cases.distress.models import DistressFile, DistressRequest
from services.complaints.cases.distress.schemas import DistressIn, DistressOut, FamilyToldIn, RequestEndIn, RequestIn, RequestOut
from services.complaints.cases.lists import CASES, words_of
from services.complaints.cases.models import Step
from services.complaints.cases.rules import Facts
from services.complaints.cases.schemas import ChangedOut
from services.complaints.cases.service import Desk, begin, changed, note, opened
from services.complaints.models import Complaint
from services.complaints.offices import OFFICES

KIND: Final = "distress"
HOME: Final = "return_home"


async def describe(desk: Desk, reference: str, facts: DistressIn, *, expected: int) -> ChangedOut:
    """Opens the file, or replaces what it says of place and family. Whoever says the person no longer agrees stops the telling at once."""
    complaint = await begin(desk, reference, kind=KIND, expected=expected)
    known = await desk.session.get(DistressFile, complaint.id)
    row = known or DistressFile(complaint_id=complaint.id, family_told_on=None, opened_at=desk.now, opened_by=desk.by, **_none())
    row.place = desk.seal(facts.place, "distress_file.place")
    row.family_may_know, row.ministry_service = facts.family_may_know, facts.ministry_service
    desk.session.add(row)
    await note(desk, complaint, "distress_described" if known else "distress_opened", ministry_service=facts.ministry_service)
    return changed(complaint, complaint.id)


def _none() -> dict[str, Any]:
    return {"place": None, "family_may_know": None, "ministry_service": False}


async def tell_family(desk: Desk, reference: str, told: FamilyToldIn, *, expected: int) -> ChangedOut:
    complaint = await begin(desk, reference, kind=KIND, expected=expected)
    row = await opened(desk, DistressFile, complaint)
    rules.family_told(may_know=row.family_may_know)
    row.family_told_on = told.on
    await note(desk, complaint, "family_told")
    return changed(complaint, complaint.id)


async def ask(desk: Desk, reference: str, request: RequestIn) -> ChangedOut:
    """One request, owned by the wing of the country (the control room where there is none), and its event."""
    complaint = await begin(desk, reference, kind=KIND)
    await opened(desk, DistressFile, complaint)
    asked = await requests_of(desk.session, complaint.id)
    if any(one.need == request.need and one.state == rules.RequestState.OPEN for one in asked):
        raise rules.RequestThereError
    office = OFFICES.responsible("wing", country=complaint.country, district=complaint.district)
    row = DistressRequest(
        id=new_id(),
        complaint_id=complaint.id,
        need=request.need,
        urgency=request.urgency,
        office=office,
        state=rules.RequestState.OPEN,
        opened_at=desk.now,
        opened_by=desk.by,
        ended_on=None,
        note=None,
    )
    desk.session.add(row)
    await note(desk, complaint, "distress_asked", need=request.need, urgency=request.urgency)
    await _tell(desk, complaint, request.need)
    return changed(complaint, row.id)


async def _tell(desk: Desk, complaint: Complaint, need: str) -> None:
    event = DistressReported(
        need=need,
        country=complaint.country,
        district=complaint.district,
        victim_sex=complaint.victim_sex,
        victim_age_band=complaint.victim_age_band,
        reported_at=desk.now,
    )
    await emit(desk.session, event, subject=complaint.id, sequence=complaint.version, restricted=complaint.restricted)


async def end_request(desk: Desk, reference: str, request: UUID, end: RequestEndIn, *, expected: int) -> ChangedOut:
    complaint = await begin(desk, reference, kind=KIND, expected=expected)
    row = await request_of(desk, complaint, request)
    if row.state != rules.RequestState.OPEN:
        raise rules.RequestEndedError
    row.state, row.ended_on = end.state, end.on
    row.note = desk.seal(end.note, "distress_request.note")
    is_home = row.need == HOME and end.state == rules.RequestState.MET
    await note(desk, complaint, "repatriated" if is_home else "distress_ended", need=row.need, state=end.state)
    return changed(complaint, row.id)


async def request_of(desk: Desk, complaint: Complaint, request: UUID) -> DistressRequest:
    """Raises `NotFoundError` for a request of another case."""
    row = await desk.session.get(DistressRequest, request)
    if row is None or row.complaint_id != complaint.id:
        raise NotFoundError
    return row


async def requests_of(session: AsyncSession, complaint_id: UUID) -> Sequence[DistressRequest]:
    mine = select(DistressRequest).where(col(DistressRequest.complaint_id) == complaint_id)
    rows = mine.order_by(col(DistressRequest.urgency).desc(), col(DistressRequest.opened_at), col(DistressRequest.id))
    return (await session.execute(rows)).scalars().all()


async def facts_of(session: AsyncSession, complaint: Complaint, known: Facts) -> rules.DistressFacts:
    row = await session.get(DistressFile, complaint.id)
    states = [one.state for one in await requests_of(session, complaint.id)]
    return rules.DistressFacts(known, states, family_asked=row is not None and row.family_may_know is not None)


async def show(desk: Desk, complaint: Complaint, steps: Sequence[Step], *, personal: bool) -> DistressOut | None:
    row = await desk.session.get(DistressFile, complaint.id)
    if row is None:
        return None
    spoken = [one.done_on for one in steps if one.kind in repository.CONTACT]
    return DistressOut(
        place=desk.open(row.place, "distress_file.place") if personal else None,
        family_may_know=row.family_may_know,
        family_told_on=row.family_told_on,
        ministry_service=row.ministry_service,
        first_contact_on=min(spoken, default=None),
        requests=[_request_out(desk, one, personal=personal) for one in await requests_of(desk.session, complaint.id)],
    )


def _request_out(desk: Desk, row: DistressRequest, *, personal: bool) -> RequestOut:
    more = {
        "label": Bilingual.of(words_of(CASES.needs, row.need)),
        "state_label": Bilingual.of(rules.REQUEST_WORDS[rules.RequestState(row.state)]),
        "note": desk.open(row.note, "distress_request.note") if personal else None,
    }
    return RequestOut.model_validate({**row.model_dump(), **more})
