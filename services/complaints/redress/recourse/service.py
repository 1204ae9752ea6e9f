"""Use cases: the security deposit of an agency that does not pay, the public demand for the rest, and the case before a court."""

from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.text import Bilingual, Text
from kit.auth import Caller
from kit.crypto import Keyring
from kit.errors import ConflictError, InvalidError, NotFoundError
from kit.ids import new_id
from kit.versions import check_version
from services.complaints import service as complaints
from services.complaints.access import offices_of, require_hands, what_is_visible
from services.complaints.models import Complaint
from services.complaints.offices import OFFICES
from services.complaints.redress import repository, rules, service
from services.complaints.redress.lists import LISTS
from services.complaints.redress.models import CourtCase, RedressRecourse
from services.complaints.redress.schemas import CourtCaseIn, CourtStepIn, MadeOut, PaymentIn, RecourseIn, RecourseStepIn
from services.complaints.redress.tasks import service as tasks

_NEEDED: Final = {
    rules.Recourse.GRANTED: "amount",
    rules.Recourse.REFUSED: "reason",
    rules.Recourse.PAID: "proof",
    rules.Recourse.DEMANDED: "amount",
}


class NoDepositError(ConflictError):
    slug = "no-deposit"
    title = Text(
        "Only an agency with a licence has a security deposit, and only what an order leaves unpaid can be asked from it.",
        "জামানত শুধু লাইসেন্সধারী এজেন্সির থাকে, এবং আদেশের যে অংশ পরিশোধ হয়নি শুধু তা-ই জামানত থেকে চাওয়া যায়।",
    )


class OpenRecourseError(ConflictError):
    slug = "recourse-open"
    title = Text("The deposit is being asked for already.", "জামানতের জন্য আবেদন ইতিমধ্যে চলছে।")


class NotThisStepError(ConflictError):
    slug = "not-this-step"
    title = Text("This step does not follow from where it stands.", "বর্তমান অবস্থা থেকে এই ধাপে যাওয়া যায় না।")


class StepDetailError(InvalidError):
    slug = "step-detail-missing"
    title = Text(
        "This step needs an amount, a reason or a proof, and no more than was asked for.",
        "এই ধাপের জন্য পরিমাণ, কারণ বা প্রমাণ দরকার, এবং চাওয়া পরিমাণের বেশি নয়।",
    )


class CaseClosedError(ConflictError):
    slug = "court-case-closed"
    title = Text("This case has an outcome already.", "এই মামলার ফলাফল ইতিমধ্যে লেখা আছে।")


async def request(session: AsyncSession, caller: Caller, reference: str, line_id: UUID, asked: RecourseIn) -> MadeOut:
    """OEMA 2013 s.18: the office that holds the complaint asks those who keep the deposit."""
    complaint = await service.begin_change(session, caller, reference)
    line = await service.line_of(session, complaint, line_id)
    fact = service.facts([line], await repository.payments_of(session, complaint.id))[0]
    if complaint.respondent_licence is None or rules.is_too_much(fact, asked.amount):
        raise NoDepositError
    if any(one.line_id == line.id and not _is_over(one) for one in await repository.recourses_of(session, complaint.id)):
        raise OpenRecourseError
    recourse = RedressRecourse(
        id=new_id(),
        line_id=line.id,
        complaint_id=complaint.id,
        version=1,
        status=rules.Recourse.REQUESTED,
        requested=asked.amount,
        requested_on=asked.requested_on,
        made_by=caller.subject,
        made_at=datetime.now(UTC),
    )
    await repository.add(session, recourse)
    return await _noted(session, complaint, caller, recourse)


async def step(
    session: AsyncSession, keyring: Keyring, caller: Caller, reference: str, recourse_id: UUID, taken: RecourseStepIn, version: int
) -> MadeOut:
    """What those who keep the deposit answered, what came of it, and the public demand for the rest."""
    complaint = await complaints.get_complaint(session, caller, what_is_visible(caller), reference, purpose=service.PURPOSE, lock=True)
    if not (taken.step in rules.LICENSING_STEPS and _keeps_deposits(caller)):
        require_hands(complaint, caller)
    check_version(version, complaint.version)
    recourse = await session.get(RedressRecourse, recourse_id)
    if recourse is None or recourse.complaint_id != complaint.id:
        raise NotFoundError
    if taken.step not in rules.NEXT_STEPS[rules.Recourse(recourse.status)]:
        raise NotThisStepError
    if getattr(taken, _NEEDED[rules.Recourse(taken.step)]) is None or (taken.amount or 0) > _most(recourse, taken):
        raise StepDetailError
    if taken.step == rules.Recourse.PAID:
        await _pay_out(session, keyring, caller, complaint, recourse, taken)
    _write(recourse, taken)
    return await _noted(session, complaint, caller, recourse)


async def _pay_out(
    session: AsyncSession, keyring: Keyring, caller: Caller, complaint: Complaint, recourse: RedressRecourse, taken: RecourseStepIn
) -> None:
    """What the deposit gave is a payment like any other; its pay order is the proof."""
    paid = {
        "line": recourse.line_id,
        "amount": taken.amount or recourse.granted,
        "paid_on": taken.on.isoformat(),
        "way": "bank",
        "source": "security_deposit",
        "proof": taken.proof,
        "confirmed_with": "statement",
    }
    await service.write_payment(session, keyring, caller.subject, complaint, PaymentIn.model_validate(paid))


def _write(recourse: RedressRecourse, taken: RecourseStepIn) -> None:
    recourse.version += 1
    recourse.status = taken.step
    match taken.step:
        case rules.Recourse.GRANTED:
            recourse.granted, recourse.decided_on = taken.amount, taken.on
        case rules.Recourse.REFUSED:
            recourse.refused_because, recourse.decided_on = taken.reason, taken.on
        case rules.Recourse.PAID:
            recourse.paid_on = taken.on
        case rules.Recourse.DEMANDED:
            recourse.demanded, recourse.demanded_on = taken.amount, taken.on


def _most(recourse: RedressRecourse, taken: RecourseStepIn) -> int:
    if taken.step == rules.Recourse.DEMANDED:
        return recourse.requested - (recourse.granted or 0)
    return recourse.requested if taken.step == rules.Recourse.GRANTED else (recourse.granted or 0)


async def open_case(session: AsyncSession, keyring: Keyring, caller: Caller, reference: str, opened: CourtCaseIn) -> MadeOut:
    """A suit or a charge beside the complaint, with the next day it is called."""
    complaint = await service.begin_change(session, caller, reference)
    case = CourtCase(
        id=new_id(),
        complaint_id=complaint.id,
        version=1,
        kind=LISTS.law(opened.law).kind,
        law=opened.law,
        body=keyring.seal(opened.body, "court_case.body"),
        number=keyring.seal(opened.number, "court_case.number") if opened.number else None,
        filed_on=opened.filed_on,
        next_date=opened.next_date,
        made_by=caller.subject,
        made_at=datetime.now(UTC),
    )
    await repository.add(session, case)
    await tasks.schedule_court(session, case)
    return await _told(session, complaint, caller, "court_case", case.id, law=case.law, next_date=_iso(case.next_date))


async def step_case(session: AsyncSession, caller: Caller, reference: str, case_id: UUID, taken: CourtStepIn, version: int) -> MadeOut:
    complaint = await service.begin_change(session, caller, reference, version=version)
    case = await session.get(CourtCase, case_id)
    if case is None or case.complaint_id != complaint.id:
        raise NotFoundError
    if case.outcome is not None:
        raise CaseClosedError
    case.version += 1
    case.next_date, case.outcome, case.closed_on = taken.next_date, taken.outcome, taken.closed_on
    await tasks.schedule_court(session, case)
    return await _told(session, complaint, caller, "court_case", case.id, next_date=_iso(case.next_date), outcome=case.outcome)


async def _noted(session: AsyncSession, complaint: Complaint, caller: Caller, recourse: RedressRecourse) -> MadeOut:
    amount = {"amount": recourse.demanded or recourse.granted or recourse.requested}
    return await _told(session, complaint, caller, "redress_recourse", recourse.id, step=recourse.status, **amount)


async def _told(session: AsyncSession, complaint: Complaint, caller: Caller, kind: str, item: UUID, **detail: Any) -> MadeOut:
    await service.refresh(session, complaint)
    await complaints.note_happening(session, complaint, kind, by=caller.subject, at=datetime.now(UTC), detail=detail)
    state = rules.state(rules.Redress(complaint.redress_state), complaint.redress_due, service.today())
    return MadeOut(id=item, state=state, state_label=Bilingual.of(rules.REDRESS_WORDS[state]), version=complaint.version)


def _is_over(recourse: RedressRecourse) -> bool:
    return recourse.status not in {rules.Recourse.REQUESTED, rules.Recourse.GRANTED}


def _keeps_deposits(caller: Caller) -> bool:
    return any(OFFICES.kind_of(one) == "licensing" for one in offices_of(caller))


def _iso(day: Any) -> str | None:
    return day.isoformat() if day is not None else None
