"""A case as a desk sees it: what is sealed is opened here, the step is computed here."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.days import DHAKA
from contracts.text import Bilingual, Text
from kit.auth import Caller
from kit.crypto import Keyring
from kit.dated import Choice
from services.reintegration.casework import repository, rules
from services.reintegration.casework.instrument import INSTRUMENT, PROCEDURE
from services.reintegration.casework.models import Assessment, ChildHandOver, Consent, HouseholdMember, Plan, PlanGoal, Review
from services.reintegration.casework.schemas import (
    AssessmentOut,
    CaseFileOut,
    ClosingOut,
    ConsentOut,
    DimensionOut,
    GoalOut,
    InstrumentOut,
    MemberOut,
    PlanOut,
    ProcedureOut,
    ProtectionOut,
    ReviewOut,
)
from services.reintegration.lists import choice
from services.reintegration.models import ReintegrationCase
from services.reintegration.schemas import LISTS, ChoiceOut

NOTICE: Final = Text(
    "Our own questions, answered ones only; not a score of IOM's.", "আমাদের নিজস্ব প্রশ্নমালা, শুধু উত্তর দেওয়া প্রশ্নের হিসাব; এটি আইওএমের স্কোর নয়।"
)


async def file_of(session: AsyncSession, case: ReintegrationCase, keyring: Keyring, caller: Caller, today: date) -> CaseFileOut:
    """`today` by the calendar of Dhaka."""
    await session.flush()
    assessments = await repository.list_assessments(session, case.id)
    plan, goals = await repository.find_plan(session, case.id), await repository.list_goals(session, case.id)
    reviews = await repository.list_reviews(session, case.id)
    progress = rules.Progress(
        is_closed=case.closed_at is not None,
        urgent_open=await repository.has_urgent_task(session, case.returnee_id),
        assessed=bool(assessments),
        planned=plan is not None,
        review_due=min((one.due_on for one in reviews if one.held_on is None), default=None),
        closing_proposed=case.closing_proposed_by is not None,
    )
    step = rules.step_of(progress, today)
    return CaseFileOut(
        id=case.id,
        reference=case.reference,
        version=case.version,
        step=step,
        step_label=Bilingual.of(rules.STEP_WORDS[step]),
        needs=[ChoiceOut.chosen(choice(LISTS.needs, code)) for code in case.needs],
        plan_due=case.plan_due,
        plan_overdue=plan is None and case.closed_at is None and case.plan_due < today,
        opened_at=case.opened_at,
        assessments=[assessment_of(one, assessments[0]) for one in assessments],
        plan=_plan(plan, goals, case, keyring, today) if plan else None,
        reviews=[_review(one, keyring) for one in reviews],
        closing=_closing(case, keyring, caller),
    )


def assessment_of(one: Assessment, baseline: Assessment) -> AssessmentOut:
    asked = [len(dimension.items) for dimension in INSTRUMENT.dimensions]
    dimensions = []
    for place, dimension in enumerate(INSTRUMENT.dimensions):
        percent, first = getattr(one, dimension.code), getattr(baseline, dimension.code)
        comparable = one is not baseline and percent is not None and first is not None
        dimensions.append(
            DimensionOut(
                code=dimension.code,
                label=Bilingual(en=dimension.en, bn=dimension.bn),
                answered=one.answered[place],
                asked=asked[place],
                percent=percent,
                change=percent - first if comparable else None,
            )
        )
    return AssessmentOut(
        number=one.number, made_at=one.made_at, instrument=one.instrument, notice=Bilingual.of(NOTICE), dimensions=dimensions
    )


def _plan(plan: Plan, goals: Sequence[PlanGoal], case: ReintegrationCase, keyring: Keyring, today: date) -> PlanOut:
    return PlanOut(
        agreed=plan.agreed,
        made_at=plan.made_at,
        late=plan.made_at.astimezone(DHAKA).date() > case.plan_due,
        goals=[
            GoalOut.model_validate(
                {
                    **goal.model_dump(exclude={"words"}),
                    "words": keyring.open(goal.words, "plan_goal.words"),
                    "overdue": goal.state == rules.GoalState.OPEN and goal.due_on < today,
                }
            )
            for goal in goals
        ],
    )


def _review(review: Review, keyring: Keyring) -> ReviewOut:
    note = keyring.open(review.note, "case_review.note") if review.note else None
    return ReviewOut.model_validate({**review.model_dump(exclude={"note"}), "note": note})


def _closing(case: ReintegrationCase, keyring: Keyring, caller: Caller) -> ClosingOut | None:
    if case.closing_reason is None or case.closing_proposed_at is None:
        return None
    return ClosingOut(
        reason=ChoiceOut.chosen(choice(PROCEDURE.closing_reasons, case.closing_reason)),
        note=keyring.open(case.closing_note, "reintegration_case.closing_note") if case.closing_note else None,
        proposed_at=case.closing_proposed_at,
        proposed_by_me=case.closing_proposed_by == caller.subject,
        closed_at=case.closed_at,
    )


def consent_of(consent: Consent, keyring: Keyring, *, has_photo: bool = False) -> ConsentOut:
    witness = keyring.open(consent.witness, "returnee_consent.witness") if consent.witness else None
    in_force = consent.granted and consent.withdrawn_at is None
    more = {"witness": witness, "in_force": in_force, "has_photo": has_photo}
    return ConsentOut.model_validate({**consent.model_dump(exclude={"witness"}), **more})


def member_of(member: HouseholdMember, keyring: Keyring, today: date, given: ChildHandOver | None = None) -> MemberOut:
    protection = (
        ProtectionOut(to=given.body, on=given.handed_on, note=keyring.open(given.note, "child_hand_over.note"))
        if given is not None
        else None
    )
    name = keyring.open(member.name, "household_member.name") if member.name else None
    is_out = member.out_since is not None and member.schooling in {"out", "waiting"}
    days = (today - member.out_since).days if is_out and member.out_since is not None else None
    return MemberOut.model_validate(
        {**member.model_dump(exclude={"name"}), "name": name, "days_out_of_school": days, "protection": protection}
    )


def instrument_out() -> InstrumentOut:
    return InstrumentOut(
        version=INSTRUMENT.version,
        notice=Bilingual.of(NOTICE),
        least_answered=INSTRUMENT.least_answered,
        answers=[one.model_dump() for one in INSTRUMENT.answers],
        dimensions=[one.model_dump() for one in INSTRUMENT.dimensions],
    )


def procedure_out() -> ProcedureOut:
    def chosen(choices: Sequence[Choice]) -> list[ChoiceOut]:
        return [ChoiceOut.chosen(one) for one in choices]

    return ProcedureOut(
        version=PROCEDURE.version,
        review_months=list(PROCEDURE.review_months),
        closing_reasons=chosen(PROCEDURE.closing_reasons),
        consent_ways=chosen(PROCEDURE.consent_ways),
        relations=chosen(PROCEDURE.relations),
        schooling=chosen(PROCEDURE.schooling),
        child_protection=chosen(PROCEDURE.child_protection),
    )
