"""What goes in and out of decisions and appeals."""

from typing import Literal

from pydantic import Field

from services.complaints.lifecycle.schemas import Account, Words
from services.complaints.schemas import In, OfficeCode


class ProposeIn(In):
    """`summary`: the reasons, for those who decide. `replaces`: of an appeal that succeeds, what holds instead of the first decision.

    `checker`: the account of a colleague who approves it. A restricted case needs one, unless the supervisor checks it.
    """

    decision: str = Field(max_length=40)
    summary: Words
    replaces: str | None = Field(default=None, max_length=40)
    checker: Account | None = None


class ReopenIn(In):
    reason: Words


class AppealIn(In):
    """`by`: whose appeal it is; an agency appeals for itself. `office`: the one that shall decide, where it is not the appeals branch."""

    by: Literal["complainant", "respondent"]
    grounds: Words
    office: OfficeCode | None = None
