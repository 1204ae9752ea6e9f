"""What officers see of mentions and of the people they were joined to."""

from collections import Counter
from collections.abc import Sequence

from contracts.text import Bilingual
from kit.crypto import Keyring
from services.agencies.unregistered.models import EnforcementStep, Recruiter
from services.agencies.unregistered.repository import Joined
from services.agencies.unregistered.rules import LIKENESS_WORDS, OUTCOME_WORDS, STEP_WORDS, Outcome, StepKind
from services.agencies.unregistered.schemas import ProposalOut, RecruiterOut, RecruiterRow, SightingDetail, SightingOut, StepOut
from services.agencies.unregistered.service import NAME, NOTE, PHONE, Proposals


def sighting_view(joined: Joined, keyring: Keyring) -> SightingOut:
    one = joined.sighting
    opened = {
        "name": keyring.open(one.name, NAME) if one.name else None,
        "phone": keyring.open(one.phone, PHONE) if one.phone else None,
        "recruiter": joined.recruiter.reference if joined.recruiter else None,
    }
    return SightingOut.model_validate(one.model_dump() | opened)


def detail_view(joined: Joined, proposals: Proposals, keyring: Keyring) -> SightingDetail:
    shown = [
        ProposalOut(
            sighting=other.sighting.id,
            likeness=reason,
            reason=Bilingual.of(LIKENESS_WORDS[reason]),
            recruiter=other.recruiter.reference if other.recruiter else None,
        )
        for other, reason in proposals
    ]
    return SightingDetail(**sighting_view(joined, keyring).model_dump(), proposals=shown)


def step_view(step: EnforcementStep, keyring: Keyring) -> StepOut:
    kind, outcome = StepKind(step.kind), Outcome(step.outcome) if step.outcome else None
    return StepOut(
        id=step.id,
        kind=kind,
        label=Bilingual.of(STEP_WORDS[kind]),
        happened_on=step.happened_on,
        outcome=outcome,
        outcome_label=Bilingual.of(OUTCOME_WORDS[outcome]) if outcome else None,
        is_public=step.is_public,
        order_ref=step.order_ref,
        note=keyring.open(step.note, NOTE) if step.note else None,
        recorded_at=step.recorded_at,
    )


def row_view(recruiter: Recruiter, sightings: int) -> RecruiterRow:
    return RecruiterRow(reference=recruiter.reference, sightings=sightings, opened_at=recruiter.opened_at)


def recruiter_view(
    recruiter: Recruiter, joined: Sequence[Joined], steps: Sequence[EnforcementStep], processed: Counter[str], keyring: Keyring
) -> RecruiterOut:
    shown = [sighting_view(one, keyring) for one in joined]
    return RecruiterOut(
        reference=recruiter.reference,
        version=recruiter.version,
        names=sorted({one.name for one in shown if one.name}),
        phones=sorted({one.phone for one in shown if one.phone}),
        processed_by=dict(processed.most_common()),
        sightings=shown,
        steps=[step_view(one, keyring) for one in steps],
        opened_at=recruiter.opened_at,
    )
