"""A protected case as its members see it: what is sealed is opened here."""

from collections.abc import Sequence
from datetime import date

from contracts.text import Bilingual
from kit.counts import SMALLEST
from kit.crypto import Keyring
from kit.dated import Choice
from services.reintegration.casework.service import Desk
from services.reintegration.lists import choice
from services.reintegration.models import Returnee
from services.reintegration.protection import repository, rules, service
from services.reintegration.protection.lists import PROTECTION
from services.reintegration.protection.models import TrainedOfficer, VictimCase, VictimIdentification, VictimStep
from services.reintegration.protection.schemas import (
    AreaOut,
    FigureOut,
    FiguresOut,
    IdentificationOut,
    IndicatorChoiceOut,
    IndicatorOut,
    KindOut,
    ProtectedOut,
    ProtectedRow,
    ProtectionListsOut,
    StepOut,
    TrainedOut,
)
from services.reintegration.referrals.models import HelpProvider
from services.reintegration.schemas import ChoiceOut
from services.reintegration.views import names_of


def row_of(case: VictimCase, returnee: Returnee, next_on: date | None, keyring: Keyring) -> ProtectedRow:
    return ProtectedRow.model_validate(
        {
            **case.model_dump(include={"id", "reference", "version", "opened_at", "closed_at"}),
            **names_of(returnee, keyring),
            "returnee_reference": returnee.reference,
            "finding": _chosen(PROTECTION.findings, case.finding) if case.finding else None,
            "next_on": next_on,
        }
    )


async def file_of(desk: Desk, found: service.Found, today: date) -> ProtectedOut:
    """`today` by the calendar of Dhaka."""
    case, returnee, keyring = found.case, found.returnee, desk.keyring
    await desk.session.flush()
    steps = await repository.list_steps(desk.session, case.id)
    planned = [step.due_on for step, _ in steps if step.state == rules.StepState.PLANNED and step.due_on is not None]
    identifications = await repository.list_identifications(desk.session, case.id)
    indicators = await repository.list_indicators(desk.session, case.id)
    return ProtectedOut(
        **row_of(case, returnee, min(planned, default=None), keyring).model_dump(),
        **case.model_dump(include={"sex", "age_band", "country"}),
        emergency_until=found.emergency_until,
        phone=keyring.open(returnee.phone, "returnee.phone") if returnee.phone else None,
        agreed=await service.is_agreed(desk, returnee.id),
        may_identify=await _may_identify(desk, today),
        testimony=_chosen(PROTECTION.testimony, case.testimony),
        indicators=[IndicatorOut.model_validate(one, from_attributes=True) for one in indicators],
        identifications=[_identification(one, desk) for one in identifications],
        steps=[_step(step, provider, keyring) for step, provider in steps],
        members=[one.account for one in await repository.list_members(desk.session, case.id)],
        closing_reason=_chosen(PROTECTION.closing_reasons, case.closing_reason) if case.closing_reason else None,
    )


async def _may_identify(desk: Desk, today: date) -> bool:
    try:
        await service.training_of(desk, today)
    except rules.NotTrainedError:
        return False
    return True


def _identification(one: VictimIdentification, desk: Desk) -> IdentificationOut:
    return IdentificationOut(
        finding=_chosen(PROTECTION.findings, one.finding),
        forms=[_chosen(PROTECTION.forms, code) for code in one.forms],
        reasons=desk.keyring.open(one.reasons, "victim_identification.reasons"),
        training=_chosen(PROTECTION.trainings, one.training),
        made_by_me=one.made_by == desk.caller.subject,
        made_at=one.made_at,
    )


def _step(step: VictimStep, provider: HelpProvider | None, keyring: Keyring) -> StepOut:
    state = rules.StepState(step.state)
    return StepOut(
        **step.model_dump(include={"id", "version", "due_on", "given_at", "amount", "currency"}),
        area=_chosen(PROTECTION.areas, step.area),
        kind=_chosen(PROTECTION.kinds, step.kind),
        state=state,
        state_label=Bilingual.of(rules.STEP_WORDS[state]),
        provider=Bilingual(en=provider.name_en, bn=provider.name_bn) if provider else None,
        note=keyring.open(step.note, "victim_step.note") if step.note else None,
    )


def trained_of(one: TrainedOfficer) -> TrainedOut:
    kept = one.model_dump(include={"account", "trained_on", "until", "noted_at"})
    return TrainedOut(**kept, training=_chosen(PROTECTION.trainings, one.training))


def lists_out() -> ProtectionListsOut:
    return ProtectionListsOut(
        version=PROTECTION.version,
        source=PROTECTION.source,
        indicators=[IndicatorChoiceOut.model_validate(one.model_dump()) for one in PROTECTION.indicators],
        areas=[AreaOut.model_validate(one.model_dump()) for one in PROTECTION.areas],
        kinds=[KindOut.model_validate(one.model_dump()) for one in PROTECTION.kinds],
        groups=_all(PROTECTION.groups),
        findings=_all(PROTECTION.findings),
        forms=_all(PROTECTION.forms),
        testimony=_all(PROTECTION.testimony),
        trainings=_all(PROTECTION.trainings),
        closing_reasons=_all(PROTECTION.closing_reasons),
    )


def figures_of(half: str, found: Sequence[tuple[str, str, int | None]]) -> FiguresOut:
    items = [FigureOut.model_validate({"dimension": dimension, "value": value, "people": people}) for dimension, value, people in found]
    return FiguresOut(half=half, fewer_than=SMALLEST, items=items)


def _chosen(choices: Sequence[Choice], code: str) -> ChoiceOut:
    return ChoiceOut.chosen(choice(choices, code))


def _all(choices: Sequence[Choice]) -> list[ChoiceOut]:
    return [ChoiceOut.chosen(one) for one in choices]
