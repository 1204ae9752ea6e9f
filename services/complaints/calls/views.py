"""What each reader is shown of a call: of its number the end only, unless it is on the line with them; of its cases what they may see."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.text import Bilingual, Text
from kit.access_log import record_access
from kit.auth import Caller
from kit.crypto import Keyring
from services.complaints import rules as cases
from services.complaints import views as complaint_views
from services.complaints.calls import repository, rules
from services.complaints.calls.access import is_supervisor
from services.complaints.calls.callbacks import repository as callbacks
from services.complaints.calls.callbacks.service import Known
from services.complaints.calls.drafts import service as drafts
from services.complaints.calls.lists import DESK
from services.complaints.calls.models import PhoneCall
from services.complaints.calls.numbers import masked
from services.complaints.calls.schemas import CallOut, CallRow, EarlierCall, KnownComplaint, Pop
from services.complaints.calls.service import NOTE, NUMBER, safe_to_call
from services.complaints.models import Complaint
from services.complaints.schemas import TAXONOMY


def disposition_label(code: str | None) -> Bilingual | None:
    return Bilingual.of(rules.DISPOSITION_WORDS[rules.Disposition(code)]) if code else None


def row_of(call: PhoneCall, keyring: Keyring, caller: Caller, *, may_take: bool = False, reviewed: Collection[UUID] = ()) -> CallRow:
    shown = {
        "number_masked": masked(keyring.open(call.number, NUMBER)) if call.number else None,
        "mine": call.holder == caller.subject,
        "held": call.holder is not None,
        "may_take": may_take,
        "disposition_label": disposition_label(call.disposition),
        "reviewed": call.id in reviewed,
    }
    return CallRow.model_validate({**call.model_dump(exclude={"number", "note"}), **shown})


async def view_of(
    session: AsyncSession, keyring: Keyring, caller: Caller, visible: cases.Visibility, call: PhoneCall, *, may_take: bool
) -> CallOut:
    """The whole of a call, written down as a look-up of its number. A draft is shown to whoever holds the call."""
    own = call.holder == caller.subject
    whole = own or is_supervisor(caller)
    linked = await repository.linked_complaints(session, call.id, visible)
    fields = ["number"] if whole else ["number_masked"]
    pop = await pop_of(session, keyring, caller, visible, call) if whole or may_take else None
    if pop is not None:
        fields += ["earlier_calls", "complaints"]
    await record_access(session, caller, [call.id], record_type="call", purpose="number_lookup", fields=fields)
    return CallOut(
        **row_of(call, keyring, caller, may_take=may_take).model_dump(),
        number=keyring.open(call.number, NUMBER) if call.number and whole else None,
        language=call.language,
        caller_safe=call.caller_safe,
        country=call.country or (call.number_country if call.number_country != "BD" else None),
        note=keyring.open(call.note, NOTE) if call.note and whole else None,
        references=[one.reference for one in linked],
        articles=list(await repository.articles_of(session, call.id)),
        pop=pop,
        draft=await drafts.find(session, keyring, call, caller.subject) if own else None,
    )


async def pop_of(session: AsyncSession, keyring: Keyring, caller: Caller, visible: cases.Visibility, call: PhoneCall) -> Pop:
    """What the screen shows when this number is on the line. Each case that is shown is written down as read."""
    index = call.number_index
    if index is None:
        return Pop(
            withheld=True,
            calls=[],
            complaints=[],
            ask_supervisor=False,
            do_not_call=False,
            wants_woman=call.wants_woman,
            language=call.language,
            callback=None,
        )
    known = await repository.complaints_of(session, index, visible)
    wish = await repository.wish_of(session, index)
    task = await callbacks.find_open(session, index)
    unseen = _is_told(call, caller) and await repository.has_unseen(session, index, visible)
    await record_access(
        session, caller, [one.id for one in known], record_type="complaint", purpose="screen_pop", fields=("state", "safe_contact")
    )
    return Pop(
        withheld=False,
        calls=[_earlier(one) for one in await repository.earlier_calls(session, call, visible)],
        complaints=[_known(one, keyring, caller, visible) for one in known],
        ask_supervisor=unseen,
        do_not_call=safe_to_call(known) is False,
        wants_woman=call.wants_woman or bool(wish and wish.wants_woman),
        language=(wish.language if wish else None) or call.language,
        callback=task.id if task else None,
    )


async def known_of(session: AsyncSession, keyring: Keyring, caller: Caller, visible: cases.Visibility, index: bytes) -> Known:
    """For whoever calls a number back: how it is safe, in which language, about which case, as far as they may see it."""
    found = await repository.complaints_of(session, index, visible)
    await record_access(session, caller, [one.id for one in found], record_type="complaint", purpose="call_back", fields=("safe_contact",))
    still_open = [one for one in (_known(case, keyring, caller, visible) for case in found) if one.is_open]
    wish = await repository.wish_of(session, index)
    return Known(
        contact_notes=[one.contact_note for one in still_open if one.contact_note],
        language=wish.language if wish else None,
        reference=still_open[0].reference if still_open else None,
    )


def _is_told(call: PhoneCall, caller: Caller) -> bool:
    longest = timedelta(minutes=DESK.restricted_hint_minutes)
    talking = call.answered_at is not None and call.ended_at is None and datetime.now(UTC) - call.answered_at < longest
    return rules.hint_of_restricted(
        is_supervisor=is_supervisor(caller),
        from_exchange=call.source == "exchange" and call.direction == "in",
        holds=call.holder == caller.subject and call.agent == caller.subject,
        in_progress=talking,
    )


def _earlier(call: PhoneCall) -> EarlierCall:
    return EarlierCall(opened_at=call.opened_at, state=rules.State(call.state), disposition_label=disposition_label(call.disposition))


def _known(one: Complaint, keyring: Keyring, caller: Caller, visible: cases.Visibility) -> KnownComplaint:
    shown = complaint_views.fields_shown(one, caller, visible)
    status = cases.Status(one.status)
    note = keyring.open(one.contact_note, "complaint.contact_note") if one.contact_note and "reporter.contact" in shown else None
    return KnownComplaint(
        reference=one.reference,
        category=one.category,
        category_name=_category_name(one.category),
        status_label=Bilingual.of(cases.STATUS_WORDS[status]),
        is_open=cases.category_of(status) is not cases.Category.RESOLVED,
        country=one.country,
        lodged_at=one.lodged_at,
        may_call=one.may_call if "reporter.contact" in shown else None,
        contact_note=note,
    )


def _category_name(code: str) -> Bilingual:
    if not TAXONOMY.has(code):
        return Bilingual(en=code, bn=code)
    known = TAXONOMY.category(code)
    return Bilingual.of(Text(known.en, known.bn))
