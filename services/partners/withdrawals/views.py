"""What is shown of withdrawals."""

from collections.abc import Sequence
from datetime import datetime

from contracts.text import Bilingual
from kit.crypto import Keyring
from services.partners.withdrawals import rules
from services.partners.withdrawals.models import Step
from services.partners.withdrawals.repository import Found
from services.partners.withdrawals.schemas import StepOut, WithdrawalRow, WithdrawalWithStepsOut

WORDS = "partner_withdrawal_step.words"


def row_of(found: Found, now: datetime) -> WithdrawalRow:
    one, organisation = found.withdrawal, found.organisation
    stands = rules.standing(
        confirmed=one.confirmed_at is not None, organisation=organisation.state if organisation else None, due=one.due, now=now
    )
    return WithdrawalRow(
        **one.model_dump(exclude={"restricted"}),
        organisation=Bilingual(en=organisation.name_en, bn=organisation.name_bn) if organisation else None,
        state=stands.value,
        delivered_at=found.delivered_at,
        reminders=found.reminders,
    )


def withdrawal_of(found: Found, steps: Sequence[Step], keyring: Keyring, now: datetime, *, is_officer: bool) -> WithdrawalWithStepsOut:
    return WithdrawalWithStepsOut(
        **row_of(found, now).model_dump(), steps=[_step_of(one, keyring if is_officer else None) for one in steps]
    )


def _step_of(one: Step, keyring: Keyring | None) -> StepOut:
    return StepOut(kind=one.kind, at=one.at, words=keyring.open(one.words, WORDS) if keyring and one.words else None)
