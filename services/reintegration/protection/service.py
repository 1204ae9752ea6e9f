"""Use cases of a protected case. Each begins with the case that the caller is a member of, locked, and noted in the access log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.days import DHAKA
from contracts.reintegration import VictimHelpGiven, VictimIdentified
from kit.access_log import record_access
from kit.auth import Caller
from kit.counts import SMALLEST, suppressed
from kit.errors import NotFoundError
from kit.ids import new_id
from kit.outbox import emit
from kit.paging import Paging
from kit.reference import make
from kit.versions import check_version
from services.reintegration import repository as returnees
from services.reintegration.casework import service as casework
from services.reintegration.casework.service import Desk
from services.reintegration.models import Returnee
from services.reintegration.protection import repository, rules
from services.reintegration.protection.emergency import repository as emergencies
from services.reintegration.protection.lists import PROTECTION
from services.reintegration.protection.models import (
    TrainedOfficer,
    VictimCase,
    VictimCaseMember,
    VictimIdentification,
    VictimIndicator,
    VictimStep,
)
from services.reintegration.protection.schemas import IdentificationIn, IndicatorsIn, StepIn, StepStateIn, TrainedIn
from services.reintegration.referrals.repository import find_provider
from services.reintegration.referrals.rules import check_open

PREFIX: Final = "P"
PURPOSE: Final = "protection"
EMERGENCY: Final = "emergency"
SHOWN: Final = ("name", "phone", "indicators", "identification", "steps")
NOT_ASKED: Final = "not_asked"


@dataclass(frozen=True, slots=True)
class Found:
    """A protected case with whose it is: its members may change it; one who opened it in an emergency looks until its time is over."""

    case: VictimCase
    returnee: Returnee
    emergency_until: datetime | None = None


async def note_trained(session: AsyncSession, caller: Caller, account: str, said: TrainedIn) -> TrainedOfficer:
    """By a supervisor: from then on this officer may record an identification."""
    row = {"account": account, **said.model_dump(), "noted_by": caller.subject, "noted_at": datetime.now(UTC)}
    await repository.put(session, TrainedOfficer, ["account"], [row])
    return TrainedOfficer(**row)


async def open_case(desk: Desk, who: UUID | str) -> Found:
    """Narrows the returnee's record at once. Raises `NotFoundError` also for one out of sight, `ProtectedCaseOpenError`."""
    returnee = await casework.found(desk, who, "protection")
    if await repository.has_open(desk.session, returnee.id):
        raise rules.ProtectedCaseOpenError
    now = datetime.now(UTC)
    case = VictimCase(
        id=new_id(),
        reference=make(PREFIX),
        version=1,
        **returnee.model_dump(include={"country", "sex", "age_band"}),
        returnee_id=returnee.id,
        finding=None,
        forms=[],
        identified_at=None,
        testimony=NOT_ASKED,
        opened_by=desk.caller.subject,
        opened_at=now,
        closed_at=None,
        closed_by=None,
        closing_reason=None,
    )
    desk.session.add(case)
    await desk.session.flush()
    await _join(desk, case.id, desk.caller.username, now)
    if not returnee.restricted:
        await returnees.restrict(desk.session, returnee)
    return await _note(desk, Found(case, returnee))


async def _join(desk: Desk, case_id: UUID, account: str, now: datetime) -> None:
    row = {"case_id": case_id, "account": account, "added_by": desk.caller.subject, "added_at": now, "ended_at": None}
    await repository.put(desk.session, VictimCaseMember, ["case_id", "account"], [row])


async def list_cases(desk: Desk, paging: Paging) -> list[tuple[VictimCase, Returnee, date | None]]:
    rows = await repository.list_cases(desk.session, desk.caller, paging)
    shown = [case.id for case, _, _ in rows[: paging.limit]]
    await record_access(desk.session, desk.caller, shown, record_type="protected_case", purpose="list", fields=("name", "finding"))
    return rows


async def read(desk: Desk, case_id: UUID) -> Found:
    """Raises `NotFoundError` also for who is no member, but for the time of an emergency."""
    found = await repository.find(desk.session, desk.caller, case_id)
    if found is not None:
        return await _note(desk, Found(*found))
    until = await emergencies.open_until(desk.session, desk.caller, case_id, datetime.now(UTC))
    opened = await emergencies.find_case(desk.session, case_id) if until else None
    if opened is None:
        raise NotFoundError
    return await _note(desk, Found(*opened, until), EMERGENCY)


async def _open(desk: Desk, case_id: UUID, expected: int) -> Found:
    """Raises `NotFoundError`, `StaleVersionError`, `ProtectedCaseClosedError`; raises the version."""
    row = await repository.find(desk.session, desk.caller, case_id, lock=True)
    if row is None:
        raise NotFoundError
    found = await _note(desk, Found(*row))
    check_version(expected, found.case.version)
    if found.case.closed_at is not None:
        raise rules.ProtectedCaseClosedError
    found.case.version += 1
    return found


async def _note(desk: Desk, found: Found, purpose: str = PURPOSE) -> Found:
    await record_access(desk.session, desk.caller, [found.case.id], record_type="protected_case", purpose=purpose, fields=SHOWN)
    return found


async def note_indicators(desk: Desk, case_id: UUID, expected: int, said: IndicatorsIn) -> Found:
    """What is known of each sign. Nothing follows from it by itself: a trained person reads them."""
    found = await _open(desk, case_id, expected)
    noted = {"case_id": case_id, "noted_by": desk.caller.subject, "noted_at": datetime.now(UTC)}
    rows = [{**noted, "code": code, "answer": answer} for code, answer in said.answers.items()]
    await repository.put(desk.session, VictimIndicator, ["case_id", "code"], rows)
    return found


async def training_of(desk: Desk, today: date) -> TrainedOfficer:
    """Raises `NotTrainedError`."""
    trained = await repository.find_trained(desk.session, desk.caller.username)
    rules.check_trained(trained.trained_on if trained else None, trained.until if trained else None, today)
    assert trained is not None  # noqa: S101 - who is not there was refused
    return trained


async def identify(desk: Desk, case_id: UUID, expected: int, said: IdentificationIn) -> Found:
    """A trained person's word; a later one replaces it and both are kept. Raises `NotTrainedError`, `FormNeededError`."""
    found, now = await _open(desk, case_id, expected), datetime.now(UTC)
    trained = await training_of(desk, now.astimezone(DHAKA).date())
    rules.check_forms(said.finding, said.forms)
    desk.session.add(
        VictimIdentification(
            id=new_id(),
            case_id=case_id,
            finding=said.finding,
            forms=said.forms,
            reasons=desk.keyring.seal(said.reasons, "victim_identification.reasons"),
            training=trained.training,
            made_by=desk.caller.subject,
            made_at=now,
        )
    )
    case = found.case
    first = case.finding != said.finding
    # The half-year in which somebody was found stays theirs when a form is added later.
    case.identified_at = now if first or case.identified_at is None else case.identified_at
    case.finding, case.forms = said.finding, list(dict.fromkeys(said.forms))
    if first and said.finding == rules.TRAFFICKING:
        event = VictimIdentified(
            country=case.country, sex=case.sex, age_band=case.age_band, forms=tuple(case.forms), identified_at=case.identified_at
        )
        await emit(desk.session, event, subject=case.id, sequence=case.version, restricted=True)
    return found


async def note_testimony(desk: Desk, case_id: UUID, expected: int, answer: str) -> Found:
    """For the court alone: no help asks for it."""
    found = await _open(desk, case_id, expected)
    found.case.testimony = answer
    return found


async def is_agreed(desk: Desk, returnee_id: UUID) -> bool:
    return await casework.is_consented(desk.session, returnee_id, PURPOSE, "own")


async def add_step(desk: Desk, case_id: UUID, expected: int, said: StepIn) -> Found:
    """Raises `ConsentFirstError`, `NotFoundError` for an unknown body, `ProviderClosedError`."""
    found, now = await _open(desk, case_id, expected), datetime.now(UTC)
    kind = PROTECTION.kind(said.kind)
    rules.check_step(needs_consent=PROTECTION.area(kind.area).consent, consented=await is_agreed(desk, found.returnee.id))
    if said.provider_id is not None:
        provider = await find_provider(desk.session, said.provider_id)
        if provider is None:
            raise NotFoundError
        check_open(provider.open_from, provider.closed_from, now.astimezone(DHAKA).date())
    step = VictimStep(
        id=new_id(),
        version=1,
        case_id=case_id,
        area=kind.area,
        state=rules.StepState.PLANNED,
        given_at=None,
        **said.model_dump(exclude={"note"}),
        note=desk.keyring.seal(said.note, "victim_step.note") if said.note else None,
        added_by=desk.caller.subject,
        added_at=now,
    )
    desk.session.add(step)
    return found


async def set_step(desk: Desk, case_id: UUID, expected: int, step_id: UUID, said: StepStateIn) -> Found:
    """`due_on`, where it is said, moves the day: courts adjourn. Raises `NotFoundError`."""
    found = await _open(desk, case_id, expected)
    step = await repository.find_step(desk.session, case_id, step_id)
    if step is None:
        raise NotFoundError
    given = said.state == rules.StepState.GIVEN
    if given and step.state != rules.StepState.GIVEN:
        step.given_at = datetime.now(UTC)
        await _tell_given(desk, found.case, step, step.given_at)
    step.given_at = step.given_at if given else None
    step.state, step.due_on, step.version = said.state, said.due_on or step.due_on, step.version + 1
    return found


async def _tell_given(desk: Desk, case: VictimCase, step: VictimStep, now: datetime) -> None:
    event = VictimHelpGiven(
        area=step.area,
        help=step.kind,
        sex=case.sex,
        age_band=case.age_band,
        amount=step.amount,
        currency=step.currency,
        given_at=now,
    )
    await emit(desk.session, event, subject=step.id, sequence=step.version + 1, restricted=True)


async def set_member(desk: Desk, case_id: UUID, expected: int, account: str, *, on: bool) -> Found:
    """Raises `LastMemberError` where nobody would be left."""
    found = await _open(desk, case_id, expected)
    if on:
        await _join(desk, case_id, account, datetime.now(UTC))
        return found
    members = await repository.list_members(desk.session, case_id)
    leaving = next((one for one in members if one.account == account), None)
    if leaving is None:
        raise NotFoundError
    if len(members) == 1:
        raise rules.LastMemberError
    leaving.ended_at = datetime.now(UTC)
    return found


async def close_case(desk: Desk, case_id: UUID, expected: int, reason: str) -> Found:
    """Raises `StepsOpenError` while something is planned."""
    found = await _open(desk, case_id, expected)
    if any(step.state == rules.StepState.PLANNED for step, _ in await repository.list_steps(desk.session, case_id)):
        raise rules.StepsOpenError
    found.case.closed_at, found.case.closed_by, found.case.closing_reason = datetime.now(UTC), desk.caller.subject, reason
    return found


async def figures(session: AsyncSession, half: str, today: date) -> list[tuple[str, str, int | None]]:
    """For the report of a half-year that is over. A small whole tells nothing of its parts. Raises `HalfNotOverError`."""
    first, after = rules.half_year(half)
    rules.check_over(after, today)
    cells = await repository.count_found(session, rules.midnight(first), rules.midnight(after))
    return told(cells)


def told(cells: Sequence[tuple[str, str, int]]) -> list[tuple[str, str, int | None]]:
    """What of the counts may be told. Smuggled people are a whole of their own, beside the victims."""
    wholes = {dimension: count for dimension, _, count in cells if dimension in {"all", "smuggled"}}
    found: list[tuple[str, str, int | None]] = [
        (name, "", count if (count := wholes.get(name, 0)) >= SMALLEST or count == 0 else None) for name in ("all", "smuggled")
    ]
    if wholes.get("all", 0) < SMALLEST:
        return found
    for name in ("sex", "age_band", "country", "form", "help"):
        counts = {value: count for dimension, value, count in cells if dimension == name}
        found += [(name, value, count) for value, count in sorted(suppressed(counts).items())]
    return found
