"""Whom an enquiry may be about, among those who are known in its incident. Proposals only: a person decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.crisis.checkins import repository as checkins
from services.crisis.checkins.rules import UNREACHED
from services.crisis.deployed import repository as deployed
from services.crisis.enquiries.models import FamilyEnquiry
from services.crisis.evacuation import repository as evacuation
from services.crisis.incidents import repository as incidents
from services.crisis.outreach import repository as outreach

By = Literal["phone", "document", "name"]
Kind = Literal["evacuee", "worker", "national"]
MARKS: Final[tuple[By, ...]] = ("phone", "document", "name")


@dataclass(frozen=True, slots=True)
class Candidate:
    """`state`: what is known of them there; of one in the register what they answered, or that they have not."""

    kind: Kind
    id: UUID
    by: tuple[By, ...]
    state: str
    since: datetime | None


async def candidates(session: AsyncSession, enquiry: FamilyEnquiry) -> list[Candidate]:
    marks: dict[str, bytes] = {by: mark for by in MARKS if (mark := getattr(enquiry, f"{by}_index")) is not None}
    evacuees = await evacuation.with_marks(session, enquiry.incident_id, marks)
    workers = await deployed.with_marks(session, enquiry.incident_id, marks)
    found = [Candidate("evacuee", one.id, _shared(one, marks), one.state, one.registered_at) for one in evacuees]
    return found + [Candidate("worker", one.id, _shared(one, marks), one.state, one.confirmed_at) for one in workers]


def _shared(row: Any, marks: dict[str, bytes]) -> tuple[By, ...]:
    return tuple(by for by in MARKS if by in marks and getattr(row, f"{by}_index") == marks[by])


async def nationals(session: AsyncSession, incident_id: UUID, found: Sequence[tuple[UUID, By]]) -> list[Candidate]:
    """Of the register, each once, with what holds of them in the warnings of this incident: the latest word of all."""
    marks: dict[UUID, list[By]] = {}
    for person, by in found:
        marks.setdefault(person, []).append(by)
    roots = {await outreach.root_of(session, alert) for alert in await incidents.alerts_of(session, incident_id)}
    known = [root for root in roots if root is not None]
    return [await _national(session, known, person, tuple(by)) for person, by in marks.items()]


async def _national(session: AsyncSession, roots: Sequence[UUID], person: UUID, by: tuple[By, ...]) -> Candidate:
    said = [one for root in roots if (one := await checkins.find_current(session, root, person)) is not None]
    if not said:
        return Candidate("national", person, by, UNREACHED, None)
    latest = max(said, key=lambda one: one.observed_at)
    return Candidate("national", person, by, latest.status, latest.observed_at)


async def is_evacuee(session: AsyncSession, incident_id: UUID, evacuee_id: UUID) -> bool:
    return await evacuation.is_of(session, incident_id, evacuee_id)


async def is_worker(session: AsyncSession, incident_id: UUID, worker_id: UUID) -> bool:
    return await deployed.is_of(session, incident_id, worker_id)
