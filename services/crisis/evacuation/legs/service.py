"""Use cases of a journey: plan it, seat people, let it depart and arrive, hand over who arrived."""

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from contracts.crisis import EvacueeArrived, MessageStatus
from contracts.days import DHAKA
from kit.errors import NotFoundError
from kit.ids import new_id
from kit.outbox import emit
from kit.versions import check_version
from services.crisis.evacuation import repository as evacuees
from services.crisis.evacuation import rules, service
from services.crisis.evacuation.legs import repository
from services.crisis.evacuation.models import EvacuationHandover, EvacuationLeg, EvacuationSeat, Evacuee
from services.crisis.evacuation.rules import HOME, State
from services.crisis.evacuation.schemas import DepartureIn, HandoverIn, LegIn
from services.crisis.incidents import journal
from services.crisis.incidents import repository as incidents
from services.crisis.incidents.access import Desk
from services.crisis.incidents.models import Incident
from services.crisis.incidents.rules import check_open
from services.crisis.incidents.service import leads, led, seen, sight_of, status_of
from services.crisis.warnings.rules import Sight

HAND_OVER: Final = "hand-over"
DISCREPANCIES: Final = "evacuation_handover.discrepancies"
Seated = tuple[EvacuationSeat, Evacuee]


async def plan(desk: Desk, incident_id: UUID, said: LegIn) -> EvacuationLeg:
    incident, now = await led(desk, incident_id), datetime.now(UTC)
    leg = EvacuationLeg(
        id=new_id(),
        incident_id=incident.id,
        is_drill=incident.is_drill,
        version=1,
        **said.model_dump(),
        taken=0,
        state="open",
        made_by=desk.caller.subject,
    )
    desk.session.add(leg)
    await desk.session.flush()
    codes = {"leg": str(leg.id), "mode": leg.mode, "to": leg.to_country, "capacity": leg.capacity}
    await journal.write(desk, incident, "leg", now, codes)
    return leg


async def list_of(desk: Desk, incident_id: UUID) -> list[EvacuationLeg]:
    incident = await seen(desk, incident_id)
    return await repository.of_incident(desk.session, incident.id)


async def incoming(desk: Desk) -> list[EvacuationLeg]:
    """What is on its way to Bangladesh, for who receives it there; and what arrived and is not handed over."""
    found = [*await repository.bound_home(desk.session, "arrived", 50), *await repository.bound_home(desk.session, "departed", 50)]
    return [one for one in found if sight_for(desk).everything]


def sight_for(desk: Desk) -> Sight:
    """The airport's desk receives everybody who comes home."""
    return Sight(everything=True) if desk.caller.has("airport") else sight_of(desk)


async def read(desk: Desk, leg_id: UUID) -> tuple[EvacuationLeg, Sequence[Seated], EvacuationHandover | None]:
    leg, _ = await _found(desk, leg_id)
    seated = await on_board(desk, leg)
    await service.note_read(desk, [evacuee.id for _, evacuee in seated], "manifest")
    return leg, seated, await repository.handover(desk.session, leg.id)


async def on_board(desk: Desk, leg: EvacuationLeg) -> list[Seated]:
    return await repository.live_on(desk.session, leg.id, ("live", "used"))


async def _found(desk: Desk, leg_id: UUID, *, lock: bool = False) -> tuple[EvacuationLeg, Incident]:
    found = await repository.find(desk.session, leg_id, sight_for(desk), lock=lock)
    if found is None or (desk.caller.has("airport") and (found[0].to_country != HOME or found[0].is_drill)):
        raise NotFoundError
    return found


async def _for_change(desk: Desk, leg_id: UUID, state: str) -> tuple[EvacuationLeg, Incident]:
    """Raises `NotFoundError`, `NotYourIncidentError`, `LegNotOpenError`."""
    leg, incident = await _found(desk, leg_id, lock=True)
    if not desk.caller.has("airport"):
        leads(desk, incident.country if state == "open" else _in_charge(desk, leg, incident))
    check_open(incident.state)
    if leg.state != state:
        raise rules.LegNotOpenError
    return leg, incident


async def country_in_charge(desk: Desk, leg: EvacuationLeg) -> str:
    """Whose mission may act on it now, of the caller's countries."""
    _, incident = await _found(desk, leg.id)
    return incident.country if leg.state == "open" else _in_charge(desk, leg, incident)


def _in_charge(desk: Desk, leg: EvacuationLeg, incident: Incident) -> str:
    """Either mission may note what happens at the end of a leg."""
    return leg.to_country if sight_of(desk).covers(leg.to_country) else incident.country


async def take_seats(desk: Desk, leg_id: UUID, wanted: Sequence[UUID]) -> EvacuationLeg:
    """All of them or none. Raises `FullError`, `LegNotOpenError`, `HasSeatError`, `ChildAloneError`, `NotFoundError`."""
    found = await repository.find(desk.session, leg_id, sight_of(desk))
    if found is None:
        raise NotFoundError
    leg, incident = found
    leads(desk, incident.country)
    check_open(incident.state)
    people = await evacuees.locked(desk.session, incident.id, set(wanted))
    if len(people) != len(set(wanted)):
        raise NotFoundError
    for one in people:
        rules.check_seat(State(one.state))
    if leg.state != "open":
        raise rules.LegNotOpenError
    if not await repository.take_seats(desk.session, leg.id, len(people)):
        raise rules.FullError(free=max(0, leg.capacity - leg.taken))
    await _seat(desk, leg, people)
    await repository.set_evacuees(desk.session, [one.id for one in people], state=State.MANIFESTED)
    await desk.session.refresh(leg)
    return leg


async def _seat(desk: Desk, leg: EvacuationLeg, people: Iterable[Evacuee]) -> None:
    seated = {evacuee.id for _, evacuee in await repository.live_on(desk.session, leg.id)}
    now, rows = datetime.now(UTC), []
    adults_first = sorted(people, key=lambda one: rules.is_child(one.age_band))
    for one in adults_first:
        child = rules.is_child(one.age_band)
        beside = one.guardian_id if child and one.guardian_id in seated else None
        rules.check_accompanied(child=child, guardian_seated=beside is not None, has_escort=one.escort is not None)
        if not child:
            seated.add(one.id)
        rows.append(
            {
                "leg_id": leg.id,
                "evacuee_id": one.id,
                "is_drill": leg.is_drill,
                "state": "live",
                "is_child": child,
                "guardian_id": beside,
                "with_escort": child and beside is None,
                "taken_by": desk.caller.subject,
                "taken_at": now,
            }
        )
    if not await repository.seat(desk.session, rows):
        raise rules.HasSeatError


async def release(desk: Desk, leg_id: UUID, evacuee_id: UUID) -> EvacuationLeg:
    """A seat given back before departure. Raises `GuardianNeededError` while a child on this leg travels with that person."""
    leg, _ = await _for_change(desk, leg_id, "open")
    seats = await repository.live_on(desk.session, leg.id)
    if evacuee_id not in {evacuee.id for _, evacuee in seats}:
        raise NotFoundError
    if any(seat.guardian_id == evacuee_id for seat, _ in seats):
        raise rules.GuardianNeededError
    await _free(desk, leg, [evacuee_id], State.CONTACTED)
    await desk.session.refresh(leg)
    return leg


async def _free(desk: Desk, leg: EvacuationLeg, people: Collection[UUID], state: State) -> None:
    await repository.set_seats(desk.session, leg.id, people, "released")
    await repository.set_evacuees(desk.session, people, state=state)
    await repository.give_back(desk.session, leg.id, len(people))


async def depart(desk: Desk, leg_id: UUID, expected: int, said: DepartureIn) -> EvacuationLeg:
    """What left is what the manifest says: its hash is kept. Who did not come is listed, and with them a child whose guardian stayed."""
    leg, incident = await _for_change(desk, leg_id, "open")
    check_version(expected, leg.version)
    now = datetime.now(UTC)
    seats = await repository.live_on(desk.session, leg.id)
    absent = {evacuee.id for _, evacuee in seats} & set(said.no_shows)
    absent |= {seat.evacuee_id for seat, _ in seats if seat.guardian_id in absent}
    if absent:
        await _free(desk, leg, absent, State.NO_SHOW)
    left = [evacuee.id for _, evacuee in seats if evacuee.id not in absent]
    await repository.set_evacuees(desk.session, left, state=State.DEPARTED)
    await desk.session.refresh(leg)
    leg.state, leg.departed_at, leg.version = "departed", now, leg.version + 1
    leg.manifest_sha256 = digest(await on_board(desk, leg))
    await desk.session.flush()
    codes = {"leg": str(leg.id), "people": len(left), "no_shows": len(absent), "sha256": leg.manifest_sha256.hex()}
    await journal.write(desk, incident, "departed", now, codes)
    return leg


async def cancel(desk: Desk, leg_id: UUID, expected: int) -> EvacuationLeg:
    """A ship that does not sail (Sudan 2023): everybody waits again, first in their queue as before."""
    leg, incident = await _for_change(desk, leg_id, "open")
    check_version(expected, leg.version)
    seats = await repository.live_on(desk.session, leg.id)
    if seats:
        await _free(desk, leg, [evacuee.id for _, evacuee in seats], State.CONTACTED)
    await desk.session.refresh(leg)
    leg.state, leg.version = "cancelled", leg.version + 1
    await desk.session.flush()
    now = datetime.now(UTC)
    await journal.write(desk, incident, "leg-cancelled", now, {"leg": str(leg.id), "people": len(seats)})
    return leg


def digest(seated: Iterable[Seated]) -> bytes:
    """Over who is on board, in the order of their ids: what was sealed in names does not change with a key."""
    rows = sorted((str(evacuee.id), evacuee.reference, str(seat.guardian_id or "")) for seat, evacuee in seated)
    return hashlib.sha256(json.dumps(rows, separators=(",", ":")).encode()).digest()


async def arrive(desk: Desk, leg_id: UUID, expected: int) -> EvacuationLeg:
    """At home each is told as a fact and owed to reintegration; elsewhere they are in transit, with the limit of that country."""
    leg, incident = await _for_change(desk, leg_id, "departed")
    check_version(expected, leg.version)
    now = datetime.now(UTC)
    on_leg = [evacuee for _, evacuee in await repository.live_on(desk.session, leg.id) if evacuee.state == State.DEPARTED]
    everybody = [seat.evacuee_id for seat, _ in await repository.live_on(desk.session, leg.id)]
    await repository.set_seats(desk.session, leg.id, everybody, "used")
    state = rules.after_arrival(leg.to_country)
    await repository.set_evacuees(
        desk.session, [one.id for one in on_leg], state=state, **({"arrived_at": now} if state is State.ARRIVED else {})
    )
    leg.state, leg.arrived_at, leg.version = "arrived", now, leg.version + 1
    await desk.session.flush()
    await journal.write(desk, incident, "arrived", now, {"leg": str(leg.id), "people": len(on_leg)})
    if state is State.ARRIVED and not incident.is_drill:
        for one in on_leg:
            await _tell(desk, incident, one, now)
        await incidents.owe(desk.session, incident.id, HAND_OVER, leg.id, now)
    return leg


async def _tell(desk: Desk, incident: Incident, one: Evacuee, now: datetime) -> None:
    event = EvacueeArrived(
        message_status=MessageStatus(status_of(incident)),
        country=incident.country,
        district=one.district,
        sex=one.sex,
        age_band=one.age_band,
        arrived_on=now.astimezone(DHAKA).date(),
        arrived_at=now,
    )
    await emit(desk.session, event, subject=UUID(str(one.id)), sequence=one.version + 1)


async def hand_over(desk: Desk, leg_id: UUID, expected: int, said: HandoverIn) -> EvacuationHandover:
    """Signed by who brought them; what the receiver counted stands beside what the manifest says."""
    leg, incident = await _for_change(desk, leg_id, "arrived")
    check_version(expected, leg.version)
    now = datetime.now(UTC)
    seated = await on_board(desk, leg)
    counts = {"manifest": len(seated), "received": said.received, "difference": len(seated) - said.received}
    made = EvacuationHandover(
        leg_id=leg.id,
        to_unit=said.to_unit,
        manifest_sha256=leg.manifest_sha256 or b"",
        counts=counts,
        discrepancies=desk.keyring.seal(said.discrepancies, DISCREPANCIES) if said.discrepancies else None,
        signed_by=desk.caller.subject,
        signed_at=now,
    )
    desk.session.add(made)
    leg.version += 1
    await desk.session.flush()
    await journal.write(desk, incident, "handover", now, {"leg": str(leg.id), **counts})
    return made


async def countersign(desk: Desk, leg_id: UUID, expected: int) -> EvacuationHandover:
    """By another person: from now on the receiver answers for these people. Raises `SamePersonError`."""
    leg, incident = await _for_change(desk, leg_id, "arrived")
    check_version(expected, leg.version)
    made = await repository.handover(desk.session, leg.id)
    if made is None:
        raise NotFoundError
    if made.signed_by == desk.caller.subject:
        raise rules.SamePersonError
    now = datetime.now(UTC)
    made.countersigned_by, made.countersigned_at = desk.caller.subject, now
    leg.state, leg.version = "handed_over", leg.version + 1
    if leg.to_country == HOME:
        arrived = [one.id for _, one in await on_board(desk, leg) if one.state in {State.ARRIVED, State.ASSISTED}]
        await repository.set_evacuees(desk.session, arrived, state=State.HANDED_OVER)
    await desk.session.flush()
    await journal.write(desk, incident, "countersigned", now, {"leg": str(leg.id)})
    return made


def told(evacuee: Evacuee, data: dict[str, Any], incident: Incident, flags: Sequence[str]) -> dict[str, Any]:
    """One row of the manifest that reintegration takes; only what it asks for."""
    document = data.get("document")
    on = (evacuee.arrived_at or datetime.now(UTC)).astimezone(DHAKA).date()
    return {
        "id": str(evacuee.id),
        "name": data.get("name", ""),
        "name_bn": data.get("name_bn"),
        "phone": data.get("phone"),
        "sex": evacuee.sex,
        "age_band": evacuee.age_band,
        "district": evacuee.district,
        "country": incident.country,
        "arrived_on": on.isoformat(),
        "documents": [document] if document else [],
        "flags": list(flags),
    }
