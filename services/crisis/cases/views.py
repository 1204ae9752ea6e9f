"""A wing's cases as the officer who may see them reads them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Final, cast

from contracts.persons import AgeBand, Sex
from contracts.text import Bilingual, Text
from kit.access_log import record_access
from kit.paging import Page, Paging, Position
from services.crisis.cases import repository, service
from services.crisis.cases.access import Desk
from services.crisis.cases.lists import KINDS, ORIGINS, FieldOf, Kind, Origin
from services.crisis.cases.models import WingCase, WingHappening, WingVisit, WingWorker
from services.crisis.cases.repository import Queue
from services.crisis.cases.rules import STATE_WORDS, State
from services.crisis.cases.schemas import (
    ApplicantOut,
    CaseOut,
    CaseRow,
    ChoiceOut,
    DayOut,
    DetailOut,
    FieldOut,
    HappeningOut,
    KindOut,
    KindsOut,
    MissionOut,
    OfficerLoad,
    PersonOut,
    ResponseOut,
    StepOf,
    StepOut,
    VisitOut,
    WorkerOut,
)
from services.crisis.cases.working_days import calendar_of
from services.crisis.handover import repository as handovers
from services.crisis.handover.rules import answering
from services.crisis.handover.service import MISSIONS

RESPONSE_DAYS: Final = 90
HAPPENED: Final[Mapping[str, Text]] = {
    "opened": Text("Opened", "খোলা হয়েছে"),
    "taken": Text("An officer took it on", "একজন কর্মকর্তা দায়িত্ব নিয়েছেন"),
    "details": Text("Details written down", "তথ্য লেখা হয়েছে"),
    "visit": Text("Visited", "সাক্ষাৎ বা পরিদর্শন"),
    "answered": Text("The family was answered", "পরিবারকে উত্তর দেওয়া হয়েছে"),
    "overdue": Text("Not done in time", "সময়মতো করা হয়নি"),
    "restricted": Text("Who may see it was changed", "কারা দেখতে পারবেন তা বদলানো হয়েছে"),
    "closed": Text("Closed", "নিষ্পন্ন"),
    "reopened": Text("Opened again", "আবার খোলা হয়েছে"),
}


def kinds_out() -> KindsOut:
    return KindsOut(
        version=KINDS.version,
        source=KINDS.source,
        kinds=[_kind(one) for one in KINDS.by_code.values()],
        choices={name: [ChoiceOut(code=one.code, label=Bilingual.of(one.words)) for one in many] for name, many in KINDS.choices.items()},
    )


def _kind(kind: Kind) -> KindOut:
    return KindOut(
        code=kind.code,
        label=Bilingual.of(kind.name),
        restricted=kind.restricted,
        is_of_place=kind.is_of_place,
        fields=[
            FieldOut(
                code=one.code,
                kind=one.kind,
                label=Bilingual.of(one.name),
                hint=Bilingual.of(one.hint) if one.hint else None,
                choices=one.choices,
            )
            for one in kind.fields
        ],
        steps=[
            StepOf(
                code=one.code,
                label=Bilingual.of(one.name),
                is_visit=one.visit,
                is_owed=one.due is not None,
                illustrative=one.illustrative,
                source=one.source,
            )
            for one in kind.steps
        ],
        outcomes=[ChoiceOut(code=one.code, label=Bilingual.of(one.name)) for one in kind.outcomes],
    )


def row_of(found: WingCase, desk: Desk) -> CaseRow:
    kind = service.kind_of(found)
    owed = kind.step(found.next_step) if found.next_step else None
    state = State(found.state)
    return CaseRow(
        reference=found.reference,
        kind=found.kind,
        kind_label=Bilingual.of(kind.name),
        state=state,
        state_label=Bilingual.of(STATE_WORDS[state]),
        origin=cast("Origin", found.origin),
        origin_label=Bilingual.of(ORIGINS[found.origin]),
        country=found.country,
        name=service.opened(desk.keyring, found.person, "wing_case.person").get("name"),
        restricted=found.restricted,
        complaint=found.complaint,
        officer_name=found.officer_name,
        is_mine=found.officer == desk.by,
        next_step=Bilingual.of(owed.name) if owed else None,
        next_due=found.next_due,
        is_overdue=found.next_due is not None and found.next_due < desk.now,
        opened_at=found.opened_at,
    )


async def queue(desk: Desk, paging: Paging, wanted: Queue, kind: str | None) -> Page[CaseRow]:
    found = await repository.list_queue(desk.session, desk.sight, paging, wanted, desk.ends, kind)
    await _log(desk, found, "list")

    def place(one: WingCase) -> Position:
        at = one.next_due if wanted in {"due", "overdue"} else one.closed_at if wanted == "closed" else one.opened_at
        return Position(at or one.opened_at, one.id)

    return paging.page(found, place, lambda one: row_of(one, desk))


async def rows(desk: Desk, found: Sequence[WingCase], purpose: str) -> list[CaseRow]:
    await _log(desk, found, purpose)
    return [row_of(one, desk) for one in found]


async def _log(desk: Desk, found: Sequence[WingCase], purpose: str) -> None:
    ids = [one.id for one in found]
    await record_access(desk.session, desk.caller, ids, record_type=service.RECORD, purpose=purpose, fields=("case", "name"))


async def day_out(desk: Desk) -> DayOut:
    since = desk.now - timedelta(days=RESPONSE_DAYS)
    return DayOut(
        **await repository.count_queues(desk.session, desk.sight, desk.ends),
        officers=[
            OfficerLoad(name=name, is_me=officer == desk.by, open=count, overdue=late)
            for officer, name, count, late in await repository.load_of(desk.session, desk.sight)
        ],
        response=[
            ResponseOut(
                kind=kind,
                label=Bilingual.of(KINDS.by_code[kind].name if kind in KINDS.by_code else Text(kind, kind)),
                opened=count,
                taken=taken,
                median_hours=None if hours is None else round(hours, 1),
            )
            for kind, count, taken, hours in await repository.response_of(desk.session, desk.sight, since)
        ],
    )


async def case_out(desk: Desk, found: WingCase) -> CaseOut:
    """Called once its reading was logged."""
    happened = await repository.happenings(desk.session, found.id)
    visited = await repository.visits(desk.session, found.id)
    spoken = await repository.workers(desk.session, [one.id for one in visited])
    applicant = service.opened(desk.keyring, found.applicant, "wing_case.applicant")
    outcome = service.kind_of(found).outcome(found.outcome) if found.outcome else None
    calendar = calendar_of(found.country, found.opened_at.date())
    return CaseOut(
        **row_of(found, desk).model_dump(),
        version=found.version,
        mission=await _mission(desk, found),
        sex=Sex(found.sex),
        age_band=AgeBand(found.age_band),
        person=PersonOut(**service.opened(desk.keyring, found.person, "wing_case.person")),
        applicant=ApplicantOut(**applicant) if applicant else None,
        answer=desk.keyring.open(found.answer, "wing_case.answer") if found.answer else None,
        details=_details(found, desk),
        steps=_steps(found, happened, desk),
        visits=[_visit(one, [worker for worker in spoken if worker.visit_id == one.id], desk) for one in visited],
        history=[_happening(one, found, desk) for one in happened],
        same_person=await rows(desk, await repository.same_person(desk.session, found, desk.sight), "same_person"),
        outcome=Bilingual.of(outcome.name) if outcome else None,
        closed_at=found.closed_at,
        calendar=Bilingual.of(calendar.name),
        calendar_zone=str(calendar.zone),
    )


async def _mission(desk: Desk, found: WingCase) -> MissionOut:
    answers = answering(found.mission, await handovers.chains(desk.session))
    return MissionOut(
        code=found.mission,
        name=Bilingual.of(MISSIONS.name_of(found.mission)),
        illustrative=MISSIONS.is_illustrative(found.mission, [found.country], found.opened_at.date()),
        answers=Bilingual.of(MISSIONS.name_of(answers)) if answers != found.mission else None,
    )


def _details(found: WingCase, desk: Desk) -> list[DetailOut]:
    words = service.opened(desk.keyring, found.words, "wing_case.words")
    return [_detail(one, (words if one.is_sealed else found.facts).get(one.code)) for one in service.kind_of(found).fields]


def _detail(field: FieldOf, value: str | None) -> DetailOut:
    said = Bilingual.of(KINDS.words_of(field.choices, value)) if field.choices and value else None
    return DetailOut(code=field.code, label=Bilingual.of(field.name), value=value, said=said)


def _steps(found: WingCase, happened: Iterable[WingHappening], desk: Desk) -> list[StepOut]:
    done = {one.detail["step"]: one for one in happened if one.what in {"step", "visit", "answered"}}
    return [
        StepOut(
            code=one.step.code,
            label=Bilingual.of(one.step.name),
            due=one.due if one.is_open() and found.state != State.CLOSED else None,
            done_on=done[one.step.code].done_on if one.step.code in done else None,
            is_overdue=one.is_open() and found.state != State.CLOSED and one.due is not None and one.due < desk.now,
            is_visit=one.step.visit,
            elsewhere=one.elsewhere,
            illustrative=one.step.illustrative,
            source=one.step.source,
        )
        for one in service.steps_from(found, {code: row.at for code, row in done.items()})
    ]


def _visit(row: WingVisit, spoken: Sequence[WingWorker], desk: Desk) -> VisitOut:
    return VisitOut(
        id=row.id,
        place=Bilingual.of(KINDS.words_of("places", row.place_kind)),
        visited_on=row.visited_on,
        found=_said("found", row.found),
        words=desk.keyring.open(row.words, "wing_visit.words") if row.words else None,
        workers=[
            WorkerOut(
                trade=Bilingual.of(KINDS.words_of("trades", one.trade)),
                sex=Sex(one.sex),
                conditions=_said("conditions", one.conditions),
                benefits=_said("benefits", one.benefits),
                problems=_said("problems", one.problems),
            )
            for one in spoken
        ],
    )


def _said(choices: str, codes: Iterable[str]) -> list[Bilingual]:
    return [Bilingual.of(KINDS.words_of(choices, code)) for code in codes]


def _both(first: Text, then: Text) -> Text:
    return Text(*(" · ".join(parts) for parts in ((first.en, then.en), (first.bn, then.bn))))


def _happening(row: WingHappening, found: WingCase, desk: Desk) -> HappeningOut:
    step = service.kind_of(found).step(row.detail.get("step") or "")
    words = HAPPENED.get(row.what) or (step.name if step else Text(row.what, row.what))
    if row.what == "overdue" and step is not None:
        words = _both(words, step.name)
    return HappeningOut(
        at=row.at,
        what=Bilingual.of(words),
        done_on=row.done_on,
        note=desk.keyring.open(row.note, "wing_happening.note") if row.note else None,
    )
