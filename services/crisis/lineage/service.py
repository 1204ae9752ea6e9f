"""Use cases of lineage: the states that follow from a message, and what it is compared with. Called while holding the warnings' lock."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from shapely import MultiPolygon, from_wkb, to_wkb
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.crisis import MessageStatus
from kit.auth import Caller
from kit.errors import NotFoundError
from services.crisis.decisions.deciding import lapse
from services.crisis.geometry.rules import geojson
from services.crisis.lineage import repository, rules
from services.crisis.lineage.judging import Judged, linked, linking_on
from services.crisis.lineage.models import AlertLink, AlertStep, AlertTrait
from services.crisis.lineage.repository import Comparable
from services.crisis.lineage.rules import Sketch, Verdict
from services.crisis.lineage.schemas import AreaFeature, AreaProperties, LinkOut, StepOut
from services.crisis.warnings import repository as warnings
from services.crisis.warnings.cap import Identity
from services.crisis.warnings.models import Alert
from services.crisis.warnings.rules import Sight, State, sight

COMPARED_AT_MOST: Final = 50


@dataclass(frozen=True, slots=True)
class Kin:
    """What stands around a warning: other texts under its identity, warnings that may be of its event, how its state came about."""

    vanished_at: datetime | None
    conflicts: int
    links: list[LinkOut]
    steps: list[StepOut]


@dataclass(frozen=True, slots=True)
class Changed:
    alert_id: UUID
    state: State


async def settle(session: AsyncSession, alert: Alert, now: datetime) -> list[Changed]:
    """Writes the states that follow now that one message more, or more of one, is known. Answers what changed, without `alert` itself."""
    known = await repository.list_together(session, alert.id)
    ids = {one.node.identity: one.id for one in known}
    found = rules.verdicts(one.node for one in known)
    changed = []
    for one in known:
        verdict = found[one.node.identity]
        if one.id == alert.id:
            await _settle_own(session, alert, verdict, ids, now)
        elif verdict.state is not one.state:
            await warnings.set_state(session, one.id, verdict.state)
            await warnings.add_change(session, one.id, verdict.state.value)
            await repository.add_step(session, _step(one.id, verdict, ids, now))
            await lapse(session, one.id, now)
            changed.append(Changed(one.id, verdict.state))
    return changed


async def _settle_own(session: AsyncSession, alert: Alert, verdict: Verdict, ids: dict[Identity, UUID], now: datetime) -> None:
    is_first = not await repository.list_steps(session, alert.id)
    if is_first or verdict.state.value != alert.state:
        alert.state = verdict.state.value
        await repository.add_step(session, _step(alert.id, verdict, ids, now))


def _step(alert_id: UUID, verdict: Verdict, ids: dict[Identity, UUID], now: datetime) -> AlertStep:
    by = ids[verdict.by] if verdict.by else None
    return AlertStep(alert_id=alert_id, at=now, state=verdict.state.value, by_alert=by, rule=verdict.rule)


async def compare(session: AsyncSession, alert: Alert, judged: Judged, now: datetime) -> int | None:
    """Keeps what is compared of a warning and the links that follow; answers the level at which a twin of it goes out already."""
    await repository.add_trait(session, _trait(alert.id, judged))
    if alert.state != State.STANDING or not judged.concern.countries:
        return None
    linking = linking_on(now.date())
    reach = timedelta(hours=linking.look_back_hours)
    starts = judged.sketch.starts
    near = await repository.list_comparable(session, alert, judged.concern.countries, starts - reach, starts + reach, COMPARED_AT_MOST)
    by_identity = {(sketch := _sketch(one)).identity: (one.alert.id, sketch, one.level) for one in near}
    made, twin_level = linked(judged, [(sketch, level) for _, sketch, level in by_identity.values()], linking.weights)
    links = [
        AlertLink(
            alert_id=alert.id,
            other_id=by_identity[other.identity][0],
            score=link.score,
            twin=link.twin,
            reasons=list(link.reasons),
            rule_version=linking.version,
            made_at=now,
        )
        for other, link in made
    ]
    await repository.add_links(session, links)
    return twin_level


async def twin_level(session: AsyncSession, alert_id: UUID) -> int | None:
    return max(await repository.list_twin_levels(session, alert_id), default=None)


def _trait(alert_id: UUID, judged: Judged) -> AlertTrait:
    sketch, shape = judged.sketch, judged.footprint.shape
    return AlertTrait(
        alert_id=alert_id,
        hazard=sketch.hazard,
        hazards_version=judged.hazards_version,
        starts=sketch.starts,
        ends=sketch.ends,
        languages=sorted(sketch.languages),
        incidents=sorted(sketch.incidents),
        shape=to_wkb(shape) if shape is not None else None,
        box=list(shape.bounds) if shape is not None else None,
        defects=list(judged.footprint.defects),
    )


def _sketch(one: Comparable) -> Sketch:
    alert, trait = one.alert, one.trait
    return Sketch(
        identity=Identity(alert.sender, alert.identifier, alert.sent),
        issuer=alert.issuer,
        status=MessageStatus(alert.message_status),
        hazard=trait.hazard,
        starts=trait.starts,
        ends=trait.ends,
        languages=frozenset(trait.languages),
        countries=one.countries,
        incidents=frozenset(trait.incidents),
        shape=_shape(trait),
    )


async def shape_of(session: AsyncSession, alert_id: UUID) -> MultiPolygon | None:
    """None where the warning holds for its whole countries, or came before shapes were read."""
    trait = await repository.trait_of(session, alert_id)
    return _shape(trait) if trait else None


def _shape(trait: AlertTrait) -> MultiPolygon | None:
    return from_wkb(trait.shape) if trait.shape is not None else None


async def countries_acted_on(session: AsyncSession, changed: Collection[Changed]) -> list[frozenset[str]]:
    return list((await repository.countries_of(session, [one.alert_id for one in changed])).values())


async def kin_of(session: AsyncSession, alert_id: UUID, seen_by: Sight) -> Kin:
    links = await repository.list_links(session, alert_id, seen_by)
    return Kin(
        vanished_at=await repository.vanished_at(session, alert_id),
        conflicts=await repository.count_conflicts(session, alert_id),
        links=[LinkOut(alert=other, score=one.score, same_event_in_another_language=one.twin, reasons=one.reasons) for other, one in links],
        steps=[
            StepOut(at=one.at, state=State(one.state), rule=one.rule, because_of=one.by_alert)
            for one in await repository.list_steps(session, alert_id)
        ],
    )


async def get_area(session: AsyncSession, caller: Caller, alert_id: UUID) -> AreaFeature:
    """Raises `NotFoundError` also for a warning outside of the caller's sight."""
    record = await warnings.find_alert(session, alert_id, sight(caller.roles, caller.countries))
    if record is None:
        raise NotFoundError
    trait = await repository.trait_of(session, alert_id)
    shape = _shape(trait) if trait else None
    properties = AreaProperties(
        countries=record.countries,
        whole_countries=shape is None,
        hazard=trait.hazard if trait else "",
        defects=list(trait.defects) if trait else [],
    )
    return AreaFeature(id=alert_id, geometry=geojson(shape) if shape is not None else None, properties=properties)
