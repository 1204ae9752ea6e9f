"""Use cases: consent, household, assessment, plan, reviews, closing. Each begins with the returnee within the caller's sight, locked."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.days import DHAKA
from contracts.reintegration import CaseClosed, PlanMade, ReviewHeld
from kit.access_log import record_access
from kit.auth import Caller
from kit.crypto import Keyring
from kit.errors import NotFoundError
from kit.ids import new_id
from kit.outbox import emit
from kit.versions import check_version
from services.reintegration import repository as returnees
from services.reintegration.casework import repository, rules
from services.reintegration.casework.instrument import INSTRUMENT, PROCEDURE
from services.reintegration.casework.models import Assessment, ChildHandOver, HouseholdMember, Plan, PlanGoal, Review
from services.reintegration.casework.schemas import AssessmentIn, ClosingIn, HandOverIn, MemberIn, PlanIn, ReviewIn
from services.reintegration.models import ReintegrationCase, Returnee
from services.reintegration.rules import CaseStatus, Visibility

FILE: Final = ("case", "consents", "household", "assessments", "plan", "reviews", "closing")


@dataclass(frozen=True, slots=True)
class Desk:
    """Who acts, with what they may see and the keys of this service."""

    session: AsyncSession
    keyring: Keyring
    caller: Caller
    visible: Visibility


async def found(desk: Desk, who: UUID | str, purpose: str) -> Returnee:
    """Of a change: locked, and noted in the access log. Raises `NotFoundError` also for one out of sight."""
    return await _noted(desk, await returnees.lock(desk.session, who, desk.visible), purpose)


async def seen(desk: Desk, who: UUID | str, purpose: str) -> Returnee:
    """Of a read: as `found`, and nobody waits for it."""
    record = await returnees.find(desk.session, who, desk.visible)
    return await _noted(desk, record.returnee if record else None, purpose)


async def _noted(desk: Desk, returnee: Returnee | None, purpose: str) -> Returnee:
    if returnee is None:
        raise NotFoundError
    await record_access(desk.session, desk.caller, [returnee.id], record_type="returnee", purpose=purpose, fields=FILE)
    return returnee


async def open_file(desk: Desk, who: UUID | str, expected: int) -> tuple[Returnee, ReintegrationCase]:
    """Of a change. Raises `NotFoundError`, `StaleVersionError`, `CaseClosedAlreadyError`; raises the version."""
    returnee = await found(desk, who, "case")
    case = await repository.find_last_case(desk.session, returnee.id, lock=True)
    if case is None:
        raise NotFoundError
    check_version(expected, case.version)
    if case.closed_at is not None:
        raise rules.CaseClosedAlreadyError
    case.version += 1
    return returnee, case


async def is_consented(session: AsyncSession, returnee_id: UUID, purpose: str, recipient: str) -> bool:
    """Whether a consent is in force now: asked whenever something leaves this service."""
    return await repository.find_consent_in_force(session, returnee_id, purpose, recipient) is not None


async def add_member(desk: Desk, who: UUID | str, said: MemberIn) -> HouseholdMember:
    returnee = await found(desk, who, "household")
    member = HouseholdMember(
        id=new_id(), returnee_id=returnee.id, added_by=desk.caller.subject, added_at=datetime.now(UTC), **_member(desk, said)
    )
    desk.session.add(member)
    await desk.session.flush()
    return member


async def change_member(desk: Desk, who: UUID | str, member_id: UUID, said: MemberIn) -> HouseholdMember:
    """Raises `NotFoundError`."""
    returnee = await found(desk, who, "household")
    member = await repository.find_member(desk.session, returnee.id, member_id)
    if member is None:
        raise NotFoundError
    for name, value in _member(desk, said).items():
        setattr(member, name, value)
    return member


async def hand_over_child(desk: Desk, who: UUID | str, member_id: UUID, said: HandOverIn) -> tuple[HouseholdMember, ChildHandOver]:
    """Raises `NotFoundError`, `NotAChildError`, `HandedOverError`."""
    returnee, now = await found(desk, who, "household"), datetime.now(UTC)
    member = await repository.find_member(desk.session, returnee.id, member_id)
    if member is None:
        raise NotFoundError
    rules.check_is_child(member.relation, member.birth_year, now.astimezone(DHAKA).year)
    if member.id in await repository.list_hand_overs(desk.session, returnee.id):
        raise rules.HandedOverError
    given = ChildHandOver(
        member_id=member.id,
        body=said.to,
        handed_on=said.on,
        note=desk.keyring.seal(said.note, "child_hand_over.note"),
        handed_by=desk.caller.subject,
        written_at=now,
    )
    desk.session.add(given)
    await desk.session.flush()
    return member, given


def _member(desk: Desk, said: MemberIn) -> dict[str, Any]:
    sealed = desk.keyring.seal(said.name, "household_member.name") if said.name else None
    return {**said.model_dump(exclude={"name"}), "name": sealed}


async def assess(desk: Desk, who: UUID | str, expected: int, said: AssessmentIn) -> ReintegrationCase:
    """The first is the baseline that later ones are compared with. Never changed: a mistake is answered by another."""
    _, case = await open_file(desk, who, expected)
    number = len(await repository.list_assessments(desk.session, case.id))
    results = INSTRUMENT.results(said.answers)
    assessment = Assessment(
        id=new_id(),
        case_id=case.id,
        number=number,
        instrument=INSTRUMENT.version,
        answers=desk.keyring.seal(json.dumps(said.answers), "case_assessment.answers"),
        **{one.code: one.percent for one in results},
        answered=[one.answered for one in results],
        made_by=desk.caller.subject,
        made_at=datetime.now(UTC),
    )
    desk.session.add(assessment)
    return case


async def make_plan(desk: Desk, who: UUID | str, expected: int, said: PlanIn) -> ReintegrationCase:
    """The first plan sets the days of review. A new one drops the goals that are still open and keeps what was reached."""
    returnee, case = await open_file(desk, who, expected)
    now = datetime.now(UTC)
    plan = await repository.find_plan(desk.session, case.id)
    if plan is None:
        desk.session.add(Plan(case_id=case.id, agreed=said.agreed, made_by=desk.caller.subject, made_at=now))
        days = rules.review_days(now.astimezone(DHAKA).date(), PROCEDURE.review_months)
        rows = [{"case_id": case.id, "number": n, "district": returnee.district, "due_on": day} for n, day in enumerate(days, start=1)]
        await desk.session.flush()
        await repository.add_all(desk.session, Review, rows)
    else:
        plan.agreed, plan.made_by, plan.made_at = said.agreed, desk.caller.subject, now
        await _drop_open_goals(desk, case, now)
    await _add_goals(desk, case, said, now)
    await _tell_plan(desk, returnee, case, said, now)
    return case


async def _drop_open_goals(desk: Desk, case: ReintegrationCase, now: datetime) -> None:
    for goal in await repository.list_goals(desk.session, case.id):
        if goal.state == rules.GoalState.OPEN:
            goal.state, goal.state_at = rules.GoalState.DROPPED, now


async def _add_goals(desk: Desk, case: ReintegrationCase, said: PlanIn, now: datetime) -> None:
    rows = [
        {
            "id": new_id(),
            "case_id": case.id,
            **goal.model_dump(exclude={"words"}),
            "words": desk.keyring.seal(goal.words, "plan_goal.words"),
            "state": rules.GoalState.OPEN,
            "state_at": now,
        }
        for goal in said.goals
    ]
    await repository.add_all(desk.session, PlanGoal, rows)


async def _tell_plan(desk: Desk, returnee: Returnee, case: ReintegrationCase, said: PlanIn, now: datetime) -> None:
    event = PlanMade(
        district=returnee.district,
        goals=len(said.goals),
        helps=tuple(sorted({goal.help for goal in said.goals if goal.help})),
        late=now.astimezone(DHAKA).date() > case.plan_due,
        made_at=now,
    )
    await emit(desk.session, event, subject=case.id, sequence=case.version, restricted=returnee.restricted)


async def set_goal_state(desk: Desk, who: UUID | str, expected: int, goal_id: UUID, state: rules.GoalState) -> ReintegrationCase:
    """Raises `NotFoundError` for a goal of another case."""
    _, case = await open_file(desk, who, expected)
    goal = next((one for one in await repository.list_goals(desk.session, case.id) if one.id == goal_id), None)
    if goal is None:
        raise NotFoundError
    goal.state, goal.state_at = state, datetime.now(UTC)
    return case


async def hold_review(desk: Desk, who: UUID | str, expected: int, number: int, said: ReviewIn) -> ReintegrationCase:
    """Raises `NotFoundError`, `NoPlanError`. Held again, the later answer stands; both are in the events."""
    returnee, case = await open_file(desk, who, expected)
    reviews = await repository.list_reviews(desk.session, case.id)
    if not reviews:
        raise rules.NoPlanError
    review = next((one for one in reviews if one.number == number), None)
    if review is None:
        raise NotFoundError
    review.held_on, review.confirmed, review.held_by = said.held_on, said.confirmed, desk.caller.subject
    review.note = desk.keyring.seal(said.note, "case_review.note") if said.note else None
    event = ReviewHeld(district=returnee.district, number=number, confirmed=said.confirmed, held_on=said.held_on)
    await emit(desk.session, event, subject=case.id, sequence=case.version, restricted=returnee.restricted)
    return case


async def propose_closing(desk: Desk, who: UUID | str, expected: int, said: ClosingIn) -> ReintegrationCase:
    """Raises `UrgentFirstError` while something urgent is open, `ClosingProposedError`."""
    returnee, case = await open_file(desk, who, expected)
    if case.closing_proposed_by is not None:
        raise rules.ClosingProposedError
    if await repository.has_urgent_task(desk.session, returnee.id):
        raise rules.UrgentFirstError
    case.closing_reason, case.closing_proposed_by, case.closing_proposed_at = said.reason, desk.caller.subject, datetime.now(UTC)
    case.closing_note = desk.keyring.seal(said.note, "reintegration_case.closing_note") if said.note else None
    return case


async def approve_closing(desk: Desk, who: UUID | str, expected: int) -> ReintegrationCase:
    """By another officer than who proposed it. Raises `NotProposedError`, `SameOfficerError`."""
    returnee, case = await open_file(desk, who, expected)
    rules.check_may_approve(case.closing_proposed_by, desk.caller.subject)
    now = datetime.now(UTC)
    case.status, case.closed_at, case.closed_by = CaseStatus.CLOSED, now, desk.caller.subject
    goals = await repository.list_goals(desk.session, case.id)
    event = CaseClosed(
        district=returnee.district,
        reason=str(case.closing_reason),
        goals_reached=sum(one.state == rules.GoalState.REACHED for one in goals),
        goals=sum(one.state != rules.GoalState.DROPPED for one in goals),
        opened_at=case.opened_at,
        closed_at=now,
    )
    await emit(desk.session, event, subject=case.id, sequence=case.version, restricted=returnee.restricted)
    return case


async def send_back_closing(desk: Desk, who: UUID | str, expected: int) -> ReintegrationCase:
    """The case goes on. Raises `NotProposedError`."""
    _, case = await open_file(desk, who, expected)
    if case.closing_proposed_by is None:
        raise rules.NotProposedError
    case.closing_reason = case.closing_proposed_by = case.closing_note = case.closing_proposed_at = None
    return case


async def list_due(desk: Desk, until: date) -> tuple[list[tuple[str, Returnee, date]], bool]:
    """What falls due by `until` (a day of Dhaka), and whether there is more."""
    rows = await repository.list_due(desk.session, desk.visible, until)
    shown = rows[: repository.MOST_DUE]
    who = {returnee.id for _, returnee, _ in shown}
    await record_access(desk.session, desk.caller, who, record_type="returnee", purpose="due", fields=("reference", "name", "case"))
    return shown, len(rows) > len(shown)
