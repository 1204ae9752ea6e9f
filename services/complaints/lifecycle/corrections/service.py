"""Use cases of corrections: who it is about, what it is about and whom it concerns, as an officer found it to be."""

from typing import Any, Final

from services.complaints.lifecycle.corrections import rules
from services.complaints.lifecycle.corrections.schemas import CorrectionIn
from services.complaints.lifecycle.protection.service import restrict
from services.complaints.lifecycle.rules import released
from services.complaints.lifecycle.service import Acting
from services.complaints.offices import OFFICES
from services.complaints.redress.repository import lines_of
from services.complaints.rules import severity_of
from services.complaints.schemas import TAXONOMY, RespondentIn
from services.complaints.service import note_happening, sealed_respondent

_COLUMNS: Final = {"country": "country", "district": "district", "sex": "victim_sex", "age_band": "victim_age_band"} | {
    "disability": "victim_disability"
}


async def correct(acting: Acting, asked: CorrectionIn) -> None:
    """Deadlines follow the new category at once. A restricted category restricts for good; one that is not loosens nothing.

    An office that turns out to be the one complained about loses the complaint in the same transaction.
    """
    changed = asked.model_dump(exclude={"reason"}, exclude_none=True)
    for name, column in _COLUMNS.items():
        if name in changed:
            setattr(acting.complaint, column, changed[name])
    detail: dict[str, Any] = {"changed": sorted(changed)}
    if asked.category is not None:
        detail["category_before"] = acting.complaint.category
        _put_category(acting, asked.category)
    if asked.respondent is not None:
        await _put_respondent(acting, asked.respondent)
    await acting.note("corrected", detail=detail, words=asked.reason)
    await _leave_the_office_it_is_about(acting)
    if asked.category is not None and TAXONOMY.category(asked.category).restricted:
        await restrict(acting.session, acting.keyring, acting.complaint, by=acting.by, reason=None, now=acting.now)


def _put_category(acting: Acting, code: str) -> None:
    category, complaint = TAXONOMY.category(code), acting.complaint
    acting.refuse(rules.kind_refused(category.kind, acting.case))
    complaint.category, complaint.kind, complaint.taxonomy_version = category.code, category.kind, TAXONOMY.version
    complaint.severity = severity_of(category.severity, caller_safe=complaint.caller_safe)


async def _put_respondent(acting: Acting, named: RespondentIn) -> None:
    """The allegation was written for the one before: it goes, and nothing of it reaches the new one."""
    complaint = acting.complaint
    ordered = [line for line in await lines_of(acting.session, complaint.id) if line.ordered is not None and line.payer is None]
    acting.refuse(rules.respondent_refused(is_ordered=bool(ordered)))
    complaint.respondent_kind = named.kind
    complaint.respondent_licence, complaint.respondent_office = named.licence, named.office
    for column, value in sealed_respondent(acting.keyring, named.name).items():
        setattr(complaint, column, value)
    complaint.allegation = None


async def _leave_the_office_it_is_about(acting: Acting) -> None:
    complaint = acting.complaint
    about = complaint.respondent_office
    if about is None:
        return
    if complaint.transfer_to == about:
        complaint.transfer_to = None
    if complaint.office != about:
        return
    kind = TAXONOMY.category(complaint.category).office
    complaint.office = OFFICES.handling(kind, country=complaint.country, district=complaint.district, about=about)
    complaint.assignee = complaint.checker = None
    complaint.status = released(acting.case)
    await note_happening(acting.session, complaint, "transferred", by=acting.by, at=acting.now, detail={"from": about})
