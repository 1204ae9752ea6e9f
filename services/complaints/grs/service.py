"""Use cases: a complaint about an office's service goes up the national GRS; its tracking number and what came of it are kept."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.days import DHAKA
from contracts.text import Bilingual, Text
from kit.auth import Caller
from kit.crypto import Keyring
from kit.errors import ConflictError, NotFoundError
from kit.ids import new_id
from kit.versions import check_version
from kit.working_time import reach
from services.complaints import service as complaints
from services.complaints import views
from services.complaints.access import is_in_hands_of, require_hands, what_is_visible
from services.complaints.clocks.calendars import CALENDARS
from services.complaints.grs import repository, rules
from services.complaints.grs.lists import LADDER
from services.complaints.grs.models import GrsStep
from services.complaints.grs.schemas import ChoiceOut, GrsOut, StepChangeIn, StepIn, StepOut
from services.complaints.models import Complaint

NO_LIMIT = Text("No limit of this step was found in any source.", "এই ধাপের সময়সীমা কোনো সূত্রে পাওয়া যায়নি।")


class NoNextStepError(ConflictError):
    slug = "no-next-step"
    title = Text(
        "There is no next step: it is no complaint about an office, the last step has no outcome yet, or it has ended.",
        "পরবর্তী ধাপ নেই: এটি কোনো কার্যালয়ের সেবা নিয়ে নয়, আগের ধাপের ফলাফল আসেনি, অথবা এটি শেষ হয়েছে।",
    )


class StepEndedError(ConflictError):
    slug = "step-ended"
    title = Text("This step has its outcome already.", "এই ধাপের ফলাফল ইতিমধ্যে লেখা আছে।")


async def read(session: AsyncSession, keyring: Keyring, caller: Caller, reference: str) -> GrsOut:
    visible = what_is_visible(caller)
    complaint = await complaints.get_complaint(session, caller, visible, reference, purpose="grs")
    is_shown = "notes" in views.fields_shown(complaint, caller, visible)
    steps = await repository.steps_of(session, complaint.id)
    why = _hindrance(complaint, steps)
    following = LADDER.levels[len(steps)] if why is None else None
    return GrsOut(
        reference=complaint.reference,
        is_service=complaint.kind == "service",
        about_office=views.office_name(complaint.respondent_office) if complaint.respondent_office else None,
        may_step=why is None and is_in_hands_of(complaint, caller),
        why_not=why,
        next_level=Bilingual(en=following.en, bn=following.bn) if following else None,
        steps=[_out(one, keyring) for one in steps] if is_shown else [],
        outcomes=[ChoiceOut(code=one.code, en=one.en, bn=one.bn) for one in LADDER.outcomes],
        source=LADDER.source,
    )


async def begin(session: AsyncSession, keyring: Keyring, caller: Caller, reference: str, begun: StepIn) -> StepOut:
    """The next step of the ladder, with the limit that the office has by the data of today."""
    complaint = await _held(session, caller, reference)
    steps = await repository.steps_of(session, complaint.id)
    about = complaint.respondent_office
    if _hindrance(complaint, steps) is not None or about is None:
        raise NoNextStepError
    level = LADDER.levels[len(steps)]
    limit = LADDER.limit(level, about)
    step = GrsStep(
        id=new_id(),
        complaint_id=complaint.id,
        version=1,
        step=len(steps) + 1,
        level=level.code,
        about_office=about,
        limit_days=limit,
        data_version=LADDER.version,
        begun_on=begun.begun_on,
        due_on=_due(complaint.office, begun.begun_on, limit),
        tracking=keyring.seal(begun.tracking, "grs_step.tracking") if begun.tracking else None,
        made_by=caller.subject,
        made_at=datetime.now(UTC),
    )
    await repository.add(session, step)
    await _told(session, complaint, caller, "grs_step", level=level.code, due_on=step.due_on.isoformat() if step.due_on else None)
    return _out(step, keyring)


async def change(
    session: AsyncSession, keyring: Keyring, caller: Caller, reference: str, step_id: UUID, changed: StepChangeIn, version: int
) -> StepOut:
    complaint = await _held(session, caller, reference)
    step = await session.get(GrsStep, step_id)
    if step is None or step.complaint_id != complaint.id:
        raise NotFoundError
    check_version(version, step.version)
    if step.outcome is not None:
        raise StepEndedError
    step.version += 1
    if changed.tracking:
        step.tracking = keyring.seal(changed.tracking, "grs_step.tracking")
    if changed.outcome:
        step.outcome, step.outcome_on = changed.outcome, changed.outcome_on or datetime.now(DHAKA).date()
    if changed.words:
        step.words = keyring.seal(changed.words, "grs_step.words")
    await _told(session, complaint, caller, "grs_step", level=step.level, outcome=step.outcome)
    return _out(step, keyring)


async def _held(session: AsyncSession, caller: Caller, reference: str) -> Complaint:
    complaint = await complaints.get_complaint(session, caller, what_is_visible(caller), reference, purpose="grs", lock=True)
    require_hands(complaint, caller)
    return complaint


async def _told(session: AsyncSession, complaint: Complaint, caller: Caller, kind: str, **detail: object) -> None:
    await complaints.note_happening(session, complaint, kind, by=caller.subject, at=datetime.now(UTC), detail=detail)


def _hindrance(complaint: Complaint, steps: Sequence[GrsStep]) -> rules.Hindrance | None:
    last = steps[-1].outcome if steps else None
    outcome = LADDER.outcome(last) if last else None
    return rules.hindrance(
        kind=complaint.kind,
        about=complaint.respondent_office,
        steps=len(steps),
        levels=len(LADDER.levels),
        last_outcome=last,
        is_end=outcome is not None and outcome.is_end,
    )


def _due(office: str, begun_on: date, limit: int | None) -> date | None:
    """Working days of Dhaka after the day it was lodged there."""
    if limit is None:
        return None
    evening = datetime.combine(begun_on, time(23, 59), DHAKA)
    return reach(CALENDARS.of(office, "working_days"), "working_days", evening, limit).astimezone(DHAKA).date()


def _out(step: GrsStep, keyring: Keyring) -> StepOut:
    level = next((one for one in LADDER.levels if one.code == step.level), None)
    today = datetime.now(DHAKA).date()
    return StepOut.model_validate(
        {
            **step.model_dump(exclude={"tracking", "words"}),
            "level_words": Bilingual(en=level.en, bn=level.bn) if level else Bilingual(en=step.level, bn=step.level),
            "limit_note": Bilingual.of(NO_LIMIT) if step.limit_days is None else None,
            "is_overdue": rules.is_overdue(step.due_on, step.outcome, today),
            "tracking": keyring.open(step.tracking, "grs_step.tracking") if step.tracking else None,
            "words": keyring.open(step.words, "grs_step.words") if step.words else None,
        }
    )
