"""Use cases of hearings and settlements."""

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.text import Bilingual
from kit.auth import Caller
from kit.crypto import Keyring
from kit.errors import ForbiddenError
from kit.ids import new_id
from services.complaints.access import what_is_visible
from services.complaints.lifecycle.hearings import repository, rules
from services.complaints.lifecycle.hearings.models import Hearing, Settlement
from services.complaints.lifecycle.hearings.schemas import (
    HeardIn,
    HearingIn,
    HearingOut,
    HearingsOut,
    SettlementIn,
    SettlementOut,
    SettlementsOut,
)
from services.complaints.lifecycle.procedures import PROCEDURES
from services.complaints.lifecycle.schemas import ReasonIn
from services.complaints.lifecycle.service import Acting
from services.complaints.models import Complaint
from services.complaints.redress import service as redress
from services.complaints.redress.lists import LISTS
from services.complaints.redress.schemas import OrderIn
from services.complaints.service import get_complaint
from services.complaints.views import fields_shown


async def schedule_hearing(acting: Acting, asked: HearingIn) -> None:
    acting.refuse(rules.meeting_refused(apart=asked.apart, restricted=acting.case.restricted))
    hearing = Hearing(
        id=new_id(),
        complaint_id=acting.complaint.id,
        number=acting.case.hearings + 1,
        at=asked.at,
        mode=asked.mode,
        apart=asked.apart,
        companion=asked.companion,
        place=acting.keyring.seal(asked.place, "hearing.place") if asked.place else None,
        state="scheduled",
        complainant_came=None,
        respondent_came=None,
        closed_at=None,
    )
    acting.session.add(hearing)
    detail = {"number": hearing.number, "at": asked.at.isoformat(), "mode": asked.mode, "apart": asked.apart, "companion": asked.companion}
    await acting.note("hearing_set", detail=detail)


async def hold_hearing(acting: Acting, asked: HeardIn) -> None:
    hearing = await repository.open_hearing(acting.session, acting.complaint.id)
    hearing.state, hearing.closed_at = "held", acting.now
    hearing.complainant_came, hearing.respondent_came = asked.complainant_came, asked.respondent_came
    came = {"complainant_came": asked.complainant_came, "respondent_came": asked.respondent_came}
    await acting.note("hearing_held", detail={"number": hearing.number, **came}, words=asked.record)


async def adjourn_hearing(acting: Acting, asked: ReasonIn) -> None:
    """It counts among those that may be held: a party cannot put a case off for ever."""
    hearing = await repository.open_hearing(acting.session, acting.complaint.id)
    hearing.state, hearing.closed_at = "adjourned", acting.now
    await acting.note("hearing_adjourned", detail={"number": hearing.number}, words=asked.reason)


async def settle(acting: Acting, asked: SettlementIn) -> None:
    """The complaint goes on to its decision; what is owed by the settlement is owed from its day on, and followed as redress."""
    acting.refuse(rules.settlement_refused(complainant_agrees=asked.complainant_agrees, respondent_agrees=asked.respondent_agrees))
    settlement = Settlement(
        id=new_id(),
        complaint_id=acting.complaint.id,
        terms=acting.keyring.seal(asked.terms, "settlement.terms"),
        recorded_by=acting.by,
        recorded_at=acting.now,
        **asked.model_dump(exclude={"terms", "head"}),
    )
    acting.session.add(settlement)
    owed = {"amount": asked.amount, "currency": asked.currency, "due_on": asked.due_on.isoformat() if asked.due_on else None}
    await acting.note("settled", detail={"made_by": asked.made_by, **owed})
    if asked.amount is not None:
        await redress.set_order(acting.session, acting.complaint, acting.by, _order(acting.complaint, asked))


def _order(complaint: Complaint, asked: SettlementIn) -> OrderIn:
    return OrderIn.model_validate(
        {
            "head": asked.head or LISTS.usual_head(complaint.category),
            "currency": asked.currency,
            "amount": asked.amount,
            "basis": "arbitration" if asked.made_by == "arbitration" else "settlement",
            "ordered_on": asked.agreed_on.isoformat(),
            "due_on": asked.due_on.isoformat() if asked.due_on else None,
        }
    )


async def list_hearings(session: AsyncSession, keyring: Keyring, caller: Caller, reference: str) -> HearingsOut:
    """A party sees date and manner; the place, which may be where somebody hides, only who handles the case."""
    complaint, shown = await _read(session, caller, reference, "hearings")
    found = await repository.hearings(session, complaint.id)
    items = [
        HearingOut.model_validate(
            one.model_dump(exclude={"place"})
            | {"place": keyring.open(one.place, "hearing.place") if one.place and "notes" in shown else None}
        )
        for one in found
    ]
    return HearingsOut(items=items, most=PROCEDURES.hearings_most)


async def list_settlements(session: AsyncSession, keyring: Keyring, caller: Caller, reference: str) -> SettlementsOut:
    complaint, shown = await _read(session, caller, reference, "settlements")
    if "outcome" not in shown:
        raise ForbiddenError
    found = await repository.settlements(session, complaint.id)
    items = [SettlementOut.model_validate(one.model_dump() | {"terms": keyring.open(one.terms, "settlement.terms")}) for one in found]
    return SettlementsOut(items=items, waives=Bilingual.of(rules.WAIVES_NOTHING))


async def _read(session: AsyncSession, caller: Caller, reference: str, purpose: str) -> tuple[Complaint, frozenset[str]]:
    visible = what_is_visible(caller)
    complaint = await get_complaint(session, caller, visible, reference, purpose=purpose)
    return complaint, fields_shown(complaint, caller, visible)
