"""Use cases of the register: the history of a licence, and what belongs to an agency: other names, offices, associates, sub-agents."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.agencies import (
    LicenceCancelled,
    LicenceCorrected,
    LicenceRenewed,
    LicenceRestored,
    LicenceSuspended,
    SubAgentRegistered,
    SuspensionLifted,
)
from contracts.days import DHAKA
from contracts.events import Event
from kit.auth import Caller
from kit.crypto import Keyring
from kit.ids import new_id
from kit.outbox import emit
from kit.timer import DueTimer, schedule
from services.agencies import repository as agencies
from services.agencies import service as classes
from services.agencies.evidence.service import touch
from services.agencies.models import Agency
from services.agencies.register import repository, rules
from services.agencies.register.models import Alias, Associate, Branch, LicenceEvent, SubAgent
from services.agencies.register.repository import Part
from services.agencies.register.rules import Standing, Step, StepKind
from services.agencies.register.schemas import AliasIn, AssociateIn, BranchIn, EndIn, StepIn, SubAgentIn
from services.agencies.rules import LicenceStatus, UnknownLicenceError

REGISTER_TODAY: Final = "register-today"
WHOLE_REGISTER: Final = UUID("0197b0a0-0000-7000-8000-0000000007e9")  # the timer's record: it concerns all licences


class Particulars(NamedTuple):
    aliases: Sequence[Alias]
    branches: Sequence[Branch]
    associates: Sequence[Associate]
    sub_agents: Sequence[SubAgent]


async def record_step(session: AsyncSession, caller: Caller, licence: str, given: StepIn) -> list[LicenceEvent]:
    """Adds a step, or corrects one, and returns the whole history. Raises `UnknownLicenceError`, `HistoryError` and its kind.

    The class of the agency is computed again, for its gates may have opened or closed.
    """
    agency = await _locked(session, licence)
    now = datetime.now(UTC)
    before = await repository.list_steps(session, licence)
    _judge_correction(before, given.supersedes)
    row = LicenceEvent(id=new_id(), licence=licence, recorded_at=now, recorded_by=caller.subject, **given.model_dump())
    steps = rules.known([step_of(one) for one in [*before, row]], now)
    rules.check(steps)
    await repository.add(session, row)
    today = now.astimezone(DHAKA).date()
    found = rules.standing(steps, today)
    if found is not None:
        await _show(session, licence, found)
    await _tell(session, agency, row, found)
    await touch(session, [licence], now)
    await schedule(session, next_midnight(now), REGISTER_TODAY, WHOLE_REGISTER)
    return [*before, row]


def _judge_correction(steps: Collection[LicenceEvent], corrected: UUID | None) -> None:
    if corrected is None:
        return
    if corrected not in {step.id for step in steps}:
        raise rules.UnknownStepError
    if corrected in {step.supersedes for step in steps}:
        raise rules.SupersededError


async def history(
    session: AsyncSession, licence: str, true_on: date, known_at: datetime
) -> tuple[Standing | None, list[LicenceEvent], Mapping[UUID, datetime]]:
    """Where the licence stood, all that was recorded by then, and when what was recorded by then was corrected."""
    if not await repository.has_agency(session, licence):
        raise UnknownLicenceError
    recorded = [row for row in await repository.list_steps(session, licence) if row.recorded_at <= known_at]
    corrected = {row.supersedes: row.recorded_at for row in recorded if row.supersedes is not None}
    return rules.standing(rules.known(map(step_of, recorded), known_at), true_on), recorded, corrected


async def standings(
    session: AsyncSession, *, true_on: date, known_at: datetime, licences: Collection[str] | None = None
) -> dict[str, Standing | None]:
    """Where each licence stood on a day, as it was known: the gates of a classification that is computed again."""
    found = await repository.histories(session, known_at, licences)
    return {licence: rules.standing(rules.known(steps, known_at), true_on) for licence, steps in found.items()}


async def keep_today(session: AsyncSession, _: DueTimer) -> None:
    """Every midnight of Dhaka: a suspension that was ordered for today begins, a renewal that was entered ahead of time counts."""
    now = datetime.now(UTC)
    for licence, found in (await standings(session, true_on=now.astimezone(DHAKA).date(), known_at=now)).items():
        if found is not None:
            await _show(session, licence, found)
    await schedule(session, next_midnight(now), REGISTER_TODAY, WHOLE_REGISTER)


async def add_alias(session: AsyncSession, caller: Caller, licence: str, given: AliasIn) -> Alias:
    """The name is found by search from now on, also after its end: papers outlive a name."""
    await _locked(session, licence)
    row = Alias(licence=licence, **_stamped(caller), **given.model_dump())
    await repository.add(session, row)
    await repository.add_search_words(session, licence, classes.search_words(given.name))
    return row


async def add_branch(session: AsyncSession, keyring: Keyring, caller: Caller, licence: str, given: BranchIn) -> Branch:
    await _locked(session, licence)
    row = Branch(
        licence=licence, **_stamped(caller), **_sealed(keyring, "agency_branch", given.phone), **given.model_dump(exclude={"phone"})
    )
    await repository.add(session, row)
    return row


async def add_associate(session: AsyncSession, caller: Caller, licence: str, given: AssociateIn) -> Associate:
    """Raises `UnknownLicenceError` for either of the two, `AssociateOfItselfError`."""
    if given.with_licence == licence:
        raise rules.AssociateOfItselfError
    await _locked(session, licence)
    if not await repository.has_agency(session, given.with_licence):
        raise UnknownLicenceError
    row = Associate(licence=licence, **_stamped(caller), **given.model_dump())
    await repository.add(session, row)
    return row


async def add_sub_agent(session: AsyncSession, keyring: Keyring, caller: Caller, licence: str, given: SubAgentIn) -> SubAgent:
    """Raises `SubAgentTakenError` where the number is held by a registration whose days overlap."""
    agency = await _locked(session, licence)
    number = rules.certificate_number(given.number)
    for other in await repository.sub_agents_numbered(session, number):
        if other.true_from <= given.true_until and given.true_from <= other.true_until:
            raise rules.SubAgentTakenError(rules.held_by(other.licence, other.true_from, other.true_until))
    stamped = _stamped(caller)
    row = SubAgent(
        **stamped,
        **given.model_dump(exclude={"phone", "number"}),
        **_sealed(keyring, "sub_agent", given.phone),
        number=number,
        licence=licence,
        search=repository.vector(classes.search_words(given.name_en, given.name_bn or "", number)),
    )
    await repository.add(session, row)
    event = SubAgentRegistered(
        licence=licence,
        district=given.district,
        true_from=given.true_from,
        true_until=given.true_until,
        recorded_at=stamped["recorded_at"],
    )
    await emit(session, event, subject=row.id, sequence=await agencies.next_version(session, agency))
    return row


async def end_part(session: AsyncSession, caller: Caller, licence: str, part: type[Part], identity: UUID, given: EndIn) -> Part:
    """A row that ends on `given.on` supersedes the one that stands. Raises `UnknownPartError`, `EndsTooEarlyError`."""
    await _locked(session, licence)
    row = await repository.find_part(session, part, licence, identity)
    if row is None:
        raise rules.UnknownPartError
    if given.on < row.true_from:
        raise rules.EndsTooEarlyError
    values = {name: value for name, value in row.model_dump().items() if name not in {"id", "recorded_at", "recorded_by", "source"}}
    ended: dict[str, Any] = {"ended": given.reason} if "ended" in part.model_fields else {}
    closing = part(**values | _stamped(caller) | ended | {"true_until": given.on, "supersedes": row.id, "source": given.source})
    await repository.add(session, closing)
    return closing


async def particulars(session: AsyncSession, licence: str) -> Particulars:
    """Raises `UnknownLicenceError`."""
    if not await repository.has_agency(session, licence):
        raise UnknownLicenceError
    return Particulars(
        await repository.list_parts(session, Alias, licence),
        await repository.list_parts(session, Branch, licence),
        await repository.list_parts(session, Associate, licence),
        await repository.list_parts(session, SubAgent, licence),
    )


async def _locked(session: AsyncSession, licence: str) -> Agency:
    agency = await repository.lock_agency(session, licence)
    if agency is None:
        raise UnknownLicenceError
    return agency


def _stamped(caller: Caller) -> dict[str, Any]:
    return {"id": new_id(), "recorded_at": datetime.now(UTC), "recorded_by": caller.subject}


def _sealed(keyring: Keyring, table: str, phone: str | None) -> dict[str, Any]:
    if phone is None:
        return {}
    return {"phone": keyring.seal(phone, f"{table}.phone"), "phone_index": keyring.blind_index(phone, "phone")}


def step_of(row: LicenceEvent) -> Step:
    return Step(row.id, StepKind(row.kind), row.true_from, row.recorded_at, row.true_until, row.hearing, row.supersedes)


async def _show(session: AsyncSession, licence: str, found: Standing) -> None:
    # `valid` with a last day in the past reads as expired (`licence_today`), without anybody writing it at midnight.
    status = LicenceStatus.VALID if found.status is LicenceStatus.EXPIRED else found.status
    await repository.set_standing(session, licence, status, found.valid_until)


async def _tell(session: AsyncSession, agency: Agency, row: LicenceEvent, found: Standing | None) -> None:
    event = _corrected(agency, row, found) if row.supersedes is not None else _taken(agency, row)
    if event is not None:
        await emit(session, event, subject=agency.id, sequence=await agencies.next_version(session, agency))


def _taken(agency: Agency, row: LicenceEvent) -> Event | None:
    common: dict[str, Any] = {"licence": agency.licence, "district": agency.district, "recorded_at": row.recorded_at}
    match StepKind(row.kind):
        case StepKind.RENEWED:
            return LicenceRenewed(**common, true_from=row.true_from, true_until=row.true_until or row.true_from)
        case StepKind.SUSPENDED:
            return LicenceSuspended(**common, since=row.true_from, hearing=bool(row.hearing))
        case StepKind.SUSPENSION_LIFTED:
            return SuspensionLifted(**common, since=row.true_from)
        case StepKind.CANCELLED:
            return LicenceCancelled(**common, since=row.true_from)
        case StepKind.RESTORED:
            return LicenceRestored(**common, since=row.true_from)
        case _:
            return None


def _corrected(agency: Agency, row: LicenceEvent, found: Standing | None) -> Event | None:
    if found is None:
        return None
    return LicenceCorrected(licence=agency.licence, status=found.status, valid_until=found.valid_until, recorded_at=row.recorded_at)


def next_midnight(now: datetime) -> datetime:
    return datetime.combine(now.astimezone(DHAKA).date() + timedelta(days=1), time(), DHAKA)
