"""What goes in and out of decisions and appeals."""

from typing import Literal

from pydantic import Field

from kit.text import Day
from services.complaints.lifecycle.schemas import Account, Words
from services.complaints.redress.schemas import ClaimIn
from services.complaints.schemas import In, OfficeCode


class ToPayIn(ClaimIn):
    """One sum that the decision orders. `due_on`: the day by which it must be paid."""

    due_on: Day | None = None


class ProposeIn(In):
    """`summary`: the reasons, for those who decide. `replaces`: of an appeal that succeeds, what holds instead of the first decision.

    `to_pay`: what the respondent is ordered to pay, owed from the day of the approval. `basis` of it: the office's decision, or an award of
    an arbitration (OEMA s.41(3)).

    `checker`: the account of a colleague who approves it. A restricted case needs one, unless the supervisor checks it.
    """

    decision: str = Field(max_length=40)
    summary: Words
    replaces: str | None = Field(default=None, max_length=40)
    checker: Account | None = None
    to_pay: tuple[ToPayIn, ...] = Field(default=(), max_length=10)
    basis: Literal["decision", "arbitration"] = "decision"


class ReopenIn(In):
    reason: Words


class AppealIn(In):
    """`by`: whose appeal it is; an agency appeals for itself. `office`: the one that shall decide, where it is not the appeals branch."""

    by: Literal["complainant", "respondent"]
    grounds: Words
    office: OfficeCode | None = None
