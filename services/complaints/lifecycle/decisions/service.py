"""Use cases of decisions: proposed by one person and approved by another; opened again; appealed, as a case of its own elsewhere."""

from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.complaints import AppealLodged, CaseClosed, ComplaintDecided, ComplaintReopened
from contracts.days import DHAKA
from contracts.text import Bilingual, Text
from kit.auth import Caller
from kit.crypto import Keyring
from kit.errors import InvalidError
from kit.ids import new_id
from kit.outbox import emit, outbox_row
from kit.reference import make
from kit.timer import cancel, schedule
from services.complaints import repository as complaints
from services.complaints import rules as roots
from services.complaints.cases.rules import NotReadyError
from services.complaints.cases.views import missing_before
from services.complaints.lifecycle import repository
from services.complaints.lifecycle.decisions import rules
from services.complaints.lifecycle.decisions.schemas import AppealIn, ProposeIn, ReopenIn
from services.complaints.lifecycle.models import Proposal
from services.complaints.lifecycle.procedures import PROCEDURES, RETENTION
from services.complaints.lifecycle.rules import CASES, Action
from services.complaints.lifecycle.schemas import ActedOut, ReasonIn, RemarkIn
from services.complaints.lifecycle.service import Acting, act, colleagues
from services.complaints.models import Complaint
from services.complaints.offices import OFFICES
from services.complaints.redress import service as redress
from services.complaints.redress.schemas import OrderIn
from services.complaints.rules import Status
from services.complaints.service import PREFIX, REDRESS_AT_FIRST, note_happening

_NEEDS_CHECKER: Final = Text(
    "The case is restricted: name the colleague who may open it to check the decision.",
    "কেসটি সীমাবদ্ধ: সিদ্ধান্ত যাচাইয়ের জন্য কোন সহকর্মী এটি খুলতে পারবেন তা লিখুন।",
)
_NO_CHECKER: Final = Text("Nobody else of that name has been at work in this office lately.", "এই নামের অন্য কেউ সম্প্রতি এই কার্যালয়ে কাজ করেননি।")


async def propose(acting: Acting, asked: ProposeIn) -> None:
    complaint = acting.complaint
    acting.refuse(rules.decision_refused(asked.decision, acting.case, PROCEDURES.decisions(complaint.kind)))
    acting.refuse(await _replacement_refused(acting, asked))
    acting.refuse(rules.orders_refused(asked.replaces or asked.decision, count=len(asked.to_pay)))
    await _refuse_an_unready_case(acting, asked.decision)
    complaint.checker = await _checker(acting, asked.checker)
    if acting.case.status is not Status.WAITING:
        complaint.resumes = acting.case.status
    proposal = Proposal(
        id=new_id(),
        complaint_id=complaint.id,
        decision=asked.decision,
        replaces=asked.replaces,
        summary=acting.keyring.seal(asked.summary, "proposal.summary"),
        proposed_by=acting.by,
        proposed_office=complaint.office,
        proposed_at=acting.now,
        orders=[{**one.model_dump(mode="json"), "basis": asked.basis} for one in asked.to_pay] or None,
        answer=None,
        answered_by=None,
        answered_at=None,
    )
    acting.session.add(proposal)
    await acting.note("decision_proposed", detail={"decision": asked.decision, "replaces": asked.replaces}, words=asked.summary)


async def _refuse_an_unready_case(acting: Acting, outcome: str) -> None:
    """A case of distress, death, missing or protection ends only once what its kind asks for is known. Raises `NotReadyError`."""
    if missing := await missing_before(acting.session, acting.complaint, outcome):
        raise NotReadyError(missing=[Bilingual.of(one).model_dump() for one in missing])


async def _replacement_refused(acting: Acting, asked: ProposeIn) -> Text | None:
    if acting.complaint.kind != "appeal":
        return None if asked.replaces is None else Text("Only an appeal replaces a decision.", "শুধু আপিলে আগের সিদ্ধান্ত বদলানো যায়।")
    original = await acting.session.get_one(Complaint, acting.complaint.appeal_of)
    return rules.replacement_refused(asked.decision, asked.replaces, original.decision, PROCEDURES.decisions(original.kind))


async def _checker(acting: Acting, account: str | None) -> str | None:
    """Raises `InvalidError` for a checker who is not there, or is the proposer."""
    if account is None:
        acting.refuse(_NEEDS_CHECKER if acting.complaint.restricted else None)
        return None
    there = await colleagues(acting.session, acting.complaint.office, acting.now)
    chosen = next((one.subject for one in there if one.account == account and one.subject != acting.by), None)
    if chosen is None:
        raise InvalidError(errors=[{"pointer": "/checker", "detail": _NO_CHECKER}])
    return chosen


async def send_back(acting: Acting, asked: ReasonIn) -> None:
    await _answer(acting, "sent_back")
    acting.complaint.checker = None
    await acting.note("sent_back", words=asked.reason)
    acting.complaint.resumes = None


async def approve(acting: Acting, asked: RemarkIn) -> None:
    """The decision stands, and is told. Of an appeal that succeeds, the first decision changes in the same transaction."""
    complaint = acting.complaint
    before = await repository.last_decision(acting.session, complaint.id)
    proposal = await _answer(acting, "approved")
    complaint.decision, complaint.decided_at = proposal.decision, acting.now
    complaint.decided_by, complaint.decided_office = proposal.proposed_by, complaint.office
    complaint.resolved_at, complaint.resumes, complaint.checker = acting.now, None, None
    await acting.note("decided", detail={"decision": proposal.decision, "proposed_by": proposal.proposed_by}, words=asked.note)
    await schedule(acting.session, acting.now + PROCEDURES.keep(complaint.kind), RETENTION, complaint.id)
    await _order(acting, complaint, proposal)
    if complaint.kind == "appeal":
        await _end_appeal(acting, proposal)
    elif complaint.kind in CASES:
        await emit(acting.session, _closed(complaint), subject=complaint.id, sequence=complaint.version, restricted=complaint.restricted)
    else:
        await _tell(acting.session, complaint, previous=before.replaces or before.decision if before else None)


async def _order(acting: Acting, complaint: Complaint, proposal: Proposal) -> None:
    """What the decision orders is owed from today on, at the complaint that it decides; what an earlier one ordered is not, if it fell."""
    if complaint.kind == "appeal":
        return
    if complaint.decision not in rules.OVERTURNING:
        await redress.lift_orders(acting.session, complaint, acting.by)
    for one in proposal.orders or ():
        ordered = OrderIn.model_validate({**one, "ordered_on": acting.now.astimezone(DHAKA).date().isoformat()})
        await redress.set_order(acting.session, complaint, acting.by, ordered)


async def _answer(acting: Acting, answer: str) -> Proposal:
    proposal = await repository.open_proposal(acting.session, acting.complaint.id)
    if proposal is None:
        raise LookupError("a case that waits for approval has a proposal")
    proposal.answer, proposal.answered_by, proposal.answered_at = answer, acting.by, acting.now
    return proposal


async def _end_appeal(acting: Acting, proposal: Proposal) -> None:
    """What the appeal says becomes of the case that it is about. Its row is held, after the appeal's own: never the other way round."""
    original = await acting.session.get_one(Complaint, acting.complaint.appeal_of, with_for_update=True, populate_existing=True)
    previous = original.decision
    if proposal.replaces is not None:
        original.decision, original.decided_at = proposal.replaces, acting.now
        original.decided_by, original.decided_office = proposal.proposed_by, acting.complaint.office
    detail = {"appeal": acting.complaint.reference, "outcome": proposal.decision, "decision": original.decision, "previous": previous}
    await note_happening(acting.session, original, "appeal_ended", by=acting.by, at=acting.now, detail=detail)
    if proposal.replaces is not None:
        await _order(acting, original, proposal)
        await _tell(acting.session, original, previous=previous)


async def _tell(session: AsyncSession, complaint: Complaint, *, previous: str | None) -> None:
    event = ComplaintDecided(
        category=complaint.category,
        country=complaint.country,
        district=complaint.district,
        victim_sex=complaint.victim_sex,
        victim_age_band=complaint.victim_age_band,
        respondent_kind=None if complaint.restricted else complaint.respondent_kind,
        respondent_licence=roots.named_in_event(complaint.respondent_licence, restricted=complaint.restricted),
        decision=complaint.decision or "",
        previous=previous,
        overturns=rules.overturns(complaint.decision or "", previous),
        lodged_at=complaint.lodged_at,
        decided_at=complaint.decided_at or complaint.changed_at,
    )
    await emit(session, event, subject=complaint.id, sequence=complaint.version, restricted=complaint.restricted)


def _closed(complaint: Complaint) -> CaseClosed:
    return CaseClosed(
        kind=complaint.kind,
        outcome=complaint.decision or "",
        country=complaint.country,
        district=complaint.district,
        opened_at=complaint.lodged_at,
        closed_at=complaint.changed_at,
    )


async def reopen(acting: Acting, asked: ReopenIn) -> None:
    """The decision stands no longer until there is a new one. The clocks of the law are not set back."""
    complaint = acting.complaint
    previous = complaint.decision
    complaint.decision = complaint.decided_at = complaint.decided_by = complaint.decided_office = complaint.resolved_at = None
    complaint.withdrawal = None
    await cancel(acting.session, RETENTION, complaint.id)
    await acting.note("reopened", detail={"previous": previous}, words=asked.reason)
    if complaint.kind in CASES:
        return
    event = ComplaintReopened(
        category=complaint.category,
        country=complaint.country,
        respondent_licence=roots.named_in_event(complaint.respondent_licence, restricted=complaint.restricted),
        reopened_at=acting.now,
    )
    await emit(acting.session, event, subject=complaint.id, sequence=complaint.version, restricted=complaint.restricted)


async def lodge_appeal(session: AsyncSession, keyring: Keyring, caller: Caller, reference: str, expected: int, asked: AppealIn) -> ActedOut:
    """Answers with the appeal, not with what is appealed. Raises as `act` does."""
    lodged: list[Complaint] = []

    async def effect(acting: Acting) -> None:
        lodged.append(await appeal(acting, asked, caller))

    await act(session, keyring, caller, reference, expected, Action.APPEAL, effect)
    return ActedOut.of(lodged[0])


async def appeal(acting: Acting, asked: AppealIn, caller: Caller | None = None) -> Complaint:
    """A case of its own, in another office than the one that decided. `caller` is None where the complainant asks on the status page.

    Raises `NotNowError` for an appeal to the same office, or to one that the complaint is about.
    """
    office = asked.office or _appeals_office(acting)
    acting.refuse(rules.appeal_office_refused(office, acting.case))
    by = rules.RESPONDENT if caller is not None and "agency" in caller.roles else asked.by
    values = _appeal_values(acting, asked, office, caller, by)
    acting.complaint.appeal_office = office
    await acting.note("appealed", detail={"appeal": values["reference"], "by": by, "office": office})
    event = AppealLodged(
        of=str(acting.complaint.id),
        by=by,
        category=acting.complaint.category,
        country=acting.complaint.country,
        respondent_licence=roots.named_in_event(acting.complaint.respondent_licence, restricted=acting.complaint.restricted),
        lodged_at=acting.now,
    )
    told = outbox_row(event, subject=values["id"], sequence=1, restricted=acting.complaint.restricted)
    await complaints.add_complaint(acting.session, values, _first_happening(values, acting, by), told)
    return await acting.session.get_one(Complaint, values["id"])


def _appeals_office(acting: Acting) -> str:
    """The appeals branch; where that one decided first, or is what the complaint is about, the next that is neither."""
    first = OFFICES.responsible("appeals", country=acting.complaint.country, district=acting.complaint.district)
    every = (first, OFFICES.fallback, OFFICES.second_fallback)
    return next((code for code in every if rules.appeal_office_refused(code, acting.case) is None), first)


_SHARED: Final = (
    *("severity", "channel", "language", "caller_safe", "category", "taxonomy_version", "restricted", "country", "district"),
    *("reporter_relation", "reporter_name", "reporter_name_key", "reporter_phone", "reporter_phone_index"),
    *("victim_name", "victim_name_key", "victim_phone", "victim_phone_index", "victim_sex", "victim_age_band", "victim_disability"),
    *("respondent_kind", "respondent_name", "respondent_key", "respondent_licence", "respondent_office"),
    *("reporter_sound_key", "victim_sound_key", "respondent_sound_key"),
    *("occurred_on", "may_call", "contact_note", "contact_rule", "contact_ask_for", "allegation"),
)


def _appeal_values(acting: Acting, asked: AppealIn, office: str, caller: Caller | None, by: str) -> dict[str, Any]:
    """Parties, place and restriction are those of the case that is appealed; what is sealed stays so: it is bound to its column.

    A respondent's own appeal is not theirs to see beyond what `visibility` gives them: should it become restricted, they see it no more.
    """
    is_respondent = caller is not None and "agency" in caller.roles
    return {
        **dict.fromkeys(Complaint.model_fields),
        **{name: getattr(acting.complaint, name) for name in _SHARED},
        "id": new_id(),
        "reference": make(PREFIX),
        "version": 1,
        "kind": "appeal",
        "status": Status.LODGED,
        "office": office,
        "narrative": acting.keyring.seal(asked.grounds, "complaint.narrative"),
        "lodged_by": by if is_respondent else acting.by,
        "lodged_by_org": min(caller.org, default=None) if caller and not is_respondent else None,
        "lodged_at": acting.now,
        "changed_at": acting.now,
        "appeal_of": acting.complaint.id,
        "on_hold": False,
        "redress_state": REDRESS_AT_FIRST,
    }


def _first_happening(values: dict[str, Any], acting: Acting, by: str) -> dict[str, Any]:
    return {
        "id": new_id(),
        "complaint_id": values["id"],
        "version": 1,
        "at": acting.now,
        "by": acting.by,
        "office": values["office"],
        "kind": "lodged",
        "status": Status.LODGED,
        "detail": {"of": acting.complaint.reference, "by": by},
        "note": None,
    }
