"""What goes in and out of the procedure's API."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, Field

from contracts.text import Bilingual
from kit.text import ONE_LINE, PARAGRAPHS
from services.complaints import rules
from services.complaints.models import Complaint
from services.complaints.rules import Status
from services.complaints.schemas import In, OfficeCode

Words = Annotated[str, Field(min_length=1, max_length=5_000), PARAGRAPHS]
Account = Annotated[str, Field(min_length=1, max_length=100), ONE_LINE]


class RemarkIn(In):
    """A remark is for those who handle the case; it is sealed."""

    note: Words | None = None


class ReasonIn(In):
    reason: Words


class AssignIn(RemarkIn):
    """`colleague`: the account of somebody who works in the office that holds the case."""

    colleague: Account


class TransferIn(ReasonIn):
    office: OfficeCode


class FindingIn(In):
    """What the investigation found, for those who decide."""

    finding: Words


class AllegationIn(In):
    """The allegation as its officer puts it, without contacts or third persons: what the respondent is shown."""

    allegation: Words


class CommentIn(In):
    note: Words


class VoluntaryIn(In):
    """An officer spoke with the complainant alone, and the wish is their own."""

    voluntary: bool
    spoke_alone: bool
    note: Words | None = None


class ActedOut(BaseModel):
    """Where the case stands after the act. `version` goes into the next `If-Match`."""

    id: UUID
    reference: str
    version: int
    status: Status
    status_label: Bilingual
    office: str
    assigned: bool
    decision: str | None

    @classmethod
    def of(cls, complaint: Complaint) -> Self:
        status = Status(complaint.status)
        return cls(
            id=complaint.id,
            reference=complaint.reference,
            version=complaint.version,
            status=status,
            status_label=Bilingual.of(rules.STATUS_WORDS[status]),
            office=complaint.office,
            assigned=complaint.assignee is not None,
            decision=complaint.decision,
        )


class ActionOut(BaseModel):
    """One act that the procedure knows for this kind of case: whether this caller may do it now, and why not otherwise."""

    action: str
    label: Bilingual
    allowed: bool
    reason: Bilingual | None


class DecisionOut(BaseModel):
    code: str
    words: Bilingual


class ActionsOut(BaseModel):
    """`decisions` are those that may be proposed for this kind; of an appeal, `instead` are those of what is appealed."""

    version: int
    items: list[ActionOut]
    decisions: list[DecisionOut]
    instead: list[DecisionOut]


class HappeningOut(BaseModel):
    """One thing that was done. `by` (an account, where it is known), `detail` and `note` are for those who handle the case."""

    id: UUID
    version: int
    at: datetime
    kind: str
    label: Bilingual
    status: Status
    status_label: Bilingual
    office: str
    office_name: Bilingual
    by: str | None
    detail: dict[str, Any]
    note: str | None


class ColleagueOut(BaseModel):
    account: str
    seen_at: datetime


class ColleaguesOut(BaseModel):
    items: list[ColleagueOut]
