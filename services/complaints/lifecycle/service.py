"""Use cases of the procedure. Each begins by holding the row and judging the act (`begin`), and ends by writing it down (`Acting.note`)."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.text import Text
from kit.auth import Caller
from kit.crypto import Keyring
from kit.errors import ConflictError, ForbiddenError, InvalidError
from kit.paging import Paging
from kit.versions import check_version
from services.complaints.access import offices_of, what_is_visible
from services.complaints.lifecycle import repository, views
from services.complaints.lifecycle.checks import Actor, Case, Standing
from services.complaints.lifecycle.decisions.rules import office_refused, person_refused
from services.complaints.lifecycle.models import Colleague
from services.complaints.lifecycle.procedures import PROCEDURES
from services.complaints.lifecycle.rules import TAKERS, Action, Refusal, after, judge
from services.complaints.lifecycle.schemas import (
    ActedOut,
    ActionsOut,
    AllegationIn,
    AssignIn,
    ColleagueOut,
    ColleaguesOut,
    CommentIn,
    FindingIn,
    ReasonIn,
    RemarkIn,
    TransferIn,
    VoluntaryIn,
)
from services.complaints.models import Complaint, Happening
from services.complaints.rules import Status, Visibility
from services.complaints.service import get_complaint, note_happening, seal_note
from services.complaints.views import fields_shown

COMPLAINANT: Final = "complainant"


class NotNowError(ConflictError):
    slug = "act-not-possible"


@dataclass(slots=True)
class Acting:
    """Somebody (`by`) about to do something with a case whose row is held."""

    session: AsyncSession
    keyring: Keyring
    complaint: Complaint
    case: Case
    action: Action
    by: str
    now: datetime

    def refuse(self, reason: Text | None) -> None:
        """Raises `NotNowError` where there is a reason."""
        if reason is not None:
            raise NotNowError(reason)

    async def note(self, happened: str, *, detail: Mapping[str, Any] | None = None, words: str | None = None) -> None:
        """Moves the case to its next status and writes down what was done, `words` sealed."""
        self.complaint.status = after(self.action, self.case)
        await note_happening(
            self.session, self.complaint, happened, by=self.by, at=self.now, detail=detail, note=seal_note(self.keyring, words)
        )


Effect = Callable[[Acting], Awaitable[None]]


async def act(
    session: AsyncSession, keyring: Keyring, caller: Caller, reference: str, expected: int, action: Action, effect: Effect
) -> ActedOut:
    """Raises `NotFoundError` for what the caller may not see, `StaleVersionError`, `ForbiddenError`, `NotNowError`."""
    visible = what_is_visible(caller)
    complaint = await get_complaint(session, caller, visible, reference, purpose=action, lock=True)
    check_version(expected, complaint.version)
    now = datetime.now(UTC)
    case = await case_of(session, complaint, now)
    _raise(judge(action, case, actor_of(caller, visible, complaint)))
    await repository.greet(session, visible.offices, caller.subject, caller.username, now)
    await effect(Acting(session, keyring, complaint, case, action, caller.subject, now))
    return ActedOut.of(complaint)


async def act_for_complainant(session: AsyncSession, keyring: Keyring, complaint: Complaint, action: Action, effect: Effect) -> ActedOut:
    """For an area that knows by other means that the complainant asks (a secret on the status page). The row is held by who calls."""
    now = datetime.now(UTC)
    case = await case_of(session, complaint, now)
    _raise(judge(action, case, Actor(COMPLAINANT, TAKERS, frozenset({Standing.COMPLAINANT}))))
    await effect(Acting(session, keyring, complaint, case, action, COMPLAINANT, now))
    return ActedOut.of(complaint)


async def complainant_may(session: AsyncSession, complaint: Complaint, action: Action) -> bool:
    """Whether `act_for_complainant` would do it now: what a status page offers."""
    case = await case_of(session, complaint, datetime.now(UTC))
    return judge(action, case, Actor(COMPLAINANT, TAKERS, frozenset({Standing.COMPLAINANT}))) is None


def _raise(refusal: Refusal | None) -> None:
    if refusal is None:
        return
    raise ForbiddenError(refusal.reason) if refusal.is_of_role else NotNowError(refusal.reason)


def actor_of(caller: Caller, visible: Visibility, complaint: Complaint) -> Actor:
    offices = offices_of(caller)
    speaks = complaint.lodged_by == caller.subject or complaint.lodged_by_org in visible.orgs
    parts = {
        Standing.HOLDER: complaint.assignee == caller.subject,
        Standing.OFFICE: complaint.office in offices,
        Standing.RECEIVER: complaint.transfer_to in offices,
        Standing.CHECKER: complaint.checker == caller.subject,
        Standing.SUPERVISOR: "supervisor" in caller.roles,
        Standing.COMPLAINANT: speaks and "agency" not in caller.roles,
        Standing.RESPONDENT: complaint.respondent_licence is not None and complaint.respondent_licence in visible.against_licences,
    }
    return Actor(caller.subject, caller.roles, frozenset(name for name, holds in parts.items() if holds))


async def case_of(session: AsyncSession, complaint: Complaint, now: datetime) -> Case:
    """Two reads at most: what hangs on the complaint, and of an appeal who decided before."""
    known = await repository.background_of(session, complaint.id)
    original = await session.get(Complaint, complaint.appeal_of) if complaint.appeal_of else None
    return Case(
        kind=complaint.kind,
        status=Status(complaint.status),
        restricted=complaint.restricted,
        now=now,
        office=complaint.office,
        about=complaint.respondent_office,
        assignee=complaint.assignee,
        transfer_to=complaint.transfer_to,
        checker=complaint.checker,
        proposer=known.proposer,
        earlier=Status(complaint.resumes) if complaint.resumes else None,
        is_investigation_begun=complaint.investigation_started_at is not None,
        is_investigated=complaint.investigated_at is not None,
        withdrawal=complaint.withdrawal,
        hearings=known.hearings,
        hearings_most=PROCEDURES.hearings_most,
        is_hearing_open=known.is_hearing_open,
        has_open_appeal=known.has_open_appeal,
        is_appeal_ended=known.is_appeal_ended_since(complaint.decided_at),
        reopen_until=_until(complaint.resolved_at, PROCEDURES.reopen),
        appeal_until=_until(complaint.decided_at, PROCEDURES.appeal),
        decided_office=complaint.decided_office,
        before=await repository.deciders_of(session, original.id) if original else frozenset(),
        office_before=original.decided_office if original else None,
    )


def _until(since: datetime | None, span: timedelta) -> datetime | None:
    return since + span if since else None


async def take(acting: Acting, asked: RemarkIn) -> None:
    acting.complaint.assignee = acting.by
    await acting.note("taken", words=asked.note)


async def assign(acting: Acting, asked: AssignIn) -> None:
    """Raises `InvalidError` where nobody of that account was seen at work in the office that holds the case."""
    there = await colleagues(acting.session, acting.complaint.office, acting.now)
    chosen = next((one for one in there if one.account == asked.colleague), None)
    if chosen is None:
        raise InvalidError(errors=[{"pointer": "/colleague", "detail": _NO_COLLEAGUE}])
    acting.refuse(person_refused(chosen.subject, acting.case))
    acting.complaint.assignee = chosen.subject
    await acting.note("assigned", words=asked.note)


_NO_COLLEAGUE: Final = Text("Nobody of that name has been at work in this office lately.", "এই নামের কেউ সম্প্রতি এই কার্যালয়ে কাজ করেননি।")


async def colleagues(session: AsyncSession, office: str, now: datetime) -> list[Colleague]:
    return list(await repository.colleagues(session, office, now - timedelta(days=PROCEDURES.colleague_days)))


async def hand_back(acting: Acting, asked: RemarkIn) -> None:
    """It stays in the office, whose colleagues find it among what nobody works on."""
    acting.complaint.assignee = None
    await acting.note("unassigned", words=asked.note)


async def transfer(acting: Acting, asked: TransferIn) -> None:
    """The office asked may accept or refuse; until it accepts, the case stays where it is."""
    acting.refuse(office_refused(asked.office, acting.case))
    acting.complaint.transfer_to = asked.office
    await acting.note("transfer_asked", detail={"to": asked.office}, words=asked.reason)


async def accept_transfer(acting: Acting, asked: RemarkIn) -> None:
    complaint = acting.complaint
    before, complaint.office = complaint.office, complaint.transfer_to or complaint.office
    complaint.transfer_to = complaint.assignee = complaint.checker = None
    if complaint.appeal_of is not None:
        original = await acting.session.get_one(Complaint, complaint.appeal_of, with_for_update=True, populate_existing=True)
        original.appeal_office = complaint.office
    await acting.note("transferred", detail={"from": before}, words=asked.note)


async def refuse_transfer(acting: Acting, asked: ReasonIn) -> None:
    refused, acting.complaint.transfer_to = acting.complaint.transfer_to, None
    await acting.note("transfer_refused", detail={"to": refused}, words=asked.reason)


async def recall_transfer(acting: Acting, asked: RemarkIn) -> None:
    recalled, acting.complaint.transfer_to = acting.complaint.transfer_to, None
    await acting.note("transfer_recalled", detail={"to": recalled}, words=asked.note)


async def start_investigation(acting: Acting, asked: RemarkIn) -> None:
    """The first start is the one that counts; a later one only leads back to it."""
    acting.complaint.investigation_started_at = acting.complaint.investigation_started_at or acting.now
    await acting.note("investigation_begun", words=asked.note)


async def complete_investigation(acting: Acting, asked: FindingIn) -> None:
    acting.complaint.investigated_at = acting.now
    await acting.note("investigated", words=asked.finding)


async def start_mediation(acting: Acting, asked: RemarkIn) -> None:
    await acting.note("mediation_begun", words=asked.note)


async def start_arbitration(acting: Acting, asked: RemarkIn) -> None:
    await acting.note("arbitration_begun", words=asked.note)


async def write_allegation(acting: Acting, asked: AllegationIn) -> None:
    acting.complaint.allegation = acting.keyring.seal(asked.allegation, "complaint.allegation")
    await acting.note("allegation_written")


async def wait(acting: Acting, asked: ReasonIn) -> None:
    """For the complainant: the clocks that allow it stand still meanwhile."""
    acting.complaint.resumes = acting.case.status
    await acting.note("waiting", words=asked.reason)


async def resume(acting: Acting, asked: RemarkIn) -> None:
    await acting.note("resumed", words=asked.note)
    acting.complaint.resumes = None


async def note_contact(acting: Acting, asked: RemarkIn) -> None:
    await acting.note("contacted", words=asked.note)


async def comment(acting: Acting, asked: CommentIn) -> None:
    """Changes no status and no clock."""
    await acting.note("commented", words=asked.note)


async def ask_withdrawal(acting: Acting, asked: ReasonIn) -> None:
    """The complainant's own wish, in their words. It ends nothing by itself."""
    acting.complaint.withdrawal = "asked"
    await acting.note("withdrawal_asked", words=asked.reason)


async def confirm_withdrawal(acting: Acting, asked: VoluntaryIn) -> None:
    """A wish that is not the person's own is struck, and the case goes on."""
    acting.refuse(None if asked.spoke_alone else _SPEAK_ALONE)
    acting.complaint.withdrawal = "confirmed" if asked.voluntary else None
    await acting.note("withdrawal_confirmed" if asked.voluntary else "withdrawal_struck", words=asked.note)


_SPEAK_ALONE: Final = Text(
    "Speak with the complainant alone first: whoever listens may be the one who wants it withdrawn.",
    "আগে অভিযোগকারীর সঙ্গে একা কথা বলুন: পাশে যিনি শুনছেন, তিনিই হয়তো প্রত্যাহার চান।",
)


async def read_history(
    session: AsyncSession, caller: Caller, reference: str, paging: Paging
) -> tuple[Sequence[Row[Happening, str | None]], frozenset[str]]:
    """A page of what was done, and the fields of the policy that this reader may see."""
    visible = what_is_visible(caller)
    complaint = await get_complaint(session, caller, visible, reference, purpose="history")
    shown = fields_shown(complaint, caller, visible)
    return await repository.history(session, complaint.id, views.kinds_shown(caller, shown), paging), shown


async def read_actions(session: AsyncSession, caller: Caller, reference: str) -> ActionsOut:
    visible = what_is_visible(caller)
    complaint = await get_complaint(session, caller, visible, reference, purpose="actions")
    case = await case_of(session, complaint, datetime.now(UTC))
    original = await session.get(Complaint, complaint.appeal_of) if complaint.appeal_of else None
    return ActionsOut(
        version=complaint.version,
        items=views.actions_of(case, actor_of(caller, visible, complaint)),
        decisions=views.decisions_of(complaint.kind),
        instead=views.decisions_of(original.kind) if original else [],
    )


async def list_colleagues(session: AsyncSession, caller: Caller, reference: str) -> ColleaguesOut:
    """Empty for who neither works in that office nor supervises it."""
    visible, now = what_is_visible(caller), datetime.now(UTC)
    complaint = await get_complaint(session, caller, visible, reference, purpose="colleagues")
    if not actor_of(caller, visible, complaint).standings & {Standing.HOLDER, Standing.OFFICE, Standing.SUPERVISOR}:
        return ColleaguesOut(items=[])
    there = await colleagues(session, complaint.office, now)
    return ColleaguesOut(items=[ColleagueOut(account=one.account, seen_at=one.seen_at) for one in there])
