"""One warning as whoever has its duty sees it: each figure with its source and its date, the vulnerable first, what to do now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from contracts.text import Bilingual, Text
from services.crisis.checkins.rules import STATUS_WORDS, UNREACHED, Status
from services.crisis.decisions.models import AlertDecision
from services.crisis.decisions.rules import Outcome
from services.crisis.decisions.schemas import DecisionOut
from services.crisis.duty import rules
from services.crisis.duty.lists import FIRST
from services.crisis.duty.rules import CHANGE_WORDS, OTHER_CHANGE, STEP_WORDS, Figures, Situation
from services.crisis.duty.schemas import DutyChangeOut, DutyViewOut, FigureOut, GroupOut, IncidentRef, StatusOut, StepOut
from services.crisis.exposure.schemas import ExposureOut, RegisteredOut
from services.crisis.exposure.views import VULNERABLE
from services.crisis.handover.schemas import MissionOut
from services.crisis.incidents.models import Incident
from services.crisis.warnings.models import AlertChange
from services.crisis.warnings.rules import Status as Shown
from services.crisis.warnings.schemas import AlertOut

REGISTER: Final = Text("Register of nationals", "প্রবাসী নিবন্ধন")
LEDGER: Final = Text("What was sent, and what people answered", "যা পাঠানো হয়েছে ও মানুষ যা জানিয়েছেন")
CLASS_WORDS: Final = {
    "inside": Text("Registered: inside the area", "নিবন্ধিত: এলাকার ভেতরে"),
    "near": Text("Registered: near it", "নিবন্ধিত: কাছাকাছি"),
    "same_country": Text("Registered: elsewhere in the country", "নিবন্ধিত: দেশের অন্যত্র"),
    "unknown": Text("Registered: nobody knows where", "নিবন্ধিত: অবস্থান অজানা"),
}
PRESENT: Final = Text("Thought to be there, registered or not", "সেখানে আছেন বলে ধারণা, নিবন্ধিত হোন বা না হোন")
CONTACTABLE: Final = Text("Of those inside and near, with a phone of their own", "ভেতরে ও কাছাকাছিদের মধ্যে নিজের ফোন আছে")
LEDGER_WORDS: Final = {
    "to_warn": Text("To be warned", "সতর্ক করার কথা"),
    "handed": Text("Message handed over", "বার্তা পাঠানো হয়েছে"),
    "delivered": Text("Message delivered", "বার্তা পৌঁছেছে"),
    "answered": Text("Have answered", "উত্তর দিয়েছেন"),
    "unreached": Text("Not heard of yet", "এখনো খোঁজ পাওয়া যায়নি"),
    "never_handed": Text("Of these, nothing could be sent to", "এঁদের মধ্যে কিছুই পাঠানো যায়নি"),
    "to_visit": Text("Only a visit reaches them", "শুধু সরাসরি গিয়ে পাওয়া যাবে"),
}


# A drill's one provider is a table.
WRITTEN_DOWN: Final = Text("Message written down, not sent", "বার্তা লেখা হয়েছে, পাঠানো হয়নি")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """All that a page is drawn from, as the reader may see it. `counted_at`: of `figures`; None where nothing went out."""

    reader: str
    position: int
    alert: AlertOut
    decision: AlertDecision | None
    exposure: ExposureOut
    incidents: Sequence[Incident]
    figures: Figures
    counted_at: datetime | None
    relays: int
    changes: Sequence[AlertChange]
    duty_with: MissionOut | None


def duty_out(known: Known) -> DutyViewOut:
    groups = list(_groups(known))
    figures = known.figures
    return DutyViewOut(
        position=known.position,
        alert=known.alert,
        decision=DecisionOut.of(known.decision, known.reader) if known.decision else None,
        exposure=known.exposure,
        incidents=[IncidentRef.model_validate(one.model_dump()) for one in known.incidents],
        steps=[_step(code, people) for code, people in rules.steps(_situation(known, groups))],
        figures=[*_registered(known.exposure), *_present(known.exposure), *_ledger(known)],
        groups=groups,
        how_illustrative=FIRST.illustrative,
        statuses=[
            StatusOut(status=one, label=Bilingual.of(STATUS_WORDS[one]), people=figures.statuses[one])
            for one in [*Status, UNREACHED]
            if figures.statuses.get(one)
        ],
        unreached=figures.unreached,
        in_need=figures.in_need,
        texts=figures.texts,
        changes=[change_out(one) for one in known.changes],
        may_act=known.duty_with is None,
        duty_with=known.duty_with,
    )


def change_out(change: AlertChange) -> DutyChangeOut:
    words = CHANGE_WORDS.get(change.kind, OTHER_CHANGE)
    return DutyChangeOut(position=change.position or 0, change=change.kind, label=Bilingual.of(words), at=change.at)


def _situation(known: Known, groups: Iterable[GroupOut]) -> Situation:
    decision = known.decision
    return Situation(
        stands=known.alert.status in {Shown.RAISED, Shown.ACKNOWLEDGED},
        is_seen=known.alert.acknowledged_at is not None,
        level=decision.level if decision else 0,
        outcome=Outcome(decision.outcome) if decision else None,
        has_incident=bool(known.incidents),
        incident_from_level=FIRST.incident_from_level,
        relays=known.relays,
        figures=known.figures,
        first_unreached=max((one.unreached for one in groups), default=0),
    )


def _step(code: rules.Step, people: int | None) -> StepOut:
    return StepOut(code=code, label=Bilingual.of(STEP_WORDS[code]), people=people)


def _registered(exposure: ExposureOut) -> list[FigureOut]:
    """Of a warning for whole countries everybody there is inside: near and elsewhere are no classes of it."""
    registered, as_of = exposure.registered, exposure.computed_at
    classes = ("inside", "unknown") if exposure.whole_countries else tuple(RegisteredOut.model_fields)
    counts = {code: getattr(registered, code) if registered else None for code in classes}
    shown = [_figure(code, CLASS_WORDS[code], people, REGISTER, as_of) for code, people in counts.items()]
    return [*shown, _figure("contactable", CONTACTABLE, exposure.contactable, REGISTER, as_of)]


def _present(exposure: ExposureOut) -> list[FigureOut]:
    return [
        FigureOut(
            code="present",
            label=Bilingual.of(PRESENT),
            country=one.country,
            low=one.low,
            high=one.high,
            source=Bilingual(en=one.source or "", bn=one.source or ""),
            as_of=None,
            year=one.as_of,
        )
        for one in exposure.present
    ]


def _ledger(known: Known) -> list[FigureOut]:
    if known.counted_at is None:
        return []
    figures = known.figures
    counts = {
        "to_warn": figures.people,
        "handed": figures.handed,
        "delivered": figures.delivered,
        "answered": figures.people - figures.unreached,
        "unreached": figures.unreached,
        "never_handed": figures.never_handed,
        "to_visit": figures.to_visit,
    }
    words = LEDGER_WORDS
    if known.exposure.is_drill:
        counts.pop("delivered")
        words = LEDGER_WORDS | {"handed": WRITTEN_DOWN}
    return [_figure(code, words[code], people, LEDGER, known.counted_at) for code, people in counts.items()]


def _figure(code: str, label: Text, people: int | None, source: Text, as_of: datetime | None) -> FigureOut:
    return FigureOut(code=code, label=Bilingual.of(label), low=people, high=people, source=Bilingual.of(source), as_of=as_of)


def _groups(known: Known) -> Iterable[GroupOut]:
    """In the order in which they are looked after; a group that nobody belongs to is left out."""
    registered = {one.kind: one.people for one in known.exposure.vulnerable}
    for group in FIRST.groups:
        warned = known.figures.groups.get(group.code, rules.Group())
        if registered.get(group.code) or warned.people:
            yield GroupOut(
                kind=group.code,
                label=Bilingual.of(VULNERABLE[group.code]),
                how=group.how,
                registered=registered.get(group.code, 0) if known.exposure.registered else None,
                warned=warned.people,
                unreached=warned.unreached,
                in_need=warned.in_need,
            )
