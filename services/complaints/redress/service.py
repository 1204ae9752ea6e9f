"""Use cases: what is claimed, ordered and paid. Every change holds the complaint's row, refreshes its state and tells of it in one go."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.complaints import RedressOrdered, RedressPaid
from contracts.days import DHAKA
from contracts.text import Bilingual, Text
from kit.auth import Caller
from kit.crypto import Keyring
from kit.errors import ConflictError, NotFoundError
from kit.ids import new_id
from kit.outbox import emit
from kit.text import search_key
from kit.versions import check_version
from services.complaints import service as complaints
from services.complaints.access import require_hands, what_is_visible
from services.complaints.models import Complaint
from services.complaints.redress import repository, rules
from services.complaints.redress.models import RedressLine, RedressPayment
from services.complaints.redress.schemas import ClaimIn, ConfirmationIn, GivingUpIn, MadeOut, OrderIn, PaymentIn
from services.complaints.redress.tasks import service as tasks
from services.complaints.rules import named_in_event

PURPOSE: Final = "redress"
AGENCY_OWES: Final = frozenset({None, "agency"})


class ProofUsedError(ConflictError):
    slug = "proof-used"
    title = Text(
        "This proof stands here already, with another amount or day. Look at the payments before you write it again.",
        "এই প্রমাণটি অন্য পরিমাণ বা তারিখে আগে থেকেই লেখা আছে। আবার লেখার আগে পরিশোধের তালিকা দেখুন।",
    )


class TooMuchError(ConflictError):
    slug = "more-than-owed"
    title = Text(
        "This is more than is still owed. Correct the amount, or first write down the order it belongs to.",
        "এটি বকেয়ার চেয়ে বেশি। পরিমাণ ঠিক করুন, অথবা আগে সংশ্লিষ্ট আদেশটি লিখুন।",
    )


class NoDecisionError(ConflictError):
    slug = "no-decision"
    title = Text(
        "There is no decision for the complainant yet. A settlement or an award may be written down as such.",
        "এখনো অভিযোগকারীর পক্ষে কোনো সিদ্ধান্ত হয়নি। মীমাংসা বা সালিশের রায় হলে সেভাবে লিখুন।",
    )


class GivenUpError(ConflictError):
    slug = "claim-given-up"
    title = Text("The complainant has given this claim up.", "অভিযোগকারী এই দাবিটি ছেড়ে দিয়েছেন।")


class MergedAwayError(ConflictError):
    slug = "merged-away"
    title = Text(
        "This complaint is followed at the one it was merged into. Write it there.",
        "এই অভিযোগটি যেটির সঙ্গে যুক্ত হয়েছে, সেখানেই এর কার্যক্রম চলে। সেখানে লিখুন।",
    )


class GrantError(ConflictError):
    slug = "grant-line"
    title = Text("A grant is paid and written down by the Welfare Board.", "অনুদান কল্যাণ বোর্ড দেয় এবং তারাই লিপিবদ্ধ করে।")


class LessThanPaidError(ConflictError):
    slug = "less-than-paid"
    title = Text("More than this has been paid already.", "এর চেয়ে বেশি ইতিমধ্যে পরিশোধ হয়েছে।")


async def begin_change(session: AsyncSession, caller: Caller, reference: str, *, version: int | None = None) -> Complaint:
    """The complaint, locked, in the caller's hands and as the caller saw it."""
    complaint = await complaints.get_complaint(session, caller, what_is_visible(caller), reference, purpose=PURPOSE, lock=True)
    require_hands(complaint, caller)
    _refuse_merged(complaint)
    if version is not None:
        check_version(version, complaint.version)
    return complaint


async def claim(session: AsyncSession, caller: Caller, reference: str, claimed: ClaimIn) -> MadeOut:
    """Whoever takes a complaint down may write what is claimed; said again, the later amount holds."""
    complaint = await complaints.get_complaint(session, caller, what_is_visible(caller), reference, purpose=PURPOSE, lock=True)
    if complaint.lodged_by != caller.subject:
        require_hands(complaint, caller)
    _refuse_merged(complaint)
    return await set_claim(session, complaint, caller.subject, claimed)


async def set_claim(
    session: AsyncSession, complaint: Complaint, by: str, claimed: ClaimIn, *, claimed_on: date | None = None, is_grant: bool = False
) -> MadeOut:
    """Of a complaint whose row is held, whoever may do it there."""
    line = await _line(session, complaint, by, claimed.head, claimed.currency, claimed.payer)
    _refuse_given_up(line)
    line.claimed, line.claimed_on, line.is_grant = claimed.amount, claimed_on or line.claimed_on, is_grant
    return await _done(session, complaint, by, "redress_claimed", line, amount=claimed.amount)


async def order(session: AsyncSession, caller: Caller, reference: str, ordered: OrderIn) -> MadeOut:
    """A later order on the same head and currency takes the place of the earlier one, as after an appeal."""
    complaint = await begin_change(session, caller, reference)
    if not rules.may_be_ordered(ordered.basis, complaint.decision):
        raise NoDecisionError
    return await set_order(session, complaint, caller.subject, ordered)


async def set_order(session: AsyncSession, complaint: Complaint, by: str, ordered: OrderIn) -> MadeOut:
    """Of a complaint whose row is held: by an office's order, a settlement, an award, or what the payer of a case agreed to."""
    line = await _line(session, complaint, by, ordered.head, ordered.currency, ordered.payer)
    _refuse_given_up(line)
    if ordered.amount < (await _fact(session, line)).paid:
        raise LessThanPaidError
    line.ordered, line.basis = ordered.amount, ordered.basis
    line.ordered_on, line.due_on, line.settled_on = ordered.ordered_on, ordered.due_on, None
    made = await _done(session, complaint, by, "redress_ordered", line, amount=ordered.amount, basis=ordered.basis)
    if line.is_grant:
        return made
    await emit(
        session,
        RedressOrdered(**_named(complaint, line), **ordered.model_dump(include={"basis", "amount", "currency", "ordered_on", "due_on"})),
        subject=complaint.id,
        sequence=complaint.version,
        restricted=complaint.restricted,
    )
    await tasks.schedule_reminders(session, complaint, line)
    return made


async def lift_orders(session: AsyncSession, complaint: Complaint, by: str) -> None:
    """What was owed by a decision that fell is owed no longer. A settlement and an award stand on their own; what was paid stays."""
    for line in await repository.lines_of(session, complaint.id):
        if line.basis == "decision":
            line.ordered = line.basis = line.ordered_on = line.due_on = line.settled_on = None
            await repository.close_tasks(session, line.id, datetime.now(UTC))
            await _done(session, complaint, by, "redress_lifted", line)


async def pay(session: AsyncSession, keyring: Keyring, caller: Caller, reference: str, paid: PaymentIn) -> MadeOut:
    """The same proof on the same line is the same payment, whoever tells of it again. Raises `ProofUsedError` where it differs."""
    complaint = await begin_change(session, caller, reference)
    return await write_payment(session, keyring, caller.subject, complaint, paid)


async def write_payment(session: AsyncSession, keyring: Keyring, by: str, complaint: Complaint, paid: PaymentIn) -> MadeOut:
    """Of a complaint that `begin_change` gave."""
    line = await line_of(session, complaint, paid.line)
    index = keyring.blind_index(search_key(paid.proof), "payment-proof")
    if known := await repository.payment_with(session, line.id, index):
        if (known.amount, known.paid_on) != (paid.amount, paid.paid_on):
            raise ProofUsedError
        return _made(complaint, known.id, is_new=False)
    told = paid.model_dump(include={"amount", "paid_on", "way", "source", "confirmed_with"})
    sealed = {"proof": keyring.seal(paid.proof, "redress_payment.proof"), "proof_index": index}
    return await add_payment(session, complaint, by, line, {**told, **sealed})


async def add_payment(session: AsyncSession, complaint: Complaint, by: str, line: RedressLine, told: Mapping[str, Any]) -> MadeOut:
    """Of a complaint whose row is held. Raises `TooMuchError`."""
    if rules.is_too_much(await _fact(session, line), told["amount"]):
        raise TooMuchError
    now = datetime.now(UTC)
    payment = RedressPayment(
        id=new_id(),
        line_id=line.id,
        complaint_id=complaint.id,
        **told,
        recorded_by=by,
        recorded_at=now,
        confirmed_by=by if told["confirmed_with"] else None,
        confirmed_at=now if told["confirmed_with"] else None,
    )
    await repository.add(session, payment)
    return await _paid(session, complaint, by, line, payment)


async def confirm(
    session: AsyncSession, caller: Caller, reference: str, payment_id: UUID, confirmed: ConfirmationIn, version: int
) -> MadeOut:
    """Confirmed before: nothing happens a second time."""
    complaint = await begin_change(session, caller, reference, version=version)
    payment = await session.get(RedressPayment, payment_id)
    if payment is None or payment.complaint_id != complaint.id:
        raise NotFoundError
    if payment.confirmed_at is not None:
        return _made(complaint, payment.id, is_new=False)
    line = await line_of(session, complaint, payment.line_id)
    if rules.is_too_much(await _fact(session, line), payment.amount):
        raise TooMuchError
    payment.confirmed_by, payment.confirmed_at, payment.confirmed_with = caller.subject, datetime.now(UTC), confirmed.confirmed_with
    return await _paid(session, complaint, caller.subject, line, payment)


async def give_up(
    session: AsyncSession, keyring: Keyring, caller: Caller, reference: str, line_id: UUID, given: GivingUpIn, version: int
) -> MadeOut:
    """Only the complainant's wish does this, and its reason is kept: a debt that nobody follows is not a debt that was paid."""
    complaint = await begin_change(session, caller, reference, version=version)
    line = await line_of(session, complaint, line_id)
    if (await _fact(session, line)).outstanding == 0 and line.ordered is not None:
        raise TooMuchError(Text("Nothing is owed on this line any more.", "এই দাবিতে আর কিছু বকেয়া নেই।"))
    line.given_up_note = keyring.seal(given.note, "redress_line.given_up_note") if given.note else None
    return await end_claim(session, complaint, caller.subject, line, given.reason)


async def end_claim(session: AsyncSession, complaint: Complaint, by: str, line: RedressLine, reason: str) -> MadeOut:
    """Of a complaint whose row is held: nobody follows this line any more."""
    line.given_up_at, line.given_up_reason = datetime.now(UTC), reason
    await repository.close_tasks(session, line.id, line.given_up_at)
    return await _done(session, complaint, by, "redress_given_up", line, reason=reason)


async def line_of(session: AsyncSession, complaint: Complaint, line_id: UUID) -> RedressLine:
    """One that is still followed. Raises `NotFoundError` for a line of another complaint; a grant is the Welfare Board's to pay."""
    line = await session.get(RedressLine, line_id)
    if line is None or line.complaint_id != complaint.id:
        raise NotFoundError
    if line.is_grant:
        raise GrantError
    _refuse_given_up(line)
    return line


def today() -> date:
    """The day by which a sum is due is one of Bangladesh."""
    return datetime.now(DHAKA).date()


def facts(lines: Iterable[RedressLine], payments: Sequence[RedressPayment]) -> list[rules.Line]:
    """In the order of `lines`."""
    return [
        rules.Line(
            currency=line.currency,
            claimed=line.claimed,
            ordered=line.ordered,
            due_on=line.due_on,
            paid=sum(one.amount for one in payments if one.line_id == line.id and one.confirmed_at is not None),
            said=sum(one.amount for one in payments if one.line_id == line.id and one.confirmed_at is None),
            given_up=line.given_up_at is not None,
        )
        for line in lines
    ]


async def refresh(session: AsyncSession, complaint: Complaint) -> rules.Redress:
    """Writes what the lines say onto the complaint, for lists and searches. Call it before `note_happening`."""
    lines = facts(await repository.lines_of(session, complaint.id), await repository.payments_of(session, complaint.id))
    complaint.redress_state, complaint.redress_due = rules.lasting_state(lines), rules.next_due(lines)
    return rules.Redress(complaint.redress_state)


async def _paid(session: AsyncSession, complaint: Complaint, by: str, line: RedressLine, payment: RedressPayment) -> MadeOut:
    is_confirmed = payment.confirmed_at is not None
    fact = await _fact(session, line)
    if is_confirmed and fact.outstanding == 0:
        line.settled_on = payment.paid_on
        await repository.close_tasks(session, line.id, datetime.now(UTC))
    kind = "redress_paid" if is_confirmed else "redress_said_paid"
    made = await _done(session, complaint, by, kind, line, amount=payment.amount, source=payment.source, item=payment.id)
    if not is_confirmed or line.is_grant:
        return made
    await emit(
        session,
        RedressPaid(
            **_named(complaint, line),
            amount=payment.amount,
            outstanding=fact.outstanding,
            currency=line.currency,
            source=payment.source,
            paid_on=payment.paid_on,
        ),
        subject=complaint.id,
        sequence=complaint.version,
        restricted=complaint.restricted,
    )
    if complaint.redress_state == rules.Redress.PAID:
        await tasks.ask_after_payment(session, complaint)
    return made


async def _line(session: AsyncSession, complaint: Complaint, by: str, head: str, currency: str, payer: str | None) -> RedressLine:
    """The line of this head, currency and payer, made where there is none; no payer named is the only one of that head.

    The complaint's lock keeps two callers from making it twice.
    """
    found = [one for one in await repository.lines_of(session, complaint.id) if (one.head, one.currency) == (head, currency)]
    same = next((one for one in found if one.payer == payer), None)
    if same or (payer is None and len(found) == 1):
        return same or found[0]
    line = RedressLine(
        id=new_id(),
        complaint_id=complaint.id,
        version=1,
        head=head,
        currency=currency,
        payer=payer,
        made_by=by,
        made_at=datetime.now(UTC),
    )
    await repository.add(session, line)
    return line


async def _fact(session: AsyncSession, line: RedressLine) -> rules.Line:
    return facts([line], await repository.payments_of(session, line.complaint_id))[0]


async def _done(
    session: AsyncSession, complaint: Complaint, by: str, kind: str, line: RedressLine, *, item: UUID | None = None, **more: Any
) -> MadeOut:
    line.version += 1
    await session.flush()
    await refresh(session, complaint)
    detail = {"head": line.head, "currency": line.currency, **more}
    await complaints.note_happening(session, complaint, kind, by=by, at=datetime.now(UTC), detail=detail)
    return _made(complaint, item or line.id)


def _made(complaint: Complaint, item: UUID, *, is_new: bool = True) -> MadeOut:
    state = rules.state(rules.Redress(complaint.redress_state), complaint.redress_due, today())
    label = Bilingual.of(rules.REDRESS_WORDS[state])
    return MadeOut(id=item, state=state, state_label=label, version=complaint.version, is_new=is_new)


def _refuse_merged(complaint: Complaint) -> None:
    if complaint.merged_into is not None:
        raise MergedAwayError


def _refuse_given_up(line: RedressLine) -> None:
    if line.given_up_at is not None:
        raise GivenUpError


def _named(complaint: Complaint, line: RedressLine) -> dict[str, Any]:
    """What an employer or an insurer owes is not counted against the agency that the complaint is about."""
    licence = complaint.respondent_licence if line.payer in AGENCY_OWES else None
    licence = named_in_event(licence, restricted=complaint.restricted)
    return {"category": complaint.category, "country": complaint.country, "respondent_licence": licence}


async def sums_of_month(session: AsyncSession, month: date) -> list[dict[str, Any]]:
    """What was ordered, and paid and confirmed, on complaints lodged in that month, by currency and by what readers are narrowed by."""
    return [dict(one) for one in await repository.sums_of_month(session, month)]
