"""What the register shows of a history and of what belongs to an agency."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from contracts.text import Bilingual, Text
from services.agencies.register.models import Alias, Associate, Branch, LicenceEvent, SubAgent
from services.agencies.register.rules import STEP_WORDS, Standing, StepKind
from services.agencies.register.schemas import (
    AliasOut,
    AssociateOut,
    BranchOut,
    HistoryOut,
    StandingOut,
    StepOut,
    SubAgentOut,
)
from services.agencies.rules import STATUS_WORDS, LicenceStatus

WITHDRAWN = Text("Entered in error: it never was", "ভুলক্রমে লেখা হয়েছিল: বাস্তবে ঘটেনি")


def step_view(row: LicenceEvent, corrected_at: datetime | None) -> StepOut:
    kind = StepKind(row.kind)
    own = row.model_dump(
        include={"id", "true_from", "true_until", "hearing", "reason", "order_ref", "source", "recorded_at", "supersedes"}
        | {"security_minor", "rules_version"}
    )
    return StepOut(kind=kind, label=Bilingual.of(STEP_WORDS.get(kind, WITHDRAWN)), corrected_at=corrected_at, **own)


def standing_view(found: Standing) -> StandingOut:
    return StandingOut(
        licensed=found.status is LicenceStatus.VALID,
        status=found.status,
        status_label=Bilingual.of(STATUS_WORDS[found.status]),
        since=found.since,
        valid_until=found.valid_until,
        hearing=found.hearing,
    )


def history_view(
    licence: str, days: tuple[date, date], found: Standing | None, rows: Sequence[LicenceEvent], corrected: Mapping[UUID, datetime]
) -> HistoryOut:
    true_on, known_on = days
    return HistoryOut(
        licence=licence,
        true_on=true_on,
        known_on=known_on,
        standing=standing_view(found) if found else None,
        items=[step_view(row, corrected.get(row.id)) for row in rows],
    )


def alias_view(row: Alias) -> AliasOut:
    return AliasOut.model_validate(row.model_dump())


def branch_view(row: Branch) -> BranchOut:
    return BranchOut.model_validate(row.model_dump() | {"has_phone": row.phone is not None})


def associate_view(row: Associate) -> AssociateOut:
    return AssociateOut.model_validate(row.model_dump())


def sub_agent_view(row: SubAgent, today: date) -> SubAgentOut:
    shown = {
        "name": Bilingual.of(Text(row.name_en, row.name_bn or row.name_en)),
        "registered": row.true_from <= today <= row.true_until,
        "has_phone": row.phone is not None,
    }
    return SubAgentOut.model_validate(row.model_dump() | shown)
