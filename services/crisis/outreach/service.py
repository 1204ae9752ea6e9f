"""Use cases: what outreach did for a warning, whom it concerns, who passes it on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.text import Bilingual, Text
from kit.access_log import record_access
from kit.auth import Caller
from kit.crypto import Keyring
from kit.errors import InvalidError, NotFoundError
from kit.ids import new_id
from services.crisis.checkins.rules import STATUS_WORDS, UNREACHED, Status
from services.crisis.decisions import repository as decisions
from services.crisis.handover import service as handover
from services.crisis.outreach import figures, repository
from services.crisis.outreach.access import countries_of
from services.crisis.outreach.models import Relay
from services.crisis.outreach.rules import SUPPRESSED_WORDS, NothingSentError
from services.crisis.outreach.schemas import (
    CountOut,
    DeliveriesIn,
    HandedOut,
    JobOut,
    PeopleOut,
    PersonOut,
    ReachOut,
    RelayIn,
    RelayOut,
    RelaysOut,
)
from services.crisis.outreach.sending.repository import note_delivery
from services.crisis.warnings.rules import NotYourCountryError
from services.crisis.warnings.service import viewer_of, visible

DELIVERED: Final = frozenset({"delivered", "read"})
_BAD_CURSOR: Final = Text(
    "This cursor is not one of ours: take `next` from the page before.",
    "এই কার্সরটি আমাদের নয়: আগের পাতার `next` ঠিকানাটি ব্যবহার করুন।",
)


async def chain_of(session: AsyncSession, caller: Caller, alert_id: UUID) -> UUID:
    """The root of a warning that the caller may see. Raises `NotFoundError`; `NothingSentError` where nothing went out."""
    await visible(session, alert_id, viewer_of(caller, datetime.now(UTC)).sight)
    root = await repository.root_of(session, alert_id)
    if root is None:
        raise NothingSentError
    return root


async def get_reach(session: AsyncSession, caller: Caller, alert_id: UUID) -> ReachOut:
    root = await chain_of(session, caller, alert_id)
    countries = countries_of(caller)
    decision = await decisions.find(session, alert_id)
    released_at = decision.decided_at if decision and decision.outcome == "released" else None
    totals = await figures.totals(session, root, countries)
    statuses = {row.status: row.people for row in totals}
    jobs = await repository.jobs_of(session, alert_id)
    people = sum(statuses.values())
    return ReachOut(
        alert=alert_id,
        root=root,
        is_drill=jobs[0].is_drill,
        released_at=released_at,
        jobs=[JobOut(**one.model_dump(include=set(JobOut.model_fields)), is_done=one.done_at is not None) for one in jobs],
        people=people,
        relays=await figures.relays_reached(session, root),
        handed=sum(row.handed for row in totals),
        delivered=sum(row.delivered for row in totals),
        only_pushed=sum(row.only_pushed for row in totals),
        answered=people - statuses.get(UNREACHED, 0),
        unreached=statuses.get(UNREACHED, 0),
        never_handed=sum(row.people - row.handed for row in totals if row.status == UNREACHED),
        to_visit=sum(row.to_visit for row in totals),
        statuses=statuses,
        status_labels={one: Bilingual.of(STATUS_WORDS[one]) for one in [*Status, UNREACHED]},
        messages=[_count(row) for row in await figures.messages(session, alert_id, countries)],
        handed_over=await _handed(session, alert_id, released_at, countries),
    )


def _count(row: Any) -> CountOut:
    words = SUPPRESSED_WORDS.get(row.reason or "")
    return CountOut(**row._mapping, reason_label=Bilingual.of(words) if words else None)  # noqa: SLF001 - a row as a mapping


async def _handed(session: AsyncSession, alert_id: UUID, since: datetime | None, countries: frozenset[str] | None) -> HandedOut:
    first, parts = await figures.handed(session, alert_id, countries)
    seconds = [None if one is None or since is None else round((one - since).total_seconds(), 3) for one in (first, *parts)]
    return HandedOut(first_s=seconds[0], half_s=seconds[1], nine_in_ten_s=seconds[2], ninety_nine_s=seconds[3])


@dataclass(frozen=True, slots=True)
class Asked:
    """A page of the list: `status` and `flag` narrow it."""

    status: str | None
    flag: str | None
    cursor: str | None
    limit: int


async def list_people(session: AsyncSession, caller: Caller, alert_id: UUID, asked: Asked) -> PeopleOut:
    """A read of each person's record, noted as such."""
    root = await chain_of(session, caller, alert_id)
    wanted = figures.Wanted(asked.status, asked.flag, _read(asked.cursor), asked.limit + 1)
    rows = await figures.people(session, root, countries_of(caller), wanted)
    shown = rows[: asked.limit]
    fields = ("status", "flags", "country")
    await record_access(session, caller, [row.person for row in shown], record_type="checkin", purpose="crisis.people", fields=fields)
    following = None
    if len(rows) > asked.limit:
        narrowed = "".join(f"{name}={one}&" for name, one in (("status", asked.status), ("flag", asked.flag)) if one)
        following = f"/v1/crisis/alerts/{alert_id}/people?{narrowed}limit={asked.limit}&cursor={shown[-1].burden}.{shown[-1].person}"
    return PeopleOut(items=[_person(row) for row in shown], next=following)


def _read(cursor: str | None) -> tuple[int, UUID] | None:
    if cursor is None:
        return None
    burden, _, person = cursor.partition(".")
    try:
        return int(burden), UUID(person)
    except ValueError as error:
        raise InvalidError(_BAD_CURSOR) from error


def _person(row: Any) -> PersonOut:
    known = {name: getattr(row, name) for name in ("person", "country", "language", "flags", "status", "reporter", "observed_at")}
    return PersonOut(
        **known,
        status_label=Bilingual.of(STATUS_WORDS[row.status]),
        is_assumed=bool(row.is_assumed),
        is_contradicted=bool(row.is_contradicted),
        people_with=row.people_with or 0,
        needs=row.needs or [],
        handed_at=row.handed_at,
        ways=row.ways,
    )


async def add_relay(session: AsyncSession, keyring: Keyring, caller: Caller, said: RelayIn) -> RelayOut:
    relay = Relay(
        id=new_id(),
        kind=said.kind,
        name=keyring.seal(said.name, "relay.name"),
        country=said.country,
        channel=said.channel,
        address=keyring.seal(said.address, "relay.address"),
        language=said.language,
        in_drills=said.in_drills,
        added_by=caller.subject,
        added_at=datetime.now(UTC),
    )
    _refuse_elsewhere(caller, said.country)
    await handover.refuse_given_away(session, caller, [said.country])
    session.add(relay)
    await session.flush()
    return relay_out(relay, keyring)


async def end_relay(session: AsyncSession, keyring: Keyring, caller: Caller, relay_id: UUID) -> RelayOut:
    """Idempotent. It is told of nothing new any more; what it was told stays in the ledger."""
    found = await repository.relays_by_id(session, [relay_id])
    if not found or not _is_own(caller, found[0].country):
        raise NotFoundError
    await handover.refuse_given_away(session, caller, [found[0].country])
    found[0].ended_at, found[0].version = datetime.now(UTC), found[0].version + 1
    await session.flush()
    return relay_out(found[0], keyring)


async def list_relays(session: AsyncSession, keyring: Keyring, caller: Caller, cursor: UUID | None) -> RelaysOut:
    rows = await repository.list_relays(session, countries_of(caller), cursor)
    shown = rows[: repository.AT_ONCE]
    await record_access(
        session, caller, [one.id for one in shown], record_type="relay", purpose="crisis.relays", fields=("name", "address")
    )
    following = f"/v1/crisis/relays?cursor={shown[-1].id}" if len(rows) > repository.AT_ONCE else None
    return RelaysOut(items=[relay_out(one, keyring) for one in shown], next=following)


def _is_own(caller: Caller, country: str) -> bool:
    countries = countries_of(caller)
    return countries is None or country in countries


def _refuse_elsewhere(caller: Caller, country: str) -> None:
    if not _is_own(caller, country):
        raise NotYourCountryError


def relay_out(relay: Relay, keyring: Keyring) -> RelayOut:
    kept = relay.model_dump(include={"id", "version", "kind", "country", "channel", "language", "in_drills", "added_at", "ended_at"})
    return RelayOut(**kept, name=keyring.open(relay.name, "relay.name"), address=keyring.open(relay.address, "relay.address"))


async def note_deliveries(session: AsyncSession, told: DeliveriesIn) -> int:
    delivered: Sequence[str] = [one.id for one in told.deliveries if one.status in DELIVERED]
    for one in delivered:
        await note_delivery(session, one, datetime.now(UTC))
    return len(delivered)
