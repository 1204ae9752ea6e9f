"""What goes in and out of the confirmations of withdrawals."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel

from contracts.text import Bilingual
from services.partners.schemas import Code, CodeOf, In, Words
from services.partners.withdrawals.rules import TERMS

Outcome = Annotated[Code, AfterValidator(CodeOf(TERMS.outcomes))]
Way = Annotated[Code, AfterValidator(CodeOf(TERMS.ways))]
Asked = Literal["unconfirmed", "open", "overdue", "unreachable", "confirmed"]


class ConfirmationIn(In):
    """`way` and `words` (where the letter lies) are an officer's, who notes what a body without a program said."""

    outcome: Outcome
    way: Way | None = None
    words: Words | None = None


class WithdrawalRow(BaseModel):
    """`event_id`: the id of the event that told it; `records` as the body knows them. `delivered_at`: when one of its endpoints took it.

    `organisation` is null where the body is no partner: then nothing reached it from here.
    """

    event_id: UUID
    recipient: str
    organisation: Bilingual | None
    state: Literal["open", "overdue", "unreachable", "confirmed"]
    purpose: str
    records: list[UUID]
    withdrawn_at: datetime
    asked_at: datetime
    due: datetime
    delivered_at: datetime | None
    reminders: int
    confirmed_at: datetime | None
    outcome: str | None
    way: str | None


class StepOut(BaseModel):
    """`words` are shown to officers alone."""

    kind: str
    at: datetime
    words: str | None


class WithdrawalWithStepsOut(WithdrawalRow):
    steps: list[StepOut]
