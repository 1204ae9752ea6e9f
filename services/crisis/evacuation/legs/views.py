"""Legs, manifests and hand-overs as they are shown."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from contracts.persons import AgeBand, Sex
from kit.crypto import Keyring
from services.crisis.evacuation import rules, service
from services.crisis.evacuation.legs.service import DISCREPANCIES, Seated, digest
from services.crisis.evacuation.models import EvacuationHandover, EvacuationLeg
from services.crisis.evacuation.rules import Papers
from services.crisis.evacuation.schemas import HandoverOut, LegOut, ManifestOut, ManifestRow
from services.crisis.evacuation.views import escort_of
from services.crisis.handover.schemas import MissionOut
from services.crisis.incidents.access import Desk


def leg_out(leg: EvacuationLeg) -> LegOut:
    """`transit_until`: by when the people must have left the country where the leg ended."""
    limited = leg.arrived_at and leg.transit_hours and leg.to_country != rules.HOME
    until = leg.arrived_at + timedelta(hours=leg.transit_hours) if limited and leg.arrived_at and leg.transit_hours else None
    digest_hex = leg.manifest_sha256.hex() if leg.manifest_sha256 else None
    shown = leg.model_dump(exclude={"manifest_sha256", "made_by"})
    return LegOut(**shown, free=leg.capacity - leg.taken, transit_until=until, manifest_sha256=digest_hex)


def manifest_out(
    leg: EvacuationLeg, seated: Sequence[Seated], handover: EvacuationHandover | None, desk: Desk, duty_with: MissionOut | None
) -> ManifestOut:
    names = {evacuee.id: service.data_of(desk, evacuee).get("name", "") for _, evacuee in seated}
    now = digest(seated)
    return ManifestOut(
        leg=leg_out(leg),
        rows=[_row(number, one, names, desk) for number, one in enumerate(seated, 1)],
        sha256=now.hex(),
        agrees=leg.manifest_sha256 in {None, now},
        handover=handover_out(handover, desk.keyring) if handover else None,
        may_act=duty_with is None,
        duty_with=duty_with,
    )


def _row(number: int, one: Seated, names: Mapping[UUID, str], desk: Desk) -> ManifestRow:
    seat, evacuee = one
    data = service.data_of(desk, evacuee)
    document = data.get("document")
    escort = escort_of(evacuee, desk.keyring) if seat.with_escort else None
    return ManifestRow(
        number=number,
        evacuee=evacuee.id,
        reference=evacuee.reference,
        name=data.get("name", ""),
        name_bn=data.get("name_bn"),
        sex=Sex(evacuee.sex),
        age_band=AgeBand(evacuee.age_band),
        document=document["number"] if document else None,
        papers=Papers(evacuee.papers),
        travels_with=(names.get(seat.guardian_id) if seat.guardian_id else None) or escort,
        medical=bool(data.get("medical")),
    )


def handover_out(made: EvacuationHandover, keyring: Keyring) -> HandoverOut:
    words = keyring.open(made.discrepancies, DISCREPANCIES) if made.discrepancies else None
    shown = made.model_dump(include={"to_unit", "counts", "signed_at", "countersigned_at"})
    return HandoverOut(**shown, discrepancies=words)
