"""Use cases: merge two complaints and part them again, join many against one respondent. Nothing is moved, nothing is deleted."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.complaints import ComplaintMerged, ComplaintReopened
from contracts.text import Text
from kit.auth import Caller
from kit.crypto import Keyring
from kit.errors import ConflictError, NotFoundError
from kit.ids import new_id
from kit.outbox import emit
from kit.versions import ANY, check_version
from services.complaints import service as complaints
from services.complaints.access import is_in_hands_of, require_hands, what_is_visible
from services.complaints.duplicates import repository, rules
from services.complaints.duplicates.models import Collective, CollectiveMember, ComplaintMerge
from services.complaints.duplicates.rules import Obstacle
from services.complaints.duplicates.schemas import CollectiveIn, CollectiveOut, LinksOut, MergedOut, MergeIn, UnmergeIn
from services.complaints.models import Complaint
from services.complaints.rules import Status, named_in_event

PURPOSE: Final = "merge"
_OBSTACLES: Final[Mapping[Obstacle, Text]] = {
    Obstacle.ITSELF: Text("A complaint cannot be merged into itself.", "একটি অভিযোগ নিজের সঙ্গে যুক্ত করা যায় না।"),
    Obstacle.OTHER_KIND: Text("The two are cases of different kinds.", "দুটি ভিন্ন ধরনের বিষয়।"),
    Obstacle.MERGED_ALREADY: Text(
        "One of the two is merged already: use the one that it leads to.", "একটি আগে থেকেই যুক্ত: যেটির সঙ্গে যুক্ত, সেটি ব্যবহার করুন।"
    ),
    Obstacle.DECIDED: Text("This one is decided. Merge the open one into it.", "এটির সিদ্ধান্ত হয়ে গেছে। খোলা অভিযোগটি এর সঙ্গে যুক্ত করুন।"),
    Obstacle.APPEAL: Text("An appeal is a case of its own and is not merged.", "আপিল একটি আলাদা মামলা, তা যুক্ত করা যায় না।"),
    Obstacle.ABOUT_OTHER_OFFICES: Text(
        "Only one of them is about this office: it must not come into that office's hands.",
        "শুধু একটি এই কার্যালয়ের বিরুদ্ধে: তা সেই কার্যালয়ের হাতে যেতে পারে না।",
    ),
}


class NotMergedError(ConflictError):
    slug = "not-merged"
    title = Text("These two cannot be merged.", "এই দুটি যুক্ত করা যায় না।")


class NothingToUndoError(ConflictError):
    slug = "not-a-merged-complaint"
    title = Text("This complaint is not merged into another.", "এই অভিযোগটি অন্য কোনোটির সঙ্গে যুক্ত নয়।")


class OtherRespondentError(ConflictError):
    slug = "other-respondent"
    title = Text(
        "A collective complaint has one respondent: licence or name must agree, and none may be restricted, merged or in another one.",
        "যৌথ অভিযোগে অভিযুক্ত একজনই: লাইসেন্স বা নাম মিলতে হবে, এবং কোনোটি সীমাবদ্ধ, যুক্ত বা অন্য যৌথ অভিযোগে থাকতে পারবে না।",
    )


async def merge(session: AsyncSession, keyring: Keyring, caller: Caller, reference: str, asked: MergeIn, version: int = ANY) -> MergedOut:
    """Both histories stay. Both become as restricted as the stricter one, so that whoever saw only the looser one sees neither.

    Raises `NotFoundError` for one that the caller may not see, before it says anything of the other.
    """
    merged, into = await _both(session, caller, reference, asked.into)
    if merged.merged_into == into.id and merged.id != into.id:
        return _merged_out(merged, into)
    check_version(version, merged.version)
    if problem := rules.obstacle(_side(merged), _side(into), is_same=merged.id == into.id):
        raise NotMergedError(_OBSTACLES[problem])
    now = datetime.now(UTC)
    note = keyring.seal(asked.note, "complaint_merge.note") if asked.note else None
    await repository.add(
        session,
        ComplaintMerge(
            id=new_id(),
            merged_id=merged.id,
            into_id=into.id,
            at=now,
            by=caller.subject,
            reason=asked.reason,
            note=note,
            status_before=merged.status,
        ),
    )
    restricted, into.severity = rules.joined(_side(merged), _side(into))
    merged.restricted = into.restricted = restricted
    merged.status, merged.merged_into = Status.MERGED, into.id
    await complaints.note_happening(session, merged, "merged", by=caller.subject, at=now, detail={"into": into.reference})
    await complaints.note_happening(session, into, "merged_here", by=caller.subject, at=now, detail={"merged": merged.reference})
    licence = named_in_event(merged.respondent_licence, restricted=restricted)
    event = ComplaintMerged(respondent_licence=licence, into=str(into.id), merged_at=now)
    await emit(session, event, subject=merged.id, sequence=merged.version, restricted=restricted)
    return _merged_out(merged, into)


async def unmerge(session: AsyncSession, keyring: Keyring, caller: Caller, reference: str, asked: UnmergeIn, version: int) -> MergedOut:
    """The complaint stands where it stood before and is open again. What became stricter stays so: nobody sees more for a mistake."""
    merged = await complaints.get_complaint(session, caller, what_is_visible(caller), reference, purpose=PURPOSE, lock=True)
    require_work(merged, caller)
    check_version(version, merged.version)
    standing = await repository.standing_merge(session, merged.id)
    if standing is None:
        raise NothingToUndoError
    now = datetime.now(UTC)
    into = await session.get_one(Complaint, standing.into_id, with_for_update=True)
    standing.undone_at, standing.undone_by = now, caller.subject
    standing.undone_note = keyring.seal(asked.note, "complaint_merge.undone_note") if asked.note else None
    merged.status, merged.merged_into = standing.status_before, None
    await complaints.note_happening(session, merged, "unmerged", by=caller.subject, at=now, detail={"from": into.reference})
    await complaints.note_happening(session, into, "unmerged_here", by=caller.subject, at=now, detail={"merged": merged.reference})
    await emit(
        session,
        ComplaintReopened(
            category=merged.category,
            country=merged.country,
            respondent_licence=named_in_event(merged.respondent_licence, restricted=merged.restricted),
            reopened_at=now,
        ),
        subject=merged.id,
        sequence=merged.version,
        restricted=merged.restricted,
    )
    return _merged_out(merged, None)


async def follow(session: AsyncSession, complaint: Complaint) -> Complaint:
    """The complaint at which this one is followed: itself, or the one it was merged into, however far that leads."""
    while complaint.merged_into is not None:
        complaint = await session.get_one(Complaint, complaint.merged_into)
    return complaint


async def join(session: AsyncSession, keyring: Keyring, caller: Caller, lead_reference: str, asked: CollectiveIn) -> CollectiveOut:
    """Many against one respondent, heard and decided together under a lead. Who is in already stays in."""
    visible = what_is_visible(caller)
    found = await repository.lock_both(session, {lead_reference, *asked.members}, visible)
    if set(found) != {lead_reference, *asked.members}:
        raise NotFoundError
    lead = found.pop(lead_reference)
    for one in (lead, *found.values()):
        require_work(one, caller)
    collective = await repository.collective_of(session, lead.id)
    if collective is None:
        note = keyring.seal(asked.note, "collective.note") if asked.note else None
        collective = Collective(id=new_id(), lead_id=lead.id, made_at=datetime.now(UTC), made_by=caller.subject, note=note)
        await repository.add(session, collective)
    if collective.lead_id != lead.id or not _may_lead(lead):
        raise OtherRespondentError
    for member in found.values():
        await _take_in(session, caller, collective, lead, member)
    members = await repository.members_of(session, collective.id, visible)
    return CollectiveOut(id=collective.id, lead=lead.reference, members=[one.reference for one in members])


async def leave(session: AsyncSession, caller: Caller, lead_reference: str, member_reference: str) -> CollectiveOut:
    visible = what_is_visible(caller)
    found = await repository.lock_both(session, {lead_reference, member_reference}, visible)
    if len(found) != 2:  # noqa: PLR2004 - the two that were asked for
        raise NotFoundError
    lead, member = found[lead_reference], found[member_reference]
    require_work(lead, caller)
    collective, membership = await repository.collective_of(session, lead.id), await repository.membership(session, member.id)
    if collective is None or membership is None or membership.collective_id != collective.id:
        raise NotFoundError
    membership.left_at, membership.left_by = datetime.now(UTC), caller.subject
    await _told(session, caller, member, "left_collective", lead=lead.reference)
    members = await repository.members_of(session, collective.id, visible)
    return CollectiveOut(id=collective.id, lead=lead.reference, members=[one.reference for one in members])


async def links(session: AsyncSession, caller: Caller, reference: str) -> LinksOut:
    """Logged as a read. What the caller may not see is left out, also of the counts."""
    visible = what_is_visible(caller)
    complaint = await complaints.get_complaint(session, caller, visible, reference, purpose="links")
    others = {one for one in (complaint.merged_into, complaint.appeal_of) if one is not None}
    collective = await repository.collective_of(session, complaint.id)
    named = await repository.visible_of(session, others | ({collective.lead_id} if collective else set()), visible)
    members = await repository.members_of(session, collective.id, visible) if collective else []

    def reference_of(one: Any) -> str | None:
        return named[one].reference if one in named else None

    return LinksOut(
        reference=complaint.reference,
        version=complaint.version,
        may_change=may_work_on(complaint, caller),
        merged_into=reference_of(complaint.merged_into),
        merged=[one.reference for one in await repository.merged_into(session, complaint.id, visible)],
        lead=reference_of(collective.lead_id) if collective else None,
        members=[one.reference for one in members],
        appeal_of=reference_of(complaint.appeal_of),
        waiting_pairs=[one.id for one in await repository.pairs_of(session, complaint.id, visible)],
    )


def may_work_on(complaint: Complaint, caller: Caller) -> bool:
    """The supervisor of the call centre sorts what was lodged twice, whoever holds it."""
    return "supervisor" in caller.roles or is_in_hands_of(complaint, caller)


def require_work(complaint: Complaint, caller: Caller) -> None:
    if not may_work_on(complaint, caller):
        require_hands(complaint, caller)


async def _both(session: AsyncSession, caller: Caller, reference: str, into: str) -> tuple[Complaint, Complaint]:
    """Locked, seen by the caller and in their hands."""
    visible = what_is_visible(caller)
    found = await repository.lock_both(session, {reference, into}, visible)
    if {reference, into} - set(found):
        raise NotFoundError
    for one in found.values():
        await complaints.get_complaint(session, caller, visible, one.reference, purpose=PURPOSE)
        require_work(one, caller)
    return found[reference], found[into]


async def _take_in(session: AsyncSession, caller: Caller, collective: Collective, lead: Complaint, member: Complaint) -> None:
    standing = await repository.membership(session, member.id)
    if standing is not None and standing.collective_id == collective.id:
        return
    if standing is not None or not _may_lead(member) or not rules.may_be_heard_together(*map(repository.features_of, (lead, member))):
        raise OtherRespondentError
    joined = CollectiveMember(
        id=new_id(), collective_id=collective.id, complaint_id=member.id, joined_at=datetime.now(UTC), joined_by=caller.subject
    )
    await repository.add(session, joined)
    await _told(session, caller, member, "joined_collective", lead=lead.reference)


async def _told(session: AsyncSession, caller: Caller, complaint: Complaint, kind: str, **detail: Any) -> None:
    await complaints.note_happening(session, complaint, kind, by=caller.subject, at=datetime.now(UTC), detail=detail)


def _may_lead(complaint: Complaint) -> bool:
    return not complaint.restricted and complaint.merged_into is None and complaint.appeal_of is None


def _side(complaint: Complaint) -> rules.Side:
    return rules.Side(
        kind=complaint.kind,
        status=complaint.status,
        restricted=complaint.restricted,
        severity=complaint.severity,
        respondent_office=complaint.respondent_office,
        is_appeal=complaint.appeal_of is not None,
    )


def _merged_out(merged: Complaint, into: Complaint | None) -> MergedOut:
    return MergedOut(
        reference=merged.reference,
        merged_into=into.reference if into else None,
        restricted=merged.restricted,
        version=merged.version,
    )
