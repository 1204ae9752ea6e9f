"""Alarms as they are shown."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.text import Bilingual, Text
from kit.access_log import record_access
from kit.auth import Caller
from kit.crypto import Keyring
from services.crisis.handover.views import mission_out
from services.crisis.paging import repository, rules
from services.crisis.paging.answering import BY_TEXT
from services.crisis.paging.lists import ESCALATION
from services.crisis.paging.models import Alarm, AlarmAcknowledgement, AlarmStep
from services.crisis.paging.rules import Cause, Party, Who
from services.crisis.paging.schemas import AlarmOut, NotedOut, StepOut
from services.crisis.paging.service import spoken_for
from services.crisis.rota import repository as rota
from services.crisis.rota.access import missions_of
from services.crisis.rota.rules import SEATS, Seat

WHO: Final = {
    Who.ON_DUTY: SEATS[Seat.ON_DUTY],
    Who.SECOND: SEATS[Seat.SECOND],
    Who.HEAD: SEATS[Seat.HEAD],
    Who.STAND_IN: Text("The mission that stands in", "স্থলাভিষিক্ত মিশন"),
    Who.DHAKA: Text("Control room in Dhaka", "ঢাকার নিয়ন্ত্রণ কক্ষ"),
}
CAUSES: Final = {
    Cause.ALERT: Text("A warning", "সতর্কবার্তা"),
    Cause.SOURCE: Text("A source of warnings is not read", "সতর্কবার্তার একটি উৎস পড়া যাচ্ছে না"),
    Cause.NO_SOURCE: Text("No source of warnings is read at all", "সতর্কবার্তার কোনো উৎসই পড়া যাচ্ছে না"),
    Cause.HANDED_OVER: Text("The duty of a silent mission came here", "নীরব মিশনের দায়িত্ব এখানে এসেছে"),
    Cause.QUARANTINE: Text("An official message could not be read", "একটি সরকারি বার্তা পড়া যায়নি"),
    Cause.TASK: Text("An urgent task of an incident", "সংকটের একটি জরুরি কাজ"),
}


async def alarms_out(session: AsyncSession, keyring: Keyring, caller: Caller, alarms: Sequence[Alarm]) -> list[AlarmOut]:
    ids = [one.id for one in alarms]
    steps: defaultdict[object, list[AlarmStep]] = defaultdict(list)
    noted: defaultdict[object, list[AlarmAcknowledgement]] = defaultdict(list)
    accepted: defaultdict[object, int] = defaultdict(int)
    for step in await repository.steps_of(session, ids):
        steps[step.paging_id].append(step)
    for one in await repository.acknowledgements_of(session, ids):
        noted[one.paging_id].append(one)
    for page in await repository.pages_of(session, ids):
        accepted[page.paging_id, page.number] += page.state == "accepted"
    names = await _named(session, keyring, caller, [one.by for several in noted.values() for one in several])
    return [
        _alarm_out(one, steps[one.id], [(each, names.get(each.by)) for each in noted[one.id]],
                   {n: accepted[one.id, n] for n in range(len(steps[one.id]))})
        for one in alarms
    ]  # fmt: skip


async def _named(session: AsyncSession, keyring: Keyring, caller: Caller, by: Sequence[str]) -> Mapping[str, str]:
    """Whose phone answered, of shifts whose rota the caller may read; each noted as a read of it."""
    shifts = [UUID(one.removeprefix(BY_TEXT)) for one in by if one.startswith(BY_TEXT)]
    found = await rota.by_id(session, shifts, missions_of(caller, datetime.now(UTC).date())) if shifts else ()
    if found:
        ids = [one.id for one in found]
        await record_access(session, caller, ids, record_type="officer_shift", purpose="crisis.paging", fields=("name",))
    return {f"{BY_TEXT}{one.id}": keyring.open(one.name, "officer_shift.name") for one in found}


def _alarm_out(
    alarm: Alarm, steps: list[AlarmStep], named: Sequence[tuple[AlarmAcknowledgement, str | None]], accepted: dict[int, int]
) -> AlarmOut:
    noted = [one for one, _ in named]
    policy, done = ESCALATION.of(alarm.level), spoken_for(alarm, steps, noted)
    was_empty = bool(steps) and steps[-1].officers == 0
    taken = [one.taken_at for one in steps]
    following = rules.following(policy, alarm.opened_at, taken, done, was_empty=was_empty) if alarm.closed_at is None else None
    return AlarmOut(
        **alarm.model_dump(include={"id", "record", "level", "countries", "opened_at", "closed_at", "closed_because"}),
        cause=Cause(alarm.cause),
        cause_label=Bilingual.of(CAUSES[Cause(alarm.cause)]),
        mission=mission_out(alarm.mission),
        waits_for=sorted(rules.missing(policy, done)) if alarm.closed_at is None else [],
        next_step_at=following.at if following else None,
        steps=[_step_out(one, accepted[one.number]) for one in steps],
        acknowledgements=[NotedOut(party=Party(one.party), by=one.by_name, name=name, via=one.via, at=one.at) for one, name in named],
    )


def _step_out(step: AlarmStep, accepted: int) -> StepOut:
    return StepOut(
        **step.model_dump(include={"number", "officers", "taken_at"}),
        who=Who(step.who),
        who_label=Bilingual.of(WHO[Who(step.who)]),
        mission=mission_out(step.mission),
        accepted=accepted,
    )
